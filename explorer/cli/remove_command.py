"""`remove`: carry out a plan, or report what it would do."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from explorer.cli.arguments import absolute, opened_library
from explorer.cli.options import Command, json_option, library_option
from explorer.cli.output import emit, emit_json, say
from explorer.cli.terminal_progress import TerminalProgress
from explorer.config import PROGRAM
from explorer.text_format import count, one_line, size

if TYPE_CHECKING:
    from explorer.removal.plan_reader import BadEntry
    from explorer.removal.results import RemovalOutcome, RemovalResult


@click.command(
    "remove",
    cls=Command,
    help="Move the files of a plan to the system's trash or a folder; `undo` restores them.",
)
@click.option(
    "--plan",
    metavar="FILE",
    required=True,
    help="The plan of what to remove, written by `duplicates --plan FILE` (JSON or CSV).",
)
@click.option(
    "--dry-run", is_flag=True, help="Only check everything and report what would be done."
)
@click.option("--to", metavar="FOLDER", help="Move the files to this folder, not to the trash.")
@click.option(
    "--sidecars",
    is_flag=True,
    help="Copy date, place, rating and keywords that the kept photo lacks to its .xmp.",
)
@click.option(
    "--without-keeper",
    is_flag=True,
    help="Also remove photos for which the plan keeps no other file.",
)
@json_option
@library_option
def remove_command(
    library: str | None,
    as_json: bool,
    plan: str,
    dry_run: bool,
    to: str | None,
    sidecars: bool,
    without_keeper: bool,
) -> int:
    """Exit code 1 if a file in the plan is kept or an entry is invalid."""
    from explorer.removal import remove
    from explorer.removal.plan_reader import read_plan
    from explorer.removal.results import TRASH
    from explorer.removal.synced_files import cloud_warning

    removals, bad = read_plan(absolute(plan))
    if warning := cloud_warning(removals):
        say(warning)
    carry_out = remove.dry_run if dry_run else remove.remove
    verb = "Checking" if dry_run else "Removing"
    with opened_library(library) as opened, TerminalProgress() as progress:
        outcome = carry_out(
            opened,
            removals,
            absolute(to) if to is not None else TRASH,
            without_keeper=without_keeper,
            sidecars=sidecars,
            tick=lambda done, total: progress.show(verb, done, total, unit="file"),
        )
    if as_json:
        emit_json(_as_json(outcome, bad, dry_run=dry_run))
    else:
        _report(outcome, bad, dry_run=dry_run)
    return 1 if outcome.kept or bad else 0


def _as_json(outcome: RemovalOutcome, bad: Sequence[BadEntry], *, dry_run: bool) -> dict[str, Any]:
    return {
        "run": outcome.run,
        "dry_run": dry_run,
        "removed": len(outcome.removed),
        "kept": len(outcome.kept),
        "along": outcome.companion_count,
        "bytes": outcome.freed,
        "results": [
            {
                "path": result.removal.path,
                "state": result.state,
                "reason": result.reason,
                "freed": result.freed,
                "at": result.at,
                "keep": result.removal.keeper,
                "along": [{"path": each.path, "bytes": each.bytes} for each in result.companions],
            }
            for result in outcome.results
        ],
        "bad": [entry._asdict() for entry in bad],
    }


def _report(outcome: RemovalOutcome, bad: Sequence[BadEntry], *, dry_run: bool) -> None:
    from explorer.removal.results import carried_in_words, companions_in_words

    for entry in bad:
        path = f", {one_line(entry.path)}" if entry.path else ""
        emit(f"invalid   {entry.where}{path}  ({one_line(entry.reason)})")
    for result in outcome.results:
        if not result.done:
            emit(f"kept      {result.removal.path}  ({result.reason})")
        elif dry_run or result.reason:
            emit(_line(result, dry_run=dry_run))
    done = "would be removed" if dry_run else "removed"
    companions = (
        f", with {companions_in_words(outcome.companion_count)}" if outcome.companion_count else ""
    )
    kept = f", {count(len(outcome.kept))} kept" if outcome.kept else ""
    entries = "entry" if len(bad) == 1 else "entries"
    invalid = f", {count(len(bad))} invalid {entries} skipped" if bad else ""
    emit(
        f"{count(len(outcome.removed), 'file')} {done}{companions} ({size(outcome.freed)})"
        f"{kept}{invalid}"
    )
    if carried := carried_in_words(outcome.carried):
        emit(carried)
    if outcome.run and outcome.removed:
        say(f"To restore them: {PROGRAM} undo {outcome.run}")


def _line(result: RemovalResult, *, dry_run: bool) -> str:
    companions = ", ".join(
        f"{os.path.basename(each.path)}, {size(each.bytes)}" for each in result.companions
    )
    notes = [f"with {companions}"] if companions else []
    notes += [result.reason] if result.reason else []
    verb = "would remove" if dry_run else "removed  "
    return f"{verb} {result.removal.path}" + (f"  ({'; '.join(notes)})" if notes else "")
