"""PNG files with chunks that declare their colours."""

from __future__ import annotations

import struct
import zlib
from typing import Any

from PIL import Image

from explorer.photos.input_spec import InputSpec
from tests import pictures

SPEC = InputSpec(64, "squash", "bicubic")
FLAT = pictures.plain("#b46450")


def png_with(picture: Image.Image, *chunks: tuple[bytes, bytes], **options: Any) -> bytes:
    data = pictures.encoded(picture, "PNG", **options)
    made = b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        for kind, body in chunks
    )
    # Right behind the header.
    return data[:33] + made + data[33:]
