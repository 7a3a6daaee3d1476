"""The server from outside: what it answers, to whom, and with what; and whom it talks to."""

from __future__ import annotations

import http.client
import os
import re
import shutil
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from explorer.library.library import Library
from explorer.library.rows import PhotoRow
from tests import pictures
from tests.fixtures.waiting import PATIENCE
from tests.this_machine import accepted
from tests.ui.serving import Served, served

HOSTILE = [
    "<img src=x onerror=alert(1)>.jpg",
    "*star* _under_ [link](javascript:alert(1)) :material_home: $x^2$.jpg",
    "# heading `code` ~~gone~~ :red[red].jpg",
    "www.example.com.jpg",
    "two\nlines.jpg",
    "'; drop table photo; --.jpg",
    "100%_[a-z]*?.jpg",
]
HOSTILE = [accepted(name) for name in HOSTILE]
CAMERA = ("<script>alert(2)</script>", "[x](javascript:alert(3)) **bold**")


@pytest.fixture(autouse=True)
def _nothing_left_behind() -> None:
    """In place of the one for all tests: the app's processes live on from test to test, and
    `served` checks that all of them end."""


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("served")
    (place / "photos").mkdir()
    for number, name in enumerate(HOSTILE):
        block = pictures.exif("2020:01:02 03:04:05", camera=CAMERA)
        (place / "photos" / name).write_bytes(pictures.encoded(pictures.draw(number), exif=block))
    (place / "photos" / accepted("<b>broken<b>.jpg")).write_bytes(b"<script>alert(4)</script>")
    return place


