"""Photos that hang together because they are copies of one picture, and which of them are still to
be compared with each other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

import numpy as np

from explorer.analysis.duplicates.candidates import Candidate, HashedPhotos
from explorer.library.pair_store import Pair
from explorer.matching import geometry
from explorer.matching.geometry import Matrix

# Photos that hang together by pairs are all compared with each other, as any may become the one
# that is kept; where they are more than so many, each is compared with so many of the largest.
CLOSED, HUBS = 8, 3


class CopyComponents:
    """Photos that hang together by pairs of one picture."""

    def __init__(self, known: HashedPhotos, pairs: Iterable[Pair]) -> None:
        self._known = known
        self._near: defaultdict[int, set[int]] = defaultdict(set)
        # How b lies on a (a < b), as unit squares.
        self._onto = dict[tuple[int, int], Matrix]()
        # What was compared in this run and is no pair.
        self._tried = set[tuple[int, int]]()
        self.add(pairs)

    def add(self, pairs: Iterable[Pair]) -> None:
        for pair in pairs:
            if (
                pair.kind in ("pixels", "picture")
                and self._known.has(pair.a)
                and self._known.has(pair.b)
            ):
                self._near[pair.a].add(pair.b)
                self._near[pair.b].add(pair.a)
                if values := pair.relation.get("matrix"):
                    self._onto[pair.a, pair.b] = np.array(values, np.float64).reshape(2, 3)

    def members(self, photo_id: int) -> set[int]:
        """The visible photos that hang together with this one, itself among them."""
        members, ends = {photo_id}, [photo_id]
        while ends:
            for i in self._near.get(ends.pop(), set()) - members:
                if self._known.is_visible(i):
                    members.add(i)
                    ends.append(i)
        return members

    def through_another(self, a: int, b: int) -> Matrix | None:
        """How b lies on a if both lie as they do on a third photo."""
        for other in sorted(self._near[a] & self._near[b]):
            ways = self._lying(a, other), self._lying(other, b)
            if ways[0] is not None and ways[1] is not None:
                return geometry.compose(ways[0], ways[1])
        return None

    def _lying(self, a: int, b: int) -> Matrix | None:
        onto = self._onto.get((min(a, b), max(a, b)))
        return onto if onto is None or a < b else geometry.inverse(onto)

    def next_round(
        self, candidates: Iterable[Candidate]
    ) -> tuple[list[Candidate], list[Candidate]]:
        """(those to be compared now, those that may be left to compare after that), both in the
        order given.

        Compared now are as many as could each bring two groups together that do not hang together
        yet: copies of one picture then meet once, instead of each with each. Left out for good are
        photos that hang together, which `open_pairs` sees to, and those that are one of very many
        copies and not one of the largest.
        """
        name, hubs = dict[int, int](), dict[int, set[int] | None]()
        now, later = list[Candidate](), list[Candidate]()
        joined = dict[int, int]()

        def root(i: int) -> int:
            while joined[i] != i:
                joined[i] = i = joined[joined[i]]
            return i

        for candidate in candidates:
            ends = candidate.a, candidate.b
            for photo_id in ends:
                if photo_id not in name:
                    members = self.members(photo_id)
                    name.update(dict.fromkeys(members, photo_id))
                    joined[photo_id] = photo_id
                    hubs[photo_id] = (
                        set(self._known.largest(members)[:HUBS]) if len(members) > CLOSED else None
                    )
            groups = [name[i] for i in ends]
            if groups[0] == groups[1] or any(
                (some := hubs[group]) is not None and i not in some
                for i, group in zip(ends, groups, strict=True)
            ):
                continue
            one, other = map(root, groups)
            if one == other:
                later.append(candidate)
            else:
                joined[one] = other
                now.append(candidate)
        return now, later

    def open_pairs(self, touched: set[int]) -> list[tuple[int, int]]:
        """Pairs (a < b) that are to be compared within the groups of these photos, and are not
        pairs yet."""
        seen, found = set[int](), set[tuple[int, int]]()
        for start in sorted(touched):
            if start in seen:
                continue
            members = self.members(start)
            seen |= members
            some = self._known.largest(members)
            for a in some if len(some) <= CLOSED else some[:HUBS]:
                found |= {(min(a, b), max(a, b)) for b in some if b != a and b not in self._near[a]}
        found -= self._tried
        self._tried |= found
        return sorted(found)
