"""Folders from which nothing is ever removed: table `protected`."""

from __future__ import annotations

import functools
import os
import time
from collections.abc import Iterable, Iterator

from explorer.errors import UsageError
from explorer.library.catalog import Catalog
from explorer.library.connection import write_transaction
from explorer.library.mounts import MountLocations
from explorer.library.paths import from_text, inside, to_text
from explorer.systems import file_calls


def protected_folders(catalog: Catalog) -> list[str]:
    """The absolute paths of the folders from which nothing is removed."""
    with catalog.reading() as db:
        return [from_text(row[0]) for row in db.execute("select path from protected order by path")]


def protect_folder(catalog: Catalog, folder: str) -> None:
    """Never remove anything from this absolute folder or its subfolders. It need not exist now: its
    drive may be offline. Raises UsageError for a relative path."""
    if not os.path.isabs(folder):
        raise UsageError(f"The folder {to_text(folder)} must be given as a full path.")
    with write_transaction(catalog.path) as db:
        db.execute(
            "insert or ignore into protected values (?, ?)",
            (to_text(os.path.normpath(folder)), time.time()),
        )


def unprotect_folder(catalog: Catalog, folder: str) -> None:
    """Allow removals from that folder again."""
    with write_transaction(catalog.path) as db:
        db.execute("delete from protected where path = ?", (to_text(folder),))


class ProtectedFolders:
    """Tells which paths are in protected folders, by any of their names: links and mounts are
    resolved on both sides."""

    def __init__(self, folders: Iterable[str], locations: MountLocations | None = None) -> None:
        """locations: resolves mounts; by default those of this computer now."""
        self._folders = list(folders)
        self._real = [os.path.realpath(folder) for folder in self._folders]
        self._ids = {
            found for folder in self._real if (found := _device_and_inode(folder)) is not None
        }
        self._locations = locations or (MountLocations() if self._folders else MountLocations(()))
        self._known: dict[str, bool] = {}
        self._identity = functools.cache(_device_and_inode)

    def covers(self, path: str) -> bool:
        """Whether this file is protected. Each folder is checked once."""
        if not self._folders:
            return False
        folder = os.path.dirname(path)
        if folder not in self._known:
            self._known[folder] = self._covers(folder)
        return self._known[folder]

    def _covers(self, folder: str) -> bool:
        real = os.path.realpath(folder)
        if any(_inside(folder, each) for each in self._folders) or any(
            _inside(real, each) for each in self._real
        ):
            return True
        if any(self._locations.inside(folder, each) for each in self._folders):
            return True
        # Mounts that the mount table does not show.
        return bool(self._ids) and any(self._identity(each) in self._ids for each in _upwards(real))


def _upwards(folder: str) -> Iterator[str]:
    """A folder and its ancestors, innermost first."""
    yield folder
    while (above := os.path.dirname(folder)) != folder:
        folder = above
        yield folder


def _device_and_inode(folder: str) -> tuple[int, int] | None:
    """Device and inode of a folder; None if it is absent, or its file system has no inodes."""
    try:
        facts = file_calls.stat(folder)
    except OSError:
        return None
    return (facts.st_dev, facts.st_ino) if facts.st_ino else None


def _inside(path: str, folder: str) -> bool:
    # Some systems do not distinguish “Photos” from “photos”; on others this protects a little more
    # than needed.
    return inside(path.casefold(), folder.casefold())
