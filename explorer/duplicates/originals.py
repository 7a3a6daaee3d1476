"""Decide which of two files of one picture is the original, from evidence in the files. File size
is no evidence: a program that saves a photo again may well write more bytes. A file is the original
of another if

- nothing speaks against it: the other has no more pixels, shows nothing more and has no more
  metadata, and this one is not brightened, blurred, bordered or stamped; and
- something proves it: it alone has what only a camera writes; or it is just as the camera wrote it,
  while the other shows less of it; or the other was compressed more strongly; and
- at full size, scaling and compression alone explain the other (`matching/plain_copies.py`).

Where the evidence is missing or contradictory, there is no original.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from explorer.duplicates.describe_difference import OVERLAY
from explorer.duplicates.original_thresholds import LIMITS
from explorer.duplicates.pair_edge import Edge
from explorer.duplicates.relative_geometry import RelativeGeometry
from explorer.duplicates.versions import OriginalVerdict, Version, metadata_loss
from explorer.library.paths import printable
from explorer.photos.metadata.exif_header import ExifHeader
from explorer.photos.quality.metrics import QualityMetrics

HeaderReader = Callable[[str], ExifHeader | None]
"""Path → the EXIF header of a file; None if it has none that can be read."""


def judge_original(
    one: Version, other: Version, edge: Edge, header: HeaderReader
) -> OriginalVerdict:
    """Whether `one` is the original of `other`. header: called only if everything else speaks for
    it, because it opens the file."""
    geometry = edge.geometry(one.item, other.item)
    mine, its = one.known.figures, other.known.figures
    if geometry is None:
        return OriginalVerdict("how the two differ was not measured")
    if mine is None or its is None:
        return OriginalVerdict("not all of them have been measured yet")
    framed = edge.bordered == other.item.photo_id
    pair = _Pair(one, other, edge, geometry, mine, its, framed)
    against = (
        _out_of_frame(pair)
        or metadata_loss(one, other)
        or _edited(pair)
        or _compressed(pair)
        or _refocused(pair)
    )
    if against:
        return OriginalVerdict(against)
    verdict = _proven_by_camera(pair, header) or _proven_by_compression(pair, header)
    return verdict if verdict.doubt else OriginalVerdict(_not_explained(pair), verdict.why)


class _Pair(NamedTuple):
    """Two files of one picture."""

    one: Version
    other: Version
    edge: Edge
    geometry: RelativeGeometry
    """The geometry of `other` within `one`."""
    mine: QualityMetrics
    """The metrics of `one`."""
    its: QualityMetrics
    """The metrics of `other`."""
    framed: bool
    """Whether `other` has a border added."""

    @property
    def smaller(self) -> bool:
        """Whether `other` shows the same content with fewer pixels."""
        return self.geometry.scale < 1 / LIMITS.scale

    @property
    def same_frame(self) -> bool:
        """Whether both show the same part of the picture."""
        return self.geometry.shown >= LIMITS.frame_shown and not self.framed

    @property
    def noisier(self) -> bool:
        """Whether `one` has more noise than a copy of `other` could have."""
        return (
            self.mine.noise_sigma > LIMITS.noise_factor * self.its.noise_sigma + LIMITS.noise_offset
        )


# --- what speaks against it


def _out_of_frame(pair: _Pair) -> str:
    """Why `one` cannot be the whole picture at full size, in a clause; '' if it can."""
    geometry, one, other = pair.geometry, pair.one, pair.other
    if pair.edge.bordered == one.item.photo_id:
        return f"{one.name} has a border around it"
    if geometry.beyond > LIMITS.frame_beyond and not pair.framed:
        return f"{other.name} shows more of the picture"
    if geometry.scale > LIMITS.scale:
        return f"{other.name} has more pixels"
    return "one of them is stretched" if geometry.stretch > LIMITS.stretch else ""


def _edited(pair: _Pair) -> str:
    """How the picture was edited, judging by the comparison and the metrics, in a clause; '' if it
    was not."""
    names = f"{pair.one.name} and {pair.other.name}"
    gray = pair.edge.grayer(pair.one.item.photo_id)
    limit = OVERLAY if pair.smaller else LIMITS.changed
    if pair.edge.changed > limit or pair.edge.detail:
        return "one of them shows something that the other does not"
    if gray < 0:
        return f"{pair.one.name} is in black and white"
    if _brightness_differs(pair):
        return f"{names} differ in brightness"
    if _colors_differ(pair, gray=gray > 0) or pair.edge.tone > LIMITS.tone:
        return f"{names} differ in contrast or colors"
    return ""


def _brightness_differs(pair: _Pair) -> bool:
    if not pair.same_frame:
        return abs(pair.edge.light) > LIMITS.common_mean
    mine, its = pair.mine, pair.its
    return (
        abs(mine.luma_mean - its.luma_mean) > LIMITS.mean
        or abs(mine.luma_p50 - its.luma_p50) > LIMITS.median
        or abs(mine.luma_p2 - its.luma_p2) > LIMITS.shadows
        or abs(mine.luma_p99 - its.luma_p99) > LIMITS.highlights
    )


def _colors_differ(pair: _Pair, *, gray: bool) -> bool:
    """gray: whether `other` was converted to gray, which removes its colors but preserves its
    contrast."""
    if not pair.same_frame:
        return False
    mine, its = pair.mine.colorfulness, pair.its.colorfulness
    recolored = (
        not gray
        and abs(mine - its) > LIMITS.colorfulness_levels
        and _relative_change(mine, its) > LIMITS.colorfulness
    )
    return recolored or _relative_change(pair.mine.contrast, pair.its.contrast) > LIMITS.contrast


def _relative_change(one: float, other: float) -> float:
    return abs(one - other) / max(one, other, 1e-6)


def _compressed(pair: _Pair) -> str:
    """What shows that `one` was compressed more strongly, so that `other` cannot be its copy, in a
    clause; '' if nothing does."""
    more = LIMITS.jpeg_quality_smaller if pair.smaller else LIMITS.jpeg_quality
    if pair.mine.jpeg_quality and pair.its.jpeg_quality >= pair.mine.jpeg_quality + more:
        return f"{pair.other.name} was saved with a higher JPEG quality"
    if not pair.smaller and _blockier(pair.mine, pair.its):
        return f"{pair.one.name} shows stronger JPEG block artifacts"
    return ""


def _blockier(one: QualityMetrics, other: QualityMetrics) -> bool:
    return one.blockiness > LIMITS.block_factor * other.blockiness + LIMITS.block_offset


def _refocused(pair: _Pair) -> str:
    """What shows that one of them was blurred or sharpened, or that `one` was not the source
    because of its noise, in a clause; '' if nothing does."""
    if pair.same_frame and _softer(pair.mine, pair.its, pair.geometry.scale):
        return f"{pair.other.name} is sharper"
    if pair.smaller:
        return ""
    if pair.same_frame and _softer(pair.its, pair.mine, 1.0):
        return f"{pair.one.name} and {pair.other.name} differ in sharpness"
    if pair.noisier and pair.its.jpeg_quality >= pair.mine.jpeg_quality:
        return f"{pair.one.name} has more noise"
    return ""


def _softer(mine: QualityMetrics, its: QualityMetrics, scale: float) -> bool:
    if scale > 1 / LIMITS.scale:
        most = LIMITS.blur
    elif scale > LIMITS.small:
        most = LIMITS.blur_scaled
    else:
        most = LIMITS.blur_small
    return mine.blur_radius > most * its.blur_radius


def _not_explained(pair: _Pair) -> str:
    """Why `other` may have been edited in ways that previews do not show, in a clause; '' if it is
    a plain copy. Asked last, because most other doubts say more."""
    names = f"{pair.one.name} and {pair.other.name}"
    plain = pair.edge.is_plain_copy(pair.other.item.photo_id)
    if plain is None:
        return f"{names} could not be compared at full size"
    return "" if plain else f"at full size, {names} differ by more than scaling and saving again"


# --- what proves it


def _proven_by_camera(pair: _Pair, header: HeaderReader) -> OriginalVerdict | None:
    """The verdict from what the camera wrote; None if that says nothing about the two."""
    one, known, advantage = pair.one, pair.other.known, _advantage(pair)
    alone = known.camera is None and not known.exposure
    if not one.from_camera or not (alone or advantage):
        return None
    # A program may have developed the larger file. That does not make a smaller copy without camera
    # metadata the original.
    doubt = _resaved(
        one,
        header(one.item.path),
        size_required=not alone,
        software_counts=not (alone and pair.smaller),
    )
    if doubt:
        return OriginalVerdict(doubt)
    if alone:
        more = f", and it {advantage}" if advantage else ""
        return OriginalVerdict("", f"only it has camera metadata{more}")
    return OriginalVerdict("", f"it is as the camera wrote it, and {advantage}")


def _advantage(pair: _Pair) -> str:
    """What `one` has and its copy lost, in words; '' if nothing."""
    if pair.smaller:
        return "has more pixels"
    if pair.framed:
        return "has no border around it"
    return "" if pair.same_frame else "shows all of the picture"


def _resaved(
    one: Version, header: ExifHeader | None, *, size_required: bool, software_counts: bool = True
) -> str:
    """Why a file may have been saved by a program since the camera wrote it; '' if not.
    size_required: whether the header must show that the file still has the camera's size.
    software_counts: whether a program's name in the header counts, not only a changed size."""
    if header is None:
        return f"the header of {one.name} does not show what wrote it"
    if header.software and software_counts:
        return f"{one.name} was saved by {printable(header.software)}"
    if header.recorded_size is None:
        name = f"the header of {one.name}"
        return f"{name} does not give the size that the camera wrote" if size_required else ""
    if set(header.recorded_size) != {one.item.width, one.item.height}:
        return f"{one.name} had a different size when its camera wrote it"
    return ""


def _proven_by_compression(pair: _Pair, header: HeaderReader) -> OriginalVerdict:
    """The verdict from JPEG artifacts: a file that is saved again keeps those that it had."""
    one, mine, its = pair.one, pair.mine, pair.its
    aligned = pair.same_frame and not pair.smaller and not pair.geometry.turned
    if (
        not (aligned and mine.jpeg_quality and its.jpeg_quality)
        or mine.jpeg_quality < its.jpeg_quality + LIMITS.jpeg_quality
        or not _blockier(its, mine)
        or mine.blur_radius > LIMITS.blur_compressed * its.blur_radius
        or pair.noisier
    ):
        return OriginalVerdict(
            f"nothing shows whether {pair.other.name} was made from {one.name} or the other way"
            " round"
        )
    if one.from_camera and (doubt := _resaved(one, header(one.item.path), size_required=False)):
        return OriginalVerdict(doubt)
    qualities = f"JPEG quality {mine.jpeg_quality:.0f} vs. {its.jpeg_quality:.0f}"
    return OriginalVerdict("", f"it is less compressed ({qualities})")
