"""Pairs of photos that belong into a tier, and in words how one differs from the other."""

from __future__ import annotations

import datetime as dt
import functools
from typing import NamedTuple

import numpy as np

from explorer.duplicates.describe_difference import Edge
from explorer.duplicates.groups import Tier
from explorer.library import pair_store as store
from explorer.library import stage_store
from explorer.library.catalog import Catalog
from explorer.library.pair_store import PAIRS_VERSION, Pair
from explorer.library.setting_store import get_setting
from explorer.library.stage_store import NOBODY

# How far from the library's usual nearness to sameness (cosine 1) two photos must be: photos of one
# moment, and those that just look alike. Usual is the cosine of a photo to its 24th nearest, in the
# middle of all photos. By the starter model, 1,000 everyday photos of which no two belong together
# have 50 pairs at 0.7 (137 at 0.6, of which one in six showed another subject), 14 at 0.8.
_MOMENT, _LOOKALIKE = 0.4, 0.7
# Seconds within which photos are of one moment: by themselves, and where the same things were
# recognised on both.
_SOON, _SCENE = 60.0, 600.0


class TierEdges:
    """What is known of pairs at one time, read when it is first wanted."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog

    def edges(self, tier: Tier) -> list[Edge]:
        """The pairs of a tier. For “picture” those with the same pixels, too: the one kept of them
        may stand for others."""
        if tier in ("pixels", "picture"):
            kinds: tuple[store.Kind, ...] = (
                ("pixels",) if tier == "pixels" else ("pixels", "picture")
            )
            return [
                Edge(
                    (p.a, p.b),
                    p.score,
                    p.relation,
                    "the same pixels, in another file" if p.kind == "pixels" else "",
                )
                for p in store.pairs(self._catalog, PAIRS_VERSION, kinds)
            ]
        return self._moments() if tier == "moment" else self._lookalikes()

    def _moments(self) -> list[Edge]:
        times = self._times
        return [
            *(
                Edge((p.a, p.b), p.score, text=_apart(times, p.a, p.b))
                for p in self._scenes
                if _within(times, p.a, p.b, _SCENE, undated=True)
            ),
            *(
                Edge((a, b), score, text=_apart(times, a, b))
                for a, b, score in self._near.above(_MOMENT)
                if _within(times, a, b, _SOON, undated=False)
            ),
        ]

    def _lookalikes(self) -> list[Edge]:
        return [
            Edge((p.a, p.b), p.score, text="the same thing, another shot") for p in self._scenes
        ] + [
            Edge((a, b), score, text="looks alike") for a, b, score in self._near.above(_LOOKALIKE)
        ]

    @functools.cached_property
    def _times(self) -> dict[int, str]:
        return store.times(self._catalog)

    @functools.cached_property
    def _scenes(self) -> list[Pair]:
        return store.pairs(self._catalog, PAIRS_VERSION, ("scene",))

    @functools.cached_property
    def _near(self) -> _NeighborPairs:
        return _near(self._catalog, min(_MOMENT, _LOOKALIKE))


def _seconds(times: dict[int, str], a: int, b: int) -> float | None:
    if a not in times or b not in times:
        return None
    return abs(
        (dt.datetime.fromisoformat(times[a]) - dt.datetime.fromisoformat(times[b])).total_seconds()
    )


def _within(times: dict[int, str], a: int, b: int, most: float, *, undated: bool) -> bool:
    seconds = _seconds(times, a, b)
    return undated if seconds is None else seconds <= most


def _apart(times: dict[int, str], a: int, b: int) -> str:
    seconds = _seconds(times, a, b)
    if seconds is None:
        return "another shot of the same scene"
    if seconds < 1:
        return "another shot, in the same second"
    return (
        f"another shot, {seconds:.0f} s apart"
        if seconds < 120
        else f"another shot, {seconds / 60:.0f} minutes apart"
    )


class _NeighborPairs(NamedTuple):
    """Pairs of nearest photos by embedding, each once. usual: the cosine that a photo's 24th
    nearest has, in the middle."""

    a: np.ndarray
    b: np.ndarray
    scores: np.ndarray
    usual: float

    def above(self, share: float) -> list[tuple[int, int, float]]:
        """Those that are nearer than usual by that share of what is left to sameness."""
        close = self.scores >= _least(self.usual, share)
        return list(
            zip(
                self.a[close].tolist(),
                self.b[close].tolist(),
                np.round(self.scores[close], 4).tolist(),
                strict=True,
            )
        )


def _least(usual: float, share: float) -> float:
    """The cosine of pairs that are nearer than usual by that share of what is left to sameness."""
    return usual + share * (1 - usual)


def _near(catalog: Catalog, share: float) -> _NeighborPairs:
    """The nearest photos under the encoder that is in use here, the one set, or else the one with
    most photos; where they are nearer than usual by that share."""
    known = catalog.encoders()
    name = get_setting(catalog, "encoder")
    chosen = next((entry for entry in known if entry[0] == name), known[0] if known else None)
    number = None if chosen is None else catalog.encoder_id(chosen[0], chosen[1])
    if number is None:
        return _NeighborPairs(np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0), 0.0)
    kept = stage_store.neighbours(catalog, number)
    count = (kept.near != NOBODY).sum(axis=1)
    some = count > 0
    last = kept.scores[np.flatnonzero(some), count[some] - 1]
    usual = float(np.median(last)) if len(last) else 0.0
    # Few of all pairs are that near: only these are sorted, which is what takes long.
    close = (kept.near != NOBODY) & (kept.scores >= _least(usual, share))
    rows, others, scores = kept.ids[np.nonzero(close)[0]], kept.near[close], kept.scores[close]
    low, high = np.minimum(rows, others), np.maximum(rows, others)
    order = np.lexsort((high, low))
    low, high, scores = low[order], high[order], scores[order]
    first = np.ones(len(order), np.bool_)
    first[1:] = (low[1:] != low[:-1]) | (high[1:] != high[:-1])
    return _NeighborPairs(low[first], high[first], scores[first], usual)
