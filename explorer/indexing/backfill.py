"""Completes photos that are known but lack something: an embedding by the present encoder, or the
measurements of this release."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable

from explorer.decoding.pool import DecodePool
from explorer.encoders.base import Encoder
from explorer.errors import PhotoError
from explorer.indexing.batch_encoder import BatchEncoder
from explorer.indexing.batch_reader import BatchReader
from explorer.indexing.progress import Progress
from explorer.indexing.read_task import ReadTask, read_task_of
from explorer.library.embedding_store import photos_without_embedding, put_embedding
from explorer.library.file_rows import FileStat, KnownFile
from explorer.library.library import Library
from explorer.library.photo_store import photo_id_by_hash
from explorer.library.quality_store import photos_to_measure, refresh_photo
from explorer.library.writer import Writer
from explorer.scanning.drive_timeouts import DriveTimeouts, DriveUnresponsive, KeepAlive
from explorer.scanning.index_summary import IndexSummary


class Backfill:
    """Reads the originals of incomplete photos once more."""

    def __init__(
        self,
        library: Library,
        writer: Writer,
        encoder: Encoder,
        encoder_id: int,
        *,
        pool: DecodePool,
        reader: BatchReader,
        batch_encoder: BatchEncoder,
        drives: DriveTimeouts,
        tick: Callable[[Progress], None],
    ) -> None:
        self._library, self._writer = library, writer
        self._encoder, self._encoder_id, self._batch_encoder = encoder, encoder_id, batch_encoder
        self._pool, self._reader, self._drives, self._tick = pool, reader, drives, tick

    def encode_missing(self, summary: IndexSummary) -> None:
        """Encode photos that this encoder has not seen: from the original, or from the preview
        where the original is not available."""
        waiting = photos_without_embedding(self._writer, self._encoder_id)
        tasks = self._available([_task(file, photo_id) for photo_id, file, _ in waiting])
        done = set[int]()
        for batch in self._reader.batches(tasks, lambda _: False):
            vectors = self._batch_encoder.encode(batch)
            with self._writer.transaction():
                for result, vector in zip(batch, vectors, strict=True):
                    photo_id = read_task_of(result).photo_id
                    # The file may have been replaced since.
                    if (
                        photo_id is not None
                        and vector is not None
                        and photo_id_by_hash(self._writer, result.digest or b"") == photo_id
                    ):
                        put_embedding(self._writer, self._encoder_id, photo_id, vector)
                        if result.photo is not None:
                            refresh_photo(self._writer, photo_id, result.photo)
                        summary.encoded += 1
                        done.add(photo_id)
        for photo_id, _, _ in waiting:
            if photo_id not in done:
                self._encode_preview(photo_id, summary)

    def _encode_preview(self, photo_id: int, summary: IndexSummary) -> None:
        row = self._library.catalog.photo(photo_id)
        if row is None or not self._library.previews.has(row["hash"]):
            return
        self._tick(Progress(0, 0, 0.0, None))
        try:
            photo = self._pool.decode_bytes(self._library.previews.path(row["hash"]).read_bytes())
        except (OSError, PhotoError):
            # `verify` reports it, and the photo is encoded when its original is back.
            return
        if photo.input is not None:
            put_embedding(
                self._writer,
                self._encoder_id,
                photo_id,
                self._encoder.encode_images(photo.input[None])[0],
            )
            summary.encoded += 1

    def measure_outdated(self) -> None:
        """Measure photos again that an earlier release measured less, or otherwise."""
        tasks = self._available(
            [_task(file, photo_id) for photo_id, file in photos_to_measure(self._library.catalog)]
        )
        for batch in self._reader.batches(tasks, lambda _: False):
            read = [
                (result.digest, result.photo, read_task_of(result).photo_id)
                for result in batch
                if result.photo is not None and result.digest is not None
            ]
            # The file may have been replaced since.
            same = [
                (digest, photo, known)
                for digest, photo, known in read
                if known is not None and photo_id_by_hash(self._writer, digest) == known
            ]
            # Each preview is on disk before its row says that it is of this release.
            with (
                self._writer.transaction(),
                self._library.previews.writing(
                    (digest.hex(), photo.preview) for digest, photo, _ in same
                ),
            ):
                for _, photo, photo_id in same:
                    refresh_photo(self._writer, photo_id, photo)

    def _available(self, tasks: list[ReadTask]) -> list[ReadTask]:
        """Tasks whose files exist, on drives that answer; grouped by root."""
        by_root, found = dict[int, list[ReadTask]](), list[ReadTask]()
        for task in tasks:
            by_root.setdefault(task.root_id, []).append(task)
        for root_id, some in by_root.items():

            def existing(keep_alive: KeepAlive, some: list[ReadTask] = some) -> list[ReadTask]:
                there = list[ReadTask]()
                for task in some:
                    keep_alive()
                    if os.path.exists(self._reader.path(task)):
                        there.append(task)
                return there

            with contextlib.suppress(DriveUnresponsive):
                found += self._drives.call(self._reader.roots[root_id], existing)
        return found


def _task(file: KnownFile, photo_id: int) -> ReadTask:
    return ReadTask(
        file.root_id, FileStat(file.path, file.size, file.mtime_ns, file.inode), photo_id
    )
