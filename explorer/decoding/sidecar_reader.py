"""Read the sidecars of photos in a decode process."""

from __future__ import annotations

import os
import threading
from collections.abc import Sequence

from explorer.decoding import answers
from explorer.decoding.process import (
    DECODER_CRASHED,
    TOO_MUCH_CPU_TIME,
    DecodeProcess,
    overdue_watchdog,
)
from explorer.decoding.process_start import DECODE_COMMAND
from explorer.photos.metadata.sidecar_content import SidecarContent, SidecarReading

# Seconds of wall-clock time and of processor time allowed per request.
_TIMEOUT, _CPU_SECONDS = 120.0, 30.0


class SidecarReader:
    """Reads sidecars in a separate process, which is started when first needed. Safe to use from
    several threads."""

    def __init__(self, command: Sequence[str] = DECODE_COMMAND) -> None:
        """command: the program to run."""
        self._process = DecodeProcess(command, _TIMEOUT)
        self._lock, self._closed = threading.Lock(), False

    def __enter__(self) -> SidecarReader:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the process for good; a request in progress fails."""
        self._closed = True
        self._process.kill()
        with self._lock:
            self._process.close()

    def read(self, paths: Sequence[str]) -> list[SidecarReading]:
        """Read the sidecars at these absolute paths (`photos/metadata/sidecar_content.py`). Returns
        one reading per path, in the same order."""
        if not paths:
            return []
        found = self._request(paths)
        if not isinstance(found, str):
            return found
        # Whether one of the files is to blame, rather than the drive or the process.
        blamed = not self._closed and found in (DECODER_CRASHED, TOO_MUCH_CPU_TIME)
        if blamed and len(paths) == 1:
            blamed = self._request([]) == []
        if len(paths) == 1 or not blamed:
            return [SidecarReading(SidecarContent(), found, blamed) for _ in paths]
        half = len(paths) // 2
        return [*self.read(paths[:half]), *self.read(paths[half:])]

    def _request(self, paths: Sequence[str]) -> list[SidecarReading] | str:
        """The answer to one request, or why it failed."""
        request = {"sidecars": [os.fsencode(path).hex() for path in paths], "seconds": _CPU_SECONDS}
        with self._lock, overdue_watchdog([self._process]):
            if self._closed:
                return DECODER_CRASHED
            answer = self._process.request(request)
            if isinstance(answer, str):
                return answer
            if (error := answers.error_of(answer[0])) is not None:
                return error
            try:
                return answers.sidecar_readings_of(answer[1], len(paths))
            except ValueError:
                self._process.close()
                return DECODER_CRASHED
