"""What the map of the library fetches."""

from __future__ import annotations

import numpy as np
import pytest
from starlette.testclient import TestClient

from explorer.analysis.map_regions import LEVELS
from explorer.errors import EncoderError
from explorer.search.map_labels import RegionName
from explorer.ui import resources
from explorer.ui.library_cache import LibraryCache
from explorer.ui.map_page import map_overview
from explorer.ui.map_page.map_overview import UNNAMED, region_title
from tests.ui.components.test_map_data import unpack


def test_points_are_all_photos(client: TestClient) -> None:
    answer = client.get("/photo/map/points?v=1")
    header, points = unpack(answer.content)
    assert set(points) == set(resources.library().catalog.matching().tolist())
    assert header["coloring"] == "region"
    assert answer.headers["cross-origin-resource-policy"] == "same-origin"


def test_regions_have_a_name_a_place_and_a_cover(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("explorer.analysis.map_regions.MIN_PHOTOS", 1)
    monkeypatch.setattr(map_overview, "_OVERVIEW", LibraryCache(map_overview._read))
    found = client.get("/photo/map/regions?v=1").json()
    assert found["words"] is True and len(found["levels"]) == LEVELS
    _, points = unpack(client.get("/photo/map/points?v=1").content)
    for level in found["levels"]:
        assert sum(region["photos"] for region in level) == len(points)
        for region in level:
            left, top, right, bottom = region["box"]
            assert 0 <= left <= right <= 65535 and 0 <= top <= bottom <= 65535
            assert region["name"] and region["cover"] in points
            cover = f"/photo/{region['cover']}/preview?v={region['hash'][:16]}"
            assert client.get(cover).status_code == 200


def test_names_are_made_once_for_a_map(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    client.get("/photo/map/regions")
    monkeypatch.setattr(map_overview, "region_names", None)
    assert client.get("/photo/map/regions").status_code == 200


def test_a_model_that_cannot_be_loaded_leaves_the_regions_without_names(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(shown: object) -> list[list[RegionName]]:
        raise EncoderError("The model cannot be loaded.")

    monkeypatch.setattr(map_overview, "names", fail)
    monkeypatch.setattr("explorer.analysis.map_regions.MIN_PHOTOS", 1)
    monkeypatch.setattr(map_overview, "_OVERVIEW", LibraryCache(map_overview._read))
    found = client.get("/photo/map/regions").json()
    assert found["words"] is False
    assert {region["name"] for level in found["levels"] for region in level} == {UNNAMED}


def test_a_title_begins_with_a_capital() -> None:
    assert region_title(RegionName(("dog", "snow"), ("2019",))) == "Dog, snow"
    assert region_title(RegionName((), ())) == UNNAMED


def test_an_overview_agrees_with_itself(client: TestClient) -> None:
    shown = map_overview.overview()
    assert all(len(level.of) == len(shown.shown.ids) for level in shown.levels)
    assert (np.diff(shown.shown.ids) > 0).all()
