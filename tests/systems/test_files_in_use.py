"""Files that another process has open, which Windows then neither replaces nor reads."""

from __future__ import annotations

import errno
import os
import types
from pathlib import Path

import pytest

from explorer.decoding.decode_result import DecodeJob, DecodeResult
from explorer.errors import LibraryBusy, PhotoError, PhotoInUse
from explorer.indexing.read_outcomes import (
    MAX_CHANGES,
    Changing,
    Failed,
    changed_while_read,
    decide,
)
from explorer.indexing.read_task import MTIME_UNREAD, ReadTask
from explorer.library.durable_io import explain, replace_durably
from explorer.library.file_rows import FileStat
from explorer.photos.file_io import read_file
from explorer.removal.checked_files import unreadable_reason
from explorer.systems import windows
from tests.systems import windows_files
from tests.systems.simulated import run_on


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long was waited, each time; nothing waits."""
    found = list[float]()
    monkeypatch.setattr(windows, "sleep", found.append)
    return found


def refusing(monkeypatch: pytest.MonkeyPatch, times: int) -> None:
    """Have that many replacements fail as if the target were open."""
    real, left = os.replace, [times]

    def replace(source: str, target: str) -> None:
        if left[0]:
            left[0] -= 1
            raise PermissionError(errno.EACCES, "in use", source, None, target)
        real(source, target)

    monkeypatch.setattr(os, "replace", replace)


def test_replacing_waits_until_it_is_closed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, waits: list[float]
) -> None:
    run_on(monkeypatch, "windows")
    (tmp_path / "new").write_text("new")
    (tmp_path / "old").write_text("old")
    refusing(monkeypatch, 3)
    replace_durably(tmp_path / "new", tmp_path / "old")
    assert (tmp_path / "old").read_text() == "new" and len(waits) == 3


def test_replacing_gives_up_and_other_systems_do_not_wait(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, waits: list[float]
) -> None:
    (tmp_path / "new").write_text("new")
    refusing(monkeypatch, 1000)
    run_on(monkeypatch, "linux")
    with pytest.raises(PermissionError):
        replace_durably(tmp_path / "new", tmp_path / "old")
    assert waits == []
    run_on(monkeypatch, "windows")
    with pytest.raises(PermissionError):
        replace_durably(tmp_path / "new", tmp_path / "old")
    assert (tmp_path / "new").read_text() == "new" and 0 < sum(waits) < 5


def test_the_message_names_the_file_in_use(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run_on(monkeypatch, "windows")

    class InUse(PermissionError):
        winerror = 32

    file = str(tmp_path / "vectors" / "a.faiss")
    said = explain(InUse(errno.EACCES, "in use", file), tmp_path)
    assert isinstance(said, LibraryBusy) and file in str(said)


def kept(monkeypatch: pytest.MonkeyPatch, path: Path, times: int) -> windows_files.Kernel32:
    """Have that many attempts to open a file fail as in the C library of Windows: without
    Windows' own error code."""
    kernel, real, left = windows_files.install(monkeypatch), os.open, [times]
    kernel.in_use = {str(path)}

    def open_it(name: str, *rest: int) -> int:
        if name == str(path) and left[0]:
            left[0] -= 1
            raise PermissionError(errno.EACCES, "Permission denied", name)
        return real(name, *rest)

    monkeypatch.setattr(os, "open", open_it)
    run_on(monkeypatch, "windows")
    return kernel


def test_a_photo_that_is_in_use_for_a_moment_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, waits: list[float]
) -> None:
    photo = tmp_path / "a.jpg"
    photo.write_bytes(b"photo")
    kernel = kept(monkeypatch, photo, 2)
    assert read_file(photo) == b"photo" and len(waits) == 2
    assert not kernel.handles


def test_a_photo_that_stays_in_use_is_said_to_be(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, waits: list[float]
) -> None:
    photo = tmp_path / "a.jpg"
    photo.write_bytes(b"photo")
    kernel = kept(monkeypatch, photo, 1000)
    with pytest.raises(PhotoInUse, match="another program is using it"):
        read_file(photo)
    assert 0 < sum(waits) < 2
    # A file that nobody keeps is one that the user may not read, and is not waited for.
    waits.clear()
    kernel.in_use.clear()
    with pytest.raises(PhotoError, match="not allowed") as caught:
        read_file(photo)
    assert not isinstance(caught.value, PhotoInUse) and waits == []


def test_a_photo_in_use_is_tried_again_soon_and_then_named() -> None:
    task = ReadTask(1, FileStat("a.jpg", 10, 1_000, 7))
    job = DecodeJob("/photos/a.jpg", 1.0, task)
    result = DecodeResult(job, error="another program is using it", in_use=True)
    assert changed_while_read(result, task.seen)
    first, last = (
        decide(result, task, drive_answers=True, exists=True, times_changed=times)
        for times in (1, MAX_CHANGES)
    )
    assert first == Changing()
    assert isinstance(last, Failed) and last.reason == "another program is using it"
    # The time that makes every scan read it again.
    assert last.seen.mtime_ns == MTIME_UNREAD


def test_a_removal_says_that_a_file_is_in_use(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kernel = windows_files.install(monkeypatch)
    run_on(monkeypatch, "windows")
    photo = str(tmp_path / "a.jpg")
    error = PermissionError(errno.EACCES, "Permission denied", photo)
    kernel.in_use = {photo}
    assert unreadable_reason("it", error) == (
        "it is open in another program: close it there, and try again"
    )
    (tmp_path / "a.jpg").touch()
    kernel.in_use.clear()
    assert unreadable_reason("it", error) == "you are not allowed to read it"


def test_a_removal_says_that_a_file_is_locked_in_finder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_on(monkeypatch, "macos")
    photo = str(tmp_path / "a.jpg")
    error = PermissionError(errno.EPERM, "Operation not permitted", photo)
    flags = types.SimpleNamespace(st_flags=0x2)
    monkeypatch.setattr(os, "lstat", lambda path: flags)
    assert "unlock it in Finder" in unreadable_reason("it", error)
    flags.st_flags = 0
    assert unreadable_reason("it", error) == "you are not allowed to read it"
