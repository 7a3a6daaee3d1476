"""Write new files under temporary names of our own: they are created exclusively, synced, and
deleted again if anything fails."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
from collections.abc import Callable
from typing import BinaryIO

from explorer.systems import file_calls
from explorer.systems.this_system import this_system

_CHUNK = 1 << 20
# Binary mode, because Windows would translate line endings otherwise.
_NEW_FILE = os.O_CREAT | os.O_EXCL | os.O_WRONLY | getattr(os, "O_BINARY", 0)


def part_name(token: str = "") -> str:
    """The temporary name of a copy in progress. It is hidden, so that no program takes the file for
    a photo.

    token: from the journal, so that a copy that an interrupted run left can be found and is known
    to be ours. Without a token, the name is random.
    """
    return f".photo-explorer-{token or secrets.token_hex(8)}.part"


def delete_part(folder: str, token: str) -> None:
    """Delete the unfinished copy that an interrupted run left. If that fails, the next attempt
    uses another name."""
    discard(os.path.join(folder, part_name(token)))


def make_part(folder: str, token: str, make: Callable[[str], None]) -> str:
    """Call `make` with the path of a temporary file to create, and return that path.

    make: creates the file, and raises FileExistsError if the path is taken. Raises OSError.
    """
    part = os.path.join(folder, part_name(token))
    try:
        make(part)
    except FileExistsError:
        # An unfinished copy of that name could not be deleted.
        part = os.path.join(folder, part_name())
        make(part)
    return part


def create_file(path: str, fill: Callable[[BinaryIO], object]) -> None:
    """Create a file that only its owner can read, and return once its content is on disk.

    fill: writes the content. If it fails, the file is deleted. Raises OSError, and FileExistsError
    if the path is taken; the existing file stays.
    """
    handle = file_calls.open_descriptor(path, _NEW_FILE, 0o600)
    try:
        with os.fdopen(handle, "wb") as new:
            fill(new)
            new.flush()
            this_system().sync_file(new.fileno())
    except BaseException:
        discard(path)
        raise


def copy_file(source: str, part: str) -> None:
    """Copy a file's content to a new file that only its owner can read, and return once it is on
    disk. Raises OSError, and FileExistsError if something exists there."""
    system = this_system()
    if not system.copy_new_file(source, part):
        create_file(part, lambda new: _copy_content(source, new))
        return
    try:
        handle = file_calls.open_descriptor(part, os.O_RDWR | getattr(os, "O_BINARY", 0))
        try:
            system.sync_file(handle)
        finally:
            os.close(handle)
    except BaseException:
        discard(part)
        raise


def copy_owner(source: str, part: str) -> None:
    """Give `part` the owner and the group of `source`, if allowed. Only an administrator may change
    a file's owner; otherwise the new file belongs to this user."""
    owner, ours = file_calls.stat(source), file_calls.stat(part)
    if hasattr(os, "chown") and (owner.st_uid, owner.st_gid) != (ours.st_uid, ours.st_gid):
        # Drives without owners have various errors for this.
        with contextlib.suppress(OSError):
            os.chown(part, owner.st_uid, owner.st_gid)


def discard(part: str) -> None:
    """Delete a file of ours, ignoring errors: the error that led here is the one to report."""
    with contextlib.suppress(OSError):
        try:
            file_calls.unlink(part)
        except PermissionError:
            this_system().unlock(part)
            file_calls.unlink(part)


def sync_folder(folder: str) -> None:
    """Flush a folder's entries to disk, if the system and the drive support that."""
    with contextlib.suppress(OSError):
        this_system().sync_folder(folder)


def _copy_content(source: str, new: BinaryIO) -> None:
    with file_calls.open_binary(source) as old:
        shutil.copyfileobj(old, new, _CHUNK)
