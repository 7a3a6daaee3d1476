"""The vector index of one encoder: FAISS in memory and on disk, always derivable from the catalog.

It holds one vector for each visible photo that the encoder has seen, under the photo's id, in fp16
just as the catalog does, and is searched exhaustively: its answers are exact. (Inner product of
unit vectors: the cosine.) On disk it is one file beside a small JSON note with the change number it
holds and its checksum. The note is written last and names the file, so that the pair is replaced in
one step; whatever does not fit its note is taken for damaged and made again from the catalog, which
costs no encoding.
"""

from __future__ import annotations

import json
import mmap
import os
import threading
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import faiss
import numpy as np
import numpy.typing as npt

from explorer.library.catalog import Catalog, Ids, VectorChange
from explorer.library.durable_io import replace_durably

Vectors = npt.NDArray[np.float32]

# Changes taken in at once: enough that FAISS's linear removal is paid rarely, few enough to stay
# small in memory.
_BATCH = 8192


class VectorIndex:
    """Search among the vectors of one encoder. Safe to use from several threads; `refresh` brings
    it up to the catalog."""

    def __init__(self, folder: Path, catalog: Catalog, name: str, version: str, dim: int) -> None:
        """folder: where index files are kept. dim: length of a vector."""
        self.dim = dim
        self.change = 0
        # rebuilt: there was no good file, all came from the catalog. damaged: there was a file, and
        # it was not good.
        self.rebuilt = self.damaged = False
        self._catalog, self._name, self._version = catalog, name, version
        self._note = folder / f"{_file_name(name)}-{version}.json"
        self._lock = threading.RLock()
        self._index = self._load() or self._empty()

    def __len__(self) -> int:
        return int(self._index.ntotal)

    def _empty(self) -> Any:
        return faiss.IndexIDMap2(
            faiss.IndexScalarQuantizer(
                self.dim, faiss.ScalarQuantizer.QT_fp16, faiss.METRIC_INNER_PRODUCT
            )
        )

    # --- following the catalog

    def refresh(self) -> int:
        """Take in what has changed since; gives the number of photos that were touched."""
        with self._lock:
            upto = self._catalog.change()
            encoder_id = self._catalog.encoder_id(self._name, self._version)
            if upto == self.change or encoder_id is None:
                return 0
            if upto < self.change:
                # The catalog was put back from an older copy: what we hold is of another history.
                self._index, self.change = self._empty(), 0
            touched = 0
            for some in _batches(self._catalog.changes_since(encoder_id, self.change)):
                self._take_in(some)
                touched += len(some)
            self.change = upto
            return touched

    def _take_in(self, changes: list[VectorChange]) -> None:
        if len(self):
            self._index.remove_ids(np.array([change.photo_id for change in changes], np.int64))
        fresh = [
            change
            for change in changes
            if change.vector is not None and len(change.vector) == self.dim
        ]
        if fresh:
            rows = np.array([change.vector for change in fresh], np.float32)
            self._index.add_with_ids(
                rows, np.array([change.photo_id for change in fresh], np.int64)
            )

    def rebuild(self) -> None:
        """Make it anew from the catalog, whatever it holds."""
        with self._lock:
            self._index, self.change, self.damaged = self._empty(), 0, False
            self.refresh()

    # --- asking

    def search(self, query: Vectors, top: int, among: Ids | None = None) -> tuple[Vectors, Ids]:
        """The `top` most similar photos: (scores, ids), best first; ties go to the smaller id.

        query: float32 of shape (dim,). among: only these ids. Fewer than `top` are given where
        there are no more.
        """
        with self._lock:
            wanted = min(top, len(self), len(among) if among is not None else top)
            if wanted <= 0:
                return np.zeros(0, np.float32), np.zeros(0, np.int64)
            params = (
                None if among is None else faiss.SearchParameters(sel=faiss.IDSelectorBatch(among))  # type: ignore[call-arg]
            )
            scores, ids = self._index.search(
                query.reshape(1, -1).astype(np.float32), wanted, params=params
            )
        scores, ids = scores[0][ids[0] >= 0], ids[0][ids[0] >= 0]
        order = np.lexsort((ids, -scores))
        return scores[order], ids[order]

    def get(self, photo_id: int) -> Vectors | None:
        """The stored vector of one photo, or None if it is not in the index."""
        with self._lock:
            try:
                return np.asarray(self._index.reconstruct(int(photo_id)), np.float32)
            except RuntimeError:
                return None

    def ids(self) -> Ids:
        """All ids it holds, in no order."""
        with self._lock:
            return np.asarray(faiss.vector_to_array(self._index.id_map), np.int64)

    def sample(self, number: int) -> Vectors:
        """Up to that many vectors, float32 of shape (n, dim), spread evenly over the index: what
        the library is like."""
        with self._lock:
            chosen = self.ids()[:: max(1, len(self) // number)][:number]
            return (
                np.stack([self._index.reconstruct(int(i)) for i in chosen])
                if len(chosen)
                else np.zeros((0, self.dim), np.float32)
            )

    def rows(self, ids: Ids) -> Vectors:
        """The stored vectors of these photos, float32 of shape (n, dim). Raises KeyError where one
        is not in the index."""
        with self._lock:
            try:
                found = (
                    self._index.reconstruct_batch(np.ascontiguousarray(ids, np.int64))
                    if len(ids)
                    else np.zeros((0, self.dim))
                )
            except RuntimeError as error:
                raise KeyError("a photo that is not in the index") from error
            return np.asarray(found, np.float32)

    def blocks(self, number: int = 8192) -> Iterator[tuple[Ids, Vectors]]:
        """All it holds, `number` vectors at a time: (ids, float32 of shape (n, dim)). It must not
        change meanwhile."""
        ids = self.ids()
        inner: Any = faiss.downcast_index(self._index.index)
        codes = (
            faiss.rev_swig_ptr(inner.codes.data(), inner.codes.size())
            .view(np.float16)
            .reshape(-1, self.dim)
            if len(ids)
            else None
        )
        for start in range(0, len(ids), number):
            assert codes is not None  # noqa: S101  there are ids
            yield ids[start : start + number], codes[start : start + number].astype(np.float32)

    # --- on disk

    def save(self) -> None:
        """Write the index and its note; an earlier pair stays good until the moment the new note is
        there."""
        with self._lock:
            self._note.parent.mkdir(parents=True, exist_ok=True)
            path = self._note.with_name(f"{self._note.stem}-{self.change}.faiss")
            scratch = path.with_suffix(f".{os.getpid()}.part")
            try:
                faiss.write_index(self._index, str(scratch))
                note = {
                    "file": path.name,
                    "change": self.change,
                    "count": len(self),
                    "checksum": _checksum(scratch),
                }
                replace_durably(scratch, path)
                scratch.write_text(json.dumps(note))
                # A power cut must not leave an index that is ahead of the catalog: other photos
                # could get these change numbers.
                self._catalog.sync()
                replace_durably(scratch, self._note)
            finally:
                scratch.unlink(missing_ok=True)
            for old in self._note.parent.glob(f"{self._note.stem}-*.faiss"):
                if old != path:
                    old.unlink(missing_ok=True)

    def _load(self) -> Any:
        self.rebuilt = True
        try:
            note = json.loads(self._note.read_text())
        except FileNotFoundError:
            return None
        except (OSError, ValueError):
            self.damaged = True
            return None
        try:
            path = self._note.with_name(str(note["file"]))
            if _checksum(path) == note["checksum"]:
                index = faiss.read_index(str(path))
                if index.d == self.dim and index.ntotal == note["count"]:
                    self.change, self.rebuilt = int(note["change"]), False
                    return index
        except (OSError, ValueError, KeyError, TypeError, RuntimeError):
            # Torn or foreign (RuntimeError is FAISS's word for a file it cannot read): the catalog
            # has every vector.
            pass
        self.damaged = True
        return None


def _file_name(encoder: str) -> str:
    """An encoder's name (which may hold `/`, `:` and a path) as part of a file name; the version
    after it keeps names apart."""
    return "".join(c if c.isalnum() or c in "._" else "_" for c in encoder)[-60:]


def _checksum(path: Path) -> int:
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as view:
        return zlib.crc32(view)


def _batches(changes: Iterable[VectorChange]) -> Iterable[list[VectorChange]]:
    batch = list[VectorChange]()
    for change in changes:
        batch.append(change)
        if len(batch) == _BATCH:
            yield batch
            batch = []
    if batch:
        yield batch
