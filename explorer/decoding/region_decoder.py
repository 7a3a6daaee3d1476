"""Crop parts of photos in a decode process."""

from __future__ import annotations

import os
import threading
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from explorer.decoding import answers
from explorer.decoding.process import DECODER_CRASHED, DecodeProcess, overdue_watchdog
from explorer.decoding.process_start import DECODE_COMMAND
from explorer.errors import PhotoError
from explorer.photos.decode_region import DecodedRegion
from explorer.photos.input_spec import InputSpec
from explorer.photos.photo_region import Box

# Seconds of wall-clock time and of processor time allowed per request: the user is waiting.
_TIMEOUT, _CPU_SECONDS = 60.0, 30.0


class RegionDecoder:
    """Crops parts of photos in a separate process, which is started when first needed. Safe to use
    from several threads."""

    def __init__(self, spec: InputSpec, command: Sequence[str] = DECODE_COMMAND) -> None:
        """spec: the encoder's input. command: the program to run."""
        self.spec = spec
        self._process = DecodeProcess(command, _TIMEOUT)
        self._lock = threading.Lock()

    def __enter__(self) -> RegionDecoder:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the process; the next request starts it again."""
        with self._lock:
            self._process.close()

    def from_file(self, path: str, boxes: Sequence[Box]) -> tuple[bytes, DecodedRegion]:
        """Crop boxes from a photo file. Returns the content hash of the bytes that were read, and
        the parts. Raises PhotoError, also if the file cannot be read."""
        return self._decode({"path": os.fsencode(path).hex()}, b"", boxes)

    def from_bytes(self, data: bytes, boxes: Sequence[Box]) -> DecodedRegion:
        """Crop boxes from a photo in memory. Raises PhotoError."""
        return self._decode({}, data, boxes)[1]

    def _decode(
        self, source: dict[str, str], data: bytes, boxes: Sequence[Box]
    ) -> tuple[bytes, DecodedRegion]:
        request = {
            "spec": asdict(self.spec),
            "seconds": _CPU_SECONDS,
            "regions": [list(box) for box in boxes],
        }
        with self._lock, overdue_watchdog([self._process]):
            answer = self._process.request(request | source, data)
            if isinstance(answer, str):
                raise PhotoError(answer)
            if (error := answers.error_of(answer[0])) is not None:
                raise PhotoError(error)
            try:
                return self._unpack(*answer, len(boxes))
            except (KeyError, TypeError, ValueError, OverflowError):
                self._process.close()
                raise PhotoError(DECODER_CRASHED) from None

    def _unpack(
        self, header: dict[str, Any], body: bytes, count: int
    ) -> tuple[bytes, DecodedRegion]:
        """The parts in an answer. Raises KeyError, TypeError, ValueError or OverflowError if the
        answer is invalid."""
        preview_bytes, side = int(header["preview"]), self.spec.size
        inputs = np.frombuffer(body, np.uint8, offset=preview_bytes)
        preview = body[:preview_bytes]
        if not preview.startswith(b"\xff\xd8"):
            raise ValueError("no preview")
        region = DecodedRegion(inputs.reshape(count, side, side, 3), preview)
        return bytes.fromhex(header["hash"]), region
