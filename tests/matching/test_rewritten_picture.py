"""The picture of a file that was written anew, told by its previews."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageEnhance

from explorer.matching import rewritten_picture
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


@pytest.mark.parametrize(
    ("contrast", "changed", "by", "same"),
    [
        # The maximum of a picture with much contrast, and the mean.
        (200, 1, 20, True), (200, 1, 21, False), (200, 1, -21, False),
        (200, 400, 2, True), (200, 400, -2, True), (200, 400, 3, False), (200, 201, 4, False),
        (200, 200, 4, True),
        # With little contrast, half of the standard deviation, and a twentieth.
        (20, 1, 5, True), (20, 1, 6, False),
        (20, 200, 1, True), (20, 201, 1, False), (20, 100, 2, True), (20, 101, 2, False),
    ],
)  # fmt: skip
def test_a_picture_may_differ_by_the_noise_of_compression(
    contrast: int, changed: int, by: int, same: bool
) -> None:
    one = np.zeros((20, 20), np.int16)
    one[:, 10:] = contrast
    other = one.copy()
    other.ravel()[:changed] += by
    assert rewritten_picture._are_alike(one, other) is same


def test_previews_are_compared_at_a_quarter_of_their_size() -> None:
    assert rewritten_picture._shrunk(np.zeros((43, 80, 3), np.uint8)).shape == (10, 20, 3)
    assert rewritten_picture._shrunk(np.zeros((3, 2, 3), np.uint8)).shape == (1, 1, 3)
    # Means of areas, with a sign, so that their difference has one.
    checked = np.indices((8, 8)).sum(axis=0) % 2 * 200
    small = rewritten_picture._shrunk(np.dstack([checked] * 3).astype(np.uint8))
    assert set(np.unique(small)) == {100} and small.dtype == np.int16


def test_a_picture_is_turned_in_all_eight_ways() -> None:
    pixels = np.arange(12, dtype=np.uint8).reshape(2, 2, 3)
    turned = [each.tobytes() for each in rewritten_picture._turned(pixels)]
    assert len(turned) == len(set(turned)) == 8 and turned[0] == pixels.tobytes()
