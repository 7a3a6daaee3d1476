"""Render the photos that the user looks at, and read the faces marked in them, in decode
processes."""

from __future__ import annotations

import math
import os
import queue
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from explorer.decoding import answers
from explorer.decoding.process import DECODER_CRASHED, DecodeProcess, overdue_watchdog
from explorer.decoding.process_start import DECODE_COMMAND
from explorer.errors import DecodingFailed, PhotoError
from explorer.photos.metadata.face_regions import MAX_FACES, MAX_NAME_LENGTH, FaceRegion
from explorer.photos.render_screen import ScreenRendition

Answer = TypeVar("Answer")

# One process for the photo on the screen, and one for the next photo.
_PROCESSES = 2
# Seconds of wall-clock time and of processor time allowed per request: the user is waiting.
_TIMEOUT, _CPU_SECONDS = 60.0, 30.0
# The longest side that a decoder can have produced.
_MAX_SIDE = 1 << 16


class ScreenRenderer:
    """Renders photos, and reads their faces, in separate processes, which are started when first
    needed. Safe to use from several threads, which wait if no process is free."""

    def __init__(
        self, command: Sequence[str] = DECODE_COMMAND, processes: int = _PROCESSES
    ) -> None:
        """command: the program to run. processes: the number of processes."""
        self._all = [DecodeProcess(command, _TIMEOUT) for _ in range(processes)]
        self._free: queue.LifoQueue[DecodeProcess] = queue.LifoQueue()
        for process in self._all:
            self._free.put(process)

    def __enter__(self) -> ScreenRenderer:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the processes once they have finished their requests; the next request starts them
        again."""
        held = [self._free.get() for _ in self._all]
        for process in held:
            process.close()
            self._free.put(process)

    def render(self, path: str, side: int | None) -> tuple[bytes, ScreenRendition]:
        """Render a photo file (`render_screen`). Returns the content hash of the bytes that were
        read, and the rendition.

        Raises DecodingFailed if the file crashes a process or takes too long, and PhotoError, also
        for a file that cannot be read."""
        return self._ask({"path": os.fsencode(path).hex(), "screen": side}, _rendition)

    def faces(self, path: str) -> tuple[bytes, list[FaceRegion]]:
        """The content hash of a photo file, and the faces marked in it. Raises what `render`
        raises."""
        return self._ask({"path": os.fsencode(path).hex(), "faces": True}, _faces)

    def _ask(
        self, request: dict[str, Any], unpacked: Callable[[dict[str, Any], bytes], Answer]
    ) -> tuple[bytes, Answer]:
        """unpacked: parses an answer; raises KeyError, TypeError, ValueError or OverflowError for
        anything that an intact decode process cannot have sent."""
        process = self._free.get()
        try:
            with overdue_watchdog([process]):
                answer = process.request(request | {"seconds": _CPU_SECONDS})
            if isinstance(answer, str):
                raise DecodingFailed(answer)
            if (error := answers.error_of(answer[0])) is not None:
                fault = answers.fault_of(answer[0])
                raise answers.ERRORS.get(fault, PhotoError)(error)
            try:
                return bytes.fromhex(answer[0]["hash"]), unpacked(*answer)
            except (KeyError, TypeError, ValueError, OverflowError):
                process.close()
                raise DecodingFailed(DECODER_CRASHED) from None
        finally:
            self._free.put(process)


def _rendition(header: dict[str, Any], body: bytes) -> ScreenRendition:
    width, height = int(header["width"]), int(header["height"])
    if not (0 < width <= _MAX_SIDE and 0 < height <= _MAX_SIDE):
        raise ValueError("an impossible size")
    if not body.startswith(b"\xff\xd8"):
        raise ValueError("no JPEG")
    return ScreenRendition(body, width, height)


def _faces(header: dict[str, Any], _: bytes) -> list[FaceRegion]:
    found = list[FaceRegion]()
    for name, box in header["faces"]:
        left, top, width, height = map(float, box)
        if not all(map(math.isfinite, (left, top, width, height))):
            raise ValueError("not a box")
        if not isinstance(name, str) or len(name) > MAX_NAME_LENGTH:
            raise ValueError("not a name")
        found.append(FaceRegion(name, (left, top, width, height)))
    return found[:MAX_FACES]
