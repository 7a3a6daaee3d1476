"""The system's trash, by Send2Trash; and where a file that went there lies now, so that it can be brought back.

Desktops of the freedesktop.org kind (Linux, BSD) keep beside each file in the trash a note of where it came from (Trash specification 1.0),
which can be read. Windows and macOS do not let other programs find out. There a file goes to a folder of our own on the same drive
(`aside`), from which it can be brought back as surely.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote_to_bytes

from explorer.review.moving import file_hash, stamp

_SUFFIX = ".trashinfo"
ASIDE = ".photo-explorer-removed"


class Trashed(NamedTuple):
    """A file in the trash, and the trash's note about it."""

    path: str
    info: str


def readable() -> bool:
    """Whether this system lets us find in its trash what we put there."""
    return os.name == "posix" and sys.platform != "darwin"


def send(path: str) -> None:
    """Move a file to the system's trash. Raises OSError."""
    from send2trash import send2trash

    send2trash(path)


def find(path: str, digest: str, inode: int | None = None) -> Trashed | None:
    """Where a file lies in the trash that came from this path and has this content; None where it is not there. Of several, the latest.

    digest: hex; what a link leads to is not looked at. inode: the file's own, which a move within a drive keeps, so that nothing need
    be read.
    """
    found = list[tuple[float, Trashed]]()
    for trash in _trashes(path):
        with contextlib.suppress(OSError), os.scandir(os.path.join(trash, "files")) as listed:  # noqa: PTH118
            for entry in listed:
                info = os.path.join(trash, "info", entry.name + _SUFFIX)  # noqa: PTH118
                if inode is not None and entry.inode() == inode and _origin(info, trash) == _plain(path):
                    return Trashed(entry.path, info)
        found += _notes(trash, path)
    for _, each in sorted(found, reverse=True):
        with contextlib.suppress(OSError):
            if os.path.islink(each.path) or file_hash(each.path) == digest:  # noqa: PTH114
                return each
    return None


def forget(info: str | None) -> None:
    """Drop the trash's note about a file that has left it."""
    if info is not None:
        with contextlib.suppress(OSError):
            os.unlink(info)  # noqa: PTH108


def aside(path: str, library: Path) -> str:
    """A folder of our own on the drive of this file: in the library where that is on the same drive, else at the drive's top."""
    own = os.path.join(library, "removed")  # noqa: PTH118
    device = os.lstat(path).st_dev
    if os.stat(library).st_dev == device:  # noqa: PTH116
        return own
    top = os.path.join(_mount(path), ASIDE)  # noqa: PTH118
    with contextlib.suppress(OSError):
        os.makedirs(top, mode=0o700, exist_ok=True)  # noqa: PTH103
        if stamp(top).device == device:
            return top
    return own


def _trashes(path: str) -> Iterator[str]:
    """Where a file of this path can have gone, by the specification and by Send2Trash."""
    data = os.environ.get("XDG_DATA_HOME") or os.path.expanduser("~/.local/share")  # noqa: PTH111
    yield os.path.join(data, "Trash")  # noqa: PTH118
    top = _mount(path)
    user = os.getuid() if hasattr(os, "getuid") else 0
    yield os.path.join(top, ".Trash", str(user))  # noqa: PTH118
    yield os.path.join(top, f".Trash-{user}")  # noqa: PTH118


def _mount(path: str) -> str:
    at = os.path.realpath(os.path.dirname(path))  # noqa: PTH120
    while not os.path.ismount(at) and at != os.path.dirname(at):  # noqa: PTH120
        at = os.path.dirname(at)  # noqa: PTH120
    return at


def _notes(trash: str, path: str) -> Iterator[tuple[float, Trashed]]:
    """The notes of a trash about this path, each with its time."""
    try:
        with os.scandir(os.path.join(trash, "info")) as listed:  # noqa: PTH118
            entries = list(listed)
    except OSError:
        return
    for entry in entries:
        if entry.name.endswith(_SUFFIX) and _origin(entry.path, trash) == _plain(path):
            lies = os.path.join(trash, "files", entry.name[: -len(_SUFFIX)])  # noqa: PTH118
            if os.path.lexists(lies):
                yield entry.stat().st_mtime, Trashed(lies, entry.path)


def _origin(info: str, trash: str) -> str | None:
    """Where a note says that its file came from."""
    try:
        lines = Path(info).read_bytes().splitlines()
    except OSError:
        return None
    for line in lines:
        if line.startswith(b"Path="):
            path = os.fsdecode(unquote_to_bytes(line[5:]))
            # In a trash at a drive's top, paths are relative to the top; in the home's, Send2Trash takes them from the data folder.
            top = os.path.dirname(trash)  # noqa: PTH120
            if os.path.basename(top) == ".Trash":  # noqa: PTH119
                top = os.path.dirname(top)  # noqa: PTH120
            return _plain(os.path.join(top, path))  # noqa: PTH118
    return None


def _plain(path: str) -> str:
    """A path by the real name of its folder; the file itself may be a link, and stays one."""
    folder, name = os.path.split(path)
    return os.path.join(os.path.realpath(folder), name)  # noqa: PTH118
