"""Decoding in processes of its own: a file that crashes, hangs or bloats a codec costs that file
and nothing else.

Each process is led by one thread here, which gives it a file, waits for the answer, and kills and
replaces it when it dies or takes too long. What comes back is bounded: no more photos are held than
a few for each process.
"""

from __future__ import annotations

import contextlib
import os
import queue
import threading
import time
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from explorer import int64
from explorer.decoding import protocol
from explorer.decoding.process import CHILD, CRASHED, DecodeProcess, Job
from explorer.errors import DamagedPhoto, Fault, NotAPhoto, PhotoError, UnsupportedPhoto
from explorer.matching.recompression import Left
from explorer.photos.input_spec import InputSpec
from explorer.photos.types import DecodedPhoto

# Photos that wait for each process's thread to be taken: enough that no process ever waits for the
# encoder's next batch.
_AHEAD = 12
# Seconds between two looks at whether a process takes too long, or anything has come; and that a
# cancelled run waits for its last files.
_LOOK, _PATIENCE = 0.25, 1.0
# Seconds that one file may take: of the processor's time, and by the clock, where it also waits for
# its drive and its turn on a busy computer. A 100-megapixel photo takes a few. Large files are
# given more, for each megabyte.
SECONDS, PATIENCE = 60.0, 300.0
_SECONDS_A_MB = 1.0


@dataclass(frozen=True)
class Outcome:
    """What became of a job. digest, size, mtime_ns: of the bytes that were read; digest is None
    where they could not be. size is -1 for a file that changed while it was read.

    photo: None if the content was known or could not be decoded; error: why it could not. passing:
    what was in the way may be the computer's state and not the file: the process died or was ended,
    or memory was short. fault: of an error, whose it is.
    """

    job: Job
    digest: bytes | None = None
    size: int = 0
    mtime_ns: int = 0
    photo: DecodedPhoto | None = None
    error: str | None = None
    passing: bool = False
    fault: Fault = "environment"


