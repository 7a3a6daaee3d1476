"""The app announces its address, once per library."""

from __future__ import annotations

from pathlib import Path

import pytest
from filelock import FileLock

from explorer.config import library_dir
from explorer.ui import app_lifespan, ports
from explorer.ui.access_token import access
from explorer.ui.single_instance import AppInstance


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
