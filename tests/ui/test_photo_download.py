"""Selected photos as a download: one file as it is, several as a ZIP file."""

from __future__ import annotations

import io
import shutil
import time
import zipfile
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from starlette.testclient import TestClient

from explorer.errors import UsageError
from explorer.ui import resources
from explorer.ui.photo_download import pending_download, request_download, zip_stream
from explorer.ui.web_server.original_files import OpenOriginal
from tests.ui.conftest import id_of


@pytest.fixture
def session(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A session of the page; returns the notifications that it shows."""
    shown = list[str]()
    monkeypatch.setattr(st, "session_state", {})
    monkeypatch.setattr(st, "toast", lambda text, **_: shown.append(text))
    return shown


def unpacked(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        assert packed.testzip() is None
        return {name: packed.read(name) for name in packed.namelist()}


def url_of(*ids: int) -> str:
    request_download(ids)
    found = pending_download()
    assert found is not None
    return found["url"]


def test_several_photos_are_a_zip_file(
    client: TestClient, photos: Path, session: list[str]
) -> None:
    ids = [id_of(name) for name in ("blue.jpg", "drawn.png")]
    answer = client.get(url_of(*ids))
    assert answer.headers["content-type"] == "application/zip"
    assert answer.headers["content-disposition"] == 'attachment; filename="2 photos.zip"'
    assert unpacked(answer.content) == {
        "blue.jpg": (photos / "blue.jpg").read_bytes(),
        "drawn.png": (photos / "Sub" / "drawn.png").read_bytes(),
    }
    assert not session


def test_one_photo_is_its_file(client: TestClient, photos: Path, session: list[str]) -> None:
    answer = client.get(url_of(id_of("red.jpg")))
    assert answer.headers["content-disposition"] == 'attachment; filename="red.jpg"'
    assert answer.content == (photos / "red.jpg").read_bytes()


def test_each_request_is_a_download_of_its_own(photos: Path, session: list[str]) -> None:
    tickets = set[str]()
    for _ in range(2):
        request_download([id_of("red.jpg")])
        tickets.add((pending_download() or {})["ticket"])
    assert len(tickets) == 2


def test_an_unknown_download_is_not_found(client: TestClient) -> None:
    assert client.get("/photo/zip/nothing").status_code == 404


def test_what_is_missing_is_named_in_the_file(
    photos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A photo that has changed is not sent as if it were the indexed one."""
    catalog = resources.library().catalog
    shutil.copytree(photos, tmp_path / "copy")
    elsewhere: dict[str, Any] = {"path": str(tmp_path / "copy" / "red.jpg")}
    (tmp_path / "copy" / "red.jpg").write_bytes(b"another content")
    red, files_of = id_of("red.jpg"), catalog.files_of
    monkeypatch.setattr(
        catalog, "files_of", lambda photo: [elsewhere] if photo == red else files_of(photo)
    )
    held = unpacked(b"".join(zip_stream(catalog, [red, 987654, id_of("blue.jpg")])))
    assert set(held) == {"blue.jpg", "Photos that are missing here.txt"}
    listed = held["Photos that are missing here.txt"].decode().splitlines()
    assert listed[2:] == ["A photo that is no longer in the library", str(photos / "red.jpg")]


def test_photos_of_the_same_name_get_numbers(photos: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    catalog = resources.library().catalog
    ids = [id_of(name) for name in ("red.jpg", "green.jpg", "blue.jpg")]
    rows: dict[int, Any] = {**catalog.photos(ids)}
    for number, name in zip(ids, ("same.jpg", "Same.jpg", "same (2).jpg"), strict=True):
        rows[number] = {**rows[number], "path": f"/anywhere/{number}/{name}"}
    monkeypatch.setattr(catalog, "photos", lambda _: rows)
    held = unpacked(b"".join(zip_stream(catalog, ids)))
    assert sorted(held) == ["Same (2).jpg", "same (2) (2).jpg", "same.jpg"]


@pytest.mark.parametrize(("year", "packed"), [(1970, 1980), (2019, 2019), (2242, 2107)])
def test_dates_that_no_zip_file_has_are_replaced(
    year: int, packed: int, photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(time, "localtime", lambda _: (year, 1, 1, 0, 0, 0, 0, 1, -1))
    data = b"".join(zip_stream(resources.library().catalog, [id_of("red.jpg")]))
    with zipfile.ZipFile(io.BytesIO(data)) as found:
        assert found.infolist()[0].date_time[0] == packed


def test_a_photo_that_changes_while_it_is_sent_ends_the_download(
    photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> bytes:
        raise OSError("the file changed while it was being sent")

    monkeypatch.setattr(OpenOriginal, "read", fail)
    with pytest.raises(OSError, match="changed"):
        list(zip_stream(resources.library().catalog, [id_of("red.jpg")]))


def test_photos_on_a_disconnected_drive_are_told(
    photos: Path, session: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    catalog = resources.library().catalog
    ids = [id_of(name) for name in ("red.jpg", "green.jpg", "blue.jpg")]
    rows: dict[int, Any] = {**catalog.photos(ids)}
    monkeypatch.setattr(catalog, "photos", lambda ids: {i: rows[i] for i in ids})
    rows[ids[0]] = {**rows[ids[0]], "away": True}
    with pytest.raises(UsageError, match="not connected"):
        request_download(ids[:1])
    request_download(ids)
    assert session and session[0].startswith("1 of 3 photos cannot be found")
