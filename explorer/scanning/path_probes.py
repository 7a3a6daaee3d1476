"""Probe single paths: whether a root is there, and the device and inode numbers."""

from __future__ import annotations

from typing import Literal

from explorer import int64
from explorer.scanning.ignore import ignored_by_default
from explorer.systems import file_calls

NO_SUCH_FILE = -1
"""Stands for the inode number of a file that does not exist; no file system uses it."""


def root_state(root: str) -> Literal["there", "empty", "absent"]:
    """Whether a root can be listed and holds anything. A disconnected drive appears as absent or,
    if its mount point remains, as empty."""
    try:
        with file_calls.scandir(root) as entries:
            return (
                "there" if any(not ignored_by_default(entry.name) for entry in entries) else "empty"
            )
    except OSError:
        return "absent"


def device_of(folder: str) -> str | None:
    """The device number of the file system that a folder is on, or None if there is no such
    folder."""
    try:
        return str(file_calls.stat(folder).st_dev)
    except OSError:
        return None


def inode_of(path: str) -> int | None:
    """The inode number of a file, with links followed; NO_SUCH_FILE if it does not exist, None if
    that cannot be determined."""
    try:
        return int64.file_id(file_calls.stat(path).st_ino)
    except (FileNotFoundError, NotADirectoryError):
        return NO_SUCH_FILE
    except OSError:
        return None
