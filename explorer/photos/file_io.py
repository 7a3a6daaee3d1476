"""Reading a file's bytes, once."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager

from explorer.errors import PhotoError
from explorer.photos.limits import check_size

# What is no ordinary file must not be waited for: opening a pipe that nobody writes to would never
# return.
_FLAGS = (
    os.O_RDONLY
    | getattr(os, "O_BINARY", 0)
    | getattr(os, "O_NONBLOCK", 0)
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_NOCTTY", 0)
)
_PIECE = 1 << 24
# Windows' ERROR_SHARING_VIOLATION and ERROR_LOCK_VIOLATION.
_SHARING = frozenset({32, 33})


def read_file(path: str | os.PathLike[str]) -> bytes:
    """All bytes of a file. Raises PhotoError, with a reason in plain words, where it cannot be
    read."""
    return read_with_stat(path)[0]


def read_with_stat(path: str | os.PathLike[str]) -> tuple[bytes, os.stat_result]:
    """The bytes of a file, and its size and times as they were after the last byte was read. Raises
    as `read_file`.

    Never more than the file had when it was opened, so one that grows without end is read to an
    end; its size then differs from the number of bytes.
    """
    with open_regular(path) as (handle, facts):
        check_size(facts.st_size)
        return _read(handle, facts.st_size), os.fstat(handle)


def read_at_most(path: str | os.PathLike[str], most: int) -> bytes:
    """The bytes of a small file. Raises as `read_file`, also where it has more than `most` bytes;
    absent files raise FileNotFoundError."""
    try:
        with open_regular(path) as (handle, _):
            data = _read(handle, most + 1)
    except PhotoError as error:
        if isinstance(error.__cause__, FileNotFoundError | NotADirectoryError):
            raise FileNotFoundError(os.fspath(path)) from None
        raise
    if len(data) > most:
        raise PhotoError(f"it has more than {most:,} bytes")
    return data


@contextmanager
def open_regular(path: str | os.PathLike[str]) -> Iterator[tuple[int, os.stat_result]]:
    """A file opened for reading, with its facts, for the length of the block; an OSError in the
    block becomes a PhotoError, too.

    Raises PhotoError where it cannot be opened, and for anything but an ordinary file, or a link to
    one: a device is not opened at all, as that can set it going.
    """
    try:
        handle, facts = open_handle(path)
        try:
            yield handle, facts
        finally:
            os.close(handle)
    except (FileNotFoundError, NotADirectoryError) as error:
        raise PhotoError("the file is not there any more") from error
    except PermissionError as error:
        if getattr(error, "winerror", None) in _SHARING:
            raise PhotoError(
                "another program keeps it open for itself: it is read when that program lets go of it"
            ) from error
        raise PhotoError("you are not allowed to read this file: check its permissions") from error
    except OSError as error:
        raise PhotoError(
            f"the file could not be read from its drive ({error.strerror or error})"
        ) from error


def open_handle(path: str | os.PathLike[str]) -> tuple[int, os.stat_result]:
    """Open an ordinary file for reading: its descriptor, to be closed by the caller, and its size
    and times.

    Never waits for a pipe or sets a device going. Raises PhotoError for anything but an ordinary
    file, and OSError.
    """
    _check_kind(os.stat(path))
    handle = os.open(path, _FLAGS)
    try:
        facts = os.fstat(handle)
        # Another one may have taken its place since.
        _check_kind(facts)
    except BaseException:
        os.close(handle)
        raise
    return handle, facts


def _check_kind(facts: os.stat_result) -> None:
    if reason := why_not_regular(facts):
        raise PhotoError(reason)


def why_not_regular(facts: os.stat_result) -> str | None:
    """Why something cannot be read as a file, in words; None for an ordinary file."""
    if stat.S_ISDIR(facts.st_mode):
        return "it is a folder, not a file"
    return (
        None
        if stat.S_ISREG(facts.st_mode)
        else "it is no ordinary file but a device, a pipe or a socket"
    )


def _read(handle: int, size: int) -> bytes:
    pieces, left = list[bytes](), size
    while left and (piece := os.read(handle, min(left, _PIECE))):
        pieces.append(piece)
        left -= len(piece)
    return pieces[0] if len(pieces) == 1 else b"".join(pieces)
