"""Restore the sidecars that a run changed, and delete those that it created."""

from __future__ import annotations

import itertools
import os
from collections.abc import Sequence
from typing import NamedTuple

from explorer.config import PROGRAM
from explorer.errors import UsageError
from explorer.library.library import Library
from explorer.library.paths import printable
from explorer.library.removals.removal_journal import RemovalJournal
from explorer.library.removals.sidecar_journal import SidecarEntry, SidecarRun, sidecar_runs
from explorer.removal import file_state
from explorer.removal.boundaries import Boundaries
from explorer.removal.checked_files import restore_failure
from explorer.removal.safe_move import FileChanged
from explorer.removal.sidecar_restore import has_changed, keep_written_sidecar, restore_written
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

    A sidecar that has changed since is left alone. Whatever cannot be undone now can be tried
    again: a sidecar that a later run has extended, for example, once that run is undone. Raises
    UsageError if there is nothing to undo, LibraryLocked and LibraryError.
    """
    journal = RemovalJournal(library.dir)
    lock = journal.lock()
    try:
        finish_interrupted(journal)
        runs = sidecar_runs(journal)
        pending = [run for run in runs[::-1] if run_id in (None, run.id) and run.pending]
        if not pending:
            raise UsageError(
                f"There are no such sidecars to undo: `{PROGRAM} undo --list` lists them."
            )
        chosen = last_undoable(pending) or pending[0]
        bounds = Boundaries(library, journal)
        later = runs[runs.index(chosen) + 1 :]
        done = [_undo(library, journal, bounds, entry, later) for entry in chosen.pending[::-1]]
        return chosen, done[::-1]
    finally:
        lock.release()


def last_undoable(history: Sequence[SidecarRun]) -> SidecarRun | None:
    """The latest run that can be undone, at least in part: not all of its sidecars have changed
    since. history: the latest run first."""
    return next(
        (run for run in history if not all(has_changed(each.sidecar) for each in run.pending)), None
    )


def _undo(
    library: Library,
    journal: RemovalJournal,
    bounds: Boundaries,
    entry: SidecarEntry,
    later: Sequence[SidecarRun],
) -> UndoneSidecar:
    path = str(entry.sidecar["path"])
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
        return UndoneSidecar(path, False, _why_changed(path, later))
    except OSError as error:
        return UndoneSidecar(path, False, restore_failure("it", error, path))
    journal.note(run=entry.run, step="unwritten", number=entry.number)
    return UndoneSidecar(path, True)


def _why_changed(path: str, later: Sequence[SidecarRun]) -> str:
    """Why a sidecar does not have the content that a run wrote. later: the runs after that one."""
    entries = itertools.chain.from_iterable(run.pending for run in later)
    again = [entry.run for entry in entries if entry.sidecar["path"] == path]
    if again:
        return f"it was written again since: undo {again[-1]} first"
    return "it has changed since, and was left as it is"


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
