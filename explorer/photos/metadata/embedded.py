"""Read the metadata embedded in a photo for the index: date, place, camera and texts.

Broken metadata is treated as absent.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator

from PIL import ExifTags, Image

from explorer.photos.decoded_photo import Metadata, TakenSource
from explorer.photos.metadata import exif as exif_data
from explorer.photos.metadata import iptc as iptc_data
from explorer.photos.metadata import xmp as xmp_data
from explorer.photos.metadata.camera_settings import camera_name, camera_settings
from explorer.photos.metadata.embedded_texts import EmbeddedTexts, combine_texts
from explorer.photos.metadata.exif import ExifBlocks
from explorer.photos.metadata.file_name_dates import parse_file_name_date, parse_unix_time_name
from explorer.photos.metadata.partial_dates import PartialDate, mtime_date, plausible
from explorer.photos.metadata.xmp_packet import InvalidXmp, XmpPacket, find_packet

_SourcedDate = tuple[TakenSource, PartialDate]
# Substrings of the names of the XMP properties that `embedded_texts` reads.
_TEXT_PROPERTIES = (
    b"title",
    b"Headline",
    b"description",
    b"ubject",
    b"TagsList",
    b"LastKeyword",
    b"Rating",
    b"Region",
    b"PersonInImage",
)


class EmbeddedMetadata:
    """The metadata in an opened picture.

    XMP and IPTC are parsed on first use; most photos never need them.
    """

    def __init__(self, picture: Image.Image) -> None:
        self._picture = picture
        self._packet = find_packet(picture)
        self.exif: ExifBlocks = exif_data.read_exif(picture)

    @functools.cached_property
    def xmp(self) -> XmpPacket | None:
        """The parsed XMP packet; None if there is none or it is broken."""
        try:
            return xmp_data.parse_lenient(self._packet) if self._packet else None
        except InvalidXmp:
            return None

    @functools.cached_property
    def iptc(self) -> iptc_data.IptcData:
        """The parsed IPTC-IIM data."""
        return iptc_data.parse_iptc(iptc_data.find_iptc(self._picture))

    def capture_dates(self) -> Iterator[_SourcedDate]:
        """The dates of capture, the most trustworthy first. GPS time, in UTC, comes last."""
        yield from _from("exif", exif_data.capture_dates(self.exif))
        if self.xmp:
            yield from _from("exif", xmp_data.capture_dates(self.xmp))
        yield from _from("exif", iptc_data.capture_dates(self.iptc))
        yield from _from("gps", [exif_data.gps_date(self.exif)])
        if self.xmp:
            yield from _from("gps", [xmp_data.gps_date(self.xmp)])

    def best_date(
        self, name: str = "", mtime: float | None = None
    ) -> tuple[TakenSource | None, PartialDate | None]:
        """The first capture date, refined by later ones that agree with it and are more precise.

        The date in the file's name may refine it, too. The EXIF modification date and the file's
        own modification time are used only if there is no capture date. Returns the source and the
        date, or (None, None).
        """
        best: _SourcedDate | None = None
        for found in self.capture_dates():
            if best is None or best[1].refined_by(found[1]):
                best = found
            if best[1].precision == "second":
                return best
        best = best or next(_from("exif", [exif_data.modified_date(self.exif)]), None)
        named = parse_file_name_date(name) or parse_unix_time_name(name)
        if named is not None and (best is None or best[1].refined_by(named)):
            best = "name", named
        return best or next(_from("file", [mtime_date(mtime)]), (None, None))

    def place(self) -> tuple[float, float] | tuple[None, None]:
        """Latitude and longitude in degrees, or (None, None)."""
        found = exif_data.gps_position(self.exif)
        if found is None and self._packet_mentions(b"GPSLatitude") and self.xmp:
            try:
                found = xmp_data.gps_position(self.xmp)
            except ValueError:
                found = None
        return found or (None, None)

    def _packet_mentions(self, *names: bytes) -> bool:
        """Whether the packet may contain a property with one of these names, in any encoding.

        Saves parsing: an editor's packet takes milliseconds to parse.
        """
        packet = self._packet.replace(b"\0", b"")
        return any(name in packet for name in names)

    def texts(self) -> EmbeddedTexts:
        """Title, description, keywords and rating. XMP takes precedence, then IPTC, then EXIF."""
        packet = self.xmp if self._packet_mentions(*_TEXT_PROPERTIES) else None
        return combine_texts(self.exif, self.iptc, packet)

    def camera(self) -> str | None:
        """The camera's name according to XMP."""
        return camera_name(*xmp_data.make_and_model(self.xmp)) if self.xmp else None


def read_metadata(picture: Image.Image, *, mtime: float | None = None, name: str = "") -> Metadata:
    """The metadata of an opened picture, whose pixels need not be decoded.

    mtime (Unix seconds), name: the file's modification time and name, for photos without a date of
    their own.
    """
    embedded = EmbeddedMetadata(picture)
    source, date = embedded.best_date(name, mtime)
    latitude, longitude = embedded.place()
    settings = camera_settings(embedded.exif)
    settings["camera"] = settings["camera"] or embedded.camera()
    texts = embedded.texts()
    return Metadata(
        taken_at=date.text if date else None,
        taken_source=source,
        taken_precision=date.precision if date else None,
        latitude=latitude,
        longitude=longitude,
        **settings,
        **texts._asdict(),
    )


def impossible_date(picture: Image.Image) -> str | None:
    """The capture date in the EXIF data if it is implausible, else None.

    A date is implausible if it is in the future, before the invention of photography, or from a
    clock that was never set.
    """
    date = exif_data.date_in_tag(exif_data.read_exif(picture), ExifTags.Base.DateTimeOriginal)
    return date.text if date is not None and plausible(date) is None else None


def _from(source: TakenSource, dates: Iterable[PartialDate | None]) -> Iterator[_SourcedDate]:
    return ((source, date) for date in dates if date is not None)
