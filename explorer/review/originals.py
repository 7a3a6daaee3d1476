"""Which of two files of one picture is the original, as far as that can be told from the files.

Bytes say nothing of it: a program that saves a photo again may well write more of them. A file is the original of another where it alone
carries what only a camera writes, or is just as the camera wrote it while the other shows less of it, or was never compressed as
strongly as the other; and where nothing speaks against it: the other one is no larger, shows nothing more and says nothing that it does
not say, and the one is not brightened, blurred, bordered or stamped. Where the evidence is missing or contradicts itself, it is not told.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import NamedTuple

from explorer.library.evidence import Evidence
from explorer.library.paths import printable
from explorer.photos.exif_header import ExifHeader
from explorer.photos.figures import Quality
from explorer.review.groups import Item
from explorer.review.relations import MARKED, Edge, Geometry

Header = Callable[[str], "ExifHeader | None"]

# How strongly a format speaks for being the one in which a picture was first saved, among files whose pixels are all the same. A lossless
# file can hold what a lossy one decodes to; the other way round, saving changes pixels.
_NATIVE = {"HEIF": 3, "HEIC": 3, "AVIF": 3, "JPEG": 3, "MPO": 3, "TIFF": 2, "WEBP": 1}

# Pixel scale (linear) within which two pictures count as equally fine, and how much more a side may be stretched than the other.
_FINER, _STRETCHED = 1.02, 1.02
# Shares of the frame that may be missing, or be there beyond it, in pictures that show the same.
_WHOLE, _MORE = 0.985, 0.015
# What saving again and scaling change at most, measured on copies of four photos: levels (of 255) of the mean, the median, the 2nd and the
# 99th percentile (0.4, 1, 2 and 7 there; 3 and more for a picture 3 % brighter), and the ratios of colourfulness and contrast (0.98 to
# 1.01; 0.8 or 1.2 for colours changed by 20 %).
_MEAN, _MIDDLE, _LOW, _HIGH, _COLOURFUL, _CONTRAST = 2.0, 3.0, 5.0, 8.0, 0.07, 0.05
_GREYISH = 3.0
# Share of the picture in which two of one scale may differ: saving again leaves 0.007 (0.02 from JPEG quality 20), a stamp 0.011 and more.
_CHANGED = 0.0075
# Where two pictures do not show the same frame only their common part can be compared: levels of its mean.
_LIGHT = 4.0
# How many times softer than the other one a picture may be measured: at the same scale saving again changes that by 1.1 at most; scaling
# down by a little sharpens to 1.16, by much to 1.75. A blur of half a pixel counts 1.11 to 1.25, one of two pixels 3.
_SOFTER, _SOFTER_THAN_SMALLER, _SOFTER_THAN_SMALL, _SMALL = 1.15, 1.25, 2.0, 0.7
# Noise (standard deviation, levels) that cannot come from the other one's having been smoothed by compression.
_NOISIER, _NOISE = 2.0, 0.5
# How much higher the other's steps at JPEG's block edges are, and by how much its JPEG quality is lower, when it was made from the one. A
# file saved again at a higher quality keeps the steps that it had (0.73 to 0.76 for 0.75).
_STEPS_TIMES, _STEPS, _QUALITY, _SOFTER_AS_SAVED = 2.0, 0.2, 5.0, 1.1
# And by how much a smaller one's quality may be higher: sites and messengers save at 70 to 85.
_QUALITY_OF_SMALLER = 20.0

# Degrees by which two places may differ and be one: 11 m.
_DEGREES = 1e-4


class Version(NamedTuple):
    """One file of a group and what is known of its photo."""

    item: Item
    known: Evidence

    @property
    def name(self) -> str:
        return printable(os.path.basename(self.item.path))  # noqa: PTH119

    @property
    def from_camera(self) -> bool:
        """Whether it says what a camera says: its name, and how or when it took the photo."""
        return self.known.camera is not None and (self.known.exposure > 0 or self.known.taken_source == "exif")


class Verdict(NamedTuple):
    """Whether one file is the original of another. doubt: why that cannot be told, in a clause; '' where it can. why: what shows it, in
    words that follow “kept because”."""

    doubt: str
    why: str = ""


def native(item: Item) -> int:
    """The greater, the likelier a file's format is the one in which its picture was first saved, among files with the same pixels."""
    return _NATIVE.get(item.format, 0)


