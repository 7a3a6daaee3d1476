"""When which folder is scanned, by clocks that are set by hand and a watcher that only listens."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from explorer.library.stores.root_store import set_exclude_globs
from explorer.scanning import scheduler as module
from explorer.scanning.drive_timeouts import UNRESPONSIVE
from explorer.scanning.index_summary import IndexSummary
from explorer.scanning.root_scan import ScanTarget
from explorer.scanning.scheduler import (
    DRIVE_CHECK_INTERVAL,
    POLL_INTERVAL,
    POLL_LOAD_FACTOR,
    RESCAN_INTERVAL,
    UNSETTLED_DELAY,
)
from explorer.scanning.watch import ChangedFolder
from explorer.systems.this_system import this_system
from tests.factory import LibraryBuilder
from tests.scanning.scheduling import Scheduling


@pytest.fixture
def run(builder: LibraryBuilder, monkeypatch: pytest.MonkeyPatch) -> Scheduling:
    return Scheduling(builder, monkeypatch)


def test_watched_roots_are_scanned_again_after_half_an_hour(run: Scheduling) -> None:
    run.start()
    assert run.watcher.excluded == str(run.builder.library.dir)
    assert run.watcher.watched.keys() == {str(run.photos), str(run.other)}
    assert run.row(run.photos)["watching"] == "watched"
    assert run.go(RESCAN_INTERVAL - 1) == set()
    assert run.go(1) == {run.photos, run.other}
    assert RESCAN_INTERVAL == 1800.0


@pytest.mark.parametrize(
    ("took", "interval", "every"), [(1.0, 60.0, "minute"), (12.0, 240.0, "4 min")]
)
def test_a_root_that_cannot_be_watched_is_polled(
    run: Scheduling, took: float, interval: float, every: str
) -> None:
    assert (POLL_INTERVAL, POLL_LOAD_FACTOR) == (60.0, 20.0)
    run.reasons[str(run.other)] = "it is on a network drive"
    run.due()
    run.scan(run.photos, run.other, took=took)
    assert run.row(run.other)["watching"] == (
        f"scanned every {every}, because it is on a network drive"
    )
    assert run.row(run.photos)["watching"] == "watched"
    assert run.go(interval - 1) == set()
    assert run.go(1) == {run.other}


def test_what_the_watcher_cannot_do_comes_before_what_the_drive_does_not_report(
    run: Scheduling,
) -> None:
    run.reasons[str(run.photos)] = "it is on a network drive"
    run.watcher.answer = "its changes are not reported"  # type: ignore[assignment]
    run.due()
    run.scan(run.photos)
    assert run.row(run.photos)["watching"] == (
        "scanned every minute, because its changes are not reported"
    )


def test_a_root_that_is_away_is_looked_for_every_minute(run: Scheduling) -> None:
    run.due()
    run.scan(run.photos, run.other, offline=[run.other])
    assert run.go(59) == set() and run.go(1) == {run.other}


def test_a_part_that_is_scanned_postpones_nothing_but_a_root_that_is_away(run: Scheduling) -> None:
    run.start()
    summary = IndexSummary()
    summary.offline.add(str(run.other))
    parts = [ScanTarget(run.ids[root], str(root), "below") for root in (run.photos, run.other)]
    run.made.scanned(parts, summary, full=False)
    assert run.go(POLL_INTERVAL - 1) == set() and run.go(1) == {run.other}
    run.scan(run.other)
    assert run.go(RESCAN_INTERVAL - POLL_INTERVAL) == {run.photos}


def test_folders_of_files_that_are_being_written_are_scanned_soon(run: Scheduling) -> None:
    summary = IndexSummary()
    for folder in ("", "a/b"):
        summary.unsettled.add(
            ScanTarget(run.builder.root, str(run.photos), folder, recursive=False)
        )
    run.made.scanned([], summary, full=False)
    assert sorted(run.watcher.queued) == [
        (ChangedFolder(str(run.photos), str(run.photos), below=False), UNSETTLED_DELAY),
        (ChangedFolder(str(run.photos), str(run.photos / "a" / "b"), below=False), UNSETTLED_DELAY),
    ]
    assert run.made.changed_folders() == run.watcher.due()


@pytest.mark.parametrize(("slept", "all_due"), [(61.0, True), (59.0, False), (0.0, False)])
def test_after_a_sleep_everything_is_scanned(run: Scheduling, slept: float, all_due: bool) -> None:
    run.start()
    run.asleep += slept
    assert run.due() == ({run.photos, run.other} if all_due else set())
    run.scan(run.photos, run.other)
    assert run.due() == set()


def test_roots_and_folders_are_scheduled_by_hand(run: Scheduling) -> None:
    run.start()
    run.made.schedule_now(run.builder.root)
    assert run.due() == {run.photos}
    run.scan(run.photos)
    run.made.schedule_now(12345)
    assert run.due() == set()
    run.made.schedule_now()
    assert run.due() == {run.photos, run.other}
    run.scan(run.photos, run.other)
    # All roots in a folder, and a folder in a root.
    run.made.schedule_tree(str(run.photos.parent))
    assert run.due() == {run.photos, run.other} and not run.watcher.queued
    run.scan(run.photos, run.other)
    run.made.schedule_tree(str(run.photos))
    assert run.due() == {run.photos} and not run.watcher.queued
    run.scan(run.photos)
    run.made.schedule_tree(str(run.photos / "a"))
    run.made.schedule_folder(str(run.other / "b"))
    run.made.schedule_folder(str(run.photos.parent))
    again = run.changed("c", below=False)
    run.made.requeue([again])
    assert run.due() == set()
    assert run.watcher.queued == [
        (run.changed("a", below=True), 0.0),
        (run.changed("b", below=False, root=run.other), 0.0),
        (again, 0.0),
    ]
    run.made.unwatch(str(run.other))
    assert run.watcher.unwatched == [str(run.other)]


def test_no_folder_is_scanned_twice(run: Scheduling) -> None:
    whole, part = run.changed("a", below=True), run.changed("b", below=False)
    assert run.targets(whole, part) == {("a", True), ("b", False)}
    inner = [run.changed(name, below=below) for name in ("a/c", "a/c/d") for below in (True, False)]
    itself = run.changed("a", below=False)
    assert run.targets(whole, part, itself, *inner) == {("a", True), ("b", False)}
    assert run.targets(itself, *inner) == {("a", False), ("a/c", True)}
    assert run.targets(run.changed("", below=True), part, whole) == {("", True)}
    assert run.targets(run.changed("", below=False), part) == {("", False), ("b", False)}
    assert run.targets(run.changed("ab", below=False), whole) == {("ab", False), ("a", True)}
    # A folder of the same name in another root is another folder.
    elsewhere = run.changed("a/c", below=False, root=run.other)
    found = run.made.targets([whole, elsewhere])
    assert {(target.root_id, target.folder) for target in found} == {
        (run.builder.root, "a"),
        (run.ids[run.other], "a/c"),
    }
    # Not a watched folder any longer.
    assert run.targets(ChangedFolder("/gone", "/gone/a", below=True)) == set()


def test_folders_below_an_excluded_one_are_not_scanned(run: Scheduling) -> None:
    set_exclude_globs(run.builder.writer, run.builder.root, ["raw/"])
    names = ("raw", "raw/deep", "x/raw/y", "x")
    changed = [run.changed(name, below=False) for name in names]
    # The folder itself may have been excluded just now: its photos are to leave.
    assert run.targets(*changed) == {("raw", False), ("x", False)}


def test_a_root_with_new_rules_is_watched_by_them(run: Scheduling) -> None:
    run.start()
    set_exclude_globs(run.builder.writer, run.builder.root, ["raw/"])
    run.watcher.watched.clear()
    run.watcher.stale = {str(run.photos), "/gone"}
    assert run.targets() == set()
    ((root, rules),) = run.watcher.watched.items()
    assert root == str(run.photos) and rules.excludes("raw", is_folder=True)


def test_changes_on_a_drive_that_does_not_respond_wait_for_it(run: Scheduling) -> None:
    run.start()
    run.drives.unresponsive = {str(run.photos)}
    elsewhere = run.changed("b", below=False, root=run.other)
    assert run.targets(run.changed("a", below=True), elsewhere) == {("b", False)}
    assert run.go(DRIVE_CHECK_INTERVAL) == {run.photos}
    assert run.watcher.unwatched == [str(run.photos)]
    run.scan(run.photos)
    assert UNRESPONSIVE in (run.row(run.photos)["watching"] or "")
    assert run.go(DRIVE_CHECK_INTERVAL) == set()
    run.drives.unresponsive.clear()
    # It is noticed at the next check, not before.
    assert run.go(DRIVE_CHECK_INTERVAL - 0.5) == set()
    assert run.go(0.5) == {run.photos}
    assert run.watcher.unwatched == [str(run.photos)] * 2


@pytest.mark.parametrize("how", ["gone", "another", "dead"])
def test_a_folder_that_is_another_one_now_is_scanned_and_watched_anew(
    run: Scheduling, how: str
) -> None:
    run.start()
    if how == "dead":
        run.watcher.dead = {str(run.other)}
    else:
        run.other.rename(run.other.with_name("moved"))
        if how == "another":
            run.other.mkdir()
    assert run.go(DRIVE_CHECK_INTERVAL) == {run.other}
    assert run.watcher.unwatched[0] == str(run.other)
    run.watcher.dead.clear()
    run.scan(run.other)
    expected = "its drive is disconnected" if how == "gone" else "watched"
    assert expected in (run.row(run.other)["watching"] or "")
    assert run.go(DRIVE_CHECK_INTERVAL) == set()


def test_a_drive_that_a_watch_would_hold_is_polled(
    run: Scheduling, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        type(this_system()),
        "watch_holds_drive",
        lambda _, path: "it is removable" if path == str(run.other) else None,
    )
    run.due()
    assert run.watcher.watched.keys() == {str(run.photos)}
    assert run.watcher.unwatched == [str(run.other)]
    run.scan(run.photos, run.other)
    assert run.row(run.other)["watching"] == "scanned every minute, because it is removable"


def test_a_folder_is_told_by_its_device_and_inode(tmp_path: Path) -> None:
    facts = os.stat(tmp_path)
    assert module._identity(str(tmp_path)) == f"{facts.st_dev}:{facts.st_ino}"
    assert module._identity(str(tmp_path / "absent")) is None
