"""What becomes of files that were not found: missing, away, or a question to the person."""

from __future__ import annotations

import shutil
import time
from pathlib import Path

import pytest

from explorer.indexing.forget_missing import forget_missing_files
from explorer.indexing.vanished_files import ASK_MINIMUM
from explorer.library import missing_files
from explorer.library.file_store import files_below
from explorer.library.photo_store import take_purged_hashes
from explorer.library.root_store import add_root, set_exclude_globs, update_root
from explorer.scanning import root_scan, scan
from explorer.scanning.root_scan import ScanTarget
from explorer.scanning.scan import device_of
from tests.fixtures.indexing import IndexingSetup
from tests.indexing.test_reconcile import away, many, root


def test_a_few_that_are_deleted_are_missing(desk: IndexingSetup) -> None:
    many(desk, 40)
    for number in range(8):
        (desk.photos / f"{number:03}.png").unlink()
    tally = desk.run()
    assert (tally.missing, tally.away) == (8, 0)
    assert len(desk.present()) == 32 and root(desk)["asking"] == 0


def test_more_than_a_fifth_at_once_is_a_question(desk: IndexingSetup) -> None:
    before = many(desk, 40)
    for number in range(ASK_MINIMUM):
        (desk.photos / f"{number:03}.png").unlink()
    tally = desk.run()
    assert (tally.missing, tally.away) == (0, ASK_MINIMUM)
    assert desk.present() == before and len(away(desk)) == ASK_MINIMUM
    assert root(desk)["asking"] == root(desk)["away"] == ASK_MINIMUM
    rows = desk.library.catalog.photos(before.values())
    assert sum(row["away"] for row in rows.values()) == ASK_MINIMUM
    assert desk.run().away == 0
    desk.agrees()


def test_one_deletion_seen_in_pieces_is_one_question(desk: IndexingSetup) -> None:
    before = many(desk, 20, "a/") | many(desk, 20, "b/")
    for folder in ("a", "b"):
        for number in range(7):
            (desk.photos / folder / f"{number:03}.png").unlink()
    assert desk.run("a", thorough=False).missing == 7
    assert desk.run("b", thorough=False).away == 14
    assert desk.present() == before and len(away(desk)) == 14


