"""How the decode processes and the one that runs them talk: frames of a JSON header and raw bytes,
and no pickle.

A frame is two lengths (32-bit, little-endian), the header as JSON in UTF-8, and the bytes.
"""

from __future__ import annotations

import dataclasses
import json
import math
import struct
from typing import Any, BinaryIO, Protocol

import numpy as np

from explorer.photos.containers.contents import Contents
from explorer.photos.metadata.partial_dates import PRECISIONS
from explorer.photos.quality.figures import Look, Quality
from explorer.photos.types import DecodedPhoto

_LENGTHS = struct.Struct("<II")
# No header is nearly as long; a longer one is garbage.
_LONGEST_HEADER = 1 << 20
# Short bytes that travel in the header.
_IN_HEX = ("phash", "quality", "look")
# Bytes in a camera's name, say.
_LONGEST_TEXT = 4096


class Readable(Protocol):
    def read(self, size: int, /) -> bytes:
        """So many bytes, fewer at the end of the stream."""
        ...


def send(stream: BinaryIO, header: dict[str, Any], body: bytes = b"") -> None:
    """Write one frame."""
    head = json.dumps(header).encode()
    stream.write(_LENGTHS.pack(len(head), len(body)) + head)
    stream.write(body)
    stream.flush()


def receive(stream: Readable, longest: int = 0xFFFFFFFF) -> tuple[dict[str, Any], bytes] | None:
    """Read one frame; None at the end of the stream, also in the middle of a frame.

    Raises ValueError for what is no frame, or has more than `longest` bytes beside the header.
    """
    lengths = stream.read(_LENGTHS.size)
    if len(lengths) < _LENGTHS.size:
        return None
    head, size = _LENGTHS.unpack(lengths)
    if head > _LONGEST_HEADER or size > longest:
        raise ValueError("no frame")
    header, body = stream.read(head), stream.read(size)
    if len(header) < head or len(body) < size:
        return None
    facts = json.loads(header)
    if not isinstance(facts, dict):
        raise ValueError("no header")
    return facts, body


def pack(photo: DecodedPhoto) -> tuple[dict[str, Any], bytes]:
    """A decoded photo → header and bytes."""
    facts = {field.name: getattr(photo, field.name) for field in dataclasses.fields(photo)}
    pixels = facts.pop("input")
    preview = facts.pop("preview")
    raw = b"" if pixels is None else np.ascontiguousarray(pixels).tobytes()
    facts |= {name: getattr(photo, name).hex() for name in _IN_HEX}
    facts |= {"preview": len(preview), "side": 0 if pixels is None else int(pixels.shape[0])}
    return facts, preview + raw


def unpack(facts: dict[str, Any], body: bytes) -> DecodedPhoto:
    """Header and bytes → a decoded photo. Raises KeyError, TypeError or ValueError for what `pack`
    did not make, or what no photo has: a decoder that a file has led astray is not believed."""
    facts = dict(facts)
    cut, side = int(facts.pop("preview")), int(facts.pop("side"))
    pixels = np.frombuffer(body, np.uint8, offset=cut).reshape(side, side, 3) if side else None
    facts |= {name: bytes.fromhex(facts[name]) for name in _IN_HEX}
    photo = DecodedPhoto(**facts, preview=body[:cut], input=pixels)
    _check(photo)
    return photo


def _check(photo: DecodedPhoto) -> None:
    """Raises TypeError or ValueError for facts that a catalog cannot hold or a page cannot show."""
    numbers = (
        photo.latitude,
        photo.longitude,
        photo.exposure_time,
        photo.f_number,
        photo.iso,
        photo.focal_length,
    )
    if not all(value is None or math.isfinite(value) for value in numbers):
        raise ValueError("a fact that is no number")
    if not all(
        isinstance(value, int) and 1 <= value < 1 << 31
        for value in (photo.width, photo.height, photo.frames)
    ):
        raise ValueError("a size that no picture has")
    if photo.taken_precision not in (None, *PRECISIONS):
        raise ValueError("a precision that no date has")
    for text in (
        photo.format,
        photo.taken_at,
        photo.taken_source,
        photo.camera,
        photo.lens,
        photo.damaged,
        photo.stated,
    ):
        # Raises for half a surrogate pair.
        if text is not None and (len(text.encode()) > _LONGEST_TEXT or "\0" in text):
            raise ValueError("a text that no photo has")
    if len(photo.phash) != 32 or not photo.preview.startswith(b"\xff\xd8"):
        raise ValueError("no preview or hash")
    if photo.quality and not all(
        math.isfinite(value) for value in dataclasses.astuple(Quality.unpacked(photo.quality))
    ):
        raise ValueError("a figure that is no number")
    if photo.look:
        Look.unpacked(photo.look)
    if photo.contents is not None:
        Contents.unpacked(photo.contents)
