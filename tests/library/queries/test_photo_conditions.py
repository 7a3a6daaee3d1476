from __future__ import annotations

import math
import sqlite3

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.library.queries.photo_conditions import add_functions, kilometers_between, near
from tests.thoroughness import times


@given(
    st.floats(-90, 90), st.floats(-180, 180), st.floats(0.1, 20_000),
    st.lists(st.tuples(st.floats(-90, 90), st.floats(-180, 180)), max_size=20),
)  # fmt: skip
@settings(max_examples=times(60, 300), deadline=None)
def test_the_bounding_box_of_a_circle_contains_all_of_it(
    latitude: float, longitude: float, kilometers: float, places: list[tuple[float, float]]
) -> None:
    db = sqlite3.connect(":memory:")
    add_functions(db)
    db.execute("create table p (id integer primary key, latitude real, longitude real)")
    db.executemany("insert into p (latitude, longitude) values (?, ?)", places)
    condition = near(latitude, longitude, kilometers)
    found = {
        row[0] - 1
        for row in db.execute(f"select id from p where {condition.sql}", condition.values)
    }
    db.close()
    assert found == {
        number
        for number, place in enumerate(places)
        if kilometers_between(*place, latitude, longitude) <= kilometers
    }


def test_a_degree_of_latitude_is_sixty_nautical_miles() -> None:
    assert kilometers_between(48, 2, 49, 2) == pytest.approx(111.2, abs=0.1)
    assert kilometers_between(0, 179.5, 0, -179.5) == pytest.approx(111.2, abs=0.1)
    assert kilometers_between(10, 20, -10, -160) == pytest.approx(math.pi * 6371.0088)
