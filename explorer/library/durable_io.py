"""Write files durably, so that a power cut leaves either the old or the new one, and explain disk
and catalog errors to the user."""

from __future__ import annotations

import errno
import mmap
import os
import shutil
import sqlite3
import zlib
from collections.abc import Callable
from pathlib import Path

from explorer.config import PROGRAM
from explorer.errors import CatalogDamaged, LibraryBusy, LibraryError, LibraryFull
from explorer.library.paths import inside
from explorer.systems.this_system import this_system

_FULL = {errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)}
_FORBIDDEN = {errno.EROFS, errno.EACCES, errno.EPERM}
# Messages of SQLite errors that have no code of their own, for a catalog whose schema or text is
# damaged.
_DAMAGE_MESSAGES = (
    "no such table",
    "no such column",
    "has no column named",
    "already exists",
    "duplicate column",
    "Could not decode",
    "unsupported file format",
)
# Free bytes below which a write may fail at any moment.
ROOM = 16 << 20


def replace_durably(scratch: Path, path: Path) -> None:
    """Replace a file with a finished one whose bytes are synced first: a power cut leaves the old
    or the complete new file."""
    flush(scratch)
    this_system().replace(scratch, path)


def delete_unless_read(path: Path) -> bool:
    """Delete a file of ours, if it exists. Returns whether it is gone: on Windows, a file that a
    process keeps open cannot be deleted. Raises any other OSError."""
    try:
        this_system().patiently(lambda: path.unlink(missing_ok=True))
    except PermissionError as error:
        if not this_system().is_in_use(error):
            raise
        return False
    return True


def flush(path: Path) -> None:
    """Wait until a file's bytes are on the disk (fsync). Raises OSError, also for an earlier write
    that seemed to succeed."""
    handle = os.open(path, os.O_RDWR | getattr(os, "O_BINARY", 0))
    try:
        this_system().sync_file(handle)
    finally:
        os.close(handle)


def has_room(folder: Path) -> bool:
    """Whether the disk of a folder has free space; True if that cannot be determined."""
    try:
        return shutil.disk_usage(folder).free >= ROOM
    except OSError:
        return True


def explain(error: BaseException, folder: Path) -> LibraryError | None:
    """An error of the library in `folder`, in words for the user; None if the error is not about
    the library's files."""
    found: LibraryError | None = None
    if isinstance(error, LibraryError):
        found = error
    elif isinstance(error, UnicodeDecodeError):
        # A damaged file can make SQLite's own messages undecodable.
        found = _damaged(folder, error)
    elif isinstance(error, sqlite3.Error):
        found = _of_sqlite(error, folder)
    elif isinstance(error, OSError):
        found = _of_system(error, folder)
    elif isinstance(error, RuntimeError) and str(folder) in str(error):
        # FAISS names the file that it could not write.
        found = (
            LibraryError(f"The library's index in {folder} cannot be written: {error}.")
            if has_room(folder)
            else _full(folder)
        )
    return found


def _of_system(error: OSError, folder: Path) -> LibraryError | None:
    ours = any(_below(name, folder) for name in (error.filename, error.filename2) if name)
    # An error of writing to an open file names none; only the library's files are written to.
    if error.errno in _FULL and (ours or error.filename is None):
        return _full(folder)
    if ours and this_system().is_in_use(error):
        return LibraryBusy(
            f"Another program has {error.filename2 or error.filename} open: close it, or wait until"
            " it has finished."
        )
    if error.errno in _FORBIDDEN and ours:
        return _read_only(folder)
    return (
        _disk_error(folder, error)
        if error.errno == errno.EIO and (ours or error.filename is None)
        else None
    )


def _of_sqlite(error: sqlite3.Error, folder: Path) -> LibraryError | None:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code in (0, sqlite3.SQLITE_ERROR) and any(words in str(error) for words in _DAMAGE_MESSAGES):
        return _damaged(folder, error)
    makers: dict[int, Callable[[], LibraryError]] = {
        sqlite3.SQLITE_FULL: lambda: _full(folder),
        sqlite3.SQLITE_IOERR: lambda: (
            _disk_error(folder, error) if has_room(folder) else _full(folder)
        ),
        sqlite3.SQLITE_BUSY: lambda: _busy(folder),
        sqlite3.SQLITE_LOCKED: lambda: _busy(folder),
        sqlite3.SQLITE_READONLY: lambda: _read_only(folder),
        sqlite3.SQLITE_PERM: lambda: _read_only(folder),
        sqlite3.SQLITE_CANTOPEN: lambda: _read_only(folder),
        sqlite3.SQLITE_CORRUPT: lambda: _damaged(folder, error),
        sqlite3.SQLITE_NOTADB: lambda: _damaged(folder, error),
    }
    return makers[code]() if code in makers else None


def _busy(folder: Path) -> LibraryBusy:
    return LibraryBusy(
        f"Another program keeps the library's catalog in {folder} locked: close it, or wait until"
        " it has finished."
    )


def _damaged(folder: Path, error: Exception) -> CatalogDamaged:
    return CatalogDamaged(
        f"The library's catalog {folder / 'catalog.db'} is damaged ({error}). No photo is"
        f" affected: `{PROGRAM} verify --repair`"
        " saves what can be read of it, and the next indexing run rebuilds the rest."
    )


def _disk_error(folder: Path, error: Exception) -> LibraryError:
    why = getattr(error, "strerror", None) or error
    return LibraryError(
        f"The disk that holds the library {folder} reports an error ({why}): check the disk."
    )


def _full(folder: Path) -> LibraryFull:
    return LibraryFull(
        f"The disk that holds the library {folder} is full: free some space on it, and indexing"
        " continues where it stopped."
    )


def _read_only(folder: Path) -> LibraryError:
    return LibraryError(
        f"The library's folder {folder} cannot be read and written: change its permissions, or"
        " choose another with --library."
    )


def _below(name: object, folder: Path) -> bool:
    path = os.fsdecode(name) if isinstance(name, (str, bytes, os.PathLike)) else ""
    return inside(path, str(folder))


def checksum(path: Path) -> int:
    """The CRC-32 of a file. Raises ValueError for an empty one."""
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as view:
        return zlib.crc32(view)
