"""The app announces its address, once per library."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from filelock import FileLock

from explorer.anomalies.finding_kinds import KINDS
from explorer.config import library_dir
from explorer.ui import first_page, resources
from explorer.ui.anomalies_page import anomalies_state
from explorer.ui.duplicates_page import group_cache
from explorer.ui.web_server import app_lifespan, ports
from explorer.ui.web_server.access_token import access
from explorer.ui.web_server.single_instance import AppInstance
from tests.fixtures.waiting import PATIENCE


def test_the_address_of_the_app_is_printed(
    photos: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Also where another program has the port on the other address family."""
    shown = list[str]()
    monkeypatch.setattr(AppInstance, "open_browser", lambda _, address: shown.append(address))
    folder, token = library_dir(), access(library_dir()).token
    for problem, name in ((None, "localhost"), (OSError(98, "in use"), "127.0.0.1")):

        def hold(port: int, problem: OSError | None = problem) -> None:
            if problem:
                raise problem

        monkeypatch.setattr(ports, "hold_other_family", hold)
        running = app_lifespan.RunningApp()
        running.open(folder)
        running.open(folder)
        running.browser = problem is not None
        running.serve(8555)
        address = f"http://{name}:8555/?token={token}"
        said = f"Photo Explorer is open at {address} (press Ctrl-C to quit).\n"
        assert capsys.readouterr().err == said
        assert (folder / "app.address").read_text() == f"http://{name}:8555"
        running.close()
        assert not running.browser
        with FileLock(folder / "app.lock", timeout=0):
            pass
    assert shown == [f"http://127.0.0.1:8555/?token={token}"]


def test_the_port_of_the_other_address_family_is_reserved_while_the_app_runs(photos: Path) -> None:
    port, running = ports.free_port(), app_lifespan.RunningApp()
    running.serve(port)
    assert ports.is_free(port)
    running.open(library_dir())
    running.serve(port)
    assert not ports.is_free(port)
    running.close()
    assert ports.is_free(port)


@pytest.fixture
def prepared(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What has been prepared for pages that may be opened."""
    done = list[str]()
    monkeypatch.setattr(resources, "warm", lambda: None)
    monkeypatch.setattr(group_cache, "all_groups", lambda _: done.append("groups"))
    monkeypatch.setattr(app_lifespan, "folder_tree", lambda: done.append("folders"))
    findings = SimpleNamespace(findings=done.extend)
    monkeypatch.setattr(anomalies_state, "anomalies", lambda: findings)
    monkeypatch.setattr(first_page, "_PATIENCE", PATIENCE)
    monkeypatch.setattr(first_page, "_PREVIEWS", 0.0)
    return done


@pytest.mark.parametrize("drawn", [True, False])
def test_other_pages_are_prepared_after_the_first(
    photos: Path, prepared: list[str], monkeypatch: pytest.MonkeyPatch, drawn: bool
) -> None:
    """If no page was drawn, the server ends without waiting for one."""

    async def idle(*_: Any) -> None:
        await asyncio.Event().wait()

    for name in ("keep_worker", "keep_warm", "keep_releasing"):
        monkeypatch.setattr(app_lifespan, name, idle)
    for name in ("open", "serve"):
        monkeypatch.setattr(app_lifespan.running, name, lambda *_: None)
    app: Any = None

    async def serve() -> None:
        async with app_lifespan.lifespan(app):
            await asyncio.sleep(0)
            assert not prepared
            if drawn:
                first_page.mark_drawn()
                async with asyncio.timeout(PATIENCE):
                    while len(prepared) < 2 + len(KINDS):
                        await asyncio.sleep(0.01)

    asyncio.run(serve())
    assert prepared == (["folders", "groups", *KINDS] if drawn else [])


def test_the_server_ends_between_two_kinds_of_anomalies(
    photos: Path, prepared: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def findings(kinds: list[str]) -> None:
        prepared.extend(kinds)
        first_page.mark_ending()

    monkeypatch.setattr(anomalies_state, "anomalies", lambda: SimpleNamespace(findings=findings))
    monkeypatch.setattr(first_page, "_ending", threading.Event())
    app_lifespan._find_anomalies()
    assert prepared == [KINDS[0]]


def test_the_library_is_released_even_if_a_task_has_failed(
    photos: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def fail(*_: Any) -> None:
        raise RuntimeError("out of threads")

    for name in ("keep_worker", "keep_warm", "keep_releasing"):
        monkeypatch.setattr(app_lifespan, name, fail)
    monkeypatch.setattr(app_lifespan, "_warm_up", lambda: None)
    monkeypatch.setattr(app_lifespan.running, "serve", lambda _: None)
    app: Any = None

    async def serve() -> None:
        async with app_lifespan.lifespan(app):
            await asyncio.sleep(0)

    asyncio.run(serve())
    assert "out of threads" in caplog.text
    again = AppInstance(library_dir())
    again.acquire()
    again.release()
