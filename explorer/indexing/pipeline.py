"""The indexing pipeline: scan, read sidecars, decode, encode, write.

The order makes it safe to stop at any point. A photo's preview is written before its row, its row
and embedding are written in one transaction, and files are called missing only after all new files
have been read, because a new file may be a missing one that moved. The next run finds the remaining
work by the same comparison.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from explorer.decoding.decode_result import DecodeResult
from explorer.decoding.pool import DecodePool
from explorer.encoders.base import Encoder
from explorer.indexing.backfill import Backfill
from explorer.indexing.batch_encoder import BatchEncoder
from explorer.indexing.batch_reader import BatchReader
from explorer.indexing.photo_updates import PhotoUpdates
from explorer.indexing.progress import Progress
from explorer.indexing.read_task import ReadTask, read_task_of
from explorer.indexing.reconcile import Reconciler
from explorer.indexing.rewritten_files import RewrittenFiles
from explorer.indexing.watched_folders import mark_unresponsive
from explorer.library import missing_files
from explorer.library.library import Library
from explorer.library.stores.embedding_store import drop_other_versions, register_encoder
from explorer.library.stores.photo_store import deferred_purge, take_purged_hashes
from explorer.library.writer import Writer
from explorer.scanning.drive_timeouts import DriveTimeouts
from explorer.scanning.index_summary import IndexSummary
from explorer.scanning.root_scan import ScanTarget
from explorer.scanning.write_detection import WriteDetector
from explorer.systems import file_calls


class Indexer:
    """Brings the catalog up to date with the disk. One per library, in the process that holds its
    lock."""

    def __init__(
        self,
        library: Library,
        writer: Writer,
        encoder: Encoder,
        pool: DecodePool,
        tick: Callable[[Progress], None],
        *,
        detector: WriteDetector | None = None,
        drives: DriveTimeouts | None = None,
    ) -> None:
        """tick: called several times a second; may raise to stop the run, which loses nothing."""
        self._library, self._writer, self._tick = library, writer, tick
        self._detector, self._drives = detector or WriteDetector(), drives or DriveTimeouts()
        self._encoder_id = register_encoder(writer, encoder.name, encoder.version, encoder.dim)
        self._reader = BatchReader(pool, self._drives, tick)
        self._encoder = BatchEncoder(encoder, library.previews)
        self._backfill = Backfill(
            library,
            writer,
            encoder,
            self._encoder_id,
            reader=self._reader,
            batch_encoder=self._encoder,
            drives=self._drives,
            tick=tick,
        )
        # How many times in a row a file changed while it was read, by path.
        self._changes: dict[str, int] = {}
        # The contents that have replaced one that still has another file.
        self._replaced: dict[bytes, list[bytes]] = {}

    def run(self, targets: Sequence[ScanTarget], *, thorough: bool = True) -> IndexSummary:
        """Scan these targets, index what is new, and return what was done. Raises only what `tick`
        raises, or what a full disk causes.

        thorough: also complete photos that this encoder has not seen, and purge old rows.
        """
        summary = IndexSummary()
        roots = self._library.catalog.roots()
        self._reader.roots = {root["id"]: root["path"] for root in roots}
        reconciler = Reconciler(
            self._library.catalog,
            self._writer,
            self._detector,
            summary,
            lambda: self._tick(Progress(0, 0, 0.0, None)),
            self._drives,
        )
        with deferred_purge(self._writer, thorough=thorough):
            reconciler.scan(targets)
            # First, so that new photos appear with their dates.
            reconciler.sidecars.read(self._tick)
            updates = PhotoUpdates(
                self._writer,
                self._encoder_id,
                roots,
                reconciler.gone,
                summary,
                drives=self._drives,
                detector=self._detector,
                changes=self._changes,
                rewritten=RewrittenFiles(self._writer, self._library.previews, self._replaced),
            )
            self._read(reconciler.new, updates)
            reconciler.resolve_gone()
            for root in roots:
                if self._drives.is_unresponsive(root["path"]):
                    mark_unresponsive(self._writer, root, summary)
            if thorough:
                if self._backfill.encode_missing(summary):
                    for name, version in drop_other_versions(self._writer, self._encoder_id):
                        self._library.drop_index(name, version)
                self._backfill.measure_outdated()
        if thorough:
            missing_files.purge_expired(self._writer)
        for digest in take_purged_hashes(self._writer):
            self._library.remove_pictures(digest)
        return summary

    def _read(self, tasks: list[ReadTask], updates: PhotoUpdates) -> None:
        """Read new files; content that is already known is not decoded."""
        with self._encoder.warmed_up(len(tasks)):
            for batch in self._reader.batches(tasks, self._is_known):
                exist = [result.error is None or self._exists(result) for result in batch]
                vectors = self._encoder.encode(batch)
                # No drive is asked within the transaction.
                sources = updates.move_sources(batch)
                with self._writer.transaction():
                    for result, vector, exists, source in zip(
                        batch, vectors, exist, sources, strict=True
                    ):
                        updates.update(result, vector, exists=exists, source=source)

    def _exists(self, result: DecodeResult) -> bool:
        """Whether a file is still at its path; True if its drive does not respond."""
        root = self._reader.roots[read_task_of(result).root_id]
        return self._drives.call_or(root, lambda: file_calls.lexists(result.job.path), True)

    def _is_known(self, digest: bytes) -> bool:
        return self._library.catalog.photo_id(digest) is not None
