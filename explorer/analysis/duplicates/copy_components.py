"""Connected components of the graph of copies, and which of their pairs to compare."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

import numpy as np

from explorer.analysis.duplicates.candidates import Candidate, HashedPhotos
from explorer.analysis.duplicates.connected_components import component_of
from explorer.library.stores.pair_store import Pair
from explorer.matching import geometry
from explorer.matching.geometry import Matrix

# In a component of up to this many photos, all pairs are compared, as any photo may become the
# keeper. In a larger one, each photo is compared with the given number of largest photos.
MAX_FULLY_COMPARED, HUBS = 8, 3


class CopyComponents:
    """The graph whose edges are pairs of copies, and its connected components."""

    def __init__(self, photos: HashedPhotos, pairs: Iterable[Pair]) -> None:
        self._photos = photos
        self._copies: defaultdict[int, set[int]] = defaultdict(set)
        # [a, b]: the transform from b to a, between unit squares.
        self._transforms = dict[tuple[int, int], Matrix]()
        # Pairs that were handed out by `uncompared_pairs` in this run.
        self._handed_out = set[tuple[int, int]]()
        self.add(pairs)

    def add(self, pairs: Iterable[Pair]) -> None:
        """Add the pairs of copies among these to the graph."""
        for pair in pairs:
            is_copy = pair.kind in ("pixels", "picture")
            if is_copy and self._photos.is_compared(pair.a) and self._photos.is_compared(pair.b):
                self._copies[pair.a].add(pair.b)
                self._copies[pair.b].add(pair.a)
                if values := pair.relation.get("matrix"):
                    matrix = np.array(values, np.float64).reshape(2, 3)
                    self._transforms[pair.a, pair.b] = matrix

    def component(self, photo_id: int) -> set[int]:
        """The visible photos in the component of this one, and the photo itself."""
        return component_of(photo_id, self._visible_copies)

    def _visible_copies(self, photo_id: int) -> set[int]:
        return {i for i in self._copies.get(photo_id, ()) if self._photos.is_visible(i)}

    def transform_through_third(self, a: int, b: int) -> Matrix | None:
        """The transform from b to a that follows from those of both to a third photo.

        Between unit squares; None if there is no third photo with both transforms.
        """
        for third in sorted(self._copies[a]):
            outer, inner = self._transform(a, third), self._transform(third, b)
            if outer is not None and inner is not None:
                return geometry.compose(outer, inner)
        return None

    def _transform(self, a: int, b: int) -> Matrix | None:
        """The transform from b to a that was measured between them, in either direction."""
        measured, reverse = self._transforms.get((a, b)), self._transforms.get((b, a))
        return geometry.invert(reverse) if reverse is not None else measured

    def next_round(
        self, candidates: Iterable[Candidate]
    ) -> tuple[list[Candidate], list[Candidate]]:
        """(candidates to compare now, candidates to consider after that), in the order given.

        A round compares only pairs that could each connect two more components, so that copies of
        one picture are compared once each, not pairwise. It drops pairs within a component, which
        are left to `uncompared_pairs`, and pairs with a photo of a large component that is not
        among its largest.
        """
        # The photo that stands for each photo's component; the hubs of the component that a photo
        # stands for, or None if all its photos are compared.
        component, hubs = dict[int, int](), dict[int, set[int] | None]()
        # Components that this round's pairs could connect.
        linked: defaultdict[int, set[int]] = defaultdict(set)
        now, later = list[Candidate](), list[Candidate]()
        for candidate in candidates:
            ends = candidate.a, candidate.b
            for photo_id in ends:
                if photo_id not in component:
                    members = self.component(photo_id)
                    component.update(dict.fromkeys(members, photo_id))
                    hubs[photo_id] = self._hubs(members)
            one, other = (component[photo_id] for photo_id in ends)
            if one == other or any(
                (some := hubs[component[photo_id]]) is not None and photo_id not in some
                for photo_id in ends
            ):
                continue
            if other in component_of(one, linked.__getitem__):
                later.append(candidate)
            else:
                linked[one].add(other)
                linked[other].add(one)
                now.append(candidate)
        return now, later

    def _hubs(self, members: set[int]) -> set[int] | None:
        """The photos of a large component that the others are compared with; None for a small
        one."""
        if len(members) <= MAX_FULLY_COMPARED:
            return None
        return set(self._photos.largest_first(members)[:HUBS])

    def uncompared_pairs(self, photo_ids: set[int]) -> list[tuple[int, int]]:
        """Pairs (a < b) in the components of these photos that are still to be compared.

        Each pair is returned only once.
        """
        found, left = set[tuple[int, int]](), set(photo_ids)
        while left:
            members = self.component(left.pop())
            left -= members
            for a in self._hubs(members) or members:
                others = members - self._copies[a] - {a}
                found |= {(min(a, b), max(a, b)) for b in others}
        found -= self._handed_out
        self._handed_out |= found
        return sorted(found)
