from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from explorer.errors import LibraryError, LibraryLocked
from explorer.library import permissions
from explorer.ui.web_server import single_instance
from explorer.ui.web_server.access_token import access
from explorer.ui.web_server.single_instance import AppInstance


def test_a_second_app_reports_the_full_address_of_the_first(tmp_path: Path) -> None:
    first, second = AppInstance(tmp_path), AppInstance(tmp_path)
    first.acquire()
    full = first.announce("http://localhost:8555")
    assert full == access(tmp_path).address("http://localhost:8555")
    assert access(tmp_path).token not in (tmp_path / "app.address").read_text()
    with pytest.raises(LibraryLocked) as exc_info:
        second.acquire()
    assert f"already open at {full}. Use that app" in str(exc_info.value)
    assert first.held and not second.held
    second.release()
    assert (tmp_path / "app.address").exists() and first.held
    first.release()
    assert not first.held and not (tmp_path / "app.address").exists()
    second.acquire()
    second.release()


@pytest.mark.parametrize("note", [None, b"", b"\xff"])
def test_an_app_without_a_recorded_address_is_reported(tmp_path: Path, note: bytes | None) -> None:
    first = AppInstance(tmp_path)
    first.acquire()
    if note is not None:
        (tmp_path / "app.address").write_bytes(note)
    with pytest.raises(LibraryLocked, match="already open at another window"):
        AppInstance(tmp_path).acquire()
    first.release()


def test_a_read_only_folder_is_reported(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(LibraryError, match="Cannot write to"):
        AppInstance(tmp_path / "file" / "library").acquire()


@pytest.mark.parametrize("browser", ["", "org.mozilla.firefox.desktop", "firefox_firefox.desktop"])
def test_the_browser_gets_the_address_in_a_file_only_the_owner_can_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, browser: str
) -> None:
    monkeypatch.setattr(single_instance, "_default_browser", lambda: browser)
    started = list[tuple[list[str], dict[str, Any]]]()
    monkeypatch.setattr(
        subprocess, "Popen", lambda command, **options: started.append((command, options))
    )
    monkeypatch.setattr(permissions, "_at_start", 0o022)
    running = AppInstance(tmp_path)
    running.acquire()
    # A snap may not read hidden folders, such as the one of the library.
    page = Path.home() / "photo-explorer-open.html" if "_" in browser else tmp_path / "open.html"
    page.write_text("older")
    full = running.announce("http://localhost:8555")
    running.open_browser(full)
    assert f'content="0; url={full}"' in page.read_text()
    ((command, options),) = started
    assert command == [sys.executable, "-m", "webbrowser", "-t", page.as_uri()]
    assert access(tmp_path).token not in " ".join(command)
    assert options["stdout"] == options["stderr"] == options["stdin"] == subprocess.DEVNULL
    if os.name != "nt":
        assert stat.S_IMODE(page.stat().st_mode) == 0o600 and options["umask"] == 0o022
    running.release()
    assert not page.exists()


def test_a_system_without_a_browser_is_reported(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert single_instance._default_browser() == ""


@pytest.mark.skipif(os.name == "nt", reason="a shell script stands in for the program")
def test_the_default_browser_is_opened(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    program = tmp_path / "xdg-settings"
    program.write_text("#!/bin/sh\necho $1 $2 firefox_firefox.desktop\n")
    program.chmod(0o700)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    assert single_instance._default_browser() == "get default-web-browser firefox_firefox.desktop"
