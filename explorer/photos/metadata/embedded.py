"""The metadata embedded in a photo, as it is indexed: date, place, camera and texts.

Anything broken counts as absent.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator

from PIL import ExifTags, Image

from explorer.photos.decoded_photo import Metadata, TakenSource
from explorer.photos.metadata import exif as exif_data
from explorer.photos.metadata import iptc as iptc_data
from explorer.photos.metadata import xmp as xmp_data
from explorer.photos.metadata.embedded_texts import EmbeddedTexts, combine_texts
from explorer.photos.metadata.exif import ExifBlocks
from explorer.photos.metadata.file_name_dates import parse_file_name_date
from explorer.photos.metadata.partial_dates import PartialDate, mtime_date, plausible
from explorer.photos.metadata.xmp_packet import InvalidXmp, XmpPacket, find_packet

_SourcedDate = tuple[TakenSource, PartialDate]
# Parts of the names of XMP properties that `embedded_texts` reads.
_TEXT_PROPERTIES = (
    b"title",
    b"Headline",
    b"description",
    b"ubject",
    b"TagsList",
    b"LastKeyword",
    b"Rating",
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
        """The parsed XMP packet; None if there is none, or it is broken."""
        try:
            return xmp_data.parse_lenient(self._packet) if self._packet else None
        except InvalidXmp:
            return None

    @functools.cached_property
    def iptc(self) -> iptc_data.IptcData:
        """The parsed IPTC-IIM data."""
        return iptc_data.parse_iptc(iptc_data.find_iptc(self._picture))

    def capture_dates(self) -> Iterator[_SourcedDate]:
        """When the photo was taken, the most trustworthy date first. GPS time, in UTC, is last."""
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
        """The first date, refined by later ones that agree with it and are more precise.

        The date of the last change and the file's own time count only where there is no other.
        """
        best: _SourcedDate | None = None
        for found in self.capture_dates():
            if best is None or best[1].refined_by(found[1]):
                best = found
            if best[1].precision == "second":
                return best
        best = best or next(_from("exif", [exif_data.modified_date(self.exif)]), None)
        named = parse_file_name_date(name)
        if named is not None and (best is None or best[1].refined_by(named)):
            best = "name", named
        return best or next(_from("file", [mtime_date(mtime)]), (None, None))

    def place(self) -> tuple[float, float] | tuple[None, None]:
        """Latitude and longitude in degrees."""
        found = exif_data.gps_position(self.exif)
        if found is None and self._packet_mentions(b"GPSLatitude") and self.xmp:
            try:
                found = xmp_data.gps_position(self.xmp)
            except ValueError:
                found = None
        return found or (None, None)

    def _packet_mentions(self, *names: bytes) -> bool:
        """Whether the packet can hold a property of one of those names, in any encoding.

        Parsing an editor's packet takes milliseconds; this does not.
        """
        packet = self._packet.replace(b"\0", b"")
        return any(name in packet for name in names)

    def texts(self) -> EmbeddedTexts:
        """Title, description, keywords and rating. XMP counts first, EXIF last."""
        packet = self.xmp if self._packet_mentions(*_TEXT_PROPERTIES) else None
        return combine_texts(self.exif, self.iptc, packet)

    def camera(self) -> str | None:
        """The camera's name according to XMP."""
        return exif_data.camera_name(*xmp_data.make_and_model(self.xmp)) if self.xmp else None


def read_metadata(picture: Image.Image, *, mtime: float | None = None, name: str = "") -> Metadata:
    """The metadata of an opened picture; its pixels need not be decoded yet.

    mtime (Unix seconds) and name: of the file, for photos without a date of their own.
    """
    embedded = EmbeddedMetadata(picture)
    source, date = embedded.best_date(name, mtime)
    latitude, longitude = embedded.place()
    settings = exif_data.camera_settings(embedded.exif)
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
    """The capture date in the EXIF data where it is implausible, else None.

    Such a date is in the future, before photography, or that of a clock that was never set.
    """
    date = exif_data.date_in_tag(exif_data.read_exif(picture), ExifTags.Base.DateTimeOriginal)
    return date.text if date is not None and plausible(date) is None else None


def _from(source: TakenSource, dates: Iterable[PartialDate | None]) -> Iterator[_SourcedDate]:
    return ((source, date) for date in dates if date is not None)
