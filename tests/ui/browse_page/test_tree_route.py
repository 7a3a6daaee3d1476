"""The levels of the trees that the Browse page fetches."""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.testclient import TestClient

from explorer.search.language.parse_query import parse
from explorer.search.photo_filter import PhotoFilter
from explorer.ui import resources
from tests.factory import LibraryBuilder

FOLDER = 'trip "10%" & more/two\nlines'


def put(name: str, **facts: object) -> int:
    library = resources.library()
    (root,) = library.catalog.root_paths().values()
    builder = LibraryBuilder(library, root)
    try:
        return builder.put(name, name, **facts)
    finally:
        builder.writer.close()


def test_folders_are_read_level_by_level(client: TestClient) -> None:
    photo = put(f"{FOLDER}/a.jpg", taken_at="2031-05-04T00:00:00")
    (root,) = client.get("/photo/tree/folders").json()["nodes"]
    assert root["folds"] and root["photos"] > 1 and not root["away"]
    level = client.get("/photo/tree/folders", params={"of": root["id"]}).json()
    assert level["total"] == len(level["nodes"])
    (trip,) = (node for node in level["nodes"] if node["name"].startswith("trip"))
    assert (trip["photos"], trip["own"], trip["folds"]) == (1, 0, True)
    (inside,) = client.get("/photo/tree/folders", params={"of": trip["id"]}).json()["nodes"]
    assert inside["own"] == 1 and "\n" not in inside["query"]
    found = PhotoFilter(resources.library()).ids(parse(inside["query"]).condition)
    assert found.tolist() == [photo]
    cover = urlsplit(inside["cover"])
    assert client.get(f"{cover.path}?{cover.query}").status_code == 200
    after = client.get("/photo/tree/folders", params={"of": root["id"], "from": 1}).json()
    assert after == {"nodes": level["nodes"][1:], "total": level["total"]}


def test_a_filter_finds_folders_with_those_above_them(client: TestClient) -> None:
    put(f"{FOLDER}/a.jpg")
    found = client.get("/photo/tree/folders", params={"matching": "TWO LÍNES"}).json()
    assert found["total"] == 1
    ((trip,),) = (node["inside"] for node in found["nodes"])
    assert trip["name"].startswith("trip") and trip["inside"][0]["photos"] == 1
    by_path = client.get("/photo/tree/folders", params={"matching": "more/two"}).json()
    assert by_path == found
    assert client.get("/photo/tree/folders?matching=atlantis").json() == {"nodes": [], "total": 0}


def test_dates_and_cameras(client: TestClient) -> None:
    put("dated.jpg", taken_at="2031-05-04T00:00:00", camera="Zenit E", lens="Helios 44")
    (year, *_) = client.get("/photo/tree/dates").json()["nodes"]
    assert (year["name"], year["query"], year["photos"]) == ("2031", "date:2031", 1)
    (month,) = client.get("/photo/tree/dates", params={"of": year["id"]}).json()["nodes"]
    assert (month["name"], month["query"]) == ("May", "date:2031-05")
    found = client.get("/photo/tree/cameras", params={"matching": "helios"}).json()
    (maker,) = found["nodes"]
    (camera,) = maker["inside"]
    (lens,) = camera["inside"]
    assert (maker["query"], camera["query"]) == ("camera:Zenit", 'camera:="Zenit E"')
    assert lens["query"] == 'camera:="Zenit E" lens:="Helios 44"'


def test_another_tree_does_not_exist(client: TestClient) -> None:
    assert client.get("/photo/tree/moods").status_code == 404
    nothing = client.get("/photo/tree/folders", params={"of": "/nowhere"}).json()
    assert nothing == {"nodes": [], "total": 0}
