"""Empty our own folders of removed photos: delete for good what removals moved there.

They take the place of a trash that cannot be searched (`trash.own_folder`), so nothing but this
empties them.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from typing import NamedTuple

from explorer.library.library import Library
from explorer.library.paths import inside
from explorer.library.removal_journal import RemovalEntry, RemovalJournal
from explorer.removal import trash
from explorer.removal.boundaries import Boundaries
from explorer.removal.restore import is_removed_file
from explorer.removal.undo import recover_interrupted
from explorer.systems.this_system import this_system


class RemovedSpace(NamedTuple):
    """What lies in our own folders of removed photos."""

    files: int
    bytes: int
    folders: tuple[str, ...]
    """The folders, each once."""


def removed_space(library: Library) -> RemovedSpace:
    """What this library's removals moved to folders of our own and is still there."""
    files, size, folders = 0, 0, dict[str, None]()
    journal = RemovalJournal(library.dir)
    for entry, folder in _own_entries(library, journal):
        with contextlib.suppress(OSError):
            size += os.lstat(entry.target or "").st_size
            files += 1
            folders[folder] = None
    return RemovedSpace(files, size, tuple(folders))


def empty_removed(library: Library) -> RemovedSpace:
    """Delete these files for good; returns what was deleted. A file is deleted only if it is the
    one that was removed; any other file in these folders stays. Raises LibraryLocked."""
    files, size, folders = 0, 0, dict[str, None]()
    journal = RemovalJournal(library.dir)
    lock = journal.lock()
    try:
        recover_interrupted(library, journal)
        for entry, folder in _own_entries(library, journal):
            target = entry.target or ""
            # What is not on a drive that is connected, or cannot be deleted, stays for the next
            # time.
            with contextlib.suppress(OSError):
                bytes_of_file = os.lstat(target).st_size
                if is_removed_file(entry, target):
                    this_system().delete_file(target)
                    files, size = files + 1, size + bytes_of_file
                    folders[folder] = None
                    _delete_empty(os.path.dirname(target), folder)
    finally:
        lock.release()
    return RemovedSpace(files, size, tuple(folders))


def _own_entries(library: Library, journal: RemovalJournal) -> Iterator[tuple[RemovalEntry, str]]:
    """The files that were moved to a folder of our own, each with that folder."""
    bounds = Boundaries(library, journal)
    for run in journal.runs():
        for entry in run.entries:
            if entry.state != "moved" or entry.target is None or bounds.refusal(entry) is not None:
                continue
            for folder in trash.own_folders(entry.path, library.dir):
                if inside(entry.where, folder) and inside(entry.target, folder):
                    yield entry, folder


def _delete_empty(folder: str, top: str) -> None:
    """Delete a folder and those around it that became empty, up to `top`."""
    while inside(folder, top) and folder != top:
        os.rmdir(folder)
        folder = os.path.dirname(folder)
