"""Tell whether two paths are two files, two hard links of one file, or one directory entry.

Device and inode number usually decide, but not always: some file systems have no inode numbers
(they report 0), and overlays, unions and network drives may show one file again under another inode
number. In those cases a file's time is changed at one path, to see whether the change shows at the
other.
"""

from __future__ import annotations

import contextlib
import errno
import os
import stat
import unicodedata
from collections.abc import Iterable

from explorer.removal.file_state import file_hash
from explorer.systems import file_calls

_DAY = 86_400 * 10**9
# FAT stores times in steps of two seconds.
_COARSEST_STEP = 2 * 10**9
# Three days before January 19, 2038, when the times of many file systems end (2^31 seconds).
_LAST_DAYS = 2**31 * 10**9 - 3 * _DAY


def same_directory_entry(one: str, two: str) -> bool:
    """Whether two paths are known to lead to one directory entry, by way of links to folders,
    mounts, or a file system that ignores case.

    Two hard links are not one entry: each can be deleted without the other. False proves nothing.
    Raises OSError if one of them does not exist.
    """
    first, second = file_calls.lstat(one), file_calls.lstat(two)
    if not (first.st_ino and second.st_ino):
        return _resolved(one) == _resolved(two)
    if (first.st_dev, first.st_ino) != (second.st_dev, second.st_ino):
        return False
    if min(first.st_nlink, second.st_nlink) < 2:
        return True
    return _folded_name(one) == _folded_name(two) and _same_folder(one, two)


def are_hard_links(one: str, two: str) -> bool:
    """Whether two paths are proven to be different hard links of one file, so that its content
    stays when either of them is deleted.

    The proof is the same inode number, at least two links, different folders or names, and the same
    bytes.
    Raises OSError if one of them does not exist.
    """
    first, second = file_calls.lstat(one), file_calls.lstat(two)
    if not first.st_ino or (first.st_dev, first.st_ino) != (second.st_dev, second.st_ino):
        return False
    # This also holds for a file with a single link.
    if same_directory_entry(one, two):
        return False
    return stat.S_ISLNK(first.st_mode) or file_hash(one) == file_hash(two)


def is_redundant(spare: str, kept: str) -> bool:
    """Whether `spare` can be deleted because `kept` has the same content and is proven to be
    another hard link or another file.

    May set and restore the time of `spare`. Raises OSError if one of them does not exist or
    cannot be read.
    """
    if are_hard_links(spare, kept):
        return True
    if same_directory_entry(spare, kept):
        return False
    if file_calls.islink(spare) or file_calls.islink(kept):
        # It may not be possible to set a link's own times. Two links with different inode numbers
        # that lead to the same place are different files.
        return (
            file_calls.islink(spare)
            and file_calls.islink(kept)
            and _distinct(spare, kept)
            and file_calls.readlink(spare) == file_calls.readlink(kept)
        )
    return file_hash(spare) == file_hash(kept) and mtime_change_shows(spare, kept) is False


def delete_redundant(spare: str, kept: str) -> bool:
    """Delete `spare` if `is_redundant`; returns whether it is gone now. Raises OSError."""
    with contextlib.suppress(FileNotFoundError):
        if not is_redundant(spare, kept):
            return False
        try:
            file_calls.unlink(spare)
        except OSError as error:
            if error.errno not in (errno.EACCES, errno.EPERM, errno.EROFS):
                raise
            return False
    return not file_calls.lexists(spare)


def mtime_change_shows(changed: int | str, kept: str) -> bool | None:
    """Whether a change to one file's modification time shows at the other path. If so, both are one
    file, whatever their inode numbers.

    changed: path or descriptor of a file that we may change; its times are restored. Returns None
    if its times may not be changed and nothing is known. Raises OSError.
    """
    facts, before = file_calls.stat(changed), _read_mtime(kept)
    # A time that every file system can store exactly, a day from the file's own. It is later if
    # possible: macOS sets the creation time back if the new time is earlier.
    step = -_DAY if facts.st_mtime_ns > _LAST_DAYS else _DAY
    marked = facts.st_mtime_ns // _COARSEST_STEP * _COARSEST_STEP + step
    if marked // _COARSEST_STEP == before // _COARSEST_STEP:
        marked += step
    try:
        file_calls.set_times(changed, facts.st_atime_ns, marked)
    except PermissionError:
        return None
    try:
        return _read_mtime(kept) != before
    finally:
        file_calls.set_times(changed, facts.st_atime_ns, facts.st_mtime_ns)


def proven_distinct(moved: int | str, kept: str) -> bool:
    """Whether a file that moved is proven not to be the directory entry that is kept.

    moved: its descriptor or its new path. Raises OSError.
    """
    one, two = file_calls.stat(moved), file_calls.stat(kept)
    if one.st_ino and (one.st_dev, one.st_ino) == (two.st_dev, two.st_ino):
        # The kept path is another hard link to the file, and that link has not moved.
        return True
    shows = mtime_change_shows(moved, kept)
    return _distinct_inodes(one, two) if shows is None else not shows


def folder_showing(folder: str, others: Iterable[str], token: str) -> str | None:
    """The first of `others` in which a new file in `folder` (the probe) shows; None if it shows in
    none. token: identifies the caller, who makes one probe at a time. It is part of the probe's
    name, so a probe that an interrupted run left is recognized and deleted. Raises OSError if no
    probe can be made.
    """
    name = f".photo-explorer-{token}.probe"
    probe = os.path.join(folder, name)
    # Only an empty file is treated as an old probe of ours.
    if not (
        file_calls.lexists(probe)
        and stat.S_ISREG(file_calls.lstat(probe).st_mode)
        and not file_calls.lstat(probe).st_size
    ):
        os.close(file_calls.open_descriptor(probe, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    try:
        return next(
            (other for other in others if file_calls.lexists(os.path.join(other, name))), None
        )
    finally:
        file_calls.unlink(probe)


def _read_mtime(path: str) -> int:
    """A file's modification time (ns) as the file system reports it on opening, not from a cache.
    Raises OSError."""
    handle = file_calls.open_descriptor(path, file_calls.READ_ONLY)
    try:
        return os.fstat(handle).st_mtime_ns
    finally:
        os.close(handle)


def _distinct(one: str, two: str) -> bool:
    return _distinct_inodes(file_calls.lstat(one), file_calls.lstat(two))


def _distinct_inodes(one: os.stat_result, two: os.stat_result) -> bool:
    """Whether two files have different inode numbers, which are comparable only on one device."""
    return bool(one.st_ino and two.st_ino) and one.st_dev == two.st_dev and one.st_ino != two.st_ino


def _same_folder(one: str, two: str) -> bool:
    folders = [os.path.dirname(path) or "." for path in (one, two)]
    first, second = (file_calls.stat(folder) for folder in folders)
    if first.st_ino and second.st_ino:
        return os.path.samestat(first, second)
    return os.path.realpath(folders[0]) == os.path.realpath(folders[1])


def _folded_name(path: str) -> str:
    return unicodedata.normalize("NFC", os.path.basename(path)).casefold()


def _resolved(path: str) -> str:
    return os.path.join(os.path.realpath(os.path.dirname(path)), _folded_name(path))
