"""How files are read in batches, and what becomes of them where a drive falls silent meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from explorer.decoding.decode_result import DecodeJob
from explorer.indexing import pipeline
from explorer.indexing.pipeline import BATCH, DOUBT, LINGER, Indexer
from explorer.indexing.progress import Progress
from explorer.indexing.read_task import ReadTask
from explorer.library.file_rows import FileStat
from explorer.scanning.drive_timeouts import UNRESPONSIVE, DriveTimeouts, DriveUnresponsive
from tests.fixtures.indexing import IndexingSetup


class Mute(DriveTimeouts):
    """Drives of which some fall silent when a test says so."""

    def __init__(self) -> None:
        super().__init__()
        self.mute = set[str]()

    def silent(self, root: str) -> bool:
        return root in self.mute

    def look(
        self, root: str, function: Callable[..., Any], tick: Callable[[], None] = lambda: None
    ) -> Any:
        if root in self.mute:
            raise DriveUnresponsive(root)
        return function(lambda: None)


class Clock:
    now = 0.0

    def monotonic(self) -> float:
        return self.now


class Source:
    """Stands in for the decode processes. steps: what comes back from them; a number is the seconds
    that go by."""

    def __init__(self, clock: Clock, steps: Iterable[object]) -> None:
        self._clock, self._steps = clock, steps
        self.jobs, self.closed = list[DecodeJob](), False

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


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(pipeline, "time", made)
    return made


@pytest.fixture
def disk(desk: IndexingSetup) -> Mute:
    desk.indexer._disk = made = Mute()
    return made


def task(root_id: int, name: str = "a.jpg") -> ReadTask:
    return ReadTask(root_id, FileStat(name, 1, 2_500_000_000, 3))


def batches(
    desk: IndexingSetup, clock: Clock, steps: Iterable[object], tasks: Iterable[ReadTask] = ()
) -> list[list[object]]:
    desk.indexer._pool = Source(clock, steps)  # type: ignore[assignment]
    return [list(batch) for batch in desk.indexer._batches(list(tasks), lambda _: False)]


class TestBatches:
    def test_they_are_full_or_what_came_within_a_second(
        self, desk: IndexingSetup, clock: Clock
    ) -> None:
        assert [len(batch) for batch in batches(desk, clock, map(str, range(2 * BATCH + 3)))] == [
            BATCH,
            BATCH,
            3,
        ]
        steps = [
            "a",
            LINGER / 2,
            "b",
            LINGER / 2,
            "c",
            LINGER / 8,
            "d",
            "e",
            LINGER,
            "f",
            LINGER / 8,
            "g",
        ]
        assert batches(desk, clock, steps) == [["a", "b", "c", "d"], ["e", "f", "g"]]
        assert batches(desk, clock, []) == []

    def test_progress_is_told_of_each_and_while_nothing_comes(
        self, desk: IndexingSetup, clock: Clock
    ) -> None:
        told = list[tuple[int, int]]()
        desk.indexer._tick = lambda progress: told.append((progress.done, progress.total))
        desk.indexer._roots = {desk.root: str(desk.photos)}
        batches(
            desk, clock, ["a", "b", 0.0, *"c" * (BATCH - 2), "d"], [task(desk.root)] * (BATCH + 1)
        )
        assert told == [(0, BATCH + 1), (BATCH, BATCH + 1), (BATCH + 1, BATCH + 1)]

    def test_whoever_stops_in_the_middle_stops_the_decoders(
        self, desk: IndexingSetup, clock: Clock
    ) -> None:
        desk.indexer._pool = source = Source(clock, map(str, range(3 * BATCH)))  # type: ignore[assignment]
        found = desk.indexer._batches([], lambda _: False)
        next(found)
        assert not source.closed
        found.close()  # type: ignore[attr-defined]
        assert source.closed

    def test_files_on_drives_that_do_not_answer_are_not_opened(
        self, desk: IndexingSetup, clock: Clock, disk: Mute
    ) -> None:
        desk.indexer._roots = {1: "/one", 2: "/two"}
        disk.mute = {"/one"}
        batches(desk, clock, [], [task(1), task(2)])
        (job,) = desk.indexer._pool.jobs  # type: ignore[attr-defined]
        assert (Path(job.path), job.tag, job.mtime, job.size) == (
            Path("/two/a.jpg"),
            task(2),
            2.5,
            1,
        )

    def test_drives_are_asked_after_when_nothing_comes_for_long(
        self, desk: IndexingSetup, clock: Clock, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        asked = list[tuple[float, set[int]]]()
        monkeypatch.setattr(
            desk.indexer, "_ask_drives", lambda roots: asked.append((clock.now, set(roots)))
        )
        desk.indexer._roots = {1: "/one", 2: "/two"}
        batches(
            desk,
            clock,
            [DOUBT, 1.0, 1.0, DOUBT - 1, 1.0, "a", DOUBT - 1, "b", DOUBT - 1, 2.0],
            [task(1), task(2), task(1)],
        )
        first, second = DOUBT + 1, 2 * DOUBT + 2
        assert asked == [(first, {1, 2}), (second, {1, 2}), (second + 2 * DOUBT, {1, 2})]


def test_files_on_a_silent_drive_are_given_up_and_no_others(
    desk: IndexingSetup, disk: Mute, monkeypatch: pytest.MonkeyPatch
) -> None:
    given_up = list[Callable[[DecodeJob], bool]]()
    monkeypatch.setattr(desk.pool, "give_up", given_up.append)
    desk.indexer._roots = {1: "/one", 2: "/two"}
    disk.mute = {"/two"}
    desk.indexer._ask_drives([1, 2])
    (concerns,) = given_up
    assert [concerns(DecodeJob("x", 0.0, tag, 1)) for tag in (task(1), task(2), None)] == [
        False,
        True,
        False,
    ]


def test_what_could_not_be_read_of_a_silent_drive_is_not_the_files_fault(
    desk: IndexingSetup, disk: Mute, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("good.jpg", "other.jpg"):
        desk.draw(name, len(name))
    desk.draw("bad.jpg").write_bytes(b"broken")

    def falls_silent(outcome: object) -> bool:
        disk.mute = {str(desk.photos)}
        return True

    monkeypatch.setattr(desk.indexer, "_is_there", falls_silent)
    # All of them are one batch, however busy the machine is.
    monkeypatch.setattr(pipeline, "LINGER", 1e9)
    tally = desk.run()
    (root,) = desk.library.catalog.roots()
    assert (root["state"], root["problem"]) == ("offline", UNRESPONSIVE) and tally.offline == {
        str(desk.photos)
    }
    assert tally.failed == 0 and desk.failed() == {}
    # Those that had been read by then are kept.
    assert set(desk.present()) == {"good.jpg", "other.jpg"}
    disk.mute = set()
    monkeypatch.undo()
    assert desk.run().failed == 1 and set(desk.failed()) == {"bad.jpg"}


def test_only_files_that_are_there_are_read_once_more(
    desk: IndexingSetup, disk: Mute, tmp_path: Path
) -> None:
    (tmp_path / "other").mkdir()
    for path in (desk.photos / "a.jpg", desk.photos / "b.jpg", tmp_path / "other" / "a.jpg"):
        path.write_bytes(b"x")
    desk.indexer._roots = {1: str(desk.photos), 2: str(tmp_path / "other")}
    tasks = [task(1, "a.jpg"), task(2, "a.jpg"), task(1, "gone.jpg"), task(1, "b.jpg")]
    assert desk.indexer._those_there(tasks) == [tasks[0], tasks[3], tasks[1]]
    disk.mute = {str(desk.photos)}
    assert desk.indexer._those_there(tasks) == [tasks[1]]


@pytest.mark.parametrize(("files", "loads"), [(4, 0), (5, 1)])
def test_the_encoder_is_loaded_ahead_for_more_than_a_few_files_and_waited_for(
    desk: IndexingSetup, files: int, loads: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded = list[int]()

    def warm_up() -> None:
        loaded.append(1)
        raise OSError("the model is not there")

    monkeypatch.setattr(desk.encoder, "warm_up", warm_up, raising=False)
    monkeypatch.setattr(desk.indexer, "_read_batches", lambda tasks, reading: None)
    for _ in range(2):
        desk.indexer._read([task(desk.root)] * files, {}, pipeline.IndexSummary())
        assert len(loaded) == loads
    assert desk.indexer._warming is None or not desk.indexer._warming.is_alive()


def test_an_indexer_without_a_say_trusts_every_drive(desk: IndexingSetup) -> None:
    told = list[Progress]()
    made = Indexer(desk.library, desk.writer, desk.encoder, desk.pool, told.append)
    assert made._disk.ask(str(desk.photos), lambda: "there", "away") == "there"