def same_pixels(one: Version, other: Version) -> Verdict:
    """Whether nothing is lost if `other` goes for `one`, of which every pixel is the same."""
    if doubt := _unsaid(one, other):
        return Verdict(doubt)
    if words := _lacking(one, other):
        return Verdict("", f"it alone says {_listed(words)}")
    if _edits_of(one, other):
        return Verdict("", "it has a file with edits or notes beside it")
    if native(one.item) > native(other.item):
        return Verdict("", f"it is the {one.item.format} file of which the {other.item.format} was made")
    return Verdict("")


def same_picture(one: Version, other: Version, edge: Edge, header: Header) -> Verdict:
    """Whether `one` is the original of `other`. header: reads a file's header; asked only where everything else speaks for it."""
    geometry = edge.geometry(one.item, other.item)
    if geometry is None:
        return Verdict("how the two differ was not measured")
    framed, smaller = edge.bordered == other.item.photo_id, geometry.scale < 1 / _FINER
    against = (
        _out_of_frame(one, other, geometry, edge)
        or _unsaid(one, other)
        or _altered(one, other, edge, whole=geometry.shown >= _WHOLE and not framed, smaller=smaller)
        or _more_compressed(one, other, smaller=smaller)
    )
    if against:
        return Verdict(against)
    return _shown_by_camera(one, other, geometry, header, framed=framed) or _shown_by_compression(one, other, geometry, header, framed)


def _out_of_frame(one: Version, other: Version, geometry: Geometry, edge: Edge) -> str:
    """What the other has of the picture that the one has not, or the one has around it."""
    if edge.bordered == one.item.photo_id:
        return f"{one.name} has a border around it"
    if geometry.beyond > _MORE and edge.bordered != other.item.photo_id:
        return f"{other.name} shows more of the picture"
    if geometry.scale > _FINER:
        return f"{other.name} has more pixels"
    return "one of them is stretched" if geometry.stretch > _STRETCHED else ""


def _altered(one: Version, other: Version, edge: Edge, *, whole: bool, smaller: bool) -> str:
    """What was changed in the picture, by what is known of the pair and by its figures. whole: both show the same frame. smaller: the
    other has fewer pixels for the same thing."""
    if edge.changed > (MARKED if smaller else _CHANGED):
        return "something is to be seen on one of them that is not on the other"
    grey, mine, its = edge.greyer(one.item.photo_id), one.known.figures, other.known.figures
    if grey < 0:
        return f"{one.name} is in grey"
    if mine is None or its is None:
        return "not all of them have been measured yet"
    if not whole:
        return f"{one.name} and {other.name} differ in brightness" if abs(edge.light) > _LIGHT else ""
    if (
        abs(mine.mean - its.mean) > _MEAN
        or abs(mine.middle - its.middle) > _MIDDLE
        or abs(mine.low - its.low) > _LOW
        or abs(mine.high - its.high) > _HIGH
    ):
        return f"{one.name} and {other.name} differ in brightness"
    if _apart(mine.contrast, its.contrast) > _CONTRAST or (
        not grey and abs(mine.colourful - its.colourful) > _GREYISH and _apart(mine.colourful, its.colourful) > _COLOURFUL
    ):
        return f"{one.name} and {other.name} differ in contrast or colours"
    return ""


def _more_compressed(one: Version, other: Version, *, smaller: bool) -> str:
    """Whether the one was compressed more strongly than the other, so that the other cannot have been made from it."""
    mine, its = one.known.figures, other.known.figures
    if mine is None or its is None:
        return ""
    if mine.compression and its.compression >= mine.compression + (_QUALITY_OF_SMALLER if smaller else _QUALITY):
        return f"{other.name} was saved with a higher JPEG quality"
    return f"{one.name} shows more of JPEG's blocks" if not smaller and _blockier(mine, its) else ""


def _blockier(one: Quality, other: Quality) -> bool:
    return one.blocks > _STEPS_TIMES * other.blocks + _STEPS


def _apart(one: float, other: float) -> float:
    return abs(one - other) / max(one, other, 1e-6)


def _softer(mine: Quality, its: Quality, scale: float) -> bool:
    most = _SOFTER if scale > 1 / _FINER else _SOFTER_THAN_SMALLER if scale > _SMALL else _SOFTER_THAN_SMALL
    return mine.blur > most * its.blur


