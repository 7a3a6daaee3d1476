"""What the viewer's routes answer, and to whom."""

from __future__ import annotations

import io
from collections import OrderedDict
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from PIL import Image
from starlette.testclient import TestClient

from explorer.decoding.screen_renderer import ScreenRenderer
from explorer.errors import DecodingFailed
from explorer.library.edits.edit_operations import set_place
from explorer.library.stores.edit_store import edit_photos
from explorer.photos.metadata.face_regions import FaceRegion
from explorer.search.language.parse_query import parse
from explorer.search.query import Query
from explorer.ui import resources
from explorer.ui.search_page.heat_maps import HeatMapOverlay
from explorer.ui.viewer import marked_faces, photo_sequences, screen_images
from explorer.ui.viewer.photo_sequences import PhotoSequence
from tests.ui.conftest import id_of

# --- the list


def test_a_window_around_a_photo(client: TestClient, ids: list[int]) -> None:
    token = photo_sequences.register(PhotoSequence(ids), "window")
    found = client.get(f"/photo/sequence/{token}?around={ids[2]}&count=2").json()
    assert (found["total"], found["at"], found["start"]) == (len(ids), 2, 1)
    assert [each["id"] for each in found["photos"]] == ids[1:3]
    assert found["photo"]["id"] == ids[2]
    later = client.get(f"/photo/sequence/{token}?start=3&count=50").json()
    assert [each["id"] for each in later["photos"]] == ids[3:]
    beyond = client.get(f"/photo/sequence/{token}?start=99").json()
    assert beyond["photos"] == [] and beyond["total"] == len(ids)


def test_an_entry_says_how_a_photo_is_shown(client: TestClient) -> None:
    number = id_of("red.jpg")
    token = photo_sequences.register(PhotoSequence([number]), "entry")
    (entry,) = client.get(f"/photo/sequence/{token}").json()["photos"]
    assert (entry["name"], entry["label"]) == ("red.jpg", "red.jpg, 2021-01-15")
    assert (entry["width"], entry["height"], entry["source"]) == (320, 240, "original")
    assert entry["favourite"] is False
    assert client.get(entry["preview"]).status_code == 200


def test_photos_that_are_gone_keep_their_place(client: TestClient, ids: list[int]) -> None:
    token = photo_sequences.register(PhotoSequence([ids[0], 987654, ids[1]]), "gone")
    found = client.get(f"/photo/sequence/{token}?around=987654").json()
    assert found["at"] == 1 and found["photo"] is None
    assert found["photos"][1] == {"id": 987654, "gone": True}


def test_a_photo_outside_of_the_list_is_found_as_well(client: TestClient, ids: list[int]) -> None:
    token = photo_sequences.register(PhotoSequence(ids[:1]), "outside")
    found = client.get(f"/photo/sequence/{token}?around={ids[1]}").json()
    assert found["at"] is None and found["photo"]["id"] == ids[1]


def test_a_list_that_was_forgotten_is_not_found(client: TestClient) -> None:
    assert client.get("/photo/sequence/0123456789abcdef").status_code == 404


# --- what is known


def test_links_lead_to_photos_of_the_same_day_folder_and_place(
    client: TestClient, photos: Path
) -> None:
    photo = id_of("red.jpg")
    edit_photos(resources.library().catalog, [photo], *set_place(48.1, -11.6))
    links = dict(client.get(f"/photo/{photo}/info").json()["links"])
    for text, address in links["More from"]:
        found = parse(parse_qs(urlsplit(address).query)["q"][0])
        assert photo in resources.engine().search(Query(found)).ids, text
    assert [text for text, _ in links["More from"]] == ["this day", "this folder", "this place"]


def test_the_information_on_a_photo(client: TestClient, photos: Path) -> None:
    found = client.get(f"/photo/{id_of('red.jpg')}/info").json()
    assert dict(found["facts"])["Taken"] == "January 15, 2021, 12:00\u202fPM"
    assert found["files"] == [{"path": str(photos / "red.jpg"), "away": False}]
    assert len(found["histogram"]) == 32 and max(found["histogram"]) == 255
    assert found["damaged"] is None and found["away"] is False and found["rating"] == 0


