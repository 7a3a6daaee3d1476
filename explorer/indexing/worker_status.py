"""What the worker reports to the app: its phase, its progress, and a message."""

from __future__ import annotations

import time

from explorer.indexing.progress import Progress
from explorer.library.rows import Phase
from explorer.library.stores.worker_store import report_status
from explorer.library.writer import Writer

# Seconds between two reports, except for phases that have to be shown at once.
_INTERVAL = 0.5

NO_PROGRESS = Progress(0, 0, 0.0, None)


def phase_of(progress: Progress) -> Phase:
    """The phase of a run with this progress."""
    return "comparing" if progress.stage else "indexing" if progress.total else "scanning"


class WorkerStatus:
    """Writes the `worker` row of the catalog."""

    def __init__(self, writer: Writer, encoder: str, note: str) -> None:
        """encoder: name of the encoder in use. note: shown while there is nothing else to say."""
        self.note = note
        self._writer, self._encoder = writer, encoder
        self._last_report = 0.0

    def report(
        self, phase: Phase, progress: Progress = NO_PROGRESS, *, always: bool = False
    ) -> None:
        """Report at most every half second; with `always`, at once."""
        now = time.monotonic()
        if always or now - self._last_report >= _INTERVAL:
            self._last_report = now
            self.report_now(phase, progress)

    def report_now(
        self, phase: Phase, progress: Progress = NO_PROGRESS, message: str | None = None
    ) -> None:
        """Report at once. message: defaults to the name of the stage in progress, or the note."""
        done, total, rate, eta, stage = progress
        report_status(
            self._writer,
            phase=phase,
            encoder=self._encoder,
            done=done,
            total=total,
            rate=rate,
            eta=eta,
            message=message if message is not None else stage or self.note,
        )
