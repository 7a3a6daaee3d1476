"""Pairs of photos that belong into a tier, and in words how one differs from the other."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from explorer.library import pairs as store
from explorer.library import stages
from explorer.library.catalog import Catalog
from explorer.library.pairs import PAIRS_VERSION, CopyRow
from explorer.library.stages import NOBODY
from explorer.review.groups import Tier
from explorer.review.relations import in_words

# How far from the library's usual nearness to sameness (cosine 1) two photos must be: photos of one moment, and those that just look
# alike. Usual is the cosine of a photo to its 24th nearest, in the middle of all photos. By the starter model, 1,000 everyday photos of
# which no two belong together have 50 pairs at 0.7 (137 at 0.6, of which one in six showed another subject), 14 at 0.8.
_MOMENT, _LOOKALIKE = 0.4, 0.7
# Seconds within which photos are of one moment: by themselves, and where the same things were recognised on both.
_SOON, _SCENE = 60.0, 600.0


@dataclass(frozen=True)
class Edge:
    """Two photos of one tier. relation: what the second is, seen from the first, as `library/pairs.py` keeps it. text: or in words."""

    photos: tuple[int, int]
    score: float
    relation: dict[str, object] = field(default_factory=dict)
    text: str = ""

    def words(self, keep: CopyRow, other: CopyRow) -> str:
        """How `other` differs from `keep`."""
        return self.text or in_words(self.relation, keep, other, forwards=keep.photo_id == self.photos[0])


def edges(catalog: Catalog, tier: Tier) -> list[Edge]:
    """The pairs of a tier. For “picture” those with the same pixels, too: the one kept of them may stand for others."""
    if tier in ("pixels", "picture"):
        kinds: tuple[store.Kind, ...] = ("pixels",) if tier == "pixels" else ("pixels", "picture")
        return [
            Edge((p.a, p.b), p.score, p.relation, "the same pixels, in another file" if p.kind == "pixels" else "")
            for p in store.pairs(catalog, PAIRS_VERSION, kinds)
        ]
    times = store.times(catalog)
    scenes = store.pairs(catalog, PAIRS_VERSION, ("scene",))
    near = _near(catalog)
    if tier == "moment":
        return [
            *(Edge((p.a, p.b), p.score, text=_apart(times, p.a, p.b)) for p in scenes if _within(times, p.a, p.b, _SCENE, undated=True)),
            *(
                Edge((a, b), score, text=_apart(times, a, b))
                for a, b, score in near.above(_MOMENT)
                if _within(times, a, b, _SOON, undated=False)
            ),
        ]
    alike = "looks alike"
    return [Edge((p.a, p.b), p.score, text="the same thing, another shot") for p in scenes] + [
        Edge((a, b), score, text=alike) for a, b, score in near.above(_LOOKALIKE)
    ]


def _seconds(times: dict[int, str], a: int, b: int) -> float | None:
    if a not in times or b not in times:
        return None
    return abs((dt.datetime.fromisoformat(times[a]) - dt.datetime.fromisoformat(times[b])).total_seconds())


def _within(times: dict[int, str], a: int, b: int, most: float, *, undated: bool) -> bool:
    seconds = _seconds(times, a, b)
    return undated if seconds is None else seconds <= most


def _apart(times: dict[int, str], a: int, b: int) -> str:
    seconds = _seconds(times, a, b)
    if seconds is None:
        return "another shot of the same scene"
    if seconds < 1:
        return "another shot, in the same second"
    return f"another shot, {seconds:.0f} s apart" if seconds < 120 else f"another shot, {seconds / 60:.0f} minutes apart"


class _Near(NamedTuple):
    """Pairs of nearest photos by embedding. usual: the cosine that a photo's 24th nearest has, in the middle."""

    a: np.ndarray
    b: np.ndarray
    scores: np.ndarray
    usual: float

    def above(self, share: float) -> list[tuple[int, int, float]]:
        """Those that are nearer than usual by that share of what is left to sameness, each pair once."""
        least = self.usual + share * (1 - self.usual)
        close = self.scores >= least
        return list(zip(self.a[close].tolist(), self.b[close].tolist(), np.round(self.scores[close], 4).tolist(), strict=True))


def _near(catalog: Catalog) -> _Near:
    """The nearest photos under the encoder that is in use here: the one set, or else the one with most photos."""
    known = catalog.encoders()
    name = catalog.setting("encoder")
    chosen = next((entry for entry in known if entry[0] == name), known[0] if known else None)
    number = None if chosen is None else catalog.encoder_id(chosen[0], chosen[1])
    if number is None:
        return _Near(np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0), 0.0)
    kept = stages.neighbours(catalog, number)
    count = (kept.near != NOBODY).sum(axis=1)
    some = count > 0
    last = kept.scores[np.flatnonzero(some), count[some] - 1]
    rows = np.repeat(kept.ids, kept.near.shape[1])
    others, scores = kept.near.ravel(), kept.scores.ravel()
    low, high = np.minimum(rows, others), np.maximum(rows, others)
    real = others != NOBODY
    _, first = np.unique(np.stack([low[real], high[real]], axis=1), axis=0, return_index=True)
    return _Near(low[real][first], high[real][first], scores[real][first], float(np.median(last)) if len(last) else 0.0)
