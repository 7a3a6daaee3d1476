"""The texts that a person wrote about a photo: title, description, keywords and rating. The names
of the people in it count as keywords.

XMP takes precedence over IPTC, and IPTC over EXIF, which does not declare its encoding. Texts that
cameras write into these fields automatically are ignored.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from explorer.photos.metadata import exif as exif_data
from explorer.photos.metadata import iptc as iptc_data
from explorer.photos.metadata import xmp as xmp_data
from explorer.photos.metadata.exif import ExifBlocks
from explorer.photos.metadata.face_regions import person_names
from explorer.photos.metadata.field_values import clean_text, unique_keywords
from explorer.photos.metadata.iptc import IptcData
from explorer.photos.metadata.xmp_packet import XmpPacket

MAX_TITLE_LENGTH, MAX_DESCRIPTION_LENGTH = 500, 5000
"""In characters; longer texts are truncated."""
MAX_KEYWORDS, MAX_KEYWORD_LENGTH = 250, 120
"""Further keywords are dropped, and longer ones truncated, so that all of them fit into one frame
of `decoding/protocol.py`."""

# Default texts of cameras and programs: “OLYMPUS DIGITAL CAMERA”, “SONY DSC”, the names of Huawei's
# shooting modes.
_DEFAULT_TEXT = re.compile(
    r"""
    (?:[\w<>/.\-]+\s+){0,3}digital\s?(?:still\s?)?camera
    | sony\s+dsc | dsc | dcim | kodak\s+.*\bcamera | samsung(?:\s+(?:camera|electronics))?
    | minolta(?:\s+dscs?)? | jenoptik.* | <?kenox\b.* | exif[_ ]jpeg(?:[_ ]picture)?
    | default | untitled | no\s+(?:title|description|caption|subject) | null | none | n/a
    | binary\s+comment | ascii | created\s+with\s+gimp | processed\s+with\s+vsco.*
    | (?:oz)?(?:cof|dav|edf|fbt|hdr|hdrpl|mde|nor|ptfbt|ptr|rhdr|rpt|sdr)(?:[cw]o)?
    | [\W_]+
    """,
    re.VERBOSE | re.IGNORECASE,
)


class EmbeddedTexts(NamedTuple):
    """The texts that a person wrote about a photo."""

    title: str | None = None
    description: str | None = None
    """None if there is none or it only repeats the title."""
    keywords: tuple[str, ...] = ()
    """Without duplicates, ignoring letter case."""
    rating: float | None = None
    """Stars, above 0 and up to 5."""


def combine_texts(exif: ExifBlocks, iptc: IptcData, packet: XmpPacket | None) -> EmbeddedTexts:
    """Combine the texts of all sources. Broken ones are treated as absent."""
    xmp_titles = xmp_data.titles(packet) if packet else ()
    xmp_descriptions = xmp_data.descriptions(packet) if packet else ()
    title = _first(
        [*xmp_titles, *iptc_data.titles(iptc), *exif_data.titles(exif)], MAX_TITLE_LENGTH
    )
    description = _first(
        [*xmp_descriptions, *iptc_data.descriptions(iptc), *exif_data.descriptions(exif)],
        MAX_DESCRIPTION_LENGTH,
    )
    keywords = (
        *(xmp_data.keywords(packet) if packet else ()),
        *iptc_data.keywords(iptc),
        *exif_data.keywords(exif),
        *(person_names(packet.root) if packet else ()),
    )
    return EmbeddedTexts(
        title,
        None if description == title else description,
        _without_repetitions(keywords),
        (xmp_data.rating(packet) if packet else None) or exif_data.rating(exif),
    )


def _first(texts: Iterable[str], max_length: int) -> str | None:
    """The first text that is not a camera's default, on one line; None if there is none."""
    for text in texts:
        cleaned = clean_text(text, max_length)
        if cleaned and not _DEFAULT_TEXT.fullmatch(cleaned):
            return cleaned
    return None


def _without_repetitions(keywords: Iterable[str]) -> tuple[str, ...]:
    found = dict[str, str]()
    for text in unique_keywords(clean_text(word, MAX_KEYWORD_LENGTH) for word in keywords):
        found.setdefault(text.casefold(), text)
    return tuple(found.values())[:MAX_KEYWORDS]
