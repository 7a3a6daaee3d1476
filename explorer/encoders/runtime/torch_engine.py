"""Encode images in a process with torch and a graphics processor (`torch_process`)."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import numpy as np

from explorer.config import PROJECT
from explorer.encoders.base import Pixels, Vectors
from explorer.encoders.runtime.torch_process import HEADER_BYTES
from explorer.errors import EncoderError
from explorer.systems.child_process import end_process
from explorer.systems.this_system import this_system

IDLE_SECONDS = 60.0
"""The process ends when it has been idle for this long, which frees its memory and that of the
graphics processor. The next image starts it again."""


class TorchFailed(EncoderError):
    """torch cannot be used with this device and model; the message says why."""


def torch_command(device: str, name: str, file: str) -> list[str]:
    """The command line of the process."""
    return [sys.executable, "-m", "explorer.encoders.runtime.torch_process", device, name, file]


class TorchModel:
    """An image encoder in a process of its own. Safe to call from several threads."""

    def __init__(
        self, device: str, name: str, file: Path, dim: int, started: Callable[[], None]
    ) -> None:
        """device: as in torch. name: the encoder's. file: its weights. dim: of its vectors.
        started: called when the process has proved to work."""
        self._arguments, self._dim = (device, name, str(file)), dim
        self._started = started
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._timer: threading.Timer | None = None

    def start(self) -> None:
        """Start the process, unless it is running. Raises TorchFailed."""
        with self._lock:
            self._running()

    def __call__(self, pixels: Pixels) -> Vectors:
        """uint8 (n, size, size, 3) → unit vectors, float32 (n, dim). Raises TorchFailed."""
        with self._lock:
            process = self._running()
            assert process.stdin and process.stdout  # noqa: S101
            wanted = len(pixels) * self._dim * 4
            try:
                process.stdin.write(len(pixels).to_bytes(HEADER_BYTES, "little"))
                process.stdin.write(np.ascontiguousarray(pixels).data)
                process.stdin.flush()
                answer = process.stdout.read(wanted)
            except OSError:
                answer = b""
            if len(answer) != wanted:
                self._end()
                raise TorchFailed("its process ended while it encoded photos")
            self._end_when_idle()
            return np.frombuffer(answer, np.float32).reshape(len(pixels), self._dim).copy()

    def close(self) -> None:
        """End the process, if it is running."""
        with self._lock:
            self._end()

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is not None and self._process.poll() is None:
            return self._process
        self._end()
        process = self._process = subprocess.Popen(
            torch_command(*self._arguments),
            cwd=PROJECT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            **this_system().background_process(),
        )
        assert process.stdout  # noqa: S101
        line = process.stdout.readline()
        if line != b"\n":
            self._end()
            problem = line.decode("utf-8", "replace").strip()
            raise TorchFailed(problem or "its process ended before it was ready")
        self._started()
        self._end_when_idle()
        return process

    def _end_when_idle(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = threading.Timer(IDLE_SECONDS, self.close)
        self._timer.daemon = True
        self._timer.start()

    def _end(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        process, self._process = self._process, None
        if process is not None:
            end_process(process)
