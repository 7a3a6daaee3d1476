"""Photos by id over HTTP, who may ask for them, and one app for each library."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock
from starlette.applications import Starlette
from starlette.testclient import TestClient

from explorer.config import library_dir
from explorer.errors import ExplorerError, LibraryLocked
from explorer.ui import ports, resources, server
from explorer.ui.access_token import access
from explorer.ui.components.gallery import preview_address
from explorer.ui.single_instance import Instance
from tests.ui.conftest import id_of


@pytest.fixture
def client(photos: Path) -> Iterator[TestClient]:
    """Asks as a page of the app does; without the worker, which is not needed for these."""
    options = server.app_options()
    app, known = (
        Starlette(routes=options["routes"], middleware=options["middleware"]),
        access(library_dir()),
    )
    with TestClient(
        app, base_url="http://localhost:8501", cookies={known.cookie: known.token}
    ) as asking:
        yield asking


def test_a_preview_may_be_kept_for_good(client: TestClient) -> None:
    row = resources.library().catalog.photo(id_of("red.jpg"))
    assert row
    answer = client.get(preview_address(row))
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "image/jpeg"
    assert "immutable" in answer.headers["cache-control"]
    assert answer.content.startswith(b"\xff\xd8")


def test_a_preview_without_its_hash_is_asked_for_anew(client: TestClient) -> None:
    assert client.get(f"/photo/{id_of('red.jpg')}/preview").headers["cache-control"] == "no-cache"


def test_an_original_is_the_file_itself(client: TestClient, photos: Path) -> None:
    answer = client.get(f"/photo/{id_of('drawn.png')}/original")
    assert answer.content == (photos / "Sub" / "drawn.png").read_bytes()
    assert answer.headers["content-type"] == "image/png"
    assert answer.headers["content-disposition"].startswith("inline")
    saved = client.get(f"/photo/{id_of('drawn.png')}/original?download=1")
    assert saved.headers["content-disposition"].startswith('attachment; filename="drawn.png"')


@pytest.mark.parametrize("path", ["preview", "original"])
def test_no_other_site_may_use_a_photo(client: TestClient, path: str) -> None:
    headers = client.get(f"/photo/{id_of('red.jpg')}/{path}").headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert "sandbox" in headers["content-security-policy"]
    assert "access-control-allow-origin" not in headers


@pytest.mark.parametrize("number", ["9" * 5000, "0", str(1 << 63), "-1", "1.0", "٣", "1_0"])
@pytest.mark.parametrize("what", ["preview", "original"])
def test_what_is_no_id_is_not_found(client: TestClient, number: str, what: str) -> None:
    assert client.get(f"/photo/{number}/{what}").status_code == 404


def test_an_original_may_be_asked_for_in_parts(client: TestClient, photos: Path) -> None:
    whole = (photos / "Sub" / "drawn.png").read_bytes()
    answer = client.get(f"/photo/{id_of('drawn.png')}/original", headers={"range": "bytes=10-19"})
    assert (answer.status_code, answer.content) == (206, whole[10:20])
    assert answer.headers["content-range"] == f"bytes 10-19/{len(whole)}"


def test_without_the_token_nobody_gets_a_photo(client: TestClient) -> None:
    address = f"/photo/{id_of('red.jpg')}/original"
    assert client.get(address).status_code == 200
    client.cookies.clear()
    assert client.get(address).status_code == 403
    assert client.get(f"{address}?token={access(library_dir()).token}").status_code == 200


def test_where_the_app_is_open_is_said(
    photos: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Also where another program has the port on the other family: browsers must not be sent there."""
    shown = list[str]()
    monkeypatch.setattr(Instance, "open_browser", lambda _, address: shown.append(address))
    folder, token = library_dir(), access(library_dir()).token
    for problem, name in ((None, "localhost"), (OSError(98, "in use"), "127.0.0.1")):

        def hold(port: int, problem: OSError | None = problem) -> None:
            if problem:
                raise problem

        monkeypatch.setattr(ports, "hold_other_family", hold)
        running = server._Running()
        running.open(folder)
        running.open(folder)
        running.browser = problem is not None
        running.serve(8555)
        assert (
            capsys.readouterr().err
            == f"Photo Explorer is open at http://{name}:8555/?token={token} (Ctrl-C ends it).\n"
        )
        assert (folder / "app.address").read_text() == f"http://{name}:8555"
        running.close()
        assert not running.browser
        with FileLock(folder / "app.lock", timeout=0):
            pass
    assert shown == [f"http://127.0.0.1:8555/?token={token}"]


