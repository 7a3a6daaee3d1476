"""Start decode processes, some of them before they are needed.

A decode process takes almost half a second of processor time to import its libraries. In a new
library every photo has to be decoded, so the processes are started while this process imports what
indexing needs. This module itself imports nothing slow.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence

from explorer.config import PROJECT
from explorer.systems.this_system import this_system

DECODE_COMMAND = (sys.executable, "-m", "explorer.decoding")

# Room in the pipe for a whole answer of 100 to 300 KB. Otherwise the two processes wait for each
# other several times per photo.
_PIPE_BYTES = 512 << 10

KILL_GRACE = 5.0
"""Seconds to wait for a killed process. One that is blocked in a drive's driver cannot be reaped,
and is left to the system, which ends it when the drive responds again."""
# Processes that were killed but not yet reaped.
_UNREAPED = list[subprocess.Popen[bytes]]()

# Processes that were started in advance and wait for their first request.
_waiting = list[subprocess.Popen[bytes]]()


@contextlib.contextmanager
def started_ahead(number: int) -> Iterator[None]:
    """Start that many processes now, for `start_process` to hand out while the block runs. Those
    left over are then ended."""
    try:
        # A failure to start is reported when a process is needed.
        with contextlib.suppress(OSError):
            for _ in range(number):
                _waiting.append(_start(DECODE_COMMAND))
        yield
    finally:
        while _waiting:
            end_process(_waiting.pop(), KILL_GRACE)


def start_process(command: Sequence[str]) -> subprocess.Popen[bytes]:
    """A process that runs this command, with pipes for its input and output: one that was started
    in advance, or else a new one. Raises OSError."""
    while tuple(command) == DECODE_COMMAND:
        try:
            process = _waiting.pop()
        except IndexError:
            # Another thread may have taken the last one.
            break
        if process.poll() is None:
            return process
        end_process(process, KILL_GRACE)
    return _start(command)


def end_process(process: subprocess.Popen[bytes], grace: float) -> None:
    """Kill and reap a process. It has no state that could be lost. grace: seconds to wait for it to
    exit."""
    process.kill()
    for stream in (process.stdin, process.stdout):
        with contextlib.suppress(OSError):
            if stream:
                stream.close()
    try:
        process.wait(grace)
    except subprocess.TimeoutExpired:
        _UNREAPED.append(process)
    _UNREAPED[:] = [each for each in _UNREAPED if each.poll() is None]


def _start(command: Sequence[str]) -> subprocess.Popen[bytes]:
    process = subprocess.Popen(
        list(command),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=PROJECT,
        env=_environment(),
        **this_system().background_process(),
    )
    if process.stdout is not None:
        this_system().enlarge_pipe(process.stdout.fileno(), _PIPE_BYTES)
    return process


def _environment() -> dict[str, str]:
    """The environment variables of a decode process.

    Libraries use one thread each, because there are as many processes as cores. Blocks of up to 32
    MB are allocated from the process's own heap and stay there (glibc's mallopt(3)): consecutive
    pictures need buffers of similar size, and requesting each from the system costs a tenth of the
    time.
    """
    path = os.pathsep.join(filter(None, (str(PROJECT), os.environ.get("PYTHONPATH"))))
    heap = {"MALLOC_MMAP_THRESHOLD_": str(32 << 20), "MALLOC_TRIM_THRESHOLD_": str(128 << 20)}
    return {
        **os.environ,
        **heap,
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "PYTHONPATH": path,
    }