def test_what_vanished_and_comes_back_is_as_before_without_reading(
    desk: IndexingSetup, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = many(desk, 30, "a/")
    desk.draw("stays.jpg", 99)
    desk.run()
    (desk.photos / "a").rename(desk.photos.parent / "aside")
    assert desk.run().away == 30
    (desk.photos.parent / "aside").rename(desk.photos / "a")
    monkeypatch.setattr(desk.pool, "_run_job", lambda *_: pytest.fail("a file was read"))
    assert desk.run().unchanged == 31
    assert not away(desk) and root(desk)["asking"] == 0
    assert before.items() <= desk.present().items()


def test_a_whole_tree_found_elsewhere_has_moved_and_nobody_asks(desk: IndexingSetup) -> None:
    many(desk, 30, "a/")
    (desk.photos / "a").rename(desk.photos / "b")
    tally = desk.run()
    assert (tally.moved, tally.away, tally.missing, tally.encoded) == (30, 0, 0, 0)


def test_the_answer_that_they_are_gone(desk: IndexingSetup) -> None:
    many(desk, 20, "a/")
    many(desk, 20, "b/")
    for folder in ("a", "b"):
        shutil.rmtree(desk.photos / folder)
    desk.draw("stays.jpg", 99)
    assert desk.run().away == 40
    assert forget_missing_files(desk.library.catalog, desk.writer, str(desk.photos / "a")) == 20
    assert len(away(desk)) == 20
    assert forget_missing_files(desk.library.catalog, desk.writer) == 20
    assert set(desk.present()) == {"stays.jpg"}
    assert forget_missing_files(desk.library.catalog, desk.writer) == 0
    desk.agrees()


def test_forgetting_leaves_what_is_there_again(desk: IndexingSetup) -> None:
    many(desk, 30)
    (desk.photos.parent / "aside").mkdir()
    for path in sorted(desk.photos.glob("*.png"))[:20]:
        path.rename(desk.photos.parent / "aside" / path.name)
    desk.run()
    (desk.photos.parent / "aside" / "000.png").rename(desk.photos / "000.png")
    assert forget_missing_files(desk.library.catalog, desk.writer) == 19


def test_the_answer_that_they_come_back(desk: IndexingSetup) -> None:
    many(desk, 40)
    for number in range(20):
        (desk.photos / f"{number:03}.png").unlink()
    desk.run()
    missing_files.keep_vanished(desk.writer, desk.root)
    assert (root(desk)["asking"], root(desk)["away"]) == (0, 20)
    # A single deletion later is just that.
    (desk.photos / "030.png").unlink()
    assert desk.run().missing == 1
    assert len(away(desk)) == 20


def test_forgotten_ones_return_as_themselves(desk: IndexingSetup) -> None:
    before = many(desk, 30, "a/")
    (desk.photos / "a").rename(desk.photos.parent / "aside")
    desk.draw("stays.jpg", 99)
    desk.run()
    forget_missing_files(desk.library.catalog, desk.writer)
    assert set(desk.present()) == {"stays.jpg"}
    (desk.photos.parent / "aside").rename(desk.photos / "again")
    assert desk.run().moved == 30
    assert {
        path.replace("again", "a"): photo
        for path, photo in desk.present().items()
        if "again" in path
    } == before
    assert desk.encoder.encoded == 31


def test_an_emptied_folder_is_away_until_the_person_says_otherwise(desk: IndexingSetup) -> None:
    many(desk, 3)
    for path in desk.photos.iterdir():
        path.unlink()
    (desk.photos / ".DS_Store").write_text("x")
    tally = desk.run()
    assert tally.offline == {str(desk.photos)} and (tally.missing, tally.away) == (0, 0)
    assert root(desk)["state"] == "offline" and root(desk)["away"] == 3
    assert forget_missing_files(desk.library.catalog, desk.writer, str(desk.photos)) == 3
    desk.run()
    assert root(desk)["state"] == "online" and not desk.present()


def test_another_drive_in_the_same_place_is_a_question_at_any_number(
    desk: IndexingSetup, monkeypatch: pytest.MonkeyPatch
) -> None:
    many(desk, 4)
    (desk.photos.parent / "aside").mkdir()
    for path in list(desk.photos.iterdir()):
        path.rename(desk.photos.parent / "aside" / path.name)
    for number in (50, 51):
        desk.draw(f"new/{number}.jpg", number)
    monkeypatch.setattr(root_scan, "device_of", lambda folder: "another")
    # An event told of one folder only; it takes a look at the whole to see what it means.
    tally = desk.run("new", thorough=False)
    assert (tally.away, tally.missing, tally.indexed) == (4, 0, 2)
    monkeypatch.undo()
    shutil.rmtree(desk.photos / "new")
    for path in list((desk.photos.parent / "aside").iterdir()):
        path.rename(desk.photos / path.name)
    tally = desk.run()
    assert (tally.unchanged, tally.encoded) == (4, 0) and away(desk) == {"new/50.jpg", "new/51.jpg"}


def test_a_drive_inside_a_folder_that_is_unplugged(
    desk: IndexingSetup, monkeypatch: pytest.MonkeyPatch
) -> None:
    many(desk, 20)
    many(desk, 3, "usb/")
    real = device_of
    on_drive = str(desk.photos / "usb")
    monkeypatch.setattr(
        root_scan, "device_of", lambda folder: "drive" if folder == on_drive else real(folder)
    )
    update_root(desk.writer, desk.root, mounts=["usb"])
    desk.run()
    assert root(desk)["mounts"] == ["usb"]
    monkeypatch.undo()
    for path in (desk.photos / "usb").iterdir():
        path.unlink()
    tally = desk.run("usb", thorough=False)
    assert (tally.away, tally.missing) == (3, 0)
    assert away(desk) == {"usb/000.png", "usb/001.png", "usb/002.png"}


def test_what_may_not_be_looked_at_is_not_gone(
    desk: IndexingSetup, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A folder that can be listed but not entered: its files have names and nothing else."""
    many(desk, 3, "locked/")
    real = scan._add_file

    def refuse(found: scan.ScanResult, relative: str, *rest: object) -> None:
        if relative.startswith("locked/"):
            raise PermissionError(13, "Permission denied", relative)
        real(found, relative, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(scan, "_add_file", refuse)
    desk.draw("new.jpg", 77)
    tally = desk.run()
    assert (tally.missing, tally.away, tally.indexed) == (0, 0, 1) and len(tally.unlisted) == 3
    assert len(desk.present()) == 4 and "permissions" in (root(desk)["problem"] or "")
    monkeypatch.undo()
    desk.run()
    assert root(desk)["problem"] is None


def test_missing_files_are_remembered_for_a_while_and_then_not(
    desk: IndexingSetup, monkeypatch: pytest.MonkeyPatch
) -> None:
    many(desk, 3)
    (desk.photos / "000.png").unlink()
    desk.run()
    assert desk.library.catalog.counts().missing == 1
    assert missing_files.purge_expired(desk.writer) == 0
    later = time.time() + missing_files.RETENTION + 60
    assert missing_files.purge_expired(desk.writer, later) == 1
    assert desk.library.catalog.counts().missing == 0
    assert len(take_purged_hashes(desk.writer)) == 1
    desk.agrees()


def test_what_is_missing_on_a_drive_that_is_away_or_left_out_is_kept(desk: IndexingSetup) -> None:
    many(desk, 3)
    (desk.photos / "000.png").unlink()
    set_exclude_globs(desk.writer, desk.root, ["001.png"])
    desk.run()
    later = time.time() + missing_files.RETENTION + 60
    update_root(desk.writer, desk.root, state="offline")
    assert missing_files.purge_expired(desk.writer, later) == 0
    update_root(desk.writer, desk.root, state="online")
    assert missing_files.purge_expired(desk.writer, later) == 1
    assert root(desk)["left_out"] == 1


def test_a_folder_that_was_emptied_into_another_is_no_drive_that_is_away(
    desk: IndexingSetup, tmp_path: Path
) -> None:
    """By copying and deleting, as between two drives."""
    before = many(desk, 12)
    other = tmp_path / "other"
    other.mkdir()
    second = add_root(desk.writer, str(other))
    for path in list(desk.photos.iterdir()):
        shutil.copyfile(path, other / path.name)
        path.unlink()
    tally = desk.indexer.run(
        [ScanTarget(desk.root, str(desk.photos)), ScanTarget(second, str(other))]
    )
    assert (tally.moved, tally.indexed, tally.encoded) == (12, 0, 0) and not tally.offline
    assert {
        path: file.photo_id for path, file in files_below(desk.writer, second).items()
    } == before
    assert all(row["state"] == "online" for row in desk.library.catalog.roots())