def test_the_other_family_is_held_while_the_app_runs(photos: Path) -> None:
    port, running = ports.free_port(), server._Running()
    running.serve(port)
    assert ports.is_free(port)
    running.open(library_dir())
    running.serve(port)
    assert not ports.is_free(port)
    running.close()
    assert ports.is_free(port)


@pytest.mark.parametrize(
    "path",
    [
        "/photo/999999/preview",
        "/photo/999999/original",
        "/photo/red.jpg/original",
        "/photo/..%2f1/original",
    ],
)
def test_what_is_not_there_is_not_found(client: TestClient, path: str) -> None:
    assert client.get(path).status_code == 404


def test_a_file_that_is_gone_says_so_and_keeps_its_preview(
    client: TestClient, photos: Path
) -> None:
    photo_id = id_of("red.jpg")
    away = (photos / "red.jpg").rename(photos / "away.jpg")
    try:
        answer = client.get(f"/photo/{photo_id}/original")
    finally:
        away.rename(photos / "red.jpg")
    assert answer.status_code == 404
    assert "moved or deleted, or its drive is away" in answer.text
    assert client.get(f"/photo/{photo_id}/preview").status_code == 200


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8501", "localhost.evil.example"])
def test_a_page_under_another_name_is_turned_away(client: TestClient, host: str) -> None:
    assert (
        client.get(f"/photo/{id_of('red.jpg')}/preview", headers={"host": host}).status_code == 403
    )


@pytest.mark.parametrize("host", ["localhost:8501", "127.0.0.1:8501"])
def test_its_own_names_are_let_in(client: TestClient, host: str) -> None:
    assert (
        client.get(f"/photo/{id_of('red.jpg')}/preview", headers={"host": host}).status_code == 200
    )


def test_a_library_is_opened_once(photos: Path) -> None:
    folder = library_dir()
    (folder / "app.address").write_text("http://localhost:8555")
    token = access(folder).token
    with (
        FileLock(folder / "app.lock"),
        pytest.raises(
            LibraryLocked, match=rf"open already at http://localhost:8555/\?token={token} "
        ),
    ):
        server.open_app(folder, [], encoder=None, offline=True, port=None, browser=False)


