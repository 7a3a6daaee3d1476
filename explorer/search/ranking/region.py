"""Search by regions of photos: from a region to its query vector.

A region is encoded at full resolution, once alone and once with some context, and the vectors are
averaged: the mean finds as much as the region alone, and depends less on how exactly it was drawn.
More context, or a share of the whole photo's vector, finds less. With an encoder that supports
instance retrieval, appearance counts more (`benchmarks/region.py`).
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Sequence
from typing import NamedTuple

from explorer.decoding.region_decoder import RegionDecoder
from explorer.encoders.base import Encoder, InstanceEncoder, unit
from explorer.errors import PhotoError, UsageError
from explorer.library.library import Library
from explorer.library.paths import printable
from explorer.library.rows import PhotoRow
from explorer.photos.decode_region import DecodedRegion
from explorer.photos.photo_region import Box, PhotoRegion
from explorer.search.query import ExamplePhoto

MAX_PARTS = 20
"""The maximum number of parts of photos that are searched by together."""

MARGINS = (0.0, 0.2)
"""Shares of a region's width and height that are added on each side; each gives one encoding. The
first adds nothing: that box is also the part's picture."""

_SOURCE = re.compile(r"[0-9a-zA-Z]{1,64}")


class PhotoPart(NamedTuple):
    """A region of a certain photo, as a link names it: `12@0.1,0.2,0.35,0.4`."""

    source: str
    """The photo's id, or the token of an upload."""
    region: PhotoRegion

    def __str__(self) -> str:
        return f"{self.source}@{self.region}"


def parse_parts(text: str) -> list[PhotoPart]:
    """The parts of photos in text such as `12@0.1,0.2,0.35,0.4;7@0,0,0.5,1`; the inverse of
    `print_parts`. Raises UsageError for any other text, and for too many parts."""
    parts = list[PhotoPart]()
    for each in filter(None, text.split(";")):
        source, _, region = each.partition("@")
        if not _SOURCE.fullmatch(source):
            raise UsageError(
                f"“{each}” is not a part of a photo: give its id, @ and the part, such as"
                " 12@0.1,0.2,0.35,0.4."
            )
        part = PhotoPart(source, PhotoRegion.parse(region))
        if part not in parts:
            parts.append(part)
    if len(parts) > MAX_PARTS:
        raise UsageError(f"At most {MAX_PARTS} parts of photos can be searched by together.")
    return parts


def print_parts(parts: Sequence[PhotoPart]) -> str:
    """Parts of photos as text; the inverse of `parse_parts`."""
    return ";".join(map(str, parts))


class EncodedPart(NamedTuple):
    """A part of a photo, ready to search with."""

    example: ExamplePhoto
    preview: bytes
    """The part as a JPEG, at most 256 pixels on the longer side."""


class RegionEncoder:
    """Encodes parts of photos with one encoder. Safe to use from several threads."""

    def __init__(self, encoder: Encoder, margins: Sequence[float] = MARGINS) -> None:
        """margins: as in `boxes_to_encode`."""
        self.encoder = encoder
        self._margins = tuple(margins)
        # An encoder that crops its input to the middle would not see the ends of a long region.
        self._decoder = RegionDecoder(dataclasses.replace(encoder.spec, fit="squash"))

    def __enter__(self) -> RegionEncoder:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Stop the decode process; encoding the next region starts it again."""
        self._decoder.close()

    def of_photo(self, library: Library, photo: PhotoRow, region: PhotoRegion) -> EncodedPart:
        """A part of a photo of the library: of its original file if that can be read and has not
        changed, else of its preview. Raises PhotoError if the preview is missing as well, and
        EncoderError."""
        for file in library.catalog.files_of(photo["id"]):
            if file["state"] != "present" or file["away"]:
                continue
            try:
                digest, found = self._decoder.from_file(
                    file["path"], boxes_to_encode(region, self._margins)
                )
            except PhotoError:
                continue
            if digest.hex() == photo["hash"]:
                return self._encoded(found, printable(photo["name"]))
        try:
            preview = library.previews.path(photo["hash"]).read_bytes()
        except OSError as error:
            raise PhotoError(
                f"{printable(photo['name'])} can be read neither from its folder nor from its"
                " preview: run the indexer again"
            ) from error
        return self.of_bytes(preview, region, printable(photo["name"]))

    def of_file(self, path: str, region: PhotoRegion, name: str = "") -> EncodedPart:
        """A part of a photo file. Raises PhotoError, EncoderError."""
        return self._encoded(
            self._decoder.from_file(path, boxes_to_encode(region, self._margins))[1], name
        )

    def of_bytes(self, data: bytes, region: PhotoRegion, name: str = "") -> EncodedPart:
        """A part of a photo in memory. Raises PhotoError, EncoderError."""
        return self._encoded(
            self._decoder.from_bytes(data, boxes_to_encode(region, self._margins)), name
        )

    def _encoded(self, found: DecodedRegion, name: str) -> EncodedPart:
        vectors = self.encoder.encode_images(found.inputs).mean(axis=0, keepdims=True)
        photos = unit(vectors)
        if not isinstance(self.encoder, InstanceEncoder):
            return EncodedPart(ExamplePhoto.of(photos[0], name), found.preview)
        query = self.encoder.instance_queries(photos)[0]
        example = ExamplePhoto.of(query, name, min(1.0, float(photos[0] @ query)))
        return EncodedPart(example, found.preview)


def boxes_to_encode(region: PhotoRegion, margins: Sequence[float] = MARGINS) -> list[Box]:
    """The boxes, all within the photo, whose vectors are averaged for a region. margins: fractions
    of the region's width and height that are added on each side, one for each box.
    """
    return [_with_margin(region, margin) for margin in margins]


def _with_margin(region: PhotoRegion, margin: float) -> Box:
    left, top = (
        max(0.0, start - margin * length)
        for start, length in ((region.left, region.width), (region.top, region.height))
    )
    right = min(1.0, region.left + (1 + margin) * region.width)
    bottom = min(1.0, region.top + (1 + margin) * region.height)
    return left, top, right - left, bottom - top
