"""Start, stop and command the worker process, for the server and the command line."""

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
from explorer.library.library import Library
from explorer.library.rows import Phase
from explorer.library.stores.command_store import send_command
from explorer.library.stores.worker_store import record_heartbeat, report_status, worker_status
from explorer.library.writer import Writer
from explorer.scanning.ignore import validate_globs
from explorer.systems.this_system import this_system

# Seconds between two heartbeats.
_HEARTBEAT_INTERVAL = 4.0


def start_worker(
    library_dir: Path, *, encoder: str | None = None, offline: bool = False
) -> subprocess.Popen[bytes]:
    """Start the worker on a library. It ends when this process does."""
    command = [sys.executable, "-m", "explorer.indexing.worker", "--library", str(library_dir)]
    command += ["--encoder", encoder] if encoder else []
    command += ["--offline"] if offline else []
    return subprocess.Popen(
        command,
        cwd=PROJECT,
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        **this_system().background_process(),
    )


def stop_worker(worker: subprocess.Popen[bytes], timeout: float = 10.0) -> None:
    """Let the worker finish its batch and end. After `timeout` seconds it is killed, which loses
    nothing either."""
    if worker.stdin:
        worker.stdin.close()
    try:
        worker.wait(timeout)
    except subprocess.TimeoutExpired:
        worker.kill()
        # A process that hangs in a system call to an unresponsive drive cannot end before the
        # drive answers.
        with contextlib.suppress(subprocess.TimeoutExpired):
            worker.wait(timeout)


def exclude(catalog: Catalog, root: str, globs: Sequence[str]) -> list[str]:
    """Tell the worker to replace the ignore patterns of a root. Returns the cleaned patterns;
    raises UsageError for one that cannot be parsed."""
    clean = validate_globs(globs)
    send_command(catalog, "exclude", json.dumps({"folder": root, "globs": clean}))
    return clean


def retry(
    catalog: Catalog, reasons: Sequence[str] | None = None, file_id: int | None = None
) -> None:
    """Tell the worker to read failed files again: all of them, those with one of these reasons, or
    one file."""
    request = (
        {"reasons": list(reasons)}
        if reasons is not None
        else {"file": file_id}
        if file_id is not None
        else {}
    )
    send_command(catalog, "retry", json.dumps(request) if request else None)


def report_if_idle(library: Library, phase: Phase, message: str) -> None:
    """Report the phase of this process, which does not hold the library's lock, unless the process
    that holds it is alive and reports its own."""
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
    """Shows that this process is alive while it is busy with one long operation, such as a file
    that is slow to decode. A context manager."""

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
        while not self._stop.wait(_HEARTBEAT_INTERVAL):
            record_heartbeat(self._catalog)
