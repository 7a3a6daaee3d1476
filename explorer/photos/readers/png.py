"""Read PNG files whose text chunks or profiles are longer than Pillow allows."""

from __future__ import annotations

import struct
import zlib

from explorer.photos.damage import PNG_SIGNATURE, png_checksum_holds, png_chunks

# The limits in bytes of a decompressed text or profile, and of all texts of a file. Editing
# histories and display profiles reach several megabytes. Longer ones are skipped.
_MAX_TEXT, _MAX_ALL_TEXTS = 16 << 20, 64 << 20

# Optional chunks that affect the picture or contain pixels. All others can be dropped.
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
    """Raise Pillow's limits for texts and profiles in PNG files to 16 MB each and 64 MB in
    total."""
    from PIL import PngImagePlugin

    PngImagePlugin.MAX_TEXT_CHUNK, PngImagePlugin.MAX_TEXT_MEMORY = _MAX_TEXT, _MAX_ALL_TEXTS


def png_without_texts(data: bytes) -> bytes | None:
    """The PNG file without its texts and without optional chunks whose checksums are wrong.

    A color profile is kept if its decompressed size is within the limit. None for other formats.
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
    """The profile in an iCCP chunk, cut to its declared size; None if it is broken."""
    stream = zlib.decompressobj()
    try:
        profile = stream.decompress(body[body.index(b"\0") + 2 :], _MAX_TEXT)
        (size,) = struct.unpack_from(">I", profile)
    except (zlib.error, ValueError, struct.error):
        return None
    return profile[:size] if 128 < size <= len(profile) else None
