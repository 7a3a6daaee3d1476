"""`remove` and `undo`."""

from __future__ import annotations

import argparse
import os

from explorer.cli.app import absolute, open_library, say
from explorer.cli.output import Status, emit, emit_json
from explorer.errors import UsageError
from explorer.library.paths import printable
from explorer.text_format import count, one_line, size


def run_remove(args: argparse.Namespace) -> int:
    """Carry out a plan, or say what it would do. Exit code 1 where a file of it stays, or an entry
    of it cannot be carried out."""
    from explorer.removal.plan_reader import read_plan
    from explorer.removal.preflight import TRASH
    from explorer.removal.remove import dry_run, remove
    from explorer.removal.results import companions_in_words

    removals, bad = read_plan(absolute(args.plan))
    to = absolute(args.to) if args.to else TRASH
    library, status = open_library(args.library), Status()
    verb = "Checking" if args.dry_run else "Removing"

    def show(done: int, total: int) -> None:
        status.show(f"{verb} {done:,} of {total:,}")

    try:
        if args.dry_run:
            outcome = dry_run(
                library,
                removals,
                to,
                without_keeper=args.without_keeper,
                sidecars=args.sidecars,
                tick=show,
            )
        else:
            outcome = remove(
                library,
                removals,
                to,
                without_keeper=args.without_keeper,
                sidecars=args.sidecars,
                tick=show,
            )
    finally:
        status.clear()
        library.close()
    if args.json:
        rows = [
            {
                "path": r.removal.path,
                "state": r.state,
                "reason": r.reason,
                "freed": r.freed,
                "at": r.at,
                "keep": r.removal.keeper,
                "along": [{"path": each.path, "bytes": each.bytes} for each in r.companions],
            }
            for r in outcome.results
        ]
        emit_json({
            "run": outcome.run, "dry_run": args.dry_run, "removed": len(outcome.removed),
            "kept": len(outcome.kept),
            "along": outcome.companion_count, "bytes": outcome.freed, "results": rows,
            "bad": [entry._asdict() for entry in bad],
        })  # fmt: skip
        return 1 if outcome.kept or bad else 0
    for entry in bad:
        emit(
            f"bad       {entry.where}"
            + (f", {one_line(entry.path)}" if entry.path else "")
            + f"  ({one_line(entry.reason)})"
        )
    for result in outcome.results:
        if result.done and (args.dry_run or result.reason):
            along = ", ".join(
                f"{os.path.basename(each.path)}, {size(each.bytes)}" for each in result.companions
            )
            notes = [
                *([f"with {along}"] if along else []),
                *([result.reason] if result.reason else []),
            ]
            emit(
                f"{'would go' if args.dry_run else 'removed'}  {result.removal.path}"
                + (f"  ({'; '.join(notes)})" if notes else "")
            )
        elif not result.done:
            emit(f"stays     {result.removal.path}  ({result.reason})")
    done = "would be removed" if args.dry_run else "removed"
    stays = f", {count(len(outcome.kept))} stay" if outcome.kept else ""
    stays += (
        f", {count(len(bad))} bad {'entry' if len(bad) == 1 else 'entries'} left out" if bad else ""
    )
    along = (
        f", with {companions_in_words(outcome.companion_count)}" if outcome.companion_count else ""
    )
    emit(f"{count(len(outcome.removed), 'file')} {done}{along} ({size(outcome.freed)}){stays}")
    if outcome.run and outcome.removed:
        say(f"To bring them back: python run.py undo {outcome.run}")
    return 1 if outcome.kept or bad else 0


def run_undo(args: argparse.Namespace) -> int:
    """Bring back what was removed, or list the removals. Exit code 1 where something could not be
    brought back."""
    from explorer.removal.undo import history, undo

    if args.run and args.last:
        raise UsageError("Say either --last or the number of a removal, not both.")
    library, status = open_library(args.library), Status()
    try:
        if args.list:
            runs = history(library)
            if args.json:
                emit_json([
                    {"run": run.id, "at": run.at, "to": run.where, "removed": len(run.entries),
                    "away": len(run.away)} for run in runs
                ])  # fmt: skip
                return 0
            for run in runs:
                where = "the trash" if run.where == "trash" else printable(run.where)
                emit(
                    f"{run.id}  {count(len(run.entries), 'file')} to {where}, {count(len(run.away))} still away"
                )
            return 0
        run, restored = undo(
            library,
            args.run,
            tick=lambda done, total: status.show(f"Bringing back {done:,} of {total:,}"),
        )
    finally:
        status.clear()
        library.close()
    lost = [each for each in restored if each.back is None]
    if args.json:
        emit_json({
            "run": run.id, "restored": len(restored) - len(lost), "lost": len(lost),
            "results": [{"path": each.path, "back": each.back,
            "note": each.note} for each in restored],
        })  # fmt: skip
        return 1 if lost else 0
    for each in restored:
        if each.note:
            emit(f"{'restored' if each.back else 'lost':<9} {each.path}  ({each.note})")
    emit(
        f"{count(len(restored) - len(lost), 'file')} brought back"
        + (f", {count(len(lost))} could not be" if lost else "")
    )
    return 1 if lost else 0
