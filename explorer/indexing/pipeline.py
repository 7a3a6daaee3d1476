"""From files on disk to rows in the catalog: find what is new, moved or gone; decode, encode and write what is new.

Order matters for safety. A photo's preview is written before its row, its row and its vector in one transaction, and files are
called missing only after everything new has been looked at (it may be they that moved). Stopped at any point, the next run finds
what is left by the same comparison.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, TypeVar

import numpy as np

from explorer.encoders.base import Encoder
from explorer.errors import PhotoError
from explorer.indexing.decode_pool import DecodePool, Job, Outcome
from explorer.indexing.scan import Walk, root_state, walk
from explorer.library.library import Library
from explorer.library.paths import join, to_text
from explorer.library.quality import put_quality, unjudged
from explorer.library.writer import KnownFile, Seen, Writer

T = TypeVar("T")

# Photos encoded and committed together: large enough to use every core, small enough that results show at once.
BATCH = 16
# No file's time: what carries it is read again by every scan.
_UNREAD = -1
# A started batch is written after this many seconds even if it is not full.
LINGER = 1.0


@dataclass
class Tally:
    """What a run did, in files. encoded: photos (distinct contents) that went through the encoder.

    other: files that are no photos. unsettled: folders where a file was still being written, to be looked at again.
    unlisted: absolute folders that could not be looked into, about whose photos nothing is known."""

    indexed: int = 0
    unchanged: int = 0
    moved: int = 0
    missing: int = 0
    failed: int = 0
    encoded: int = 0
    other: int = 0
    unsettled: set[Place] = field(default_factory=set)
    unlisted: set[str] = field(default_factory=set)


class Place(NamedTuple):
    """A part of a root to be scanned. folder: relative, catalog text; '' is the whole root."""

    root_id: int
    root: str
    folder: str = ""
    recursive: bool = True


class Progress(NamedTuple):
    """How far the reading of new files is. rate: files/s over the last seconds. eta: seconds left, or None.

    stage: what is done instead of reading files, in words (see `stages`), or ''.
    """

    done: int
    total: int
    rate: float
    eta: float | None
    stage: str = ""


class _Task(NamedTuple):
    """A file to be read. photo_id: it is known, only the vector is wanted."""

    root_id: int
    seen: Seen
    photo_id: int | None = None


class Indexer:
    """Brings the catalog up to the disk. One per library, in the process that holds its lock."""

    def __init__(self, library: Library, writer: Writer, encoder: Encoder, pool: DecodePool, tick: Callable[[Progress], None]) -> None:
        """tick: called several times a second; may raise to stop the run, which loses nothing."""
        self._library, self._writer, self._encoder, self._pool, self._tick = library, writer, encoder, pool, tick
        self._roots: dict[int, str] = {}
        self._encoder_id = writer.encoder(encoder.name, encoder.version, encoder.dim)

    def run(self, places: Sequence[Place], *, thorough: bool = True) -> Tally:
        """Scan these places, index what is new, and say what was done. Raises only what `tick` raises, or on a full disk.

        thorough: also look through the catalog for photos that this encoder has not seen.
        """
        tally = Tally()
        self._roots = {root["id"]: root["path"] for root in self._library.catalog.roots()}
        with self._writer.sparing_photos(thorough=thorough):
            fresh, gone = self._compare(places, tally)
            fresh = self._follow_moves(fresh, gone, tally)
            self._read(fresh, gone, tally)
            leftover = list(gone.values())
            tally.missing += len(leftover)
            for some in _slices(leftover, 500):
                self._writer.put_missing(some)
            if thorough:
                self._encode_waiting(tally)
                self._judge_waiting()
        for digest in self._writer.take_purged():
            self._library.previews.remove(digest)
        return tally

    # --- what is new, moved or gone

    def _compare(self, places: Sequence[Place], tally: Tally) -> tuple[list[_Task], dict[int, KnownFile]]:
        """Disk against catalog: files to be read, and known files that were not found (by id)."""
        fresh, gone = list[_Task](), dict[int, KnownFile]()
        for place in places:
            self._tick(Progress(0, 0, 0.0, None))
            if self._offline(place):
                continue
            found = walk(place.root, place.folder, recursive=place.recursive)
            known = self._known(place)
            returned = list[tuple[KnownFile, Seen]]()
            for seen in found.files:
                file = known.pop(seen.path, None)
                if seen.path in found.unsupported:
                    tally.failed += 1
                    if file is None or not file.is_as(seen) or file.state != "failed":
                        self._writer.put_failed(place.root_id, seen, found.unsupported[seen.path])
                elif file is None or not file.is_as(seen):
                    fresh.append(_Task(place.root_id, seen))
                elif file.state == "failed":
                    tally.failed += 1
                else:
                    tally.unchanged += 1
                    if file.state == "missing":
                        returned.append((file, seen))
            with self._writer.transaction():
                for file, seen in returned:
                    self._writer.put_moved(file, place.root_id, seen)
            gone.update((file.id, file) for file in known.values() if file.state != "missing" and not _unknown(file, found))
            tally.other += found.other
            tally.unlisted.update(join(to_text(place.root), folder) for folder in found.unreadable)
            self._writer.set_root(place.root_id, state="online", scanned=not place.folder)
        return fresh, gone

    def _known(self, place: Place) -> dict[str, KnownFile]:
        known = self._writer.files_below(place.root_id, place.folder)
        if place.recursive:
            return known
        return {path: file for path, file in known.items() if path.rpartition("/")[0] == place.folder}

    def _offline(self, place: Place) -> bool:
        """Whether the root's drive is away: it is not there, or suddenly empty though photos are known in it."""
        state = root_state(place.root)
        away = state == "absent" or (state == "empty" and bool(self._writer.files_below(place.root_id)))
        if away:
            self._writer.set_root(place.root_id, state="offline")
        return away

    def _follow_moves(self, fresh: list[_Task], gone: dict[int, KnownFile], tally: Tally) -> list[_Task]:
        """Files that were renamed on one disk keep inode, size and time: they are recognised without being read."""
        lost = {(f.inode, f.size, f.mtime_ns): f for f in [*self._writer.missing_files(), *gone.values()] if f.inode and f.photo_id}
        left = list[_Task]()
        for some in _slices(fresh, 500):
            with self._writer.transaction():
                for task in some:
                    seen = task.seen
                    file = lost.pop((seen.inode, seen.size, seen.mtime_ns), None)
                    if file is None:
                        left.append(task)
                        continue
                    self._writer.put_moved(file, task.root_id, seen)
                    gone.pop(file.id, None)
                    tally.moved += 1
        return left

    # --- decode, encode, write

    def _read(self, tasks: list[_Task], gone: dict[int, KnownFile], tally: Tally) -> None:
        """Read new files; contents that are known already cost no decoding."""
        lost = dict[int, list[KnownFile]]()
        for file in [*self._writer.missing_files(), *gone.values()]:
            if file.photo_id is not None:
                lost.setdefault(file.photo_id, []).append(file)
        for batch in self._batches(tasks, self._is_known):
            vectors = self._vectors(batch)
            with self._writer.transaction():
                for outcome in batch:
                    task = _task(outcome)
                    seen = task.seen
                    if outcome.error is not None and not os.path.lexists(outcome.job.path):
                        # It went away before it could be read: the next scan says what became of it.
                        continue
                    if outcome.digest and (outcome.size, outcome.mtime_ns) != (task.seen.size, task.seen.mtime_ns):
                        tally.unsettled.add(Place(task.root_id, self._roots[task.root_id], task.seen.path.rpartition("/")[0], False))
                        continue
                    if outcome.error is not None or outcome.digest is None:
                        # Its bytes were not to be had, which may be another matter next time, whatever its size and time say.
                        again = seen if outcome.digest else seen._replace(mtime_ns=_UNREAD)
                        self._writer.put_failed(task.root_id, again, outcome.error or "it could not be read")
                        tally.failed += 1
                        continue
                    photo_id = self._writer.photo_of(outcome.digest)
                    if photo_id is None and outcome.photo is not None:
                        photo_id = self._writer.add_photo(outcome.digest, outcome.size, outcome.photo)
                        self._writer.add_embedding(self._encoder_id, photo_id, vectors[id(outcome)])
                        put_quality(self._writer, photo_id, outcome.photo)
                        tally.encoded += 1
                    if photo_id is None:
                        # Known when it was read, purged since: the next scan takes it as new.
                        continue
                    if lost.get(photo_id):
                        file = lost[photo_id].pop()
                        gone.pop(file.id, None)
                        self._writer.put_moved(file, task.root_id, seen)
                        tally.moved += 1
                    else:
                        self._writer.put_present(task.root_id, seen, photo_id)
                        tally.indexed += 1

    def _is_known(self, digest: bytes) -> bool:
        return self._library.catalog.photo_id(digest) is not None

    def _vectors(self, batch: list[Outcome]) -> dict[int, np.ndarray]:
        """Encode a batch and keep its previews; vectors by the outcome's identity."""
        decoded = [(o, o.photo, o.digest) for o in batch if o.photo is not None and o.digest is not None]
        for _, photo, digest in decoded:
            self._library.previews.write(digest.hex(), photo.preview)
        if not decoded:
            return {}
        rows = self._encoder.encode_images(np.stack([photo.input for _, photo, _ in decoded if photo.input is not None]))
        return {id(outcome): row for (outcome, _, _), row in zip(decoded, rows, strict=True)}

    def _encode_waiting(self, tally: Tally) -> None:
        """Photos that this encoder has not seen: read again, from the original or, where that is away, from the preview."""
        waiting = self._writer.unencoded(self._encoder_id)
        tasks = [
            _Task(file.root_id, Seen(file.path, file.size, file.mtime_ns, file.inode), photo_id)
            for photo_id, file, _ in waiting
            if os.path.exists(self._path(file.root_id, file.path))  # noqa: PTH110
        ]
        done = set[int]()
        for batch in self._batches(tasks, lambda _: False):
            vectors = self._vectors(batch)
            with self._writer.transaction():
                for outcome in batch:
                    photo_id = _task(outcome).photo_id
                    if photo_id is not None and id(outcome) in vectors and self._writer.photo_of(outcome.digest or b"") == photo_id:
                        self._writer.add_embedding(self._encoder_id, photo_id, vectors[id(outcome)])
                        if outcome.photo is not None:
                            put_quality(self._writer, photo_id, outcome.photo)
                        tally.encoded += 1
                        done.add(photo_id)
        for photo_id, _, _ in waiting:
            if photo_id not in done:
                self._encode_preview(photo_id, tally)

    def _encode_preview(self, photo_id: int, tally: Tally) -> None:
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
            self._writer.add_embedding(self._encoder_id, photo_id, self._encoder.encode_images(photo.input[None])[0])
            tally.encoded += 1

    def _judge_waiting(self) -> None:
        """Photos that were indexed before their quality was measured, or measured otherwise: their originals are read again."""
        waiting = [
            _Task(file.root_id, Seen(file.path, file.size, file.mtime_ns, file.inode), photo_id)
            for photo_id, file in unjudged(self._library.catalog)
            if os.path.exists(self._path(file.root_id, file.path))  # noqa: PTH110
        ]
        for batch in self._batches(waiting, lambda _: False):
            with self._writer.transaction():
                for outcome in batch:
                    photo_id = _task(outcome).photo_id
                    if outcome.photo is not None and photo_id is not None and self._writer.photo_of(outcome.digest or b"") == photo_id:
                        put_quality(self._writer, photo_id, outcome.photo)

    def _path(self, root_id: int, relative: str) -> str:
        return join(to_text(self._roots[root_id]), relative)

    def _batches(self, tasks: list[_Task], known: Callable[[bytes], bool]) -> Iterator[list[Outcome]]:
        """Read the files in the decode processes and hand out what comes back in batches."""
        jobs = (Job(self._path(task.root_id, task.seen.path), task.seen.mtime_ns / 1e9, task) for task in tasks)
        meter, batch, since = _Meter(len(tasks)), list[Outcome](), time.monotonic()
        outcomes = self._pool.run(jobs, known)
        try:
            for outcome in outcomes:
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


