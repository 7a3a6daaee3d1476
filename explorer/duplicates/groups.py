"""Groups of duplicates: one file to keep, and others that were each compared with it."""

from __future__ import annotations

import functools
import hashlib
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from explorer.duplicates.group_file import GroupFile
from explorer.duplicates.pair_edge import Edge
from explorer.duplicates.versions import Version, metadata_loss
from explorer.library.paths import printable
from explorer.library.queries.evidence import Evidence
from explorer.photos.containers.contents import reason_to_keep
from explorer.photos.stacks import is_one_stack

Tier = Literal["identical", "pixels", "picture", "moment", "lookalike"]

TIERS: tuple[Tier, ...] = ("identical", "pixels", "picture", "moment", "lookalike")
"""From the tightest to the loosest."""
COPIES = TIERS[:3]
"""Tiers in which all files of a group show one and the same picture. Only in these, files are
suggested for removal."""

NOT_COMPARED = "it was not compared with the file to keep"
MAYBE_ORIGINAL = "it may be the original"
SAME_BYTES = "identical file, byte for byte"
CHOSEN = "you chose it"


@dataclass(frozen=True)
class DuplicateGroup:
    """Files of one tier, with one to keep."""

    key: str
    """Equal for groups of the same contents, wherever the files are, so that decisions last."""
    tier: Tier
    keep: GroupFile
    """The file to keep; only the one shown first if `doubt` is set."""
    keep_because: str
    """Why it is kept, in words that follow “kept because”; '' if `doubt` is set."""
    others: tuple[GroupFile, ...]
    """Files that were each compared with `keep`, never only through another file."""
    edges: tuple[Edge, ...] = field(default=(), repr=False)
    """Results of comparing pairs of its photos."""
    unchecked: tuple[GroupFile, ...] = ()
    """Files that were not compared with the file that the user chose to keep. They are kept,
    too."""
    doubt: str = ""
    """Why no keeper is suggested, in a clause that follows “nothing is suggested:”. Every file is
    then kept until the user chooses one (`with_keeper`)."""

    known: Mapping[int, Evidence] = field(default_factory=dict, repr=False, compare=False)
    """What the catalog knows about its photos, without quality metrics, by id; filled for photos
    that are copies."""

    @property
    def suggested(self) -> bool:
        """Whether a file to keep is suggested."""
        return not self.doubt

    @property
    def all(self) -> tuple[GroupFile, ...]:
        """All files, the one to keep first."""
        return self.keep, *self.others, *self.unchecked

    @functools.cached_property
    def reclaimable(self) -> int:
        """Bytes freed by removing all others with their companion files. Files that must be kept
        and links to the same bytes count as 0."""
        return sum(
            (0 if item.linked else item.bytes) + sum(each.bytes for each in item.companions.own)
            for item in self.others
            if item.file_id in self.removable
        )

    @functools.cached_property
    def removable(self) -> frozenset[int]:
        """The ids of the files that may be offered for removal: those without a reason to keep
        them. Pages ask for every group at every run, so it is found once."""
        return frozenset(item.file_id for item in self.others if not self.reason_to_keep(item))

    def reason_to_keep(self, item: GroupFile) -> str:
        """Why a file other than `keep` is never offered for removal, in words that follow “kept:”;
        '' if it may be removed."""
        if item.protected:
            return "it is in a protected folder"
        if is_one_stack(self.keep.path, item.path, self.tier):
            name = printable(os.path.basename(self.keep.path))
            return f"going by their names, it and {name} are versions of one photo"
        if item in self.unchecked:
            return NOT_COMPARED
        if item.original:
            return f"going by its name, it is a version of {item.original}"
        return MAYBE_ORIGINAL if self.doubt else self._unique_contents(item)

    def _unique_contents(self, item: GroupFile) -> str:
        """Why removing a file would lose something that `keep` does not have; '' if it would not.
        Also '' for different shots, because the user marks each one and sees what it contains."""
        if self.tier not in COPIES:
            return ""
        inside = ""
        if item.photo_id != self.keep.photo_id:
            inside = reason_to_keep(item.contents, self.keep.contents)
        return inside or _unique_video(item, self.keep) or _unique_edits(item, self.keep)

    def metadata_loss(self, item: GroupFile) -> str:
        """The metadata that removing a copy would lose, in a clause; '' if none. Suggestions lose
        none, but the user may choose to."""
        if not {item.photo_id, self.keep.photo_id} <= self.known.keys():
            return ""
        one, other = (Version(each, self.known[each.photo_id]) for each in (self.keep, item))
        return metadata_loss(one, other)

    def with_keeper(self, file_id: int) -> DuplicateGroup:
        """The group with that file kept, because the user chose it. Only files that were compared
        with it are still offered for removal. A file that is not in the group changes nothing."""
        keep = next((item for item in self.all if item.file_id == file_id), None)
        if keep is None:
            return self
        if keep is self.keep:
            return replace(self, keep_because=CHOSEN, doubt="") if self.doubt else self
        edges = {photo: e for e in self.edges if keep.photo_id in e.photos for photo in e.photos}
        others, unchecked, seen = list[GroupFile](), list[GroupFile](), {keep.inode_key}
        for item in self.all:
            if item is keep:
                continue
            linked = item.symlink or (item.inode_key != "" and item.inode_key in seen)
            seen.add(item.inode_key)
            if item.photo_id == keep.photo_id:
                others.append(replace(item, relation=SAME_BYTES, score=1.0, linked=linked))
            elif (edge := edges.get(item.photo_id)) is not None:
                relation = edge.describe(keep, item)
                others.append(replace(item, relation=relation, score=edge.score, linked=linked))
            else:
                relation = "not compared with the file to keep"
                unchecked.append(replace(item, relation=relation, score=0.0, linked=linked))
        return replace(
            self,
            keep=replace(keep, relation="", score=1.0),
            keep_because=CHOSEN,
            others=tuple(others),
            unchecked=tuple(unchecked),
            doubt="",
        )


