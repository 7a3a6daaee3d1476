"""From files on disk to rows in the catalog: find what is new, moved or gone; decode, encode and
write what is new.

Order matters for safety. A photo's preview is written before its row, its row and its vector in one
transaction, and files are called missing only after everything new has been looked at (it may be
they that moved). Stopped at any point, the next run finds what is left by the same comparison.
"""

from __future__ import annotations

import contextlib
import os
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from explorer.decoding.decode_result import DecodeJob, DecodeResult
from explorer.decoding.pool import DecodePool
from explorer.encoders.base import Encoder
from explorer.errors import PhotoError
from explorer.indexing.progress import Progress, RateMeter
from explorer.indexing.read_task import ReadTask, read_task_of, stat_for_failure
from explorer.indexing.reconcile import Reconciler, mark_unresponsive
from explorer.library import missing_files
from explorer.library.embedding_store import (
    photos_without_embedding,
    put_embedding,
    register_encoder,
)
from explorer.library.file_rows import FileStat, KnownFile
from explorer.library.file_store import put_failed, put_moved, put_present
from explorer.library.library import Library
from explorer.library.paths import join, to_text
from explorer.library.photo_store import (
    add_photo,
    deferred_purge,
    photo_id_by_hash,
    take_purged_hashes,
)
from explorer.library.quality_store import photos_to_measure, put_quality, refresh_photo
from explorer.library.savepoint import savepoint
from explorer.library.writer import Writer
from explorer.scanning.drive_timeouts import Alive, DriveTimeouts, DriveUnresponsive
from explorer.scanning.index_summary import IndexSummary
from explorer.scanning.root_scan import ScanTarget
from explorer.scanning.scan import NO_SUCH_FILE, device_of, inode_of, root_state
from explorer.scanning.write_detection import WriteDetector

# Photos encoded and committed together: large enough to use every core, small enough that results
# show at once.
BATCH = 16
# When no file has come from the decoders for so many seconds, it is asked whether the drives answer
# at all.
DOUBT = 20.0
# A started batch is written after this many seconds even if it is not full.
LINGER = 1.0
# Files for which the encoder is not loaded ahead.
_FEW = 4
# A file that was another one after it was read than before, so many times in a row, is not waited
# for any longer.
_RESTLESS = 5


class _Reading(NamedTuple):
    """What a run has to do with files that it reads. gone: known files that were not found, by id.
    found: the same, by their photo."""

    gone: dict[int, KnownFile]
    found: dict[int, list[KnownFile]]
    tally: IndexSummary


