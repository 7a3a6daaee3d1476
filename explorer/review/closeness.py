"""Pairs of photos that belong into a tier, and in words how one differs from the other."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from explorer.library import pairs as store
from explorer.library.catalog import Catalog
from explorer.library.pairs import PAIRS_VERSION, CopyRow
from explorer.review.relations import in_words

if TYPE_CHECKING:
    from explorer.review.groups import Tier


@dataclass(frozen=True)
class Edge:
    """Two photos of one tier. relation: what the second is, seen from the first, as `library/pairs.py` keeps it."""

    photos: tuple[int, int]
    score: float
    relation: dict[str, object] = field(default_factory=dict)

    def words(self, keep: CopyRow, other: CopyRow) -> str:
        """How `other` differs from `keep`."""
        return in_words(self.relation, keep, other, forwards=keep.photo_id == self.photos[0])

    def apart(self, one: CopyRow, other: CopyRow) -> bool:
        """Whether the two are kept together rather than offered against each other."""
        return False


def same_picture(catalog: Catalog, tier: Tier) -> list[Edge]:
    """Verified pairs: for “pixels” those with the same pixels, for “picture” these, too, as one of them may stand for others."""
    kinds: tuple[store.Kind, ...] = ("pixels",) if tier == "pixels" else ("pixels", "picture")
    return [Edge((p.a, p.b), p.score, p.relation) for p in store.pairs(catalog, PAIRS_VERSION, kinds)]


def moments(catalog: Catalog, tier: Tier) -> list[Edge]:
    """Shots of one scene that were recognised when they were compared."""
    return [Edge((p.a, p.b), p.score, p.relation) for p in store.pairs(catalog, PAIRS_VERSION, ("scene",))]


def lookalikes(catalog: Catalog, tier: Tier) -> list[Edge]:
    return []
