"""Read regular files, safely and only once."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager

from explorer.errors import PhotoError, PhotoInUse
from explorer.photos.limits import check_size
from explorer.systems import file_calls
from explorer.systems.this_system import this_system

# Non-blocking, because opening a pipe without a writer would never return.
_FLAGS = (
    os.O_RDONLY
    | getattr(os, "O_BINARY", 0)
    | getattr(os, "O_NONBLOCK", 0)
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_NOCTTY", 0)
)
_CHUNK = 1 << 24


def read_file(path: str | os.PathLike[str]) -> bytes:
    """All bytes of a file. Raises PhotoError with a plain-language reason."""
    return read_with_stat(path)[0]


def read_with_stat(path: str | os.PathLike[str]) -> tuple[bytes, os.stat_result]:
    """The bytes of a file, and its stat result after the last byte was read. Raises PhotoError.

    Reads no more than the size of the file when it was opened, so that reading a file that keeps
    growing ends. The size in the stat result then differs from the number of bytes.
    """
    with open_regular(path) as (handle, facts):
        check_size(facts.st_size)
        return _read(handle, facts.st_size), os.fstat(handle)


def read_at_most(path: str | os.PathLike[str], most: int) -> bytes:
    """The bytes of a small file.

    Raises FileNotFoundError if it does not exist, and PhotoError if it cannot be read or has more
    than `most` bytes.
    """
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
    """Open a regular file, or a link to one, for the block. Yields its descriptor and stat result.

    Raises PhotoError if it cannot be opened or is not a regular file, and for an OSError in the
    block. Devices are not opened at all, because opening can start them.
    """
    try:
        handle, facts = open_handle(path)
        try:
            yield handle, facts
        finally:
            os.close(handle)
    except (FileNotFoundError, NotADirectoryError) as error:
        raise PhotoError("the file no longer exists") from error
    except PermissionError as error:
        if this_system().is_in_use(error):
            raise PhotoInUse(
                "another program is using it: it will be read once that program closes it"
            ) from error
        raise PhotoError("you are not allowed to read this file: check its permissions") from error
    except OSError as error:
        raise PhotoError(
            f"the file could not be read from its drive ({error.strerror or error})"
        ) from error


def open_handle(path: str | os.PathLike[str]) -> tuple[int, os.stat_result]:
    """Open a regular file for reading. Returns its descriptor, which the caller must close, and its
    stat result.

    Never waits for a pipe and never starts a device. Raises PhotoError if it is not a regular file,
    and OSError if it cannot be opened.
    """
    _check_kind(file_calls.stat(path))
    handle = file_calls.open_descriptor(path, _FLAGS)
    try:
        facts = os.fstat(handle)
        # Another file may have replaced it in the meantime.
        _check_kind(facts)
    except BaseException:
        os.close(handle)
        raise
    return handle, facts


def is_here(path: str | os.PathLike[str]) -> bool:
    """Whether a file can be read without downloading it from a cloud service; False if it does not
    exist. Work that the user has not asked for reads only such files."""
    try:
        return not this_system().is_in_cloud(file_calls.stat(path))
    except OSError:
        return False


def _check_kind(facts: os.stat_result) -> None:
    if reason := why_not_regular(facts):
        raise PhotoError(reason)


def why_not_regular(facts: os.stat_result) -> str | None:
    """A plain-language reason why something is not a regular file; None for a regular file."""
    if stat.S_ISDIR(facts.st_mode):
        return "it is a folder, not a file"
    return (
        None
        if stat.S_ISREG(facts.st_mode)
        else "it is a device, a pipe or a socket, not a regular file"
    )


def _read(handle: int, size: int) -> bytes:
    pieces, left = list[bytes](), size
    while left and (piece := os.read(handle, min(left, _CHUNK))):
        pieces.append(piece)
        left -= len(piece)
    return pieces[0] if len(pieces) == 1 else b"".join(pieces)
