"""Starting, stopping and telling the worker, from the process that serves the app and from the
command line."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

from explorer.config import PROJECT
from explorer.library.catalog import Catalog
from explorer.library.command_store import send_command
from explorer.library.library import Library
from explorer.library.rows import Phase
from explorer.library.worker_store import record_heartbeat, report_status, worker_status
from explorer.library.writer import Writer
from explorer.scanning.ignore import validate_globs

# Seconds between two signs of life.
_BEAT = 4.0


def start_worker(
    library_dir: Path, *, encoder: str | None = None, offline: bool = False
) -> subprocess.Popen[bytes]:
    """Start the worker on that library. It ends by itself when this process does."""
    command = [sys.executable, "-m", "explorer.indexing.worker", "--library", str(library_dir)]
    command += ["--encoder", encoder] if encoder else []
    command += ["--offline"] if offline else []
    return subprocess.Popen(command, cwd=PROJECT, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)


def stop_worker(worker: subprocess.Popen[bytes], timeout: float = 10.0) -> None:
    """Let the worker finish its batch and end; one that does not within `timeout` seconds is
    killed, which loses nothing either."""
    if worker.stdin:
        worker.stdin.close()
    try:
        worker.wait(timeout)
    except subprocess.TimeoutExpired:
        worker.kill()
        # One that hangs in the code of a drive that does not answer cannot end before the drive
        # does answer.
        with contextlib.suppress(subprocess.TimeoutExpired):
            worker.wait(timeout)


def exclude(catalog: Catalog, root: str, globs: Sequence[str]) -> list[str]:
    """Ask the worker to leave this out of a root from now on, and nothing else. Gives the globs;
    raises UsageError for one that is none."""
    clean = validate_globs(globs)
    send_command(catalog, "exclude", json.dumps({"folder": root, "globs": clean}))
    return clean


def retry(
    catalog: Catalog, reasons: Sequence[str] | None = None, file_id: int | None = None
) -> None:
    """Ask the worker to read once more what could not be read: all, what failed for one of these
    reasons, or one file."""
    wanted = (
        {"reasons": list(reasons)}
        if reasons is not None
        else {"file": file_id}
        if file_id is not None
        else {}
    )
    send_command(catalog, "retry", json.dumps(wanted) if wanted else None)


def report_if_idle(library: Library, phase: Phase, message: str) -> None:
    """Say what a process is at that does not hold the library, unless one that does is saying
    something itself."""
    worker = worker_status(library.catalog)
    if worker is not None and worker["alive"] and worker["pid"] != os.getpid():
        return
    writer = Writer(library.catalog)
    try:
        report_status(
            writer, phase=phase, encoder=worker["encoder"] if worker else "", message=message
        )
    finally:
        writer.close()


class Heartbeat:
    """Keeps a busy process from being taken for dead while it waits for one long thing, such as a
    file that is slow to decode."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog, self._stop = catalog, threading.Event()
        self._thread = threading.Thread(target=self._run, name="heartbeat", daemon=True)

    def __enter__(self) -> Heartbeat:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stop.wait(_BEAT):
            record_heartbeat(self._catalog)
