from __future__ import annotations

import errno
import os
import sys
from pathlib import Path

import pytest

from explorer.library.file_rows import FileStat
from explorer.scanning import write_detection
from explorer.scanning.filesystem_traits import volume_of
from explorer.scanning.write_detection import (
    HELD_OPEN_LIMIT,
    RECENT,
    SETTLE_TIME,
    WriteDetector,
    is_open_for_writing,
)
from tests.fixtures.indexing import IndexingSetup
from tests.systems.simulated import run_on

NOW = 1_700_000_000.0


class Times:
    """Both clocks, set by hand."""

    def __init__(self) -> None:
        self.passed = 0.0
        self.wall = NOW

    def detector(self, *, patient: bool = False) -> WriteDetector:
        return WriteDetector(patient=patient, clock=lambda: self.passed, wall=lambda: self.wall)

    def go(self, seconds: float) -> None:
        self.passed += seconds
        self.wall += seconds


def seen(age: float, size: int = 1, at: float = NOW) -> FileStat:
    return FileStat("a.jpg", size, int((at - age) * 1e9), 7)


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> dict[str, bool | None]:
    """What the system says of whether a file is held open."""
    says: dict[str, bool | None] = {"": None}
    monkeypatch.setattr(write_detection, "is_open_for_writing", lambda path: says[""])
    return says


def test_an_old_file_is_settled(held: dict[str, bool | None]) -> None:
    assert Times().detector(patient=True).is_settled("/a", seen(3600))


def test_the_time_of_the_file_or_that_of_its_discovery_counts_whichever_is_longer_ago(
    held: dict[str, bool | None],
) -> None:
    times = Times()
    assert times.detector(patient=True).is_settled("/a", seen(SETTLE_TIME))
    looks = times.detector(patient=True)
    assert not looks.is_settled("/a", seen(-1))
    times.go(SETTLE_TIME)
    assert looks.is_settled("/a", seen(-1))


def test_a_settled_file_that_is_replaced_by_an_old_one_is_settled(
    held: dict[str, bool | None],
) -> None:
    times = Times()
    looks = times.detector(patient=True)
    assert not looks.is_settled("/a", seen(0))
    times.go(SETTLE_TIME)
    assert looks.is_settled("/a", seen(0))
    assert looks.is_settled("/a", seen(RECENT + 1, size=2))


@pytest.mark.parametrize("age", [RECENT, -SETTLE_TIME])
def test_a_file_of_the_limit_of_age_is_old_or_of_a_wrong_clock(
    held: dict[str, bool | None], age: float
) -> None:
    assert Times().detector(patient=True).is_settled("/a", seen(age))
    inside = age - 1 if age > 0 else age + 1
    assert Times().detector(patient=True).is_settled("/a", seen(inside)) is (age > 0)


def test_a_recent_file_is_settled_after_a_quiet_period(held: dict[str, bool | None]) -> None:
    times = Times()
    looks = times.detector()
    assert not looks.is_settled("/a", seen(0.1))
    times.go(SETTLE_TIME / 2)
    assert not looks.is_settled("/a", seen(0.1))
    times.go(SETTLE_TIME)
    assert looks.is_settled("/a", seen(0.1))


def test_a_growing_file_is_not_settled(held: dict[str, bool | None]) -> None:
    times = Times()
    looks = times.detector()
    for size in range(20):
        assert not looks.is_settled("/a", FileStat("a.jpg", size, int(times.wall * 1e9), 7))
        times.go(SETTLE_TIME * 0.9)
    times.go(SETTLE_TIME)
    assert looks.is_settled(
        "/a", FileStat("a.jpg", 19, int((times.wall - SETTLE_TIME * 1.9) * 1e9), 7)
    )


def test_a_closed_file_is_settled_at_once_unless_it_changed_or_patience_is_required(
    held: dict[str, bool | None],
) -> None:
    held[""] = False
    times = Times()
    assert times.detector().is_settled("/a", seen(0.1))
    assert not times.detector(patient=True).is_settled("/a", seen(0.1))
    looks = times.detector()
    held[""] = True
    assert not looks.is_settled("/a", seen(0.1))
    held[""] = False
    assert not looks.is_settled("/a", seen(0.1, size=2))
    times.go(SETTLE_TIME)
    assert looks.is_settled("/a", seen(0.1, size=2))


def test_an_open_but_unchanged_file_is_settled_in_the_end(held: dict[str, bool | None]) -> None:
    held[""] = True
    times = Times()
    looks = times.detector()
    assert not looks.is_settled("/a", seen(5))
    times.go(HELD_OPEN_LIMIT)
    assert looks.is_settled("/a", seen(5))


