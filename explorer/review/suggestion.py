"""Which photo of a group of copies is suggested as the one to keep: the original of all others, or none."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import NamedTuple

from explorer.review.groups import Item, Tier
from explorer.review.originals import Header, same_picture
from explorer.review.relations import Edge
from explorer.review.stacks import kept_together
from explorer.review.versions import Verdict, Version, native, same_pixels

Choose = Callable[[Sequence[Item]], tuple[Item, str]]
Near = Mapping[int, Mapping[int, Edge]]

UNKNOWN_GROUP = "of other copies of this picture it cannot be told which one is the original"
_NOT_TOLD = "it cannot be told which one is the original"
A_SET = "none of them would go, whichever is kept"
_NO_LINK, _ONLY_LINK = "it is a file of its own, and no link", "the only one that may be is a link"


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
        kept without loss, and which one is shown first where none is known to be the original of all others: of those that are known to be
        that of most."""
        items = [self._versions[i].item for i in able]
        firsts = [item for item in items if not item.original] or items
        if not any(self._going(i, left) for i in able):
            return Suggestion(choose(firsts)[0], "", A_SET)
        sure = [item for item in items if self._going(item.photo_id, left) and not self._doubt(item.photo_id, left)]
        own = [item for item in sure if not item.symlink]
        if self._tier == "pixels" and own:
            best = max(map(native, own))
            own = [item for item in own if native(item) == best]
        if own:
            keep, why = choose(own)
            return Suggestion(keep, self._why(keep.photo_id, left) or (why if len(own) > 1 else _NO_LINK))
        most = max(self._beaten(item.photo_id, left) for item in firsts)
        keep, _ = choose([item for item in firsts if self._beaten(item.photo_id, left) == most])
        return Suggestion(keep, "", f"{_NOT_TOLD}: {self._doubt(keep.photo_id, left) or _ONLY_LINK}")

    def _doubt(self, one: int, left: Collection[int]) -> str:
        """Why the photo is not known to be the original of all that would go for it; '' where it is."""
        return next((verdict.doubt for verdict in self._verdicts(one, left) if verdict.doubt), "")

    def _beaten(self, one: int, left: Collection[int]) -> int:
        """Of how many others the photo is known to be the original."""
        return sum(not verdict.doubt for verdict in self._verdicts(one, left))

    def _why(self, one: int, left: Collection[int]) -> str:
        return next((verdict.why for verdict in self._verdicts(one, left) if verdict.why), "")

    def _verdicts(self, one: int, left: Collection[int]) -> Iterator[Verdict]:
        return (self._verdict(one, other) for other in self._going(one, left))

    def _going(self, one: int, left: Collection[int]) -> list[int]:
        """The photos that would go if this one were kept."""
        keep = self._versions[one].item
        return [i for i in sorted(self._near[one].keys() & left) if not self._stays(self._versions[i].item, keep)]

    def _verdict(self, one: int, other: int) -> Verdict:
        mine, its = self._versions[one], self._versions[other]
        return same_pixels(mine, its) if self._tier == "pixels" else same_picture(mine, its, self._near[one][other], self._header)

    def _stays(self, item: Item, keep: Item) -> bool:
        return item.protected or item.original != "" or kept_together(keep.path, item.path, self._tier)
