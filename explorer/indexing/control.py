"""Starting and stopping the worker process from the one that serves the app."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from explorer.config import PROJECT


def start_worker(library_dir: Path, *, encoder: str | None = None, offline: bool = False) -> subprocess.Popen[bytes]:
    """Start the worker on that library. It ends by itself when this process does."""
    command = [sys.executable, "-m", "explorer.indexing.worker", "--library", str(library_dir)]
    command += ["--encoder", encoder] if encoder else []
    command += ["--offline"] if offline else []
    return subprocess.Popen(command, cwd=PROJECT, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)


def stop_worker(worker: subprocess.Popen[bytes], timeout: float = 10.0) -> None:
    """Let the worker finish its batch and end; one that does not within `timeout` seconds is killed, which loses nothing either."""
    if worker.stdin:
        worker.stdin.close()
    try:
        worker.wait(timeout)
    except subprocess.TimeoutExpired:
        worker.kill()
        worker.wait()