@pytest.fixture(scope="module")
def app(place: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The app on a copy of these photos, which no test may leave changed."""
    folder = tmp_path_factory.mktemp("app")
    shutil.copytree(place / "photos", folder / "photos")
    with served(folder, folder / "photos") as app:
        yield app


def _photos(app: Served) -> dict[str, PhotoRow]:
    library = Library.open(app.folder)
    try:
        return {
            row["name"]: row
            for row in library.catalog.photos(
                int(i) for i in library.catalog.matching(None)
            ).values()
        }
    finally:
        library.close()


def _status(app: Served, path: str, headers: list[tuple[str, str]]) -> int:
    """Of an answer to exactly these header fields."""
    connection = http.client.HTTPConnection("127.0.0.1", app.port, timeout=60)
    try:
        connection.putrequest("GET", path, skip_host=True)
        for name, value in headers:
            connection.putheader(name, value)
        connection.endheaders()
        return connection.getresponse().status
    finally:
        connection.close()


def test_access_rules_hold_in_a_running_session(app: Served) -> None:
    photos, folder = _photos(app), app.folder.parent
    assert len(photos) == len(HOSTILE)
    first = photos[HOSTILE[0]]
    paths = [
        "/",
        f"/photo/{first['id']}/preview",
        f"/photo/{first['id']}/original",
        "/_stcore/health",
        "/_stcore/host-config",
    ]
    host, cookie = ("Host", f"localhost:{app.port}"), ("Cookie", app.cookie)
    socket = [
        ("Upgrade", "websocket"),
        ("Connection", "Upgrade"),
        ("Sec-WebSocket-Version", "13"),
        ("Sec-WebSocket-Key", "AAAAAAAAAAAAAAAAAAAAAA=="),
    ]
    for path in [*paths, "/_stcore/stream"]:
        extra = socket if path.endswith("stream") else []
        assert _status(app, path, [host, cookie, *extra]) in (200, 101), path
        for refused in (
            [("Host", "evil.example"), cookie], [("Host", f"evil.example:{app.port}"), cookie],
            [host, cookie, ("Origin", "http://evil.example")], [host, cookie, ("Origin", "null")],
            [host, cookie, ("Origin", "http://localhost:1")],
            [
                host, cookie, ("Sec-Fetch-Site", "cross-site"), ("Sec-Fetch-Mode", "no-cors"),
                ("Sec-Fetch-Dest", "image"),
            ],
            # Another user of the machine, whose requests come over the same loopback.
            [host], [host, ("Cookie", f"{app.access.cookie}={'0' * 48}")],
            [host, ("Origin", app.address)],
        ):  # fmt: skip
            assert _status(app, path, [*refused, *extra]) == 403, (path, refused)
    # By id, and nothing else.
    for path in (
        "/photo/0/original",
        "/photo/99999/original",
        f"/photo/{1 << 70}/original",
        f"/photo/{'9' * 5000}/original",
        f"/photo/{'9' * 5000}/preview",
        "/photo/-1/original",
        "/photo/1/../../etc/passwd",
    ):
        status, body, _ = app.get(path)
        # Whatever is no address of a photo leads to the pages.
        assert status in (400, 403, 404) or b"<html" in body[:4000], path
    _gives_out_only_the_photos_themselves(app, photos, folder)
    assert app.foreign() == []
    _let_in_by_the_address(app)
    _carries_the_headers(app, first["id"])
    errors = (folder / "stderr").read_text()
    assert (
        f"Photo Explorer is open at {app.address}/?token={app.access.token} (press Ctrl-C to quit)."
        in errors
    )
    assert "Traceback" not in errors, errors


def _gives_out_only_the_photos_themselves(
    app: Served, photos: dict[str, PhotoRow], folder: Path
) -> None:
    """Each original is the file that was indexed; what took a photo's place is not sent."""
    first = photos[HOSTILE[0]]
    for name, row in photos.items():
        status, body, headers = app.get(f"/photo/{row['id']}/original")
        assert (status, body) == (200, (folder / "photos" / name).read_bytes())
        assert (
            headers["x-content-type-options"] == "nosniff"
            and "sandbox" in headers["content-security-policy"]
        )
        assert (
            "\n" not in headers["content-disposition"] and "<" not in headers["content-disposition"]
        )
        assert app.get(f"/photo/{row['id']}/preview")[1].startswith(b"\xff\xd8")
    # What took a photo's place is not the photo, wherever a link in it leads.
    secret = folder / "secret.txt"
    secret.write_text("not in the library")
    photo = Path(first["path"])
    kept = photo.read_bytes()
    photo.unlink()
    photo.symlink_to(secret)
    status, body, _ = app.get(f"/photo/{first['id']}/original")
    assert status == 404 and b"not in the library" not in body
    photo.unlink()
    photo.write_bytes(kept[:-2] + b"xx")
    assert app.get(f"/photo/{first['id']}/original")[0] == 404
    if hasattr(os, "mkfifo"):
        photo.unlink()
        os.mkfifo(photo)
        assert app.get(f"/photo/{first['id']}/original")[0] == 404
    photo.unlink()
    photo.write_bytes(kept)


def _let_in_by_the_address(app: Served) -> None:
    """As a browser does that is given the printed address: a redirect with a cookie, and from then
    on the cookie."""
    visitor = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
    with pytest.raises(urllib.error.HTTPError) as refused:
        visitor.open(app.address + "/library")
    with refused.value as page:
        assert page.code == 403 and b"python run.py open" in page.read()
    with visitor.open(f"{app.address}/library?token={app.access.token}") as page:
        assert (
            page.status == 200 and page.url == app.address + "/library" and b"<html" in page.read()
        )
    with visitor.open(app.address + "/_stcore/health") as answer:
        assert answer.status == 200
    if os.name != "nt":
        opened = [
            path for path in (app.folder, *app.folder.rglob("*")) if path.lstat().st_mode & 0o077
        ]
        assert opened == []


def _carries_the_headers(app: Served, photo: int) -> None:
    """Pages, files, photos and errors alike."""
    script = re.search(rb'src="\./(static/js/[^"]+)"', app.get("/")[1])
    assert script is not None
    paths = [
        "/",
        "/library",
        "/" + script[1].decode(),
        "/favicon.png",
        f"/photo/{photo}/original",
        f"/photo/{photo}/preview",
    ]
    for path in [
        *paths,
        "/photo/x/original",
        "/_stcore/health",
        "/_stcore/nothing",
        "/media/nothing",
        "/component/nothing/x.js",
        "//",
        "/%2e%2e/etc/passwd",
    ]:
        for cookie in (app.cookie, ""):
            status, _, headers = app.get(path, Cookie=cookie)
            assert (status == 403) if not cookie else status in (200, 400, 404), path
            assert (
                headers["x-content-type-options"] == "nosniff"
                and headers["referrer-policy"] == "no-referrer"
            ), path
            assert "frame-ancestors 'none'" in headers["content-security-policy"], path


@pytest.mark.browser
def test_a_browser_session_shows_names_as_text_and_contacts_no_other_host(
    app: Served, chromium: str
) -> None:
    from playwright.sync_api import expect, sync_playwright

    photos, asked, alerts = _photos(app), list[str](), list[str]()

    def dismissed(dialog: Any) -> None:
        alerts.append(dialog.message)
        dialog.dismiss()

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page()
        page.on("request", lambda request: asked.append(request.url))
        page.on("websocket", lambda socket: asked.append(socket.url))
        page.on("dialog", dismissed)
        page.goto(app.access.address(app.address))
        expect(page.locator(".gallery .photo").first).to_be_visible(timeout=PATIENCE * 1000)
        for name in HOSTILE:
            page.goto(f"{app.address}/?photo={photos[name]['id']}")
            dialog = page.get_by_role("dialog")
            expect(dialog).to_contain_text("Camera", timeout=PATIENCE * 1000)
            text = dialog.inner_text().replace("\u2060", "")
            assert " ".join(name.split()) in " ".join(text.split()), repr((name, text))
            assert CAMERA[0] in text and CAMERA[1] in text, text
            assert (
                dialog.locator(
                    "a[href^='javascript'], a[href*='example.com'], script, strong strong,"
                    " h1:has-text('heading')"
                ).count()
                == 0
            )
        page.goto(f"{app.address}/?q=red")
        expect(page.locator(".gallery .photo").first).to_be_visible(timeout=PATIENCE * 1000)
        page.goto(f"{app.address}/library")
        expect(page.get_by_text("Could not be read", exact=True)).to_be_visible(
            timeout=PATIENCE * 1000
        )
        assert alerts == []
        browser.close()
    ours = (app.address, f"ws://localhost:{app.port}", "data:", "blob:")
    assert [url for url in asked if not url.startswith(ours)] == []
    assert app.foreign() == []
