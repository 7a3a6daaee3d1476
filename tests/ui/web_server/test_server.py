"""Photos by id over HTTP, who may ask for them, and one app for each library."""

from __future__ import annotations

import os
import socket
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from filelock import FileLock

from explorer.config import library_dir
from explorer.errors import ExplorerError, LibraryLocked
from explorer.library.stores.command_store import waiting_commands
from explorer.ui import resources
from explorer.ui.web_server import app_lifespan, ports, server
from explorer.ui.web_server.access_token import access


def test_a_library_is_opened_once(photos: Path) -> None:
    folder = library_dir()
    (folder / "app.address").write_text("http://localhost:8555")
    token = access(folder).token
    with (
        FileLock(folder / "app.lock"),
        pytest.raises(
            LibraryLocked, match=rf"already open at http://localhost:8555/\?token={token}\."
        ),
    ):
        server.open_app(folder, [], encoder=None, offline=True, port=None, browser=False)


def test_a_port_in_use_is_named(photos: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(ExplorerError, match=f"Port {port} is in use"):
            server.open_app(library_dir(), [], encoder=None, offline=True, port=port, browser=False)


def test_search_is_warmed_up_in_advance(photos: Path) -> None:
    resources.warm()
    assert resources.engine().photo_count == 4


def test_an_empty_library_loads_no_model(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(resources, "engine", lambda: pytest.fail("a model was loaded"))
    resources.warm()
    resources.close()


def open_app(monkeypatch: pytest.MonkeyPatch, **options: Any) -> tuple[list[dict[str, Any]], int]:
    """The options that Streamlit is started with, and the exit code."""
    started = list[dict[str, Any]]()
    monkeypatch.setattr(
        st.App,
        "run",
        lambda _, config: started.append(config | {"browser": app_lifespan.running.browser}),
    )
    monkeypatch.chdir(Path.cwd())
    for name in ("EXPLORER_ENCODER", "EXPLORER_OFFLINE"):
        monkeypatch.delenv(name, raising=False)
    code = server.open_app(
        library_dir(),
        [],
        **{"encoder": None, "offline": False, "port": None, "browser": False} | options,
    )
    return started, code


def test_the_app_is_served_on_a_port_that_is_free_on_both_families(
    photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ports, "is_free", lambda port: port == 8507)
    started, code = open_app(monkeypatch, browser=True)
    assert code == 0
    # Streamlit would open, and print, an address without the token.
    assert started == [{"server.port": 8507, "server.headless": True, "browser": True}]
    assert not app_lifespan.running.browser
    with FileLock(library_dir() / "app.lock", timeout=0):
        pass
    assert "EXPLORER_ENCODER" not in os.environ and "EXPLORER_OFFLINE" not in os.environ
    started, _ = open_app(monkeypatch, port=8507, encoder="tiny", offline=True)
    assert started[0]["server.port"] == 8507 and not started[0]["browser"]
    assert (os.environ.pop("EXPLORER_ENCODER"), os.environ.pop("EXPLORER_OFFLINE")) == ("tiny", "1")
    with pytest.raises(ExplorerError, match="Port 8508 is in use"):
        open_app(monkeypatch, port=8508)
    with FileLock(library_dir() / "app.lock", timeout=0):
        pass


def test_the_library_that_is_named_is_served(
    photos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The app and its worker find the library by the environment, whatever is set before."""
    named = tmp_path / "another library"
    monkeypatch.setattr(st.App, "run", lambda _, config: None)
    monkeypatch.chdir(Path.cwd())
    monkeypatch.setenv("EXPLORER_LIBRARY", str(library_dir()))
    server.open_app(named, [], encoder=None, offline=False, port=None, browser=False)
    assert library_dir() == named
    resources.close()


def test_folders_are_added_only_when_the_app_can_open(
    photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(st.App, "run", lambda _, config: None)
    monkeypatch.chdir(Path.cwd())
    catalog = resources.library().catalog
    before = waiting_commands(catalog)
    with pytest.raises(ExplorerError), monkeypatch.context() as patched:
        patched.setattr(ports, "is_free", lambda port: False)
        server.open_app(
            library_dir(), ["/photos"], encoder=None, offline=False, port=8507, browser=False
        )
    assert waiting_commands(catalog) == before
    server.open_app(
        library_dir(), ["/photos"], encoder=None, offline=False, port=None, browser=False
    )
    assert waiting_commands(catalog) == [*before, "add"]
