"""Keeping a library from the machine's other users: permission bits of its folder and of everything
in it.

New files get their bits from the process's umask, and libraries that earlier releases made are
tightened when they are opened. Only entries that a library is known to have are touched: the folder
may have been put where a person keeps other things as well. Windows has no such bits; there a
profile's folders are closed to other users by the access lists that they inherit.
"""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase
from pathlib import Path

from explorer.config import data_dir

_OTHERS = 0o077
# Every entry that a library's folder can have, as patterns, and what file managers leave in any
# folder.
_ENTRIES = (
    "catalog*", "*.lock", "app.address", "removals.jsonl*", "token", "open.html", "previews",
    "vectors", "examples", "removed",
)  # fmt: skip
_LEFT_BY_SYSTEMS = (".DS_Store", ".directory", "Thumbs.db", "desktop.ini")
# What was removed keeps its permissions, to have them when it is brought back; it is enough that
# nobody gets into the folder.
_KEPT_AS_IT_IS = "removed"

_at_start: int | None = None


def narrow_umask() -> None:
    """From now on, whatever this process and its children create is for its user alone."""
    global _at_start  # noqa: PLW0603
    if os.name == "nt":
        return
    before = os.umask(_OTHERS)
    if _at_start is None:
        _at_start = before


def user_umask() -> int:
    """The umask that the process was started with: for files that are the person's own, and
    programs that are started for them."""
    if _at_start is not None:
        return _at_start
    # It can only be read by setting it.
    now = os.umask(_OTHERS)
    os.umask(now)
    return now


def make_private(folder: Path) -> None:
    """Take away every permission that others have on a library, and on the user-data folder that
    holds models.

    Folders end as 0700 and files as 0600, without bits that they did not have for their owner.
    Symbolic links are not followed, and what belongs to another user is left as it is. Once a
    folder is closed, what is in it is taken to be closed as well: folders are closed after their
    contents, so that a run that was cut off is made up for by the next.
    """
    if os.name == "nt":
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
    """Everything in a folder, a folder after what is in it."""
    for at, folders, files in os.walk(folder, topdown=False):
        for name in (*files, *folders):
            yield os.path.join(at, name)


def _is_open(path: str) -> bool:
    """Whether others have any permission on it."""
    try:
        return bool(os.lstat(path).st_mode & _OTHERS)
    except FileNotFoundError:
        return False


def _narrow(path: str) -> None:
    # A file may vanish meanwhile, and one that belongs to another user cannot be changed: its owner
    # has said who may read it.
    with contextlib.suppress(FileNotFoundError, PermissionError):
        mode = os.lstat(path).st_mode
        if mode & _OTHERS and (stat.S_ISDIR(mode) or stat.S_ISREG(mode)):
            os.chmod(path, stat.S_IMODE(mode) & ~_OTHERS)
