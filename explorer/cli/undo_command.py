"""`undo`: restore removed files, or list the removals."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from explorer.cli.arguments import opened_library
from explorer.cli.options import Command, json_option, library_option
from explorer.cli.output import emit, emit_json
from explorer.cli.terminal_progress import TerminalProgress
from explorer.errors import UsageError
from explorer.library.paths import printable
from explorer.text_format import count

if TYPE_CHECKING:
    from explorer.library.library import Library
    from explorer.library.removal_journal import RemovalRun
    from explorer.removal.restore import Restored


@click.command("undo", cls=Command, help="Restore removed files to where they were.")
@click.argument("run", required=False, metavar="[ID]")
@click.option("--last", is_flag=True, help="Undo the last removal with files not yet restored.")
@click.option("--list", "list_runs", is_flag=True, help="List all removals instead.")
@json_option
@library_option
def undo_command(
    library: str | None, as_json: bool, run: str | None, last: bool, list_runs: bool
) -> int:
    """ID is the removal to undo (default: the last one with files not yet restored).

    Exit code 1 if a file could not be restored.
    """
    from explorer.removal.undo import undo

    if run and last:
        raise UsageError("Give either --last or the ID of a removal, not both.")
    with opened_library(library) as opened:
        if list_runs:
            _list(opened, as_json=as_json)
            return 0
        with TerminalProgress() as progress:
            undone, restored = undo(
                opened,
                run,
                tick=lambda done, total: progress.show("Restoring", done, total, unit="file"),
            )
    _report(undone, restored, as_json=as_json)
    return 1 if any(each.back is None for each in restored) else 0


def _list(library: Library, *, as_json: bool) -> None:
    from explorer.removal.undo import history

    runs = history(library)
    if as_json:
        emit_json([
            {
                "run": run.id,
                "at": run.at,
                "to": run.where,
                "removed": len(run.entries),
                "away": len(run.away),
            }
            for run in runs
        ])  # fmt: skip
        return
    for run in runs:
        where = "the trash" if run.where == "trash" else printable(run.where)
        emit(
            f"{run.id}  {count(len(run.entries), 'file')} to {where}, {count(len(run.away))}"
            " not restored"
        )


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
