"""RAW files are told by their content, whatever their name."""

from __future__ import annotations

import pytest

from explorer.photos.formats import RAW_EXTENSIONS
from explorer.photos.readers.raw_format import RAW_FORMATS, raw_format
from tests import pictures
from tests.fixtures.jxls import jxl
from tests.fixtures.raws import Directory, cr3, dng, raf, tiff_file
from tests.fixtures.tiffs import tiff
from tests.photos.readers.test_tiff import COLOUR

SMALL = pictures.draw(1, (64, 48))


@pytest.mark.parametrize(
    ("make", "name"),
    [
        (b"NIKON CORPORATION", "NEF"),
        (b"SONY", "ARW"),
        (b"RICOH IMAGING COMPANY, LTD.", "PEF"),
        (b"SAMSUNG", "SRW"),
        (b"Hasselblad", "RAW"),
    ],
)
def test_the_maker_tells_the_format(make: bytes, name: str) -> None:
    # A small picture before others, as in the files of most cameras.
    fields = {271: ("s", make), 254: ("I", (1,)), 256: ("I", (8,)), 257: ("I", (8,))}
    data = tiff_file(Directory(fields, {330: Directory({262: ("H", (32803,))})}))
    assert raw_format(data) == name


def test_formats_with_a_signature() -> None:
    assert raw_format(dng(SMALL)) == raw_format(dng(SMALL, make=b"NIKON")) == "DNG"
    assert raw_format(cr3()) == "CR3" and raw_format(raf(b"")) == "RAF"
    assert raw_format(b"II*\0\x10\0\0\0CR\x02\0") == "CR2"
    assert raw_format(b"IIRO") == raw_format(b"MMOR") == "ORF" and raw_format(b"IIU\0") == "RW2"


def test_other_files_are_not_raw() -> None:
    for kind in ("JPEG", "PNG", "TIFF", "WEBP", "HEIF", "AVIF"):
        assert raw_format(pictures.encoded(SMALL, kind)) is None
    for data in (jxl(SMALL), tiff(COLOUR, 2), b"", b"II*\0", b"FUJIFILM"):
        assert raw_format(data) is None


def test_every_format_can_be_searched_by_an_extension() -> None:
    assert {f".{name.lower()}" for name in RAW_FORMATS} <= RAW_EXTENSIONS
