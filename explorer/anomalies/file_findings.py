"""Findings about photos as files: shape and size, missing parts, dates, and wrong extensions."""

from __future__ import annotations

import functools
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from explorer.anomalies.dates import FILE_TIME_SCORE, check_date
from explorer.anomalies.judgement import Floats, Judgement, falling
from explorer.library.catalog import Ids
from explorer.library.stores.quality_store import QualityTable, ReviewPhoto
from explorer.text_format import count


@dataclass(frozen=True)
class FileThresholds:
    """Where shape, size and missing parts stand out. Set with `python run.py bench anomalies`."""

    aspect: float = 3.1
    """Longer side in multiples of the shorter one."""
    panorama: float = 9.0
    """The same for photos that name a camera, whose panoramas may be longer."""
    tiny_share: float = 0.1
    """Geometric mean of the sides, as a share of the library's median, within these bounds."""
    tiny: float = 110.0
    """Lower bound, pixels; used alone in an empty library."""
    tiny_max: float = 320.0
    """Upper bound, pixels."""
    missing_rows: float = 0.03
    """Share of the height, at the bottom or another border, that has one color."""
    color_break: float = 0.7
    """How surely colors are shifted from one block on. Of 177 unmodified photos and wallpapers, the
    highest is 0.45. Of 12 photos with one changed bit, 4 are above the threshold, with eight 5, and
    with 64 KB overwritten 7: in the others the shift is faint, or hidden by texture."""
    text_edges: float = 0.005
    """Share of hard edges from which a picture of few colors is a page of text. Marked text begins
    and ends like a shift: of 174 drawn pages, 30 have a certainty of 0.45 or more, and 0.006 hard
    edges or more. Of 279 photos, 17% have as many."""
    text_colors: float = 0.48
    """Share of the eight most frequent colors in such a page; those 30 have 0.52 or more. Of 279
    photos, 2% have as many hard edges and as few colors."""
    text_entropy: float = 6.9
    """Entropy of the luminance up to which it is one, bits; 174 drawn pages have at most 6.7. Gray
    photos have few colors, but more entropy: 7.3 bits in one with changed bits."""
    blank_rows: float = 0.98
    """Share of such rows from which the picture is blank rather than cut off."""


LIMITS = FileThresholds()
EXTENSIONS: Mapping[str, tuple[str, ...]] = {
    "JPEG": (".jpg", ".jpeg", ".jpe", ".jfif", ".mpo"),
    "PNG": (".png", ".apng"),
    "WEBP": (".webp",),
    "GIF": (".gif",),
    "BMP": (".bmp", ".dib"),
    "DIB": (".bmp", ".dib"),
    "TIFF": (".tif", ".tiff"),
    "HEIF": (".heic", ".heif", ".hif"),
    "AVIF": (".avif",),
    "JXL": (".jxl",),
    "DNG": (".dng",),
    "NEF": (".nef", ".nrw"),
    "CR2": (".cr2",),
    "CR3": (".cr3",),
    "RAF": (".raf",),
}


def shapes(subjects: Sequence[ReviewPhoto]) -> Judgement:
    """How odd each photo's shape and size are."""
    width = np.array([subject.width for subject in subjects], np.float32)
    height = np.array([subject.height for subject in subjects], np.float32)
    by_camera = np.array([subject.camera is not None for subject in subjects], bool)
    aspect = np.maximum(width, height) / np.maximum(np.minimum(width, height), 1)
    side = np.sqrt(width * height)
    tiny = LIMITS.tiny
    if len(side):
        share = LIMITS.tiny_share * np.median(side)
        tiny = float(np.clip(share, LIMITS.tiny, LIMITS.tiny_max))
    longest = np.where(by_camera, LIMITS.panorama, LIMITS.aspect)
    by_shape = falling(aspect, longest.astype(np.float32), 4)
    by_size = 1 - falling(side, tiny, 4)

    def reason(row: int) -> str:
        size = f"{width[row]:.0f} × {height[row]:.0f} pixels"
        if by_shape[row] <= by_size[row]:
            return f"Odd shape: {size}, {aspect[row]:.1f} times as long as wide."
        return f"Tiny: {size}."

    return Judgement(np.minimum(by_shape, by_size).astype(np.float32), reason)


