"""Suggest which photo of a group of copies to keep: the original of all others, or none."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from itertools import combinations
from typing import NamedTuple

from explorer.duplicates.group_file import GroupFile
from explorer.duplicates.groups import Tier
from explorer.duplicates.originals import HeaderReader, judge_original
from explorer.duplicates.pair_edge import Edge
from explorer.duplicates.versions import (
    OriginalVerdict,
    Version,
    judge_same_pixels,
    original_format_rank,
)
from explorer.photos.stacks import is_one_stack

ChooseKeeper = Callable[[Sequence[GroupFile]], tuple[GroupFile, str]]
"""Files of which any may be kept → the one to keep, and why, in words that follow “kept
because”."""
Edges = Mapping[int, Mapping[int, Edge]]
"""The edges of a tier by photo id, in both directions."""

VERSIONS = "going by their names, they are an original and its versions"
NONE_REMOVABLE = "none of them can be removed, whichever one is kept"
NOT_CLEAR_FOR_OTHERS = "for other copies of this picture, it is not clear which one is the original"
_NOT_CLEAR = "it is not clear which one is the original"
_NOT_A_LINK = "it is a file, not a link"
_NEVER_REMOVED = "it is never removed"
_ONLY_LINK = "the only candidate is a link, or all others must be kept"


class KeeperSuggestion(NamedTuple):
    """Which file to keep, if that is clear."""

    keep: GroupFile
    """The file to keep; only the one to show first if `doubt` is set."""
    why: str
    """Why, in words that follow “kept because”; '' if `doubt` is set."""
    doubt: str = ""
    """Why none is suggested; '' if one is."""


class KeeperSuggester:
    """Suggests which photo is kept, in groups of one tier (`pixels` or `picture`).

    A keeper is suggested only if it was compared with every photo to be removed, and is proven to
    be the original of each: nothing is inferred through a third photo. Files that are kept in any
    case need no proof.
    """

    def __init__(
        self, tier: Tier, versions: Mapping[int, Version], edges: Edges, header: HeaderReader
    ) -> None:
        """versions: by photo id. header: reads a file's EXIF header."""
        self._tier, self._versions, self._edges, self._header = tier, versions, edges, header

    def suggest(
        self, group: Collection[int], first: GroupFile, choose: ChooseKeeper
    ) -> KeeperSuggestion:
        """The photo of a group (photo ids) to keep. first: the photo that all others were compared
        with, shown first if none is suggested. choose: the user's rules, which decide among
        several that may be kept without loss."""
        removable = {
            i: self._removable(i, group)
            for i in sorted(group)
            if self._edges[i].keys() >= set(group) - {i}
        }
        if not any(removable.values()):
            return KeeperSuggestion(first, "", self._why_none_removable(group))
        candidates = [
            self._versions[i].item
            for i, others in removable.items()
            if others and not self._doubt(i, others) and not self._versions[i].item.symlink
        ]
        if not candidates:
            doubt = self._doubt(first.photo_id, removable[first.photo_id]) or _ONLY_LINK
            return KeeperSuggestion(first, "", f"{_NOT_CLEAR}: {doubt}")
        if self._tier == "pixels":
            best = max(map(original_format_rank, candidates))
            candidates = [file for file in candidates if original_format_rank(file) == best]
        keep, why = choose(candidates)
        if len(candidates) == 1:
            links = any(self._versions[i].item.symlink for i in group)
            why = _NOT_A_LINK if links else _NEVER_REMOVED
        proof = self._proof(keep.photo_id, removable[keep.photo_id])
        return KeeperSuggestion(keep, proof or why)

    def _removable(self, keep: int, group: Collection[int]) -> list[int]:
        """The photos that could be removed if that one were kept."""
        kept = self._versions[keep].item
        return [i for i in sorted(group) if i != keep and not self._must_stay(i, kept)]

    def _must_stay(self, photo_id: int, keep: GroupFile) -> bool:
        file = self._versions[photo_id].item
        named = file.original != "" or is_one_stack(keep.path, file.path, self._tier)
        return file.protected or named

    def _why_none_removable(self, group: Collection[int]) -> str:
        paths = [self._versions[i].item.path for i in group]
        pairs = combinations(paths, 2)
        if all(is_one_stack(one, other, self._tier) for one, other in pairs):
            return VERSIONS
        return NONE_REMOVABLE

    def _doubt(self, one: int, others: Iterable[int]) -> str:
        """Why a photo is not known to be the original of all these; '' if it is."""
        verdicts = (self._verdict(one, other) for other in others)
        return next((verdict.doubt for verdict in verdicts if verdict.doubt), "")

    def _proof(self, one: int, others: Iterable[int]) -> str:
        """What proves that a photo is the original of these; '' if they do not differ in any way
        that matters."""
        verdicts = (self._verdict(one, other) for other in others)
        return next((verdict.why for verdict in verdicts if verdict.why), "")

    def _verdict(self, one: int, other: int) -> OriginalVerdict:
        mine, its = self._versions[one], self._versions[other]
        if self._tier == "pixels":
            return judge_same_pixels(mine, its)
        return judge_original(mine, its, self._edges[one][other], self._header)
