"""Decide by the cameras' clocks whether two photos are two shots, however similar they look."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import NamedTuple

from explorer.photos.decoded_photo import Precision
from explorer.photos.metadata.partial_dates import known_part

# A clock that was corrected later, by whole quarters of an hour as time zones are, does not turn
# one shot into two.
_TIME_ZONE_STEP = 15 * 60


class CapturedFile(NamedTuple):
    """Capture time and camera of a photo, and its files."""

    photo_id: int
    paths: tuple[str, ...]
    """Absolute; at least one."""
    width: int
    height: int
    taken_at: str | None
    """ISO 8601, to the second."""
    taken_source: str | None
    """Source of the time: `exif` for the camera's clock."""
    camera: str | None
    format: str = ""
    taken_precision: Precision | None = None
    """Precision of the time; None if it is known completely."""


def taken_at_different_times(
    one: CapturedFile, other: CapturedFile, subsecond: Callable[[CapturedFile], str | None]
) -> bool:
    """Whether both files have a time from their camera, and the cameras or the times differ.

    Times that differ by whole quarters of an hour count as equal. subsecond: reads the digits of
    the fraction of the second from a file; called only if the rest is equal.
    """
    if one.taken_source != "exif" or other.taken_source != "exif":
        return False
    if not one.taken_at or not other.taken_at:
        return False
    if one.camera and other.camera and one.camera != other.camera:
        return True
    precisions = one.taken_precision or "second", other.taken_precision or "second"
    if precisions != ("second", "second"):
        # Compare only the part that is known for both.
        known = min(
            len(known_part(at, precision))
            for at, precision in zip((one.taken_at, other.taken_at), precisions, strict=True)
        )
        return one.taken_at[:known] != other.taken_at[:known]
    apart = dt.datetime.fromisoformat(one.taken_at) - dt.datetime.fromisoformat(other.taken_at)
    seconds = abs(apart.total_seconds())
    if seconds:
        return seconds % _TIME_ZONE_STEP != 0
    fractions = subsecond(one), subsecond(other)
    return None not in fractions and fractions[0] != fractions[1]
