"""Remove photos safely: to the system's trash or to a folder, one by one, each checked just before
it moves and announced in the journal first.

The steps for every photo:

1. Read the photo, the files that belong to it alone (its video, its sidecars) and the files that
   are kept for them; all must be what the library knows (`preflight`).
2. Announce in the journal what is about to happen to all of them, and sync it to disk.
3. Move the companions, then the photo, without overwriting any file, and record where each is.
4. Read the kept files again, and prove that they are other files than those that moved
   (`keeper_proof`).

At the end, edits of removed photos are carried over to those that are kept (`edit_transfer`).

If a step fails, all files of the photo are put back. If the process is interrupted, the next run
finds out what had happened (`undo.recover_interrupted`), and `undo` brings everything back.
"""

from __future__ import annotations

import contextlib
from collections.abc import Sequence

from explorer.library.library import Library
from explorer.library.removals.removal_journal import RemovalJournal
from explorer.removal.checked_files import RemovalRefused
from explorer.removal.metadata_merger import MetadataMerger
from explorer.removal.preflight import Preflight
from explorer.removal.removal_executor import RemovalExecutor
from explorer.removal.results import TRASH, Progress, Removal, RemovalOutcome, RemovalResult
from explorer.removal.undo import recover_interrupted


def dry_run(
    library: Library,
    removals: Sequence[Removal],
    to: str = TRASH,
    *,
    without_keeper: bool = False,
    sidecars: bool = False,
    tick: Progress | None = None,
) -> RemovalOutcome:
    """Run every check that `remove` would run, and change nothing. It has the same parameters, and
    raises UsageError in the same cases."""
    preflight = Preflight(library, removals, to, without_keeper)
    results, gone = list[RemovalResult](), set[str]()
    with contextlib.closing(MetadataMerger()) as merge:
        for number, removal in enumerate(removals):
            if tick:
                tick(number, len(removals))
            try:
                checked = preflight(removal, gone)
                if removal.keeper is not None:
                    if sidecars:
                        same, edits = removal.has_same_bytes, checked.edits
                        merge(removal.path, removal.keeper, same=same, edits=edits)
                    elif checked.edits:
                        merge.require_edits(checked.edits, removal.keeper)
            except RemovalRefused as refused:
                results.append(RemovalResult(removal, "refused", str(refused)))
                continue
            gone.update(part.path for part in checked.parts)
            results.append(
                RemovalResult(
                    removal, "would", checked.note, checked.freed, companions=checked.companions
                )
            )
    return RemovalOutcome(None, tuple(results))


def remove(
    library: Library,
    removals: Sequence[Removal],
    to: str = TRASH,
    *,
    without_keeper: bool = False,
    sidecars: bool = False,
    tick: Progress | None = None,
) -> RemovalOutcome:
    """Remove these files. A failure that concerns a single file is in its result, and never raises.

    to: TRASH, or the absolute path of a folder outside the watched ones, created if needed.
    without_keeper: the user has confirmed the removal of photos of which no copy is kept.
    sidecars: copy date, place, rating and keywords that the kept photo lacks to its sidecar file.
    tick: may raise to stop between two files.

    Raises UsageError if the arguments make no sense, LibraryLocked while another removal is
    running, and LibraryError if the journal cannot be written; what was removed before is in the
    journal and can be undone.
    """
    preflight = Preflight(library, removals, to, without_keeper)
    journal = RemovalJournal(library.dir)
    lock = journal.lock()
    try:
        recover_interrupted(library, journal)
        run = RemovalExecutor(library, journal, preflight, to, sidecars)
        try:
            for number, removal in enumerate(removals):
                if tick:
                    tick(number, len(removals))
                run.remove(removal)
        finally:
            run.end(len(removals))
        return RemovalOutcome(run.id if run.begun else None, tuple(run.results), run.carried)
    finally:
        lock.release()
