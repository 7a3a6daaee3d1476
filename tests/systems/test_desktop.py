"""The file manager and background programs of each system."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import pytest

from explorer.indexing.worker_client import start_worker
from explorer.removal.results import Removal
from explorer.removal.synced_files import cloud_warning
from explorer.ui import file_manager
from tests.systems.simulated import run_on


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, dict[str, Any]]]:
    """The programs that were started, each with its arguments."""
    found = list[tuple[Any, dict[str, Any]]]()

    class Started:
        def __init__(self, command: Any, **named: Any) -> None:
            found.append((command, named))
            self.returncode, self.stderr = 1, b""

    monkeypatch.setattr(subprocess, "run", Started)
    monkeypatch.setattr(subprocess, "Popen", Started)
    return found


def test_file_explorer_gets_a_path_with_spaces_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, started: list[tuple[Any, dict[str, Any]]]
) -> None:
    run_on(monkeypatch, "windows")
    photo = tmp_path / "Summer, 2019 in Rome.jpg"
    photo.write_bytes(b"x")
    # Its exit code 1 means nothing.
    assert file_manager.available() and file_manager.reveal(str(photo)) == ""
    assert [command for command, _ in started] == [f'explorer.exe /select,"{photo}"']


def test_finder_selects_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, started: list[tuple[Any, dict[str, Any]]]
) -> None:
    run_on(monkeypatch, "macos")
    photo = tmp_path / "a.jpg"
    photo.write_bytes(b"x")
    assert file_manager.available()
    assert file_manager.reveal(str(photo)).startswith("Finder could not be opened")
    assert [command for command, _ in started] == [["open", "-R", str(photo)]]


def test_no_console_window_appears_on_windows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, started: list[tuple[Any, dict[str, Any]]]
) -> None:
    run_on(monkeypatch, "windows")
    start_worker(tmp_path)
    run_on(monkeypatch, "linux")
    start_worker(tmp_path)
    # CREATE_NO_WINDOW.
    assert [named.get("creationflags") for _, named in started] == [0x08000000, None]


@pytest.mark.parametrize(
    ("system", "path", "service"),
    [
        ("windows", "OneDrive/Pictures/a.jpg", "OneDrive"),
        ("windows", "iCloudDrive/a.jpg", "iCloud Drive"),
        ("windows", "Work/a.jpg", "OneDrive"),
        ("macos", "Library/CloudStorage/GoogleDrive-zoe/a.jpg", "GoogleDrive"),
        ("macos", "Library/Mobile Documents/com~apple~CloudDocs/a.jpg", "iCloud Drive"),
        ("macos", "Documents/a.jpg", "iCloud Drive"),
        ("macos", "Pictures/a.jpg", ""),
        ("linux", "Dropbox/a.jpg", "Dropbox"),
    ],
)
def test_a_removal_from_a_synced_folder_is_announced(
    system: str, path: str, service: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_on(monkeypatch, system)
    monkeypatch.setenv("OneDriveCommercial", str(tmp_path / "Work"))
    for folder in ("GoogleDrive-zoe", "OneDrive-Personal"):
        (tmp_path / "Library" / "CloudStorage" / folder).mkdir(parents=True)
    (tmp_path / "Library/Mobile Documents/com~apple~CloudDocs/Documents").mkdir(parents=True)
    warning = cloud_warning([Removal(str(tmp_path / path), "0" * 32)], tmp_path)
    assert warning.startswith(f"1 file in {service} is kept in step") if service else warning == ""


def test_removals_from_several_services_are_counted(tmp_path: Path) -> None:
    paths = ["OneDrive/a.jpg", "OneDrive/b.jpg", "Dropbox/c.jpg", "d.jpg"]
    removals = [Removal(str(tmp_path / path), "0" * 32) for path in paths]
    assert cloud_warning(removals, tmp_path).startswith(
        "2 files in OneDrive and 1 file in Dropbox are kept in step"
    )
