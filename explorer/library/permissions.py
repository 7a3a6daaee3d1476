"""Keep a library private from the machine's other users, by the permission bits of its folder and
of all files in it.

New files get their bits from the process's umask, and libraries made by earlier releases are
tightened when they are opened. Only entries that a library is known to have are changed: the folder
may hold other things, too. Windows has no such bits; there, the folders of a profile inherit access
control lists that exclude other users.
"""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase
from pathlib import Path

from explorer.config import data_dir
from explorer.systems.this_system import this_system

_OTHERS = 0o077
# Every entry that a library's folder can have, as patterns, and files that file managers leave
# anywhere.
_ENTRIES = (
    "catalog*", "*.lock", "app.address", "removals.jsonl*", "token", "open.html", "previews",
    "vectors", "examples", "regions", "relevance", "screens", "removed",
)  # fmt: skip
_LEFT_BY_SYSTEMS = (".DS_Store", ".directory", "Thumbs.db", "desktop.ini")
# Removed photos keep their permissions for when they are restored; it is enough that no other user
# can enter the folder.
_KEPT_AS_IT_IS = "removed"

_at_start: int | None = None


def narrow_umask() -> None:
    """Make all files that this process and its children create from now on private to its user."""
    global _at_start  # noqa: PLW0603
    if not this_system().has_permission_bits:
        return
    before = os.umask(_OTHERS)
    if _at_start is None:
        _at_start = before


def user_umask() -> int:
    """The umask that the process was started with: for the user's own files, and for programs
    started on their behalf."""
    if _at_start is not None:
        return _at_start
    # It can only be read by setting it.
    now = os.umask(_OTHERS)
    os.umask(now)
    return now


def make_private(folder: Path) -> None:
    """Remove every permission of other users from a library, and from the user-data folder that
    holds models.

    Folders become 0700 and files 0600, minus bits that their owner did not have. Symbolic links are
    not followed, and files of another user are left alone. A private folder is assumed to have
    private contents: folders are changed after their contents, so an interrupted run is completed
    by the next.
    """
    if not this_system().has_permission_bits:
        return
    with contextlib.suppress(FileNotFoundError), os.scandir(folder) as listed:
        entries = list(listed)
        for entry in entries:
            if _matches(entry.name, _ENTRIES):
                if (
                    entry.name != _KEPT_AS_IT_IS
                    and _is_open(entry.path)
                    and entry.is_dir(follow_symlinks=False)
                ):
                    for below in _below(entry.path):
                        _narrow(below)
                _narrow(entry.path)
        if all(_matches(entry.name, (*_ENTRIES, *_LEFT_BY_SYSTEMS)) for entry in entries):
            _narrow(os.fspath(folder))
    _narrow(os.fspath(data_dir()))


def _matches(name: str, patterns: Iterable[str]) -> bool:
    return any(fnmatchcase(name, pattern) for pattern in patterns)


def _below(folder: str) -> Iterator[str]:
    """Everything in a folder, each subfolder after its contents."""
    for at, folders, files in os.walk(folder, topdown=False):
        for name in (*files, *folders):
            yield os.path.join(at, name)


def _is_open(path: str) -> bool:
    """Whether other users have any permission on it."""
    try:
        return bool(os.lstat(path).st_mode & _OTHERS)
    except FileNotFoundError:
        return False


def _narrow(path: str) -> None:
    # A file may vanish in the meantime, and one that belongs to another user cannot be changed.
    with contextlib.suppress(FileNotFoundError, PermissionError):
        mode = os.lstat(path).st_mode
        if mode & _OTHERS and (stat.S_ISDIR(mode) or stat.S_ISREG(mode)):
            os.chmod(path, stat.S_IMODE(mode) & ~_OTHERS)
