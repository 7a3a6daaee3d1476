"""Recognize photo formats, and explain why a file cannot be read."""

from __future__ import annotations

import codecs
import functools
import importlib.util

from explorer.errors import DamagedPhoto, NotAPhoto, PhotoError, UnsupportedPhoto
from explorer.photos.readers.jxl_header import is_jxl
from explorer.photos.readers.raw_format import RAW_REASON
from explorer.photos.readers.tiff_parser import is_tiff

# The formats that Pillow may try, whatever the file's name. Formats that run other programs, or
# that no camera writes, are deliberately left out.
_PLAIN = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "DIB", "TIFF")
_ISOBMFF = ("AVIF", "HEIF")

_READ = (
    ".jpg .jpeg .jpe .jfif .mpo .png .apng .webp .gif .bmp .dib .tif .tiff .heic .heif .hif .avif"
)
_RAW = (
    ".3fr .ari .arw .bay .cap .cr2 .cr3 .crw .dcr .dcs .dng .drf .eip .erf .fff .gpr .iiq .k25 .kc2"
    " .kdc .mdc .mef .mos .mrw .nef .nrw .orf .pef .ptx .pxn .r3d .raf .raw .rw2 .rwl .rwz .sr2"
    " .srf .srw .x3f"
)
RAW_EXTENSIONS = frozenset(_RAW.split(" "))
READS_JXL, READS_RAW = (
    importlib.util.find_spec(name) is not None for name in ("pylibjxl", "rawpy")
)
"""Whether the decoders of JPEG XL and RAW are installed: they are not published for every
system."""
EXTENSIONS = (
    frozenset(_READ.split(" "))
    | ({".jxl"} if READS_JXL else set())
    | (RAW_EXTENSIONS if READS_RAW else set())
)
_JXL, _JP2 = "JPEG XL files cannot be read on this system", "JPEG 2000 files cannot be read yet"
_PSD = "Photoshop files cannot be read yet; export a JPEG or PNG beside it"
_EXR, _HDR = "OpenEXR files cannot be read yet", "Radiance HDR files cannot be read yet"
UNSUPPORTED: dict[str, str] = {
    **({} if READS_RAW else dict.fromkeys(sorted(RAW_EXTENSIONS), RAW_REASON)),
    **({} if READS_JXL else {".jxl": _JXL}),
    **dict.fromkeys((".jp2", ".j2c", ".j2k", ".jpc", ".jpf", ".jpx"), _JP2),
    **dict.fromkeys((".psd", ".psb"), _PSD),
    ".exr": _EXR,
    ".hdr": _HDR,
}
# Increment this when more files can be read: every file that could not be read is then tried again.
READER_VERSION = 4

_VIDEO = "it is a video, not a photo"
_DRAWING = "it is a drawing (SVG), not a photo"
_PAGE = "it is a web page, not a photo"
_PAPER = "it is a document or an archive, not a photo"

