"""Workers are killed again and again while photos come, go and move; the library must never notice.

Eighty kills by default, four hundred in the thorough profile; EXPLORER_KILLS says how many
otherwise, EXPLORER_SEED which.
"""

from __future__ import annotations

import json
import os
import random
import select
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, cast

import psutil
import pytest

from explorer.config import PROJECT
from explorer.library.library import Library
from explorer.library.stores.command_store import send_command
from tests.faults.folders import RandomFolders, check, index, sound
from tests.faults.worker_forks import POINTS
from tests.thoroughness import times

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")

# Divided among four lives of a library, which can run beside each other.
KILLS = int(os.environ.get("EXPLORER_KILLS") or times(80, 400)) // 4
SEED = int(os.environ.get("EXPLORER_SEED", "0"))
# Seconds until a worker is killed that has not come to its point.
_LONGEST = 0.7


class WorkerForkServer:
    """Starts workers, and knows how they ended."""

    def __init__(self) -> None:
        environment = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.worker_forks"], stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, cwd=PROJECT, env=environment,
            bufsize=0,
        )  # fmt: skip

    def start(self, **asked: Any) -> int:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(asked).encode() + b"\n")
        return int(self._line())

    def ended(self, timeout: float) -> int | None:
        """The exit code of the worker, or None if it continues after this many seconds."""
        ready, _, _ = select.select([cast("IO[bytes]", self._process.stdout)], [], [], timeout)
        return int(self._line()) if ready else None

    def _line(self) -> bytes:
        assert self._process.stdout is not None
        return self._process.stdout.readline()

    def close(self) -> None:
        for stream in (self._process.stdin, self._process.stdout):
            assert stream is not None
            stream.close()
        self._process.wait(10)


@pytest.fixture
def fork_server() -> Iterator[WorkerForkServer]:
    fork_server = WorkerForkServer()
    yield fork_server
    fork_server.close()


@pytest.mark.parametrize("seed", range(SEED * 4, SEED * 4 + 4))
def test_nothing_is_lost_or_duplicated_however_often_the_worker_is_killed(
    fork_server: WorkerForkServer, tmp_path: Path, seed: int
) -> None:
    folders, chance = RandomFolders(tmp_path, seed, 40), random.Random(seed)
    library = Library.open(tmp_path / "library")
    for root in folders.roots:
        send_command(library.catalog, "add", str(root))
    ends = Counter[str]()
    for kill in range(KILLS):
        point = chance.choice([None, *POINTS])
        worker = fork_server.start(
            library=str(library.dir), decode="far" if kill % 10 == 9 else "near", point=point,
            when=chance.choice(["before", "after"]),
            count=chance.choice([1, 1, 2, 3, 5, 8, 13, 21]),
        )  # fmt: skip
        end = time.monotonic() + (chance.uniform(0.0, _LONGEST) if point is None else _LONGEST)
        code = None
        while code is None and time.monotonic() < end:
            folders.change()
            if chance.random() < 0.1:
                _kill_a_decoder(worker)
            code = fork_server.ended(chance.uniform(0.0, 0.1))
        if code is None:
            os.kill(worker, signal.SIGKILL)
            code = fork_server.ended(30)
        ends[(point or "any time") if code == -signal.SIGKILL else f"exit code {code}"] += 1
        assert code == -signal.SIGKILL
        sound(library)
        if kill % 25 == 24:
            index(library, folders)
            check(library, folders)
    index(library, folders)
    check(library, folders)
    library.close()
    # It was killed in the middle of many kinds of work; which ones, chance decides.
    assert len(ends) > min(KILLS, len(POINTS)) // 3, ends


def _kill_a_decoder(worker: int) -> None:
    try:
        for child in psutil.Process(worker).children()[:1]:
            child.kill()
    except psutil.Error:
        pass
