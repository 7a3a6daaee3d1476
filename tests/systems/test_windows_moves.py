"""Moves between drives on Windows, with its calls played by this system."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from explorer.removal import part_files, safe_move
from explorer.removal.file_state import file_hash
from explorer.systems import windows_calls
from explorer.systems.this_system import this_system
from tests.systems import windows_files
from tests.systems.simulated import run_on
from tests.systems.windows_files import READ_ONLY, Kernel32


@pytest.fixture
def kernel(monkeypatch: pytest.MonkeyPatch) -> Iterator[Kernel32]:
    run_on(monkeypatch, "windows")
    library = windows_files.install(monkeypatch)
    yield library
    assert library.handles == {}, "a handle stays open"


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "from" / "a.jpg"
    path.parent.mkdir()
    path.write_bytes(b"photo")
    (tmp_path / "to").mkdir()
    return path


@pytest.fixture
def across(monkeypatch: pytest.MonkeyPatch) -> None:
    """The two folders are on two drives. A read-only file cannot be deleted."""
    real = os.rename

    def rename(source: str, target: str) -> None:
        if os.path.dirname(source) != os.path.dirname(target):
            raise OSError(errno.EXDEV, "another drive", source, None, target)
        if os.path.lexists(target):
            raise FileExistsError(errno.EEXIST, "exists", target)
        real(source, target)

    monkeypatch.setattr(os, "rename", rename)


@pytest.fixture
def guarded(kernel: Kernel32, monkeypatch: pytest.MonkeyPatch) -> None:
    """Read-only files can be neither deleted nor opened for writing, as on Windows."""

    def guard(call: Callable[..., int | None]) -> Callable[..., int | None]:
        def guarded_call(path: str, *rest: int, **named: int) -> int | None:
            writes = call.__name__ == "unlink" or (rest and rest[0] & (os.O_WRONLY | os.O_RDWR))
            if writes and kernel.attributes.get(str(path), 0) & READ_ONLY:
                raise PermissionError(errno.EACCES, "read-only", path)
            return call(path, *rest, **named)

        return guarded_call

    for name in ("unlink", "open"):
        monkeypatch.setattr(os, name, guard(getattr(os, name)))


def move(photo: Path) -> list[str]:
    target = photo.parent.parent / "to" / "a.jpg"
    return safe_move.move(str(photo), str(target), file_hash(str(photo)))


def test_a_read_only_photo_with_streams_arrives_complete(
    kernel: Kernel32, across: None, guarded: None, photo: Path, tmp_path: Path
) -> None:
    kernel.attributes[str(photo)] = READ_ONLY
    kernel.streams[str(photo)] = [":notes:$DATA"]
    before = photo.stat()
    assert move(photo) == []
    moved = tmp_path / "to" / "a.jpg"
    assert moved.read_bytes() == b"photo" and not photo.exists()
    assert moved.stat().st_mtime_ns == before.st_mtime_ns
    (ticks,) = kernel.created.values()
    # 100 ns since 1601; 11,644,473,600 seconds lie between 1601 and 1970.
    assert ticks == before.st_ctime_ns // 100 + 11_644_473_600 * 10**7


def test_what_the_other_drive_cannot_store_is_said(
    kernel: Kernel32, across: None, photo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kernel.streams[str(photo)] = [":notes:$DATA", ":Zone.Identifier:$DATA"]
    real = kernel.CopyFileExW

    def to_fat(source: str, target: str, *rest: object) -> int:
        done = real(source, target, *rest)
        del kernel.streams[target]
        return done

    monkeypatch.setattr(kernel, "CopyFileExW", to_fat)
    assert move(photo) == ["alternate data streams"]


def test_a_mark_of_a_download_is_no_loss(kernel: Kernel32, photo: Path) -> None:
    kernel.streams[str(photo)] = [":Zone.Identifier:$DATA"]
    other = photo.with_name("b.jpg")
    part_files.create_file(str(other), lambda new: new.write(b"photo"))
    system = this_system()
    assert system.lost_attributes(str(photo), str(other)) == []


def test_a_read_only_file_stays_read_only_if_it_cannot_be_deleted(
    kernel: Kernel32, photo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kernel.attributes[str(photo)] = READ_ONLY | 0x20

    def refuse(path: str) -> None:
        raise PermissionError(errno.EACCES, "in use", path)

    monkeypatch.setattr(os, "unlink", refuse)
    with pytest.raises(PermissionError):
        this_system().delete_file(str(photo))
    assert kernel.attributes[str(photo)] == READ_ONLY | 0x20


def test_a_file_that_is_not_read_only_is_not_touched(
    kernel: Kernel32, photo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "unlink", lambda path: (_ for _ in ()).throw(PermissionError(13, "x")))
    with pytest.raises(PermissionError):
        this_system().delete_file(str(photo))
    assert kernel.attributes == {}


def test_an_unfinished_read_only_copy_is_deleted(
    kernel: Kernel32, guarded: None, photo: Path
) -> None:
    kernel.attributes[str(photo)] = READ_ONLY
    part_files.discard(str(photo))
    assert not photo.exists()


def test_a_copy_never_replaces_a_file(kernel: Kernel32, photo: Path) -> None:
    there = photo.with_name("b.jpg")
    there.write_bytes(b"other")
    with pytest.raises(FileExistsError):
        part_files.copy_file(str(photo), str(there))
    assert there.read_bytes() == b"other"


def test_errors_name_the_file(kernel: Kernel32, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError) as caught:
        windows_calls.set_creation_time(str(tmp_path / "gone"), 0)
    assert caught.value.filename == str(tmp_path / "gone")