def test_marked_faces_are_read_from_the_file_once(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = list[str]()
    photo = resources.library().catalog.photo(id_of("red.jpg"))
    assert photo is not None

    def faces(_: object, path: str) -> tuple[bytes, list[FaceRegion]]:
        calls.append(path)
        return bytes.fromhex(photo["hash"]), [FaceRegion("Ada", (0.1, 0.2, 0.2, 0.4))]

    monkeypatch.setattr(marked_faces, "_known", OrderedDict())
    monkeypatch.setattr(ScreenRenderer, "faces", faces)
    for _ in range(2):
        found = client.get(f"/photo/{photo['id']}/faces").json()
        assert found == {"faces": [{"name": "Ada", "box": [0.1, 0.2, 0.2, 0.4]}]}
    assert calls == [photo["path"]]
    # Of a file that has changed, nothing is said.
    other = id_of("green.jpg")
    assert client.get(f"/photo/{other}/faces").json() == {"faces": []}


def test_why_and_where_a_photo_matches_come_from_its_page(client: TestClient) -> None:
    number = id_of("red.jpg")
    token = photo_sequences.register(
        PhotoSequence(
            [number],
            why=lambda i: f"<p>{i}</p>",
            heat_map=lambda photo: HeatMapOverlay("data:image/png;base64,", photo["name"]),
        ),
        "why",
    )
    assert client.get(f"/photo/sequence/{token}/why/{number}").json() == {
        "html": f"<p>{number}</p>"
    }
    heat = client.get(f"/photo/sequence/{token}/heat/{number}").json()
    assert heat == {"url": "data:image/png;base64,", "words": "red.jpg"}
    plain = photo_sequences.register(PhotoSequence([number]), "plain")
    assert client.get(f"/photo/sequence/{plain}/why/{number}").json() == {"html": ""}
    assert "no preview" in client.get(f"/photo/sequence/{plain}/heat/{number}").json()["message"]


# --- renditions


def test_a_rendition_is_made_once(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    address = f"/photo/{id_of('drawn.png')}/screen?size=1600&v=1"
    answer = client.get(address)
    assert answer.headers["content-type"] == "image/jpeg"
    assert "immutable" in answer.headers["cache-control"]
    assert "sandbox" in answer.headers["content-security-policy"]
    assert Image.open(io.BytesIO(answer.content)).size == (320, 240)

    def refuse(*_: object) -> None:
        raise AssertionError("rendered twice")

    monkeypatch.setattr(ScreenRenderer, "render", refuse)
    assert client.get(address).content == answer.content


def test_a_file_that_crashes_a_decoder_is_not_tried_again(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = list[str]()

    def crash(_: object, path: str, side: int | None) -> None:
        calls.append(path)
        raise DecodingFailed("the decoder crashed on this file")

    monkeypatch.setattr(ScreenRenderer, "render", crash)
    for _ in range(2):
        answer = client.get(f"/photo/{id_of('green.jpg')}/screen?size=2560")
        assert answer.status_code == 404
        assert "cannot be shown in full: the decoder crashed on this file" in answer.text
    assert len(calls) == 1


def test_a_photo_that_could_not_be_rendered_is_tried_again_later(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    now, address = [1000.0], f"/photo/{id_of('green.jpg')}/screen?size=3840"

    def crash(*_: object) -> None:
        raise DecodingFailed("the decoder ran out of memory")

    monkeypatch.setattr(screen_images, "_failures", OrderedDict())
    monkeypatch.setattr("explorer.ui.viewer.screen_images.time.monotonic", lambda: now[0])
    with monkeypatch.context() as broken:
        broken.setattr(ScreenRenderer, "render", crash)
        assert client.get(address).status_code == 404
    now[0] += screen_images.RETRY_AFTER - 1
    assert "out of memory" in client.get(address).text
    now[0] += 1
    assert client.get(address).status_code == 200


def test_a_photo_purged_while_it_is_rendered_leaves_no_rendition(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    library, number = resources.library(), id_of("blue.jpg")
    row = library.catalog.photo(number)
    assert row is not None
    render = ScreenRenderer.render

    def purged(renderer: ScreenRenderer, path: str, side: int | None) -> object:
        made = render(renderer, path, side)
        monkeypatch.setattr(library.catalog, "photo", lambda _: None)
        return made

    monkeypatch.setattr(ScreenRenderer, "render", purged)
    assert client.get(f"/photo/{number}/screen?size=2560").content.startswith(b"\xff\xd8")
    assert library.screens.find(row["hash"], "2560") is None


def test_a_file_that_was_replaced_is_not_shown(client: TestClient, photos: Path) -> None:
    path = photos / "blue.jpg"
    before, facts = path.read_bytes(), path.stat()
    number = id_of("blue.jpg")
    try:
        path.write_bytes((photos / "red.jpg").read_bytes())
        answer = client.get(f"/photo/{number}/screen?size=1600")
    finally:
        path.write_bytes(before)
        import os

        os.utime(path, ns=(facts.st_atime_ns, facts.st_mtime_ns))
    assert answer.status_code == 404 and "changed" in answer.text
    # It is tried again: the file may come back.
    assert client.get(f"/photo/{number}/screen?size=1600").status_code == 200


def test_a_full_disk_keeps_nobody_from_looking(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(resources.library().screens, "add", full)
    answer = client.get(f"/photo/{id_of('red.jpg')}/screen?size=1600")
    assert answer.status_code == 200 and answer.content.startswith(b"\xff\xd8")


@pytest.mark.parametrize("size", ["", "1601", "../..", "-1", "9" * 50])
def test_other_sizes_are_not_rendered(client: TestClient, size: str) -> None:
    answer = client.get(f"/photo/{id_of('red.jpg')}/screen", params={"size": size})
    assert answer.status_code == 404


# --- access


@pytest.mark.parametrize("what", ["screen?size=1600", "info", "faces", "similar"])
@pytest.mark.parametrize("number", ["0", "9" * 5000, "-1", "٣", "999999"])
def test_an_invalid_id_is_not_found(client: TestClient, what: str, number: str) -> None:
    assert client.get(f"/photo/{number}/{what}").status_code == 404


def test_everything_requires_the_token(client: TestClient) -> None:
    number = id_of("red.jpg")
    token = photo_sequences.register(PhotoSequence([number]), "token")
    addresses = [
        f"/photo/{number}/screen?size=1600",
        f"/photo/{number}/info",
        f"/photo/{number}/similar",
        f"/photo/{number}/faces",
        f"/photo/sequence/{token}",
        f"/photo/sequence/{token}/why/{number}",
        f"/photo/sequence/{token}/heat/{number}",
    ]
    assert [client.get(each).status_code for each in addresses] == [200] * 7
    foreign = {"sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors"}
    assert [client.get(each, headers=foreign).status_code for each in addresses] == [403] * 7
    client.cookies.clear()
    assert [client.get(each).status_code for each in addresses] == [403] * 7
