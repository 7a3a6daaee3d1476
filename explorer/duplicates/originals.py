"""Which of two files of one picture is the original, as far as that can be told from the files.

Bytes say nothing of it: a program that saves a photo again may well write more of them. A file is
the original of another where it alone carries what only a camera writes, or is just as the camera
wrote it while the other shows less of it, or was never compressed as strongly as the other; and
where nothing speaks against it: the other one is no larger, shows nothing more and says nothing
that it does not say, and the one is not brightened, blurred, bordered or stamped. Where the
evidence is missing or contradicts itself, it is not told.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from explorer.duplicates.describe_difference import MARKED, Edge, RelativeGeometry
from explorer.duplicates.versions import Verdict, Version, metadata_loss
from explorer.library.paths import printable
from explorer.photos.metadata.exif_header import ExifHeader
from explorer.photos.quality.metrics import QualityMetrics

HeaderReader = Callable[[str], "ExifHeader | None"]

# Pixel scale (linear) within which two pictures count as equally fine, and how much more a side may
# be stretched than the other.
_FINER, _STRETCHED = 1.02, 1.02
# Shares of the frame that may be missing, or be there beyond it, in pictures that show the same.
_WHOLE, _MORE = 0.985, 0.015
# What saving again and scaling change at most, measured on copies of four photos: levels (of 255)
# of the mean, the median, the 2nd and the 99th percentile (0.4, 1, 2 and 7 there; 3 and more for a
# picture 3 % brighter), and the ratios of colourfulness and contrast (0.98 to 1.01; 0.8 or 1.2 for
# colours changed by 20 %).
_MEAN, _MIDDLE, _LOW, _HIGH, _COLOURFUL, _CONTRAST = 2.0, 3.0, 5.0, 8.0, 0.07, 0.05
_GREYISH = 3.0
# Share of the picture in which two of one scale may differ: saving again leaves 0.007 (0.02 from
# JPEG quality 20), a stamp 0.011 and more.
_CHANGED = 0.0075
# Where two pictures do not show the same frame only their common part can be compared: levels of
# its mean.
_LIGHT = 4.0
# How many times softer than the other one a picture may be measured: at the same scale saving again
# changes that by 1.1 at most; scaling down by a little sharpens to 1.16, by much to 1.75. A blur of
# half a pixel counts 1.11 to 1.25, one of two pixels 3.
_SOFTER, _SOFTER_THAN_SMALLER, _SOFTER_THAN_SMALL, _SMALL = 1.15, 1.25, 2.0, 0.7
# Noise (standard deviation, levels) that cannot come from the other one's having been smoothed by
# compression.
_NOISIER, _NOISE = 2.0, 0.5
# How much higher the other's steps at JPEG's block edges are, and by how much its JPEG quality is
# lower, when it was made from the one. A file saved again at a higher quality keeps the steps that
# it had (0.73 to 0.76 for 0.75).
_STEPS_TIMES, _STEPS, _QUALITY, _SOFTER_AS_SAVED = 2.0, 0.2, 5.0, 1.1
# And by how much a smaller one's quality may be higher: sites and messengers save at 70 to 85.
_QUALITY_OF_SMALLER = 20.0


def judge_original(one: Version, other: Version, edge: Edge, header: HeaderReader) -> Verdict:
    """Whether `one` is the original of `other`. header: reads a file's header; asked only where
    everything else speaks for it."""
    geometry, mine, its = (
        edge.geometry(one.item, other.item),
        one.known.figures,
        other.known.figures,
    )
    if geometry is None:
        return Verdict("how the two differ was not measured")
    if mine is None or its is None:
        return Verdict("not all of them have been measured yet")
    pair = _Pair(one, other, edge, geometry, mine, its, edge.bordered == other.item.photo_id)
    against = (
        _out_of_frame(pair)
        or metadata_loss(one, other)
        or _altered(pair)
        or _compressed(pair)
        or _refocused(pair)
    )
    return (
        Verdict(against)
        if against
        else _shown_by_camera(pair, header) or _shown_by_compression(pair, header)
    )


class _Pair(NamedTuple):
    """Two files of one picture. mine, its: the figures of the one and of the other. framed: the
    other is the one with a border."""

    one: Version
    other: Version
    edge: Edge
    geometry: RelativeGeometry
    mine: QualityMetrics
    its: QualityMetrics
    framed: bool

    @property
    def smaller(self) -> bool:
        """Whether the other has fewer pixels for the same thing."""
        return self.geometry.scale < 1 / _FINER

    @property
    def whole(self) -> bool:
        """Whether both show the same frame."""
        return self.geometry.shown >= _WHOLE and not self.framed

    @property
    def noisier(self) -> bool:
        return self.mine.noise_sigma > _NOISIER * self.its.noise_sigma + _NOISE


# --- what speaks against it


def _out_of_frame(pair: _Pair) -> str:
    """What the other has of the picture that the one has not, or the one has around it."""
    geometry, one, other = pair.geometry, pair.one, pair.other
    if pair.edge.bordered == one.item.photo_id:
        return f"{one.name} has a border around it"
    if geometry.beyond > _MORE and not pair.framed:
        return f"{other.name} shows more of the picture"
    if geometry.scale > _FINER:
        return f"{other.name} has more pixels"
    return "one of them is stretched" if geometry.stretch > _STRETCHED else ""


def _altered(pair: _Pair) -> str:
    """What was changed in the picture, by what is known of the pair and by the figures."""
    edge, grey = pair.edge, pair.edge.greyer(pair.one.item.photo_id)
    if edge.changed > (MARKED if pair.smaller else _CHANGED):
        return "something is to be seen on one of them that is not on the other"
    if grey < 0:
        return f"{pair.one.name} is in grey"
    if _lighter(pair):
        return f"{pair.one.name} and {pair.other.name} differ in brightness"
    return (
        f"{pair.one.name} and {pair.other.name} differ in contrast or colours"
        if _recoloured(pair, grey=grey > 0)
        else ""
    )


def _lighter(pair: _Pair) -> bool:
    """Whether one of them was made brighter or darker."""
    if not pair.whole:
        return abs(pair.edge.light) > _LIGHT
    limits = {"luma_mean": _MEAN, "luma_p50": _MIDDLE, "luma_p2": _LOW, "luma_p99": _HIGH}
    return any(
        abs(getattr(pair.mine, name) - getattr(pair.its, name)) > most
        for name, most in limits.items()
    )


def _recoloured(pair: _Pair, *, grey: bool) -> bool:
    """grey: the other was made grey, which takes its colours and leaves its contrast."""
    if not pair.whole:
        return False
    mine, its = pair.mine.colorfulness, pair.its.colorfulness
    coloured = not grey and abs(mine - its) > _GREYISH and _apart(mine, its) > _COLOURFUL
    return coloured or _apart(pair.mine.contrast, pair.its.contrast) > _CONTRAST


def _apart(one: float, other: float) -> float:
    return abs(one - other) / max(one, other, 1e-6)


def _compressed(pair: _Pair) -> str:
    """Whether the one was compressed more strongly than the other, so that the other cannot have
    been made from it."""
    more = _QUALITY_OF_SMALLER if pair.smaller else _QUALITY
    if pair.mine.jpeg_quality and pair.its.jpeg_quality >= pair.mine.jpeg_quality + more:
        return f"{pair.other.name} was saved with a higher JPEG quality"
    return (
        f"{pair.one.name} shows more of JPEG's blocks"
        if not pair.smaller and _blockier(pair.mine, pair.its)
        else ""
    )


def _blockier(one: QualityMetrics, other: QualityMetrics) -> bool:
    return one.blockiness > _STEPS_TIMES * other.blockiness + _STEPS


def _refocused(pair: _Pair) -> str:
    """Whether one of them was blurred or sharpened, or has noise that the other has not."""
    if pair.whole and _softer(pair.mine, pair.its, pair.geometry.scale):
        return f"{pair.other.name} is sharper"
    if pair.smaller:
        return ""
    if pair.whole and _softer(pair.its, pair.mine, 1.0):
        return f"{pair.one.name} and {pair.other.name} differ in sharpness"
    return (
        f"{pair.one.name} has more noise"
        if pair.noisier and pair.its.jpeg_quality >= pair.mine.jpeg_quality
        else ""
    )


def _softer(mine: QualityMetrics, its: QualityMetrics, scale: float) -> bool:
    most = (
        _SOFTER
        if scale > 1 / _FINER
        else _SOFTER_THAN_SMALLER
        if scale > _SMALL
        else _SOFTER_THAN_SMALL
    )
    return mine.blur_radius > most * its.blur_radius


# --- what speaks for it


def _shown_by_camera(pair: _Pair, header: HeaderReader) -> Verdict | None:
    """By what the camera wrote; None where that says nothing of the two."""
    one, known, less = pair.one, pair.other.known, _less(pair)
    alone = known.camera is None and not known.exposure
    if not one.from_camera or not (alone or less):
        return None
    # A program may have developed the larger of two: what was sent on and has lost its metadata is
    # no original for that.
    if doubt := _rewritten(
        one, header(one.item.path), certain=not alone, by_program=not (alone and pair.smaller)
    ):
        return Verdict(doubt)
    if alone:
        return Verdict("", f"it alone says which camera took it, and {less or 'how'}")
    return Verdict("", f"it is as the camera wrote it, and {less}")


def _less(pair: _Pair) -> str:
    """What the one has that the other, made from it, has not; '' where both have the same."""
    if pair.smaller:
        return "has more pixels"
    if pair.framed:
        return "has no border around it"
    return "" if pair.whole else "shows all of the picture"


def _rewritten(
    one: Version, header: ExifHeader | None, *, certain: bool, by_program: bool = True
) -> str:
    """Whether a program has saved a file since the camera wrote it. certain: the header must show
    that its size is still the camera's. by_program: that a program has saved it speaks against it,
    and not only another size."""
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


def _shown_by_compression(pair: _Pair, header: HeaderReader) -> Verdict:
    """By the traces of JPEG: what was saved again keeps those that it had."""
    one, mine, its = pair.one, pair.mine, pair.its
    aligned = pair.whole and not pair.smaller and not pair.geometry.turned
    if (
        not (aligned and mine.jpeg_quality and its.jpeg_quality)
        or mine.jpeg_quality < its.jpeg_quality + _QUALITY
        or not _blockier(its, mine)
        or mine.blur_radius > _SOFTER_AS_SAVED * its.blur_radius
        or pair.noisier
    ):
        return Verdict(
            f"nothing in them shows whether {pair.other.name} was made from {one.name}, or the other way round"
        )
    if one.from_camera and (doubt := _rewritten(one, header(one.item.path), certain=False)):
        return Verdict(doubt)
    return Verdict(
        "",
        f"it is less compressed (JPEG quality {mine.jpeg_quality:.0f} against {its.jpeg_quality:.0f})",
    )
