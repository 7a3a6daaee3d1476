from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageEnhance, ImageOps

from explorer.matching import geometry
from explorer.matching.tone import tone_change
from tests.pictures import draw
from tests.thoroughness import times

WHOLE = np.array([[1.0, 0, 0], [0, 1.0, 0]])


def colours(picture: Image.Image) -> np.ndarray:
    return np.asarray(picture.convert("RGB"))


def test_a_grayscale_copy_is_recognized_from_both_sides() -> None:
    photo = draw(1, (120, 90))
    grey = ImageOps.grayscale(photo)
    assert tone_change(colours(photo), colours(grey), WHOLE).desaturated == 1
    assert tone_change(colours(grey), colours(photo), WHOLE).desaturated == -1
    assert (
        tone_change(colours(grey), colours(grey), WHOLE).desaturated
        == tone_change(colours(photo), colours(photo), WHOLE).desaturated
        == 0
    )


def test_brightness_is_compared_where_the_pictures_overlap() -> None:
    photo = draw(2, (120, 90))
    brighter = ImageEnhance.Brightness(photo).enhance(1.4)
    light = tone_change(colours(photo), colours(brighter), WHOLE).brightness
    assert light > 8
    # A black border makes no picture darker.
    bordered = ImageOps.expand(brighter, 20, "black")
    onto = geometry.box_to_box(0, (0.0, 0.0, 120.0, 90.0), (20.0, 20.0, 140.0, 110.0))
    unit = np.column_stack(
        [
            onto[:, :2] * [160, 130] / [[120], [90]],
            (onto[:, 2] - onto[:, :2] @ [0.5, 0.5] + 0.5) / [120, 90],
        ]
    )
    assert abs(tone_change(colours(photo), colours(bordered), unit).brightness - light) < 1


def test_pictures_that_do_not_overlap_do_not_differ() -> None:
    photo = colours(draw(3, (120, 90)))
    assert tone_change(photo, photo, np.array([[1.0, 0, 5], [0, 1.0, 5]])) == (0, 0.0)


@settings(max_examples=times(20, 100), deadline=None)
@given(st.integers(0, 50), st.floats(0.4, 1.6), st.booleans())
def test_swapping_the_pictures_negates_the_change(seed: int, factor: float, grey: bool) -> None:
    photo = draw(seed, (96, 72))
    copy = ImageEnhance.Brightness(ImageOps.grayscale(photo) if grey else photo).enhance(factor)
    there, back = (
        tone_change(colours(photo), colours(copy), WHOLE),
        tone_change(colours(copy), colours(photo), WHOLE),
    )
    assert (there.desaturated, round(there.brightness, 6)) == (
        -back.desaturated,
        round(-back.brightness, 6),
    )
