"""What becomes of files that were not found: missing, away, or a question to the user."""

from __future__ import annotations

import shutil
import time
from pathlib import Path

import pytest

from explorer.indexing.forget_missing import forget_missing_files
from explorer.indexing.vanished_files import ASK_MINIMUM
from explorer.library import missing_files
from explorer.library.stores.file_store import files_below
from explorer.library.stores.photo_store import take_purged_hashes
from explorer.library.stores.root_store import add_root, set_exclude_globs, update_root
from explorer.scanning import root_scan, tree_scan
from explorer.scanning.path_probes import device_of
from explorer.scanning.root_scan import ScanTarget
from tests.fixtures.indexing import IndexingSetup
from tests.indexing.test_reconcile import away, many, root


def test_a_few_deleted_files_are_missing(setup: IndexingSetup) -> None:
    many(setup, 40)
    for number in range(8):
        (setup.photos / f"{number:03}.png").unlink()
    summary = setup.run()
    assert (summary.missing, summary.away) == (8, 0)
    assert len(setup.present()) == 32 and root(setup)["asking"] == 0


def test_losing_more_than_a_fifth_at_once_raises_a_question(setup: IndexingSetup) -> None:
    before = many(setup, 40)
    for number in range(ASK_MINIMUM):
        (setup.photos / f"{number:03}.png").unlink()
    summary = setup.run()
    assert (summary.missing, summary.away) == (0, ASK_MINIMUM)
    assert setup.present() == before and len(away(setup)) == ASK_MINIMUM
    assert root(setup)["asking"] == root(setup)["away"] == ASK_MINIMUM
    rows = setup.library.catalog.photos(before.values())
    assert sum(row["away"] for row in rows.values()) == ASK_MINIMUM
    assert setup.run().away == 0
    setup.agrees()


def test_one_deletion_noticed_in_parts_is_one_question(setup: IndexingSetup) -> None:
    before = many(setup, 20, "a/") | many(setup, 20, "b/")
    for folder in ("a", "b"):
        for number in range(7):
            (setup.photos / folder / f"{number:03}.png").unlink()
    assert setup.run("a", thorough=False).missing == 7
    assert setup.run("b", thorough=False).away == 14
    assert setup.present() == before and len(away(setup)) == 14


