"""What decides between a move, a copy and an absence, at its boundaries."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from explorer.errors import FolderError
from explorer.indexing import move_detection, reconcile, vanished_files
from explorer.indexing.path_prefixes import covered_by
from explorer.indexing.reconcile import Reconciler
from explorer.indexing.watched_folders import add_folder
from explorer.library.file_rows import EXCLUDED
from explorer.library.stores.file_store import files_below, put_failed, put_missing
from explorer.library.stores.root_store import add_root
from explorer.scanning.drive_timeouts import UNRESPONSIVE, DriveTimeouts
from explorer.scanning.ignore import IGNORE_FILE
from explorer.scanning.index_summary import IndexSummary
from explorer.scanning.root_scan import ScanTarget
from explorer.scanning.write_detection import WriteDetector
from tests.fixtures.drives import UnresponsiveDrives
from tests.fixtures.indexing import IndexingSetup
from tests.indexing.test_reconcile import away, many, root


def differences(
    setup: IndexingSetup,
    disk: DriveTimeouts | None = None,
    resting: Any = None,
    tick: Callable[[], None] = lambda: None,
) -> tuple[Reconciler, IndexSummary]:
    summary = IndexSummary()
    return Reconciler(
        setup.library.catalog,
        setup.writer,
        resting or WriteDetector(),
        summary,
        tick,
        disk or setup.drives,
    ), summary


def put(setup: IndexingSetup, *names: str) -> None:
    """Files of these names that nobody has written to for long."""
    for name in names:
        (setup.photos / name).parent.mkdir(parents=True, exist_ok=True)
        (setup.photos / name).write_bytes(name.encode())
        os.utime(setup.photos / name, (1_600_000_000, 1_600_000_000))


def test_a_rename_together_with_a_hard_link_gives_two_files(setup: IndexingSetup) -> None:
    path = setup.draw("a.jpg")
    setup.run()
    before = setup.present()["a.jpg"]
    path.rename(setup.photos / "b.jpg")
    os.link(setup.photos / "b.jpg", setup.photos / "c.jpg")
    summary = setup.run()
    assert (summary.moved, summary.indexed, summary.missing, summary.encoded) == (1, 1, 0, 0)
    assert setup.present() == {"b.jpg": before, "c.jpg": before}


def test_a_hard_link_of_an_inaccessible_file_is_a_copy(
    setup: IndexingSetup, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = setup.draw("old/a.jpg")
    setup.run()
    before = setup.present()["old/a.jpg"]
    (setup.photos / "new").mkdir()
    os.link(path, setup.photos / "new" / "a.jpg")
    monkeypatch.setattr(move_detection, "inode_of", lambda path: None)
    summary = setup.run("new", thorough=False)
    assert (summary.moved, summary.indexed) == (0, 1)
    assert setup.present() == {"old/a.jpg": before, "new/a.jpg": before}


def test_a_drive_unplugged_before_vanished_files_are_resolved_keeps_its_photos(
    setup: IndexingSetup, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = many(setup, 3)
    (setup.photos / "000.png").unlink()
    monkeypatch.setattr(vanished_files, "root_state", lambda root: "absent")
    summary = setup.run()
    assert (summary.missing, summary.away) == (0, 0)
    assert setup.present() == before and not away(setup)
    monkeypatch.undo()
    assert setup.run().missing == 1


def test_no_question_is_asked_about_a_fifth_or_a_small_number_of_files(
    setup: IndexingSetup,
) -> None:
    many(setup, 50)
    for number in range(10):
        (setup.photos / f"{number:03}.png").unlink()
    summary = setup.run()
    assert (summary.missing, summary.away) == (10, 0)
    # 9 of 40 are more than a fifth, but too few; with those of a moment ago they are enough.
    setup.writer.connection.execute(
        "update file set gone_at = gone_at - 3600 where state = 'missing'"
    )
    for number in range(10, 19):
        (setup.photos / f"{number:03}.png").unlink()
    summary = setup.run()
    assert (summary.missing, summary.away) == (9, 0)
    (setup.photos / "019.png").unlink()
    summary = setup.run()
    assert (summary.missing, summary.away) == (0, 10)


def test_an_unresponsive_drive_keeps_its_photos_and_delays_no_other(
    setup: IndexingSetup, tmp_path: Path
) -> None:
    before = many(setup, 2)
    (tmp_path / "other").mkdir()
    second = add_root(setup.writer, str(tmp_path / "other"))
    (tmp_path / "other" / "new.jpg").write_bytes(b"x")
    found, summary = differences(setup, UnresponsiveDrives(setup.photos))
    (setup.photos / "000.png").unlink()
    found.scan(
        [ScanTarget(setup.root, str(setup.photos)), ScanTarget(second, str(tmp_path / "other"))]
    )
    found.resolve_gone()
    assert summary.offline == {str(setup.photos)} and (summary.missing, summary.away) == (0, 0)
    rows = {row["id"]: (row["state"], row["problem"]) for row in setup.library.catalog.roots()}
    assert rows == {setup.root: ("offline", UNRESPONSIVE), second: ("online", None)}
    assert setup.present() == before and [task.seen.path for task in found.new] == ["new.jpg"]


def test_places_in_a_folder_no_longer_watched_are_skipped(setup: IndexingSetup) -> None:
    put(setup, "a.jpg")
    ticks = list[int]()
    found, summary = differences(setup, tick=lambda: ticks.append(1))
    found.scan(
        [ScanTarget(setup.root + 1, str(setup.photos)), ScanTarget(setup.root, str(setup.photos))]
    )
    assert (
        [task.root_id for task in found.new] == [setup.root]
        and set(summary.durations) == {setup.root}
        and len(ticks) >= 2
    )


def test_scan_durations_of_a_root_are_summed(
    setup: IndexingSetup, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = iter([10.0, 13.0, 20.0, 25.0])
    monkeypatch.setattr(reconcile, "time", SimpleNamespace(monotonic=lambda: next(now)))
    found, summary = differences(setup)
    found.scan(
        [
            ScanTarget(setup.root, str(setup.photos), "a"),
            ScanTarget(setup.root, str(setup.photos), "b"),
        ]
    )
    assert summary.durations == {setup.root: 8.0}


def test_everything_found_by_a_scan_is_reported(setup: IndexingSetup) -> None:
    put(setup, "a.txt", "b.txt", "sub/c.jpg")
    (setup.photos / IGNORE_FILE).write_text("[\n")
    (setup.photos / "loop.jpg").symlink_to(setup.photos.parent / "loop.jpg")
    (setup.photos.parent / "loop.jpg").symlink_to(setup.photos.parent / "loop.jpg")
    found, summary = differences(setup)
    found.scan([ScanTarget(setup.root, str(setup.photos))])
    assert summary.other == 2 and summary.unlisted == {str(setup.photos / "loop.jpg")}
    (said,) = summary.problems
    assert said.startswith(
        f"{setup.photos}: in {IGNORE_FILE}, line 1"
    ) and "loop.jpg cannot be read" in str(root(setup)["problem"])
    assert root(setup)["scanned_at"] is not None
    # A look at a part does not take that back.
    (setup.photos / IGNORE_FILE).unlink()
    found.scan([ScanTarget(setup.root, str(setup.photos), "sub")])
    assert "loop.jpg cannot be read" in str(root(setup)["problem"])


def test_files_still_being_written_are_left_for_a_later_scan_of_their_folder(
    setup: IndexingSetup,
) -> None:
    put(setup, "sub/a.jpg", "sub/b.jpg", "c.jpg")
    found, summary = differences(
        setup, resting=SimpleNamespace(is_settled=lambda path, seen: not path.endswith("a.jpg"))
    )
    found.scan([ScanTarget(setup.root, str(setup.photos))])
    assert sorted(task.seen.path for task in found.new) == ["c.jpg", "sub/b.jpg"]
    assert summary.unsettled == {ScanTarget(setup.root, str(setup.photos), "sub", False)}


def test_files_that_could_not_be_read_are_counted_and_left_alone_until_they_change(
    setup: IndexingSetup,
) -> None:
    put(setup, "bad.jpg", "layers.psd")
    found, _ = differences(setup)
    found.scan([ScanTarget(setup.root, str(setup.photos))])
    (task,) = found.new
    put_failed(setup.writer, setup.root, task.seen, "torn")
    found, summary = differences(setup)
    found.scan([ScanTarget(setup.root, str(setup.photos))])
    assert (summary.failed, summary.unchanged, found.new) == (2, 0, [])
    (setup.photos / "bad.jpg").write_bytes(b"longer than before")
    os.utime(setup.photos / "bad.jpg", (1_600_000_000, 1_600_000_000))
    found, summary = differences(setup)
    found.scan([ScanTarget(setup.root, str(setup.photos))])
    assert summary.failed == 1 and [task.was is not None for task in found.new] == [True]
    assert setup.library.catalog.counts().failed == 2


def test_an_excluded_file_that_was_deleted_is_missing(setup: IndexingSetup) -> None:
    before = many(setup, 2)
    put_missing(setup.writer, [files_below(setup.writer, setup.root)["000.png"]], EXCLUDED)
    (setup.photos / "000.png").unlink()
    summary = setup.run()
    file = files_below(setup.writer, setup.root)["000.png"]
    assert (file.state, file.excluded, file.photo_id) == ("missing", False, before["000.png"])
    # It is not news.
    assert (summary.missing, summary.away, summary.left_out) == (0, 0, 0)


def test_a_folder_is_added_unless_its_drive_is_unresponsive_or_it_is_not_a_folder(
    setup: IndexingSetup, tmp_path: Path
) -> None:
    (tmp_path / "other").mkdir()
    with pytest.raises(FolderError, match=rf"{UNRESPONSIVE}. Check its connection"):
        add_folder(setup.writer, str(tmp_path / "other"), UnresponsiveDrives(tmp_path / "other"))
    with pytest.raises(FolderError, match="does not exist"):
        add_folder(setup.writer, str(tmp_path / "absent"), DriveTimeouts())
    assert len(setup.library.catalog.roots()) == 1
    assert (
        add_folder(setup.writer, str(tmp_path / "other"), UnresponsiveDrives(setup.photos))
        != setup.root
    )
    (tmp_path / "alias").symlink_to(setup.photos)
    assert add_folder(setup.writer, str(tmp_path / "alias"), DriveTimeouts()) == setup.root


@pytest.mark.parametrize(
    ("path", "marked", "covered"),
    [
        ("a/b/c.jpg", {"a"}, True), ("a/b/c.jpg", ["a/b"], True),
        ("a/b/c.jpg", ("a/b/c.jpg",), True), ("a/b/c.jpg", {""}, True),
        ("c.jpg", {""}, True), ("", {""}, True),
        ("a/b/c.jpg", {"b", "a/b/c", "a/", "A", "c.jpg"}, False), ("a/b/c.jpg", (), False),
        ("ab/c.jpg", {"a"}, False), ("", {"a"}, False),
    ],
)  # fmt: skip
def test_folders_below_a_marked_folder_are_recognized(
    path: str, marked: Any, covered: bool
) -> None:
    assert covered_by(path, marked) is covered
