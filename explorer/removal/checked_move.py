"""Move one file of a removal, provided that it is still the file that was checked."""

from __future__ import annotations

import contextlib
import os

from explorer.library.paths import printable
from explorer.library.removals.removal_journal import RemovalEntry
from explorer.removal import file_state, safe_move, trash
from explorer.removal.checked_files import CheckedFile, RemovalRefused
from explorer.removal.file_state import file_stamp, stamp_of_stat
from explorer.systems import file_calls
from explorer.systems.this_system import this_system

# Identifies a moved file: an open descriptor, or its new path. None for a symbolic link, which has
# no content of its own, and for a copy without a descriptor.
MovedFile = int | str | None


def open_checked(file: CheckedFile, held: contextlib.ExitStack) -> int | None:
    """Open a file that is about to move; the descriptor is closed with `held`.

    None for links, and on Windows, where an open file cannot be moved. Raises RemovalRefused if the
    path now leads to another file, and OSError.
    """
    if not this_system().can_move_open_files or file.is_link:
        return None
    handle = file_calls.open_descriptor(file.path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    held.callback(os.close, handle)
    opened, named = stamp_of_stat(os.fstat(handle)), file_stamp(file.path)
    # Some file systems without inode numbers assign one to a file while it is open.
    if opened[2:] != named[2:] or (named.inode and opened.inode != named.inode):
        raise RemovalRefused(f"{printable(os.path.basename(file.path))} changed a moment ago")
    return handle


def move_unchanged(entry: RemovalEntry, file: CheckedFile) -> list[str]:
    """Move a file to the place that its journal entry names. Returns what is lost, see
    `safe_move.move`. Raises RemovalRefused if the file has changed since it was checked, and
    FileExistsError and OSError as `safe_move.move` does."""
    if not _is_unchanged(file):
        raise RemovalRefused(f"{name_of(entry)} changed a moment ago")
    if entry.target is None:
        raise RemovalRefused(f"{name_of(entry)} has no destination")
    if entry.info is not None:
        place = trash.TrashEntry(entry.target, entry.info)
        return trash.send(entry.path, entry.hash, place, entry.token)
    return safe_move.move(entry.path, entry.target, entry.hash, entry.token)


def verify_moved(entry: RemovalEntry, target: str, before: file_state.FileStamp) -> bool:
    """Check a file at its new place; returns whether it has the same inode, and so is not a copy.

    before: its stamp when it was checked. Raises RemovalRefused if it is a copy with different
    content, and OSError.
    """
    after = file_stamp(target)
    is_same_inode = bool(after.inode) and (after.inode, after.size, after.mtime_ns) == (
        before.inode,
        before.size,
        before.mtime_ns,
    )
    is_copy = not is_same_inode and not file_calls.islink(target)
    if is_copy and file_state.file_hash(target) != entry.hash:
        raise RemovalRefused(f"{name_of(entry)} changed a moment ago")
    return is_same_inode


def name_of(entry: RemovalEntry) -> str:
    """How messages refer to a file: the photo as “it”, a companion by its name."""
    if entry.of is None:
        return "it"
    return f"its companion file, {printable(os.path.basename(entry.path))},"


def failure_reason(error: Exception, entry: RemovalEntry) -> str:
    """Why a file could not be moved, in words."""
    if isinstance(error, PermissionError):
        if denial := this_system().denial(error, entry.path):
            return f"{name_of(entry).rstrip(',')} {denial}"
        return (
            f"you are not allowed to move {name_of(entry).rstrip(',')}: "
            "check the permissions of the file and its folder"
        )
    if isinstance(error, OSError):
        text = (error.strerror or str(error)).strip()
        return f"{name_of(entry)} cannot be moved: {text[:1].lower()}{text[1:]}"
    return str(error)


def _is_unchanged(file: CheckedFile) -> bool:
    """Whether a file is still what was checked. If only its change time differs (another hard link
    to it may have moved with its photo), its content is read and decides."""
    now = file_stamp(file.path)
    return now == file.stamp or (
        now[:4] == file.stamp[:4] and file_state.file_hash(file.path) == file.hash
    )
