"""Write the outcomes of reading files to the catalog: photos, the files that hold them,
failures."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from explorer.decoding.decode_result import DecodeResult
from explorer.errors import PhotoError
from explorer.indexing.move_sources import MoveSources, holds_as_before
from explorer.indexing.read_outcomes import (
    Changing,
    DriveTimedOut,
    Failed,
    Readable,
    ReadOutcome,
    Vanished,
    changed_while_read,
    decide,
)
from explorer.indexing.read_task import ReadTask, read_task_of, stat_for_failure
from explorer.indexing.rewritten_files import RewrittenFiles
from explorer.library.file_rows import KnownFile
from explorer.library.rows import RootRow
from explorer.library.savepoint import savepoint
from explorer.library.stores.embedding_store import put_embedding
from explorer.library.stores.file_store import put_failed, put_moved, put_present
from explorer.library.stores.photo_store import add_photo, photo_id_by_hash
from explorer.library.stores.quality_store import put_quality
from explorer.library.writer import Writer
from explorer.scanning.drive_timeouts import DriveTimeouts
from explorer.scanning.index_summary import IndexSummary
from explorer.scanning.root_scan import ScanTarget
from explorer.scanning.write_detection import WriteDetector


class PhotoUpdates:
    """The catalog updates of one run. Call `update` inside a transaction of the writer."""

    def __init__(
        self,
        writer: Writer,
        encoder_id: int,
        roots: Sequence[RootRow],
        gone: dict[int, KnownFile],
        summary: IndexSummary,
        *,
        drives: DriveTimeouts,
        detector: WriteDetector,
        changes: dict[str, int],
        rewritten: RewrittenFiles,
    ) -> None:
        """gone: files that the scan did not find, by id; those that turn out to have moved are
        removed from it. changes: how many times in a row a file changed while it was read, by
        path; updated. rewritten: those of this run."""
        self._writer, self._encoder_id, self._summary = writer, encoder_id, summary
        self._drives, self._detector, self._changes = drives, detector, changes
        self._roots = {root["id"]: root for root in roots}
        self._rewritten = rewritten
        self._gone = gone
        self._sources = MoveSources(writer, self._roots, gone, drives)

    def move_sources(self, results: Sequence[DecodeResult]) -> list[KnownFile | None]:
        """For each of these, the known file that was moved there, if any. It asks the drives, so
        call it before the transaction."""
        return self._sources.find(results)

    def update(
        self,
        result: DecodeResult,
        vector: np.ndarray | None,
        *,
        exists: bool,
        source: KnownFile | None = None,
    ) -> None:
        """Record the outcome for one file. A problem is stored with its reason, and does not affect
        any other file.

        vector: the photo's embedding, if it was decoded. exists: the file is still at its path.
        source: from `move_sources`.
        """
        task = read_task_of(result)
        path = result.job.path
        changed = changed_while_read(result, task.seen)
        times_changed = self._changes.get(path, 0) + 1 if changed else 0
        outcome = decide(
            result,
            task,
            drive_answers=result.error is None or not self._is_unresponsive(task),
            exists=exists,
            times_changed=times_changed,
        )
        if not isinstance(outcome, DriveTimedOut | Vanished):
            self._changes.pop(path, None)
            if changed:
                self._changes[path] = times_changed
        self._apply(outcome, result, vector, source)

    def _is_unresponsive(self, task: ReadTask) -> bool:
        return self._drives.is_unresponsive(self._roots[task.root_id]["path"])

    def _apply(
        self,
        outcome: ReadOutcome,
        result: DecodeResult,
        vector: np.ndarray | None,
        source: KnownFile | None,
    ) -> None:
        task = read_task_of(result)
        match outcome:
            case DriveTimedOut():
                pass
            case Vanished():
                self._detector.forget(result.job.path)
            case Changing():
                folder, root = task.seen.path.rpartition("/")[0], self._roots[task.root_id]["path"]
                self._summary.unsettled.add(ScanTarget(task.root_id, root, folder, recursive=False))
            case Failed():
                self._add_failure(task, outcome)
            case Readable(digest):
                try:
                    with savepoint(self._writer):
                        self._add_photo(digest, result, vector, source)
                except PhotoError as error:
                    seen = stat_for_failure(task, result)
                    self._add_failure(task, Failed(seen, str(error), error.fault))

    def _add_failure(self, task: ReadTask, failed: Failed) -> None:
        put_failed(self._writer, task.root_id, failed.seen, failed.reason, failed.fault)
        self._summary.failed += 1

    def _add_photo(
        self,
        digest: bytes,
        result: DecodeResult,
        vector: np.ndarray | None,
        source: KnownFile | None,
    ) -> None:
        """Record a photo that was read, and that this file holds it. Raises PhotoError for values
        that the catalog cannot store."""
        photo_id = photo_id_by_hash(self._writer, digest)
        new = photo_id is None and result.photo is not None
        if photo_id is None and result.photo is not None and vector is not None:
            photo_id = add_photo(self._writer, digest, result.size, result.photo)
            put_embedding(self._writer, self._encoder_id, photo_id, vector)
            put_quality(self._writer, photo_id, result.photo)
        # A photo that was known when the file was read, and was purged since, is new to the next
        # scan.
        if photo_id is not None:
            task = read_task_of(result)
            before = self._rewritten.content_of(task.was.photo_id) if task.was else None
            self._assign_file(task, photo_id, source)
            if before is not None:
                self._rewritten.note_replaced(before, digest)
        self._summary.encoded += new

    def _assign_file(self, task: ReadTask, photo_id: int, source: KnownFile | None) -> None:
        """Record that this file holds that photo: as before, after a move, or as one more copy."""
        if holds_as_before(task, photo_id):
            put_present(self._writer, task.root_id, task.seen, photo_id)
            self._summary.unchanged += 1
        elif source is None or not self._sources.is_current(source):
            put_present(self._writer, task.root_id, task.seen, photo_id)
            self._summary.indexed += 1
        else:
            self._gone.pop(source.id, None)
            put_moved(self._writer, source, task.root_id, task.seen)
            self._summary.moved += 1
