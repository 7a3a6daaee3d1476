"""Let an indexing run on the command line report to the app and follow its commands."""

from __future__ import annotations

import time
from collections.abc import Callable

from explorer.encoders.base import Encoder
from explorer.indexing.progress import Progress
from explorer.indexing.throttle import Throttle
from explorer.indexing.worker_status import NO_PROGRESS, phase_of
from explorer.library.library import Library
from explorer.library.rows import Phase
from explorer.library.stores.command_store import drop_commands, take_commands
from explorer.library.stores.worker_store import report_status
from explorer.library.writer import Writer

# Seconds between two reports to the app.
_REPORT_INTERVAL = 0.5
# Seconds between two checks for commands while the run is paused.
PAUSE_STEP = 0.5

_STARTED_BY = "It was started on the command line."


class ForegroundControl:
    """Reports the progress of a run to the user and to an app that has the library open, and
    executes the commands `pause`, `resume` and `stop`."""

    def __init__(
        self,
        library: Library,
        writer: Writer,
        encoder: Encoder,
        progress: Callable[[Progress], None],
    ) -> None:
        self._writer, self._encoder, self._progress = writer, encoder, progress
        self._throttle = Throttle(library.catalog, self._sleep)
        self._paused, self._last_report = False, 0.0
        # Commands for an earlier process do not concern this one.
        drop_commands(writer, ["pause", "resume", "stop"], time.time())

    def tick(self, progress: Progress) -> None:
        """Report progress and follow commands; returns when the run may go on. To be called
        several times a second. Raises KeyboardInterrupt if told to stop."""
        self._progress(progress)
        self._obey(progress)
        while self._paused:
            time.sleep(PAUSE_STEP)
            self._obey(progress)
        self._throttle.pause()

    def wait(self, seconds: float, reason: str) -> None:
        """Sleep for this many seconds, reporting the reason. Raises KeyboardInterrupt if told to
        stop."""
        self._sleep(seconds, Progress(0, 1, 0.0, None, reason))

    def _sleep(self, seconds: float, progress: Progress = NO_PROGRESS) -> None:
        self._progress(progress)
        time.sleep(seconds)
        self._obey(progress)

    def _obey(self, progress: Progress) -> None:
        for command, _ in take_commands(self._writer, ("pause", "resume", "stop")):
            if command == "stop":
                raise KeyboardInterrupt
            self._paused = command == "pause"
        now = time.monotonic()
        if now - self._last_report >= _REPORT_INTERVAL:
            self._last_report = now
            phase: Phase = "paused" if self._paused else phase_of(progress)
            done, total, rate, eta, stage = progress
            report_status(
                self._writer,
                phase=phase,
                encoder=self._encoder.name,
                done=done,
                total=total,
                rate=rate,
                eta=eta,
                message=stage or _STARTED_BY,
            )

    def close(self) -> None:
        report_status(self._writer, phase="stopped", encoder=self._encoder.name)
