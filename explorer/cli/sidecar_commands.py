"""The parts of `edit` and `undo` that write and read XMP sidecars."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING

from explorer.cli.arguments import photos_by_id
from explorer.cli.output import emit, emit_json
from explorer.cli.terminal_progress import TerminalProgress
from explorer.errors import UsageError
from explorer.library.paths import printable
from explorer.text_format import count

if TYPE_CHECKING:
    from explorer.library.library import Library

_WORDS = {
    "written": "written",
    "would": "would be written",
    "unchanged": "already complete",
    "refused": "not written",
}


def write_to_sidecars(
    library: Library, photo_ids: Sequence[int], *, dry_run: bool, as_json: bool
) -> int:
    """`edit --sidecars`. Returns the exit code: 1 if a sidecar was refused."""
    from explorer.sidecars.write_sidecars import write_sidecars

    photos_by_id(library, photo_ids)
    with TerminalProgress() as progress:
        outcome = write_sidecars(
            library,
            photo_ids or None,
            dry_run=dry_run,
            tick=lambda done, total: progress.show("Writing", done, total, unit="sidecar"),
        )
    if as_json:
        emit_json({"run": outcome.run, "results": [each._asdict() for each in outcome.results]})
    else:
        for each in outcome.results:
            path = printable(each.sidecar or each.photo)
            note = each.reason or ("new" if each.new else "extended")
            if each.state != "unchanged":
                emit(f"{_WORDS[each.state]:<17} {path}  ({note})")
        numbers = [
            f"{count(number)} {words}"
            for state, words in _WORDS.items()
            if (number := sum(each.state == state for each in outcome.results))
        ]
        emit(f"Sidecars: {', '.join(numbers) or 'none: no photo here was edited'}.")
        if outcome.run:
            emit(f"`undo {outcome.run}` undoes this.")
    return 1 if any(each.state == "refused" for each in outcome.results) else 0


def read_from_sidecars(library: Library, photo_ids: Sequence[int], *, as_json: bool) -> int:
    """`edit --from-sidecars`. Returns the exit code: 1 if a sidecar could not be read."""
    from explorer.sidecars.read_sidecars import read_sidecars

    photos_by_id(library, photo_ids)
    with TerminalProgress() as progress:
        outcome = read_sidecars(
            library,
            photo_ids or None,
            tick=lambda done, total: progress.show("Reading", done, total, unit="photo"),
        )
    changed = outcome.edit.photos if outcome.edit else 0
    if as_json:
        failures = [{"path": path, "reason": reason} for path, reason in outcome.failures]
        emit_json({"found": outcome.found, "changed": changed, "failures": failures})
    else:
        for path, reason in outcome.failures:
            emit(f"not read  {printable(path)}  ({reason})")
        emit(f"{count(outcome.found, 'sidecar')} read: {count(changed, 'photo')} changed.")
    return 1 if outcome.failures else 0


def is_of_sidecars(library: Library, run: str | None) -> bool:
    """Whether the run to undo is one that wrote sidecars. run: its id; by default, the latest run
    that can be undone."""
    from explorer.removal.undo import history
    from explorer.sidecars.undo_sidecars import last_undoable, sidecar_history

    written = sidecar_history(library)
    if run is not None:
        return any(each.id == run for each in written)
    removed = next((each.at for each in history(library) if each.away), None)
    if removed is None:
        return any(each.pending for each in written)
    last = last_undoable(written)
    return last is not None and last.at > removed


def undo_written(library: Library, run: str | None, *, as_json: bool) -> int:
    """Undo a run that wrote sidecars. Returns the exit code: 1 if a sidecar was not restored.
    Raises UsageError if the run has already been undone."""
    from explorer.sidecars.undo_sidecars import sidecar_history, undo_sidecars

    if run and not any(each.id == run and each.pending for each in sidecar_history(library)):
        raise UsageError(f"All sidecars of {run} have already been undone.")
    found, undone = undo_sidecars(library, run)
    restored = sum(each.undone for each in undone)
    if as_json:
        emit_json({
            "run": found.id,
            "restored": restored,
            "lost": len(undone) - restored,
            "results": [
                {"path": each.path, "back": each.path if each.undone else None, "note": each.note}
                for each in undone
            ],
        })  # fmt: skip
    else:
        for each in undone:
            if each.note:
                emit(f"left      {printable(os.path.abspath(each.path))}  ({each.note})")
        kept = len(undone) - restored
        emit(f"{count(restored, 'sidecar')} as before" + (f", {count(kept)} left" if kept else ""))
    return 1 if restored < len(undone) else 0
