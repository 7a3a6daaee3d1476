"""Files of one picture as versions of it: what metadata each contains, and what removing one would
lose."""

from __future__ import annotations

import os
from typing import NamedTuple

from explorer.duplicates.group_file import GroupFile
from explorer.library.paths import printable
from explorer.library.queries.evidence import Evidence
from explorer.library.text.text_folding import fold

_ORIGINAL_FORMATS = {"HEIF": 3, "HEIC": 3, "AVIF": 3, "JPEG": 3, "MPO": 3, "TIFF": 2, "WEBP": 1}
"""How likely it is that a picture was first saved in that format, among files with identical
pixels: a lossless file can contain what a lossy one decodes to, while lossy saving changes
pixels."""
_SAME_PLACE_DEGREES = 1e-4
"""Difference of coordinates, in degrees, up to which two places count as one: 11 m."""


class Version(NamedTuple):
    """One file of a group and what the catalog knows about its photo."""

    item: GroupFile
    known: Evidence

    @property
    def name(self) -> str:
        """The file's name, printable."""
        return printable(os.path.basename(self.item.path))

    @property
    def from_camera(self) -> bool:
        """Whether its metadata names the camera, and how or when the photo was taken."""
        return self.known.camera is not None and (
            self.known.exposure > 0 or self.known.taken_source == "exif"
        )


class OriginalVerdict(NamedTuple):
    """Whether one file is the original of another."""

    doubt: str
    """Why that is not clear, in a clause; '' if it is."""
    why: str = ""
    """What proves it, in words that follow “kept because”."""


def original_format_rank(item: GroupFile) -> int:
    """How likely it is that a picture was first saved in the file's format, among files with
    identical pixels: 0 to 3, higher is likelier."""
    return _ORIGINAL_FORMATS.get(item.format, 0)


def judge_same_pixels(one: Version, other: Version) -> OriginalVerdict:
    """Whether nothing is lost if `one` is kept and `other` removed, given identical pixels."""
    if doubt := metadata_loss(one, other):
        return OriginalVerdict(doubt)
    missing, edits = _missing(one, other), _only_edits(one, other)
    rank, other_rank = original_format_rank(one.item), original_format_rank(other.item)
    if other_rank > rank and (missing or edits):
        # The other is the original, but this one has more metadata: prefer neither.
        return OriginalVerdict(
            f"{one.name} has more metadata, but was made from the {other.item.format} file"
            f" {other.name}"
        )
    if missing:
        return OriginalVerdict("", f"only it has {_listed(missing)}")
    if edits:
        return OriginalVerdict("", f"it has {edits} beside it")
    if rank > other_rank:
        return OriginalVerdict(
            "", f"it is the {one.item.format} file from which the {other.item.format} was made"
        )
    return OriginalVerdict("")


def metadata_loss(one: Version, other: Version) -> str:
    """The metadata and edits that would be lost by removing `other` and keeping `one`, in a clause;
    '' if none."""
    if words := _missing(other, one):
        return f"only {other.name} has {_listed(words)}"
    if words := _contradictions(one, other):
        return f"{one.name} and {other.name} disagree on {_listed(words)}"
    if edits := _only_edits(other, one):
        only = "" if one.item.companions.edits else "only "
        return f"{only}{other.name} has {edits} beside it"
    return ""


def _only_edits(one: Version, other: Version) -> str:
    """The edits that only the first has beside it, in words; '' if none."""
    mine, its = one.item.companions, other.item.companions
    if mine.edits and not its.edits:
        return "a file with edits or notes"
    return "other edits or notes" if mine.unique_edits(its) else ""


def _missing(full: Version, bare: Version) -> list[str]:
    """Metadata that one photo has and the other lacks."""
    a, b = full.known, bare.known
    lost = {
        "a capture date": a.taken_at is not None and b.taken_at is None,
        "a location": a.place is not None and b.place is None,
        "a camera name": a.camera is not None and b.camera is None,
        "a lens name": a.lens is not None and b.lens is None,
        "more exposure settings": a.exposure > b.exposure,
        # A text that both titles and describes a photo is stored as its title only.
        "a title": b.title is None and a.title not in (None, b.description),
        "a description": b.description is None and a.description not in (None, b.title),
        "a rating": a.rating is not None and b.rating is None,
        f"{'more ' if b.keywords else ''}keywords": bool(_folded(a.keywords) - _folded(b.keywords)),
    }
    return [word for word, is_lost in lost.items() if is_lost]


def _folded(words: tuple[str, ...]) -> set[str]:
    return set(map(fold, words))


def _contradictions(one: Version, other: Version) -> list[str]:
    """Metadata that both photos have and that differ. Dates count only if cameras wrote them."""
    a, b = one.known, other.known
    from_cameras = a.taken_source == b.taken_source == "exif" and None not in (a.camera, b.camera)
    far_apart = (
        a.place is not None
        and b.place is not None
        and max(abs(x - y) for x, y in zip(a.place, b.place, strict=True)) > _SAME_PLACE_DEGREES
    )
    differ = {
        "the time": from_cameras and a.taken_at != b.taken_at,
        "the location": far_apart,
        "the camera": None not in (a.camera, b.camera) and a.camera != b.camera,
        "the title": None not in (a.title, b.title) and a.title != b.title,
        "the description": None not in (a.description, b.description)
        and a.description != b.description,
        "the rating": None not in (a.rating, b.rating) and a.rating != b.rating,
    }
    return [word for word, is_different in differ.items() if is_different]


def _listed(words: list[str]) -> str:
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)