def damage(subjects: Sequence[ReviewPhoto], metrics: QualityTable) -> Judgement:
    """How much of each photo is missing or changed. subjects: by ascending id."""
    ids = np.fromiter((subject.id for subject in subjects), np.int64, len(subjects))
    share = metrics.of_photos("missing_rows_share", ids)
    damaged = np.array([subject.damaged is not None for subject in subjects], bool)
    score = damage_scores(lambda name: metrics.of_photos(name, ids), damaged)

    def reason(row: int) -> str:
        missing = ""
        if LIMITS.missing_rows < share[row] < LIMITS.blank_rows:
            missing = f"{share[row]:.0%} of it, up to a border, is one flat color"
        fault = subjects[row].damaged
        if fault:
            return f"{fault[:1].upper()}{fault[1:]}{': ' + missing if missing else ''}."
        if not missing:
            return (
                "All colors are shifted from one block of the JPEG on, as after a fault of the disk"
                " or of a transfer."
            )
        return f"Part of the picture is missing: {missing}."

    return Judgement(score, reason)


def damage_scores(metric: Callable[[str], Floats], damaged: npt.NDArray[np.bool_]) -> Floats:
    """How much of each photo is missing or changed, 1 (nothing) to 0, (n,). metric: the name of a
    metric → its values. damaged: whether its decoder found damage."""
    missing_rows = metric("missing_rows_share")
    # A picture of one color throughout is blank, not cut off.
    shown = np.where(missing_rows < LIMITS.blank_rows, missing_rows, 0)
    is_text = (
        (metric("hard_edge_share") >= LIMITS.text_edges)
        & (metric("top_colors_share") >= LIMITS.text_colors)
        & (metric("entropy") <= LIMITS.text_entropy)
    )
    shifted = np.where(is_text, 0, metric("color_break"))
    score = np.minimum(
        falling(shown, LIMITS.missing_rows, 2), falling(shifted, LIMITS.color_break, 12)
    )
    return np.where(damaged, np.minimum(score, 0.4) * 0.5, score).astype(np.float32)


def dates(subjects: Sequence[ReviewPhoto], impossible: Mapping[int, str]) -> Judgement:
    """How doubtful each photo's date is. impossible: camera dates that cannot be right, by photo
    id."""
    found = [
        check_date(
            subject.path,
            subject.taken_at,
            subject.taken_source,
            impossible.get(subject.id),
            subject.taken_precision,
        )
        for subject in subjects
    ]
    score = np.array([doubt[0] if doubt else 1.0 for doubt in found], np.float32)

    def reason(row: int) -> str:
        doubt = found[row]
        return doubt[1] if doubt else ""

    return Judgement(score, reason)


def photos_without_own_date(subjects: Iterable[ReviewPhoto]) -> list[int]:
    """Ids of photos whose only date is the file's time, where it does not fit the year in their
    folder's name. Copying files causes this, so they are counted in one line rather than listed."""

    def doubtful(subject: ReviewPhoto) -> bool:
        doubt = check_date(subject.path, subject.taken_at, "file", None, subject.taken_precision)
        return doubt is not None and doubt[0] == FILE_TIME_SCORE

    return [each.id for each in subjects if each.taken_source == "file" and doubtful(each)]


def describe_photos_without_own_date(number: int) -> str:
    """A sentence about this many such photos; '' for none."""
    if not number:
        return ""
    have = "has no date of its" if number == 1 else "have no date of their"
    return (
        f"{count(number, 'photo')} {have} own, and the file's time does not fit the year in the"
        " folder's name, as happens when files are copied."
    )


def wrong_extension(path: str, format: str) -> str | None:
    """Why a file's extension does not fit its format, in a sentence; None if it does, or if any
    extension is accepted for the format. path: absolute or not. format: Pillow's name."""
    return _wrong_extension(os.path.splitext(path)[1].lower(), format)


@functools.lru_cache(maxsize=4096)
def _wrong_extension(extension: str, format: str) -> str | None:
    right = EXTENSIONS.get(format, ())
    if not right or extension in right:
        return None
    named = f"Its extension is {extension}" if extension else "It has no extension"
    return f"{named}, but it is a {format} file: {right[0]} would be right."


def folder_numbers(photos: Sequence[ReviewPhoto]) -> tuple[Ids, list[str]]:
    """A number for the folder of each photo, (n,); and the paths of the folders by number."""
    # Cutting off the name takes a fraction of the time of `os.path.dirname`.
    found = dict[tuple[str, str], int]()
    numbers = np.fromiter(
        (
            found.setdefault((each.root, each.relative[: each.relative.rfind("/") + 1]), len(found))
            for each in photos
        ),
        np.int64,
        len(photos),
    )
    _, firsts = np.unique(numbers, return_index=True)
    return numbers, [os.path.dirname(photos[first].path) for first in firsts.tolist()]
