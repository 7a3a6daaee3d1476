"""The vector index of one encoder: FAISS in memory and on disk, always derivable from the catalog.

It has one vector for each visible photo that the encoder has encoded, under the photo's id, in fp16
like the catalog, and is searched exhaustively: results are exact. Vectors are of unit length, so
their inner product is the cosine. On disk it is one file and a small JSON manifest with its change
number and checksum. The manifest is written last and names the file, so the pair is replaced
atomically; an index that does not match its manifest counts as damaged and is rebuilt from the
catalog, without encoding anything again.
"""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import faiss
import numpy as np
import numpy.typing as npt

from explorer.library.catalog import Catalog, Ids, VectorChange
from explorer.library.durable_io import checksum, replace_durably
from explorer.library.index_files import file_stem
from explorer.library.queries.photo_masks import PhotoMask, ids_in, mask_of

Vectors = npt.NDArray[np.float32]

# Changes applied at once: many, because each removal in FAISS takes linear time; few enough to stay
# small in memory.
_BATCH = 8192
# Up to this many changes, each photo is looked up by itself, which is slow if it is not there.
_FEW = 100
# Vectors compared at once for all scores: few enough that scores and ids stay in the processor's
# cache.
_SCAN = 1024


class VectorIndex:
    """Search among the vectors of one encoder. Safe to use from several threads; `refresh` brings
    it up to the catalog."""

    def __init__(self, folder: Path, catalog: Catalog, name: str, version: str, dim: int) -> None:
        """folder: where index files are kept. dim: length of a vector."""
        self.dim = dim
        self.change = 0
        self.rebuilt = False
        """Whether all vectors came from the catalog, because there was no valid file."""
        self.damaged = False
        """Whether there was an invalid file."""
        self._catalog, self._name, self._version = catalog, name, version
        self._manifest = folder / f"{file_stem(name, version)}.json"
        self._lock = threading.RLock()
        # Made once: the wrapper can neither free a scanner nor leave that to Python.
        self._quantizer = faiss.ScalarQuantizer(dim, faiss.ScalarQuantizer.QT_fp16)
        self._scanner: Any = self._quantizer.select_InvertedListScanner(  # type: ignore[attr-defined]
            faiss.METRIC_INNER_PRODUCT, None, True, None
        )
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
        """Apply what has changed in the catalog since; returns the number of changed photos."""
        with self._lock:
            upto = self._catalog.change()
            encoder_id = self._catalog.encoder_id(self._name, self._version)
            if upto == self.change or encoder_id is None:
                return 0
            if upto < self.change:
                # The catalog was restored from an older copy: this index does not belong to it.
                self._index, self.change = self._empty(), 0
            touched = 0
            changes = self._catalog.changes_since(encoder_id, self.change)
            while some := list(itertools.islice(changes, _BATCH)):
                self._apply(some)
                touched += len(some)
            self.change = upto
            return touched

    def _apply(self, changes: list[VectorChange]) -> None:
        # Removing a vector takes time that grows with the index, so only what differs is removed.
        fresh, gone = list[VectorChange](), list[int]()
        ids = np.array([change.photo_id for change in changes], np.int64)
        if len(ids) > _FEW:
            ids = ids[np.isin(ids, self.ids())]
        known = frozenset(ids.tolist())
        for change in changes:
            stored = self.get(change.photo_id) if change.photo_id in known else None
            wanted = change.vector
            if wanted is not None and len(wanted) != self.dim:
                wanted = None
            if stored is not None and (wanted is None or not np.array_equal(stored, wanted)):
                gone.append(change.photo_id)
                stored = None
            if stored is None and wanted is not None:
                fresh.append(change)
        if gone:
            self._index.remove_ids(np.array(gone, np.int64))
        if fresh:
            rows = np.array([change.vector for change in fresh], np.float32)
            self._index.add_with_ids(
                rows, np.array([change.photo_id for change in fresh], np.int64)
            )

    def rebuild(self) -> None:
        """Rebuild it from the catalog."""
        with self._lock:
            self._index, self.change, self.damaged = self._empty(), 0, False
            self.refresh()

    # --- search

    def search(
        self, query: Vectors, top: int, among: Ids | PhotoMask | None = None
    ) -> tuple[Vectors, Ids]:
        """The `top` most similar photos, or all if there are fewer: (cosines, ids), best first;
        ties go to the smaller id.

        query: float32 of shape (dim,). among: search these photos only, given by their ids or as a
        mask.
        """
        mask = None if among is None else mask_of(among)
        with self._lock:
            wanted = min(top, len(self), top if mask is None else int(mask.sum()))
            if wanted <= 0:
                return np.zeros(0, np.float32), np.zeros(0, np.int64)
            params = None
            if mask is not None:
                # FAISS keeps a pointer to the bitmap, and its wrapper the array. Bit i & 7 of byte
                # i >> 3 stands for id i.
                bitmap = np.packbits(mask, bitorder="little")
                params = faiss.SearchParameters(sel=faiss.IDSelectorBitmap(bitmap))  # type: ignore[call-arg,arg-type]
            scores, ids = self._index.search(
                query.reshape(1, -1).astype(np.float32), wanted, params=params
            )
        scores, ids = scores[0][ids[0] >= 0], ids[0][ids[0] >= 0]
        order = np.lexsort((ids, -scores))
        return scores[order], ids[order]

    def scores(self, query: Vectors, among: Ids | PhotoMask | None = None) -> tuple[Ids, Vectors]:
        """The cosines of all photos, or of those among some: (ids, float32 cosines), both of shape
        (n,), in no particular order. Exactly as `search` computes them.

        query: float32 of shape (dim,), of any norm, by which the cosines are multiplied.
        """
        mask = None if among is None else mask_of(among)
        with self._lock:
            ids, codes = self.ids(), self._codes()
            query = np.ascontiguousarray(query, np.float32)
            if mask is None:
                return ids, self._scan(query, codes, None, len(ids))
            rows = np.flatnonzero(ids_in(mask, ids))
            if 2 * len(rows) > len(ids):
                # Faster than copying so many vectors.
                return ids[rows], self._scan(query, codes, None, len(ids))[rows]
            return ids[rows], self._scan(query, codes, rows, len(rows))

    def _scan(
        self, query: Vectors, codes: npt.NDArray[np.float16], rows: Ids | None, number: int
    ) -> Vectors:
        """The inner products of a query and these rows of the index; None: all."""
        # Each block is searched for as many results as it has vectors. Its heap stays in the cache:
        # that is faster than `range_search`, than decoding, and than one search for everything.
        self._scanner.set_query(faiss.swig_ptr(query))
        self._scanner.set_list(0, 0.0)
        found = np.full(number, -np.inf, np.float32)
        heap, places = np.empty(_SCAN, np.float32), np.empty(_SCAN, np.int64)
        for start in range(0, number, _SCAN):
            end = min(start + _SCAN, number)
            block, size = codes[start:end] if rows is None else codes[rows[start:end]], end - start
            heap.fill(-np.inf)
            places.fill(-1)
            self._scanner.scan_codes(
                size, faiss.swig_ptr(block.view(np.uint8)), None,
                faiss.swig_ptr(heap), faiss.swig_ptr(places), size,
            )  # fmt: skip
            compared = places[:size] >= 0  # never NaN
            found[start + places[:size][compared]] = heap[:size][compared]
        return found

    def _codes(self) -> npt.NDArray[np.float16]:
        """The vectors as stored, of shape (n, dim); valid until the index changes."""
        if not len(self):
            return np.zeros((0, self.dim), np.float16)
        inner: Any = faiss.downcast_index(self._index.index)
        codes = faiss.rev_swig_ptr(inner.codes.data(), inner.codes.size())
        return np.asarray(codes.view(np.float16).reshape(-1, self.dim))

    def get(self, photo_id: int) -> Vectors | None:
        """The stored vector of one photo, or None if it is not in the index."""
        with self._lock:
            try:
                return np.asarray(self._index.reconstruct(int(photo_id)), np.float32)
            except RuntimeError:
                return None

    def ids(self) -> Ids:
        """The ids of all its photos, in no particular order."""
        with self._lock:
            return np.asarray(faiss.vector_to_array(self._index.id_map), np.int64)

    def sample(self, number: int) -> Vectors:
        """Up to that many vectors, float32 of shape (n, dim), spread evenly over the index."""
        with self._lock:
            chosen = self._codes()[:: max(1, len(self) // number)][:number]
            return chosen.astype(np.float32)

    def rows(self, ids: Ids) -> Vectors:
        """The stored vectors of these photos, float32 of shape (n, dim). Raises KeyError if one
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
        """All vectors, `number` at a time: (ids, float32 of shape (n, dim)). The index must not
        change in the meantime."""
        ids, codes = self.ids(), self._codes()
        for start in range(0, len(ids), number):
            yield ids[start : start + number], codes[start : start + number].astype(np.float32)

    # --- on disk

    def save(self) -> None:
        """Write the index and its manifest; an earlier pair stays valid until the new manifest
        replaces it."""
        with self._lock:
            self._manifest.parent.mkdir(parents=True, exist_ok=True)
            path = self._manifest.with_name(f"{self._manifest.stem}-{self.change}.faiss")
            scratch = path.with_suffix(f".{os.getpid()}.part")
            try:
                # Given a path, FAISS would open it in the system's code page, not in Unicode.
                with scratch.open("wb") as file:
                    faiss.write_index(self._index, faiss.PyCallbackIOWriter(file.write))  # type: ignore[attr-defined]
                manifest = {
                    "file": path.name,
                    "change": self.change,
                    "count": len(self),
                    "checksum": checksum(scratch),
                }
                replace_durably(scratch, path)
                scratch.write_text(json.dumps(manifest))
                # After a power cut, an index must not be ahead of the catalog: other changes could
                # get these change numbers.
                self._catalog.sync()
                replace_durably(scratch, self._manifest)
            finally:
                scratch.unlink(missing_ok=True)
            for old in self._manifest.parent.glob(f"{self._manifest.stem}-*.faiss"):
                # On Windows, another process may have it open; the next save deletes it.
                if old != path:
                    with contextlib.suppress(PermissionError):
                        old.unlink(missing_ok=True)

    def _load(self) -> Any:
        self.rebuilt = True
        try:
            manifest = json.loads(self._manifest.read_text())
        except FileNotFoundError:
            return None
        except (OSError, ValueError, RecursionError):
            self.damaged = True
            return None
        try:
            path = self._manifest.with_name(str(manifest["file"]))
            if checksum(path) == manifest["checksum"]:
                with path.open("rb") as file:
                    index = faiss.read_index(faiss.PyCallbackIOReader(file.read))  # type: ignore[attr-defined]
                if index.d == self.dim and index.ntotal == manifest["count"]:
                    self.change, self.rebuilt = int(manifest["change"]), False
                    return index
        except (OSError, ValueError, KeyError, TypeError, OverflowError, RuntimeError):
            # Truncated or foreign (FAISS raises RuntimeError for a file it cannot read): the
            # catalog has every vector.
            pass
        self.damaged = True
        return None
