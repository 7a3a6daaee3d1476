"""Whether one picture is another one with a border put around it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageOps

from explorer.matching import borders, geometry
from tests.pictures import draw

SIZE = (400, 300)


def grey(picture: Image.Image) -> np.ndarray:
    return np.asarray(picture.convert("L"))


def onto_part(left: float, top: float, right: float, bottom: float) -> np.ndarray:
    """The transform of a picture to another one of which it covers that part, as unit squares."""
    return np.array([[right - left, 0, left], [0, bottom - top, top]])


def captioned(picture: Image.Image) -> Image.Image:
    """The picture with bars above and below, and a line of text."""
    made = ImageOps.expand(picture, (0, 50), "black")
    ImageDraw.Draw(made).text((120, 18), "one does not simply walk in", fill="white")
    return made


@pytest.mark.parametrize(
    ("border", "part"),
    [
        (lambda p: ImageOps.expand(p, 20, "white"), (20 / 440, 20 / 340, 420 / 440, 320 / 340)),
        (lambda p: ImageOps.expand(p, (0, 40), "black"), (0, 40 / 380, 1, 340 / 380)),
        (captioned, (0, 50 / 400, 1, 350 / 400)),
    ],
)
def test_a_border_and_bars_are_recognized(
    border: Callable[[Image.Image], Image.Image], part: tuple[float, float, float, float]
) -> None:
    picture = draw(1, SIZE)
    made = border(picture)
    assert borders.has_border_around(grey(made), onto_part(*part))
    # Not the other way round, and not without a border.
    assert not borders.has_border_around(grey(picture), geometry.invert(onto_part(*part)))
    assert not borders.has_border_around(grey(made), onto_part(0, 0, 1, 1))


def test_an_original_of_a_crop_has_no_border() -> None:
    assert not borders.has_border_around(grey(draw(1, SIZE)), onto_part(0.1, 0.1, 0.9, 0.9))


def test_a_plain_sky_on_one_side_is_no_border() -> None:
    picture = draw(1, SIZE)
    ImageDraw.Draw(picture).rectangle((0, 0, 400, 60), fill="skyblue")
    assert not borders.has_border_around(grey(picture), onto_part(0, 0.2, 1, 1))


def test_bars_of_two_colors_are_no_border() -> None:
    """Such as sky above and snow below: the picture that shows less was cropped."""
    picture = draw(1, SIZE)
    pen = ImageDraw.Draw(picture)
    pen.rectangle((0, 0, 400, 60), fill="skyblue")
    pen.rectangle((0, 240, 400, 300), fill="white")
    assert not borders.has_border_around(grey(picture), onto_part(0, 0.2, 1, 0.8))


def noise(height: int = 100, width: int = 100) -> geometry.Gray:
    return np.random.default_rng(3).integers(60, 256, (height, width)).astype(np.uint8)


@pytest.mark.parametrize(
    ("height", "found"), [(8, 8), (7, 0), (41, 41), (42, 42), (50, 42), (0, 0)]
)
def test_a_bar_has_a_certain_height(height: int, found: int) -> None:
    picture = noise()
    picture[:height] = 20
    assert borders._bar_height(picture) == found
    # A narrower one may be a border.
    assert borders.content_box_without_bars(picture)[1] == (found or height)


@pytest.mark.parametrize(
    ("colored", "off", "found"),
    [(100, 6, 20), (100, 7, 0), (85, 99, 20), (84, 99, 0), (60, 99, 0), (49, 99, 0)],
)
def test_a_bar_has_one_color_apart_from_text(colored: int, off: int, found: int) -> None:
    picture = noise()
    picture[:20] = 20
    # The first row tells the color.
    picture[1:20, :colored] = 20 + (off if off < 9 else 0)
    picture[1:20, colored:] = 200
    picture[0, colored:] = 200
    assert borders._bar_height(picture) == found


@pytest.mark.parametrize(("width", "found"), [(1, 1), (20, 20), (32, 32), (33, 0), (40, 0), (0, 0)])
def test_a_border_is_narrower_than_a_third(width: int, found: int) -> None:
    picture = noise()
    picture[:width] = 20
    assert borders._border_width(picture) == found
    turned = picture[::-1].T
    assert borders.content_box(turned) == (0, 0, 100 - found, 100)


@pytest.mark.parametrize(
    ("row", "found"),
    [
        # A few pixels may differ, and the others a little.
        ([20] * 97 + [99] * 3, True), ([20] * 95 + [99] * 5, False),
        ([0] * 3 + [20] * 97, True), ([0] * 5 + [20] * 95, False),
        ([20] * 60 + [33] * 40, True), ([20] * 60 + [34] * 40, False),
        ([27] * 100, True), ([28] * 100, False), ([13] * 100, True), ([12] * 100, False),
    ],
)  # fmt: skip
def test_rows_of_one_color(row: list[int], found: bool) -> None:
    rows = np.array([[20] * 100, row], np.uint8)
    assert borders._plain_rows(rows).tolist() == [True, found]


@pytest.mark.parametrize(
    ("inner", "found"),
    [
        ((0.2, 0.2, 0.8, 0.8), True),
        ((0.2, 0.0, 0.8, 1.0), True),
        ((0.0, 0.2, 1.0, 0.8), True),
        ((0.2, 0.0, 1.0, 1.0), False),
        ((0.0, 0.0, 0.8, 1.0), False),
        ((0.0, 0.2, 1.0, 1.0), False),
        ((0.0, 0.0, 1.0, 0.8), False),
        ((0.2, 0.2, 1.0, 1.0), False),
        ((0.0, 0.2, 0.8, 1.0), False),
        # Compression blurs three pixels.
        ((0.04, 0.0, 0.96, 1.0), True),
        ((0.03, 0.0, 0.96, 1.0), False),
        ((0.04, 0.0, 0.97, 1.0), False),
    ],
)
def test_a_border_is_on_two_opposite_sides(
    inner: tuple[float, float, float, float], found: bool
) -> None:
    left, top, right, bottom = (round(100 * edge) for edge in inner)
    picture = np.full((100, 100), 20, np.uint8)
    picture[top:bottom, left:right] = noise(bottom - top, right - left)
    assert borders.has_border_around(picture, onto_part(*inner)) is found


@pytest.mark.parametrize(
    ("level", "text", "found"),
    [(26, 0, True), (27, 0, False), (14, 0, True), (13, 0, False), (20, 15, True), (20, 16, False)],
)
def test_a_border_has_one_color_apart_from_text(level: int, text: int, found: bool) -> None:
    picture = noise()
    picture[:23], picture[77:] = 20, level
    picture[77:, :text] = 200
    assert borders.has_border_around(picture, onto_part(0, 0.2, 1, 0.8)) is found
    # Nor do pixels differ by more than that within a part.
    picture[77:] = 20
    picture[77:, : text + 40] = level
    expected = found and text == 0
    assert borders.has_border_around(picture, onto_part(0, 0.2, 1, 0.8)) is (
        expected or level == 20
    )


def test_a_content_box_is_shrunk_on_bordered_sides() -> None:
    """Compression blurs three pixels."""
    shape = (100, 80)
    assert borders.shrink_bordered_sides((0, 0, 80, 100), shape) == (0, 0, 80, 100)
    assert borders.shrink_bordered_sides((5, 0, 80, 100), shape) == (8, 0, 80, 100)
    assert borders.shrink_bordered_sides((0, 5, 80, 100), shape) == (0, 8, 80, 100)
    assert borders.shrink_bordered_sides((0, 0, 75, 100), shape) == (0, 0, 72, 100)
    assert borders.shrink_bordered_sides((0, 0, 80, 95), shape) == (0, 0, 80, 92)
