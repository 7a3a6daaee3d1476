"""`verify`: check a library and optionally repair it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from explorer.cli.arguments import opened_library
from explorer.cli.options import Command, json_option, library_option
from explorer.cli.output import emit, emit_json, say
from explorer.cli.terminal_progress import TerminalProgress
from explorer.config import library_dir
from explorer.errors import CatalogDamaged, LibraryLocked

if TYPE_CHECKING:
    from explorer.indexing.verification.verify_report import VerifyReport
    from explorer.library.repair.salvage import SalvageReport


@click.command(
    "verify", cls=Command, help="Check that catalog, vectors, previews and photo files agree."
)
@click.option(
    "--repair", is_flag=True, help="Repair what can be repaired; photo files are never touched."
)
@click.option(
    "--thorough", is_flag=True, help="Also read every photo file and decode every preview."
)
@json_option
@library_option
def verify_command(library: str | None, as_json: bool, repair: bool, thorough: bool) -> int:
    """Print the problems. Exit code 1 if any remain."""
    from explorer.indexing.verification.verify_report import Inconsistency

    saved = _salvage_if_damaged(library) if repair else None
    try:
        report = _verified(library, repair=repair, thorough=thorough)
    except CatalogDamaged:
        # Some damage is detected only when rows are read.
        if not repair or saved is not None:
            raise
        saved = _salvage(library_dir(library))
        report = _verified(library, repair=repair, thorough=thorough)
    # What the salvage lost is listed as repaired, since nothing more can be done about it.
    lost = [Inconsistency("catalog", text, mended=True) for text in saved.lost] if saved else []
    report.problems[:0] = lost
    if as_json:
        emit_json(report.as_json())
    else:
        for problem in report.problems:
            repaired = problem.mended and problem not in lost
            emit(problem.text + (" — repaired" if repaired else ""))
        emit(report.summary())
    return 0 if report.sound else 1


def _verified(given: str | None, *, repair: bool, thorough: bool) -> VerifyReport:
    from explorer.indexing.verification.verify import verify

    with opened_library(given) as library, TerminalProgress() as progress:
        return verify(
            library,
            repair=repair,
            thorough=thorough,
            progress=lambda text: progress.show(text.rstrip("…")),
        )


def _salvage_if_damaged(given: str | None) -> SalvageReport | None:
    """If the catalog's file is damaged, rebuild it from the rows that can be read."""
    from explorer.library.repair.integrity import find_damage

    folder = library_dir(given)
    path = folder / "catalog.db"
    return _salvage(folder) if path.exists() and find_damage(path) else None


def _salvage(folder: Path) -> SalvageReport:
    from filelock import FileLock, Timeout

    from explorer.library.repair.salvage import salvage

    try:
        with FileLock(folder / "worker.lock", timeout=0), FileLock(folder / "app.lock", timeout=0):
            saved = salvage(folder / "catalog.db")
    except Timeout:
        raise LibraryLocked(
            "The library is in use: close the app, wait for other runs to end, and then repair its"
            " catalog."
        ) from None
    say(
        f"The catalog was damaged: {saved.total:,} rows were recovered, and the damaged file is"
        f" kept as {saved.kept}. The next indexing run rebuilds the rest."
    )
    return saved