def test_a_file_held_open_is_settled_half_a_minute_after_its_last_change(
    held: dict[str, bool | None],
) -> None:
    held[""] = True
    assert Times().detector().is_settled("/a", seen(30))
    assert not Times().detector().is_settled("/a", seen(29))


def test_a_file_that_is_given_an_old_time_while_it_grows_is_not_settled(
    held: dict[str, bool | None],
) -> None:
    """Programs that copy set the time of the original, some of them before they have finished."""
    times = Times()
    looks = times.detector()
    assert not looks.is_settled("/a", seen(0))
    assert not looks.is_settled("/a", seen(601, size=2))
    times.go(SETTLE_TIME / 2)
    assert not looks.is_settled("/a", seen(601, size=3))
    times.go(SETTLE_TIME)
    assert looks.is_settled("/a", seen(601, size=3))


def test_a_file_that_changed_without_growing_has_to_stand_still(
    held: dict[str, bool | None],
) -> None:
    held[""] = True
    times = Times()
    looks = times.detector()
    assert not looks.is_settled("/a", seen(1)) and not looks.is_settled("/b", seen(1))
    held[""] = False
    assert not looks.is_settled("/a", seen(0.5))
    times.go(SETTLE_TIME / 4)
    # It is remembered that it changed, and for no other file.
    assert not looks.is_settled("/a", seen(0.5)) and looks.is_settled("/b", seen(1))
    looks.forget("/a")
    assert looks.is_settled("/a", seen(0.5))
    looks.forget("/never seen")


def test_a_clock_set_back_causes_no_waiting(held: dict[str, bool | None]) -> None:
    assert Times().detector(patient=True).is_settled("/a", seen(-86_400))


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells who has a file open")
def test_the_system_reports_open_writers(tmp_path: Path) -> None:
    mount = volume_of(str(tmp_path))
    if mount is None or mount.kind not in {"ext4", "xfs", "btrfs", "tmpfs", "overlay"}:
        pytest.skip("this file system gives no leases")
    path = tmp_path / "a.jpg"
    with path.open("wb") as file:
        file.write(b"x")
        assert is_open_for_writing(str(path)) is True
    assert is_open_for_writing(str(path)) is False
    with path.open("rb"):
        assert is_open_for_writing(str(path)) is False
    # No lease is left behind: whoever opens it for writing would have to wait for its end.
    handle = os.open(path, os.O_WRONLY | os.O_NONBLOCK)
    os.close(handle)
    assert is_open_for_writing(str(tmp_path / "absent")) is None


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells who has a file open")
@pytest.mark.parametrize(
    ("number", "held"), [(errno.EAGAIN, True), (errno.EINVAL, None), (errno.EACCES, None)]
)
def test_a_refused_lease_is_handled(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, held: bool | None
) -> None:
    import fcntl

    def refuse(file: int, command: int, argument: int = 0) -> int:
        if command == fcntl.F_SETLEASE:
            raise OSError(number, os.strerror(number))
        return 0

    path = tmp_path / "a.jpg"
    path.write_bytes(b"x")
    monkeypatch.setattr(fcntl, "fcntl", refuse)
    before = len(list(Path("/proc/self/fd").iterdir()))
    assert is_open_for_writing(str(path)) is held
    assert len(list(Path("/proc/self/fd").iterdir())) == before


def test_other_systems_report_no_writers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.jpg").write_bytes(b"x")
    run_on(monkeypatch, "macos")
    assert is_open_for_writing(str(tmp_path / "a.jpg")) is None


def test_a_file_being_written_is_skipped_and_indexed_when_complete(
    setup: IndexingSetup, held: dict[str, bool | None]
) -> None:
    whole = setup.draw("below/a.jpg").read_bytes()
    held[""] = True
    (setup.photos / "below" / "a.jpg").write_bytes(whole[: len(whole) // 2])
    summary = setup.run()
    assert [place.folder for place in summary.unsettled] == ["below"]
    assert not setup.present() and not setup.failed()
    held[""] = False
    (setup.photos / "below" / "a.jpg").write_bytes(whole)
    # It was seen to change, so it has to stand still for a moment.
    assert setup.run().unsettled
    os.utime(setup.photos / "below" / "a.jpg", (NOW, NOW))
    summary = setup.run()
    assert summary.unsettled
    setup.indexer._detector.forget(str(setup.photos / "below" / "a.jpg"))
    assert setup.run().indexed == 1
    (photo,) = setup.present().values()
    row = setup.library.catalog.photo(photo)
    assert row is not None and row["damaged"] is None
