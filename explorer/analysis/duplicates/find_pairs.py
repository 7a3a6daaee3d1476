"""Find pairs of photos that are one picture, as photos arrive.

Each new photo is compared with the earlier photos that are worth it (`candidates.py`), by their
previews (`compare_pair.py`) and, where these cannot decide, by their files (`classify_pair.py`). A
photo is marked as compared in the transaction that writes its pairs, so after an interruption the
next run continues with the photos that are not marked.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

from explorer.analysis.duplicates import candidates
from explorer.analysis.duplicates.candidates import Candidate, HashedPhotos, close_neighbors
from explorer.analysis.duplicates.classify_pair import FilesUnavailable, PairClassifier
from explorer.analysis.duplicates.compare_pair import PairComparer, PairComparison, PairRequest
from explorer.analysis.duplicates.copy_components import CopyComponents
from explorer.analysis.duplicates.prefilter import Prefilter
from explorer.decoding.pool import DecodePool
from explorer.encoders.base import Encoder
from explorer.library.library import Library
from explorer.library.stores import keypoint_store, neighbor_store, stage_store
from explorer.library.stores import pair_store as store
from explorer.library.stores.embedding_store import register_encoder
from explorer.library.stores.pair_store import PAIRS_VERSION, Pair
from explorer.library.writer import Writer

Tick = Callable[[int, int], None]

# New photos compared in one transaction.
BATCH_SIZE = 64
# For up to this many new photos, starting threads takes longer than comparing them in this one.
_FEW = 2
# Growth of the library after which the typical cosine is computed again, which reads all lists of
# nearest neighbors.
_MIN_GROWTH = 0.05


class _State(NamedTuple):
    """What is kept in memory between runs."""

    photos: HashedPhotos
    components: CopyComponents
    prefilter: Prefilter


RETRY_INTERVAL = 600.0
"""Seconds until photos whose files could not be read are compared again, at the next change of the
catalog. A new process tries at once."""


class PairStage:
    """Keeps the pairs of a library up to date.

    Keeps the hashes of all photos in memory between runs; no other process writes pairs.
    """

    what = "Looking for duplicates"

    def __init__(self, library: Library, writer: Writer, encoder: Encoder) -> None:
        self._library, self._writer = library, writer
        self._encoder_id = register_encoder(writer, encoder.name, encoder.version, encoder.dim)
        self._state: _State | None = None
        # The catalog's change number that the state includes.
        self._change = 0
        # When to retry photos whose files could not be read, in monotonic seconds.
        self._retry_at: float | None = None
        # The typical cosine of near photos, and the number of photos it was computed for.
        self._typical = (float("nan"), 0)

    def run(self, tick: Tick) -> None:
        """Compare the photos that have not been compared. tick: as in `analysis/stages.py`."""
        catalog = self._library.catalog
        now = catalog.change()
        if stage_store.stage_change(catalog, "pairs", str(PAIRS_VERSION)) == now:
            return
        if self._retry_at is not None and time.monotonic() >= self._retry_at:
            # The state in memory marks them as compared.
            self._state = self._retry_at = None
        state = self._load() if self._state is None else self._state
        if self._state is not None:
            state.photos.update(
                keypoint_store.photo_fingerprints(catalog, PAIRS_VERSION, after=self._change)
            )
        self._change = now
        # Memory must not be ahead of the catalog: an interrupted run loads its state again.
        self._state = None
        new = state.photos.not_compared()
        if new and not self._compare(new, state, tick):
            self._retry_at = time.monotonic() + RETRY_INTERVAL
        self._state = state
        # Not in a transaction: that would count as a change, which every other stage would follow
        # with one of its own.
        stage_store.set_stage_change(self._writer, "pairs", str(PAIRS_VERSION), catalog.change())

    def _load(self) -> _State:
        with self._writer.transaction():
            store.drop_old_pairs(self._writer, PAIRS_VERSION)
        catalog = self._library.catalog
        photos = HashedPhotos(keypoint_store.photo_fingerprints(catalog, PAIRS_VERSION))
        copies = store.pairs(catalog, PAIRS_VERSION, ("pixels", "picture"), hidden=True)
        return _State(photos, CopyComponents(photos, copies), Prefilter(self._library, photos))

    def _compare(self, new: list[int], state: _State, tick: Tick) -> bool:
        """Compare these photos with all others. Returns whether all present files that were needed
        could be read. A photo whose files could not be read stays marked as not compared: a hidden
        one is compared when it returns, any other is retried."""
        postponed = set[int]()
        typical = self._typical_cosine(len(state.photos))
        with (
            ThreadPoolExecutor(max(1, os.cpu_count() or 1)) as threads,
            DecodePool(1, None) as pool,
        ):
            executor = threads if len(new) > _FEW else None
            comparer = PairComparer(self._library, state.photos, state.prefilter, executor)
            classifier = PairClassifier(self._library, self._writer, pool)
            for start in range(0, len(new), BATCH_SIZE):
                tick(start, len(new))
                batch = new[start : start + BATCH_SIZE]
                run = map if executor is None else executor.map
                checks = dict(zip(batch, run(state.prefilter.check_preview, batch), strict=True))
                inner = {i: check.inner for i, check in checks.items()}
                state.photos.start_comparing(inner)
                readable = [i for i, check in checks.items() if check.readable]
                near = self._near_pairs(state.photos, readable, typical)
                found = _candidates(state.photos, readable, near, executor)
                pairs, unavailable = _compare_candidates(
                    found, state.components, comparer, classifier
                )
                postponed |= unavailable
                with self._writer.transaction():
                    keypoint_store.put_compared(self._writer, inner.items(), PAIRS_VERSION)
                    keypoint_store.put_keypoints(self._writer, comparer.new_keypoints())
                    store.put_pairs(self._writer, pairs, PAIRS_VERSION)
                    classifier.store_hashes()
                    keypoint_store.forget_compared(self._writer, postponed)
        hidden = {i for i in postponed if not state.photos.is_visible(i)}
        state.photos.postpone(hidden)
        return postponed == hidden

    def _typical_cosine(self, photos: int) -> float:
        """The median cosine of the last neighbor in a list, for a library of this many photos."""
        cosine, computed_for = self._typical
        if not computed_for or abs(photos / computed_for - 1) > _MIN_GROWTH:
            cosine = neighbor_store.typical_cosine(self._library.catalog, self._encoder_id)
            self._typical = (cosine, photos)
        return cosine

    def _near_pairs(
        self, photos: HashedPhotos, new: list[int], typical: float
    ) -> set[tuple[int, int]]:
        """Pairs (a < b) that are close by embedding."""
        pairs = set[tuple[int, int]]()
        for photo_id in new:
            neighbors = neighbor_store.neighbors_of(
                self._library.catalog, self._encoder_id, photo_id
            )
            for other in close_neighbors(neighbors, typical):
                if photos.is_compared(other):
                    pairs.add((min(photo_id, other), max(photo_id, other)))
        return pairs


def _candidates(
    photos: HashedPhotos,
    new: list[int],
    near: set[tuple[int, int]],
    executor: ThreadPoolExecutor | None,
) -> list[Candidate]:
    """The candidate pairs of these photos, by hash or by embedding, most promising first."""
    similar = [
        candidate._replace(near=(candidate.a, candidate.b) in near)
        for candidate in photos.similar(new, executor)
    ]
    rest = near - {(candidate.a, candidate.b) for candidate in similar}
    max_bits = candidates.THRESHOLDS.max_bits
    found = similar + [Candidate(a, b, max_bits + 1, True) for a, b in sorted(rest)]

    def promise(candidate: Candidate) -> tuple[bool, tuple[int, int, int], int, int, int]:
        """Similar hashes first, then the largest photo: others will be compared with that one."""
        a, b, bits, _ = candidate
        return bits > max_bits, min(photos.size_rank(a), photos.size_rank(b)), bits, a, b

    return sorted(found, key=promise)


def _compare_candidates(
    found: list[Candidate],
    components: CopyComponents,
    comparer: PairComparer,
    classifier: PairClassifier,
) -> tuple[list[Pair], set[int]]:
    """The pairs among these candidates, and those within the components that they connect; and the
    photos of pairs that could not be classified, or not completely, because files could not be
    read."""
    pairs, done = list[Pair](), set[tuple[int, int]]()
    incomplete, unavailable = list[Pair](), set[int]()

    def classify(compared: PairComparison | None, otherwise: Pair | None = None) -> list[Pair]:
        try:
            pair = (classifier.classify(compared) if compared else None) or otherwise
        except FilesUnavailable as error:
            unavailable.update(error.photo_ids)
            # Not of a component, within which it would not be compared again.
            incomplete.extend([error.pair] if error.pair else [])
            return []
        return [pair] if pair else []

    while found:
        now, found = components.next_round(found)
        done |= {(candidate.a, candidate.b) for candidate in now}
        compared = comparer.compare_all(
            [
                PairRequest(
                    each.a,
                    each.b,
                    use_keypoints=each.near,
                    are_shots=classifier.are_surely_shots(each),
                )
                for each in now
            ]
        )
        new = [pair for each in compared for pair in classify(each)]
        components.add(new)
        pairs += new
    # Any photo of a component may become the one that is kept.
    copies = {i for pair in pairs if pair.kind in ("pixels", "picture") for i in (pair.a, pair.b)}
    requests = [
        PairRequest(a, b, components.transform_through_third(a, b))
        for a, b in components.uncompared_pairs(copies)
    ]
    requests = [each for each in requests if each.expected is not None or each[:2] not in done]
    within = [
        pair
        for request, each in zip(requests, comparer.compare_all(requests), strict=True)
        for pair in classify(each, Pair(request.a, request.b, "different", 0.0, {}))
    ]
    components.add(within)
    return pairs + within + incomplete, unavailable
