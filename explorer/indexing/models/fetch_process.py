"""The process that fetches and prepares one model in the background.

    python -m explorer.indexing.models.fetch_process NAME

The worker starts it and holds the other end of its standard input; when that closes, it ends at
once. That loses nothing: the part of a download that has arrived is kept, and a converted model
gets its final name only when it is complete. It is a separate process so that a pause takes effect
at once, however slow the server is, and so that torch, which only the conversion needs, stays out
of the worker.
"""

from __future__ import annotations

import contextlib
import os
import sys
import threading

from filelock import FileLock, Timeout

from explorer.encoders import registry
from explorer.encoders.downloads import fetch_state
from explorer.encoders.downloads.fetch_state import FetchStatus
from explorer.errors import ExplorerError
from explorer.indexing.throttle import lower_priority

# Exit codes besides 0 (fetched).
FAILED, ELSEWHERE = 1, 3
# Seconds between two reports.
_REPORT_INTERVAL = 0.5


def main(argv: list[str] | None = None) -> int:
    """Fetch a model; returns the exit code. ELSEWHERE: another process is already fetching."""
    (name,) = sys.argv[1:] if argv is None else argv
    lower_priority()
    threading.Thread(target=_end_with_parent, daemon=True, name="parent-watch").start()
    try:
        fetch_state.fetch_dir().mkdir(parents=True, exist_ok=True)
        with FileLock(fetch_state.lock_path(), timeout=0):
            return fetch(name)
    except Timeout:
        return ELSEWHERE
    except OSError:
        # The models folder is not writable; the worker notices that and reports it.
        return FAILED


def fetch(name: str) -> int:
    """Fetch a model, and keep the status up to date; returns the exit code. To be called with the
    lock held."""
    reporter, problem = _Reporter(name), ""
    try:
        registry.fetch(name, reporter.report)
    except ExplorerError as error:
        problem = str(error)
    finally:
        # Closed before the outcome is written, which its last report would otherwise replace.
        reporter.close()
    if problem:
        fetch_state.put_status(fetch_state.failed(name, problem))
        return FAILED
    before = fetch_state.status()
    fetch_state.put_status(FetchStatus(name, "fetched", before.total, before.total))
    return 0


class _Reporter:
    """Writes the status while a model is fetched and prepared, even while no data arrives."""

    def __init__(self, name: str) -> None:
        before = fetch_state.status()
        kept = before if before.name == name else FetchStatus(name)
        self._status = kept._replace(state="fetching", problem="")
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="fetch-status", daemon=True)
        self._write()
        self._thread.start()

    def report(self, done: int, total: int | None) -> None:
        state: fetch_state.State = "preparing" if total and done >= total else "fetching"
        self._status = self._status._replace(state=state, done=done, total=total or 0)

    def _run(self) -> None:
        while not self._stop.wait(_REPORT_INTERVAL):
            self._write()

    def _write(self) -> None:
        # A full disk is reported by the download itself.
        with contextlib.suppress(OSError):
            fetch_state.put_status(self._status)

    def close(self) -> None:
        self._stop.set()
        self._thread.join()


def _end_with_parent() -> None:
    """End this process when the other end of its standard input is closed."""
    while os.read(sys.stdin.fileno(), 4096):
        pass
    os._exit(130)


if __name__ == "__main__":
    sys.exit(main())
