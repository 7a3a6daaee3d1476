from __future__ import annotations

import io
from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image, ImageChops, ImageDraw, ImageEnhance

from explorer.photos.containers import preview_match
from explorer.photos.containers.preview_match import PreviewMatcher
from tests.pictures import draw, encoded, plain

LARGE = draw(1, (800, 600))


def opener(picture: Image.Image, kind: str = "JPEG") -> Callable[[], Image.Image]:
    data = encoded(picture, kind)
    return lambda: Image.open(io.BytesIO(data))


def is_preview(small: Image.Image, large: Image.Image = LARGE, kind: str = "JPEG") -> bool:
    return PreviewMatcher(opener(large, kind), lambda *_: True).is_preview(opener(small, kind))


def barred(picture: Image.Image, size: tuple[int, int]) -> Image.Image:
    bars = Image.new("RGB", size, (4, 4, 4))
    bars.paste(picture, ((size[0] - picture.width) // 2, (size[1] - picture.height) // 2))
    return bars


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
@pytest.mark.parametrize(
    "small",
    [
        LARGE.resize((160, 120)),
        LARGE.resize((400, 300)),
        LARGE.crop((0, 75, 800, 525)).resize((320, 180)),
        LARGE.crop((100, 0, 700, 600)).resize((200, 200)),
        barred(LARGE.resize((240, 180)), (320, 180)),
        barred(LARGE.resize((320, 240)), (320, 320)),
    ],
)
def test_a_cameras_preview(small: Image.Image, kind: str) -> None:
    assert is_preview(small, kind=kind)


@pytest.mark.parametrize(
    "small",
    [
        draw(2, (320, 240)),
        LARGE.resize((320, 240)).transpose(Image.Transpose.ROTATE_180),
        LARGE.crop((0, 0, 640, 480)).resize((320, 240)),
        ImageChops.offset(LARGE, 24, 0).resize((320, 240)),
        ImageEnhance.Brightness(LARGE.resize((320, 240))).enhance(1.15),
        ImageEnhance.Brightness(LARGE.resize((320, 240))).enhance(1.04),
        LARGE.resize((320, 240)).convert("L"),
        plain("black", (320, 240)),
        barred(draw(2, (240, 180)), (320, 180)),
    ],
)
def test_a_small_picture_of_another_scene_is_no_preview(small: Image.Image) -> None:
    assert not is_preview(small)


@pytest.mark.parametrize("size", [(64, 56), (80, 48), (80, 56), (64, 48)])
def test_black_bars_are_removed_to_the_row(size: tuple[int, int]) -> None:
    picture = LARGE.resize((64, 48))
    inner = preview_match._without_bars(barred(picture, size))
    assert inner.size == picture.size and inner.tobytes() == picture.tobytes()


def test_a_few_brighter_pixels_in_a_bar_are_compression() -> None:
    picture = LARGE.resize((50, 40))
    padded = barred(picture, (50, 60))
    padded.putpixel((7, 3), (255, 255, 255))
    assert preview_match._without_bars(padded).size == picture.size
    padded.putpixel((8, 3), (255, 255, 255))
    assert preview_match._without_bars(padded).size == (50, 47)


def test_a_dark_picture_with_a_bright_line_has_no_bars() -> None:
    """Across: each column is as dark as a bar; or along."""
    for line in ((0, 30, 99, 30), (30, 0, 30, 99)):
        dark = plain("black", (100, 100))
        ImageDraw.Draw(dark).line(line, "white")
        assert preview_match._without_bars(dark).size == dark.size


def test_an_added_object_makes_another_picture() -> None:
    small = LARGE.resize((320, 240))
    small.paste(
        (255, 255, 255) if np.asarray(small)[120, 160].sum() < 380 else (0, 0, 0),
        (140, 100, 180, 140),
    )
    assert not is_preview(small)


def test_a_preview_has_at_most_half_the_pixels() -> None:
    assert (
        is_preview(LARGE.resize((600, 400)))
        and not is_preview(LARGE.resize((601, 400)))
        and not is_preview(LARGE)
    )


def test_plain_pictures_of_one_colour() -> None:
    assert is_preview(plain("navy", (100, 80)), plain("navy", (400, 320))) and is_preview(
        plain("black", (100, 80)), plain("black", (400, 320))
    )
    assert not is_preview(plain("navy", (100, 80)), plain("purple", (400, 320)))


def test_pictures_that_cannot_be_decoded_are_no_previews() -> None:
    def broken() -> Image.Image:
        raise OSError("broken")

    small, asked = opener(LARGE.resize((160, 120))), list[tuple[int, int]]()

    def affordable(width: int, height: int) -> bool:
        asked.append((width, height))
        return len(asked) < 2

    original = PreviewMatcher(opener(LARGE), affordable)
    assert (
        not original.is_preview(broken)
        and original.is_preview(small)
        and not original.is_preview(small)
    )
    assert asked == [(160, 120)] * 2
    assert not PreviewMatcher(broken, lambda *_: True).is_preview(small)


def test_the_original_is_decoded_once() -> None:
    opened = list[int]()
    large = opener(LARGE)

    def count() -> Image.Image:
        opened.append(1)
        return large()

    original = PreviewMatcher(count, lambda *_: True)
    assert original.is_preview(opener(LARGE.resize((160, 120)))) and not original.is_preview(
        opener(draw(2, (160, 120)))
    )
    assert len(opened) == 1


def test_a_lack_of_memory_is_raised() -> None:
    def short() -> Image.Image:
        raise MemoryError

    with pytest.raises(MemoryError):
        PreviewMatcher(opener(LARGE), lambda *_: True).is_preview(short)


@pytest.mark.parametrize(
    ("level", "lit", "cropped"), [(20, 0, True), (21, 0, False), (0, 2, True), (0, 3, False)]
)
def test_bars_are_dark(level: int, lit: int, cropped: bool) -> None:
    """Apart from a few pixels."""
    values = np.full((100, 100), level, np.uint8)
    values[5, :lit] = 200
    values[20:80, 10:90] = 200
    found = preview_match._without_bars(Image.fromarray(values).convert("RGB"))
    assert (found.size == (80, 60)) is cropped


@pytest.mark.parametrize(
    ("everywhere", "somewhere", "alike"),
    [(3, 0, True), (4, 0, False), (0, 32, True), (0, 33, False)],
)
def test_how_much_a_preview_may_differ(everywhere: int, somewhere: int, alike: bool) -> None:
    one = np.full((64, 64), 100, np.uint8)
    other = one + everywhere
    other[:3] += somewhere
    pictures = [Image.fromarray(each.astype(np.uint8)).convert("RGB") for each in (one, other)]
    assert preview_match._look_alike(*pictures) is alike
    assert preview_match._look_alike(*pictures[::-1]) is alike


@pytest.mark.parametrize(
    ("size", "kind", "reduced"),
    [
        ((800, 600), "PNG", (400, 300)), ((800, 600), "JPEG", (400, 300)),
        ((500, 500), "PNG", (500, 500)), ((100, 80), "PNG", (100, 80)),
        ((2000, 1600), "JPEG", (500, 400)),
    ],
)  # fmt: skip
def test_pictures_are_decoded_at_a_size_that_suffices(
    size: tuple[int, int], kind: str, reduced: tuple[int, int]
) -> None:
    pixels, shown = PreviewMatcher(opener(draw(1, size), kind), lambda *_: True)._picture
    assert pixels == size[0] * size[1] and shown.size == reduced
    # JPEGs are reduced when they are decoded.
    decoded = preview_match._decoded(opener(draw(1, size), kind)())
    assert decoded.size == (reduced if kind == "JPEG" else size)
