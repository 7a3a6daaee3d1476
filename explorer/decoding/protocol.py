"""The wire format between the decode processes and their parent: frames with a JSON header and raw
bytes. Pickle is not used, because it can run code.

A frame is two lengths (32-bit, little-endian), the header as JSON in UTF-8, and the body.
"""

from __future__ import annotations

import dataclasses
import json
import math
import struct
from typing import IO, Any, Protocol

import numpy as np

from explorer.photos.containers.contents import FileContents
from explorer.photos.decoded_photo import DecodedPhoto
from explorer.photos.metadata.embedded_texts import MAX_DESCRIPTION_LENGTH, MAX_KEYWORDS
from explorer.photos.metadata.partial_dates import PRECISIONS
from explorer.photos.quality.metrics import QualityDiagnostics, QualityMetrics

_LENGTHS = struct.Struct("<II")
# Far above any real header; anything larger is invalid.
_MAX_HEADER_BYTES = 1 << 20
# Short binary fields, which are sent in the header in hexadecimal.
_HEX_FIELDS = ("phash", "quality", "diagnostics")
# The size limit of texts such as a camera's name, in bytes of UTF-8.
_MAX_TEXT_BYTES = 4096
# The size limit of a description.
_MAX_DESCRIPTION_BYTES = 4 * MAX_DESCRIPTION_LENGTH


class ReadableStream(Protocol):
    """A stream that frames can be read from."""

    def read(self, size: int, /) -> bytes:
        """Read `size` bytes, or fewer at the end of the stream."""
        ...


def send(stream: IO[bytes], header: dict[str, Any], body: bytes = b"") -> None:
    """Write one frame. Raises OSError."""
    head = json.dumps(header).encode()
    stream.write(_LENGTHS.pack(len(head), len(body)) + head)
    stream.write(body)
    stream.flush()


def receive(
    stream: ReadableStream, max_body: int = 0xFFFFFFFF
) -> tuple[dict[str, Any], bytes] | None:
    """Read one frame. Returns its header and body; None at the end of the stream, even if that is
    within a frame.

    Raises ValueError for data that is not a frame, and for a body of more than `max_body` bytes.
    """
    lengths = stream.read(_LENGTHS.size)
    if len(lengths) < _LENGTHS.size:
        return None
    head, size = _LENGTHS.unpack(lengths)
    if head > _MAX_HEADER_BYTES or size > max_body:
        raise ValueError("not a frame")
    header, body = stream.read(head), stream.read(size)
    if len(header) < head or len(body) < size:
        return None
    try:
        facts = json.loads(header)
    except RecursionError as error:
        raise ValueError("the header is nested too deeply") from error
    if not isinstance(facts, dict):
        raise ValueError("the header is not an object")
    return facts, body


def pack(photo: DecodedPhoto) -> tuple[dict[str, Any], bytes]:
    """Pack a decoded photo into the header and body of a frame."""
    facts = {field.name: getattr(photo, field.name) for field in dataclasses.fields(photo)}
    pixels = facts.pop("input")
    preview = facts.pop("preview")
    raw = b"" if pixels is None else np.ascontiguousarray(pixels).tobytes()
    facts |= {name: getattr(photo, name).hex() for name in _HEX_FIELDS}
    facts |= {"preview": len(preview), "side": 0 if pixels is None else int(pixels.shape[0])}
    return facts, preview + raw


def unpack(facts: Any, body: bytes) -> DecodedPhoto:
    """Unpack a decoded photo from the header and body of a frame: the inverse of `pack`.

    Raises ValueError for anything that `pack` cannot have produced, including values that no photo
    has, because a malicious file may have taken over the decoder.
    """
    try:
        return _unpacked(dict(facts), body)
    except (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError) as error:
        raise ValueError("not a decoded photo") from error


def _unpacked(facts: dict[str, Any], body: bytes) -> DecodedPhoto:
    preview_bytes, side = int(facts.pop("preview")), int(facts.pop("side"))
    pixels = (
        np.frombuffer(body, np.uint8, offset=preview_bytes).reshape(side, side, 3) if side else None
    )
    facts |= {name: bytes.fromhex(facts[name]) for name in _HEX_FIELDS}
    facts["keywords"] = tuple(facts["keywords"])
    photo = DecodedPhoto(**facts, preview=body[:preview_bytes], input=pixels)
    _validate(photo)
    return photo


def _validate(photo: DecodedPhoto) -> None:
    """Raise TypeError or ValueError for values that the catalog cannot store or the interface
    cannot show."""
    numbers = (
        photo.latitude,
        photo.longitude,
        photo.exposure_time,
        photo.f_number,
        photo.iso,
        photo.focal_length,
        photo.rating,
    )
    if not all(value is None or math.isfinite(value) for value in numbers):
        raise ValueError("a measurement that is not a finite number")
    if not all(
        isinstance(value, int) and 1 <= value < 1 << 31
        for value in (photo.width, photo.height, photo.frames)
    ):
        raise ValueError("an impossible size")
    if photo.taken_precision not in (None, *PRECISIONS):
        raise ValueError("an unknown date precision")
    if len(photo.keywords) > MAX_KEYWORDS or None in photo.keywords:
        raise ValueError("too many keywords, or one that is no text")
    if photo.rating is not None and not 0 < photo.rating <= 5:
        raise ValueError("an impossible rating")
    for text in (
        photo.format,
        photo.taken_at,
        photo.taken_source,
        photo.camera,
        photo.lens,
        photo.damaged,
        photo.measuring_error,
        photo.impossible_date,
        photo.title,
        *photo.keywords,
    ):
        _validate_text(text, _MAX_TEXT_BYTES)
    _validate_text(photo.description, _MAX_DESCRIPTION_BYTES)
    if len(photo.phash) != 32 or not photo.preview.startswith(b"\xff\xd8"):
        raise ValueError("no valid preview or perceptual hash")
    if photo.quality and not all(
        math.isfinite(value)
        for value in dataclasses.astuple(QualityMetrics.unpacked(photo.quality))
    ):
        raise ValueError("a quality figure that is not a finite number")
    if photo.diagnostics:
        QualityDiagnostics.unpacked(photo.diagnostics)
    if photo.contents is not None:
        FileContents.unpacked(photo.contents)


def _validate_text(text: str | None, max_bytes: int) -> None:
    # `encode` raises for an unpaired surrogate.
    if text is not None and (len(text.encode()) > max_bytes or "\0" in text):
        raise ValueError("a text that is too long or has a null character")