def _shown_by_camera(one: Version, other: Version, geometry: Geometry, header: Header, *, framed: bool) -> Verdict | None:
    """By what the camera wrote; None where that says nothing of the two."""
    mine, its, less = one.known.figures, other.known.figures, _less(geometry, framed=framed)
    if not one.from_camera or mine is None or its is None:
        return None
    if geometry.shown >= _WHOLE and not framed and _softer(mine, its, geometry.scale):
        return Verdict(f"{other.name} is sharper")
    same_scale = geometry.scale > 1 / _FINER
    if same_scale and _softer(its, mine, 1.0):
        # Blurred the one, or sharpened the other.
        return Verdict(f"{one.name} and {other.name} differ in sharpness")
    if same_scale and mine.noise > _NOISIER * its.noise + _NOISE and its.compression >= mine.compression:
        return Verdict(f"{one.name} has more noise")
    alone = other.known.camera is None and not other.known.exposure
    if not alone and not less:
        return None
    # A program may have developed the larger of two: what was sent on and has lost its metadata is no original for that.
    if doubt := _rewritten(one, header(one.item.path), certain=not alone, by_program=not alone or same_scale):
        return Verdict(doubt)
    if alone:
        return Verdict("", f"it alone says which camera took it, and {less or 'how'}")
    return Verdict("", f"it is as the camera wrote it, and {less}")


def _less(geometry: Geometry, *, framed: bool) -> str:
    """What the one has that the other, made from it, has not; '' where both have the same."""
    if geometry.scale < 1 / _FINER:
        return "has more pixels"
    if framed:
        return "has no border around it"
    return "shows all of the picture" if geometry.shown < _WHOLE else ""


def _rewritten(one: Version, header: ExifHeader | None, *, certain: bool, by_program: bool = True) -> str:
    """Whether a program has saved a file since the camera wrote it. certain: the header must show that its size is still the camera's.
    by_program: that a program has saved it speaks against it, and not only another size."""
    if header is None:
        return f"the header of {one.name} does not show who wrote it"
    if header.software and by_program:
        return f"{one.name} was saved by {printable(header.software)}"
    size = {one.item.width, one.item.height}
    if header.stated is not None and set(header.stated) != size:
        return f"{one.name} had another size when its camera wrote it"
    if certain and header.stated is None:
        return f"the header of {one.name} does not say how large it was when its camera wrote it"
    return ""


def _shown_by_compression(one: Version, other: Version, geometry: Geometry, header: Header, framed: bool) -> Verdict:
    """By the traces of JPEG: what was saved again keeps those that it had."""
    mine, its = one.known.figures, other.known.figures
    unknown = Verdict(f"nothing in them shows whether {other.name} was made from {one.name}, or the other way round")
    if mine is None or its is None or framed or geometry.turned or geometry.shown < _WHOLE or geometry.scale < 1 / _FINER:
        return unknown
    noisier = mine.noise > _NOISIER * its.noise + _NOISE
    if (
        not (mine.compression and its.compression)
        or mine.compression < its.compression + _QUALITY
        or not _blockier(its, mine)
        or mine.blur > _SOFTER_AS_SAVED * its.blur
        or noisier
    ):
        return unknown
    if one.from_camera and (doubt := _rewritten(one, header(one.item.path), certain=False)):
        return Verdict(doubt)
    return Verdict("", f"it is less compressed (JPEG quality {mine.compression:.0f} against {its.compression:.0f})")


# --- what they say of themselves


def _unsaid(one: Version, other: Version) -> str:
    """What would be lost of what the other file says, or has beside it; '' where nothing is."""
    if words := _lacking(other, one):
        return f"only {other.name} says {_listed(words)}"
    return f"only {other.name} has a file with edits or notes beside it" if _edits_of(other, one) else ""


def _edits_of(one: Version, other: Version) -> bool:
    return one.item.company.edits and not other.item.company.edits


def _lacking(says: Version, lacks: Version) -> list[str]:
    """What one photo says and the other does not, or otherwise."""
    a, b = says.known, lacks.known
    dated = a.taken_at is not None and b.taken_at is None
    # Of two dates that cameras gave, neither is known to be the right one.
    dated = dated or (a.taken_source == b.taken_source == "exif" and None not in (a.camera, b.camera) and a.taken_at != b.taken_at)
    placed = a.place is not None and (b.place is None or max(abs(x - y) for x, y in zip(a.place, b.place, strict=True)) > _DEGREES)
    return [
        word
        for word, said in (
            ("when it was taken", dated),
            ("where", placed),
            ("with which camera", a.camera is not None and a.camera != b.camera),
            ("with which lens", a.lens is not None and b.lens is None),
            ("how it was exposed", a.exposure > b.exposure),
        )
        if said
    ]


def _listed(words: list[str]) -> str:
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)
