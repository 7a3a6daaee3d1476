"""Undoing removals, and setting right what a removal or an undo left that was cut off."""

from __future__ import annotations

import os
from collections.abc import Callable

from explorer.errors import UsageError
from explorer.library.library import Library
from explorer.library.removal_journal import RemovalEntry, RemovalJournal, RemovalRun
from explorer.library.removal_sync import update_catalog
from explorer.removal import safe_move
from explorer.removal.restore import Restored, Restorer

Tick = Callable[[int, int], None]


def history(library: Library) -> list[RemovalRun]:
    """Every removal, the latest first."""
    return RemovalJournal(library.dir).runs()[::-1]


def undo(
    library: Library, run_id: str | None = None, *, tick: Tick | None = None
) -> tuple[RemovalRun, list[Restored]]:
    """Bring back everything of that run, or of the last one of which anything is away.

    Raises UsageError where there is no such run or nothing to be undone, LibraryLocked and
    LibraryError. What cannot be brought back now can be tried again.
    """
    journal = RemovalJournal(library.dir)
    lock = journal.lock()
    try:
        recover_interrupted(library, journal)
        run, restorer = _wanted(journal, run_id), Restorer(library, journal)
        total, restored = len(run.away), list[Restored]()
        for family in run.families[::-1]:
            # The photo first: what belongs to it follows to where it is put.
            for entry in family[::-1]:
                if entry.away:
                    if tick:
                        tick(len(restored), total)
                    restored.append(restorer.restore(entry, family))
        update_catalog(library, gone=[], back=[each.back for each in restored if each.back])
        return run, restored[::-1]
    finally:
        lock.release()


def _wanted(journal: RemovalJournal, run_id: str | None) -> RemovalRun:
    runs = journal.runs()
    if run_id is None:
        left = [run for run in runs if run.away]
        if not left:
            raise UsageError("There is nothing to be undone: no removed photo is still away.")
        return left[-1]
    run = next((run for run in runs if run.id == run_id), None)
    if run is None:
        raise UsageError(f"There is no removal “{run_id}”: `python run.py undo --list` lists them.")
    if not run.away:
        raise UsageError(f"Everything of the removal {run_id} has been brought back already.")
    return run


def recover_interrupted(library: Library, journal: RemovalJournal) -> None:
    """After a cut: find out where each file of an unfinished step is, and note it. Whoever calls
    holds the journal's lock.

    A file whose keeper is gone, too, comes back, and so does what went along with a photo that
    itself had not gone. Where a file is in neither place that can be seen now, nothing is
    concluded: the next call, and undo, look again.
    """
    restorer = Restorer(library, journal)
    gone, back = list[str](), list[str]()
    for run in journal.runs():
        families = run.families
        for family in families:
            cut = any(entry.state == "intended" for entry in family)
            for entry in family:
                _settle_entry(restorer, entry, gone, back)
            if any(entry.state == "intended" for entry in family):
                continue
            if cut or not run.ended:
                alone = any(
                    _lost_its_keeper(entry, closely=cut or family is families[-1])
                    for entry in family
                )
                if alone or not family[-1].away:
                    back += [
                        restored.back
                        for restored in restorer.restore_all(family, quietly=True)
                        if restored.back
                    ]
        if not run.ended:
            journal.note(run=run.id, step="end", planned=run.planned)
    update_catalog(library, gone=gone, back=back)


def _settle_entry(
    restorer: Restorer, entry: RemovalEntry, gone: list[str], back: list[str]
) -> None:
    if entry.state == "intended":
        try:
            found = restorer.locate(entry)
        except OSError:
            # Left open: undo tries again, and says what the matter is.
            return
        if found != "unknown":
            (gone if found == "moved" else back).append(entry.path)
    elif entry.state == "undoing" and restorer.finish_interrupted(entry) and entry.back:
        back.append(entry.back)


def _lost_its_keeper(entry: RemovalEntry, *, closely: bool) -> bool:
    """Whether a file is away for the sake of one that is not there. closely: read that one, too,
    which the removal had not done yet."""
    if not entry.away or entry.keeper is None:
        return False
    if not os.path.lexists(entry.keeper):
        return True
    return (
        closely
        and entry.keeper_hash is not None
        and not safe_move.has_content(entry.keeper, entry.keeper_hash)
    )
