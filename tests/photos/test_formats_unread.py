"""Files in formats that are not read, told by their first bytes. To call an intact file broken, or
no photo, would offer it for removal."""

from __future__ import annotations

import subprocess
import sys

import pytest

from explorer.config import PROJECT
from explorer.errors import NotAPhoto, PhotoError
from explorer.photos.decode import decode
from explorer.photos.formats import has_photo_signature, unrecognized_error

# The first bytes of a file → words of the reason.
SIGNATURES = {
    b"\xff\x0a\xff": "JPEG XL",
    b"\0\0\0\x0cJXL \r\n\x87\n": "JPEG XL",
    b"\0\0\0\x0cjP  \r\n\x87\n": "JPEG 2000",
    b"\xff\x4f\xff\x51": "JPEG 2000",
    b"8BPS\0\2": "Photoshop",
    b"\x76\x2f\x31\x01\2": "OpenEXR",
    b"#?RADIANCE\n": "Radiance",
    b"#?RGBE\n": "Radiance",
    b"DDS |": "DDS",
    b"qoif": "QOI",
    b"gimp xcf v011\0": "GIMP",
    b"BPG\xfb": "BPG",
    b"SIMPLE  =": "FITS",
    b"\0\0\1\0\1\0": "icons",
    b"icns": "icons",
    b"II\x1a\0\0\0HEAPCCDR": "RAW",
    b"ARRI": "RAW",
    b"\0\0\0\0RED1": "RAW",
    b"\0\0\0\0RED2": "RAW",
    b"FUJIFILMCCD-RAW 0201": "RAW",
    b"IIU\0": "RAW",
    b"IIRO": "RAW",
    b"IIRS": "RAW",
    b"MMOR": "RAW",
    b"FOVb": "RAW",
    b"\0MRM": "RAW",
    b"\0\0\0\x18ftypcrx ": "RAW",
    b"%PDF-1.4": "document",
    b"%!PS-Adobe": "document",
    b"\xc5\xd0\xd3\xc6": "document",
    b"{\\rtf1": "document",
    b"PK\x03\x04": "archive",
    b"\xd0\xcf\x11\xe0": "document",
    b"RIFF\0\0\1\0AVI LIST": "video",
    b"\x1aE\xdf\xa3": "video",
    b"\0\0\1\xba": "video",
    b"\0\0\1\xb3": "video",
    b"FLV\1": "video",
    b"\x30\x26\xb2\x75\x8e\x66\xcf\x11": "video",
    b"\0\0\0\x14ftypqt  ": "video",
    b"\0\0\0\x08moov": "video",
    b"\0\0\0\x08mdat": "video",
    b"<svg/>": "SVG",
    b"<!DOCTYPE svg>": "SVG",
    b"<?xml version='1.0'?><plist/>": "format that can",
    b"P3\n2 2\n255\n": "format that can be read",
    b"#define a_width 8": "format that can be read",
    b"/* XPM */": "format that can be read",
    bytes(range(200)): "format that can be read",
}


def refused(data: bytes) -> PhotoError:
    with pytest.raises(PhotoError) as caught:
        decode(data, None, name="photo.jpg")
    return caught.value


@pytest.mark.parametrize("start", SIGNATURES)
def test_intact_files_of_other_formats_are_never_called_damaged(start: bytes) -> None:
    error = refused(start + bytes(30) if start[0] < 32 or start[0] > 126 else start + b"\n")
    assert SIGNATURES[start] in str(error)
    assert error.fault == "unsupported" and not isinstance(error, NotAPhoto)


def test_empty_files_and_failed_downloads_are_faulty() -> None:
    for data in (b"404 Not Found", b"<html><body>Log in</body></html>"):
        assert isinstance(refused(data), NotAPhoto) and refused(data).fault == "foreign"
    assert refused(b"").fault == refused(bytes(99)).fault == "damaged"


def test_a_web_page_is_told_by_its_first_kilobyte() -> None:
    for spaces, faulty in ((900, True), (1100, False)):
        page = b"<?xml version='1.0'?>" + b" " * spaces + b"<html>Log in</html>"
        assert isinstance(unrecognized_error(page), NotAPhoto) is faulty


def test_bytes_that_are_not_utf8_are_not_called_text() -> None:
    error = unrecognized_error(bytes(range(0xA0, 0x100)))
    assert error.fault == "unsupported" and not isinstance(error, NotAPhoto)
    # A character may be cut off where reading stops.
    assert isinstance(unrecognized_error(("ä" * 511 + "a").encode() + b"\xc3"), NotAPhoto)


@pytest.mark.parametrize("start", [b"RIFF\0\0\0\0WAVE", b"RIFX\0\0\0\0WEBP", b"\0\0\0\x18ftypqt  "])
def test_a_container_of_something_else_is_no_photo(start: bytes) -> None:
    assert not has_photo_signature(start)


def test_without_its_decoder_a_format_is_listed_as_not_read() -> None:
    code = """
import importlib.util
real = importlib.util.find_spec
absent = {"pylibjxl", "rawpy"}
importlib.util.find_spec = lambda name, *rest: None if name in absent else real(name, *rest)
from explorer.errors import UnsupportedPhoto
from explorer.indexing.retry import reader_fingerprint
from explorer.photos import decode, formats
assert ".jxl" not in formats.EXTENSIONS and "JPEG XL" in formats.UNSUPPORTED[".jxl"]
assert not formats.RAW_EXTENSIONS & formats.EXTENSIONS and "RAW" in formats.UNSUPPORTED[".nef"]
assert not absent & set(reader_fingerprint().split())
for start, reason in ((b"\\xff\\x0a\\xff", "on this system"), (b"FUJIFILMCCD-RAW ", "RAW")):
    try:
        decode.decode(start, None)
    except UnsupportedPhoto as error:
        assert reason in str(error)
    else:
        raise AssertionError
"""
    subprocess.run([sys.executable, "-c", code], check=True, cwd=PROJECT, timeout=60)
