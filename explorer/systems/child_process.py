"""End a child process that stops when its standard input is closed."""

from __future__ import annotations

import contextlib
import subprocess

_PATIENCE = 5.0


def end_process(process: subprocess.Popen[bytes]) -> None:
    """Close the pipes of a process and wait until it has ended; kill it after five seconds."""
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            # Closing may fail to write what is buffered, but nobody needs that any more.
            with contextlib.suppress(OSError):
                pipe.close()
    try:
        process.wait(_PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
