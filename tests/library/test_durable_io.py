from __future__ import annotations

import errno
import os
import shutil
import sqlite3
import zlib
from pathlib import Path

import pytest

from explorer.errors import CatalogDamaged, LibraryBusy, LibraryError, LibraryFull
from explorer.library.durable_io import ROOM, checksum, explain, flush, has_room, replace_durably

FOLDER = Path("/library")


def sqlite_error(code: int, text: str = "so") -> sqlite3.OperationalError:
    error = sqlite3.OperationalError(text)
    error.sqlite_errorcode = code
    return error


@pytest.mark.parametrize(
    ("code", "kind", "words"),
    [
        (sqlite3.SQLITE_FULL, LibraryFull, "is full"),
        (sqlite3.SQLITE_BUSY, LibraryBusy, "locked"),
        (sqlite3.SQLITE_LOCKED, LibraryBusy, "locked"),
        (sqlite3.SQLITE_READONLY, LibraryError, "permissions"),
        (sqlite3.SQLITE_PERM, LibraryError, "permissions"),
        (sqlite3.SQLITE_CANTOPEN, LibraryError, "permissions"),
        (sqlite3.SQLITE_CORRUPT, CatalogDamaged, "verify --repair"),
        (sqlite3.SQLITE_NOTADB, CatalogDamaged, "verify --repair"),
        # An extended code: the kind is in the low byte.
        (sqlite3.SQLITE_CORRUPT | 3 << 8, CatalogDamaged, "verify --repair"),
    ],
)
def test_sqlite_errors_are_explained(code: int, kind: type[LibraryError], words: str) -> None:
    found = explain(sqlite_error(code), FOLDER)
    assert type(found) is kind and words in str(found) and "/library" in str(found)


@pytest.mark.parametrize(
    "text",
    ["no such table: clock", "no such column: x", "table file has no column named x",
     "table root already exists", "unsupported file format",
     "duplicate column name: fault", "Could not decode to UTF-8 column 'path'"],
)  # fmt: skip
@pytest.mark.parametrize("code", [0, sqlite3.SQLITE_ERROR])
def test_an_impossible_schema_or_text_is_damage(text: str, code: int) -> None:
    assert isinstance(explain(sqlite_error(code, text), FOLDER), CatalogDamaged)
    # The same words about something else.
    assert not isinstance(explain(sqlite_error(sqlite3.SQLITE_BUSY, text), FOLDER), CatalogDamaged)


def test_invalid_text_is_damage() -> None:
    assert isinstance(
        explain(UnicodeDecodeError("utf-8", b"\xff", 0, 1, "invalid"), FOLDER), CatalogDamaged
    )


def test_errors_outside_the_library_are_not_explained() -> None:
    assert explain(sqlite_error(sqlite3.SQLITE_ERROR), FOLDER) is None
    assert explain(sqlite3.ProgrammingError("no code"), FOLDER) is None
    assert explain(ValueError("so"), FOLDER) is None
    for number in (errno.ENOSPC, errno.EACCES, errno.EIO):
        assert explain(OSError(number, "so", "/elsewhere/file"), FOLDER) is None
        assert explain(OSError(number, "so", "/library of photos/file"), FOLDER) is None
    assert explain(OSError(errno.EACCES, "so"), FOLDER) is None
    assert explain(OSError(errno.ENOENT, "so", "/library/file"), FOLDER) is None
    error = LibraryError("as it is")
    assert explain(error, FOLDER) is error


def test_system_errors_are_explained() -> None:
    assert isinstance(explain(OSError(errno.ENOSPC, "so"), FOLDER), LibraryFull)
    assert isinstance(explain(OSError(errno.ENOSPC, "so", "/library/x"), FOLDER), LibraryFull)
    assert "permissions" in str(explain(OSError(errno.EROFS, "so", b"/library/x"), FOLDER))
    assert "permissions" in str(
        explain(OSError(errno.EACCES, "so", "/elsewhere", None, "/library/x"), FOLDER)
    )
    assert "reports an error (so)" in str(explain(OSError(errno.EIO, "so"), FOLDER))
    assert "reports an error" in str(explain(OSError(errno.EIO, "so", "/library/x"), FOLDER))


@pytest.mark.parametrize("free", [ROOM, ROOM - 1])
def test_a_write_error_with_little_space_left_means_a_full_disk(
    free: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: shutil._ntuple_diskusage(1, 1, free))
    full = free < ROOM
    assert has_room(FOLDER) is not full
    assert isinstance(explain(sqlite_error(sqlite3.SQLITE_IOERR), FOLDER), LibraryFull) is full
    found = explain(RuntimeError("could not write /library/vectors"), FOLDER)
    assert isinstance(found, LibraryFull) is full and found is not None
    assert explain(RuntimeError("could not write /elsewhere"), FOLDER) is None


def test_a_disk_has_room_for_sixteen_mebibytes(monkeypatch: pytest.MonkeyPatch) -> None:
    for mebibytes, enough in ((15, False), (16, True)):
        free = shutil._ntuple_diskusage(1, 1, mebibytes << 20)
        monkeypatch.setattr(shutil, "disk_usage", lambda folder, free=free: free)
        assert has_room(FOLDER) is enough


def test_unknown_free_space_is_not_a_full_disk() -> None:
    assert has_room(Path("/nowhere at all"))


def test_a_file_is_flushed_before_it_replaces_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps = list[str]()
    sync, replace = os.fsync, Path.replace

    def noted_sync(handle: int) -> None:
        steps.append(f"sync {os.fstat(handle).st_ino}")
        sync(handle)

    def noted_replace(self: Path, target: Path) -> Path:
        steps.append("replace")
        return replace(self, target)

    monkeypatch.setattr(os, "fsync", noted_sync)
    monkeypatch.setattr(Path, "replace", noted_replace)
    (tmp_path / "new").write_text("new")
    (tmp_path / "old").write_text("old")
    inode = (tmp_path / "new").stat().st_ino
    replace_durably(tmp_path / "new", tmp_path / "old")
    assert steps == [f"sync {inode}", "replace"]
    assert (tmp_path / "old").read_text() == "new" and not (tmp_path / "new").exists()


def test_flushing_closes_its_descriptors(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a").write_text("a")
    opened, closed = list[int](), list[int]()
    real_open, real_close = os.open, os.close
    monkeypatch.setattr(
        os, "open", lambda *words: opened.append(handle := real_open(*words)) or handle
    )
    monkeypatch.setattr(os, "close", lambda handle: closed.append(handle) or real_close(handle))

    def fails(handle: int) -> None:
        raise OSError(errno.EIO, "so")

    monkeypatch.setattr(os, "fsync", fails)
    with pytest.raises(OSError, match="so"):
        flush(tmp_path / "a")
    assert opened == closed != []
    with pytest.raises(FileNotFoundError):
        flush(tmp_path / "absent")


def test_a_checksum_is_of_the_whole_file(tmp_path: Path) -> None:
    path = tmp_path / "index"
    data = bytes(range(256)) * 40
    path.write_bytes(data)
    assert checksum(path) == zlib.crc32(data)
    path.write_bytes(b"")
    with pytest.raises(ValueError):
        checksum(path)


def test_an_error_without_a_system_message_is_reported_as_it_is(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: shutil._ntuple_diskusage(1, 1, ROOM))
    found = explain(sqlite_error(sqlite3.SQLITE_IOERR, "disk I/O error"), FOLDER)
    assert "reports an error (disk I/O error)" in str(found)
