"""A photo's file is hashed before it is sent, and again only if it may have changed."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from explorer.ui.web_server import original_files
from explorer.ui.web_server.original_files import open_original
from tests.ui.web_server.test_original_files import DATA, write


@pytest.fixture(autouse=True)
def _forget() -> None:
    original_files._verified.clear()


def reads(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Where files are read from now on."""
    read, places = original_files._read_at, list[int]()

    def noted(handle: int, at: int, size: int) -> bytes:
        places.append(at)
        return read(handle, at, size)

    monkeypatch.setattr(original_files, "_read_at", noted)
    return places


def opened(path: Path, wanted: str) -> bool:
    found = open_original(str(path), wanted)
    if found is not None:
        found.close()
    return found is not None


def test_a_file_is_hashed_once_while_it_stays_as_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted, places = write(tmp_path / "photo"), reads(monkeypatch)
    later = time.time() + 60
    monkeypatch.setattr(time, "time", lambda: later)
    assert opened(tmp_path / "photo", wanted) and len(places) == 1
    assert opened(tmp_path / "photo", wanted) and len(places) == 1
    assert not opened(tmp_path / "photo", "0" * 32) and len(places) == 2
    # The same size and time, and other bytes: the system notes when the file was changed.
    write(tmp_path / "photo", DATA[:-1] + b"x")
    assert not opened(tmp_path / "photo", wanted)


def test_a_file_that_changed_a_moment_ago_is_hashed_each_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted, places = write(tmp_path / "photo"), reads(monkeypatch)
    changed = max((tmp_path / "photo").stat().st_ctime, (tmp_path / "photo").stat().st_mtime)
    monkeypatch.setattr(time, "time", lambda: changed + 1.9)
    for number in (1, 2):
        assert opened(tmp_path / "photo", wanted) and len(places) == number
    assert not original_files._verified


def test_a_file_that_changes_while_it_is_hashed_is_not_sent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The bytes that were hashed need no longer be there."""
    path, read = tmp_path / "photo", original_files._read_at
    wanted = write(path)

    def change(handle: int, at: int, size: int) -> bytes:
        found = read(handle, at, size)
        os.utime(path, (5, 5))
        return found

    monkeypatch.setattr(original_files, "_read_at", change)
    assert not opened(path, wanted) and not original_files._verified
    # Neither is one that ends before its length.
    monkeypatch.setattr(original_files, "_read_at", lambda *_: b"")
    assert not opened(path, wanted)
    monkeypatch.setattr(original_files, "_read_at", read)
    assert opened(path, wanted)


def test_the_number_of_remembered_files_is_limited(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(original_files, "_MAX_VERIFIED", 2)
    later = time.time() + 60
    monkeypatch.setattr(time, "time", lambda: later)
    wanted = [write(tmp_path / str(i), b"%d" % i) for i in range(3)]
    for number in (0, 1, 0, 2):
        assert opened(tmp_path / str(number), wanted[number])
    # The one that was used longest ago is forgotten.
    assert list(original_files._verified.values()) == [wanted[0], wanted[2]]


def test_a_file_larger_than_a_hash_block_is_verified(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(original_files, "_HASH_CHUNK", 100)
    places, wanted = reads(monkeypatch), write(tmp_path / "photo")
    assert opened(tmp_path / "photo", wanted) and places == list(range(0, 1024, 100))


@pytest.mark.parametrize("error", [OSError(5, "Input/output error"), KeyboardInterrupt()])
def test_a_file_that_cannot_be_verified_is_closed_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    wanted, closed = write(tmp_path / "photo"), list[int]()
    real = os.close

    def fail(*_: object) -> bytes:
        raise error

    def close(handle: int) -> None:
        closed.append(handle)
        real(handle)

    monkeypatch.setattr(original_files, "_read_at", fail)
    monkeypatch.setattr(os, "close", close)
    if isinstance(error, OSError):
        # The drive was disconnected.
        assert open_original(str(tmp_path / "photo"), wanted) is None
    else:
        with pytest.raises(KeyboardInterrupt):
            open_original(str(tmp_path / "photo"), wanted)
    assert len(closed) == 1
