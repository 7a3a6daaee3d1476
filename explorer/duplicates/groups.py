"""What is shown as duplicates: groups of files, each with one to keep and others that were verified
against it."""

from __future__ import annotations

import os
from dataclasses import dataclass, field, replace
from typing import Literal

from explorer.duplicates.describe_difference import Edge
from explorer.library.paths import printable
from explorer.photos.containers.contents import FileContents, reason_to_keep
from explorer.photos.decoded_photo import Precision
from explorer.photos.metadata.partial_dates import known_part
from explorer.removal.companions import NO_COMPANIONS, Companions
from explorer.removal.stacks import is_one_stack

Tier = Literal["identical", "pixels", "picture", "moment", "lookalike"]

# From the surest to the loosest. The first three mean one and the same picture; the last is never
# suggested for removal.
TIERS: tuple[Tier, ...] = ("identical", "pixels", "picture", "moment", "lookalike")
# Those of which one and the same picture is kept in another file.
COPIES = TIERS[:3]

NOT_COMPARED = "it was not compared with the one kept"
NOT_TOLD = "it may be the original"


@dataclass(frozen=True)
class GroupFile:
    """One file of a group. Two files with the same bytes are two items of one photo.

    path: absolute. bytes: the file's size. width, height: pixels, upright. relation: in words, how
    the file differs from the one to keep (“half the size, turned by 90°”); '' for the one to keep.
    score: how alike the pixels are after alignment, 0 to 1.
    protected: lies in a folder from which nothing is ever removed. linked: another name for the
    same bytes on disk (a hard link or a symbolic one), so that removing it frees nothing. metadata:
    how many facts it carries about itself (date, place, camera …). modified: the file's own time,
    Unix seconds. symlink: the file is a symbolic link, which can never be the one to keep. company:
    what lies beside it. place: the same for two names of the same bytes on disk; '' where that is
    not known. bordered: it is another one of its group with a border put around it. contents: what
    the file holds beside its first picture; None where that is not known yet. original: the name of
    the photo beside it of which it is a version, by its own name, so that it is not offered; ''
    where there is none, and where that makes no difference.
    """

    file_id: int
    photo_id: int
    path: str
    bytes: int
    width: int
    height: int
    format: str
    taken_at: str | None
    camera: str | None
    relation: str = ""
    score: float = 1.0
    protected: bool = False
    linked: bool = False
    metadata: int = 0
    modified: float = 0.0
    symlink: bool = False
    company: Companions = NO_COMPANIONS
    place: str = ""
    bordered: bool = False
    contents: FileContents | None = None
    taken_precision: Precision | None = None
    original: str = ""

    @property
    def holds(self) -> tuple[str, ...]:
        """What the file holds beside its first picture, in words for a person: “3 pages”, “film
        inside”. () for a single picture."""
        return (
            ("perhaps more than its picture: it has not been read again yet",)
            if self.contents is None
            else tuple(self.contents.words())
        )

    @property
    def taken(self) -> str | None:
        """When it was taken, in ISO 8601, as far as that is known."""
        return known_part(self.taken_at, self.taken_precision) if self.taken_at else None


@dataclass(frozen=True)
class DuplicateGroup:
    """Files of one tier. key: the same for the same contents, wherever the files lie, so that
    decisions about it last.

    keep_because: the rule that chose the one to keep, in words. others: each verified against
    `keep`, never through another. edges: what is known of all pairs of its photos. unchecked: files
    of the group that were not verified against `keep`, as a person has chosen that one: they stay.
    doubt: why no keeper is suggested, in a clause that follows “nothing is suggested:”; then `keep`
    is merely the one shown first, `keep_because` is empty, and every file stays until a person has
    chosen one (`with_keeper`).
    """

    key: str
    tier: Tier
    keep: GroupFile
    keep_because: str
    others: tuple[GroupFile, ...]
    edges: tuple[Edge, ...] = field(default=(), repr=False)
    unchecked: tuple[GroupFile, ...] = ()
    doubt: str = ""

    @property
    def suggested(self) -> bool:
        """Whether a file to keep is suggested."""
        return not self.doubt

    @property
    def all(self) -> tuple[GroupFile, ...]:
        return self.keep, *self.others, *self.unchecked

    @property
    def reclaimable(self) -> int:
        """Bytes that would be free if all others went, with what belongs to them: nothing for those
        that stay in any case, and for other names of the same bytes."""
        return sum(
            (0 if item.linked else item.bytes) + sum(each.bytes for each in item.company.own)
            for item in self.others
            if not self.reason_to_keep(item)
        )

    def reason_to_keep(self, item: GroupFile) -> str:
        """Why a file other than the one kept is never offered for removal, in words that follow “it
        stays:”; '' where it may go."""
        if item.protected:
            return "it lies in a protected folder"
        if item is not self.keep and is_one_stack(self.keep.path, item.path, self.tier):
            return f"by their names, it and {printable(os.path.basename(self.keep.path))} are versions of one photo"
        if item in self.unchecked:
            return NOT_COMPARED
        if item.original or self.doubt:
            return f"by its name it is a version of {item.original}" if item.original else NOT_TOLD
        if self.tier not in COPIES:
            # Other shots, which a person marks one by one: what goes with them is plain to see.
            return ""
        beside = (
            reason_to_keep(item.contents, self.keep.contents)
            if item.photo_id != self.keep.photo_id
            else ""
        )
        return beside or _only_film(item, self.keep)

    def with_keeper(self, file_id: int) -> DuplicateGroup:
        """The group with that file kept, because the person says so. Only what is known to be a
        copy of that one is still offered."""
        keep = next((item for item in self.all if item.file_id == file_id), None)
        if keep is None:
            return self
        if keep is self.keep:
            return replace(self, keep_because="you chose it", doubt="") if self.doubt else self
        near = {
            photo: edge
            for edge in self.edges
            for photo in edge.photos
            if keep.photo_id in edge.photos
        }
        others, unchecked, seen = list[GroupFile](), list[GroupFile](), {keep.place}
        for item in self.all:
            if item is keep:
                continue
            linked = item.symlink or (item.place != "" and item.place in seen)
            seen.add(item.place)
            if item.photo_id == keep.photo_id:
                others.append(
                    replace(item, relation="the same file, byte for byte", score=1.0, linked=linked)
                )
            elif (edge := near.get(item.photo_id)) is not None:
                others.append(
                    replace(item, relation=edge.words(keep, item), score=edge.score, linked=linked)
                )
            else:
                unchecked.append(
                    replace(
                        item, relation="not compared with the one kept", score=0.0, linked=linked
                    )
                )
        kept = replace(keep, relation="", score=1.0)
        return replace(
            self,
            keep=kept,
            keep_because="you chose it",
            others=tuple(others),
            unchecked=tuple(unchecked),
            doubt="",
        )


def _only_film(item: GroupFile, keep: GroupFile) -> str:
    """What is to be said of a film that would be lost with this file. The bytes are compared when
    it is removed; sizes do here."""
    there = {film.bytes for film in keep.company.films if not film.link}
    for film in item.company.own:
        if film.kind == "film" and not film.link and film.bytes not in there:
            name = printable(os.path.basename(film.path))
            return f"its film {name} is not there a second time, the one kept has {'another' if there else 'none'}"
    return ""
