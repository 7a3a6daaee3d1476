"""The rate of a run, the time that is left, and what of it the app is told."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from explorer.indexing import progress, worker_status
from explorer.indexing.progress import Progress, RateMeter
from explorer.indexing.worker_status import NO_PROGRESS, WorkerStatus, phase_of
from explorer.library.stores.worker_store import worker_status as status_of
from tests.factory import LibraryBuilder


class SetClock:
    """Seconds that are set by hand."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 100.0
        for module in (progress, worker_status):
            monkeypatch.setattr(module, "time", SimpleNamespace(monotonic=lambda: self.now))


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> SetClock:
    return SetClock(monkeypatch)


def test_the_rate_is_that_of_the_last_ten_seconds(clock: SetClock) -> None:
    meter = RateMeter(100)
    found = list[Progress]()
    for number in (0, 10, 20, 30, 0, 0):
        clock.now += 5
        found.append(meter.add(number))
    assert [each.done for each in found] == [0, 10, 30, 60, 60, 60]
    assert {(each.total, each.stage) for each in found} == {(100, "")}
    assert [each.rate for each in found] == [0.0, 1.0, 3.0, 5.0, 3.0, 0.0]
    assert [each.eta for each in found] == [None, 90.0, 70 / 3, 8.0, 40 / 3, None]


def test_files_that_come_at_once_have_a_rate(clock: SetClock) -> None:
    meter = RateMeter(10)
    assert meter.add(5).rate == pytest.approx(5e6)


@pytest.mark.parametrize(
    ("now", "phase"),
    [
        (NO_PROGRESS, "scanning"),
        (Progress(0, 5, 0.0, None), "indexing"),
        (Progress(0, 5, 0.0, None, "Looking for duplicates"), "comparing"),
    ],
)
def test_a_run_has_a_phase(now: Progress, phase: str) -> None:
    assert phase_of(now) == phase


def test_the_app_is_told_every_half_second(builder: LibraryBuilder, clock: SetClock) -> None:
    status = WorkerStatus(builder.writer, "tiny", note="The starter is used.")

    def told() -> tuple[object, ...]:
        row = status_of(builder.library.catalog)
        assert row is not None and row["encoder"] == "tiny"
        return row["phase"], row["done"], row["total"], row["rate"], row["eta"], row["message"]

    status.report("indexing", Progress(1, 4, 2.0, 1.5))
    first = ("indexing", 1, 4, 2.0, 1.5, "The starter is used.")
    assert told() == first
    clock.now += 0.49
    status.report("watching")
    assert told() == first
    clock.now += 0.01
    status.report("comparing", Progress(2, 4, 0.0, None, "Looking for duplicates"))
    assert told() == ("comparing", 2, 4, 0.0, None, "Looking for duplicates")
    status.report("scanning", always=True)
    assert told() == ("scanning", 0, 0, 0.0, None, "The starter is used.")
    clock.now += 0.4
    status.report("watching")
    assert told()[0] == "scanning"
    status.report_now("waiting", message="")
    assert told() == ("waiting", 0, 0, 0.0, None, "")