def test_a_port_that_is_taken_is_named(photos: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(ExplorerError, match=f"Port {port} is in use"):
            server.open_app(library_dir(), [], encoder=None, offline=True, port=port, browser=False)


def test_a_search_is_ready_before_it_is_asked_for(photos: Path) -> None:
    resources.warm()
    assert resources.engine().photos == 4


def test_an_empty_library_loads_no_model(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(resources, "engine", lambda: pytest.fail("a model was loaded"))
    resources.warm()
    resources.close()


def open_app(monkeypatch: pytest.MonkeyPatch, **options: Any) -> tuple[list[dict[str, Any]], int]:
    """What Streamlit is told, and the exit code."""
    told = list[dict[str, Any]]()
    monkeypatch.setattr(
        server.st.App,
        "run",
        lambda _, config: told.append(config | {"browser": server._running.browser}),
    )
    monkeypatch.chdir(Path.cwd())
    for name in ("EXPLORER_ENCODER", "EXPLORER_OFFLINE"):
        monkeypatch.delenv(name, raising=False)
    code = server.open_app(
        library_dir(),
        [],
        **{"encoder": None, "offline": False, "port": None, "browser": False} | options,
    )
    return told, code


def test_the_app_is_served_on_a_port_that_is_free_on_both_families(
    photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ports, "is_free", lambda port: port == 8507)
    told, code = open_app(monkeypatch, browser=True)
    assert code == 0
    # Streamlit would open, and print, an address without the token.
    assert told == [{"server.port": 8507, "server.headless": True, "browser": True}]
    assert not server._running.browser
    with FileLock(library_dir() / "app.lock", timeout=0):
        pass
    assert "EXPLORER_ENCODER" not in os.environ and "EXPLORER_OFFLINE" not in os.environ
    told, _ = open_app(monkeypatch, port=8507, encoder="tiny", offline=True)
    assert told[0]["server.port"] == 8507 and not told[0]["browser"]
    assert (os.environ.pop("EXPLORER_ENCODER"), os.environ.pop("EXPLORER_OFFLINE")) == ("tiny", "1")
    with pytest.raises(ExplorerError, match="Port 8508 is in use"):
        open_app(monkeypatch, port=8508)
    with FileLock(library_dir() / "app.lock", timeout=0):
        pass


def test_folders_are_added_once_it_is_sure_that_the_app_opens(
    photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server.st.App, "run", lambda _, config: None)
    monkeypatch.chdir(Path.cwd())
    waiting = resources.library().catalog.waiting_commands
    before = waiting()
    with pytest.raises(ExplorerError), monkeypatch.context() as patched:
        patched.setattr(ports, "is_free", lambda port: False)
        server.open_app(
            library_dir(), ["/photos"], encoder=None, offline=False, port=8507, browser=False
        )
    assert waiting() == before
    server.open_app(
        library_dir(), ["/photos"], encoder=None, offline=False, port=None, browser=False
    )
    assert waiting() == [*before, "add"]


class Ended:
    """An indexer that has ended by itself."""

    returncode = 3

    def poll(self) -> int:
        return self.returncode


def test_an_indexer_that_ends_is_started_again_ever_more_slowly(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    started, stopped, pauses, told = (
        list[tuple[Any, ...]](),
        list[Ended](),
        list[float](),
        list[int](),
    )
    # When each was started and had ended: twice within a minute, then after a longer time, then at
    # once again.
    clock = iter([0.0, 59.9, 100.0, 159.0, 200.0, 260.0, 300.0, 300.0] + [400.0] * 10)

    def start(folder: Path, *, encoder: str | None, offline: bool) -> Ended:
        started.append((folder, encoder, offline))
        return Ended()

    async def sleep(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == 9:
            raise asyncio.CancelledError

    monkeypatch.setattr(server, "start_worker", start)
    monkeypatch.setattr(server, "stop_worker", stopped.append)
    monkeypatch.setattr(server, "_now", lambda: next(clock))
    monkeypatch.setattr(server, "_sleep", sleep)
    monkeypatch.setattr(resources, "indexer_ended", told.append)
    monkeypatch.setenv("EXPLORER_ENCODER", "tiny")
    monkeypatch.setenv("EXPLORER_OFFLINE", "1")
    with pytest.raises(asyncio.CancelledError):
        asyncio.run(server._keep_worker(Path("/library")))
    assert pauses == [1, 2, 4, 8, 16, 32, 60, 60, 60]
    assert told[:5] == [1, 2, 1, 2, 3]
    assert started == [(Path("/library"), "tiny", True)] * 9 and len(stopped) == 9
    assert "exit code 3" in caplog.text and "started again in 8 s" in caplog.text


def test_an_indexer_is_stopped_with_the_app(monkeypatch: pytest.MonkeyPatch) -> None:
    stopped, polled = list[object](), list[float]()

    class Running:
        def poll(self) -> None:
            return None

    async def sleep(seconds: float) -> None:
        polled.append(seconds)
        if len(polled) == 3:
            raise asyncio.CancelledError

    worker = Running()
    monkeypatch.setattr(server, "start_worker", lambda *_, **__: worker)
    monkeypatch.setattr(server, "stop_worker", stopped.append)
    monkeypatch.setattr(server, "_sleep", sleep)
    with pytest.raises(asyncio.CancelledError):
        asyncio.run(server._keep_worker(Path("/library")))
    assert stopped == [worker] and len(polled) == 3
