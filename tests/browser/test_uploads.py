"""What is brought to search with may be anything: too large, a bomb, broken, and not sent by the
page at all."""

from __future__ import annotations

import http.client
import io
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import psutil
import pytest
from playwright.sync_api import Page, Request, expect

from explorer.photos.limits import free_memory
from tests import pictures
from tests.browser.app_server import Server
from tests.browser.test_search_page import look
from tests.browser.visitor import Visitor

MB = 1 << 20
# The server itself keeps what is uploaded, and a copy or two on its way; decoded it is elsewhere.
MOST = 4 * 50 * MB


def bomb(side: int) -> bytes:
    """A small PNG that says it has side × side pixels, of which the first rows are there."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    rows = zlib.compress(bytes((side * 3 + 1) * 20), 9)
    head = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def give(page: Page, path: Path) -> None:
    if not page.locator('input[type="file"]').count():
        page.get_by_role("button", name="Photo", exact=True).click()
    page.locator('input[type="file"]').set_input_files(path)


def memory(server: Server) -> int:
    return int(psutil.Process(server.process.pid).memory_info().rss)


def test_an_unusable_upload_is_refused_with_a_message(
    window: Visitor, server: Server, tmp_path: Path
) -> None:
    page, before = look(window, server), memory(server)
    side = 100_000
    assert side * side * 3 > free_memory()
    cut = pictures.encoded(pictures.draw(5))
    given = {
        "bomb.png": (bomb(side), "megapixels"),
        "broken.jpg": (b"\xff\xd8\xff\xe0" + bytes(3000), "the file is"),
        "empty.jpg": (b"", "the file is empty"),
        "notes <b>*x*.jpg": (b"these are my notes\n" * 50, "it is text, not a photo"),
        "header.jpg": (cut[:200], "the file is"),
    }
    for name, (data, words) in given.items():
        (tmp_path / name).write_bytes(data)
        give(page, tmp_path / name)
        refused = page.get_by_text(f"{name} cannot be used:")
        expect(refused).to_be_visible()
        expect(refused).to_contain_text(words)
    assert memory(server) < before + MOST
    # And after all that a photo works.
    pictures.write(tmp_path / "good.jpg", pictures.plain("red"))
    give(page, tmp_path / "good.jpg")
    page.wait_for_url(lambda url: "example=" in url or "like=" in url)


def test_an_oversized_upload_is_refused_by_page_and_server(
    window: Visitor, server: Server, tmp_path: Path
) -> None:
    page = look(window, server)
    large = tmp_path / "large.jpg"
    with large.open("wb") as file:
        file.write(pictures.encoded(pictures.draw(6)))
        file.truncate(60 * MB)
    give(page, large)
    expect(page.get_by_text("must be 50.0MB or smaller")).to_be_visible()
    # The page's own request, again by another program that heeds no limit.
    sent = list[Request]()
    page.on("request", lambda request: sent.append(request) if request.method == "PUT" else None)
    pictures.write(tmp_path / "good.jpg", pictures.draw(7))
    give(page, tmp_path / "good.jpg")
    page.wait_for_url(lambda url: "example=" in url or "like=" in url)
    headers = {
        name: value
        for name, value in sent[0].all_headers().items()
        if name in ("cookie", "x-xsrftoken", "content-type")
    }
    boundary = headers["content-type"].partition("boundary=")[2]
    before, most = memory(server), 0

    def endless() -> Iterator[bytes]:
        nonlocal most
        yield (
            f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="x.jpg"\r\n\r\n'
        ).encode()
        for _ in range(400):
            most = max(most, memory(server))
            yield bytes(MB)

    assert put(sent[0].url, headers, endless()) in (413, None)
    assert most < before + MOST
    assert put(sent[0].url, headers | {"content-length": str(400 * MB)}, None) == 413
    # Without the page's token, or for a session that is none, nothing is taken at all.
    assert put(sent[0].url, {"content-type": headers["content-type"]}, iter([b"x"])) == 403
    nowhere = sent[0].url.replace(urlsplit(sent[0].url).path.split("/")[3], "no-session")
    assert put(nowhere, headers, iter([b"x"])) == 400


def put(address: str, headers: dict[str, str], body: Iterator[bytes] | None) -> int | None:
    """The status of the answer; None if the server hung up before it was heard."""
    parts = urlsplit(address)
    connection = http.client.HTTPConnection(str(parts.hostname), parts.port or 80, timeout=60)
    try:
        connection.request(
            "PUT",
            parts.path,
            io.BytesIO() if body is None else body,
            headers,
            encode_chunked=body is not None,
        )
        return connection.getresponse().status
    except (ConnectionError, http.client.HTTPException):
        return None
    finally:
        connection.close()


@pytest.fixture(autouse=True)
def _memory_is_known() -> None:
    assert free_memory() > MOST
