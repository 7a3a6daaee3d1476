"""`index` and `verify`."""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from explorer.cli.app import absolute, open_library, say
from explorer.cli.output import Status, emit, emit_json, fetching
from explorer.config import library_dir
from explorer.errors import CatalogDamaged, LibraryLocked
from explorer.library.paths import inside, join, printable
from explorer.library.rows import FileRow, RootRow
from explorer.scanning.drive_timeouts import UNRESPONSIVE
from explorer.text_format import count, duration

if TYPE_CHECKING:
    from explorer.indexing.verify import VerifyReport
    from explorer.library.salvage import Salvaged
    from explorer.scanning.index_summary import IndexSummary


def run_index(args: argparse.Namespace) -> int:
    """Index everything in some folders, then exit."""
    from explorer.indexing.foreground import index_folders, load_encoder
    from explorer.indexing.progress import Progress
    from explorer.library.writer import check_folder
    from explorer.scanning.ignore import validate_globs

    folders = [absolute(folder) for folder in args.folders]
    for folder in folders:
        check_folder(folder)
    started, status = time.monotonic(), Status()

    def show(progress: Progress) -> None:
        if not progress.total:
            status.show("Looking for photos…")
            return
        if progress.stage:
            status.show(f"{progress.stage}: {progress.done:,} of {progress.total:,}")
            return
        left = (
            f" · about {duration(progress.eta)} left"
            if progress.eta and progress.done < progress.total
            else ""
        )
        status.show(
            f"Indexing {progress.done:,} of {progress.total:,} · {progress.rate:.0f}/s{left}"
        )

    library = open_library(args.library, create=True)
    try:
        status.show("Getting ready…")
        validate_globs(args.exclude)
        name = args.encoder or library.catalog.setting("encoder") or "starter"
        encoder, note = load_encoder(
            name,
            offline=args.offline,
            progress=lambda *amounts: status.show(fetching(name, *amounts)),
        )
        if note:
            say(note)
        tally = index_folders(
            library,
            folders,
            encoder,
            show,
            exclude=args.exclude,
            forget_missing=args.forget_missing,
            retry_failed=args.retry_failed,
        )
        away = [
            r
            for r in library.catalog.roots()
            if r["state"] == "offline" and any(inside(f, r["path"]) for f in folders)
        ]
        failures = (
            [
                f
                for f in library.catalog.failures()
                if any(inside(f["path"], folder) for folder in folders)
            ]
            if tally.failed
            else []
        )
    finally:
        status.clear()
        library.close()
    seconds = time.monotonic() - started
    unsettled = sorted({join(place.root, place.folder) for place in tally.unsettled})
    result = {
        "indexed": tally.indexed, "unchanged": tally.unchanged, "moved": tally.moved,
        "missing": tally.missing, "failed": tally.failed,
        "encoded": tally.encoded, "away": tally.away, "left_out": tally.left_out,
        "other": tally.other, "encoder": encoder.name, "seconds": round(seconds, 3),
        "photos_per_second": round(max(tally.indexed + tally.moved, tally.encoded) / seconds, 2),
    }  # fmt: skip
    if args.json:
        emit_json(
            result
            | {
                "failures": [{"path": f["path"], "reason": f["reason"]} for f in failures],
                "unlisted": sorted(tally.unlisted),
                "unsettled": unsettled,
                "problems": sorted(tally.problems),
                "offline": [root["path"] for root in away],
            }
        )
        return 0
    emit(
        f"{tally.indexed:,} indexed, {tally.unchanged:,} unchanged, {tally.moved:,} moved, {tally.missing:,} missing,"
        f" {tally.failed:,} failed in {duration(seconds)} ({result['photos_per_second']:.0f} photos/s)"
    )
    _remark(tally, failures, unsettled, away)
    return 0


def _remark(
    tally: IndexSummary,
    failures: Sequence[FileRow],
    unsettled: Sequence[str],
    away: Sequence[RootRow],
) -> None:
    """Say what went otherwise than one would expect. unsettled: absolute folders. away: roots whose
    drives are."""
    for file in failures[:20]:
        say(f"{file['path']}: {file['reason']}")
    if len(failures) > 20:
        say(
            f"… and {len(failures) - 20:,} more files that could not be read; the app's Library page lists them all."
        )
    for folder in sorted(tally.unlisted):
        say(
            f"The folder {folder} could not be looked into: check its permissions. What is known of its photos was kept."
        )
    for problem in sorted(tally.problems):
        say(problem)
    for folder in unsettled:
        say(f"Files in {folder} are still being written: index again when they are complete.")
    if tally.left_out:
        say(f"{count(tally.left_out, 'file')} left the library, as a rule leaves them out now.")
    if tally.away:
        say(
            f"{count(tally.away, 'file')} vanished at once: they stay in the library in case they come back."
            " If they are gone for good, run `python run.py forget FOLDER`."
        )
    for root in away:
        why = (
            f"{UNRESPONSIVE}."
            if root["problem"] == UNRESPONSIVE
            else "it is empty, so its drive is taken to be away."
        )
        say(
            f"The folder {printable(root['path'])} was not looked into: {why} Its {count(root['photos'], 'photo')} stay searchable."
        )


def run_verify(args: argparse.Namespace) -> int:
    """Check a library, and mend it if asked. Exit code 1 while something is wrong."""
    from explorer.indexing.verify import Inconsistency

    saved = _salvage_if_damaged(args.library) if args.repair else None
    try:
        report = _verified(args)
    except CatalogDamaged:
        # What only shows itself in use.
        if not args.repair or saved is not None:
            raise
        saved = _salvage(library_dir(args.library))
        report = _verified(args)
    lost = [Inconsistency("catalog", text, mended=True) for text in saved.lost] if saved else []
    report.problems[:0] = lost
    if args.json:
        emit_json(report.as_json())
    else:
        for problem in report.problems:
            emit(problem.text + (" — mended" if problem.mended and problem not in lost else ""))
        emit(report.summary())
    return 0 if report.sound else 1


def _verified(args: argparse.Namespace) -> VerifyReport:
    from explorer.indexing.verify import verify

    library, status = open_library(args.library), Status()
    try:
        return verify(library, repair=args.repair, thorough=args.thorough, progress=status.show)
    finally:
        status.clear()
        library.close()


def _salvage_if_damaged(given: str | None) -> Salvaged | None:
    """Make a new catalog of what can be read of this library's if its file is damaged."""
    from explorer.library.integrity import damage

    folder = library_dir(given)
    path = folder / "catalog.db"
    return _salvage(folder) if path.exists() and damage(path) else None


def _salvage(folder: Path) -> Salvaged:
    from filelock import FileLock, Timeout

    from explorer.library.salvage import salvage

    try:
        with FileLock(folder / "worker.lock", timeout=0), FileLock(folder / "app.lock", timeout=0):
            saved = salvage(folder / "catalog.db")
    except Timeout:
        raise LibraryLocked(
            "The library is in use: close the app, and wait for other runs to end, before its catalog is saved."
        ) from None
    say(
        f"The catalog was damaged: {saved.total:,} rows of it could be saved, and it is kept as {saved.kept}."
        " The next indexing makes the rest again."
    )
    return saved
