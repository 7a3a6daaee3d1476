"""What is odd about photos as files: their shape and size, their names, their dates, and what is
missing of them."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence

import numpy as np

from explorer.anomalies import dates as dating
from explorer.anomalies.quality_scores import Floats, falling
from explorer.library.catalog import Ids
from explorer.library.quality_store import ReviewPhoto
from explorer.text_format import count

Judged = tuple[Floats, Callable[[int], str]]

# The longer side in the shorter from which a photo is of an odd shape. A camera's own panorama may
# be longer.
_NARROW, _PANORAMA = 3.1, 9.0
# Pixels of the mean side below which a photo is tiny: a share of the library's usual size, within
# bounds.
_TINY_SHARE, _TINY, _TINY_AT_MOST = 0.1, 110.0, 320.0
# Share of the height that is one grey at the bottom, from which data are missing.
_TAIL = 0.03

_EXTENSIONS: Mapping[str, tuple[str, ...]] = {
    "JPEG": (".jpg", ".jpeg", ".jpe", ".jfif", ".mpo"),
    "PNG": (".png", ".apng"),
    "WEBP": (".webp",),
    "GIF": (".gif",),
    "BMP": (".bmp", ".dib"),
    "DIB": (".bmp", ".dib"),
    "TIFF": (".tif", ".tiff"),
    "HEIF": (".heic", ".heif", ".hif"),
    "AVIF": (".avif",),
}


def shapes(subjects: Sequence[ReviewPhoto]) -> Judged:
    """How odd each photo's shape and size are."""
    width = np.array([subject.width for subject in subjects], np.float32)
    height = np.array([subject.height for subject in subjects], np.float32)
    taken = np.array([subject.camera is not None for subject in subjects], bool)
    aspect = np.maximum(width, height) / np.maximum(np.minimum(width, height), 1)
    side = np.sqrt(width * height)
    tiny = (
        float(np.clip(_TINY_SHARE * np.median(side), _TINY, _TINY_AT_MOST)) if len(side) else _TINY
    )
    by_shape = falling(
        aspect, np.where(taken & (width > height), _PANORAMA, _NARROW).astype(np.float32), 4
    )
    by_size = 1 - falling(side, tiny, 4)

    def reason(row: int) -> str:
        size = f"{width[row]:.0f} × {height[row]:.0f} pixels"
        if by_shape[row] <= by_size[row]:
            return f"Odd shape: {size}, {aspect[row]:.1f} times as long as wide."
        return f"Tiny: {size}."

    return np.minimum(by_shape, by_size).astype(np.float32), reason


def damage(subjects: Sequence[ReviewPhoto], grey_tail: Mapping[int, float]) -> Judged:
    """How much of each photo is missing. grey_tail: share of rows that hold one grey, by photo id."""
    tail = np.array([grey_tail.get(subject.id, 0.0) for subject in subjects], np.float32)
    broken = np.array([subject.damaged is not None for subject in subjects], bool)
    # A picture that is one grey as a whole is an empty picture, not half of one.
    score = falling(np.where(tail < 0.98, tail, 0), _TAIL, 2)
    score = np.where(broken, np.minimum(score, 0.4) * 0.5, score).astype(np.float32)

    def reason(row: int) -> str:
        missing = (
            f"{tail[row]:.0%} of its height, at the bottom, is grey"
            if _TAIL < tail[row] < 0.98
            else ""
        )
        said = subjects[row].damaged
        return (
            f"{said[:1].upper()}{said[1:]}{': ' + missing if missing else ''}."
            if said
            else f"Part of the picture is missing: {missing}."
        )

    return score, reason


def dates(subjects: Sequence[ReviewPhoto], stated: Mapping[int, str]) -> Judged:
    """How doubtful each photo's date is. stated: dates that cannot be, by photo id."""
    found = [
        dating.check_date(
            subject.path,
            subject.taken_at,
            subject.taken_source,
            stated.get(subject.id),
            subject.taken_precision,
        )
        for subject in subjects
    ]
    score = np.array([doubt[0] if doubt else 1.0 for doubt in found], np.float32)

    def reason(row: int) -> str:
        doubt = found[row]
        return doubt[1] if doubt else ""

    return score, reason


def photos_without_own_date(subjects: Iterable[ReviewPhoto]) -> list[int]:
    """Ids of photos that have no date but their file's, which does not fit the year their folder is
    named after. Copying files does that; they are counted in one line rather than listed."""
    return [
        subject.id
        for subject in subjects
        if subject.taken_source == "file"
        and (
            found := dating.check_date(
                subject.path, subject.taken_at, "file", None, subject.taken_precision
            )
        )
        and found[0] == dating.FILE_TIME_SCORE
    ]


def describe_photos_without_own_date(number: int) -> str:
    """What there is to say of so many of them; '' for none."""
    if not number:
        return ""
    who = f"{count(number, 'photo')} {'carries no date of its' if number == 1 else 'carry no date of their'} own"
    return f"{who}, and the file's time does not fit the year in the folder's name, as happens when files are copied."


def wrong_extension(path: str, kind: str) -> str | None:
    """Why a file's name does not fit the format of its content (Pillow's name of it), or None where
    it does."""
    ending = os.path.splitext(path)[1].lower()
    right = _EXTENSIONS.get(kind, ())
    if not right or ending in right:
        return None
    return f"It is named {ending or 'without an extension'}, but is a {kind} file: {right[0]} would be right."


def folder_numbers(paths: Sequence[str]) -> tuple[Ids, list[str]]:
    """A number for the folder of each path, and each folder's path by number."""
    names = dict[str, int]()
    numbers = np.fromiter(
        (names.setdefault(os.path.dirname(path), len(names)) for path in paths),
        np.int64,
        len(paths),
    )
    return numbers, list(names)
