"""Complete known photos that lack an embedding from the current encoder or the measurements of
this release."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence

from explorer.decoding.decode_result import DecodeResult
from explorer.encoders.base import Encoder
from explorer.indexing.batch_encoder import BatchEncoder
from explorer.indexing.batch_reader import BatchReader
from explorer.indexing.preview_encoder import PreviewEncoder
from explorer.indexing.preview_source import preview_is_enough
from explorer.indexing.progress import Progress, RateMeter
from explorer.indexing.read_task import ReadTask, read_task_of
from explorer.library.file_rows import FileStat, KnownFile
from explorer.library.library import Library
from explorer.library.repair.integrity import mark_for_rereading
from explorer.library.stores.embedding_store import (
    UnencodedPhoto,
    photos_without_embedding,
    put_embedding,
    unencoded_photos,
)
from explorer.library.stores.photo_store import photo_id_by_hash
from explorer.library.stores.quality_store import photos_to_measure, refresh_photo
from explorer.library.writer import Writer
from explorer.photos.file_io import is_here
from explorer.scanning.drive_timeouts import DriveTimeouts, DriveUnresponsive, KeepAlive
from explorer.scanning.index_summary import IndexSummary


class Backfill:
    """Completes photos from their originals or, for embeddings, from their previews."""

    def __init__(
        self,
        library: Library,
        writer: Writer,
        encoder: Encoder,
        encoder_id: int,
        *,
        reader: BatchReader,
        batch_encoder: BatchEncoder,
        drives: DriveTimeouts,
        tick: Callable[[Progress], None],
        prefer_previews: bool = False,
    ) -> None:
        """prefer_previews: encode from previews wherever they are as good as the originals. If
        False, previews are used only for photos whose originals are not available."""
        self._prefer_previews = prefer_previews
        self._library, self._writer = library, writer
        self._encoder, self._encoder_id, self._batch_encoder = encoder, encoder_id, batch_encoder
        self._reader, self._drives, self._tick = reader, drives, tick
        self._previews = PreviewEncoder(writer, library.previews, encoder, encoder_id)
        # Photos whose original was read but gave no vector, since the last complete pass.
        self._read_in_vain = set[int]()
        # Photos whose original was read to measure them. What it lacks still, it will lack again.
        self._measured = set[int]()

    def encode_missing(
        self,
        summary: IndexSummary,
        until: Callable[[], bool] = lambda: False,
        skip: set[int] | None = None,
    ) -> bool:
        """Encode the photos that this encoder has not seen, newest first. The source is the
        preview if it is preferred and as good, else the original, else (if the original is not
        available) the preview. Returns whether all photos were tried.

        until: called between batches; True ends the pass early. skip: ids of photos to leave out;
        a complete pass adds those that cannot be encoded now.
        """
        skip = set() if skip is None else skip
        photos = [
            each
            for each in unencoded_photos(self._writer, self._encoder_id)
            if each.photo_id not in skip
        ]
        spec, done = self._encoder.spec, set[int]()
        if self._prefer_previews:
            good = [each for each in photos if preview_is_enough(each.width, each.height, spec)]
            done |= self._from_previews(good, summary, until)
        if not until() and len(done) < len(photos):
            # A call that ends early must not begin with the same unreadable originals again.
            done |= self._from_originals(done | skip | self._read_in_vain, summary, until)
        if until():
            return False
        left = [each for each in photos if each.photo_id not in done]
        done |= self._from_previews(left, summary, until)
        if until():
            return False
        self._read_in_vain.clear()
        # `verify` reports damaged previews; these photos are encoded when their originals are back.
        skip.update(each.photo_id for each in photos if each.photo_id not in done)
        return True

    def _from_previews(
        self, photos: Sequence[UnencodedPhoto], summary: IndexSummary, until: Callable[[], bool]
    ) -> set[int]:
        meter, before = RateMeter(len(photos)), 0

        def tick(encoded: int) -> None:
            nonlocal before
            new, before = encoded - before, encoded
            summary.encoded += new
            self._tick(meter.add(new))

        return self._previews.encode(photos, tick, until)

    def _from_originals(
        self, without: set[int], summary: IndexSummary, until: Callable[[], bool]
    ) -> set[int]:
        waiting = photos_without_embedding(self._writer, self._encoder_id)
        tasks = self._available([
            _task(file, photo_id) for photo_id, file, _ in waiting if photo_id not in without
        ])  # fmt: skip
        done = set[int]()
        with contextlib.closing(self._reader.batches(tasks, lambda _: False)) as batches:
            for batch in batches:
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
                self._read_in_vain |= {
                    photo_id
                    for result in batch
                    if (photo_id := read_task_of(result).photo_id) is not None
                } - done
                if until():
                    break
        return done

    def measure_outdated(self) -> None:
        """Measure photos again whose measurements by an earlier release are incomplete or
        outdated."""
        waiting = photos_to_measure(self._library.catalog)
        tasks = self._available([
            _task(file, photo_id) for photo_id, file in waiting if photo_id not in self._measured
        ])  # fmt: skip
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
            # Each preview is on disk before its row says that this release made it.
            with (
                self._writer.transaction(),
                self._library.previews.writing(
                    (digest.hex(), photo.preview) for digest, photo, _ in same
                ),
            ):
                for _, photo, photo_id in same:
                    refresh_photo(self._writer, photo_id, photo)
            self._note_measured(batch)

    def _note_measured(self, batch: Sequence[DecodeResult]) -> None:
        """Note that these originals were read. Those that have another content than the catalog
        says, or could not be read, are left to the next scan, which records what has become of
        them."""
        changed = list[ReadTask]()
        for result in batch:
            task = read_task_of(result)
            digest = result.digest
            known = None if digest is None else photo_id_by_hash(self._writer, digest)
            if known is not None and known == task.photo_id:
                self._measured.add(known)
            elif not result.in_use:
                changed.append(task)
        known_files = [task.was.id for task in self._available(changed) if task.was is not None]
        if known_files:
            mark_for_rereading(self._writer, known_files)

    def _available(self, tasks: list[ReadTask]) -> list[ReadTask]:
        """The tasks whose files exist, on drives that respond; grouped by root."""
        by_root, found = dict[int, list[ReadTask]](), list[ReadTask]()
        for task in tasks:
            by_root.setdefault(task.root_id, []).append(task)
        for root_id, some in by_root.items():

            def existing(keep_alive: KeepAlive, some: list[ReadTask] = some) -> list[ReadTask]:
                there = list[ReadTask]()
                for task in some:
                    keep_alive()
                    if is_here(self._reader.path(task)):
                        there.append(task)
                return there

            with contextlib.suppress(DriveUnresponsive):
                found += self._drives.call(self._reader.roots[root_id], existing)
        return found


def _task(file: KnownFile, photo_id: int) -> ReadTask:
    return ReadTask(
        file.root_id, FileStat(file.path, file.size, file.mtime_ns, file.inode), photo_id, file
    )
