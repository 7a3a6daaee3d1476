"""Index folders once, in the foreground: the `index` command."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence

from explorer.analysis.stages import stages
from explorer.decoding.pool import DecodePool
from explorer.encoders.base import Encoder
from explorer.indexing import crash_cleanup, retry
from explorer.indexing.foreground_control import ForegroundControl
from explorer.indexing.forget_missing import forget_missing_files
from explorer.indexing.pipeline import Indexer
from explorer.indexing.progress import Progress
from explorer.indexing.watched_folders import add_folder
from explorer.library import model_settings
from explorer.library.library import Library
from explorer.library.paths import below, join, printable, to_text
from explorer.library.stores import failure_store
from explorer.library.stores.file_store import files_below
from explorer.library.stores.root_store import prefixed_glob, set_exclude_globs
from explorer.library.writer import Writer
from explorer.scanning.drive_timeouts import DriveTimeouts
from explorer.scanning.ignore import IgnoreRules, validate_globs
from explorer.scanning.index_summary import IndexSummary
from explorer.scanning.root_scan import ScanTarget
from explorer.scanning.write_detection import WriteDetector

# Seconds between two scans for files that are still being written, and how long to wait for them.
SETTLE_INTERVAL, SETTLE_TIMEOUT = 0.5, 15 * 60.0


def index_folders(
    library: Library,
    folders: Sequence[str],
    encoder: Encoder,
    progress: Callable[[Progress], None],
    *,
    exclude: Sequence[str] = (),
    forget_missing: bool = False,
    retry_failed: bool = False,
) -> IndexSummary:
    """Index everything in these absolute folders, and watch them from now on.

    If a folder is inside a watched one, only that part is scanned. exclude: ignore patterns to add
    to the folders. forget_missing: remove files that vanished, however many there are.
    retry_failed: read failed files again. Raises FolderError, UsageError, and LibraryLocked while
    another process is indexing into this library.
    """
    with library.lock():
        writer = Writer(library.catalog)
        pool = DecodePool(max(1, os.cpu_count() or 1), encoder.spec)
        control = ForegroundControl(library, writer, encoder, progress)
        drives = DriveTimeouts()
        try:
            crash_cleanup.mark_started(library)
            retry.retry_after_upgrade(library, writer)
            retry.retry_low_memory(library, writer)
            if retry_failed:
                failure_store.retry_failed_files(writer)
            targets = _targets(library, writer, folders, exclude, drives)
            indexer = Indexer(
                library,
                writer,
                encoder,
                pool,
                control.tick,
                detector=WriteDetector(patient=True),
                drives=drives,
            )
            summary = indexer.run(targets)
            summary.problems |= _excluded(library, targets, drives)
            _wait_for_unsettled(indexer, summary, control)
            summary.failed = _count_failed(writer, targets)
            if forget_missing:
                for folder in folders:
                    gone = forget_missing_files(library.catalog, writer, folder, drives)
                    summary.missing += gone
                    summary.away = max(0, summary.away - gone)
            _run_stages(library, writer, encoder, control)
            _save_index(library, encoder, summary)
            crash_cleanup.mark_finished(library)
            return summary
        finally:
            pool.close()
            control.close()
            writer.close()


def _targets(
    library: Library,
    writer: Writer,
    folders: Sequence[str],
    exclude: Sequence[str],
    drives: DriveTimeouts,
) -> list[ScanTarget]:
    """Watch these folders, add the ignore patterns to them, and return what to scan."""
    globs = validate_globs(exclude)
    for folder in folders:
        add_folder(writer, folder, drives)
    targets = list[ScanTarget]()
    for root in library.catalog.roots():
        for folder in folders:
            relative = below(folder, root["path"])
            if relative is None:
                continue
            targets.append(ScanTarget(root["id"], root["path"], relative))
            new = [
                glob
                for glob in (prefixed_glob(glob, relative) for glob in globs)
                if glob not in root["exclude"]
            ]
            if new:
                set_exclude_globs(writer, root["id"], [*root["exclude"], *new])
                root["exclude"] += new
    whole = {target.root_id for target in targets if not target.folder}
    return list(
        dict.fromkeys(
            target for target in targets if not target.folder or target.root_id not in whole
        )
    )


def _excluded(library: Library, targets: Sequence[ScanTarget], drives: DriveTimeouts) -> set[str]:
    """A sentence for each requested folder that an ignore rule of the watched folder around it
    excludes."""
    globs, said = {root["id"]: root["exclude"] for root in library.catalog.roots()}, set[str]()
    for target in targets:
        rules = IgnoreRules(target.root, globs.get(target.root_id, []))
        if drives.call_or(
            target.root,
            lambda rules=rules, target=target: rules.excludes_branch(target.folder),  # type: ignore[misc]
            False,
        ):
            path, root = (
                printable(join(to_text(target.root), target.folder)),
                printable(target.root),
            )
            said.add(
                f"{path} was not scanned: it is left out of the watched folder {root}, as a hidden"
                " or system folder or by a pattern."
            )
    return said


def _wait_for_unsettled(
    indexer: Indexer, summary: IndexSummary, control: ForegroundControl
) -> None:
    """Rescan the folders in which a file was still being written, until none is left or
    SETTLE_TIMEOUT has passed."""
    end = time.monotonic() + SETTLE_TIMEOUT
    while summary.unsettled and time.monotonic() < end:
        number = len(summary.unsettled)
        control.wait(
            SETTLE_INTERVAL,
            f"Waiting for files that are still being written, in {number:,} folders",
        )
        again = indexer.run(list(summary.unsettled), thorough=False)
        summary.unsettled = again.unsettled
        summary.problems |= again.problems
        for count in ("indexed", "moved", "missing", "encoded", "away", "left_out"):
            setattr(summary, count, getattr(summary, count) + getattr(again, count))


def _count_failed(writer: Writer, targets: Sequence[ScanTarget]) -> int:
    """The number of failed files in these targets. It is counted at the end because every scan of
    a folder sees its failed files again."""
    return sum(
        file.state == "failed"
        for target in targets
        for file in files_below(writer, target.root_id, target.folder).values()
    )


def _run_stages(
    library: Library, writer: Writer, encoder: Encoder, control: ForegroundControl
) -> None:
    for stage in stages(library, writer, encoder, with_map=False):
        stage.run(
            lambda done, total, what=stage.what: control.tick(  # type: ignore[misc]
                Progress(done, total, 0.0, None, what)
            )
        )


def _save_index(library: Library, encoder: Encoder, summary: IndexSummary) -> None:
    """Save the vector index if it changed, and remember the encoder as the one to search with."""
    index = library.vectors(encoder.name, encoder.version, encoder.dim)
    if summary.encoded or summary.moved or summary.missing or summary.left_out or index.rebuilt:
        index.save()
    if encoder.has_text:
        model_settings.set_encoder(library.catalog, encoder.name)
