"""The file manager and background programs of each system."""

from __future__ import annotations

import importlib
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from explorer.cli.app import main
from explorer.indexing.worker_client import start_worker
from explorer.removal.results import Removal
from explorer.removal.synced_files import cloud_warning
from explorer.ui import default_program, file_manager
from tests.systems import windows_files
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


@pytest.mark.parametrize(("system", "command"), [("macos", "open"), ("linux", "xdg-open")])
def test_a_photo_is_opened_by_the_desktop(
    system: str, command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_on(monkeypatch, system)
    photo, opened = tmp_path / "-a; b.jpg", list[list[str]]()
    photo.write_bytes(b"x")
    for name in ("macos", "posix"):
        module = importlib.import_module(f"explorer.systems.{name}")
        monkeypatch.setattr(module, "start_program", lambda words, _: opened.append(list(words)))
    assert default_program.open_file(str(photo)) == ""
    assert opened == [[command, str(photo)]]


def test_a_photo_is_opened_on_windows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert run_on(monkeypatch, "windows").can_open()
    photo, opened = tmp_path / "a.jpg", list[str]()
    photo.write_bytes(b"x")
    monkeypatch.setattr(os, "startfile", opened.append, raising=False)
    assert default_program.open_file(str(photo)) == "" and opened == [str(photo)]

    def fail(path: str) -> None:
        error = OSError(22, "No application is associated", path)
        error.winerror = 1155  # type: ignore[attr-defined,unused-ignore]
        raise error

    monkeypatch.setattr(os, "startfile", fail, raising=False)
    assert default_program.open_file(str(photo)) == (
        "a.jpg could not be opened: no program is set for this kind of file."
        " Show it in its folder instead."
    )


def test_only_photos_that_exist_are_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run_on(monkeypatch, "windows")
    monkeypatch.setattr(os, "startfile", pytest.fail, raising=False)
    assert "cannot be found" in default_program.open_file(str(tmp_path / "gone.jpg"))
    program = tmp_path / "setup.exe"
    program.write_bytes(b"x")
    (tmp_path / "link.jpg").symlink_to(program)
    for name in ("setup.exe", "link.jpg"):
        assert "not named like a photo" in default_program.open_file(str(tmp_path / name))


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
    assert warning.startswith(f"1 file in {service} is synced") if service else warning == ""


def test_removals_from_several_services_are_counted(tmp_path: Path) -> None:
    paths = ["OneDrive/a.jpg", "OneDrive/b.jpg", "Dropbox/c.jpg", "d.jpg"]
    removals = [Removal(str(tmp_path / path), "0" * 32) for path in paths]
    assert cloud_warning(removals, tmp_path).startswith(
        "2 files in OneDrive and 1 file in Dropbox are synced"
    )


def test_no_dialog_waits_for_a_card_in_a_reader(monkeypatch: pytest.MonkeyPatch) -> None:
    kernel = windows_files.install(monkeypatch)
    run_on(monkeypatch, "windows")
    assert main(["--version"]) == 0
    # SEM_FAILCRITICALERRORS beside what was set before.
    assert kernel.error_mode == 0x8001
    assert main(["--version"]) == 0 and kernel.error_mode == 0x8001
