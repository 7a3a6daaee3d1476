"""The handle of a decode process: start it, send it requests, and kill it when it is overdue.

Crashes of decoders are contained here: whatever happens to the child process (`decode_server.py`),
`DecodeProcess.request` returns an answer or a sentence that says why there is none, and the next
request starts a new process.
"""

from __future__ import annotations

import contextlib
import io
import select
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from typing import IO, Any, cast

from explorer.decoding import protocol
from explorer.decoding.decode_result import DecodeJob
from explorer.decoding.process_start import KILL_GRACE, end_process, start_process

DECODER_CRASHED = "the decoder crashed on this file"
TOO_MUCH_CPU_TIME = "it takes too long to decode: the decoder was stopped"
# The exit status of a process that used up its processor time (RLIMIT_CPU); None on systems without
# such a limit.
_CPU_LIMIT_EXIT = -int(getattr(signal, "SIGXCPU", 0)) or None
# Far above any real answer, which contains a preview and the encoder's input.
_MAX_ANSWER_BYTES = 256 << 20
# Seconds of wall-clock time added per megabyte of a file.
_WALL_SECONDS_PER_MB = 5.0
# Seconds between checks of the deadlines.
POLL_SECONDS = 0.25


class _PipeReader:
    """Reads a process's answers, and stops waiting if the process was killed but does not exit.

    On Windows, where pipes cannot be polled, it waits for the end of the stream.
    """

    def __init__(self, pipe: IO[bytes], is_hopeless: Callable[[], bool]) -> None:
        # Unbuffered, because `poll` does not see bytes that are already in a buffer.
        self._pipe, self._is_hopeless = cast("io.BufferedReader", pipe).raw, is_hopeless
        self._poll = None
        if hasattr(select, "poll"):
            self._poll = select.poll()
            self._poll.register(pipe, select.POLLIN)

    def read(self, size: int) -> bytes:
        """Read `size` bytes, or fewer at the end of the stream. Raises OSError if the process was
        killed but does not exit."""
        pieces, left = list[bytes](), size
        while left:
            while self._poll is not None and not self._poll.poll(1000 * POLL_SECONDS):
                if self._is_hopeless():
                    raise OSError("the process does not exit")
            piece = self._pipe.read(left)
            if not piece:
                break
            pieces.append(piece)
            left -= len(piece)
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)


class DecodeProcess:
    """A decode process, started on the first request and restarted after it dies.

    One thread sends requests; `kill_if_overdue`, `expire` and `kill` may be called from others.
    """

    def __init__(self, command: Sequence[str], timeout: float) -> None:
        """command: the program to run. timeout: seconds of wall-clock time for one request."""
        self._command, self._timeout = list(command), timeout
        self._process: subprocess.Popen[bytes] | None = None
        self.job: DecodeJob | None = None
        """The current job, for `expire`."""
        # The time by which a killed process should have exited.
        self._exit_deadline: float | None = None
        # Guards the deadline, so that a process is never killed for a file it has just finished.
        self._lock = threading.Lock()
        self._deadline: float | None = None
        self._overdue = False

    def notify(self, header: dict[str, Any]) -> None:
        """Send a message without an answer, after an earlier request."""
        if self._process is None:
            return
        try:
            protocol.send(_pipe(self._process.stdin), header)
        except OSError:
            self.close()

    def request(
        self, header: dict[str, Any], body: bytes = b"", *, follow_up: bool = False, size: int = 0
    ) -> tuple[dict[str, Any], bytes] | str:
        """Send a request and wait for the answer. Returns its header and body, or a sentence for
        the user if the process died, sent an invalid answer or ran out of time.

        follow_up: the request depends on an earlier one, so a new process cannot answer it. size:
        the size of the file in bytes; large files are given more time.
        """
        process = self._process if follow_up else self._running()
        if process is None:
            return DECODER_CRASHED
        allowed = self._timeout + _WALL_SECONDS_PER_MB * max(0, size, len(body)) / 1e6
        with self._lock:
            self._overdue, self._deadline = False, time.monotonic() + allowed
        try:
            protocol.send(_pipe(process.stdin), header, body)
            reader = _PipeReader(_pipe(process.stdout), self._is_hopeless)
            answer = protocol.receive(reader, _MAX_ANSWER_BYTES)
        except (OSError, ValueError):
            answer = None
        finally:
            with self._lock:
                self._deadline = None
        if answer is None:
            self.close()
            if self._overdue:
                return f"it took longer than {allowed:.0f} seconds to read and decode"
            cpu_limit_hit = process.returncode == _CPU_LIMIT_EXIT
            return TOO_MUCH_CPU_TIME if cpu_limit_hit else DECODER_CRASHED
        return answer

    def kill_if_overdue(self) -> None:
        """Kill the process if its request is past the deadline."""
        with self._lock:
            if (
                self._deadline is not None
                and time.monotonic() > self._deadline
                and self._process is not None
            ):
                self._overdue = True
                self.kill()

    def expire(self, concerned: Callable[[DecodeJob], bool]) -> None:
        """Let the deadline of the current job expire now if `concerned` is true for it."""
        job = self.job
        with self._lock:
            if self._deadline is not None and job is not None and concerned(job):
                self._deadline = 0.0

    def kill(self) -> None:
        """Kill the process, so that a pending `request` returns at once, or after a short grace
        period if the process does not exit."""
        if process := self._process:
            process.kill()
            if self._exit_deadline is None:
                self._exit_deadline = time.monotonic() + KILL_GRACE

    def close(self) -> None:
        """Kill and reap the process. It has no state that could be lost."""
        process, self._process = self._process, None
        if process is not None:
            end_process(process, 0.0 if self._is_hopeless() else KILL_GRACE)

    def _is_hopeless(self) -> bool:
        return self._exit_deadline is not None and time.monotonic() > self._exit_deadline

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is not None and self._process.poll() is not None:
            # It was killed while idle, so the next file is not the cause.
            self.close()
        if self._process is None:
            self._process = start_process(self._command)
            self._exit_deadline = None
        return self._process


@contextlib.contextmanager
def overdue_watchdog(processes: Sequence[DecodeProcess]) -> Iterator[None]:
    """Kill processes that are past their deadline while the block runs.

    One thread watches all of them, because a timer per file would cost a tenth of the time that
    decoding a small file takes.
    """
    stop = threading.Event()

    def check() -> None:
        while not stop.wait(POLL_SECONDS):
            for process in processes:
                process.kill_if_overdue()

    thread = threading.Thread(target=check, name="decode-watchdog", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def _pipe(stream: IO[bytes] | None) -> IO[bytes]:
    if stream is None:
        raise OSError("the process has no pipe")
    return stream
