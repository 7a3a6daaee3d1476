"""Plain copies of a photo, and copies of it that were edited."""

from __future__ import annotations

import functools

import numpy as np
import pytest
from PIL import Image, ImageOps

from explorer.errors import PhotoError
from explorer.matching import geometry
from explorer.matching.geometry import Matrix
from explorer.matching.plain_copies import FIRST_COPIED, SECOND_COPIED, plain_copies
from explorer.photos.orientation import ORIENTATION_TRANSPOSE
from tests.matching.copies_and_edits import (
    EDITS,
    FILTERS,
    NOISE,
    PLAIN,
    SIZE,
    photo,
    reopened,
    scaled,
)
from tests.pictures import encoded, exif

WHOLE: Matrix = np.eye(2, 3)


@functools.cache
def original(seed: int) -> tuple[Image.Image, bytes]:
    """A photo, and the file of the camera that shows it."""
    file = photo(seed)
    return reopened(file), file


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("kind", PLAIN)
def test_plain_copies_are_explained(kind: str, seed: int) -> None:
    picture, file = original(seed)
    copy = PLAIN[kind](picture)
    assert plain_copies(file, copy, WHOLE) & SECOND_COPIED
    assert plain_copies(copy, file, WHOLE) & FIRST_COPIED


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize(
    ("kind", "factor", "quality"),
    [
        (kind, factor, quality)
        for kind in EDITS
        for factor, quality in ((0.5, 75), (0.5, 85), (1.0, 85))
        # At half the size, compression removes as much noise.
        if factor == 1 or kind not in NOISE
    ],
)
def test_edits_are_not(kind: str, factor: float, quality: int, seed: int) -> None:
    picture, file = original(seed)
    edited = EDITS[kind](picture)
    copy = encoded(edited if factor == 1 else scaled(edited, factor), "JPEG", quality=quality)
    assert plain_copies(file, copy, WHOLE) == 0


@pytest.mark.parametrize("kind", ["closed eyes", "2% brighter", "half of it blurred", "a bird"])
@pytest.mark.parametrize("format", ["PNG", "WEBP"])
def test_edits_in_other_formats_are_not(kind: str, format: str) -> None:
    picture, file = original(0)
    assert plain_copies(file, encoded(scaled(EDITS[kind](picture), 0.5), format), WHOLE) == 0


def test_the_source_is_the_file_with_more_pixels_or_the_better_quality() -> None:
    picture, better = original(0)
    worse = encoded(picture, "JPEG", quality=60)
    smaller = encoded(scaled(picture, 0.5), "JPEG", quality=98)
    assert plain_copies(better, worse, WHOLE) == SECOND_COPIED
    assert plain_copies(worse, better, WHOLE) == FIRST_COPIED
    assert plain_copies(smaller, better, WHOLE) == FIRST_COPIED
    assert plain_copies(better, better, WHOLE) == SECOND_COPIED | FIRST_COPIED
    # Programs may save at a slightly higher quality than the camera.
    assert plain_copies(better, encoded(picture, "JPEG", quality=95), WHOLE) & SECOND_COPIED


@pytest.mark.parametrize("orientation", range(8))
def test_turned_and_mirrored_copies_are_explained_and_their_edits_are_not(orientation: int) -> None:
    picture, file = original(0)
    for edited in (False, True):
        turned = scaled(EDITS["closed eyes"](picture) if edited else picture, 0.5)
        if orientation & 4:
            turned = turned.transpose(Image.Transpose.TRANSPOSE)
        if orientation & 1:
            turned = ImageOps.mirror(turned)
        if orientation & 2:
            turned = ImageOps.flip(turned)
        pixels = geometry.image_to_image(orientation, turned.size[::-1], SIZE[::-1])
        unit = geometry.pixels_to_unit(pixels, turned.size[::-1], SIZE[::-1])
        copy = encoded(turned, "JPEG", quality=80)
        assert plain_copies(copy, file, unit) == (0 if edited else FIRST_COPIED)
        assert plain_copies(file, copy, geometry.invert(unit)) == (0 if edited else SECOND_COPIED)


@pytest.mark.parametrize("number", range(2, 9))
def test_a_copy_that_is_turned_by_its_metadata(number: int) -> None:
    picture, file = original(0)
    turns = dict(ORIENTATION_TRANSPOSE)
    turns[6], turns[8] = turns[8], turns[6]
    stored = scaled(picture, 0.5).transpose(turns[number])
    copy = encoded(stored, "JPEG", quality=80, exif=exif(orientation=number))
    assert plain_copies(file, copy, WHOLE) == SECOND_COPIED


@pytest.mark.parametrize("factor", [1.0, 0.5, 0.77])
def test_crops_are_explained_and_their_edits_are_not(factor: float) -> None:
    picture, file = original(0)
    box = (37, 21, 761, 583)
    # As accurate as the registration of previews.
    unit = np.array([[724 / 800, 0, 37.4 / 800], [0, 562 / 600, 20.7 / 600]])
    for edited in (False, True):
        crop = (EDITS["closed eyes"](picture) if edited else picture).crop(box)
        copy = encoded(scaled(crop, factor, FILTERS.BICUBIC), "JPEG", quality=85)
        assert plain_copies(file, copy, unit) == (0 if edited else SECOND_COPIED)


def test_bordered_copies_are_explained_and_their_edits_are_not() -> None:
    picture, file = original(0)
    unit = geometry.box_to_box_edges(0, (0, 0, 1, 1), (30 / 860, 30 / 660, 830 / 860, 630 / 660))
    for edited in (False, True):
        shown = EDITS["closed eyes"](picture) if edited else picture
        copy = encoded(ImageOps.expand(shown, 30, "white"), "JPEG", quality=85)
        assert plain_copies(file, copy, unit) == (0 if edited else SECOND_COPIED)


def test_a_gray_copy_lost_its_colors_only() -> None:
    picture, file = original(0)
    for edited in (False, True):
        gray = (EDITS["a bird"](picture) if edited else picture).convert("L")
        for copy in (encoded(scaled(gray, 0.5), "JPEG"), encoded(scaled(gray.convert("RGB"), 0.5))):
            assert plain_copies(file, copy, WHOLE) == (0 if edited else SECOND_COPIED)


def test_a_picture_that_is_too_small_or_damaged_is_not_explained() -> None:
    picture, file = original(0)
    assert plain_copies(file, encoded(scaled(picture, 0.05), "JPEG"), WHOLE) == 0
    with pytest.raises(PhotoError):
        plain_copies(file, encoded(scaled(picture, 0.5), "JPEG")[:9000], WHOLE)
