"""Files of one picture as versions of it: what each says of itself, and what would be lost with one
of them."""

from __future__ import annotations

import os
from typing import NamedTuple

from explorer.duplicates.groups import GroupFile
from explorer.library.evidence import Evidence
from explorer.library.paths import printable

# How strongly a format speaks for being the one in which a picture was first saved, among files
# whose pixels are all the same. A lossless file can hold what a lossy one decodes to; the other way
# round, saving changes pixels.
_NATIVE = {"HEIF": 3, "HEIC": 3, "AVIF": 3, "JPEG": 3, "MPO": 3, "TIFF": 2, "WEBP": 1}
# Degrees by which two places may differ and be one: 11 m.
_DEGREES = 1e-4


class Version(NamedTuple):
    """One file of a group and what is known of its photo."""

    item: GroupFile
    known: Evidence

    @property
    def name(self) -> str:
        return printable(os.path.basename(self.item.path))

    @property
    def from_camera(self) -> bool:
        """Whether it says what a camera says: its name, and how or when it took the photo."""
        return self.known.camera is not None and (
            self.known.exposure > 0 or self.known.taken_source == "exif"
        )


class Verdict(NamedTuple):
    """Whether one file is the original of another. doubt: why that cannot be told, in a clause; ''
    where it can. why: what shows it, in words that follow “kept because”."""

    doubt: str
    why: str = ""


def original_format_rank(item: GroupFile) -> int:
    """The greater, the likelier a file's format is the one in which its picture was first saved,
    among files with the same pixels."""
    return _NATIVE.get(item.format, 0)


def judge_same_pixels(one: Version, other: Version) -> Verdict:
    """Whether nothing is lost if `other` goes for `one`, of which every pixel is the same."""
    if doubt := metadata_loss(one, other):
        return Verdict(doubt)
    if original_format_rank(other.item) > original_format_rank(one.item) and (
        _lacking(one, other) or _edits_of(one, other)
    ):
        # The other is the original, but something is known of this one only: neither is kept before
        # the other.
        return Verdict(
            f"more is known of {one.name}, but it was made from the {other.item.format} file {other.name}"
        )
    if words := _lacking(one, other):
        return Verdict("", f"it alone says {_listed(words)}")
    if _edits_of(one, other):
        return Verdict("", "it has a file with edits or notes beside it")
    if original_format_rank(one.item) > original_format_rank(other.item):
        return Verdict(
            "", f"it is the {one.item.format} file of which the {other.item.format} was made"
        )
    return Verdict("")


def metadata_loss(one: Version, other: Version) -> str:
    """What would be lost of what the other file says, or has beside it; '' where nothing is."""
    if words := _lacking(other, one):
        return f"only {other.name} says {_listed(words)}"
    if words := _contradicted(one, other):
        return f"{one.name} and {other.name} do not agree on {_listed(words)}"
    return (
        f"only {other.name} has a file with edits or notes beside it"
        if _edits_of(other, one)
        else ""
    )


def _edits_of(one: Version, other: Version) -> bool:
    return one.item.company.edits and not other.item.company.edits


def _lacking(says: Version, lacks: Version) -> list[str]:
    """What one photo says and the other does not."""
    a, b = says.known, lacks.known
    return [
        word
        for word, said in (
            ("when it was taken", a.taken_at is not None and b.taken_at is None),
            ("where", a.place is not None and b.place is None),
            ("with which camera", a.camera is not None and b.camera is None),
            ("with which lens", a.lens is not None and b.lens is None),
            ("how it was exposed", a.exposure > b.exposure),
        )
        if said
    ]


def _contradicted(one: Version, other: Version) -> list[str]:
    """What both say and one of them says wrongly. Of two dates only those count that cameras gave."""
    a, b = one.known, other.known
    by_cameras = a.taken_source == b.taken_source == "exif" and None not in (a.camera, b.camera)
    apart = (
        a.place is not None
        and b.place is not None
        and max(abs(x - y) for x, y in zip(a.place, b.place, strict=True)) > _DEGREES
    )
    cameras = None not in (a.camera, b.camera) and a.camera != b.camera
    found = (
        ("the time", by_cameras and a.taken_at != b.taken_at),
        ("the place", apart),
        ("the camera", cameras),
    )
    return [word for word, said in found if said]


def _listed(words: list[str]) -> str:
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)
