from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from explorer.scanning import drive_timeouts as module
from explorer.scanning.drive_timeouts import (
    TIMEOUT,
    UNRESPONSIVE,
    DriveTimeouts,
    DriveUnresponsive,
    KeepAlive,
    offline_reason,
)


class Clock:
    """Seconds that go by only when a test says so."""

    def __init__(self) -> None:
        self.now = 1000.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(module, "time", made)
    monkeypatch.setattr(module, "_TICK", 0.001)
    return made


@pytest.fixture
def answer() -> Iterator[threading.Event]:
    """When it is set, the drive responds; at the end, at the latest."""
    event = threading.Event()
    yield event
    event.set()


def test_the_result_or_error_of_a_check_reaches_its_caller() -> None:
    disk, asker = DriveTimeouts(), threading.current_thread()
    seen = disk.call("/a", lambda alive: (alive(), threading.current_thread())[1])
    # It must not keep the program from ending.
    assert seen is not asker and seen.daemon
    with pytest.raises(KeyError, match="x"):
        disk.call("/a", lambda _: dict[str, int]()["x"])
    assert disk.call_or("/a", lambda: 5, None) == 5 and not disk.is_unresponsive("/a")


def silence(disk: DriveTimeouts, clock: Clock, answer: threading.Event) -> int:
    """Ask /a, which does not answer, and let time go by in steps of TIMEOUT: the number of steps
    until it was given up."""
    steps = list[int]()

    def tick() -> None:
        steps.append(1)
        clock.now += TIMEOUT

    with pytest.raises(DriveUnresponsive) as raised:
        disk.call("/a", lambda _: answer.wait(), tick)
    assert raised.value.root == "/a"
    return len(steps)


def test_a_drive_is_unresponsive_after_the_time_limit(
    clock: Clock, answer: threading.Event
) -> None:
    assert silence(DriveTimeouts(), clock, answer) == 2


def test_an_unresponsive_drive_is_not_checked_again_until_its_check_returns(
    clock: Clock, answer: threading.Event
) -> None:
    disk = DriveTimeouts()
    silence(disk, clock, answer)
    look = disk._abandoned["/a"]
    assert (
        disk.is_unresponsive("/a")
        and not disk.is_unresponsive("/b")
        and disk.call_or("/b", lambda: "there", "away") == "there"
    )
    for _ in range(2):
        assert disk.call_or("/a", lambda: pytest.fail("it was asked"), "away") == "away"
    answer.set()
    assert look.done.wait(60)
    assert not disk.is_unresponsive("/a") and disk.call_or("/a", lambda: "there", "away") == "there"


def test_a_check_that_signals_progress_has_no_time_limit(clock: Clock) -> None:
    beat, heard = threading.Semaphore(0), threading.Semaphore(0)

    def look(alive: KeepAlive) -> str:
        for _ in range(5):
            beat.acquire()
            alive()
            heard.release()
        return "all"

    def tick() -> None:
        clock.now += TIMEOUT
        beat.release()
        heard.acquire()

    assert DriveTimeouts().call("/a", look, tick) == "all"


def test_an_abandoned_check_ends_at_its_next_progress_signal(clock: Clock) -> None:
    ended, stop, disk = threading.Event(), threading.Event(), DriveTimeouts()

    def look(alive: KeepAlive) -> None:
        try:
            while not stop.wait(0.001):
                alive()
        finally:
            ended.set()

    def tick() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        disk.call("/a", look, tick)
    came_to_an_end = ended.wait(10)
    stop.set()
    assert came_to_an_end and not disk.is_unresponsive("/a")


def test_the_reason_a_root_is_offline_is_given() -> None:
    assert (
        offline_reason(UNRESPONSIVE)
        == UNRESPONSIVE
        != offline_reason(None)
        == offline_reason("sub cannot be read")
        == "its drive is disconnected"
    )
