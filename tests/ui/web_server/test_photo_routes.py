"""Photos over HTTP: which are served, with which headers, and to whom."""

from __future__ import annotations

from pathlib import Path

import pytest
from starlette.testclient import TestClient

from explorer.config import library_dir
from explorer.ui import resources
from explorer.ui.components.photo_urls import preview_url
from explorer.ui.web_server.access_token import access
from tests.ui.conftest import id_of


def test_a_preview_may_be_cached_forever(client: TestClient) -> None:
    row = resources.library().catalog.photo(id_of("red.jpg"))
    assert row
    answer = client.get(preview_url(row))
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "image/jpeg"
    assert "immutable" in answer.headers["cache-control"]
    assert answer.content.startswith(b"\xff\xd8")


def test_a_preview_without_its_hash_is_revalidated(client: TestClient) -> None:
    assert client.get(f"/photo/{id_of('red.jpg')}/preview").headers["cache-control"] == "no-cache"


def test_an_original_is_the_file_itself(client: TestClient, photos: Path) -> None:
    answer = client.get(f"/photo/{id_of('drawn.png')}/original")
    assert answer.content == (photos / "Sub" / "drawn.png").read_bytes()
    assert answer.headers["content-type"] == "image/png"
    assert answer.headers["content-disposition"].startswith("inline")
    saved = client.get(f"/photo/{id_of('drawn.png')}/original?download=1")
    assert saved.headers["content-disposition"].startswith('attachment; filename="drawn.png"')


@pytest.mark.parametrize("path", ["preview", "original"])
def test_other_sites_may_not_embed_a_photo(client: TestClient, path: str) -> None:
    headers = client.get(f"/photo/{id_of('red.jpg')}/{path}").headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert "sandbox" in headers["content-security-policy"]
    assert "access-control-allow-origin" not in headers


@pytest.mark.parametrize("number", ["9" * 5000, "0", str(1 << 63), "-1", "1.0", "٣", "1_0"])
@pytest.mark.parametrize("what", ["preview", "original"])
def test_an_invalid_id_is_not_found(client: TestClient, number: str, what: str) -> None:
    assert client.get(f"/photo/{number}/{what}").status_code == 404


def test_an_original_supports_range_requests(client: TestClient, photos: Path) -> None:
    whole = (photos / "Sub" / "drawn.png").read_bytes()
    answer = client.get(f"/photo/{id_of('drawn.png')}/original", headers={"range": "bytes=10-19"})
    assert (answer.status_code, answer.content) == (206, whole[10:20])
    assert answer.headers["content-range"] == f"bytes 10-19/{len(whole)}"


def test_photos_require_the_token(client: TestClient) -> None:
    address = f"/photo/{id_of('red.jpg')}/original"
    assert client.get(address).status_code == 200
    client.cookies.clear()
    assert client.get(address).status_code == 403
    assert client.get(f"{address}?token={access(library_dir()).token}").status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "/photo/999999/preview",
        "/photo/999999/original",
        "/photo/red.jpg/original",
        "/photo/..%2f1/original",
    ],
)
def test_a_missing_photo_is_not_found(client: TestClient, path: str) -> None:
    assert client.get(path).status_code == 404


def test_a_missing_file_is_reported_and_keeps_its_preview(client: TestClient, photos: Path) -> None:
    photo_id = id_of("red.jpg")
    away = (photos / "red.jpg").rename(photos / "away.jpg")
    try:
        answer = client.get(f"/photo/{photo_id}/original")
    finally:
        away.rename(photos / "red.jpg")
    assert answer.status_code == 404
    assert "moved or deleted, or its drive is not connected" in answer.text
    assert client.get(f"/photo/{photo_id}/preview").status_code == 200


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8501", "localhost.evil.example"])
def test_a_request_with_another_host_name_is_rejected(client: TestClient, host: str) -> None:
    assert (
        client.get(f"/photo/{id_of('red.jpg')}/preview", headers={"host": host}).status_code == 403
    )


@pytest.mark.parametrize("host", ["localhost:8501", "127.0.0.1:8501"])
def test_requests_with_local_host_names_are_accepted(client: TestClient, host: str) -> None:
    assert (
        client.get(f"/photo/{id_of('red.jpg')}/preview", headers={"host": host}).status_code == 200
    )
