"""Whether the cameras' clocks say that two photos are two shots, however alike they look."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import NamedTuple

from explorer.photos.decoded_photo import Precision
from explorer.photos.metadata.partial_dates import known_part


class CapturedFile(NamedTuple):
    """What a photo says of when it was taken, and one of its files (absolute path)."""

    photo_id: int
    path: str
    width: int
    height: int
    taken_at: str | None
    taken_source: str | None
    camera: str | None
    format: str = ""
    taken_precision: Precision | None = None


# A clock that is set right later, in whole quarters of an hour (as time zones are), does not make
# two shots of one.
_ZONE = 15 * 60


def taken_at_different_times(
    one: CapturedFile, other: CapturedFile, fraction: Callable[[CapturedFile], str | None]
) -> bool:
    """Whether both carry their camera's time, and not the same. fraction: digits of the second's
    fraction, read from the file."""
    if (
        one.taken_source != "exif"
        or other.taken_source != "exif"
        or not one.taken_at
        or not other.taken_at
    ):
        return False
    if one.camera and other.camera and one.camera != other.camera:
        return True
    precisions = one.taken_precision or "second", other.taken_precision or "second"
    if precisions != ("second", "second"):
        # What is not known of the one date is not compared.
        known = min(
            len(known_part(at, each))
            for at, each in zip((one.taken_at, other.taken_at), precisions, strict=True)
        )
        return one.taken_at[:known] != other.taken_at[:known]
    seconds = abs(
        (
            dt.datetime.fromisoformat(one.taken_at) - dt.datetime.fromisoformat(other.taken_at)
        ).total_seconds()
    )
    if seconds:
        return seconds % _ZONE != 0
    fractions = fraction(one), fraction(other)
    return None not in fractions and fractions[0] != fractions[1]