# Signatures of files that Pillow does not read: (offset, bytes, message for the user).
_MAGIC: tuple[tuple[int, bytes, str], ...] = (
    (0, b"\xff\x0a", _JXL),
    (0, b"\0\0\0\x0cJXL ", _JXL),
    (0, b"\0\0\0\x0cjP  ", _JP2),
    (0, b"\xff\x4f\xff\x51", _JP2),
    (0, b"8BPS", _PSD),
    (0, b"\x76\x2f\x31\x01", _EXR),
    (0, b"#?RADIANCE", _HDR),
    (0, b"#?RGBE", _HDR),
    (0, b"DDS ", "DDS textures cannot be read yet"),
    (0, b"qoif", "QOI pictures cannot be read yet"),
    (0, b"gimp xcf", "GIMP's own files cannot be read yet; export a JPEG or PNG beside it"),
    (0, b"BPG\xfb", "BPG pictures cannot be read yet"),
    (0, b"SIMPLE  =", "FITS pictures cannot be read yet"),
    (0, b"\0\0\1\0", "icons cannot be read yet"),
    (0, b"icns", "icons cannot be read yet"),
    (0, b"%PDF", _PAPER),
    (0, b"%!PS", _PAPER),
    (0, b"\xc5\xd0\xd3\xc6", _PAPER),
    (0, b"{\\rtf", _PAPER),
    (0, b"PK\x03\x04", _PAPER),
    (0, b"\xd0\xcf\x11\xe0", _PAPER),
    (8, b"AVI ", _VIDEO),
    (0, b"\x1a\x45\xdf\xa3", _VIDEO),
    (0, b"\0\0\x01\xba", _VIDEO),
    (0, b"\0\0\1\xb3", _VIDEO),
    (0, b"FLV\1", _VIDEO),
    (0, b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", _VIDEO),
    (4, b"moov", _VIDEO),
    (4, b"mdat", _VIDEO),
)
_TEXT = (
    (b"<svg", _DRAWING),
    (b"<!doctype svg", _DRAWING),
    (b"<!doctype html", _PAGE),
    (b"<html", _PAGE),
)
# Pictures stored as text: plain portable anymaps and X bitmaps.
_TEXT_PICTURES = (b"p1", b"p2", b"p3", b"#define ", b"/* xpm */")
_HEIF_BRANDS = (b"hei", b"hev", b"mif", b"msf", b"avi", b"avc", b"avs")


def pillow_formats(data: bytes) -> tuple[str, ...]:
    """The Pillow formats that a file may be in, registered with Pillow first."""
    if data[4:8] == b"ftyp":
        _register_isobmff()
        return _ISOBMFF
    _register_plain()
    return _PLAIN


@functools.cache
def _register_plain() -> None:
    # Importing a plugin registers it; `Image.init` would load fifty more.
    from PIL import (  # noqa: F401
        BmpImagePlugin,
        GifImagePlugin,
        JpegImagePlugin,
        MpoImagePlugin,
        PngImagePlugin,
        TiffImagePlugin,
        WebPImagePlugin,
    )


@functools.cache
def _register_isobmff() -> None:
    """Register HEIC and AVIF on first use: they take longer to load than all others together."""
    import pillow_heif
    from PIL import AvifImagePlugin  # noqa: F401

    pillow_heif.register_heif_opener(thumbnails=False)
    # One thread per decode, because there are several decode processes.
    pillow_heif.options.DECODE_THREADS = 1


def has_photo_signature(data: bytes) -> bool:
    """Whether a file begins with the signature of a supported format."""
    if data[4:8] == b"ftyp":
        return data[8:12].startswith(_HEIF_BRANDS)
    return (
        data.startswith((b"\xff\xd8\xff", b"\x89PNG", b"GIF8", b"BM"))
        or is_tiff(data)
        or (READS_JXL and is_jxl(data))
        or (data[:4] == b"RIFF" and data[8:12] == b"WEBP")
    )


def unrecognized_error(data: bytes) -> PhotoError:
    """The error for a file without the signature of a supported format, with a plain-language
    reason.

    DamagedPhoto for an empty file; NotAPhoto for plain text and web pages, which failed downloads
    leave behind; UnsupportedPhoto for anything else, which may be an intact file of another format.
    """
    if not data.lstrip(b"\0"):
        return DamagedPhoto(
            "the file contains nothing but zeros: its content was probably lost when it was copied"
            if data
            else "the file is empty"
        )
    known = next(
        (reason for offset, magic, reason in _MAGIC if data[offset : offset + len(magic)] == magic),
        None,
    )
    if known or data[4:8] == b"ftyp":
        return UnsupportedPhoto(known or _VIDEO)
    start = data[:1024].removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    for word, reason in _TEXT:
        if start.startswith(word) or (start.startswith((b"<?xml", b"<!--")) and word in start):
            return NotAPhoto(reason) if reason == _PAGE else UnsupportedPhoto(reason)
    if (
        start
        and not start.startswith(b"<?xml")
        and not start.startswith(_TEXT_PICTURES)
        and _is_plain_text(data[:1024])
    ):
        return NotAPhoto("it is text, not a photo")
    return UnsupportedPhoto("it is not in a photo format that can be read, whatever its name says")


def _is_plain_text(data: bytes) -> bool:
    """Whether bytes are UTF-8 without control characters."""
    try:
        # Unlike `bytes.decode`, this allows for a last character that is cut off in the middle.
        codecs.getincrementaldecoder("utf-8")().decode(data)
    except UnicodeDecodeError:
        return False
    return not any(byte < 9 or 13 < byte < 32 for byte in data)
