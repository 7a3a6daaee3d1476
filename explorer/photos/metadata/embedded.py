"""What a photo itself says of date, place and camera, for the library. Whatever is broken counts as
absent."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator

from PIL import ExifTags, Image

from explorer.photos.metadata import exif as exif_data
from explorer.photos.metadata import iptc as iptc_data
from explorer.photos.metadata import xmp as xmp_data
from explorer.photos.metadata.exif import Exif
from explorer.photos.metadata.names import date_in_name
from explorer.photos.metadata.partial_dates import PartialDate, file_date, plausible
from explorer.photos.types import Metadata, TakenSource

_Dated = tuple[TakenSource, PartialDate]


class Embedded:
    """The metadata in an opened picture. XMP and IPTC are parsed when they are first wanted, which
    for most photos is never."""

    def __init__(self, picture: Image.Image) -> None:
        self._picture = picture
        self._packet = xmp_data.packet_of(picture)
        self.exif: Exif = exif_data.blocks(picture)

    @functools.cached_property
    def xmp(self) -> xmp_data.Packet | None:
        try:
            return xmp_data.parsed(self._packet) if self._packet.strip(b"\0 \t\r\n") else None
        except xmp_data.NotXmp:
            return None

    def _mentions(self, name: bytes) -> bool:
        """Whether the XMP packet can hold a property of that name, in any encoding: parsing an
        editor's packet takes milliseconds."""
        return name in self._packet.replace(b"\0", b"")

    @functools.cached_property
    def iptc(self) -> iptc_data.Iptc:
        return iptc_data.parse(iptc_data.block(self._picture))

    def dates(self) -> Iterator[_Dated]:
        """When it was taken, the most trustworthy first. GPS time is UTC, and comes last."""
        yield from _as("exif", exif_data.dates(self.exif))
        if self.xmp:
            yield from _as("exif", xmp_data.dates(self.xmp))
        yield from _as("exif", iptc_data.dates(self.iptc))
        yield from _as(
            "gps",
            [exif_data.gps_date(self.exif), xmp_data.gps_date(self.xmp) if self.xmp else None],
        )

    def best(
        self, name: str = "", mtime: float | None = None
    ) -> tuple[TakenSource | None, PartialDate | None]:
        """The first date, made more precise by those after it that say the same and more; the time
        of the last change, and the file's own, only where there is no other."""
        best: _Dated | None = None
        for found in self.dates():
            if best is None or best[1].refined_by(found[1]):
                best = found
            if best[1].precision == "second":
                return best
        best = best or next(_as("exif", [exif_data.changed(self.exif)]), None)
        named = date_in_name(name)
        if named is not None and (best is None or best[1].refined_by(named)):
            best = "name", named
        return best or next(_as("file", [file_date(mtime)]), (None, None))

    def place(self) -> tuple[float, float] | tuple[None, None]:
        """Latitude and longitude in degrees."""
        found = exif_data.place(self.exif)
        if found is None and self._mentions(b"GPSLatitude") and self.xmp:
            try:
                found = xmp_data.place(self.xmp)
            except ValueError:
                found = None
        return found or (None, None)

    def camera(self) -> str | None:
        return exif_data.camera(*xmp_data.camera(self.xmp)) if self.xmp else None


def read_metadata(picture: Image.Image, *, mtime: float | None = None, name: str = "") -> Metadata:
    """The metadata of an opened picture; it need not be decoded yet.

    mtime: the file's own time (Unix seconds) and name: its name, for photos that say nothing of
    when they were taken.
    """
    inside = Embedded(picture)
    source, date = inside.best(name, mtime)
    latitude, longitude = inside.place()
    facts = exif_data.equipment(inside.exif)
    facts["camera"] = facts["camera"] or inside.camera()
    return Metadata(
        taken_at=date.text if date else None, taken_source=source,
        taken_precision=date.precision if date else None,
        latitude=latitude, longitude=longitude, **facts,
    )  # fmt: skip


def impossible_date(picture: Image.Image) -> str | None:
    """The date at which a photo says it was taken, where that lies in the future or is what a clock
    says that was never set."""
    date = exif_data.stated(exif_data.blocks(picture), ExifTags.Base.DateTimeOriginal)
    return date.text if date is not None and plausible(date) is None else None


def _as(source: TakenSource, found: Iterable[PartialDate | None]) -> Iterator[_Dated]:
    return ((source, date) for date in found if date is not None)
