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
