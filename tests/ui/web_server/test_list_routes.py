"""Lists of photos over HTTP: windows that are the whole list, and what a list that is gone
answers."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from explorer.config import library_dir
from explorer.search.ranking.ranked_photos import RankedIds
from explorer.search.results.photo_list import PhotoList
from explorer.search.results.result_stacks import PhotoStacks
from explorer.search.results.result_view import ResultView
from explorer.ui import photo_lists, resources
from explorer.ui.web_server import server
from explorer.ui.web_server.access_token import access
from tests.ui.conftest import id_of


@pytest.fixture
def client(photos: Path) -> Iterator[TestClient]:
    options = server.app_options()
    app = Starlette(routes=options["routes"], middleware=options["middleware"])
    known = access(library_dir())
    cookies = {known.cookie: known.token}
    with TestClient(app, base_url="http://localhost:8501", cookies=cookies) as asking:
        yield asking


@pytest.fixture
def listed(photos: Path) -> PhotoList:
    """All photos by date, of which two are a stack."""
    engine = resources.engine()
    ids = engine.order.sorted()
    stacks = PhotoStacks.of([(id_of("red.jpg"), id_of("blue.jpg"))])
    view = ResultView(RankedIds(ids, len(ids)), stacks, "newest", dates=engine.columns.dates)
    return photo_lists.register("abc", lambda: PhotoList("abc", view, engine.columns, engine.order))


def test_windows_together_are_the_list(client: TestClient, listed: PhotoList) -> None:
    layout = client.get("/photo/list/abc/layout").json()
    assert layout["count"] == listed.total == 3
    assert len(base64.b64decode(layout["ratios"])) == 3
    tiles = [
        tile
        for start in range(layout["count"] + 1)
        for tile in client.get(f"/photo/list/abc/tiles?from={start}&count=1").json()
    ]
    assert [tile["id"] for tile in tiles] == listed.ids.tolist()
    assert client.get("/photo/list/abc/ids").json() == listed.ids.tolist()
    assert client.get("/photo/list/abc/ids?from=1&count=1").json() == listed.ids[1:2].tolist()
    by_name = {tile["name"]: tile for tile in tiles}
    assert by_name["blue.jpg"]["stack"] == {"size": 2, "opened": False}
    assert by_name["blue.jpg"]["taken"] == "2021-03-15T12:00:00"
    assert client.get(by_name["blue.jpg"]["src"]).status_code == 200


def test_photos_at_some_positions_are_sent(client: TestClient, listed: PhotoList) -> None:
    tiles = client.get("/photo/list/abc/tiles?at=2,0,99,x").json()
    assert [tile["id"] for tile in tiles] == [listed.ids[2], listed.ids[0]]


def test_a_photo_is_located_with_those_around_it(client: TestClient, listed: PhotoList) -> None:
    middle = int(listed.ids[1])
    found = client.get(f"/photo/list/abc/around?photo={middle}&count=1").json()
    assert found == {"index": 1, "total": 3, "from": 0, "ids": listed.ids.tolist()}
    assert client.get(f"/photo/list/abc/around?photo={middle}&count=0").json()["ids"] == [middle]
    assert client.get("/photo/list/abc/around?photo=-5").json()["index"] is None


def test_photos_that_are_not_in_the_list_are_told_apart(
    client: TestClient, listed: PhotoList
) -> None:
    first, last = listed.ids[[0, -1]].tolist()
    asked = f"{last},999999,x,-1,{'9' * 30},{first}"
    assert client.get(f"/photo/list/abc/known?photo={asked}").json() == [last, first]
    assert client.get("/photo/list/abc/known").json() == []


@pytest.mark.parametrize("what", ["layout", "tiles", "ids", "around", "known"])
def test_a_list_that_is_gone_says_so(client: TestClient, listed: PhotoList, what: str) -> None:
    assert client.get(f"/photo/list/abc/{what}").status_code == 200
    photo_lists.clear()
    answer = client.get(f"/photo/list/abc/{what}")
    assert answer.status_code == 410
    assert "no longer known" in answer.text


def test_lists_require_the_token(client: TestClient, listed: PhotoList) -> None:
    client.cookies.clear()
    assert client.get("/photo/list/abc/ids").status_code == 403


def test_a_photo_that_left_the_library_has_no_tile(
    client: TestClient, listed: PhotoList, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone, catalog = int(listed.ids[0]), resources.library().catalog
    rows = catalog.photos(listed.ids.tolist())
    monkeypatch.setattr(
        type(catalog), "photos", lambda self, ids: {i: rows[i] for i in ids if i != gone}
    )
    tiles = client.get("/photo/list/abc/tiles").json()
    assert tiles[0] is None and tiles[1]["id"] == listed.ids[1]


def test_shapes_are_sent_to_within_a_hundredth(client: TestClient, listed: PhotoList) -> None:
    layout = client.get("/photo/list/abc/layout").json()
    steps = np.frombuffer(base64.b64decode(layout["ratios"]), np.uint8)
    sent = 0.4 * np.exp(steps / 255 * np.log(10))
    assert np.allclose(sent, listed.layout().ratios, rtol=0.01)
