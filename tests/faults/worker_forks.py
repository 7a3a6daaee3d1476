"""Workers that can be started two hundred times in a minute: `python -m tests.faults.worker_forks`,
asked line by line.

Everything is loaded once, and each worker is a fork of it. A line says what is to happen: the
library, how files are decoded (`near`: in the worker itself, which is quick; `far`: in decode
processes, as always) and the point at which the worker kills itself, if any. The answer is the
worker's process id, and when it has ended, how.
"""

from __future__ import annotations

import functools
import json
import os
import signal
import sys
import traceback
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from explorer.analysis import neighbors
from explorer.decoding.decode_result import DecodeJob, DecodeResult
from explorer.encoders import registry
from explorer.errors import PhotoError
from explorer.indexing import crash_cleanup, worker, worker_loop
from explorer.library import durable_io, previews, vectors
from explorer.library.previews import PreviewStore
from explorer.library.stores import (
    embedding_store,
    file_store,
    neighbor_store,
    photo_store,
    root_store,
    setting_store,
    worker_store,
)
from explorer.library.stores import stage_store as store
from explorer.library.vectors import VectorIndex
from explorer.photos.decode import content_hash, decode
from explorer.photos.decoded_photo import DecodedPhoto
from explorer.photos.file_io import read_with_stat
from explorer.photos.input_spec import InputSpec
from explorer.scanning import root_scan
from tests.tiny import Tiny

# Where a worker can be made to kill itself, just before and just after.
POINTS: dict[str, tuple[Any, str]] = {
    "begin": (crash_cleanup, "mark_started"),
    "end": (crash_cleanup, "mark_finished"),
    "walk": (root_scan, "scan_tree"),
    "flush": (durable_io, "flush"),
    "replace": (Path, "replace"),
    "unlink": (Path, "unlink"),
    "preview": (PreviewStore, "write"),
    "photo": (photo_store, "add_photo"),
    "embedding": (embedding_store, "put_embedding"),
    "present": (file_store, "put_present"),
    "moved": (file_store, "put_moved"),
    "missing": (file_store, "put_missing"),
    "failed": (file_store, "put_failed"),
    "counts": (photo_store, "update_file_counts"),
    "purged": (photo_store, "take_purged_hashes"),
    "root": (root_store, "update_root"),
    "save": (VectorIndex, "save"),
    "neighbours": (neighbor_store, "put_neighbors"),
    "stage": (store, "set_stage_change"),
    "setting": (setting_store, "put_setting"),
    "report": (worker_store, "report_status"),
}

assert all(hasattr(owner, name) for owner, name in POINTS.values())


class InProcessDecoder:
    """What a decode pool does, in this process."""

    def __init__(self, _: int, spec: InputSpec | None) -> None:
        self._spec = spec

    def __enter__(self) -> InProcessDecoder:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def run(
        self,
        jobs: Iterable[DecodeJob],
        known: Callable[[bytes], bool],
        idle: Callable[[], None] = lambda: None,
    ) -> Iterator[DecodeResult]:
        for job in jobs:
            try:
                data, facts = read_with_stat(job.path)
            except PhotoError as error:
                yield DecodeResult(job, error=str(error), fault=error.fault)
                continue
            digest = content_hash(data)
            read = (job, digest, len(data) if len(data) == facts.st_size else -1, facts.st_mtime_ns)
            try:
                yield DecodeResult(
                    *read,
                    photo=None if known(digest) else decode(data, self._spec, mtime=job.mtime),
                )
            except PhotoError as error:
                yield DecodeResult(*read, error=str(error), fault=error.fault)

    def decode_bytes(self, data: bytes) -> DecodedPhoto:
        return decode(data, self._spec)

    def close(self) -> None:
        pass


def users_of(owner: Any, name: str) -> list[Any]:
    """Everything through which the product reaches a function: its owner, and the modules that
    imported it by name."""
    real = getattr(owner, name)
    return [owner] + [
        module
        for qualified, module in list(sys.modules.items())
        if qualified.startswith("explorer.")
        and module is not None
        and module is not owner
        and vars(module).get(name) is real
    ]


def die_at(point: str, count: int, when: str) -> None:
    """Have this process killed when it comes to a point for the `count`-th time, before or after
    what is done there."""
    owner, name = POINTS[point]
    real, left = getattr(owner, name), [count]

    @functools.wraps(real)
    def armed(*args: Any, **options: Any) -> Any:
        left[0] -= 1
        if left[0] == 0 and when == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        result = real(*args, **options)
        if left[0] == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    for user in users_of(owner, name):
        setattr(user, name, armed)
    if point == "flush":
        # These call it through `replace_durably`.
        for user in (previews, vectors):
            user.replace_durably = _replace_durably(armed)  # type: ignore[attr-defined]


def _replace_durably(flush: Callable[[Path], None]) -> Callable[[Path, Path], None]:
    def replace(scratch: Path, path: Path) -> None:
        flush(scratch)
        scratch.replace(path)

    return replace


def _work(asked: dict[str, Any]) -> None:
    os.setsid()
    registry.register("tiny", Tiny)
    if asked["decode"] == "near":
        worker_loop.DecodePool = InProcessDecoder  # type: ignore[assignment,attr-defined]
    neighbors.BLOCK_ROWS = 16
    worker_loop.SAVE_MINIMUM = 5
    if asked.get("point"):
        die_at(asked["point"], asked["count"], asked["when"])
    # Its standard input must not be this process's: the worker lives as long as that is open.
    read, write = os.pipe()
    os.dup2(read, 0)
    os.set_inheritable(write, False)
    sys.stdin = os.fdopen(0, "r")
    os._exit(worker.main(["--library", asked["library"], "--encoder", "tiny", "--offline"]))


def main() -> None:
    for line in sys.stdin:
        asked = json.loads(line)
        child = os.fork()
        if child == 0:
            try:
                _work(asked)
            except BaseException:  # noqa: BLE001  said, and told by the exit code
                traceback.print_exc()
            finally:
                os._exit(70)
        sys.stdout.write(f"{child}\n")
        sys.stdout.flush()
        _, status = os.waitpid(child, 0)
        sys.stdout.write(f"{os.waitstatus_to_exitcode(status)}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
