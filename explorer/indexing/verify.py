"""Does everything a library says agree: catalog with itself, vectors with catalog, previews with catalog, files with disk?"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from explorer.errors import LibraryError, PhotoError
from explorer.indexing.decode_pool import DecodePool
from explorer.indexing.scan import root_state
from explorer.library import checks
from explorer.library.library import Library
from explorer.library.vectors import VectorIndex
from explorer.library.writer import Writer
from explorer.photos.decode import content_hash, read_file


class Problem(NamedTuple):
    """One thing that does not agree. kind: `catalog`, `vectors`, `preview` or `file`. text: a sentence. mended: by this run."""

    kind: str
    text: str
    mended: bool = False


@dataclass
class Report:
    """What was looked at and what was wrong. notes: differences that the next scan settles by itself; they are not faults."""

    photos: int = 0
    files: int = 0
    vectors: int = 0
    problems: list[Problem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def sound(self) -> bool:
        """Whether nothing is wrong any more."""
        return all(problem.mended for problem in self.problems)

    def summary(self) -> str:
        looked = f"{self.photos:,} photos, {self.files:,} files and {self.vectors:,} vectors were checked"
        left = sum(not problem.mended for problem in self.problems)
        mended = len(self.problems) - left
        found = f"{left:,} problems are left: run `python run.py verify --repair`" if left else "everything agrees"
        notes = f" {len(self.notes):,} files have changed on disk since they were last scanned." if self.notes else ""
        return f"{looked}: {found}{f' ({mended:,} mended)' if mended else ''}.{notes}"

    def as_json(self) -> dict[str, object]:
        return {
            "sound": self.sound, "photos": self.photos, "files": self.files, "vectors": self.vectors,
            "problems": [problem._asdict() for problem in self.problems], "notes": self.notes,
        }  # fmt: skip


def verify(library: Library, *, repair: bool = False, progress: Callable[[str], None] = lambda _: None) -> Report:
    """Check a library, reading only; with `repair`, mend what can be mended from the catalog.

    Raises LibraryLocked if it is to be repaired while another process indexes into it.
    """
    report = Report()
    lock = library.lock() if repair else None
    writer = Writer(library.catalog) if repair else None
    try:
        for check in (_catalog, _vectors, _previews, _files):
            report.problems += check(library, report, writer, progress)
    finally:
        if writer:
            writer.close()
        if lock:
            lock.release()
    return report


def _catalog(library: Library, report: Report, writer: Writer | None, progress: Callable[[str], None]) -> Iterator[Problem]:
    progress("Checking the catalog…")
    counts = library.catalog.counts()
    report.photos, report.files = counts.photos, counts.files + counts.failed + counts.missing
    for text in checks.damage(library.catalog):
        yield Problem("catalog", f"The catalog's file is damaged: {text}.")
    wrong = checks.miscounted(library.catalog)
    if wrong and writer:
        writer.recount(wrong)
    for photo_id in wrong:
        yield Problem("catalog", f"Photo {photo_id} is counted in a wrong number of files.", bool(writer))


def _vectors(library: Library, report: Report, writer: Writer | None, progress: Callable[[str], None]) -> Iterator[Problem]:
    for name, version, dim, number in library.catalog.encoders():
        progress(f"Checking the vectors of {name}…")
        report.vectors += number
        encoder_id = library.catalog.encoder_id(name, version)
        if encoder_id is None:
            raise LibraryError(f"The encoder {name} went away while the library was being checked: check again.")
        bad = [c.photo_id for c in library.catalog.changes_since(encoder_id, 0) if c.vector is not None and not _is_unit(c.vector, dim)]
        if bad and writer:
            writer.drop_embeddings(encoder_id, bad)
        for photo_id in bad:
            mended = ": it was dropped, and the next indexing makes it again" if writer else ""
            yield Problem("vectors", f"The vector of photo {photo_id} for {name} is damaged{mended}.", bool(writer))
        index = library.vectors(name, version, dim)
        wrong = _differences(library, index, encoder_id)
        if index.damaged:
            yield Problem("vectors", f"The index file of {name} is damaged; it can be made again from the catalog.", bool(writer))
        if wrong:
            yield Problem("vectors", f"The index of {name} differs from the catalog for {wrong:,} photos.", bool(writer))
        # An absent file is no fault, as any reader makes up for it; but then each of them has to.
        if writer and (wrong or index.damaged or index.rebuilt):
            index.rebuild()
            index.save()


def _is_unit(vector: np.ndarray, dim: int) -> bool:
    return len(vector) == dim and bool(abs(float(np.linalg.norm(vector.astype(np.float32))) - 1.0) < 0.01)


def _differences(library: Library, index: VectorIndex, encoder_id: int) -> int:
    expected = {c.photo_id: c.vector for c in library.catalog.changes_since(encoder_id, 0) if c.vector is not None}
    held = set(index.ids().tolist())
    wrong = len(held ^ expected.keys())
    for photo_id in held & expected.keys():
        stored = index.get(photo_id)
        wrong += stored is None or not np.array_equal(stored.astype(np.float16), expected[photo_id])
    return wrong


def _previews(library: Library, report: Report, writer: Writer | None, progress: Callable[[str], None]) -> Iterator[Problem]:
    progress("Checking the previews…")
    hashes = checks.hashes(library.catalog)
    for digest, photo_id in hashes.items():
        if not library.previews.sound(digest):
            mended = bool(writer) and _remake(library, photo_id, digest)
            yield Problem("preview", f"Photo {photo_id} has no whole preview.", mended)
    for path in library.previews.all():
        if path.stem not in hashes:
            if writer:
                path.unlink(missing_ok=True)
            yield Problem("preview", f"{path.name} is the preview of no known photo.", bool(writer))


def _remake(library: Library, photo_id: int, digest: str) -> bool:
    """Make a preview again from one of the photo's files; False where none of them can be read."""
    with DecodePool(1, None) as pool:
        for file in library.catalog.files_of(photo_id):
            try:
                data = read_file(file["path"])
                if content_hash(data).hex() == digest:
                    library.previews.write(digest, pool.decode_bytes(data).preview)
                    return True
            except PhotoError:
                continue
    return False


def _files(library: Library, report: Report, writer: Writer | None, progress: Callable[[str], None]) -> Iterator[Problem]:
    """Nothing here is a fault of the library: what differs from the disk is what the next scan will find."""
    progress("Checking the photo files…")
    away = {root["path"] for root in library.catalog.roots() if root["state"] == "offline" or root_state(root["path"]) == "absent"}
    for file in checks.present_files(library.catalog):
        if file.root in away:
            continue
        try:
            facts = os.stat(file.path)  # noqa: PTH116
        except OSError:
            report.notes.append(f"{file.path} is not there any more")
            continue
        if (facts.st_size, facts.st_mtime_ns) != (file.size, file.mtime_ns):
            report.notes.append(f"{file.path} has changed")
    return iter(())
