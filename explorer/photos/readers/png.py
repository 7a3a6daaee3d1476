"""Read PNG files with text chunks or profiles that are longer than Pillow allows."""

from __future__ import annotations

import struct
import zlib

from explorer.photos.damage import PNG_SIGNATURE, png_checksum_holds, png_chunks

# Bytes of one decompressed text or profile, and of all texts of a file. Editing histories and
# display profiles reach some megabytes. Longer ones are left out when the picture is read.
_MAX_TEXT, _MAX_ALL_TEXTS = 16 << 20, 64 << 20

# Optional chunks that change the meaning of the pixels, or hold some. The picture is complete
# without any other.
_NEEDED_CHUNKS = frozenset(
    {
        b"tRNS",
        b"gAMA",
        b"cHRM",
        b"sRGB",
        b"cICP",
        b"mDCV",
        b"cLLI",
        b"sBIT",
        b"pHYs",
        b"eXIf",
        b"acTL",
        b"fcTL",
        b"fdAT",
    }
)


def allow_long_texts() -> None:
    """Raise Pillow's limit for a PNG's texts and profiles from 1 MB to 16 MB, and 64 MB in all."""
    from PIL import PngImagePlugin

    PngImagePlugin.MAX_TEXT_CHUNK, PngImagePlugin.MAX_TEXT_MEMORY = _MAX_TEXT, _MAX_ALL_TEXTS


def png_without_texts(data: bytes) -> bytes | None:
    """A PNG without its texts, and without optional chunks whose checksums are wrong.

    A colour profile is kept if its decompressed size is within the limit. None for other formats.
    """
    if not data.startswith(PNG_SIGNATURE):
        return None
    pieces = [PNG_SIGNATURE]
    for kind, start, end in png_chunks(data):
        if kind[:1].isupper() or (kind in _NEEDED_CHUNKS and png_checksum_holds(data, start, end)):
            pieces.append(data[start - 8 : end + 4])
        elif kind == b"iCCP" and (profile := _profile(data[start:end])):
            body = b"ICC profile\0\0" + zlib.compress(profile)
            pieces.append(
                struct.pack(">I", len(body))
                + kind
                + body
                + struct.pack(">I", zlib.crc32(kind + body))
            )
    return b"".join(pieces)


def _profile(body: bytes) -> bytes | None:
    """The profile of an iCCP chunk, cut to its declared size; None for a broken one."""
    stream = zlib.decompressobj()
    try:
        profile = stream.decompress(body[body.index(b"\0") + 2 :], _MAX_TEXT)
        (size,) = struct.unpack_from(">I", profile)
    except (zlib.error, ValueError, struct.error):
        return None
    return profile[:size] if 128 < size <= len(profile) else None