class Indexer:
    """Brings the catalog up to the disk. One per library, in the process that holds its lock."""

    def __init__(self, library: Library, writer: Writer, encoder: Encoder, pool: DecodePool, tick: Callable[[Progress], None],
                 *, resting: WriteDetector | None = None, disk: DriveTimeouts | None = None) -> None:  # fmt: skip
        """tick: called several times a second; may raise to stop the run, which loses nothing.
        resting: which files can be read yet. disk: which drives answer."""
        self._library, self._writer, self._encoder, self._pool, self._tick = (
            library,
            writer,
            encoder,
            pool,
            tick,
        )
        self._resting, self._disk = resting or WriteDetector(), disk or DriveTimeouts()
        self._roots: dict[int, str] = {}
        # How many times in a row a file has changed while it was read, by its path.
        self._changes: dict[str, int] = {}
        self._devices: dict[int, str | None] = {}
        self._warming: threading.Thread | None = None
        self._encoder_id = register_encoder(writer, encoder.name, encoder.version, encoder.dim)

    def run(self, places: Sequence[ScanTarget], *, thorough: bool = True) -> IndexSummary:
        """Scan these places, index what is new, and say what was done. Raises only what `tick`
        raises, or on a full disk.

        thorough: also look through the catalog for photos that this encoder has not seen.
        """
        tally = IndexSummary()
        roots = self._library.catalog.roots()
        self._roots, self._devices = (
            {root["id"]: root["path"] for root in roots},
            {root["id"]: root["device"] for root in roots},
        )
        differences = Reconciler(
            self._library.catalog,
            self._writer,
            self._resting,
            tally,
            lambda: self._tick(Progress(0, 0, 0.0, None)),
            self._disk,
        )
        with deferred_purge(self._writer, thorough=thorough):
            differences.look(places)
            self._read(differences.fresh, differences.gone, tally)
            differences.settle()
            for root in roots:
                if self._disk.silent(root["path"]):
                    mark_unresponsive(self._writer, root, tally)
            if thorough:
                self._encode_waiting(tally)
                self._judge_waiting()
        if thorough:
            missing_files.purge_expired(self._writer)
        for digest in take_purged_hashes(self._writer):
            self._library.previews.remove(digest)
        return tally

    # --- decode, encode, write

    def _read(self, tasks: list[ReadTask], gone: dict[int, KnownFile], tally: IndexSummary) -> None:
        """Read new files; contents that are known already cost no decoding."""
        found = dict[int, list[KnownFile]]()
        for file in gone.values():
            if file.photo_id is not None:
                found.setdefault(file.photo_id, []).append(file)
        self._warm_up(len(tasks))
        try:
            self._read_batches(tasks, _Reading(gone, found, tally))
        finally:
            if self._warming is not None:
                # A process that ends while it loads something ends in a crash.
                self._warming.join()

    def _read_batches(self, tasks: list[ReadTask], reading: _Reading) -> None:
        for batch in self._batches(tasks, self._is_known):
            there = {
                id(outcome): self._is_there(outcome)
                for outcome in batch
                if outcome.error is not None
            }
            vectors = self._vectors(batch)
            with self._writer.transaction():
                for outcome in batch:
                    # It is not the file's fault where its drive does not answer, and it is new
                    # again when it does.
                    if outcome.error is None or not self._disk.silent(
                        self._roots[read_task_of(outcome).root_id]
                    ):
                        self._settle(outcome, reading, vectors, there=there.get(id(outcome), True))

    def _settle(
        self,
        outcome: DecodeResult,
        reading: _Reading,
        vectors: dict[int, np.ndarray],
        *,
        there: bool,
    ) -> None:
        """Note what became of one file. Whatever is wrong with it costs this file a row with the
        reason, and no other one anything."""
        task, path = read_task_of(outcome), outcome.job.path
        if not there:
            # It went away before it could be read: the next scan says what became of it.
            self._resting.forget(path)
            return
        reason, fault = outcome.error, outcome.fault
        if outcome.digest is not None and (outcome.size, outcome.mtime_ns) != (
            task.seen.size,
            task.seen.mtime_ns,
        ):
            self._changes[path] = self._changes.get(path, 0) + 1
            if self._changes[path] < _RESTLESS:
                folder = task.seen.path.rpartition("/")[0]
                reading.tally.unsettled.add(
                    ScanTarget(task.root_id, self._roots[task.root_id], folder, recursive=False)
                )
                return
            outcome, reason = (
                replace(outcome, digest=None),
                "it changes all the time while it is read: it is tried again later",
            )
            fault = "environment"
        else:
            self._changes.pop(path, None)
        if reason is None and outcome.digest is not None:
            try:
                with savepoint(self._writer):
                    self._keep(outcome, outcome.digest, reading, vectors)
                return
            except PhotoError as error:
                reason, fault = str(error), error.fault
        put_failed(
            self._writer,
            task.root_id,
            stat_for_failure(task, outcome),
            reason or "it could not be read",
            fault,
        )
        reading.tally.failed += 1

    def _keep(
        self,
        outcome: DecodeResult,
        digest: bytes,
        reading: _Reading,
        vectors: dict[int, np.ndarray],
    ) -> None:
        """Write down a photo that was read. Raises what `savepoint` is there for."""
        photo_id = photo_id_by_hash(self._writer, digest)
        new = photo_id is None and outcome.photo is not None
        if photo_id is None and outcome.photo is not None:
            photo_id = add_photo(self._writer, digest, outcome.size, outcome.photo)
            put_embedding(self._writer, self._encoder_id, photo_id, vectors[id(outcome)])
            put_quality(self._writer, photo_id, outcome.photo)
        # Where it was known when it was read, and purged since, the next scan takes it as new.
        if photo_id is not None:
            self._place(read_task_of(outcome), photo_id, reading)
        reading.tally.encoded += new

    def _warm_up(self, number: int) -> None:
        """Load the encoder while the decode processes start: either takes half a second. Not for a
        file or two, which may be known."""
        if self._warming is None and number > _FEW:

            def warm_up() -> None:
                # What is in the way is said when the first photo is encoded.
                with contextlib.suppress(Exception):
                    self._encoder.warm_up()

            self._warming = threading.Thread(target=warm_up, name="encoder-warm-up", daemon=True)
            self._warming.start()

    def _place(self, task: ReadTask, photo_id: int, reading: _Reading) -> None:
        """Note that this file holds that photo: as it did before, as a file that moved here, or as
        one more."""
        gone, found, tally = reading
        if task.was is not None and task.was.photo_id == photo_id and task.was.state != "failed":
            # Touched, or put back by a backup.
            put_present(self._writer, task.root_id, task.seen, photo_id)
            tally.unchanged += 1
            return
        file = next(
            (f for f in found.get(photo_id, []) if f.id in gone), None
        ) or self._left_behind(photo_id)
        if file is None:
            put_present(self._writer, task.root_id, task.seen, photo_id)
            tally.indexed += 1
            return
        gone.pop(file.id, None)
        put_moved(self._writer, file, task.root_id, task.seen)
        tally.moved += 1

    def _left_behind(self, photo_id: int) -> KnownFile | None:
        """A file with this content that is not where it should be, though its drive is there: it
        has come here, by way of a copy."""
        for file in missing_files.files_of_photo(self._writer, photo_id):
            if file.excluded or file.root_id not in self._roots:
                continue
            if file.state == "missing" or file.vanished:
                return file
            path, root = self._path(file.root_id, file.path), self._roots[file.root_id]
            device = self._disk.ask(
                root,
                lambda path=path, root=root: (
                    device_of(root) if inode_of(path) == NO_SUCH_FILE else None
                ),  # type: ignore[misc]
                None,
            )
            if device is not None and device == self._devices[file.root_id]:
                return file
        return None

    def _is_there(self, outcome: DecodeResult) -> bool:
        """Whether a file that could not be read is there at all, or its drive does not say."""
        return self._disk.ask(
            self._roots[read_task_of(outcome).root_id],
            lambda: os.path.lexists(outcome.job.path),
            True,
        )

    def _those_there(self, tasks: list[ReadTask]) -> list[ReadTask]:
        """Tasks whose files are there, on drives that answer."""
        by_root, found = dict[int, list[ReadTask]](), list[ReadTask]()
        for task in tasks:
            by_root.setdefault(task.root_id, []).append(task)
        for root_id, some in by_root.items():

            def exist(alive: Alive, some: list[ReadTask] = some) -> list[ReadTask]:
                there = list[ReadTask]()
                for task in some:
                    alive()
                    if os.path.exists(self._path(task.root_id, task.seen.path)):
                        there.append(task)
                return there

            with contextlib.suppress(DriveUnresponsive):
                found += self._disk.look(self._roots[root_id], exist)
        return found

    def _is_known(self, digest: bytes) -> bool:
        return self._library.catalog.photo_id(digest) is not None

    def _vectors(self, batch: list[DecodeResult]) -> dict[int, np.ndarray]:
        """Encode a batch and keep its previews; vectors by the outcome's identity."""
        decoded = [
            (o, o.photo, o.digest) for o in batch if o.photo is not None and o.digest is not None
        ]
        if not decoded:
            return {}
        with self._library.previews.writing(
            (digest.hex(), photo.preview) for _, photo, digest in decoded
        ):
            rows = self._encoder.encode_images(
                np.stack([photo.input for _, photo, _ in decoded if photo.input is not None])
            )
        return {id(outcome): row for (outcome, _, _), row in zip(decoded, rows, strict=True)}

    def _encode_waiting(self, tally: IndexSummary) -> None:
        """Photos that this encoder has not seen: read again, from the original or, where that is
        away, from the preview."""
        waiting = photos_without_embedding(self._writer, self._encoder_id)
        tasks = self._those_there(
            [
                ReadTask(
                    file.root_id,
                    FileStat(file.path, file.size, file.mtime_ns, file.inode),
                    photo_id,
                )
                for photo_id, file, _ in waiting
            ]
        )
        done = set[int]()
        for batch in self._batches(tasks, lambda _: False):
            vectors = self._vectors(batch)
            with self._writer.transaction():
                for outcome in batch:
                    photo_id = read_task_of(outcome).photo_id
                    if (
                        photo_id is not None
                        and id(outcome) in vectors
                        and photo_id_by_hash(self._writer, outcome.digest or b"") == photo_id
                    ):
                        put_embedding(
                            self._writer, self._encoder_id, photo_id, vectors[id(outcome)]
                        )
                        if outcome.photo is not None:
                            refresh_photo(self._writer, photo_id, outcome.photo)
                        tally.encoded += 1
                        done.add(photo_id)
        for photo_id, _, _ in waiting:
            if photo_id not in done:
                self._encode_preview(photo_id, tally)

    def _encode_preview(self, photo_id: int, tally: IndexSummary) -> None:
        row = self._library.catalog.photo(photo_id)
        if row is None or not self._library.previews.has(row["hash"]):
            return
        self._tick(Progress(0, 0, 0.0, None))
        try:
            photo = self._pool.decode_bytes(self._library.previews.path(row["hash"]).read_bytes())
        except (OSError, PhotoError):
            # `verify` says so, and the photo is encoded when its original is back.
            return
        if photo.input is not None:
            put_embedding(
                self._writer,
                self._encoder_id,
                photo_id,
                self._encoder.encode_images(photo.input[None])[0],
            )
            tally.encoded += 1

    def _judge_waiting(self) -> None:
        """Photos of which an earlier release measured and told less, or otherwise: their originals
        are read again."""
        waiting = self._those_there(
            [
                ReadTask(f.root_id, FileStat(f.path, f.size, f.mtime_ns, f.inode), photo_id)
                for photo_id, f in photos_to_measure(self._library.catalog)
            ]
        )
        for batch in self._batches(waiting, lambda _: False):
            read = [
                (o.digest, o.photo, read_task_of(o).photo_id)
                for o in batch
                if o.photo is not None and o.digest is not None
            ]
            # The file may have been replaced since.
            same = [
                (digest, photo, known)
                for digest, photo, known in read
                if known is not None and photo_id_by_hash(self._writer, digest) == known
            ]
            # Each preview is on the disk before its row says that it is of this release.
            with (
                self._writer.transaction(),
                self._library.previews.writing(
                    (digest.hex(), photo.preview) for digest, photo, _ in same
                ),
            ):
                for _, photo, photo_id in same:
                    refresh_photo(self._writer, photo_id, photo)

    def _path(self, root_id: int, relative: str) -> str:
        return join(to_text(self._roots[root_id]), relative)

    def _batches(
        self, tasks: list[ReadTask], known: Callable[[bytes], bool]
    ) -> Iterator[list[DecodeResult]]:
        """Read the files in the decode processes and hand out what comes back in batches."""
        jobs = (
            DecodeJob(
                self._path(task.root_id, task.seen.path),
                task.seen.mtime_ns / 1e9,
                task,
                task.seen.size,
            )
            for task in tasks
            if not self._disk.silent(self._roots[task.root_id])
        )
        meter, batch, since = RateMeter(len(tasks)), list[DecodeResult](), time.monotonic()
        waiting_since = since

        def idle() -> None:
            nonlocal waiting_since
            self._tick(meter.add(0))
            if time.monotonic() - waiting_since > DOUBT:
                self._ask_drives({task.root_id for task in tasks})
                waiting_since = time.monotonic()

        outcomes = self._pool.run(jobs, known, idle)
        try:
            for outcome in outcomes:
                waiting_since = time.monotonic()
                batch.append(outcome)
                if len(batch) >= BATCH or time.monotonic() - since > LINGER:
                    yield batch
                    self._tick(meter.add(len(batch)))
                    batch, since = [], time.monotonic()
            if batch:
                yield batch
                self._tick(meter.add(len(batch)))
        finally:
            outcomes.close()

    def _ask_drives(self, root_ids: Iterable[int]) -> None:
        """Nothing has come for long: is it the files, or does one of these roots' drives not
        answer? Then its files are given up."""
        for root_id in root_ids:
            root = self._roots[root_id]
            self._disk.ask(root, lambda root=root: root_state(root), "absent")  # type: ignore[misc]
            if self._disk.silent(root):
                self._pool.expire(
                    lambda job, root_id=root_id: (  # type: ignore[misc]
                        isinstance(job.tag, ReadTask) and job.tag.root_id == root_id
                    )
                )
