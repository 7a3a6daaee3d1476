"""What the parts of decoding are given; results are tested by `test_formats.py` and others."""

from __future__ import annotations

import io
import re
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image, ImageCms

from explorer.errors import DamagedPhoto, OversizedPhoto, PhotoError
from explorer.photos.decode import decode, photo_errors
from explorer.photos.quality import measure
from tests import pictures
from tests.photos.color.test_color_space import SRGB
from tests.photos.color.test_convert import _profile


@pytest.fixture
def measured(monkeypatch: pytest.MonkeyPatch) -> list[npt.NDArray[np.uint8]]:
    """The luminances in which quality was measured."""
    seen = list[npt.NDArray[np.uint8]]()
    real = measure.measure_quality

    def record(grey: npt.NDArray[np.uint8], small: Any, **options: Any) -> Any:
        seen.append(grey)
        return real(grey, small, **options)

    monkeypatch.setattr(measure, "measure_quality", record)
    return seen


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_quality_is_measured_at_half_the_size_of_a_large_photo(
    kind: str, measured: list[npt.NDArray[np.uint8]]
) -> None:
    """Noise and camera shake no longer show at less than 1400 pixels."""
    for size in ((2800, 600), (2799, 600), (700, 500)):
        decode(pictures.encoded(Image.new("RGB", size, "navy"), kind), None)
    assert [grey.shape for grey in measured] == [(300, 1400), (600, 2799), (500, 700)]


def test_quality_is_measured_in_the_upright_photo(measured: list[npt.NDArray[np.uint8]]) -> None:
    picture = Image.new("RGB", (90, 60))
    picture.paste("white", (0, 0, 90, 20))
    decode(pictures.encoded(picture, exif=pictures.exif(orientation=6)), None)
    (grey,) = measured
    # Turned clockwise: what was on top is on the right.
    assert grey.shape == (90, 60) and grey[:, 45:].min() > 200 > 50 > grey[:, :35].max()


def test_quality_is_measured_in_the_tones_that_are_shown(
    measured: list[npt.NDArray[np.uint8]],
) -> None:
    """In linear light, a well exposed photo has small values, and would count as dark."""
    linear = _profile(*SRGB, 1.0)
    decode(pictures.encoded(Image.new("RGB", (60, 40), (55, 55, 55)), icc_profile=linear), None)
    plain = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    decode(pictures.encoded(Image.new("RGB", (60, 40), (55, 55, 55)), icc_profile=plain), None)
    assert [round(float(grey.mean()), -1) for grey in measured] == [130, 60]


@pytest.mark.parametrize("error", [OversizedPhoto("large"), DamagedPhoto("torn")])
def test_an_error_in_words_is_kept(error: PhotoError) -> None:
    with pytest.raises(type(error)) as raised, photo_errors(b""):
        raise error
    assert raised.value is error


def test_a_photo_with_another_inside_is_a_jpeg_of_one_frame() -> None:
    file = io.BytesIO()
    picture = pictures.draw(1, (64, 48))
    picture.save(file, "MPO", save_all=True, append_images=[pictures.draw(2, (64, 48))])
    found = decode(file.getvalue(), None)
    assert (found.format, found.frames) == ("JPEG", 1)


def test_a_picture_with_a_palette_is_measured_by_its_colors() -> None:
    picture = pictures.draw(1, (64, 48)).convert("P", palette=Image.Palette.ADAPTIVE, colors=16)
    with_palette, without = (
        decode(pictures.encoded(each, "PNG"), None) for each in (picture, picture.convert("RGB"))
    )
    assert with_palette.quality == without.quality


def test_a_photo_that_cannot_be_measured_is_not_called_damaged(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(*_: Any, **options: Any) -> Any:
        raise IndexError("index 46 is out of bounds")

    monkeypatch.setattr(measure, "measure_quality", fail)
    photo = decode(pictures.encoded(Image.new("RGB", (60, 40), "navy")), None)
    assert not photo.damaged and photo.preview and not photo.quality and not photo.diagnostics
    assert re.fullmatch(
        r"IndexError: index 46 is out of bounds \(test_decode\.py, line \d+\)",
        photo.measuring_error,
    )
