"""One decode process, and the talk with it: it is given a file at a time, and ended when it takes
too long."""

from __future__ import annotations

import io
import os
import select
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from explorer.config import PROJECT
from explorer.decoding import protocol

CHILD = (sys.executable, "-m", "explorer.decoding.decode_server")

CRASHED = "the decoder crashed on this file"
_TOO_MUCH_WORK = "it takes too long to decode: the decoder was stopped"
_TIME_IS_UP = -int(getattr(signal, "SIGXCPU", 0)) or None
# No answer is nearly as long: a preview and the encoder's input.
_LONGEST_ANSWER = 256 << 20
# Seconds by the clock that a file may take beside the usual, for each megabyte; and between two
# looks at whether there is hope.
_PATIENCE_A_MB, _LOOK = 5.0, 0.25
# Seconds that a process which was ended gets to be gone. One that hangs in the code of a drive that
# does not answer cannot be, and is left behind: the system ends it when the drive is back.
_GRACE = 5.0


@dataclass(frozen=True)
class Job:
    """A file to be read. mtime: Unix seconds. tag: the caller's own, given back with the outcome.
    size: bytes, as far as it is known."""

    path: str
    mtime: float
    tag: object = None
    size: int = 0


# Ended, and not gone yet.
_LEFT_BEHIND: list[subprocess.Popen[bytes]] = []


class _Answers:
    """The reading end of a process's pipe, read for as long as there is hope. On Windows, which
    cannot wait for a pipe, to the end."""

    def __init__(self, pipe: io.BufferedReader, hopeless: Callable[[], bool]) -> None:
        # Without its buffer, of whose contents `poll` knows nothing.
        self._pipe, self._hopeless = pipe.raw, hopeless
        self._poll = None
        if hasattr(select, "poll"):
            self._poll = select.poll()
            self._poll.register(pipe, select.POLLIN)

    def read(self, size: int) -> bytes:
        """So many bytes; fewer at the end of the stream. Raises OSError where nothing more is to be
        hoped for."""
        pieces, left = list[bytes](), size
        while left:
            while self._poll is not None and not self._poll.poll(1000 * _LOOK):
                if self._hopeless():
                    raise OSError("the process does not end")
            piece = self._pipe.read(left)
            if not piece:
                break
            pieces.append(piece)
            left -= len(piece)
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)


class DecodeProcess:
    """One decode process, started when first needed and again after it died."""

    def __init__(self, command: Sequence[str], timeout: float) -> None:
        self._command, self._timeout = list(command), timeout
        self._process: subprocess.Popen[bytes] | None = None
        # What it is at, for `give_up`.
        self.job: Job | None = None
        # When a process that was ended has to be gone.
        self._gone_by: float | None = None
        # Guards the deadline: a process must not be ended for a file that it has just finished.
        self._lock = threading.Lock()
        self._deadline: float | None = None
        self._late = False

    def tell(self, header: dict[str, Any]) -> None:
        """Say something that has no answer, in the middle of a talk."""
        if self._process is None:
            return
        try:
            protocol.send(self._process.stdin, header)  # type: ignore[arg-type]
        except OSError:
            self.close()

    def ask(
        self, header: dict[str, Any], body: bytes = b"", *, follow_up: bool = False, size: int = 0
    ) -> tuple[dict[str, Any], bytes] | str:
        """Ask and wait. Where the process dies, talks nonsense or is ended for being late, the
        answer is a sentence that says so.

        follow_up: it makes sense only to the process that was asked before. size: bytes of the
        file, which may take the longer for it.
        """
        process = self._process if follow_up else self._running()
        if process is None:
            return CRASHED
        allowed = self._timeout + _PATIENCE_A_MB * max(0, size, len(body)) / 1e6
        with self._lock:
            self._late, self._deadline = False, time.monotonic() + allowed
        try:
            protocol.send(process.stdin, header, body)  # type: ignore[arg-type]
            answer = protocol.receive(_Answers(process.stdout, self._is_hopeless), _LONGEST_ANSWER)  # type: ignore[arg-type]
        except (OSError, ValueError):
            answer = None
        finally:
            with self._lock:
                self._deadline = None
        if answer is None:
            self.close()
            if self._late:
                return f"it took longer than {allowed:.0f} seconds to read and decode"
            return _TOO_MUCH_WORK if process.returncode == _TIME_IS_UP else CRASHED
        return answer

    def kill_if_late(self) -> None:
        """End the process if it is past the time that one file may take; called by another thread
        than the one that asked."""
        with self._lock:
            if (
                self._deadline is not None
                and time.monotonic() > self._deadline
                and self._process is not None
            ):
                self._late = True
                self.kill()

    def give_up(self, hopeless: Callable[[Job], bool]) -> None:
        """Its file takes too long from now on, if it is such a one."""
        job = self.job
        with self._lock:
            if self._deadline is not None and job is not None and hopeless(job):
                self._deadline = 0.0

    def kill(self) -> None:
        """End the process, so that whoever waits for its answer gets one at once, or in a moment
        where it does not die."""
        if process := self._process:
            process.kill()
            if self._gone_by is None:
                self._gone_by = time.monotonic() + _GRACE

    def _is_hopeless(self) -> bool:
        return self._gone_by is not None and time.monotonic() > self._gone_by

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is not None and self._process.poll() is not None:
            # It was ended while it had nothing to do; the next file is not to blame.
            self.close()
        if self._process is None:
            self._process = subprocess.Popen(
                self._command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                cwd=PROJECT,
                env=_environment(),
            )
            self._gone_by = None
        return self._process

    def close(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        # Nothing in a decode process is worth waiting for.
        process.kill()
        for stream in (process.stdin, process.stdout):
            try:
                if stream:
                    stream.close()
            except OSError:
                pass
        try:
            process.wait(0.0 if self._is_hopeless() else _GRACE)
        except subprocess.TimeoutExpired:
            _LEFT_BEHIND.append(process)
        _LEFT_BEHIND[:] = [each for each in _LEFT_BEHIND if each.poll() is None]


def _environment() -> dict[str, str]:
    """One thread for each process: there are as many processes as cores. Memory of up to 32 MB is
    taken from the process's own heap and kept there (glibc's mallopt(3)): a picture's buffers are
    as large as the last one's, and asking the system anew costs a tenth."""
    path = os.pathsep.join(filter(None, (str(PROJECT), os.environ.get("PYTHONPATH"))))
    heap = {"MALLOC_MMAP_THRESHOLD_": str(32 << 20), "MALLOC_TRIM_THRESHOLD_": str(128 << 20)}
    return {
        **os.environ,
        **heap,
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "PYTHONPATH": path,
    }
