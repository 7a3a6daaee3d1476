"""Faint changes of a small area, and copies that have none."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFilter

from explorer.matching import geometry
from explorer.matching.fine_differences import PHOTOS, details_differ
from explorer.matching.geometry import Gray
from explorer.matching.local_changes import block_scores, changed_locally
from explorer.matching.overlap import Overlap, matched_overlap
from tests.pictures import draw, encoded

SIZE = (512, 384)


def photo(seed: int = 7) -> Image.Image:
    """A drawn photo with the noise of a camera."""
    noise = np.random.default_rng(seed).normal(0, 3, (SIZE[1], SIZE[0], 1))
    return Image.fromarray((np.asarray(draw(seed, SIZE)) + noise).clip(0, 255).astype(np.uint8))


def gray(picture: Image.Image, quality: int = 88, size: tuple[int, int] = SIZE) -> Gray:
    packed = encoded(picture.resize(size, Image.Resampling.LANCZOS), "JPEG", quality=quality)
    return np.asarray(Image.open(io.BytesIO(packed)).convert("L"))


def overlap(one: Gray, other: Gray) -> Overlap:
    matrix = geometry.image_to_image(0, one.shape, other.shape)
    return matched_overlap(one, other, matrix, PHOTOS.min_tone_share)


def inpainted(picture: Image.Image) -> Image.Image:
    """An area filled with a smooth tone of its surroundings."""
    levels = np.array(picture)
    area = levels[150:174, 200:228]
    area[:] = area.mean(axis=(0, 1))
    return Image.fromarray(levels)


def brighter_spot(picture: Image.Image) -> Image.Image:
    levels = np.array(picture).astype(int)
    levels[200:216, 300:330] += 14
    return Image.fromarray(levels.clip(0, 255).astype(np.uint8))


def wire(picture: Image.Image) -> Image.Image:
    changed = picture.copy()
    ImageDraw.Draw(changed).line([(0, 60), (512, 90)], fill=(150, 150, 150))
    return changed


@pytest.mark.parametrize("size", [SIZE, (410, 308)])
@pytest.mark.parametrize("change", [inpainted, brighter_spot, wire])
def test_a_faint_change_of_a_small_area_is_found(change: object, size: tuple[int, int]) -> None:
    assert callable(change)
    one, other = gray(photo()), gray(change(photo()), 75, size)
    assert changed_locally(overlap(one, other)) and changed_locally(overlap(other, one))


def test_some_of_these_changes_are_too_faint_for_single_pixels() -> None:
    found = overlap(gray(photo()), gray(brighter_spot(photo()), 75))
    assert not details_differ(found, PHOTOS) and changed_locally(found)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize(
    ("quality", "size"), [(95, SIZE), (30, SIZE), (75, (410, 308)), (50, (256, 192)), (20, SIZE)]
)
def test_copies_have_no_such_change(quality: int, size: tuple[int, int], seed: int) -> None:
    one = gray(photo(seed))
    again = photo(seed)
    for copy in (again, again.filter(ImageFilter.UnsharpMask(1, 60, 2))):
        assert not changed_locally(overlap(one, gray(copy, quality, size)))


def test_a_vignette_and_other_tones_are_no_local_change() -> None:
    y, x = np.mgrid[-1 : 1 : SIZE[1] * 1j, -1 : 1 : SIZE[0] * 1j]
    shade = 1.05 - 0.15 * (x * x + y * y)
    levels = (np.asarray(photo()) * shade[..., None] + 6).clip(0, 255).astype(np.uint8)
    assert not changed_locally(overlap(gray(photo()), gray(Image.fromarray(levels))))


def test_a_score_tells_how_far_a_block_stands_out() -> None:
    """One block of a flat picture differs by 10 levels; the others by 0, which has no spread."""
    one = np.full((96, 96), 100, np.uint8)
    other = one.copy()
    other[44:52, 44:52] = 110
    scores = block_scores(Overlap(one, other, np.ones((96, 96), bool)))
    # The spread is at least 0.4 levels, and the slow trend takes a little off.
    assert 20 < scores.max() < 10 / 0.4 and np.median(scores) == pytest.approx(0, abs=0.1)
    assert np.count_nonzero(scores > 6) == 9


def test_what_only_one_of_them_shows_does_not_count() -> None:
    one = np.full((96, 96), 100, np.uint8)
    other, inside = one.copy(), np.ones((96, 96), bool)
    other[:30], inside[:30] = 255, False
    assert block_scores(Overlap(one, other, inside)).max() < 1


def test_too_small_an_overlap_has_no_scores() -> None:
    small = np.full((60, 60), 100, np.uint8)
    assert len(block_scores(Overlap(small, small, np.ones((60, 60), bool)))) == 0
