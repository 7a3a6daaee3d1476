"""Empty our own folders of removed photos: permanently delete what removals moved there.

They replace the system's trash where it cannot be searched (`trash.own_folder`), so nothing else
empties them.
"""

from __future__ import annotations

import contextlib
import itertools
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from explorer.library.file_lookup import paths_with_content
from explorer.library.library import Library
from explorer.library.paths import inside
from explorer.library.removals.removal_folders import removal_folders
from explorer.library.removals.removal_journal import RemovalEntry, RemovalJournal
from explorer.removal import file_state, trash
from explorer.removal.boundaries import Boundaries
from explorer.removal.file_identity import same_directory_entry
from explorer.removal.results import TRASH
from explorer.removal.undo import recover_interrupted
from explorer.systems import file_calls
from explorer.systems.this_system import this_system


class RemovedSpace(NamedTuple):
    """What lies in our own folders of removed photos."""

    files: int
    bytes: int
    folders: tuple[str, ...]
    """The folders, each once."""


class Emptied(NamedTuple):
    """The result of emptying these folders."""

    files: int
    """The number of deleted files."""
    staying: int
    """The number of files that stay because the file that was kept for them is not there."""
    failed: int
    """The number of files that could not be deleted, because a program has them open or they are
    protected; deleting them can be tried again."""


def removed_space(library: Library) -> RemovedSpace:
    """The files that this library's removals moved to folders of our own and that are still
    there."""
    files, size, folders = 0, 0, dict[str, None]()
    for family, folder in _own_families(library, RemovalJournal(library.dir)):
        for entry in family:
            with contextlib.suppress(OSError):
                size += file_calls.lstat(entry.target or "").st_size
                files += 1
                folders[folder] = None
    return RemovedSpace(files, size, tuple(folders))


def empty_removed(library: Library) -> Emptied:
    """Delete these files for good. Raises LibraryLocked.

    A file is deleted only if it is the file that was removed, and if the file that was kept for it
    is there at this moment; any other file in these folders stays.
    """
    files, staying, failed = 0, 0, 0
    journal = RemovalJournal(library.dir)
    lock = journal.lock()
    try:
        recover_interrupted(library, journal)
        for family, folder in _own_families(library, journal):
            ours = [entry for entry in family if _is_there(entry)]
            # Companions are of no use without their photo, and stay with it.
            if ours and not all(_is_still_kept(library, entry) for entry in family):
                staying += len(ours)
                continue
            for entry in ours:
                target = entry.target or ""
                try:
                    this_system().delete_file(target)
                except OSError:
                    failed += 1
                    continue
                files += 1
                with contextlib.suppress(OSError):
                    _delete_empty(os.path.dirname(target), folder)
    finally:
        lock.release()
    return Emptied(files, staying, failed)


def _own_families(
    library: Library, journal: RemovalJournal
) -> Iterator[tuple[list[RemovalEntry], str]]:
    """Each group of a photo and its companions that was moved to a folder of our own, and that
    folder."""
    bounds = Boundaries(library, journal)
    # Includes folders in an earlier home, in case the environment names another one now.
    known = [
        folder
        for folder in removal_folders(library.catalog, journal)
        if os.path.basename(folder) in trash.OWN_FOLDERS
    ]
    for run in journal.runs():
        for family in run.families:
            # Files that undo could not put back yet belong to a photo that is in use again.
            if family[-1].of is not None or family[-1].state != "moved":
                continue
            found = dict[str, list[RemovalEntry]]()
            for entry in family:
                folder = _own_folder(entry, library.dir, known)
                if folder is not None and bounds.refusal(entry) is None:
                    found.setdefault(folder, []).append(entry)
            yield from ((entries, folder) for folder, entries in found.items())


def _own_folder(entry: RemovalEntry, library: Path, known: Sequence[str]) -> str | None:
    """The folder of our own that a file was moved to; None if it was moved elsewhere. For a file in
    the trash, no path is examined: a removal to the trash may have thousands of files."""
    if entry.state != "moved" or entry.target is None or entry.where == TRASH:
        return None
    for folder in itertools.chain(known, trash.own_folders(entry.path, library)):
        if inside(entry.where, folder) and inside(entry.target, folder):
            return folder
    return None


def _is_there(entry: RemovalEntry) -> bool:
    """Whether the removed file is where it was moved to. Its content decides (for a link, its
    target), because inode numbers are reused for other files."""
    target = entry.target or ""
    if "link" in entry.facts:
        with contextlib.suppress(OSError):
            return bool(file_calls.readlink(target) == entry.facts["link"])
        return False
    return file_state.has_content(target, entry.hash)


def _is_still_kept(library: Library, entry: RemovalEntry) -> bool:
    """Whether the file that was kept for a removed one is there, or another file with the content
    of either; True if none was kept."""
    if entry.keeper is None:
        return True
    kept = entry.keeper_hash or entry.hash
    if _is_another_file(entry.keeper, kept, entry):
        return True
    return any(
        _is_another_file(path, digest, entry)
        for digest in dict.fromkeys((kept, entry.hash))
        for path in paths_with_content(library.catalog, digest)
    )


def _is_another_file(path: str, digest: str, entry: RemovalEntry) -> bool:
    """Whether there is a file with that content at a path, and it is not the removed one."""
    target = entry.target or ""
    with contextlib.suppress(OSError):
        if file_calls.lexists(target) and same_directory_entry(path, target):
            return False
        return file_state.has_content(path, digest)
    return False


def _delete_empty(folder: str, top: str) -> None:
    """Delete a folder and the folders around it, up to but excluding `top`, as long as they are
    empty. Raises OSError at the first that is not."""
    while inside(folder, top) and folder != top:
        file_calls.rmdir(folder)
        folder = os.path.dirname(folder)
