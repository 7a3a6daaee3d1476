"""A pool of decode processes, so that a file on which a codec crashes, hangs or runs out of memory
affects no other file.

Each process is driven by one thread of the pool, which sends it a file, waits for the answer, and
replaces the process when it dies or is overdue. The queue of results is bounded, so only a few
decoded photos per process are held in memory.
"""

from __future__ import annotations

import logging
import os
import queue
import threading
import time
from collections.abc import Callable, Generator, Iterable, Sequence
from dataclasses import asdict
from typing import Any, Literal, TypeVar

from explorer.decoding import answers, protocol
from explorer.decoding.decode_result import DecodeJob, DecodeResult
from explorer.decoding.process import (
    DECODER_CRASHED,
    TOO_MUCH_CPU_TIME,
    DecodeProcess,
    overdue_watchdog,
)
from explorer.decoding.process_start import DECODE_COMMAND
from explorer.decoding.result_queue import drain, put
from explorer.errors import DecodingFailed, Fault, PhotoError
from explorer.matching.recompression import RecompressionResidual
from explorer.photos.decoded_photo import DecodedPhoto
from explorer.photos.input_spec import InputSpec

log = logging.getLogger("explorer.decoding")
_Fact = TypeVar("_Fact")
# Results queued per process: enough that no process waits for the encoder's next batch.
_QUEUED_PER_PROCESS = 12
# Seconds that an interrupted run waits for the files in progress before it kills the processes.
_CLOSE_GRACE = 1.0
# Seconds allowed per file: of wall-clock time, which includes waiting for a drive or a busy
# computer, and of processor time. A photo of 100 megapixels takes a few seconds.
WALL_TIMEOUT, CPU_TIMEOUT = 300.0, 60.0
_CPU_SECONDS_PER_MB = 1.0


