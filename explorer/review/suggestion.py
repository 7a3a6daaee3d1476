"""Which photo of a group of copies is suggested as the one to keep: the original of all others, or none."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import NamedTuple

from explorer.review.groups import Item, Tier
from explorer.review.originals import Header, Verdict, Version, native, same_picture, same_pixels
from explorer.review.relations import Edge

Choose = Callable[[Sequence[Item]], tuple[Item, str]]
Near = Mapping[int, Mapping[int, Edge]]

UNKNOWN_GROUP = "of other copies of this picture it cannot be told which one is the original"
_NOT_TOLD = "it cannot be told which one is the original"


class Suggestion(NamedTuple):
    """keep: the one to keep, or only the one to show first. why: in words that follow “kept because”; '' where none is suggested, and
    doubt says why not."""

    keep: Item
    why: str
    doubt: str = ""


class Suggester:
    """Suggests which photo of one tier (`pixels` or `picture`) is kept.

    Each photo that would go must have been compared with the one kept, which must be proven to be its original: nothing is inferred
    through a third one. Files that stay in any case need no proof.
    """

    def __init__(self, tier: Tier, versions: Mapping[int, Version], near: Near, header: Header) -> None:
        """versions: by photo id. near: what comparing two photos has found, both ways."""
        self._tier, self._versions, self._near, self._header = tier, versions, near, header

    def suggest(self, able: Sequence[int], left: Collection[int], choose: Choose) -> Suggestion:
        """Among the photos `able` of those that are `left` in the group. choose: the person's rules, which decide where several may be
        kept without loss, and which one is shown first where none is known to be the original."""
        sure = [i for i in able if self._near[i].keys() & left and not self._doubt(i, left)]
        own = [i for i in sure if not self._versions[i].item.symlink]
        if self._tier == "pixels" and own:
            best = max(native(self._versions[i].item) for i in own)
            own = [i for i in own if native(self._versions[i].item) == best]
        if own:
            keep, why = choose([self._versions[i].item for i in own])
            return Suggestion(keep, self._why(keep.photo_id, left) or why)
        keep, _ = choose([self._versions[i].item for i in able])
        return Suggestion(keep, "", f"{_NOT_TOLD}: {self._doubt(keep.photo_id, left) or 'the only one that may be is a link'}")

    def _doubt(self, one: int, left: Collection[int]) -> str:
        """Why the photo is not known to be the original of all that would go for it; '' where it is."""
        return next((verdict.doubt for verdict in self._verdicts(one, left) if verdict.doubt), "")

    def _why(self, one: int, left: Collection[int]) -> str:
        return next((verdict.why for verdict in self._verdicts(one, left) if verdict.why), "")

    def _verdicts(self, one: int, left: Collection[int]) -> Iterator[Verdict]:
        for other in sorted(self._near[one].keys() & left):
            if not self._stays(self._versions[other].item):
                yield self._verdict(one, other)

    def _verdict(self, one: int, other: int) -> Verdict:
        mine, its = self._versions[one], self._versions[other]
        return same_pixels(mine, its) if self._tier == "pixels" else same_picture(mine, its, self._near[one][other], self._header)

    def _stays(self, item: Item) -> bool:
        return item.protected or (item.original != "" and self._tier == "picture")
