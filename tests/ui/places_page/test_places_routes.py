"""What the map of places fetches."""

from __future__ import annotations

import numpy as np
import pytest
from starlette.testclient import TestClient

from explorer.places.country_outlines import SIMPLE, outlines
from explorer.ui import resources
from tests.factory import LibraryBuilder
from tests.fixtures.places import LISBON, put_place

WORLD = "0,0,1,1"


def put(name: str, latitude: float, longitude: float) -> int:
    library = resources.library()
    (root,) = library.catalog.root_paths().values()
    builder = LibraryBuilder(library, root)
    try:
        photo = builder.put(name, name, latitude=latitude, longitude=longitude)
        put_place(builder, photo, latitude, longitude, LISBON)
        return photo
    finally:
        builder.writer.close()


def test_clusters_have_a_photo_a_name_and_an_area(client: TestClient) -> None:
    before = client.get("/photo/places", params={"z": 3, "box": WORLD}).json()
    photo = put("lisbon.jpg", 38.7139, -9.1335)
    after = client.get("/photo/places", params={"z": 3, "box": WORLD}).json()
    (new,) = (each for each in after if each not in before)
    assert new["newest"] == photo and new["label"] == "Lisbon, Portugal"
    south, west, north, east = map(float, new["area"].split(","))
    assert south <= 38.7139 <= north < south + 2e-5 and west <= -9.1335 <= east < west + 2e-5
    assert client.get(f"/photo/{photo}/preview?v={new['hash'][:16]}").status_code == 200


@pytest.mark.parametrize(
    "query",
    [{}, {"z": "3"}, {"z": "3", "box": "0,0,1"}, {"z": "99", "box": WORLD},
     {"z": "x", "box": WORLD}, {"z": "3", "box": "0,0,nan,1"}],
)  # fmt: skip
def test_another_map_does_not_exist(client: TestClient, query: dict[str, str]) -> None:
    assert client.get("/photo/places", params=query).status_code == 404


def test_outlines_are_rings_in_thousandths_of_a_degree(client: TestClient) -> None:
    answer = client.get("/photo/outlines")
    numbers = np.frombuffer(answer.content, "<i4")
    known = outlines(SIMPLE)
    count = int(numbers[0])
    assert count == len(known.ends)
    assert (numbers[1 : 1 + count] == known.ends).all()
    assert (numbers[1 + count :].reshape(-1, 2) == known.points).all()
    assert len(client.get("/photo/outlines?detailed").content) > 5 * len(answer.content)