class DecodePool:
    """A number of decode processes for `run`, and one more for single requests.

    `run` may be used by one thread at a time, the other methods by any number.
    """

    def __init__(
        self,
        workers: int,
        spec: InputSpec | None,
        timeout: float = WALL_TIMEOUT,
        command: Sequence[str] = DECODE_COMMAND,
        cpu_timeout: float = CPU_TIMEOUT,
    ) -> None:
        """workers: the number of processes for `run`. spec: the encoder's input; None for no input.
        timeout, cpu_timeout: seconds of wall-clock time and of processor time allowed per file.
        """
        self._header: dict[str, Any] = {"spec": asdict(spec)} if spec else {}
        self._side, self._cpu_timeout = spec.size if spec else 0, cpu_timeout
        self._processes = [DecodeProcess(command, timeout) for _ in range(max(1, workers))]
        self._single_lock = threading.Lock()
        self._single = DecodeProcess(command, timeout)
        self._reported = set[str]()

    def __enter__(self) -> DecodePool:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End all processes. Any `run` in progress must be closed first."""
        for process in [*self._processes, self._single]:
            process.close()

    def decode_bytes(self, data: bytes) -> DecodedPhoto:
        """Decode a photo given as bytes, such as an upload. Raises PhotoError."""
        with self._single_lock:
            with overdue_watchdog([self._single]):
                answer = self._single.request(self._limits(len(data)), data)
            photo = answer if isinstance(answer, str) else self._photo(self._single, *answer)
        if isinstance(photo, str):
            fault = "environment" if isinstance(answer, str) else answers.fault_of(answer[0])
            raise answers.ERRORS.get(fault, PhotoError)(photo)
        return photo

    def full_resolution_fact(
        self, path: str, wanted: Literal["pixels", "fraction"]
    ) -> tuple[bytes, str | None] | None:
        """The content hash of a file and one fact that needs the whole file: its pixel hash in
        hexadecimal, or the fraction of the second it was taken (`matching/full_resolution.py`).

        None if the file cannot be read. The fact is None if the file does not have it or cannot be
        decoded. Raises DecodingFailed if the file crashes the process.
        """
        return self._file_fact({"path": os.fsencode(path).hex(), "fact": wanted})

    def recompression_residual(
        self, path: str, other: str
    ) -> tuple[bytes, bytes, RecompressionResidual | None] | None:
        """The content hashes of two files, and the residual after recompressing one like the other
        (`matching/recompression.py`).

        None if a file cannot be read or does not fit into free memory. The residual is None if it
        cannot be measured. Raises DecodingFailed if the file crashes the process.
        """
        return self._pair_fact(path, other, answers.residual_of, fact="residual")

    def fine_differences(
        self, path: str, other: str, unit: Sequence[float]
    ) -> tuple[bytes, bytes, bool | None] | None:
        """The content hashes of two files, and whether they have differences that previews are too
        small to show (`matching/fine_differences.py`). unit: the matrix, row by row.

        None and DecodingFailed: as for `recompression_residual`.
        """
        parse, matrix = answers.differences_of, list(unit)
        return self._pair_fact(path, other, parse, fact="differences", unit=matrix)

    def plain_copies(
        self, path: str, other: str, unit: Sequence[float]
    ) -> tuple[bytes, bytes, int | None] | None:
        """As `fine_differences`, but which one is a plain copy (`matching/plain_copies.py`)."""
        return self._pair_fact(path, other, answers.copies_of, fact="copies", unit=list(unit))

    def _pair_fact(
        self, path: str, other: str, parse: Callable[[str], tuple[bytes, _Fact]], **wanted: object
    ) -> tuple[bytes, bytes, _Fact] | None:
        paths = {"path": os.fsencode(path).hex(), "other": os.fsencode(other).hex()}
        answer = self._file_fact(paths | wanted)
        if answer is None or answer[1] is None:
            return None
        try:
            return answer[0], *parse(answer[1])
        except ValueError as error:
            raise DecodingFailed(DECODER_CRASHED) from error

    def sidecar(self, task: dict[str, Any]) -> tuple[dict[str, Any], bytes] | str:
        """Merge or edit a sidecar: `{"merge": …}` (`photos/metadata/sidecar_merge.py`) or
        `{"sidecar": …}` (`sidecar_values.py`). Returns the answer, or why it failed."""
        with self._single_lock, overdue_watchdog([self._single]):
            answer = self._single.request({**task, "seconds": self._cpu_timeout})
            if isinstance(answer, str):
                return answer
            error = answers.error_of(answer[0])
            if error is None and not answers.is_merged_sidecar(*answer):
                self._single.close()
                error = DECODER_CRASHED
        return answer if error is None else error

    def _file_fact(self, request: dict[str, Any]) -> tuple[bytes, str | None] | None:
        with self._single_lock, overdue_watchdog([self._single]):
            answer = self._single.request(request)
            if answer in (DECODER_CRASHED, TOO_MUCH_CPU_TIME):
                raise DecodingFailed(str(answer))
            # Exceeding the wall-clock limit counts as unreadable, because a drive may not respond.
            if isinstance(answer, str) or "error" in answer[0]:
                return None
            try:
                return answers.fact_of(answer[0])
            except ValueError as error:
                self._single.close()
                raise DecodingFailed(DECODER_CRASHED) from error

    def expire(self, concerned: Callable[[DecodeJob], bool]) -> None:
        """Kill the processes that are working on a job for which `concerned` is true, as if it were
        overdue."""
        for process in self._processes:
            process.expire(concerned)

    def run(
        self,
        jobs: Iterable[DecodeJob],
        known: Callable[[bytes], bool],
        idle: Callable[[], None] = lambda: None,
    ) -> Generator[DecodeResult, None, None]:
        """Read, hash and decode files. Yields one result per job, in no particular order.

        known: returns whether the content with this hash need not be decoded; called from several
        threads. idle: called several times a second while there is no result; its exceptions
        propagate. Closing the generator early stops the processes after the files in progress.
        """
        results: queue.Queue[DecodeResult | BaseException | None] = queue.Queue(
            _QUEUED_PER_PROCESS * len(self._processes)
        )
        source, source_lock, stop = iter(jobs), threading.Lock(), threading.Event()

        def drive(process: DecodeProcess) -> None:
            try:
                while not stop.is_set():
                    with source_lock:
                        job = next(source, None)
                    if job is None:
                        break
                    put(results, self._run_job(process, job, known, stop), stop)
            except BaseException as error:  # noqa: BLE001  re-raised in the caller's thread
                put(results, error, stop)
            put(results, None, stop)

        threads = [
            threading.Thread(target=drive, args=(process,), name="decode-driver", daemon=True)
            for process in self._processes
        ]
        for thread in threads:
            thread.start()
        try:
            with overdue_watchdog(self._processes):
                yield from drain(results, len(threads), idle)
        finally:
            stop.set()
            end = time.monotonic() + _CLOSE_GRACE
            for thread, process in zip(threads, self._processes, strict=True):
                thread.join(max(0.0, end - time.monotonic()))
                while thread.is_alive():
                    process.kill()
                    thread.join(0.1)

    def _run_job(
        self,
        process: DecodeProcess,
        job: DecodeJob,
        known: Callable[[bytes], bool],
        stop: threading.Event,
    ) -> DecodeResult:
        process.job = job
        result = self._run_job_once(process, job, known)
        if result.error == DECODER_CRASHED and not stop.is_set():
            # The process may have been killed from outside, for example because memory ran out. If
            # a second process crashes, too, the file is the cause.
            result = self._run_job_once(process, job, known)
        return result

    def _run_job_once(
        self, process: DecodeProcess, job: DecodeJob, known: Callable[[bytes], bool]
    ) -> DecodeResult:
        request = self._limits(job.size) | {"path": os.fsencode(job.path).hex(), "mtime": job.mtime}
        first = process.request(request, size=job.size)
        if isinstance(first, str):
            return DecodeResult(job, error=first)
        header, _ = first
        if (error := answers.error_of(header)) is not None:
            in_use = header.get("in_use") is True
            return DecodeResult(job, error=error, in_use=in_use, fault=answers.fault_of(header))
        try:
            digest, size, mtime_ns = answers.content_of(header)
        except ValueError:
            process.close()
            return DecodeResult(job, error=DECODER_CRASHED)
        try:
            wanted = not known(digest)
        except BaseException:
            # The process would wait forever for the next message.
            process.close()
            raise
        if not wanted:
            process.notify({"do": "skip"})
            return DecodeResult(job, digest, size, mtime_ns)
        second = process.request({"do": "decode"}, follow_up=True, size=size)
        photo = second if isinstance(second, str) else self._photo(process, *second)
        if isinstance(photo, str):
            transient = isinstance(second, str) or second[0].get("transient") is True
            fault: Fault = "environment" if isinstance(second, str) else answers.fault_of(second[0])
            return DecodeResult(
                job, digest, size, mtime_ns, error=photo, transient=transient, fault=fault
            )
        return DecodeResult(job, digest, size, mtime_ns, photo=photo)

    def _limits(self, size: int) -> dict[str, Any]:
        """The fields common to all requests for decoding: the input spec and the processor time."""
        seconds = self._cpu_timeout + _CPU_SECONDS_PER_MB * max(0, size) / 1e6
        return self._header | {"seconds": seconds}

    def _photo(
        self, process: DecodeProcess, header: dict[str, Any], body: bytes
    ) -> DecodedPhoto | str:
        """The photo in an answer, or a sentence that says why there is none."""
        if (error := answers.error_of(header)) is not None:
            return error
        try:
            photo = protocol.unpack(header.get("photo"), body)
            if (len(photo.input) if photo.input is not None else 0) != self._side:
                raise ValueError("not the input that was requested")
            self._report(photo.measuring_error)
            return photo
        except ValueError:
            process.close()
            return DECODER_CRASHED

    def _report(self, error: str) -> None:
        """Log once that quality could not be measured, which the process itself cannot."""
        if error and error not in self._reported:
            self._reported.add(error)
            log.warning("The quality of a photo could not be measured: %s", error)
