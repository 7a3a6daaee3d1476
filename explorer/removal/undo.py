"""Undo removals, and recover from a removal or an undo that was interrupted."""

from __future__ import annotations

from explorer.config import PROGRAM
from explorer.errors import UsageError
from explorer.library.library import Library
from explorer.library.removals.removal_journal import RemovalEntry, RemovalJournal, RemovalRun
from explorer.library.removals.removal_sync import update_catalog
from explorer.removal import file_state
from explorer.removal.edit_transfer import carry_over, take_back
from explorer.removal.restore import Restored, Restorer
from explorer.removal.results import Progress
from explorer.systems import file_calls


def history(library: Library) -> list[RemovalRun]:
    """All removals, latest first."""
    return RemovalJournal(library.dir).runs()[::-1]


def undo(
    library: Library, run_id: str | None = None, *, tick: Progress | None = None
) -> tuple[RemovalRun, list[Restored]]:
    """Put back all files of a removal: of this one, or of the latest that still has files away.

    Returns the removal and one result per file; files that cannot be put back now can be tried
    again.
    Raises UsageError if there is no such removal or nothing left to undo, LibraryLocked and
    LibraryError.
    """
    journal = RemovalJournal(library.dir)
    lock = journal.lock()
    try:
        recover_interrupted(library, journal)
        run, restorer = _find_run(journal, run_id), Restorer(library, journal)
        total, restored = len(run.away), list[Restored]()
        for family in run.families[::-1]:
            # The photo goes first, because its companions take names that match the one it gets.
            for entry in family[::-1]:
                if entry.away:
                    if tick:
                        tick(len(restored), total)
                    restored.append(restorer.restore(entry, family))
        take_back(library, [run])
        update_catalog(library, gone=[], back=[each.back for each in restored if each.back])
        return run, restored[::-1]
    finally:
        lock.release()


def _find_run(journal: RemovalJournal, run_id: str | None) -> RemovalRun:
    runs = journal.runs()
    if run_id is None:
        left = [run for run in runs if run.away]
        if not left:
            raise UsageError("There is nothing to undo: all removed photos have been restored.")
        return left[-1]
    run = next((run for run in runs if run.id == run_id), None)
    if run is None:
        raise UsageError(f"There is no removal “{run_id}”: `{PROGRAM} undo --list` lists them.")
    if not run.away:
        raise UsageError(f"All files of the removal {run_id} have already been restored.")
    return run


def recover_interrupted(library: Library, journal: RemovalJournal) -> None:
    """Find out where each file of an unfinished step is, and record it in the journal. The caller
    holds the journal's lock.

    A file whose keeper is gone is put back, and so are the companions of a photo that did not move
    itself. If a file is now at neither place, nothing is concluded; the next call, and undo, look
    again. Edits are carried over, or taken back, if that was still to be done.
    """
    restorer = Restorer(library, journal)
    gone, back, runs = list[str](), list[str](), journal.runs()
    for run in runs:
        families = run.families
        for family in families:
            was_open = any(entry.state == "intended" for entry in family)
            for entry in family:
                _recover_entry(restorer, entry, gone, back)
            if any(entry.state == "intended" for entry in family):
                continue
            if was_open or not run.ended:
                read_keeper = was_open or family is families[-1]
                lost = any(_lost_its_keeper(entry, read_keeper=read_keeper) for entry in family)
                if lost or not family[-1].away:
                    restored = restorer.restore_all(family)
                    back += [each.back for each in restored if each.back]
        if not run.ended:
            carry_over(library, runs, run.id)
            journal.note(run=run.id, step="end", planned=run.planned)
    take_back(library, runs)
    update_catalog(library, gone=gone, back=back)


def _recover_entry(
    restorer: Restorer, entry: RemovalEntry, gone: list[str], back: list[str]
) -> None:
    """Find out where one file is, and add its path to `gone` or `back` if that is certain."""
    if entry.state == "intended":
        try:
            found = restorer.locate(entry)
        except OSError:
            # Left open: undo tries again, and reports the error.
            return
        if found != "unknown":
            (gone if found == "moved" else back).append(entry.path)
    elif entry.state == "undoing" and restorer.finish_interrupted(entry) and entry.back:
        back.append(entry.back)


def _lost_its_keeper(entry: RemovalEntry, *, read_keeper: bool) -> bool:
    """Whether a file is away and the file that was kept for it is not there.

    read_keeper: compare the keeper's content, too, because the removal may not have done so.
    """
    if not entry.away or entry.keeper is None:
        return False
    if not file_calls.lexists(entry.keeper):
        return True
    return (
        read_keeper
        and entry.keeper_hash is not None
        and not file_state.has_content(entry.keeper, entry.keeper_hash)
    )
