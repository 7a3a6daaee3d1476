"""Whether two paths are two files, two names of one file, or one and the same name seen twice.

A file's id (device and inode) tells most of it, but not all: some file systems number nothing (the
id is 0), and overlays, unions and network drives show a file once more under an id of its own. What
ids do not tell is found out by a change made at one path and looked for at the other.
"""

from __future__ import annotations

import contextlib
import errno
import os
import stat
import unicodedata
from collections.abc import Iterable

from explorer.removal.safe_move import file_hash

# A time that any file system can hold to the nanosecond: whole, even seconds, as FAT counts them; a
# day away from what it was.
_DAY, _GRAIN = 86_400 * 10**9, 2 * 10**9


def same_directory_entry(one: str, two: str) -> bool:
    """Whether two paths are known to be one name of one file: through links to folders, mounts, or
    a system that ignores case.

    Two hard links are not: each can go without the other. False proves nothing. Raises OSError
    where one of them is not there.
    """
    first, second = os.lstat(one), os.lstat(two)
    if not (first.st_ino and second.st_ino):
        return _real(one) == _real(two)
    if (first.st_dev, first.st_ino) != (second.st_dev, second.st_ino):
        return False
    if first.st_nlink < 2:
        return True
    return _name(one) == _name(two) and _same_folder(one, two)


def are_hard_links(one: str, two: str) -> bool:
    """Whether two paths are proven to be different names of one file, so that its content stays
    when either of them goes.

    KeeperProof is an id, at least two links, different folders or names, and equal bytes. Raises OSError
    where one of them is not there.
    """
    first, second = os.lstat(one), os.lstat(two)
    if (
        not first.st_ino
        or (first.st_dev, first.st_ino) != (second.st_dev, second.st_ino)
        or min(first.st_nlink, second.st_nlink) < 2
    ):
        return False
    if same_directory_entry(one, two):
        return False
    return stat.S_ISLNK(first.st_mode) or file_hash(one) == file_hash(two)


def is_redundant(spare: str, kept: str) -> bool:
    """Whether `spare` can go because `kept` holds the same bytes and is proven to be another name
    or another file.

    May set and restore the time of `spare`. Raises OSError where one of them is not there or cannot
    be read.
    """
    if are_hard_links(spare, kept):
        return True
    if same_directory_entry(spare, kept):
        return False
    if os.path.islink(spare) or os.path.islink(kept):
        # A link's own times may not be settable. Two links with ids of their own that lead to the
        # same place can be told apart.
        return (
            os.path.islink(spare)
            and os.path.islink(kept)
            and _apart(spare, kept)
            and os.readlink(spare) == os.readlink(kept)
        )
    return file_hash(spare) == file_hash(kept) and mtime_change_shows(spare, kept) is False


def mtime_change_shows(changed: int | str, kept: str) -> bool | None:
    """Whether a change of one file's time is seen at the other path: then both are one file,
    whatever their ids say.

    changed: path, or descriptor, of a file that is ours to change; its times are restored. None: it
    may not be changed, so that nothing is known. Raises OSError.
    """
    facts, before = os.stat(changed), _fresh_time(kept)
    marked = facts.st_mtime_ns // _GRAIN * _GRAIN - _DAY
    if marked // _GRAIN == before // _GRAIN:
        marked -= _DAY
    try:
        os.utime(changed, ns=(facts.st_atime_ns, marked))
    except PermissionError:
        return None
    try:
        return _fresh_time(kept) != before
    finally:
        os.utime(changed, ns=(facts.st_atime_ns, facts.st_mtime_ns))


def proven_distinct(moved: int | str, kept: str) -> bool:
    """Whether a file that was taken away is proven not to have been the one that is kept. Raises
    OSError."""
    one, two = os.stat(moved), os.stat(kept)
    if one.st_ino and (one.st_dev, one.st_ino) == (two.st_dev, two.st_ino):
        # Another hard link of the file, whose name was not the one that went: it is still there.
        return True
    shows = mtime_change_shows(moved, kept)
    return _apart_by(one, two) if shows is None else not shows


def folder_showing(folder: str, others: Iterable[str], token: str) -> str | None:
    """The first of these folders in which a new file in `folder` shows; None where none does.
    Raises OSError where none can be made.

    token: of whoever asks, one at a time. A file that a cut left is found by it, and goes the next
    time.
    """
    name = f".photo-explorer-{token}.probe"
    probe = os.path.join(folder, name)
    # Only an empty file is taken for one of ours.
    if not (
        os.path.lexists(probe)
        and stat.S_ISREG(os.lstat(probe).st_mode)
        and not os.lstat(probe).st_size
    ):
        os.close(os.open(probe, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    try:
        return next((other for other in others if os.path.lexists(os.path.join(other, name))), None)
    finally:
        os.unlink(probe)


def _fresh_time(path: str) -> int:
    """A file's time as a file system says it on opening, not from what it remembers of a look
    before."""
    handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    try:
        return os.fstat(handle).st_mtime_ns
    finally:
        os.close(handle)


def _apart(one: str, two: str) -> bool:
    return _apart_by(os.lstat(one), os.lstat(two))


def _apart_by(one: os.stat_result, two: os.stat_result) -> bool:
    """Different files by their ids: only within one file system are they comparable."""
    return bool(one.st_ino and two.st_ino) and one.st_dev == two.st_dev and one.st_ino != two.st_ino


def _same_folder(one: str, two: str) -> bool:
    folders = [os.path.dirname(path) or "." for path in (one, two)]
    first, second = (os.stat(folder) for folder in folders)
    if first.st_ino and second.st_ino:
        return os.path.samestat(first, second)
    return os.path.realpath(folders[0]) == os.path.realpath(folders[1])


def _name(path: str) -> str:
    return unicodedata.normalize("NFC", os.path.basename(path)).casefold()


def _real(path: str) -> str:
    return os.path.join(os.path.realpath(os.path.dirname(path) or "."), _name(path))


def delete_redundant(spare: str, kept: str) -> bool:
    """Delete `spare` if it is proven to be a copy or another name of `kept`; gives whether it is
    gone."""
    with contextlib.suppress(FileNotFoundError):
        if not is_redundant(spare, kept):
            return False
        try:
            os.unlink(spare)
        except OSError as error:
            if error.errno not in (errno.EACCES, errno.EPERM, errno.EROFS):
                raise
            return False
    return not os.path.lexists(spare)
