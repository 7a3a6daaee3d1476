"""Clusters of photos on the map."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.library.stores.location_store import LocatedPhotos
from explorer.search.language.typed_values import Area, area
from explorer.ui.places_page.photo_clusters import (
    MAX_ZOOM,
    TILE,
    MapBox,
    PhotoCluster,
    PhotoClusters,
    WorldPoints,
    area_text,
    world_points,
)

WORLD = MapBox(0, 0, 1, 1)
PLACES = st.lists(st.tuples(st.floats(-90, 90), st.floats(-180, 180)), max_size=30)


def points_of(places: list[tuple[float, float]]) -> WorldPoints:
    table = np.array(places, np.float64).reshape(-1, 2)
    ids = np.arange(1, len(table) + 1)
    return world_points(LocatedPhotos(ids, table[:, 0], table[:, 1]))


def clusters(points: WorldPoints, zoom: int, box: MapBox) -> list[PhotoCluster]:
    return PhotoClusters(points).in_box(zoom, box)


@given(PLACES, st.integers(0, MAX_ZOOM))
@settings(max_examples=100, deadline=None)
def test_every_photo_is_in_one_cluster_and_in_its_area(
    places: list[tuple[float, float]], zoom: int
) -> None:
    points = points_of(places)
    found = clusters(points, zoom, WORLD)
    assert sum(each.photos for each in found) == len(places)
    assert [each.photos for each in found] == sorted((e.photos for e in found), reverse=True)
    for each in found:
        told = area(area_text(each.area))
        inside = (
            (points.latitude >= told.south) & (points.latitude <= told.north)
            & (points.longitude >= told.west) & (points.longitude <= told.east)
        )  # fmt: skip
        assert inside.sum() >= each.photos
        assert inside[points.ids == each.newest].all()


@given(PLACES, st.integers(0, MAX_ZOOM))
@settings(max_examples=100, deadline=None)
def test_no_cluster_covers_another(places: list[tuple[float, float]], zoom: int) -> None:
    found = clusters(
        points_of([*places, *((lat / 90, lon / 90) for lat, lon in places)]), zoom, WORLD
    )
    pixels = TILE * 2**zoom
    for i, one in enumerate(found):
        for other in found[:i]:
            apart = math.hypot(one.x - other.x, one.y - other.y) * pixels
            # Both are circles of at least 16 pixels.
            assert apart >= 16


def test_a_small_cluster_beside_a_large_one_is_part_of_it() -> None:
    # In the next cell, 12 pixels away.
    edge, zoom = 0.5, 4
    step = 360 / (TILE * 2**zoom)
    crowd = [(0.0, edge - 2 * step)] * 90
    (both,) = clusters(points_of([*crowd, (0.0, edge + 10 * step)]), zoom, WORLD)
    assert both.photos == 91 and both.newest == 91
    assert both.area.west < 0.5 - step and both.area.east > 0.5 + 9 * step


def test_clusters_are_joined_across_every_side_and_corner_of_a_cell() -> None:
    zoom = 4
    step = 360 / (TILE * 2**zoom)
    # In the four cells around a corner.
    corners = [(x * step, y * step) for x in (-6, 6) for y in (-6, 6)]
    for one, other in itertools.permutations(corners, 2):
        (both,) = clusters(points_of([one, one, other]), zoom, WORLD)
        assert both.photos == 3


def test_a_cluster_that_is_part_of_another_takes_no_more() -> None:
    zoom = 4
    step = 360 / (TILE * 2**zoom)
    # Pixels from a corner of four cells. The first covers the second, and this one the third.
    pixels = [*[(-24, -4)] * 10, *[(2, -4)] * 5, (16, 16)]
    points = points_of([(-y * step, x * step) for x, y in pixels])
    both, third = clusters(points, zoom, WORLD)
    assert (both.photos, third.photos) == (15, 1)
    assert (both.x, third.x) == pytest.approx((points.x[0], points.x[-1]), abs=1e-9)


def test_near_photos_are_one_cluster_until_the_map_is_zoomed_in() -> None:
    points = points_of([(48.8584, 2.2945), (48.8606, 2.3376), (41.89, 12.49)])
    assert [each.photos for each in clusters(points, 5, WORLD)] == [2, 1]
    assert [each.photos for each in clusters(points, 14, WORLD)] == [1, 1, 1]
    (pair, _) = clusters(points, 5, WORLD)
    assert pair.newest == 2
    assert pair.area == Area(48.8584, 2.2945, 48.8606, 2.3376)


def test_only_what_is_in_view_is_counted() -> None:
    points = points_of([(48.8584, 2.2945), (-33.8568, 151.2153)])
    (paris,) = clusters(points, 4, MapBox(0.5, 0.2, 0.6, 0.5))
    assert paris.photos == 1 and paris.newest == 1
    assert clusters(points, 4, MapBox(0, 0, 0.1, 0.1)) == []


def test_a_map_shows_the_largest_of_very_many_clusters() -> None:
    random = np.random.default_rng(1)
    places = list(zip(random.uniform(-80, 80, 5000), random.uniform(-180, 180, 5000), strict=True))
    found = clusters(points_of([*places, *[(10.0, 10.0)] * 50]), 8, WORLD)
    assert len(found) == 400 and found[0].photos >= 50


def test_an_area_is_rounded_outwards_and_stays_on_the_earth() -> None:
    assert area_text(Area(48.123456, 2.5, 48.123459, 180)) == "48.12345,2.5,48.12346,180"
    assert area_text(Area(-90, -180, 90, 180)) == "-90,-180,90,180"
