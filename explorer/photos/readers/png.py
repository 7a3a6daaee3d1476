"""PNG files whose texts, histories or profiles are longer than Pillow allows."""

from __future__ import annotations

import struct
import zlib

from explorer.photos.damage import PNG_SIGNATURE, png_checksum_holds, png_chunks

# Bytes that one text or profile may have when it is unpacked, and all texts of a file together.
# Editing histories and profiles of screens reach some megabytes; what is longer is left out, and
# the picture is read without it.
_LONGEST_TEXT, _ALL_TEXTS = 16 << 20, 64 << 20

# What says how the pixels are meant, or is a part of them. The rest are words about them, which a
# picture is whole without.
_KEPT = frozenset(
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
    """Have Pillow read texts and profiles of up to 16 MB in a PNG, and 64 MB of them in all: its
    own limit is 1 MB."""
    from PIL import PngImagePlugin

    PngImagePlugin.MAX_TEXT_CHUNK, PngImagePlugin.MAX_TEXT_MEMORY = _LONGEST_TEXT, _ALL_TEXTS


def png_without_texts(data: bytes) -> bytes | None:
    """A PNG without its texts and without optional parts whose checksums are wrong; None for what
    is no PNG.

    A colour profile is kept where it can be unpacked within the limit.
    """
    if not data.startswith(PNG_SIGNATURE):
        return None
    pieces = [PNG_SIGNATURE]
    for kind, start, end in png_chunks(data):
        if kind[:1].isupper() or (kind in _KEPT and png_checksum_holds(data, start, end)):
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
    """The profile of an iCCP chunk, as far as it says it is long; None for a broken one."""
    stream = zlib.decompressobj()
    try:
        profile = stream.decompress(body[body.index(b"\0") + 2 :], _LONGEST_TEXT)
        (size,) = struct.unpack_from(">I", profile)
    except (zlib.error, ValueError, struct.error):
        return None
    return profile[:size] if 128 < size <= len(profile) else None
