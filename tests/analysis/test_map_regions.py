"""The dense regions of the map."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.analysis.map_regions import (
    LEVELS,
    MIN_PHOTOS,
    SIDE,
    Points,
    photos_of_region,
    regions,
)

CENTERS = np.array([[9000, 9000], [52000, 11000], [30000, 50000]], np.float64)


def heaps(sizes: tuple[int, ...] = (60, 40, 20), seed: int = 0) -> tuple[Points, np.ndarray]:
    """Round heaps of photos, and the heap of each."""
    random, of = np.random.default_rng(seed), np.repeat(np.arange(len(sizes)), sizes)
    points = CENTERS[of] + random.normal(0, 900, (len(of), 2))
    return points.clip(0, SIDE).astype(np.float32), of


@st.composite
def maps(draw: st.DrawFn) -> Points:
    """Maps of any kind: scattered, in heaps, or all photos at a few places."""
    number, places = draw(st.integers(0, 200)), draw(st.integers(1, 200))
    random = np.random.default_rng(draw(st.integers(0, 2**32)))
    among = random.uniform(0, SIDE, (places, 2)).astype(np.float32)
    return among[random.integers(0, places, number)]


def test_heaps_are_regions_the_largest_first() -> None:
    points, of = heaps()
    found = regions(points, 0)
    assert found.photos.tolist() == [60, 40, 20]
    assert (found.of == of).all()
    assert np.abs(found.peaks - CENTERS).max() < 2500
    for at, (left, top, right, bottom) in enumerate(found.bounds):
        x, y = points[of == at].T
        inside = (x >= left) & (x <= right) & (y >= top) & (y <= bottom)
        assert 0.75 <= inside.mean() < 1
    assert of[found.central].tolist() == [0, 1, 2]


def test_a_finer_level_parts_what_is_one_region_of_a_coarse_one() -> None:
    random = np.random.default_rng(1)
    beside = np.array([[30000, 30000], [34500, 30000]])[np.repeat([0, 1], 50)]
    points = (beside + random.normal(0, 400, (100, 2))).astype(np.float32)
    assert len(regions(points, 0).photos) == 1
    assert regions(points, LEVELS - 1).photos.tolist() == [50, 50]


@given(points=maps(), level=st.integers(0, LEVELS - 1))
def test_regions_are_large_enough_and_count_their_photos(points: Points, level: int) -> None:
    found = regions(points, level)
    count = len(found.photos)
    assert len(found.of) == len(points)
    assert np.bincount(found.of[found.of >= 0], minlength=count).tolist() == found.photos.tolist()
    assert (found.photos >= MIN_PHOTOS).all() and (np.diff(found.photos) <= 0).all()
    assert len(found.peaks) == len(found.bounds) == len(found.central) == count
    assert (found.of[found.central] == np.arange(count)).all()
    assert (found.peaks >= 0).all() and (found.peaks <= SIDE).all()


@given(points=maps(), level=st.integers(0, LEVELS - 1), seed=st.integers(0, 1000))
def test_regions_do_not_depend_on_the_order_of_the_photos(
    points: Points, level: int, seed: int
) -> None:
    order = np.random.default_rng(seed).permutation(len(points))
    found, other = regions(points, level), regions(points[order], level)
    assert (other.of == found.of[order]).all()
    assert (other.peaks == found.peaks).all()


@given(points=maps(), level=st.integers(0, LEVELS - 1))
def test_a_region_is_found_by_its_densest_place(points: Points, level: int) -> None:
    found = regions(points, level)
    for at, (x, y) in enumerate(found.peaks.tolist()):
        assert (photos_of_region(found, (x, y)) == (found.of == at)).all()


@pytest.mark.parametrize("number", [0, MIN_PHOTOS - 1])
def test_too_few_photos_are_no_region(number: int) -> None:
    found = regions(np.full((number, 2), 5, np.float32), 0)
    assert not len(found.photos) and len(found.of) == number
    assert not photos_of_region(found, (5, 5)).any()
