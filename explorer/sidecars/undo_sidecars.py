"""Restore the sidecars that a run changed, and delete those that it created."""

from __future__ import annotations

import os
from typing import NamedTuple

from explorer.config import PROGRAM
from explorer.errors import UsageError
from explorer.library.library import Library
from explorer.library.paths import printable
from explorer.library.removal_journal import RemovalJournal
from explorer.library.sidecar_journal import SidecarEntry, SidecarRun, sidecar_runs
from explorer.removal import file_state
from explorer.removal.boundaries import Boundaries
from explorer.removal.checked_files import restore_failure
from explorer.removal.safe_move import FileChanged
from explorer.removal.sidecar_restore import keep_written_sidecar, restore_written
from explorer.sidecars.write_sidecars import finish_interrupted
from explorer.systems import file_calls


class UndoneSidecar(NamedTuple):
    """What became of one sidecar."""

    path: str
    undone: bool
    """Whether it is as it was before the run; False also if it was left alone because somebody has
    changed it since."""
    note: str = ""
    """What the user should know; '' if nothing."""


def sidecar_history(library: Library) -> list[SidecarRun]:
    """Every run that wrote sidecars, the latest first."""
    return sidecar_runs(RemovalJournal(library.dir))[::-1]


def undo_sidecars(
    library: Library, run_id: str | None = None
) -> tuple[SidecarRun, list[UndoneSidecar]]:
    """Undo this run, or the last one that can be undone.

    A sidecar that somebody has changed since is left alone. Whatever cannot be undone now can be
    tried again. Raises UsageError if there is nothing to undo, LibraryLocked and LibraryError.
    """
    journal = RemovalJournal(library.dir)
    lock = journal.lock()
    try:
        finish_interrupted(journal)
        runs = [run for run in sidecar_runs(journal) if run_id in (None, run.id) and run.pending]
        if not runs:
            raise UsageError(
                f"There are no such sidecars to undo: `{PROGRAM} undo --list` lists them."
            )
        bounds = Boundaries(library, journal)
        done = [_undo(library, journal, bounds, entry) for entry in runs[-1].pending[::-1]]
        return runs[-1], done[::-1]
    finally:
        lock.release()


def _undo(
    library: Library, journal: RemovalJournal, bounds: Boundaries, entry: SidecarEntry
) -> UndoneSidecar:
    path, note = str(entry.sidecar["path"]), ""
    if not _is_ours(bounds, entry.photo, path):
        return UndoneSidecar(
            path, False, "it is not, or is no longer, in a folder of this library: add that again"
        )
    if not file_calls.lexists(path) and not file_calls.lexists(entry.photo):
        return UndoneSidecar(
            path,
            False,
            "neither it nor its photo is there: connect the drive that they may be on, then undo"
            " again",
        )
    try:
        if file_calls.lexists(path) and file_state.file_hash(path) == entry.sidecar["after"]:
            keep_written_sidecar(library, entry.token, path)
        restore_written(entry.sidecar)
    except FileChanged:
        note = "it has changed since, and was left as it is"
    except OSError as error:
        return UndoneSidecar(path, False, restore_failure("it", error, path))
    journal.note(run=entry.run, step="unwritten", number=entry.number)
    return UndoneSidecar(path, not note, note)


def _is_ours(bounds: Boundaries, photo: str, path: str) -> bool:
    """Whether a path can be the photo's sidecar, in a folder of this library. The journal is a text
    file that anybody can edit, so it is not trusted."""
    (folder, name), (photo_folder, photo_name) = os.path.split(path), os.path.split(photo)
    stem, ending = os.path.splitext(name.lower())
    names = (photo_name.lower(), os.path.splitext(photo_name.lower())[0])
    is_named = ending == ".xmp" and stem in names
    return folder == photo_folder and is_named and bounds.root_of(path) is not None


def shown(each: UndoneSidecar) -> str:
    """A sidecar's name and what the user should know about it."""
    return f"{printable(os.path.basename(each.path))}: {each.note}"
