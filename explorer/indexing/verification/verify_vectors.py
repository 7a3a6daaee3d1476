"""Check that embeddings, vector indexes and nearest neighbors agree with the catalog."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from explorer.analysis.neighbor_check import check_neighbors
from explorer.analysis.neighbors import stage_name
from explorer.errors import LibraryError
from explorer.indexing.verification.verify_report import Inconsistency, VerifyRun
from explorer.library.library import Library
from explorer.library.model_settings import encoder_setting
from explorer.library.repair import integrity
from explorer.library.stores.embedding_store import drop_embeddings
from explorer.library.stores.neighbor_store import drop_all_neighbors
from explorer.library.vectors import VectorIndex

# While another process is indexing, the catalog and the index may be at different change numbers;
# they are then compared again, up to this many times.
_ATTEMPTS = 10
# How far the norm of an embedding may be from 1.
_NORM_TOLERANCE = 0.01


def check_vectors(run: VerifyRun) -> Iterator[Inconsistency]:
    """Check the embeddings of every encoder, and the index and neighbors derived from them. Raises
    LibraryError if an encoder is removed during the check."""
    catalog = run.library.catalog
    for name, version, dim, number in catalog.encoders():
        run.progress(f"Checking the vectors of {name}…")
        run.report.vectors += number
        encoder_id = catalog.encoder_id(name, version)
        if encoder_id is None:
            raise LibraryError(
                f"The encoder {name} was removed while the library was being checked: check again."
            )
        yield from _check_embeddings(run, encoder_id, name, dim)
        index = run.library.vectors(name, version, dim)
        yield from _check_index(run, index, encoder_id, name)
        yield from _check_neighbors(run, index, encoder_id, name)
        waiting = integrity.count_without_embedding(catalog, encoder_id)
        if waiting and name == encoder_setting(catalog):
            run.report.notes.append(f"{waiting:,} photos are waiting to be encoded by {name}")


def _check_embeddings(
    run: VerifyRun, encoder_id: int, name: str, dim: int
) -> Iterator[Inconsistency]:
    bad = [
        change.photo_id
        for change in run.library.catalog.changes_since(encoder_id, 0)
        if change.vector is not None and not _is_unit_vector(change.vector, dim)
    ]
    if bad and run.writer:
        drop_embeddings(run.writer, encoder_id, bad)
        # The new vectors may differ in the last digits, so their neighbors are computed again.
        drop_all_neighbors(run.writer, encoder_id, stage_name(encoder_id))
    mended = (
        ": it was dropped, and the next indexing run encodes the photo again" if run.repairs else ""
    )
    for photo_id in bad:
        text = f"The vector of photo {photo_id} for {name} is damaged{mended}."
        yield Inconsistency("vectors", text, run.repairs)


def _check_index(
    run: VerifyRun, index: VectorIndex, encoder_id: int, name: str
) -> Iterator[Inconsistency]:
    for _ in range(_ATTEMPTS):
        index.refresh()
        wrong = _count_differences(run.library, index, encoder_id)
        if index.change == run.library.catalog.change():
            break
    if index.damaged:
        text = f"The index file of {name} is damaged; it can be rebuilt from the catalog."
        yield Inconsistency("vectors", text, run.repairs)
    if wrong:
        text = f"The index of {name} differs from the catalog for {wrong:,} photos."
        yield Inconsistency("vectors", text, run.repairs)
    # A missing index file is not a fault: every reader rebuilds it in memory. Saving it avoids
    # that.
    if run.repairs and (wrong or index.damaged or index.rebuilt):
        index.rebuild()
        index.save()


def _check_neighbors(
    run: VerifyRun, index: VectorIndex, encoder_id: int, name: str
) -> Iterator[Inconsistency]:
    bad = check_neighbors(run.library, index, encoder_id)
    if bad and run.writer:
        drop_all_neighbors(run.writer, encoder_id, stage_name(encoder_id))
    if bad:
        mended = (
            ": all were deleted, and the next indexing run computes them again"
            if run.repairs
            else ""
        )
        text = (
            f"The nearest photos kept for {len(bad):,} photos ({name}) are wrong, among them those"
            f" of photo {bad[0]}{mended}."
        )
        yield Inconsistency("neighbours", text, run.repairs)


def _is_unit_vector(vector: np.ndarray, dim: int) -> bool:
    norm = float(np.linalg.norm(vector.astype(np.float32)))
    return len(vector) == dim and abs(norm - 1.0) < _NORM_TOLERANCE


def _count_differences(library: Library, index: VectorIndex, encoder_id: int) -> int:
    """The number of photos whose vector in the index differs from that in the catalog."""
    expected = {
        change.photo_id: change.vector
        for change in library.catalog.changes_since(encoder_id, 0)
        if change.vector is not None
    }
    held = set(index.ids().tolist())
    wrong = len(held ^ expected.keys())
    for photo_id in held & expected.keys():
        stored = index.get(photo_id)
        wrong += stored is None or not np.array_equal(stored.astype(np.float16), expected[photo_id])
    return wrong
