"""Which photo of a group of copies is suggested as the one to keep: the original of all others, or
none."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from itertools import combinations
from typing import NamedTuple

from explorer.duplicates.describe_difference import Edge
from explorer.duplicates.groups import GroupFile, Tier
from explorer.duplicates.originals import HeaderReader, judge_original
from explorer.duplicates.versions import Verdict, Version, judge_same_pixels, original_format_rank
from explorer.removal.stacks import is_one_stack

ChooseKeeper = Callable[[Sequence[GroupFile]], tuple[GroupFile, str]]
Near = Mapping[int, Mapping[int, Edge]]

UNKNOWN_GROUP = "of other copies of this picture it is not clear which one is the original"
_NOT_TOLD = "it is not clear which one is the original"
A_SET = "by their names, they are an original and its versions"
ALL_STAY = "none of them can go, whichever one is kept"
_NO_LINK, _OTHER = (
    "it is a file of its own, and no link",
    "the only one that may be is a link, or all others stay",
)


class KeeperSuggestion(NamedTuple):
    """keep: the one to keep, or only the one to show first. why: in words that follow “kept
    because”; '' where none is suggested, and doubt says why not."""

    keep: GroupFile
    why: str
    doubt: str = ""


class KeeperSuggester:
    """Suggests which photo of one tier (`pixels` or `picture`) is kept.

    Each photo that would go must have been compared with the one kept, which must be proven to be
    its original: nothing is inferred through a third one. Files that stay in any case need no
    proof.
    """

    def __init__(
        self, tier: Tier, versions: Mapping[int, Version], near: Near, header: HeaderReader
    ) -> None:
        """versions: by photo id. near: what comparing two photos has found, both ways."""
        self._tier, self._versions, self._near, self._header = tier, versions, near, header

    def suggest(
        self, group: Collection[int], first: GroupFile, choose: ChooseKeeper
    ) -> KeeperSuggestion:
        """Among the photos of a group. first: the one that all others were compared with, which is
        shown first where none is suggested. choose: the person's rules, which decide where several
        may be kept without loss."""
        going = {
            i: self._going(i, group)
            for i in sorted(group)
            if self._near[i].keys() >= set(group) - {i}
        }
        if not any(going.values()):
            return KeeperSuggestion(first, "", A_SET if self._is_set(group) else ALL_STAY)
        sure = [
            self._versions[i].item
            for i, others in going.items()
            if others and not self._doubt(i, others)
        ]
        own = [item for item in sure if not item.symlink]
        if self._tier == "pixels" and own:
            best = max(map(original_format_rank, own))
            own = [item for item in own if original_format_rank(item) == best]
        if own:
            keep, why = choose(own)
            return KeeperSuggestion(
                keep,
                self._why(keep.photo_id, going[keep.photo_id])
                or (why if len(own) > 1 else _NO_LINK),
            )
        return KeeperSuggestion(
            first,
            "",
            f"{_NOT_TOLD}: {self._doubt(first.photo_id, going[first.photo_id]) or _OTHER}",
        )

    def _is_set(self, group: Collection[int]) -> bool:
        """Whether any two of these photos are versions of one photo, by their names."""
        paths = [self._versions[i].item.path for i in group]
        return all(is_one_stack(one, other, self._tier) for one, other in combinations(paths, 2))

    def _doubt(self, one: int, others: Iterable[int]) -> str:
        """Why the photo is not known to be the original of all these; '' where it is."""
        return next((verdict.doubt for verdict in self._verdicts(one, others) if verdict.doubt), "")

    def _why(self, one: int, others: Iterable[int]) -> str:
        return next((verdict.why for verdict in self._verdicts(one, others) if verdict.why), "")

    def _verdicts(self, one: int, others: Iterable[int]) -> Iterator[Verdict]:
        return (self._verdict(one, other) for other in others)

    def _going(self, one: int, group: Collection[int]) -> list[int]:
        """The photos that would go if this one were kept."""
        keep = self._versions[one].item
        return [
            i for i in sorted(group) if i != one and not self._stays(self._versions[i].item, keep)
        ]

    def _verdict(self, one: int, other: int) -> Verdict:
        mine, its = self._versions[one], self._versions[other]
        return (
            judge_same_pixels(mine, its)
            if self._tier == "pixels"
            else judge_original(mine, its, self._near[one][other], self._header)
        )

    def _stays(self, item: GroupFile, keep: GroupFile) -> bool:
        return (
            item.protected or item.original != "" or is_one_stack(keep.path, item.path, self._tier)
        )