def make_group(
    tier: Tier, keep: GroupFile, why: str, others: Sequence[GroupFile], hashes: Iterable[str]
) -> DuplicateGroup:
    """A group of these files, with the most similar first. hashes: those of their contents."""
    digest = hashlib.blake2b(" ".join(sorted(hashes)).encode(), digest_size=12).hexdigest()
    return DuplicateGroup(
        f"{tier}-{digest}",
        tier,
        replace(keep, relation="", score=1.0),
        why,
        tuple(sorted(others, key=lambda item: (-item.score, item.path))),
    )


def _unique_video(item: GroupFile, keep: GroupFile) -> str:
    """Why removing a file would lose its video; '' if it would not. Compares sizes only: the bytes
    are compared on removal."""
    kept_sizes = {video.bytes for video in keep.companions.videos if not video.link}
    for video in item.companions.own:
        if video.kind == "video" and not video.link and video.bytes not in kept_sizes:
            name = printable(os.path.basename(video.path))
            other = "a different video" if kept_sizes else "no video"
            return f"there is no second copy of its video {name}: the file to keep has {other}"
    return ""


def _unique_edits(item: GroupFile, keep: GroupFile) -> str:
    """Why removing a file would lose a sidecar with edits or notes; '' if it would not."""
    # The sidecar of the same bytes can be saved beside a file without one, if the user wants that.
    beside = (*keep.companions.own, *keep.companions.shared)
    can_be_saved = item.photo_id == keep.photo_id and not any(
        each.path.lower().endswith(".xmp") for each in beside
    )
    for each in item.companions.unique_edits(keep.companions):
        if not (can_be_saved and each.path.lower().endswith(".xmp")):
            name = printable(os.path.basename(each.path))
            return f"only it has these edits or notes beside it: {name}"
    return ""
