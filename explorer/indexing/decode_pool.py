"""Decoding in processes of its own: a file that crashes, hangs or bloats a codec costs that file and nothing else.

Each process is led by one thread here, which gives it a file, waits for the answer, and kills and replaces it when it dies or takes
too long. What comes back is bounded: no more photos are held than a few for each process.
"""

from __future__ import annotations

import os
import queue
import subprocess
import sys
import threading
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from explorer.config import PROJECT
from explorer.errors import DamagedPhoto, PhotoError
from explorer.photos import wire
from explorer.photos.facts import DecodedPhoto
from explorer.photos.inputs import InputSpec

CHILD = (sys.executable, "-m", "explorer.photos.child")

# Photos that wait for each process's thread to be taken: enough that no process ever waits for the encoder's next batch.
_AHEAD = 12


@dataclass(frozen=True)
class Job:
    """A file to be read. mtime: Unix seconds. tag: the caller's own, given back with the outcome."""

    path: str
    mtime: float
    tag: object = None


@dataclass(frozen=True)
class Outcome:
    """What became of a job. digest, size, mtime_ns: of the bytes that were read; digest is None where they could not be.

    photo: None if the content was known or could not be decoded; error: why it could not.
    """

    job: Job
    digest: bytes | None = None
    size: int = 0
    mtime_ns: int = 0
    photo: DecodedPhoto | None = None
    error: str | None = None


class DecodePool:
    """A number of decode processes. `run` and `decode_bytes` may be used by one thread at a time each."""

    def __init__(self, workers: int, spec: InputSpec | None, timeout: float = 60.0, command: Sequence[str] = CHILD) -> None:
        """spec: the encoder's input, or None. timeout: seconds that one file may take."""
        self._header = {"spec": asdict(spec)} if spec else {}
        self._children = [_Child(command, timeout) for _ in range(max(1, workers))]
        self._spare = threading.Lock()
        self._single: _Child | None = None
        self._make_single = lambda: _Child(command, timeout)

    def __enter__(self) -> DecodePool:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End all processes. A `run` that is still going on must be closed first."""
        for child in [*self._children, *([self._single] if self._single else [])]:
            child.close()

    def decode_bytes(self, data: bytes) -> DecodedPhoto:
        """A photo that is no file of the library. Raises PhotoError."""
        with self._spare:
            self._single = self._single or self._make_single()
            answer = self._single.ask(self._header, data)
        if isinstance(answer, str):
            raise PhotoError(answer)
        header, body = answer
        if "error" in header:
            raise DamagedPhoto(header["error"])
        return wire.unpack(header["photo"], body)

    def run(self, jobs: Iterable[Job], known: Callable[[bytes], bool]) -> Generator[Outcome, None, None]:
        """Read, hash and decode files; outcomes come as they are ready, in no order.

        known: whether a content (by its hash) need not be decoded; called from several threads. Closing the generator early stops the
        processes after the files they are at.
        """
        ready: queue.Queue[Outcome | BaseException | None] = queue.Queue(_AHEAD * len(self._children))
        source, source_lock, stop = iter(jobs), threading.Lock(), threading.Event()

        def lead(child: _Child) -> None:
            try:
                while not stop.is_set():
                    with source_lock:
                        job = next(source, None)
                    if job is None:
                        break
                    _offer(ready, self._one(child, job, known), stop)
            except BaseException as error:  # noqa: BLE001  carried over to the thread that asked
                _offer(ready, error, stop)
            _offer(ready, None, stop)

        threads = [threading.Thread(target=lead, args=(child,), name="decode-lead", daemon=True) for child in self._children]
        for thread in threads:
            thread.start()
        try:
            yield from _drain(ready, len(threads))
        finally:
            stop.set()
            for thread in threads:
                thread.join()

    def _one(self, child: _Child, job: Job, known: Callable[[bytes], bool]) -> Outcome:
        first = child.ask(self._header | {"path": os.fsencode(job.path).hex(), "mtime": job.mtime})
        if isinstance(first, str):
            return Outcome(job, error=first)
        header, _ = first
        if "error" in header:
            return Outcome(job, error=header["error"])
        digest, size, mtime_ns = bytes.fromhex(header["hash"]), int(header["size"]), int(header["mtime_ns"])
        if known(digest):
            child.tell({"do": "skip"})
            return Outcome(job, digest, size, mtime_ns)
        second = child.ask({"do": "decode"})
        if isinstance(second, str):
            return Outcome(job, digest, size, mtime_ns, error=second)
        header, body = second
        if "error" in header:
            return Outcome(job, digest, size, mtime_ns, error=header["error"])
        return Outcome(job, digest, size, mtime_ns, photo=wire.unpack(header["photo"], body))


def _offer(ready: queue.Queue[Any], item: object, stop: threading.Event) -> None:
    """Put an item, unless nobody waits for it any more."""
    while not stop.is_set():
        try:
            ready.put(item, timeout=0.2)
            return
        except queue.Full:
            continue


def _drain(ready: queue.Queue[Outcome | BaseException | None], producers: int) -> Iterator[Outcome]:
    while producers:
        item = ready.get()
        if item is None:
            producers -= 1
        elif isinstance(item, BaseException):
            raise item
        else:
            yield item


class _Child:
    """One decode process, started when first needed and again after it died."""

    def __init__(self, command: Sequence[str], timeout: float) -> None:
        self._command, self._timeout = list(command), timeout
        self._process: subprocess.Popen[bytes] | None = None

    def tell(self, header: dict[str, Any]) -> None:
        """Say something that has no answer."""
        process = self._running()
        try:
            wire.send(process.stdin, header)  # type: ignore[arg-type]
        except OSError:
            self.close()

    def ask(self, header: dict[str, Any], body: bytes = b"") -> tuple[dict[str, Any], bytes] | str:
        """Ask and wait; a process that dies or takes too long is ended, and the answer is a sentence that says so."""
        process = self._running()
        late = threading.Event()

        def kill() -> None:
            late.set()
            process.kill()

        timer = threading.Timer(self._timeout, kill)
        timer.daemon = True
        timer.start()
        try:
            wire.send(process.stdin, header, body)  # type: ignore[arg-type]
            answer = wire.receive(process.stdout)  # type: ignore[arg-type]
        except OSError:
            answer = None
        finally:
            timer.cancel()
            timer.join()
        if answer is None:
            self.close()
            return f"it took longer than {self._timeout:.0f} seconds to decode" if late.is_set() else "the decoder crashed on this file"
        return answer

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None:
            self._process = subprocess.Popen(
                self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=PROJECT, env=_environment()
            )
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
        process.wait()


def _environment() -> dict[str, str]:
    """One thread for each process: there are as many processes as cores."""
    return {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "PYTHONPATH": str(PROJECT)}
