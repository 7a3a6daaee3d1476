"""Reading a file's bytes, once."""

from __future__ import annotations

import os
import stat

from explorer.errors import PhotoError
from explorer.photos.limits import check_size

# What is no ordinary file must not be waited for: opening a pipe that nobody writes to would never return.
_FLAGS = os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NOCTTY", 0)
_PIECE = 1 << 24


def read_file(path: str | os.PathLike[str]) -> bytes:
    """All bytes of a file. Raises PhotoError, with a reason in plain words, where it cannot be read."""
    return read_with_facts(path)[0]


def read_with_facts(path: str | os.PathLike[str]) -> tuple[bytes, os.stat_result]:
    """The bytes of a file, and its size and times as they were after the last byte was read. Raises as `read_file`.

    Never more than the file had when it was opened, so one that grows without end is read to an end; its size then differs from the
    number of bytes. Anything but an ordinary file is refused without being opened: opening a device can set it going.
    """
    try:
        handle, facts = open_regular(path)
        try:
            check_size(facts.st_size)
            return _read(handle, facts.st_size), os.fstat(handle)
        finally:
            os.close(handle)
    except (FileNotFoundError, NotADirectoryError):
        raise PhotoError("the file is not there any more") from None
    except PermissionError:
        raise PhotoError("you are not allowed to read this file: check its permissions") from None
    except OSError as error:
        raise PhotoError(f"the file could not be read from its drive ({error.strerror or error})") from error


def open_regular(path: str | os.PathLike[str]) -> tuple[int, os.stat_result]:
    """Open an ordinary file for reading: its descriptor, to be closed by the caller, and its size and times.

    Never waits for a pipe or sets a device going. Raises PhotoError for anything but an ordinary file, and OSError.
    """
    _check_kind(os.stat(path))  # noqa: PTH116  names that are no UTF-8 pass here as they are
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
    if stat.S_ISDIR(facts.st_mode):
        raise PhotoError("it is a folder, not a file")
    if not stat.S_ISREG(facts.st_mode):
        raise PhotoError("it is no ordinary file but a device, a pipe or a socket")


def _read(handle: int, size: int) -> bytes:
    pieces, left = list[bytes](), size
    while left and (piece := os.read(handle, min(left, _PIECE))):
        pieces.append(piece)
        left -= len(piece)
    return pieces[0] if len(pieces) == 1 else b"".join(pieces)
