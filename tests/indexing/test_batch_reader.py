"""How files are read in batches, and what is done when a drive stops answering meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from explorer.decoding.decode_result import DecodeJob
from explorer.indexing import batch_reader
from explorer.indexing.batch_reader import BATCH, MAX_BATCH_AGE, STALL, BatchReader
from explorer.indexing.progress import Progress
from explorer.indexing.read_task import ReadTask
from explorer.library.file_rows import FileStat
from tests.fixtures.drives import UnresponsiveDrives


class Clock:
    now = 0.0

    def monotonic(self) -> float:
        return self.now


class FakePool:
    """Stands in for the decode processes. steps: the results; a float is a number of seconds that
    pass without one."""

    def __init__(self, clock: Clock, steps: Iterable[object]) -> None:
        self._clock, self._steps = clock, steps
        self.jobs, self.closed = list[DecodeJob](), False
        self.expired = list[Callable[[DecodeJob], bool]]()

    def run(
        self, jobs: Iterable[DecodeJob], known: Callable[[bytes], bool], idle: Callable[[], None]
    ) -> Iterator[object]:
        self.jobs = list(jobs)
        try:
            for step in self._steps:
                if isinstance(step, float):
                    self._clock.now += step
                    idle()
                else:
                    yield step
        finally:
            self.closed = True

    def expire(self, concerned: Callable[[DecodeJob], bool]) -> None:
        self.expired.append(concerned)


class Setup:
    """A reader of two roots, `/one` (1) and `/two` (2)."""

    def __init__(self, clock: Clock) -> None:
        self.clock, self.drives = clock, UnresponsiveDrives()
        self.ticks = list[tuple[int, int]]()

    def reader(self, steps: Iterable[object]) -> tuple[BatchReader, FakePool]:
        pool = FakePool(self.clock, steps)

        def tick(progress: Progress) -> None:
            self.ticks.append((progress.done, progress.total))

        made = BatchReader(pool, self.drives, tick)  # type: ignore[arg-type]
        made.roots = {1: "/one", 2: "/two"}
        return made, pool

    def batches(self, steps: Iterable[object], tasks: Iterable[ReadTask] = ()) -> list[list[Any]]:
        reader, _ = self.reader(steps)
        return [list(batch) for batch in reader.batches(list(tasks), lambda _: False)]


@pytest.fixture
def setup(monkeypatch: pytest.MonkeyPatch) -> Setup:
    clock = Clock()
    monkeypatch.setattr(batch_reader, "time", clock)
    return Setup(clock)


def task(root_id: int, name: str = "a.jpg") -> ReadTask:
    return ReadTask(root_id, FileStat(name, 1, 2_500_000_000, 3))


def test_a_batch_is_yielded_when_it_is_full_or_a_second_old(setup: Setup) -> None:
    sizes = [len(batch) for batch in setup.batches(map(str, range(2 * BATCH + 3)))]
    assert sizes == [BATCH, BATCH, 3] and (BATCH, MAX_BATCH_AGE, STALL) == (16, 1.0, 20.0)
    half, eighth = MAX_BATCH_AGE / 2, MAX_BATCH_AGE / 8
    steps = ["a", half, "b", half, "c", eighth, "d", "e", MAX_BATCH_AGE, "f", eighth, "g"]
    assert setup.batches(steps) == [["a", "b", "c", "d"], ["e", "f", "g"]]
    assert setup.batches([]) == []


def test_progress_is_reported_for_each_batch_and_while_no_result_comes(setup: Setup) -> None:
    setup.batches(["a", "b", 0.0, *"c" * (BATCH - 2), "d"], [task(1)] * (BATCH + 1))
    total = BATCH + 1
    assert setup.ticks == [(0, total), (BATCH, total), (BATCH + 1, total)]


def test_closing_the_generator_early_stops_the_decoders(setup: Setup) -> None:
    reader, pool = setup.reader(map(str, range(3 * BATCH)))
    found = reader.batches([], lambda _: False)
    next(found)
    assert not pool.closed
    found.close()
    assert pool.closed


def test_files_on_unresponsive_drives_are_not_opened(setup: Setup) -> None:
    setup.drives.unresponsive = {"/one"}
    reader, pool = setup.reader([])
    list(reader.batches([task(1), task(2)], lambda _: False))
    (job,) = pool.jobs
    path = Path("/two/a.jpg")
    assert (Path(job.path), job.tag, job.mtime, job.size) == (path, task(2), 2.5, 1)


def test_drives_are_checked_when_results_stop_coming(
    setup: Setup, monkeypatch: pytest.MonkeyPatch
) -> None:
    checked = list[tuple[float, set[int]]]()
    monkeypatch.setattr(
        BatchReader,
        "_check_drives",
        lambda self, root_ids: checked.append((setup.clock.now, set(root_ids))),
    )
    setup.batches(
        [STALL, 1.0, 1.0, STALL - 1, 1.0, "a", STALL - 1, "b", STALL - 1, 2.0],
        [task(1), task(2), task(1)],
    )
    first, second = STALL + 1, 2 * STALL + 2
    assert checked == [(first, {1, 2}), (second, {1, 2}), (second + 2 * STALL, {1, 2})]


def test_only_files_on_an_unresponsive_drive_are_given_up(setup: Setup) -> None:
    setup.drives.unresponsive = {"/two"}
    reader, pool = setup.reader([STALL + 1])
    list(reader.batches([task(1), task(2)], lambda _: False))
    (concerned,) = pool.expired
    jobs = [DecodeJob("x", 0.0, tag, 1) for tag in (task(1), task(2), None)]
    assert [concerned(job) for job in jobs] == [False, True, False]
