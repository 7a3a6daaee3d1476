from __future__ import annotations

import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageEnhance, ImageOps

from explorer.matching import geometry, tone
from explorer.matching.resampling import resample_to_coarser
from explorer.matching.tone import tone_change
from tests.pictures import draw
from tests.thoroughness import times

WHOLE = np.array([[1.0, 0, 0], [0, 1.0, 0]])


def colours(picture: Image.Image) -> np.ndarray:
    return np.ascontiguousarray(np.asarray(picture.convert("RGB"))[..., ::-1])


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
    assert tone_change(photo, photo, np.array([[1.0, 0, 5], [0, 1.0, 5]])) == (0, 0.0, 0.0)


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


def saved(picture: Image.Image, quality: int, size: tuple[int, int] | None = None) -> np.ndarray:
    packed = io.BytesIO()
    (picture.resize(size) if size else picture).save(packed, "JPEG", quality=quality)
    return colours(Image.open(packed))


@pytest.mark.parametrize(("quality", "size"), [(90, None), (50, None), (75, (96, 72))])
def test_saving_again_hardly_changes_the_colors(quality: int, size: tuple[int, int] | None) -> None:
    photo = draw(4, (128, 96))
    assert tone_change(colours(photo), saved(photo, quality, size), WHOLE).deviation < 8


def test_a_part_in_another_color_deviates_though_brightness_and_the_rest_are_equal() -> None:
    photo = draw(4, (128, 96))
    recolored = photo.copy()
    part = photo.crop((40, 30, 80, 70))
    gray = np.asarray(part.convert("L"), np.float32)[..., None]
    # Mirror the colors at gray of the same brightness.
    opposite = (2 * gray - np.asarray(part, np.float32)).clip(0, 255).astype(np.uint8)
    recolored.paste(Image.fromarray(opposite), (40, 30))
    change = tone_change(colours(photo), colours(recolored), WHOLE)
    assert abs(change.brightness) < 4 and change.desaturated == 0 and change.deviation > 20
    assert tone_change(colours(recolored), colours(photo), WHOLE).deviation == change.deviation


def test_light_from_another_side_deviates() -> None:
    photo = np.asarray(draw(5, (128, 96)), np.float32)
    light = np.linspace(0.7, 1.1, 128)[None, :, None]
    one, other = ((photo * each).clip(0, 255).astype(np.uint8) for each in (light, light[:, ::-1]))
    assert tone_change(one, other, WHOLE).deviation > 20


def test_a_grayscale_copy_is_compared_by_its_brightness() -> None:
    photo = draw(1, (120, 90))
    gray = ImageOps.grayscale(photo)
    assert tone_change(colours(photo), colours(gray), WHOLE).deviation < 8
    darker = ImageEnhance.Brightness(gray).enhance(0.5)
    assert tone_change(colours(photo), colours(darker), WHOLE).deviation > 20


def test_what_only_one_picture_shows_does_not_deviate() -> None:
    photo = draw(6, (128, 96))
    left_half = np.array([[0.5, 0, 0], [0, 1.0, 0]])
    assert tone_change(colours(photo), colours(photo.crop((0, 0, 64, 96))), left_half).deviation < 2


def tinted(chroma: int, size: tuple[int, int] = (60, 80)) -> np.ndarray:
    """A picture in one color."""
    return np.full((*size, 3), (100, 100 + chroma // 2, 100 + chroma), np.uint8)


@pytest.mark.parametrize(
    ("one", "other", "desaturated"),
    [(8, 3, 1), (3, 8, -1), (7, 3, 0), (8, 4, 0), (20, 5, 0), (20, 30, 0), (2, 3, 0)],
)
def test_a_grayscale_copy_has_hardly_any_color_and_its_original_some(
    one: int, other: int, desaturated: int
) -> None:
    assert tone_change(tinted(one), tinted(other), WHOLE).desaturated == desaturated


@pytest.mark.parametrize("across", [False, True])
def test_colors_are_compared_in_areas_of_a_sixteenth_of_the_longer_side(across: bool) -> None:
    one = np.full((160, 64, 3), 100, np.uint8)
    other = one.copy()
    for top in (20, 60, 100, 140):
        # A mean over 10 × 10 pixels changes by 50 × 36 / 100.
        other[top : top + 6, 20:26] = 150
        other[top : top + 6, 40:46] = 150
    if across:
        one, other = (np.ascontiguousarray(x.swapaxes(0, 1)) for x in (one, other))
    assert tone_change(one, other, WHOLE).deviation == pytest.approx(18, abs=0.5)
    assert tone_change(other, one, WHOLE).deviation == pytest.approx(18, abs=0.5)


def test_areas_at_the_edge_of_the_overlap_do_not_count() -> None:
    one = np.full((160, 64, 3), 100, np.uint8)
    other = one.copy()
    other[:6], other[-5:], other[:, :6], other[:, -5:] = 250, 250, 250, 250
    assert tone_change(one, one, WHOLE).deviation == 0
    inner = one.copy()
    inner[40:60, 20:40] = 130
    assert tone_change(one, inner, WHOLE).deviation > 20
    edge = one.copy()
    edge[0], edge[:, 0] = 250, 250
    assert tone_change(one, edge, WHOLE).deviation == 0
    # Nor are there any in a narrow strip.
    assert tone_change(one, other, np.array([[1.0, 0, 0.95], [0, 1, 0]])).deviation == 0


@pytest.mark.parametrize("swapped", [False, True])
def test_the_finer_picture_is_reduced(swapped: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    shapes = list[tuple[int, ...]]()

    def resample(finer: np.ndarray, matrix: np.ndarray, size: tuple[int, int]) -> object:
        shapes.append(finer.shape[:2])
        assert size == (50, 50) and np.linalg.det(matrix[:, :2]) == pytest.approx(1 / 1.44)
        return resample_to_coarser(finer, matrix, size)

    monkeypatch.setattr(tone, "resample_to_coarser", resample)
    fine, coarse = tinted(20, (60, 60)), tinted(20, (50, 50)) + 10
    found = tone_change(coarse, fine, WHOLE) if swapped else tone_change(fine, coarse, WHOLE)
    assert shapes == [(60, 60)] and found.brightness == pytest.approx(-10 if swapped else 10)