class _Meter:
    """Progress with a rate over the last ten seconds or so."""

    def __init__(self, total: int) -> None:
        self._total, self._done = total, 0
        self._marks = [(time.monotonic(), 0)]

    def add(self, number: int) -> Progress:
        self._done += number
        self._marks = [*self._marks[-200:], (time.monotonic(), self._done)]
        while len(self._marks) > 2 and self._marks[-1][0] - self._marks[0][0] > 10:
            self._marks.pop(0)
        (t0, n0), (t1, n1) = self._marks[0], self._marks[-1]
        rate = (n1 - n0) / max(t1 - t0, 1e-6)
        return Progress(self._done, self._total, rate, (self._total - self._done) / rate if rate > 0 else None)


def _task(outcome: Outcome) -> _Task:
    task = outcome.job.tag
    if not isinstance(task, _Task):
        raise TypeError(f"a job of another maker: {task!r}")
    return task


def _unknown(file: KnownFile, found: Walk) -> bool:
    """Whether a file lies below a folder that could not be listed, so that nothing can be said of it."""
    return any(not folder or file.path.startswith(folder + "/") for folder in found.unreadable)


def _slices(items: Sequence[T], size: int) -> Iterable[Sequence[T]]:
    return (items[start : start + size] for start in range(0, len(items), size))
