"""Which files are photos, and which of those can be read."""

from __future__ import annotations

import functools

# What Pillow may try, whatever a file is called. Formats that run other programs or that no camera writes are left out on purpose.
PILLOW_FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "DIB", "TIFF", "HEIF", "AVIF")

_READ = ".jpg .jpeg .jpe .jfif .mpo .png .apng .webp .gif .bmp .dib .tif .tiff .heic .heif .hif .avif"
EXTENSIONS = frozenset(_READ.split(" "))

_RAW = ".3fr .arw .cr2 .cr3 .crw .dcr .dng .erf .fff .iiq .kdc .mef .mos .mrw .nef .nrw .orf .pef .raf .raw .rw2 .rwl .sr2 .srf .srw .x3f"
UNSUPPORTED: dict[str, str] = {
    **dict.fromkeys(_RAW.split(" "), "camera RAW files cannot be read yet; a JPEG of the same photo beside it can"),
    ".jxl": "JPEG XL files cannot be read yet",
    ".jp2": "JPEG 2000 files cannot be read yet",
    ".psd": "Photoshop files cannot be read; export a JPEG or PNG beside it",
}

# Beginnings by which a file that Pillow does not take can be named to a person.
_MAGIC: tuple[tuple[int, bytes, str], ...] = (
    (0, b"\xff\x0a", UNSUPPORTED[".jxl"]),
    (0, b"\0\0\0\x0cJXL ", UNSUPPORTED[".jxl"]),
    (0, b"\0\0\0\x0cjP  ", UNSUPPORTED[".jp2"]),
    (0, b"8BPS", UNSUPPORTED[".psd"]),
    (0, b"FUJIFILMCCD-RAW", UNSUPPORTED[".raf"]),
    (0, b"%PDF", "it is a PDF document, not a photo"),
    (4, b"ftypqt", "it is a video, not a photo"),
    (4, b"ftypmp4", "it is a video, not a photo"),
    (4, b"ftypisom", "it is a video, not a photo"),
    (0, b"<svg", "it is a drawing (SVG), not a photo"),
    (0, b"<!DOCTYPE html", "it is a web page, not a photo"),
    (0, b"<html", "it is a web page, not a photo"),
    (0, b"PK\x03\x04", "it is a ZIP archive or a document, not a photo"),
)


@functools.cache
def register() -> None:
    """Make Pillow know the formats we read. One thread for each decode: the decode processes are many already."""
    import pillow_heif
    from PIL import (  # noqa: F401  importing one registers it; `Image.init` would load fifty more
        AvifImagePlugin,
        BmpImagePlugin,
        GifImagePlugin,
        JpegImagePlugin,
        MpoImagePlugin,
        PngImagePlugin,
        TiffImagePlugin,
        WebPImagePlugin,
    )

    pillow_heif.register_heif_opener(thumbnails=False)
    pillow_heif.options.DECODE_THREADS = 1


def not_an_image(data: bytes) -> str:
    """Why bytes that no decoder takes are no photo, in plain words."""
    if not data.strip(b"\0"):
        return "the file holds nothing but zeros: it was probably lost in copying" if data else "the file is empty"
    for offset, magic, reason in _MAGIC:
        if data[offset : offset + len(magic)] == magic:
            return reason
    return "it is not a photo in a format that can be read, whatever its name says"
