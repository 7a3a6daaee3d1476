"""Does everything a library says agree: the catalog with itself, vectors, neighbours and previews
with it, and files with the disk?"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from explorer import int64
from explorer.analysis.neighbor_check import check_neighbors
from explorer.analysis.neighbors import stage_name
from explorer.decoding.decode_result import DecodeJob
from explorer.decoding.pool import DecodePool
from explorer.errors import LibraryError, PhotoError
from explorer.indexing import crash_cleanup
from explorer.library import integrity
from explorer.library.embedding_store import drop_embeddings
from explorer.library.library import Library
from explorer.library.neighbor_store import drop_all_neighbors
from explorer.library.photo_store import update_file_counts
from explorer.library.setting_store import get_setting
from explorer.library.vectors import VectorIndex
from explorer.library.writer import Writer
from explorer.photos.decode import content_hash, read_file
from explorer.scanning.scan import root_state

# While another process indexes, catalog and index are compared at the same change, or again, so
# many times.
_TRIES = 10


class Inconsistency(NamedTuple):
    """One thing that does not agree. kind: `catalog`, `vectors`, `neighbours`, `preview` or `file`.
    text: a sentence.

    mended: by this run.
    """

    kind: str
    text: str
    mended: bool = False


@dataclass
class VerifyReport:
    """What was looked at and what was wrong. notes: differences that the next run settles by
    itself; they are not faults.

    changed: how many of the notes are files that were not as they were when they were last looked
    at.
    """

    photos: int = 0
    files: int = 0
    vectors: int = 0
    problems: list[Inconsistency] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    changed: int = 0

    @property
    def sound(self) -> bool:
        """Whether nothing is wrong any more."""
        return all(problem.mended for problem in self.problems)

    def summary(self) -> str:
        looked = f"{self.photos:,} photos, {self.files:,} files and {self.vectors:,} vectors were checked"
        left = sum(not problem.mended for problem in self.problems)
        mended = len(self.problems) - left
        found = (
            f"{left:,} problems are left: run `python run.py verify --repair`"
            if left
            else "everything agrees"
        )
        notes = (
            f" {self.changed:,} files have changed on disk since they were last scanned."
            if self.changed
            else ""
        )
        return f"{looked}: {found}{f' ({mended:,} mended)' if mended else ''}.{notes}"

    def as_json(self) -> dict[str, object]:
        return {
            "sound": self.sound, "photos": self.photos, "files": self.files,
            "vectors": self.vectors,
            "problems": [problem._asdict() for problem in self.problems], "notes": self.notes,
        }  # fmt: skip


def verify(
    library: Library,
    *,
    repair: bool = False,
    thorough: bool = False,
    progress: Callable[[str], None] = lambda _: None,
) -> VerifyReport:
    """Check a library, reading only; with `repair`, mend what can be mended from the catalog.

    thorough: also decode every preview, and read every photo file to see whether its bytes are
    still those that were indexed. Raises LibraryLocked if it is to be repaired while another
    process indexes into it. Of a catalog whose file is damaged nothing more is checked: that is for
    `library.salvage`.
    """
    progress("Checking the catalog…")
    if torn := integrity.find_damage(library.catalog.path):
        return VerifyReport(
            problems=[
                Inconsistency("catalog", f"The catalog's file is damaged: {text}.") for text in torn
            ]
        )
    lock = library.lock() if repair else None
    writer = Writer(library.catalog) if repair else None
    check = _Check(library, writer, progress, thorough=thorough)
    try:
        for part in (check.catalog, check.vectors, check.previews, check.files):
            check.report.problems += part()
    finally:
        if writer:
            writer.close()
        if lock:
            lock.release()
    return check.report


class _Check:
    """One run over a library. Each part gives what it found, already mended where there is a
    writer."""

    def __init__(
        self,
        library: Library,
        writer: Writer | None,
        progress: Callable[[str], None],
        *,
        thorough: bool,
    ) -> None:
        self.report = VerifyReport()
        self._library, self._catalog, self._writer, self._progress, self._thorough = (
            library,
            library.catalog,
            writer,
            progress,
            thorough,
        )

    # --- the catalog

    def catalog(self) -> Iterator[Inconsistency]:
        self._progress("Checking the catalog…")
        catalog, writer = self._catalog, self._writer
        counts = catalog.counts()
        self.report.photos, self.report.files = (
            counts.photos,
            counts.files + counts.failed + counts.missing,
        )
        if rows := integrity.dangling_references(catalog):
            if writer:
                integrity.repair_dangling_references(writer, rows)
            yield from (
                Inconsistency(
                    "catalog", f"Row {row} of {table} refers to no row of {to}.", bool(writer)
                )
                for table, row, to in rows
            )
        for rule in integrity.INTEGRITY_RULES:
            if ids := integrity.violations(catalog, rule):
                if writer:
                    integrity.repair_violations(writer, rule, ids)
                yield from (
                    Inconsistency("catalog", rule.text.format(i), bool(writer)) for i in ids
                )
        if wrong := integrity.miscounted_photos(catalog):
            if writer:
                update_file_counts(writer, wrong)
            yield from (
                Inconsistency(
                    "catalog", f"Photo {i} is counted in a wrong number of files.", bool(writer)
                )
                for i in wrong
            )

    # --- vectors and neighbours

    def vectors(self) -> Iterator[Inconsistency]:
        for name, version, dim, number in self._catalog.encoders():
            self._progress(f"Checking the vectors of {name}…")
            self.report.vectors += number
            encoder_id = self._catalog.encoder_id(name, version)
            if encoder_id is None:
                raise LibraryError(
                    f"The encoder {name} went away while the library was being checked: check again."
                )
            yield from self._bad_vectors(encoder_id, name, dim)
            index = self._library.vectors(name, version, dim)
            yield from self._index(index, encoder_id, name)
            yield from self._neighbours(index, encoder_id, name)
            waiting = integrity.count_without_embedding(self._catalog, encoder_id)
            if waiting and name == get_setting(self._catalog, "encoder"):
                self.report.notes.append(f"{waiting:,} photos wait to be encoded by {name}")

    def _bad_vectors(self, encoder_id: int, name: str, dim: int) -> Iterator[Inconsistency]:
        bad = [
            c.photo_id
            for c in self._catalog.changes_since(encoder_id, 0)
            if c.vector is not None and not _is_unit(c.vector, dim)
        ]
        if bad and self._writer:
            drop_embeddings(self._writer, encoder_id, bad)
        mended = ": it was dropped, and the next indexing makes it again" if self._writer else ""
        for photo_id in bad:
            yield Inconsistency(
                "vectors",
                f"The vector of photo {photo_id} for {name} is damaged{mended}.",
                bool(self._writer),
            )

    def _index(self, index: VectorIndex, encoder_id: int, name: str) -> Iterator[Inconsistency]:
        for _ in range(_TRIES):
            index.refresh()
            wrong = _differences(self._library, index, encoder_id)
            if index.change == self._catalog.change():
                break
        if index.damaged:
            yield Inconsistency(
                "vectors",
                f"The index file of {name} is damaged; it can be made again from the catalog.",
                bool(self._writer),
            )
        if wrong:
            yield Inconsistency(
                "vectors",
                f"The index of {name} differs from the catalog for {wrong:,} photos.",
                bool(self._writer),
            )
        # An absent file is no fault, as any reader makes up for it; but then each of them has to.
        if self._writer and (wrong or index.damaged or index.rebuilt):
            index.rebuild()
            index.save()

    def _neighbours(
        self, index: VectorIndex, encoder_id: int, name: str
    ) -> Iterator[Inconsistency]:
        bad = check_neighbors(self._library, index, encoder_id)
        if bad and self._writer:
            drop_all_neighbors(self._writer, encoder_id, stage_name(encoder_id))
        mended = (
            ": all are forgotten, and the next indexing finds them again" if self._writer else ""
        )
        if bad:
            text = f"The nearest photos kept for {len(bad):,} photos ({name}) are wrong, among them those of photo {bad[0]}{mended}."
            yield Inconsistency("neighbours", text, bool(self._writer))

    # --- previews

    def previews(self) -> Iterator[Inconsistency]:
        self._progress("Checking the previews…")
        store = self._library.previews
        with DecodePool(1, None) as pool:
            for digest, photo_id in integrity.photo_ids_by_hash(self._catalog).items():
                if store.sound(digest) and (not self._thorough or self._decodes(pool, digest)):
                    continue
                # It may have gone a moment ago.
                if self._catalog.photo_id(bytes.fromhex(digest)) == photo_id:
                    mended = bool(self._writer) and self._remake(pool, photo_id, digest)
                    yield Inconsistency(
                        "preview", f"Photo {photo_id} has no whole preview.", mended
                    )
        left, expected = (
            list(crash_cleanup.found(self._library)),
            crash_cleanup.cut_off(self._library),
        )
        if left and self._writer:
            crash_cleanup.clear(self._library)
        if left and expected and not self._writer:
            self.report.notes.append(
                f"{len(left):,} files are left over from a run that was cut off; the next one removes them"
            )
        elif left:
            yield from (
                Inconsistency(
                    "preview", f"{path.name} belongs to no known photo.", bool(self._writer)
                )
                for path in left
            )

    def _decodes(self, pool: DecodePool, digest: str) -> bool:
        try:
            return (
                pool.decode_bytes(self._library.previews.path(digest).read_bytes()).damaged is None
            )
        except (OSError, PhotoError):
            return False

    def _remake(self, pool: DecodePool, photo_id: int, digest: str) -> bool:
        """Make a preview again from one of the photo's files; False where none of them can be read."""
        for file in self._catalog.files_of(photo_id):
            try:
                data = read_file(file["path"])
                if content_hash(data).hex() == digest:
                    self._library.previews.write(digest, pool.decode_bytes(data).preview)
                    return True
            except PhotoError:
                continue
        return False

    # --- photo files

    def files(self) -> Iterator[Inconsistency]:
        """What differs from the disk is what the next scan will find, and no fault; but for bytes
        that changed under one size and time."""
        self._progress("Checking the photo files…")
        away = {
            r["path"]
            for r in self._catalog.roots()
            if r["state"] == "offline" or root_state(r["path"]) == "absent"
        }
        same = list[integrity.PresentFile]()
        for file in integrity.present_files(self._catalog):
            if file.root in away:
                continue
            try:
                facts = os.stat(file.path)
            except OSError:
                self._note_change(f"{file.path} is not there any more")
                continue
            if (facts.st_size, int64.time_ns(facts.st_mtime_ns)) != (file.size, file.mtime_ns):
                self._note_change(f"{file.path} has changed")
            elif self._thorough:
                same.append(file)
        if same:
            yield from self._contents(same)

    def _note_change(self, text: str) -> None:
        self.report.notes.append(text)
        self.report.changed += 1

    def _contents(self, files: list[integrity.PresentFile]) -> Iterator[Inconsistency]:
        jobs = (DecodeJob(file.path, 0.0, file, file.size) for file in files)
        with DecodePool(max(1, os.cpu_count() or 1), None) as pool:
            for done, outcome in enumerate(pool.run(jobs, lambda _: True)):
                self._progress(f"Reading the photo files: {done + 1:,} of {len(files):,}…")
                file = outcome.job.tag
                assert isinstance(file, integrity.PresentFile)  # noqa: S101  put there above
                if outcome.digest is None:
                    yield Inconsistency("file", f"{file.path} cannot be read: {outcome.error}.")
                elif outcome.digest.hex() != file.hash and (outcome.size, outcome.mtime_ns) == (
                    file.size,
                    file.mtime_ns,
                ):
                    if self._writer:
                        integrity.mark_for_rereading(self._writer, [file.id])
                    after = "; the next indexing reads it again" if self._writer else ""
                    text = f"{file.path} holds other bytes than when it was indexed, though its size and date are the same{after}."
                    yield Inconsistency("file", text, bool(self._writer))


def _is_unit(vector: np.ndarray, dim: int) -> bool:
    return len(vector) == dim and bool(
        abs(float(np.linalg.norm(vector.astype(np.float32))) - 1.0) < 0.01
    )


def _differences(library: Library, index: VectorIndex, encoder_id: int) -> int:
    expected = {
        c.photo_id: c.vector
        for c in library.catalog.changes_since(encoder_id, 0)
        if c.vector is not None
    }
    held = set(index.ids().tolist())
    wrong = len(held ^ expected.keys())
    for photo_id in held & expected.keys():
        stored = index.get(photo_id)
        wrong += stored is None or not np.array_equal(stored.astype(np.float16), expected[photo_id])
    return wrong
