"""Changed bits of a JPEG are recognized by what they do to the picture."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image, ImageDraw

from explorer.photos.quality.color_breaks import color_break
from tests.fixtures.scenes import blurred, color_shifted, jpeg, judged, scene

_CERTAIN, _NONE = 0.75, 0.5


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize(("row", "column", "shift"), [(10, 20, 30), (30, 40, -25), (20, 4, 60)])
def test_shifted_colors_are_recognized(seed: int, row: int, column: int, shift: int) -> None:
    assert judged(color_shifted(scene(seed), row, column, shift)).color_break > _CERTAIN
    assert judged(scene(seed)).color_break < _NONE


def test_a_large_photo_is_measured_at_half_its_size() -> None:
    large = np.asarray(Image.fromarray(scene(4)).resize((3600, 2800), Image.Resampling.BICUBIC))
    assert judged(color_shifted(large, 60, 100, 30)).color_break > _CERTAIN
    assert judged(large).color_break < _NONE


def test_a_photo_whose_file_was_changed_is_recognized() -> None:
    """Not every changed bit is visible, but many are."""
    random, found = np.random.default_rng(5), list[float]()
    for seed in range(8):
        data = bytearray(jpeg(blurred(scene(seed), 4), 90))
        start = data.rindex(b"\xff\xda") + 14
        data[random.integers(start + len(data) // 5, len(data) // 2)] ^= 4
        found.append(judged(bytes(data)).color_break)
    assert sum(each > _CERTAIN for each in found) >= 2


@pytest.mark.parametrize("edge", ["horizon", "corner off the grid", "slope", "box"])
def test_edges_of_the_scene_are_not_mistaken_for_it(edge: str) -> None:
    picture = scene(6).astype(np.int16)
    if edge == "horizon":
        picture[320:] += 40
    elif edge == "corner off the grid":
        picture[325:341, 330:] += 40
        picture[341:] += 40
    elif edge == "slope":
        rows, columns = np.mgrid[: len(picture), : picture.shape[1]]
        picture[rows > 330 - columns / 40] += 40
    else:
        picture[320:480, 320:640] += 40
    assert judged(picture.clip(0, 255).astype(np.uint8)).color_break < _NONE


@pytest.mark.parametrize("quality", [60, 92])
@pytest.mark.parametrize("is_marked_text", [False, True])
def test_a_bar_or_marked_text_in_a_screenshot_is_not_mistaken_for_it(
    quality: int, *, is_marked_text: bool
) -> None:
    shown = Image.new("RGB", (1280, 800), (250, 250, 250))
    draw = ImageDraw.Draw(shown)
    draw.rectangle((320, 320, 1280, 335), fill=(215, 225, 240))
    draw.rectangle((0, 336, 1280, 480 if is_marked_text else 800), fill=(215, 225, 240))
    for row in range(0, 800, 16):
        draw.text((8, row + 2), "some words of a text " * (1 + row % 5), fill=(30, 30, 30))
    assert judged(jpeg(np.asarray(shown), quality)).color_break < _NONE


def test_a_gray_jpeg_is_measured_too() -> None:
    gray = np.asarray(Image.fromarray(color_shifted(scene(7), 10, 20, 30, 8)).convert("L"))
    packed = io.BytesIO()
    Image.fromarray(gray).save(packed, "JPEG", quality=90)
    assert judged(packed.getvalue()).color_break > _CERTAIN


@pytest.mark.parametrize("shape", [(4, 4, 3), (900, 40, 3), (17, 900, 3), (40, 900), (24, 400)])
@pytest.mark.parametrize("period", [0, 2, 4, 8])
@pytest.mark.parametrize("unit", [(1, 1), (2, 1), (2, 2)])
def test_pictures_of_any_size_can_be_measured(
    shape: tuple[int, ...], period: int, unit: tuple[int, int]
) -> None:
    pixels = np.random.default_rng(0).integers(0, 255, shape, np.uint8)
    assert 0 <= color_break(pixels, period, unit) <= 1


@pytest.mark.parametrize("height", [704, 709, 711, 712])
def test_a_shift_in_the_last_rows_is_measured_whatever_the_height(height: int) -> None:
    """The last row of blocks may be cut off."""
    shifted = color_shifted(scene(8, (900, height)), (height - 21) // 16, 20, 40)
    assert color_break(shifted, 8, (2, 2)) > _CERTAIN