def test_vanished_files_that_return_are_restored_without_reading(
    setup: IndexingSetup, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = many(setup, 30, "a/")
    setup.draw("stays.jpg", 99)
    setup.run()
    (setup.photos / "a").rename(setup.photos.parent / "aside")
    assert setup.run().away == 30
    (setup.photos.parent / "aside").rename(setup.photos / "a")
    monkeypatch.setattr(setup.pool, "_run_job", lambda *_: pytest.fail("a file was read"))
    assert setup.run().unchanged == 31
    assert not away(setup) and root(setup)["asking"] == 0
    assert before.items() <= setup.present().items()


def test_a_tree_found_elsewhere_has_moved_without_a_question(setup: IndexingSetup) -> None:
    many(setup, 30, "a/")
    (setup.photos / "a").rename(setup.photos / "b")
    summary = setup.run()
    assert (summary.moved, summary.away, summary.missing, summary.encoded) == (30, 0, 0, 0)


def test_the_answer_gone_makes_vanished_files_missing(setup: IndexingSetup) -> None:
    many(setup, 20, "a/")
    many(setup, 20, "b/")
    for folder in ("a", "b"):
        shutil.rmtree(setup.photos / folder)
    setup.draw("stays.jpg", 99)
    assert setup.run().away == 40
    assert forget_missing_files(setup.library.catalog, setup.writer, str(setup.photos / "a")) == 20
    assert len(away(setup)) == 20
    assert forget_missing_files(setup.library.catalog, setup.writer) == 20
    assert set(setup.present()) == {"stays.jpg"}
    assert forget_missing_files(setup.library.catalog, setup.writer) == 0
    setup.agrees()


def test_forgetting_keeps_files_that_have_returned(setup: IndexingSetup) -> None:
    many(setup, 30)
    (setup.photos.parent / "aside").mkdir()
    for path in sorted(setup.photos.glob("*.png"))[:20]:
        path.rename(setup.photos.parent / "aside" / path.name)
    setup.run()
    (setup.photos.parent / "aside" / "000.png").rename(setup.photos / "000.png")
    assert forget_missing_files(setup.library.catalog, setup.writer) == 19


def test_the_answer_that_files_will_return_keeps_them(setup: IndexingSetup) -> None:
    many(setup, 40)
    for number in range(20):
        (setup.photos / f"{number:03}.png").unlink()
    setup.run()
    missing_files.keep_vanished(setup.writer, setup.root)
    assert (root(setup)["asking"], root(setup)["away"]) == (0, 20)
    # A single deletion later is just that.
    (setup.photos / "030.png").unlink()
    assert setup.run().missing == 1
    assert len(away(setup)) == 20


def test_forgotten_photos_that_return_keep_their_ids(setup: IndexingSetup) -> None:
    before = many(setup, 30, "a/")
    (setup.photos / "a").rename(setup.photos.parent / "aside")
    setup.draw("stays.jpg", 99)
    setup.run()
    forget_missing_files(setup.library.catalog, setup.writer)
    assert set(setup.present()) == {"stays.jpg"}
    (setup.photos.parent / "aside").rename(setup.photos / "again")
    assert setup.run().moved == 30
    assert {
        path.replace("again", "a"): photo
        for path, photo in setup.present().items()
        if "again" in path
    } == before
    assert setup.encoder.encoded == 31


def test_an_emptied_folder_is_offline_until_the_user_says_otherwise(setup: IndexingSetup) -> None:
    many(setup, 3)
    for path in setup.photos.iterdir():
        path.unlink()
    (setup.photos / ".DS_Store").write_text("x")
    summary = setup.run()
    assert summary.offline == {str(setup.photos)} and (summary.missing, summary.away) == (0, 0)
    assert root(setup)["state"] == "offline" and root(setup)["away"] == 3
    assert forget_missing_files(setup.library.catalog, setup.writer, str(setup.photos)) == 3
    setup.run()
    assert root(setup)["state"] == "online" and not setup.present()


def test_another_drive_at_the_same_path_always_raises_a_question(
    setup: IndexingSetup, monkeypatch: pytest.MonkeyPatch
) -> None:
    many(setup, 4)
    (setup.photos.parent / "aside").mkdir()
    for path in list(setup.photos.iterdir()):
        path.rename(setup.photos.parent / "aside" / path.name)
    for number in (50, 51):
        setup.draw(f"new/{number}.jpg", number)
    monkeypatch.setattr(root_scan, "device_of", lambda folder: "another")
    # An event told of one folder only; it takes a look at the whole to see what it means.
    summary = setup.run("new", thorough=False)
    assert (summary.away, summary.missing, summary.indexed) == (4, 0, 2)
    monkeypatch.undo()
    shutil.rmtree(setup.photos / "new")
    for path in list((setup.photos.parent / "aside").iterdir()):
        path.rename(setup.photos / path.name)
    summary = setup.run()
    assert (summary.unchanged, summary.encoded) == (4, 0) and away(setup) == {
        "new/50.jpg",
        "new/51.jpg",
    }


def test_a_drive_mounted_inside_a_folder_can_be_unplugged(
    setup: IndexingSetup, monkeypatch: pytest.MonkeyPatch
) -> None:
    many(setup, 20)
    many(setup, 3, "usb/")
    real = device_of
    on_drive = str(setup.photos / "usb")
    monkeypatch.setattr(
        root_scan, "device_of", lambda folder: "drive" if folder == on_drive else real(folder)
    )
    update_root(setup.writer, setup.root, mounts=["usb"])
    setup.run()
    assert root(setup)["mounts"] == ["usb"]
    monkeypatch.undo()
    for path in (setup.photos / "usb").iterdir():
        path.unlink()
    summary = setup.run("usb", thorough=False)
    assert (summary.away, summary.missing) == (3, 0)
    assert away(setup) == {"usb/000.png", "usb/001.png", "usb/002.png"}


def test_inaccessible_files_are_not_missing(
    setup: IndexingSetup, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A folder that can be listed but not entered: its files have names and nothing else."""
    many(setup, 3, "locked/")
    real = tree_scan._add_file

    def refuse(found: tree_scan.ScanResult, relative: str, *rest: object) -> None:
        if relative.startswith("locked/"):
            raise PermissionError(13, "Permission denied", relative)
        real(found, relative, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(tree_scan, "_add_file", refuse)
    setup.draw("new.jpg", 77)
    summary = setup.run()
    assert (summary.missing, summary.away, summary.indexed) == (0, 0, 1) and len(
        summary.unlisted
    ) == 3
    assert len(setup.present()) == 4 and "permissions" in (root(setup)["problem"] or "")
    monkeypatch.undo()
    setup.run()
    assert root(setup)["problem"] is None


def test_missing_files_are_forgotten_after_a_time(
    setup: IndexingSetup, monkeypatch: pytest.MonkeyPatch
) -> None:
    many(setup, 3)
    (setup.photos / "000.png").unlink()
    setup.run()
    assert setup.library.catalog.counts().missing == 1
    assert missing_files.purge_expired(setup.writer) == 0
    later = time.time() + missing_files.RETENTION + 60
    assert missing_files.purge_expired(setup.writer, later) == 1
    assert setup.library.catalog.counts().missing == 0
    assert len(take_purged_hashes(setup.writer)) == 1
    setup.agrees()


def test_missing_files_on_disconnected_drives_or_in_excluded_folders_are_kept(
    setup: IndexingSetup,
) -> None:
    many(setup, 3)
    (setup.photos / "000.png").unlink()
    set_exclude_globs(setup.writer, setup.root, ["001.png"])
    setup.run()
    later = time.time() + missing_files.RETENTION + 60
    update_root(setup.writer, setup.root, state="offline")
    assert missing_files.purge_expired(setup.writer, later) == 0
    update_root(setup.writer, setup.root, state="online")
    assert missing_files.purge_expired(setup.writer, later) == 1
    assert root(setup)["left_out"] == 1


def test_a_folder_emptied_into_another_is_not_a_disconnected_drive(
    setup: IndexingSetup, tmp_path: Path
) -> None:
    """By copying and deleting, as between two drives."""
    before = many(setup, 12)
    other = tmp_path / "other"
    other.mkdir()
    second = add_root(setup.writer, str(other))
    for path in list(setup.photos.iterdir()):
        shutil.copyfile(path, other / path.name)
        path.unlink()
    summary = setup.indexer.run(
        [ScanTarget(setup.root, str(setup.photos)), ScanTarget(second, str(other))]
    )
    assert (summary.moved, summary.indexed, summary.encoded) == (12, 0, 0) and not summary.offline
    assert {
        path: file.photo_id for path, file in files_below(setup.writer, second).items()
    } == before
    assert all(row["state"] == "online" for row in setup.library.catalog.roots())
