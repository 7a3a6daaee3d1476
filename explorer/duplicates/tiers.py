"""Edges of each tier: pairs of photos that belong in it, and how they differ, in words."""

from __future__ import annotations

import datetime as dt
import functools
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from explorer.duplicates.groups import Tier
from explorer.duplicates.pair_edge import Edge
from explorer.library.catalog import Catalog
from explorer.library.model_settings import encoder_in_use
from explorer.library.queries import duplicate_rows
from explorer.library.stores import neighbor_store
from explorer.library.stores import pair_store as store
from explorer.library.stores.neighbor_store import NO_PHOTO
from explorer.library.stores.pair_store import PAIRS_VERSION, Pair


@dataclass(frozen=True)
class TierThresholds:
    """Thresholds for two similar photos to count as shots of one moment, or as look-alikes. Chosen
    with `python run.py bench duplicates` and the `starter` model: 1,000 everyday photos, no two of
    which belong together, have 137 look-alike pairs at 0.6 (one in six showing another subject), 50
    at 0.7 and 14 at 0.8.

    Nearness runs from 0, the library's usual cosine, to 1, identity. The usual cosine is the median
    over all photos of the cosine to their farthest stored neighbor, mostly the 24th.
    """

    moment: float = 0.4
    """Nearness of two photos of one moment."""
    lookalike: float = 0.7
    """Nearness of two photos that look alike."""
    near_seconds: float = 60.0
    """Seconds within which two near photos are of one moment."""
    scene_seconds: float = 600.0
    """Seconds within which two photos are of one moment if their keypoints match."""


THRESHOLDS = TierThresholds()


class TierEdges:
    """The edges of every tier; what several tiers share is read once, when first needed."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog

    def edges(self, tier: Tier) -> list[Edge]:
        """The edges of a tier other than `identical`. `picture` includes those of `pixels`: a photo
        kept in that tier may represent others."""
        if tier == "pixels":
            return self._copies("pixels")
        if tier == "picture":
            return self._copies("pixels", "picture")
        return self._moments() if tier == "moment" else self._lookalikes()

    def _copies(self, *kinds: store.PairKind) -> list[Edge]:
        words = {"pixels": "identical pixels in another file"}
        return [
            Edge((p.a, p.b), p.score, p.relation, words.get(p.kind, ""))
            for p in store.pairs(self._catalog, PAIRS_VERSION, kinds)
        ]

    def _moments(self) -> list[Edge]:
        edges = list[Edge]()
        for pair in self._scenes:
            seconds = self._seconds_apart(pair.a, pair.b)
            if seconds is None or seconds <= THRESHOLDS.scene_seconds:
                edges.append(Edge((pair.a, pair.b), pair.score, text=_interval(seconds)))
        for a, b, score in self._neighbors.within(THRESHOLDS.moment):
            seconds = self._seconds_apart(a, b)
            if seconds is not None and seconds <= THRESHOLDS.near_seconds:
                edges.append(Edge((a, b), score, text=_interval(seconds)))
        return edges

    def _lookalikes(self) -> list[Edge]:
        return [
            Edge((p.a, p.b), p.score, text="another shot of the same subject") for p in self._scenes
        ] + [
            Edge((a, b), score, text="looks alike")
            for a, b, score in self._neighbors.within(THRESHOLDS.lookalike)
        ]

    def _seconds_apart(self, a: int, b: int) -> float | None:
        """Seconds between two capture times; None if one is unknown."""
        times = self._times
        if a not in times or b not in times:
            return None
        one, other = (dt.datetime.fromisoformat(times[i]) for i in (a, b))
        return abs((one - other).total_seconds())

    @functools.cached_property
    def _times(self) -> dict[int, str]:
        return duplicate_rows.taken_times(self._catalog)

    @functools.cached_property
    def _scenes(self) -> list[Pair]:
        return store.pairs(self._catalog, PAIRS_VERSION, ("scene",))

    @functools.cached_property
    def _neighbors(self) -> _NeighborPairs:
        return _neighbor_pairs(self._catalog, min(THRESHOLDS.moment, THRESHOLDS.lookalike))


def _interval(seconds: float | None) -> str:
    """How far apart two shots were taken, in words."""
    if seconds is None:
        return "another shot of the same scene"
    if seconds < 1:
        return "another shot, in the same second"
    if seconds < 120:
        return f"another shot, {seconds:.0f} s apart"
    return f"another shot, {seconds / 60:.0f} minutes apart"


class _NeighborPairs(NamedTuple):
    """Pairs of nearest neighbors by embedding, each once, sorted by ids."""

    a: np.ndarray
    """Smaller photo id of each pair, (n,)."""
    b: np.ndarray
    """Larger photo id of each pair, (n,)."""
    cosines: np.ndarray
    """Cosine of each pair, (n,)."""
    usual: float
    """The library's usual cosine, see `TierThresholds`."""

    def within(self, nearness: float) -> list[tuple[int, int, float]]:
        """(a, b, cosine) of the pairs at least that near."""
        close = self.cosines >= _min_cosine(self.usual, nearness)
        return list(
            zip(
                self.a[close].tolist(),
                self.b[close].tolist(),
                np.round(self.cosines[close], 4).tolist(),
                strict=True,
            )
        )


def _min_cosine(usual: float, nearness: float) -> float:
    return usual + nearness * (1 - usual)


def _neighbor_pairs(catalog: Catalog, nearness: float) -> _NeighborPairs:
    """The pairs at least that near, by the encoder in use."""
    chosen = encoder_in_use(catalog)
    encoder_id = None if chosen is None else catalog.encoder_id(chosen[0], chosen[1])
    if encoder_id is None:
        return _NeighborPairs(np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0), 0.0)
    stored = neighbor_store.neighbor_table(catalog, encoder_id)
    count = (stored.near != NO_PHOTO).sum(axis=1)
    rows = np.flatnonzero(count)
    farthest = stored.scores[rows, count[rows] - 1]
    usual = float(np.median(farthest)) if len(farthest) else 0.0
    # Sorting takes longest, and few pairs are near: filter before sorting.
    close = (stored.near != NO_PHOTO) & (stored.scores >= _min_cosine(usual, nearness))
    ids, others = stored.ids[np.nonzero(close)[0]], stored.near[close]
    cosines = stored.scores[close]
    low, high = np.minimum(ids, others), np.maximum(ids, others)
    order = np.lexsort((high, low))
    low, high, cosines = low[order], high[order], cosines[order]
    first = np.ones(len(order), np.bool_)
    first[1:] = (low[1:] != low[:-1]) | (high[1:] != high[:-1])
    return _NeighborPairs(low[first], high[first], cosines[first], usual)
