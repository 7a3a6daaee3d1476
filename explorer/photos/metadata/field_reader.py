"""Read the metadata fields of a photo file, its XMP sidecars and its exported JSON.

Runs in a decode process, because a file may come from anywhere and crash or hang its reader.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Sequence
from dataclasses import replace

from explorer.errors import PhotoError
from explorer.photos.file_io import read_file
from explorer.photos.metadata import exif, iptc, takeout, xmp
from explorer.photos.metadata.embedded import EmbeddedMetadata
from explorer.photos.metadata.fields import (
    MetadataFields,
    MetadataReading,
    UnreadableField,
    combine,
)
from explorer.photos.metadata.xmp_packet import find_packet
from explorer.photos.picture_loader import open_picture
from explorer.systems import file_calls

MAX_JSON_BYTES = 5_000_000


def read_photo(data: bytes) -> MetadataReading:
    """The fields embedded in a photo file.

    For a file that cannot be opened, the result has an unreadable field. Raises only MemoryError.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return _read_photo(data)
        except MemoryError:
            raise
        except Exception as error:  # noqa: BLE001  decoders may raise anything for a broken file
            reason = error if isinstance(error, PhotoError) else "the file is broken"
            return MetadataReading(unread=(UnreadableField("all", f"its metadata ({reason})"),))


def _read_photo(data: bytes) -> MetadataReading:
    picture = open_picture(data)
    if picture.format == "PNG":
        # Its text chunks may come after the pixels.
        picture.load()
    embedded = EmbeddedMetadata(picture)
    _, date = embedded.best_date()
    dropped = UnreadableField("all", "its metadata (a text in it is broken or too long)")
    return combine(
        [
            MetadataReading(unread=(dropped,) if picture.info.get("texts_dropped") else ()),
            MetadataReading(MetadataFields(date.iso if date else None)),
            exif.read_fields(embedded.exif),
            xmp.read_fields(find_packet(picture)),
            iptc.read_fields(iptc.find_iptc(picture)),
        ]
    )


def embedded_packet(path: str) -> bytes:
    """The XMP packet in a photo file; b"" if there is none, or it cannot be read."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return find_packet(open_picture(read_file(path)))
        except MemoryError:
            raise
        except Exception:  # noqa: BLE001  decoders may raise anything for a broken file
            return b""


def read_files(photo: str, sidecars: Sequence[str]) -> MetadataReading:
    """The fields of a photo file and its sidecars, all given by absolute path.

    Paths that do not exist are skipped.
    """
    readings = list[MetadataReading]()
    for path in (photo, *sidecars):
        name = os.path.basename(path)
        try:
            data = read_if_exists(path)
            if data is None:
                continue
            reading = read_photo(data) if path == photo else _read_sidecar(path, data)
        except PhotoError as error:
            reading = MetadataReading(
                unread=(UnreadableField("all", f"everything in it ({error})"),)
            )
        unread = tuple(
            UnreadableField(each.about, f"{name}: {each.what}", path) for each in reading.unread
        )
        readings.append(replace(reading, unread=unread))
    return combine(readings)


def _read_sidecar(path: str, data: bytes) -> MetadataReading:
    if path.lower().endswith(".json"):
        if len(data) > MAX_JSON_BYTES:
            raise PhotoError(f"it has more than {MAX_JSON_BYTES / 1e6:.0f} MB")
        return takeout.read_fields(data)
    return xmp.read_fields(data)


def read_if_exists(path: str) -> bytes | None:
    """The bytes of a file, or None if it does not exist.

    Raises PhotoError if the file exists but cannot be read.
    """
    try:
        file_calls.lstat(path)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise PhotoError(f"it cannot be read: {error.strerror or error}") from error
    return read_file(path)
