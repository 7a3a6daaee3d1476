"""Which files are photos, and which of those can be read."""

from __future__ import annotations

import functools

# What Pillow may try, whatever a file is called. Formats that run other programs or that no camera writes are left out on purpose.
_PLAIN = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "DIB", "TIFF")
_BOXED = ("AVIF", "HEIF")

_READ = ".jpg .jpeg .jpe .jfif .mpo .png .apng .webp .gif .bmp .dib .tif .tiff .heic .heif .hif .avif"
EXTENSIONS = frozenset(_READ.split(" "))

_RAW = ".3fr .arw .cr2 .cr3 .crw .dcr .dng .erf .fff .iiq .kdc .mef .mos .mrw .nef .nrw .orf .pef .raf .raw .rw2 .rwl .sr2 .srf .srw .x3f"
RAW_EXTENSIONS = frozenset(_RAW.split(" "))
RAW_REASON = "camera RAW files cannot be read yet; a JPEG of the same photo beside it can"
UNSUPPORTED: dict[str, str] = {
    **dict.fromkeys(sorted(RAW_EXTENSIONS), RAW_REASON),
    ".jxl": "JPEG XL files cannot be read yet",
    ".jp2": "JPEG 2000 files cannot be read yet",
    ".psd": "Photoshop files cannot be read; export a JPEG or PNG beside it",
}

_VIDEO = "it is a video, not a photo"
_DRAWING = "it is a drawing (SVG), not a photo"
_PAGE = "it is a web page, not a photo"
_PAPER = "it is a document or an archive, not a photo"

# Beginnings by which a file that Pillow does not take can be named to a person.
_MAGIC: tuple[tuple[int, bytes, str], ...] = (
    (0, b"\xff\x0a", UNSUPPORTED[".jxl"]),
    (0, b"\0\0\0\x0cJXL ", UNSUPPORTED[".jxl"]),
    (0, b"\0\0\0\x0cjP  ", UNSUPPORTED[".jp2"]),
    (0, b"\xff\x4f\xff\x51", UNSUPPORTED[".jp2"]),
    (0, b"8BPS", UNSUPPORTED[".psd"]),
    (0, b"FUJIFILMCCD-RAW", RAW_REASON),
    (0, b"IIU\0", RAW_REASON),
    (0, b"IIRO", RAW_REASON),
    (0, b"IIRS", RAW_REASON),
    (0, b"MMOR", RAW_REASON),
    (0, b"FOVb", RAW_REASON),
    (0, b"\0MRM", RAW_REASON),
    (4, b"ftypcrx", RAW_REASON),
    (0, b"%PDF", _PAPER),
    (0, b"PK\x03\x04", _PAPER),
    (0, b"\xd0\xcf\x11\xe0", _PAPER),
    (8, b"AVI ", _VIDEO),
    (0, b"\x1a\x45\xdf\xa3", _VIDEO),
    (0, b"\0\0\x01\xba", _VIDEO),
    (4, b"moov", _VIDEO),
    (4, b"mdat", _VIDEO),
)
_TEXT = ((b"<svg", _DRAWING), (b"<!doctype svg", _DRAWING), (b"<!doctype html", _PAGE), (b"<html", _PAGE))
_HEIF_BRANDS = (b"hei", b"hev", b"mif", b"msf", b"avi", b"avc", b"avs")


def openers(data: bytes) -> tuple[str, ...]:
    """Pillow's names of the formats that a file may have, made known to Pillow."""
    if data[4:8] == b"ftyp":
        _register_boxed()
        return _BOXED
    _register_plain()
    return _PLAIN


@functools.cache
def _register_plain() -> None:
    # Importing one registers it; `Image.init` would load fifty more.
    from PIL import BmpImagePlugin, GifImagePlugin, JpegImagePlugin, MpoImagePlugin, PngImagePlugin, TiffImagePlugin, WebPImagePlugin  # noqa: F401


@functools.cache
def _register_boxed() -> None:
    """HEIC and AVIF, only where they are met: loading them takes longer than loading all others together."""
    import pillow_heif
    from PIL import AvifImagePlugin  # noqa: F401

    pillow_heif.register_heif_opener(thumbnails=False)
    # One thread for each decode: the decode processes are many already.
    pillow_heif.options.DECODE_THREADS = 1


def starts_like_a_photo(data: bytes) -> bool:
    """Whether the first bytes are those of a format that we read."""
    if data[4:8] == b"ftyp":
        return data[8:12].startswith(_HEIF_BRANDS)
    return data.startswith((b"\xff\xd8\xff", b"\x89PNG", b"GIF8", b"BM", b"II*\0", b"MM\0*")) or (
        data[:4] == b"RIFF" and data[8:12] == b"WEBP"
    )


def not_an_image(data: bytes) -> str:
    """Why bytes that no decoder takes are no photo, in plain words."""
    if not data.strip(b"\0"):
        return "the file holds nothing but zeros: it was probably lost in copying" if data else "the file is empty"
    for offset, magic, reason in _MAGIC:
        if data[offset : offset + len(magic)] == magic:
            return reason
    if data[4:8] == b"ftyp":
        return _VIDEO
    start = data[:1024].removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    for word, reason in _TEXT:
        if start.startswith(word) or (start.startswith((b"<?xml", b"<!--")) and word in start):
            return reason
    if start and not any(byte < 9 or 13 < byte < 32 for byte in data[:1024]) and _is_utf8(data[:1024]):
        return "it is text, not a photo"
    return "it is not a photo in a format that can be read, whatever its name says"


def _is_utf8(data: bytes) -> bool:
    try:
        # The last character may be cut in the middle.
        data[:-3].decode()
    except UnicodeDecodeError:
        return False
    return True
