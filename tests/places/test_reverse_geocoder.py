"""From coordinates to places. `benchmarks/places.py` measures how often they are right."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.places.country_outlines import AT_SEA, countries_at, country_in_polygons, outlines
from explorer.places.gazetteer import gazetteer
from explorer.places.reverse_geocoder import NONE, locate
from tests.thoroughness import times


def named(latitude: float, longitude: float) -> tuple[str, str, str, str]:
    """Place, city, region code and country code."""
    known, found = gazetteer(), locate(np.array([latitude]), np.array([longitude]))
    place, city, region, country = (int(column[0]) for column in found)
    return (
        known.names[place] if place != NONE else "",
        known.names[city] if city != NONE else "",
        known.region_codes[region] if region != NONE else "",
        known.country_codes[country] if country != NONE else "",
    )


@pytest.mark.parametrize(
    ("where", "city", "country"),
    [
        ((48.8584, 2.2945), "Paris", "FR"),
        ((48.8049, 2.1204), "Versailles", "FR"),
        ((52.4730, 13.4039), "Berlin", "DE"),
        ((40.5749, -73.9790), "New York City", "US"),
        ((51.5560, -0.2796), "London", "GB"),
        ((35.6595, 139.7005), "Tokyo", "JP"),
        ((67.8490, 20.2370), "Kiruna", "SE"),
        # On either side of a border, and of the date line.
        ((47.6010, 7.6180), "Weil am Rhein", "DE"),
        ((47.5564, 7.5925), "Basel", "CH"),
        ((-16.85, -179.97), "", "FJ"),
    ],
)
def test_cities(where: tuple[float, float], city: str, country: str) -> None:
    found = named(*where)
    assert found[3] == country
    assert not city or found[1] == city


def test_a_part_of_a_city_is_named_with_it() -> None:
    assert named(40.6872, -73.9418)[1:] == ("New York City", "US.NY", "US")
    assert named(40.6872, -73.9418)[0] != "New York City"


def test_open_sea_is_nowhere_and_wilderness_has_a_country() -> None:
    assert named(-40.0, -30.0) == ("", "", "", "")
    assert named(-75.0, 90.0) == ("", "", "", "AQ")
    assert named(24.0, 22.0)[0] == "" and named(24.0, 22.0)[3] == "LY"


def test_no_coordinates_have_no_places() -> None:
    found = locate(np.empty(0), np.empty(0))
    assert [column.shape for column in found] == [(0,)] * 4


@given(st.lists(st.tuples(st.floats(-90, 90), st.floats(-180, 180)), min_size=1, max_size=40))
@settings(max_examples=times(30, 150), deadline=None)
def test_places_do_not_depend_on_what_else_is_located(where: list[tuple[float, float]]) -> None:
    known = gazetteer()
    latitude, longitude = np.array(where).T
    found = locate(latitude, longitude)
    alone = locate(latitude[:1], longitude[:1])
    assert [int(column[0]) for column in found] == [int(column[0]) for column in alone]
    there = found.place != NONE
    assert (found.city[~there] == NONE).all()
    assert (known.country[found.place[there]] == found.country[there]).all()
    assert (known.region[found.place[there]] == found.region[there]).all()
    regional = found.region != NONE
    assert (known.region_country[found.region[regional]] == found.country[regional]).all()


def test_the_grid_agrees_with_the_outlines() -> None:
    random = np.random.default_rng(5)
    latitude = np.degrees(np.arcsin(random.uniform(-1, 1, 3000)))
    longitude = random.uniform(-180, 180, 3000)
    by_grid, near_border = countries_at(latitude, longitude)
    by_outline = country_in_polygons(outlines(), latitude, longitude)
    assert (by_grid == by_outline).mean() > 0.999
    assert (by_grid[near_border] == by_outline[near_border]).all()
    # 29% of the earth is land.
    assert 0.27 < (by_grid != AT_SEA).mean() < 0.32


def test_parts_of_cities_are_parts_of_nothing_else() -> None:
    known = gazetteer()
    assert (known.city[known.city] == known.city).all()
    assert len(known.names) == len(known.ids) == len(np.unique(known.ids))
    assert len(known.region_names) == len(known.region_codes) == len(known.region_country)
