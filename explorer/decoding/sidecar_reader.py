"""Read the sidecars of photos in a decode process."""

from __future__ import annotations

import os
import threading
from collections.abc import Sequence

from explorer.decoding import answers
from explorer.decoding.process import (
    DECODE_COMMAND,
    DECODER_CRASHED,
    DecodeProcess,
    overdue_watchdog,
)
from explorer.photos.metadata.sidecar_content import SidecarContent

# Seconds of wall-clock time and of processor time allowed per request.
_TIMEOUT, _CPU_SECONDS = 120.0, 30.0


class SidecarReader:
    """Reads sidecars in a separate process, which is started when first needed. Safe to use from
    several threads."""

    def __init__(self, command: Sequence[str] = DECODE_COMMAND) -> None:
        """command: the program to run."""
        self._process = DecodeProcess(command, _TIMEOUT)
        self._lock = threading.Lock()

    def __enter__(self) -> SidecarReader:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the process; the next request starts it again."""
        with self._lock:
            self._process.close()

    def read(self, paths: Sequence[str]) -> list[tuple[SidecarContent, str]]:
        """What the sidecars at these absolute paths say, and why each could not be read, '' if it
        could (`photos/metadata/sidecar_content.py`)."""
        if not paths:
            return []
        found = self._request(paths)
        if not isinstance(found, str):
            return found
        if len(paths) == 1:
            return [(SidecarContent(), found)]
        # One of them is to blame; the others can be read.
        half = len(paths) // 2
        return [*self.read(paths[:half]), *self.read(paths[half:])]

    def _request(self, paths: Sequence[str]) -> list[tuple[SidecarContent, str]] | str:
        """The answer to one request, or why it failed."""
        request = {"sidecars": [os.fsencode(path).hex() for path in paths], "seconds": _CPU_SECONDS}
        with self._lock, overdue_watchdog([self._process]):
            answer = self._process.request(request)
            if isinstance(answer, str):
                return answer
            if (error := answers.error_of(answer[0])) is not None:
                return error
            try:
                return answers.sidecar_contents_of(answer[1], len(paths))
            except ValueError:
                self._process.close()
                return DECODER_CRASHED
