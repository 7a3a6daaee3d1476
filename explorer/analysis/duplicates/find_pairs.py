"""Which photos are one and the same picture: found as photos arrive, verified on their pixels, kept
as rows.

Each new photo is compared with those before it that are worth it (`candidates`), by their previews
(`looking`), and where those cannot tell, by their files (`closer`). A photo is noted as compared in
the same transaction in which its pairs are written: cut off anywhere, the next run takes the photos
that are not.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from explorer.analysis.duplicates.candidates import MOST_BITS, Candidate, HashedPhotos, nearest
from explorer.analysis.duplicates.classify_pair import PairClassifier
from explorer.analysis.duplicates.compare_pair import PairComparer, PairRequest
from explorer.analysis.duplicates.copy_components import CopyComponents
from explorer.analysis.duplicates.prefilter import Prefilter
from explorer.decoding.pool import DecodePool
from explorer.encoders.base import Encoder
from explorer.library import keypoint_store, neighbor_store, stage_store
from explorer.library import pair_store as store
from explorer.library.embedding_store import register_encoder
from explorer.library.library import Library
from explorer.library.pair_store import PAIRS_VERSION, Pair
from explorer.library.writer import Writer

Tick = Callable[[int, int], None]

# New photos compared in one transaction, and so few that starting threads for them would take
# longer.
BATCH, FEW = 64, 2
# Share by which the library must grow for what is usual in it to be asked again: all of its lists
# are read for that.
_GROWN = 0.05


class PairStage:
    """Keeps the pairs. Holds the hashes of all photos in memory between runs; the process that uses
    it is the only one that writes them."""

    what = "Looking for duplicates"

    def __init__(self, library: Library, writer: Writer, encoder: Encoder) -> None:
        self._library, self._writer = library, writer
        self._encoder_id = register_encoder(writer, encoder.name, encoder.version, encoder.dim)
        # All photos' hashes, which of them hang together, and what was seen of them.
        self._kept: tuple[HashedPhotos, CopyComponents, Prefilter] | None = None
        self._seen = 0
        # The cosine that is usual between photos that are near, and among how many photos.
        self._usual = (float("nan"), 0)

    def run(self, tick: Tick) -> None:
        catalog = self._library.catalog
        now = catalog.change()
        if stage_store.stage_change(catalog, "pairs", str(PAIRS_VERSION)) == now:
            return
        if self._kept is None:
            with self._writer.transaction():
                store.drop_old_pairs(self._writer, PAIRS_VERSION)
            known = HashedPhotos(keypoint_store.photo_fingerprints(catalog, PAIRS_VERSION))
            groups = CopyComponents(
                known, store.pairs(catalog, PAIRS_VERSION, ("pixels", "picture"), hidden=True)
            )
            glancer = Prefilter(self._library, known)
        else:
            known, groups, glancer = self._kept
            known.update(
                keypoint_store.photo_fingerprints(catalog, PAIRS_VERSION, after=self._seen)
            )
        self._seen = now
        # Until all is written: what is in memory must not be ahead of the catalog.
        self._kept = None
        new = known.waiting()
        if new:
            self._compare(new, known, groups, glancer, tick)
        self._kept = known, groups, glancer
        # No transaction: it would count as a change, which every other stage would follow with one
        # of its own.
        stage_store.set_stage_change(self._writer, "pairs", str(PAIRS_VERSION), catalog.change())

    def _compare(
        self,
        new: list[int],
        known: HashedPhotos,
        groups: CopyComponents,
        glancer: Prefilter,
        tick: Tick,
    ) -> None:
        if not self._usual[1] or abs(len(known) / self._usual[1] - 1) > _GROWN:
            self._usual = (
                neighbor_store.typical_cosine(self._library.catalog, self._encoder_id),
                len(known),
            )
        usual = self._usual[0]
        with (
            ThreadPoolExecutor(max(1, os.cpu_count() or 1)) as threads,
            DecodePool(1, None) as pool,
        ):
            spread = threads.map if len(new) > FEW else map
            looker = PairComparer(self._library, known, glancer, spread)
            closer = PairClassifier(self._library, self._writer, pool)
            for start in range(0, len(new), BATCH):
                tick(start, len(new))
                batch = new[start : start + BATCH]
                seen = dict(zip(batch, spread(glancer.glance, batch), strict=True))
                inner = {i: glance.inner for i, glance in seen.items()}
                known.take_up(inner)
                sound = [i for i, glance in seen.items() if glance.readable]
                near = self._near(known, sound, usual)
                similar = [
                    c._replace(near=(c.a, c.b) in near) for c in known.similar(sound, spread)
                ]
                far = near - {(c.a, c.b) for c in similar}
                candidates = similar + [
                    Candidate(a, b, MOST_BITS + 1, True) for a, b in sorted(far)
                ]
                judged = self._judge(
                    sorted(candidates, key=lambda c: _promise(known, c)), groups, looker, closer
                )
                with self._writer.transaction():
                    keypoint_store.put_compared(self._writer, inner.items(), PAIRS_VERSION)
                    keypoint_store.put_keypoints(self._writer, looker.drawn())
                    store.put_pairs(self._writer, judged, PAIRS_VERSION)
                    closer.write()

    def _near(self, known: HashedPhotos, new: list[int], usual: float) -> set[tuple[int, int]]:
        """Pairs (a < b) that are near by embedding."""
        pairs = set[tuple[int, int]]()
        for photo_id in new:
            for other in nearest(
                neighbor_store.neighbors_of(self._library.catalog, self._encoder_id, photo_id),
                usual,
            ):
                if known.has(other):
                    pairs.add((min(photo_id, other), max(photo_id, other)))
        return pairs

    def _judge(
        self,
        candidates: list[Candidate],
        groups: CopyComponents,
        looker: PairComparer,
        closer: PairClassifier,
    ) -> list[Pair]:
        """The pairs among these, and those between photos that hang together through them."""
        judged, done = list[Pair](), set[tuple[int, int]]()
        while candidates:
            now, candidates = groups.next_round(candidates)
            done |= {(c.a, c.b) for c in now}
            compared = looker.compare_all([PairRequest(c.a, c.b, firm=c.near) for c in now])
            found = [pair for seen in compared if seen and (pair := closer.judge(seen))]
            groups.add(found)
            judged += found
        # Any of them may become the one that is kept.
        touched = {
            i for pair in judged if pair.kind in ("pixels", "picture") for i in (pair.a, pair.b)
        }
        guessed = [(a, b, groups.through_another(a, b)) for a, b in groups.open_pairs(touched)]
        wanted = [
            PairRequest(a, b, guess)
            for a, b, guess in guessed
            if guess is not None or (a, b) not in done
        ]
        closed = [
            (closer.judge(seen) if seen else None) or Pair(a, b, "different", 0.0, {})
            for (a, b, *_), seen in zip(wanted, looker.compare_all(wanted), strict=True)
        ]
        groups.add(closed)
        return judged + closed


def _promise(
    known: HashedPhotos, candidate: Candidate
) -> tuple[bool, tuple[int, int, int], int, int, int]:
    """What comes first: similar hashes, and the largest photo, as that is the one that others will
    be compared with."""
    a, b, bits, _ = candidate
    return bits > MOST_BITS, min(known.rank(a), known.rank(b)), bits, a, b
