"""`undo`: restore removed files, or list the removals."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from explorer.cli.arguments import opened_library
from explorer.cli.options import Command, json_option, library_option
from explorer.cli.output import emit, emit_json
from explorer.cli.sidecar_commands import is_of_sidecars, undo_written
from explorer.cli.terminal_progress import TerminalProgress
from explorer.errors import UsageError
from explorer.library.paths import printable
from explorer.text_format import count

if TYPE_CHECKING:
    from explorer.library.library import Library
    from explorer.library.removals.removal_journal import RemovalRun
    from explorer.removal.restore import Restored


@click.command("undo", cls=Command, help="Restore removed files, or undo written sidecars.")
@click.argument("run", required=False, metavar="[ID]")
@click.option("--last", is_flag=True, help="Undo the last one that can be undone.")
@click.option("--list", "list_runs", is_flag=True, help="List them instead.")
@json_option
@library_option
def undo_command(
    library: str | None, as_json: bool, run: str | None, last: bool, list_runs: bool
) -> int:
    """ID is the removal to undo, or the run of `edit --sidecars` (default: the last one with files
    not yet restored).

    Exit code 1 if a file could not be restored.
    """
    if run and last:
        raise UsageError("Give either --last or the ID of a removal, not both.")
    with opened_library(library) as opened:
        if list_runs:
            _list(opened, as_json=as_json)
            return 0
        if is_of_sidecars(opened, run):
            return undo_written(opened, run, as_json=as_json)
        return _undo(opened, run, as_json=as_json)


def _undo(library: Library, run: str | None, *, as_json: bool) -> int:
    from explorer.removal.undo import undo

    with TerminalProgress() as progress:
        undone, restored = undo(
            library,
            run,
            tick=lambda done, total: progress.show("Restoring", done, total, unit="file"),
        )
    _report(undone, restored, as_json=as_json)
    return 1 if any(each.back is None for each in restored) else 0


def _list(library: Library, *, as_json: bool) -> None:
    from explorer.removal.undo import history
    from explorer.sidecars.undo_sidecars import sidecar_history

    runs, written = history(library), sidecar_history(library)
    if as_json:
        removals: list[dict[str, object]] = [
            {
                "run": run.id,
                "at": run.at,
                "to": run.where,
                "removed": len(run.entries),
                "away": len(run.away),
            }
            for run in runs
        ]
        removals += [
            {
                "run": each.id,
                "at": each.at,
                "to": "sidecars",
                "removed": 0,
                "written": len(each.entries),
                "away": len(each.pending),
            }
            for each in written
        ]
        emit_json(sorted(removals, key=lambda each: -float(str(each["at"]))))
        return
    lines = list[tuple[float, str]]()
    for run in runs:
        where = "the trash" if run.where == "trash" else printable(run.where)
        lines.append((
            run.at,
            f"{run.id}  {count(len(run.entries), 'file')} to {where}, {count(len(run.away))}"
            " not restored",
        ))  # fmt: skip
    lines += [
        (each.at, f"{each.id}  {count(len(each.entries), 'sidecar')} written,"
         f" {count(len(each.pending))} can be undone")
        for each in written
    ]  # fmt: skip
    for _, line in sorted(lines, reverse=True):
        emit(line)


def _report(run: RemovalRun, restored: Sequence[Restored], *, as_json: bool) -> None:
    lost = sum(each.back is None for each in restored)
    if as_json:
        emit_json({
            "run": run.id,
            "restored": len(restored) - lost,
            "lost": lost,
            "results": [
                {"path": each.path, "back": each.back, "note": each.note} for each in restored
            ],
        })  # fmt: skip
        return
    for each in restored:
        if each.note:
            emit(f"{'restored' if each.back else 'lost':<9} {each.path}  ({each.note})")
    emit(
        f"{count(len(restored) - lost, 'file')} restored"
        + (f", {count(lost)} could not be" if lost else "")
    )