class DecodePool:
    """A number of decode processes. `run` and `decode_bytes` may be used by one thread at a time
    each."""

    def __init__(
        self,
        workers: int,
        spec: InputSpec | None,
        timeout: float = PATIENCE,
        command: Sequence[str] = CHILD,
        seconds: float = SECONDS,
    ) -> None:
        """spec: the encoder's input, or None. timeout, seconds: what one file may take by the
        clock, and of the processor's time."""
        self._header: dict[str, Any] = {"spec": asdict(spec)} if spec else {}
        self._side, self._seconds = spec.size if spec else 0, seconds
        self._children = [DecodeProcess(command, timeout) for _ in range(max(1, workers))]
        self._spare = threading.Lock()
        self._single = DecodeProcess(command, timeout)

    def __enter__(self) -> DecodePool:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End all processes. A `run` that is still going on must be closed first."""
        for child in [*self._children, self._single]:
            child.close()

    def decode_bytes(self, data: bytes) -> DecodedPhoto:
        """A photo that is no file of the library. Raises PhotoError."""
        with self._spare:
            with _watch([self._single]):
                answer = self._single.ask(self._request(len(data)), data)
            photo = answer if isinstance(answer, str) else self._photo(self._single, *answer)
        if isinstance(photo, str):
            raise _ERRORS.get(
                "environment" if isinstance(answer, str) else _fault(answer[0]), PhotoError
            )(photo)
        return photo

    def look_closer(
        self, path: str, wanted: Literal["pixels", "fraction"]
    ) -> tuple[bytes, str | None] | None:
        """One more fact of a file (see `matching/full_resolution.py`) with the hash of the bytes it
        is of; None where it cannot be had."""
        return self._ask({"path": os.fsencode(path).hex(), "closer": wanted})

    def look_beside(self, path: str, other: str) -> tuple[bytes, bytes, Left] | None:
        """What saving one of two files as the other leaves, after the hashes of the bytes of both;
        None where it cannot be had."""
        looked = self._ask(
            {"path": os.fsencode(path).hex(), "closer": "left", "beside": os.fsencode(other).hex()}
        )
        if looked is None or looked[1] is None:
            return None
        digest, *left = looked[1].split()
        return looked[0], bytes.fromhex(digest), Left(*map(float, left))

    def merge_metadata(self, request: dict[str, Any]) -> tuple[dict[str, Any], bytes] | str:
        """What one photo should learn from another before that goes (see
        `photos/metadata/collect.py`), or why that cannot be told."""
        with self._spare, _watch([self._single]):
            answer = self._single.ask({"merge": request, "seconds": self._seconds})
        return (
            str(answer[0]["error"])
            if not isinstance(answer, str) and "error" in answer[0]
            else answer
        )

    def _ask(self, request: dict[str, Any]) -> tuple[bytes, str | None] | None:
        with self._spare, _watch([self._single]):
            answer = self._single.ask(request)
        if isinstance(answer, str) or "error" in answer[0]:
            return None
        try:
            fact = answer[0]["fact"]
            return bytes.fromhex(answer[0]["hash"]), None if fact is None else str(fact)
        except (KeyError, TypeError, ValueError):
            self._single.close()
            return None

    def give_up(self, hopeless: Callable[[Job], bool]) -> None:
        """End the processes that are at such a file, as if it had taken too long."""
        for child in self._children:
            child.give_up(hopeless)

    def run(
        self,
        jobs: Iterable[Job],
        known: Callable[[bytes], bool],
        idle: Callable[[], None] = lambda: None,
    ) -> Generator[Outcome, None, None]:
        """Read, hash and decode files; outcomes come as they are ready, in no order.

        known: whether a content (by its hash) need not be decoded; called from several threads.
        idle: called while nothing comes, several times a second; where it raises, so does this.
        Closing the generator early stops the processes after the files they are at.
        """
        ready: queue.Queue[Outcome | BaseException | None] = queue.Queue(
            _AHEAD * len(self._children)
        )
        source, source_lock, stop = iter(jobs), threading.Lock(), threading.Event()

        def lead(child: DecodeProcess) -> None:
            try:
                while not stop.is_set():
                    with source_lock:
                        job = next(source, None)
                    if job is None:
                        break
                    _offer(ready, self._one(child, job, known, stop), stop)
            except BaseException as error:  # noqa: BLE001  carried over to the thread that asked
                _offer(ready, error, stop)
            _offer(ready, None, stop)

        threads = [
            threading.Thread(target=lead, args=(child,), name="decode-lead", daemon=True)
            for child in self._children
        ]
        for thread in threads:
            thread.start()
        try:
            with _watch(self._children):
                yield from _drain(ready, len(threads), idle)
        finally:
            stop.set()
            end = time.monotonic() + _PATIENCE
            for thread, child in zip(threads, self._children, strict=True):
                thread.join(max(0.0, end - time.monotonic()))
                while thread.is_alive():
                    child.kill()
                    thread.join(0.1)

    def _one(
        self, child: DecodeProcess, job: Job, known: Callable[[bytes], bool], stop: threading.Event
    ) -> Outcome:
        child.job = job
        outcome = self._try(child, job, known)
        if outcome.error == CRASHED and not stop.is_set():
            # Perhaps it was ended from outside, for want of memory, say. A file that crashes two is
            # to blame itself.
            outcome = self._try(child, job, known)
        return outcome

    def _try(self, child: DecodeProcess, job: Job, known: Callable[[bytes], bool]) -> Outcome:
        request = self._request(job.size) | {
            "path": os.fsencode(job.path).hex(),
            "mtime": job.mtime,
        }
        first = child.ask(request, size=job.size)
        if isinstance(first, str):
            return Outcome(job, error=first)
        header, _ = first
        if "error" in header:
            return Outcome(job, error=str(header["error"]), fault=_fault(header))
        try:
            digest, size, mtime_ns = (
                bytes.fromhex(header["hash"]),
                int(header["size"]),
                int64.time_ns(int(header["mtime_ns"])),
            )
        except (KeyError, TypeError, ValueError):
            child.close()
            return Outcome(job, error=CRASHED)
        try:
            wanted = not known(digest)
        except BaseException:
            # It waits to be told; nobody will.
            child.close()
            raise
        if not wanted:
            child.tell({"do": "skip"})
            return Outcome(job, digest, size, mtime_ns)
        second = child.ask({"do": "decode"}, follow_up=True, size=size)
        photo = second if isinstance(second, str) else self._photo(child, *second)
        if isinstance(photo, str):
            passing = isinstance(second, str) or second[0].get("passing") is True
            fault: Fault = "environment" if isinstance(second, str) else _fault(second[0])
            return Outcome(job, digest, size, mtime_ns, error=photo, passing=passing, fault=fault)
        return Outcome(job, digest, size, mtime_ns, photo=photo)

    def _request(self, size: int) -> dict[str, Any]:
        return self._header | {"seconds": self._seconds + _SECONDS_A_MB * max(0, size) / 1e6}

    def _photo(
        self, child: DecodeProcess, header: dict[str, Any], body: bytes
    ) -> DecodedPhoto | str:
        """What an answer says: a photo, or why there is none."""
        if "error" in header:
            return str(header["error"])
        try:
            photo = protocol.unpack(header["photo"], body)
            if (len(photo.input) if photo.input is not None else 0) != self._side:
                raise ValueError("not the input that was asked for")
            return photo
        except (KeyError, TypeError, ValueError, AttributeError):
            child.close()
            return CRASHED


_ERRORS: dict[Fault, type[PhotoError]] = {
    "damaged": DamagedPhoto,
    "foreign": NotAPhoto,
    "unsupported": UnsupportedPhoto,
}


def _fault(header: dict[str, Any]) -> Fault:
    """Whose fault an error is, as the process says; of an answer that says nothing known, not the
    file's."""
    fault = header.get("fault")
    return fault if isinstance(fault, str) and fault in _ERRORS else "environment"


@contextlib.contextmanager
def _watch(children: Sequence[DecodeProcess]) -> Iterator[None]:
    """End the processes that take too long at one file. One thread for all: a timer for each file
    costs a tenth of decoding a small one."""
    stop = threading.Event()

    def look() -> None:
        while not stop.wait(_LOOK):
            for child in children:
                child.kill_if_late()

    thread = threading.Thread(target=look, name="decode-watch", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def _offer(ready: queue.Queue[Any], item: object, stop: threading.Event) -> None:
    """Put an item, unless nobody waits for it any more."""
    while not stop.is_set():
        try:
            ready.put(item, timeout=0.2)
            return
        except queue.Full:
            continue


def _drain(
    ready: queue.Queue[Outcome | BaseException | None], producers: int, idle: Callable[[], None]
) -> Iterator[Outcome]:
    while producers:
        try:
            item = ready.get(timeout=_LOOK)
        except queue.Empty:
            idle()
            continue
        if item is None:
            producers -= 1
        elif isinstance(item, BaseException):
            raise item
        else:
            yield item
