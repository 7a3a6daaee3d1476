"""The picture of a file that was written anew, told by its previews."""

from __future__ import annotations

import pytest
from PIL import Image, ImageDraw, ImageEnhance

from explorer.matching.rewritten_picture import is_same_picture_rewritten
from tests import pictures

SIZE = (512, 384)
BEFORE = pictures.draw(3, SIZE)


def same(after: Image.Image, before: Image.Image = BEFORE, quality: int = 82) -> bool:
    return is_same_picture_rewritten(
        pictures.encoded(before, quality=82), pictures.encoded(after, quality=quality)
    )


@pytest.mark.parametrize("turn", [None, *Image.Transpose])
def test_a_picture_that_was_turned_or_compressed_again_is_the_same(
    turn: Image.Transpose | None,
) -> None:
    after = BEFORE if turn is None else BEFORE.transpose(turn)
    assert same(after) and same(after, quality=95) and same(after, quality=75)


def stamped() -> Image.Image:
    after = BEFORE.copy()
    ImageDraw.Draw(after).text((420, 360), "4 7 2019", fill=(255, 160, 0))
    return after


def retouched() -> Image.Image:
    after = BEFORE.copy()
    after.paste(BEFORE.crop((300, 200, 330, 230)), (40, 60))
    return after


@pytest.mark.parametrize(
    "after",
    [
        pictures.draw(4, SIZE),
        stamped(),
        retouched(),
        BEFORE.crop((10, 8, *SIZE)).resize(SIZE),
        ImageEnhance.Brightness(BEFORE).enhance(1.1),
        BEFORE.resize((511, 384)),
        BEFORE.convert("L").convert("RGB"),
    ],
    ids=["other", "stamped", "retouched", "cropped", "brighter", "resized", "gray"],
)
def test_another_picture_is_not(after: Image.Image) -> None:
    assert not same(after)


def test_of_pictures_with_little_contrast_small_differences_count() -> None:
    dark, other = pictures.plain("#080808", SIZE), pictures.plain("#0c0808", SIZE)
    assert same(dark, dark) and not same(other, dark)


def test_previews_that_cannot_be_read_tell_nothing() -> None:
    jpeg = pictures.encoded(BEFORE)
    assert not is_same_picture_rewritten(jpeg, b"") and not is_same_picture_rewritten(b"\xff", jpeg)
