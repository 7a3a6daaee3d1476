"""Moves, absences, and the question whether what vanished is gone."""

from __future__ import annotations

import os
import shutil
import time
from pathlib import Path

import numpy as np
import pytest

from explorer import int64
from explorer.indexing.forget_missing import forget_missing_files
from explorer.indexing.vanished_files import ASK_MINIMUM
from explorer.library import missing_files
from explorer.library.embedding_store import put_embedding
from explorer.library.file_rows import FileStat, KnownFile
from explorer.library.file_store import files_below, put_present
from explorer.library.photo_store import add_photo, deferred_purge, take_purged_hashes
from explorer.library.root_store import add_root, set_exclude_globs, update_root
from explorer.library.rows import RootRow
from explorer.scanning import root_scan, scan
from explorer.scanning.index_summary import IndexSummary
from explorer.scanning.root_scan import ScanTarget
from explorer.scanning.scan import device_of
from tests.factory import decoded, digest_of, vector_of
from tests.fixtures.indexing import IndexingSetup


def many(desk: IndexingSetup, number: int, folder: str = "") -> dict[str, int]:
    """That many photos, indexed; the ids by path."""
    for each in range(number):
        desk.paint(
            f"{folder}{each:03}.png",
            f"#{each % 250:02x}{len(folder) * 9 % 250:02x}{each // 250:02x}",
        )
    desk.run()
    return desk.present()


def root(desk: IndexingSetup) -> RootRow:
    return desk.library.catalog.roots()[0]


def away(desk: IndexingSetup) -> set[str]:
    return {
        file.path
        for file in files_below(desk.writer, desk.root).values()
        if file.state == "present" and file.vanished
    }


# --- identity


def test_a_move_between_folders_of_the_library_is_a_move(
    desk: IndexingSetup, tmp_path: Path
) -> None:
    other = tmp_path / "other"
    other.mkdir()
    second = add_root(desk.writer, str(other))
    before = many(desk, 30, "album/")
    (desk.photos / "album").rename(other / "moved")
    tally = desk.indexer.run(
        [ScanTarget(desk.root, str(desk.photos)), ScanTarget(second, str(other))]
    )
    assert (tally.moved, tally.encoded, tally.missing, tally.away) == (30, 0, 0, 0)
    files = files_below(desk.writer, second)
    assert {path: file.photo_id for path, file in files.items()} == {
        p.replace("album", "moved"): photo for p, photo in before.items()
    }


def test_a_move_is_a_move_when_only_the_new_place_is_looked_at(
    desk: IndexingSetup, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As events tell of one folder before the other."""
    before = many(desk, 4, "old/")
    (desk.photos / "new").mkdir()
    for path in (desk.photos / "old").iterdir():
        path.rename(desk.photos / "new" / path.name)
    monkeypatch.setattr(desk.pool, "_run_job", lambda *_: pytest.fail("a file was read"))
    assert desk.run("new", recursive=False, thorough=False).moved == 4
    tally = desk.run("old", thorough=False)
    assert (tally.moved, tally.missing) == (0, 0)
    assert desk.present() == {path.replace("old", "new"): photo for path, photo in before.items()}


def test_a_copy_that_is_deleted_at_its_old_place_later_is_a_move_by_content(
    desk: IndexingSetup,
) -> None:
    before = many(desk, 3, "old/")
    shutil.copytree(desk.photos / "old", desk.photos / "new", copy_function=shutil.copyfile)
    shutil.rmtree(desk.photos / "old")
    tally = desk.run("new", thorough=False)
    assert (tally.moved, tally.encoded) == (3, 0)
    assert desk.present() == {path.replace("old", "new"): photo for path, photo in before.items()}


def test_a_series_that_is_numbered_anew_keeps_its_ids(desk: IndexingSetup) -> None:
    before = many(desk, 12)
    for number in reversed(range(12)):
        (desk.photos / f"{number:03}.png").rename(desk.photos / f"{number + 1:03}.png")
    tally = desk.run()
    assert (tally.moved, tally.encoded) == (12, 0)
    assert desk.present() == {
        f"{int(path[:3]) + 1:03}.png": photo for path, photo in before.items()
    }
    desk.agrees()


def test_a_rename_that_changes_case_or_composition_only(desk: IndexingSetup) -> None:
    for number, name in enumerate(("photo.jpg", "caf\u00e9.jpg")):
        desk.draw(name, number)
    desk.run()
    before = desk.present()
    (desk.photos / "photo.jpg").rename(desk.photos / "PHOTO.JPG")
    (desk.photos / "caf\u00e9.jpg").rename(desk.photos / "cafe\u0301.jpg")
    tally = desk.run()
    assert (tally.moved, tally.encoded) == (2, 0)
    assert set(desk.present().values()) == set(before.values())


def test_an_original_kept_as_a_backup_beside_its_edit_keeps_its_id(desk: IndexingSetup) -> None:
    desk.draw("a.jpg", 0)
    desk.run()
    before = desk.present()["a.jpg"]
    (desk.photos / "a.jpg").rename(desk.photos / "a_original.jpg")
    desk.draw("a.jpg", 1)
    tally = desk.run()
    assert (tally.moved, tally.indexed, tally.encoded) == (1, 1, 1)
    assert desk.present()["a_original.jpg"] == before != desk.present()["a.jpg"]
    desk.agrees()


def test_a_save_by_renaming_over_is_an_edit(desk: IndexingSetup) -> None:
    desk.draw("a.jpg", 0)
    desk.run()
    before = desk.present()["a.jpg"]
    desk.draw("a.tmp.jpg", 1).replace(desk.photos / "a.jpg")
    desk.run()
    assert set(desk.present()) == {"a.jpg"} and desk.present()["a.jpg"] != before
    assert desk.library.catalog.photo(before) is None
    desk.agrees()


def test_an_inode_that_is_used_again_fools_nobody(
    desk: IndexingSetup, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two bitmaps of one size and, from an archive, one time: the second gets the first one's
    number after that is deleted."""
    first, second = desk.paint("a.bmp", "red"), desk.photos.parent / "b.bmp"
    os.utime(first, (1_600_000_000, 1_600_000_000))
    desk.run()
    before, number = desk.present()["a.bmp"], first.stat().st_ino
    first.unlink()
    desk.paint("../b.bmp", "blue")
    os.utime(second, (1_600_000_000, 1_600_000_000))
    second.rename(desk.photos / "b.bmp")
    monkeypatch.setattr(int64, "file_id", lambda inode: number)
    tally = desk.run()
    assert (tally.moved, tally.indexed, tally.missing) == (0, 1, 1)
    assert desk.present()["b.bmp"] != before


@pytest.mark.parametrize("by", ["inodes", "change times"])
def test_bitmaps_of_one_size_and_time_that_swap_names_are_told_apart(
    desk: IndexingSetup, monkeypatch: pytest.MonkeyPatch, by: str
) -> None:
    monkeypatch.setattr(root_scan, "has_stable_inodes", lambda root: by == "inodes")
    monkeypatch.setattr(root_scan, "has_reliable_ctimes", lambda root: by != "inodes")
    for name, colour in (("a.bmp", "red"), ("b.bmp", "blue")):
        os.utime(desk.paint(name, colour), (1_600_000_000, 1_600_000_000))
    desk.run()
    before = desk.present()
    (desk.photos / "a.bmp").rename(desk.photos / "c")
    (desk.photos / "b.bmp").rename(desk.photos / "a.bmp")
    (desk.photos / "c").rename(desk.photos / "b.bmp")
    desk.run()
    assert desk.present() == {"a.bmp": before["b.bmp"], "b.bmp": before["a.bmp"]}
    assert desk.encoder.encoded == 2


def test_a_hard_link_is_a_copy_and_a_link_is_not_followed_twice(
    desk: IndexingSetup, tmp_path: Path
) -> None:
    path = desk.draw("a.jpg", 0)
    outside = desk.draw("../outside.jpg", 1)
    desk.run()
    os.link(path, desk.photos / "hard.jpg")
    (desk.photos / "soft.jpg").symlink_to(path)
    (desk.photos / "folder").symlink_to(desk.photos)
    (desk.photos / "loop").symlink_to(desk.photos / "loop")
    (desk.photos / "out.jpg").symlink_to(outside)
    (desk.photos / "dangling.jpg").symlink_to(tmp_path / "absent.jpg")
    tally = desk.run()
    assert (tally.indexed, tally.unchanged, tally.encoded, tally.failed) == (2, 1, 1, 0)
    present = desk.present()
    assert (
        set(present) == {"a.jpg", "hard.jpg", "out.jpg"} and present["a.jpg"] == present["hard.jpg"]
    )
    assert desk.run().unchanged == 3
    (desk.photos / "out2.jpg").symlink_to(outside)
    assert desk.run().indexed == 1
    assert desk.run().unchanged == 4


def test_names_that_are_long_deep_or_odd(desk: IndexingSetup) -> None:
    names = [
        "x" * 251 + ".jpg",
        "/".join(["d" * 60] * 20) + "/deep.jpg",
        "line\nbreak.jpg",
        "\U0001f600 \u202e.jpg",
        "-rf.jpg",
        "end .jpg",
    ]
    if os.name == "posix":
        names.append(os.fsdecode(b"\xff\xfe.jpg"))
    for number, name in enumerate(names):
        desk.draw(name, number)
    assert desk.run().indexed == len(names)
    before = set(desk.present().values())
    (desk.photos / ("d" * 60)).rename(desk.photos / "short")
    assert desk.run().moved == 1
    assert set(desk.present().values()) == before


def test_one_folder_by_two_ways_is_one_folder(desk: IndexingSetup, tmp_path: Path) -> None:
    (tmp_path / "way").symlink_to(desk.photos)
    assert add_root(desk.writer, str(tmp_path / "way")) == desk.root
    (desk.photos / "below").mkdir()
    assert add_root(desk.writer, str(tmp_path / "way" / "below")) == desk.root


# --- what vanished


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


def test_a_killed_run_between_a_swap_loses_no_id(
    desk: IndexingSetup, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The content whose name was taken over first has no file for a moment: it waits for the run
    that finds it."""
    for name, colour in (("a.png", "red"), ("b.png", "blue")):
        os.utime(desk.paint(name, colour), (1_600_000_000, 1_600_000_000))
    desk.run()
    before = desk.present()
    with deferred_purge(desk.writer, thorough=False):
        seen = FileStat("a.png", 1, 1, 0)
        put_present(desk.writer, desk.root, seen, before["b.png"])
    (desk.photos / "b.png").write_bytes((desk.photos / "a.png").read_bytes())
    (desk.photos / "a.png").unlink()
    desk.paint("a.png", "blue")
    desk.run()
    assert desk.present() == {"a.png": before["b.png"], "b.png": before["a.png"]}
    assert desk.encoder.encoded == 2
    desk.agrees()


def test_five_thousand_that_move_are_not_encoded_again(
    desk: IndexingSetup, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rows and files without pictures: what is counted is what is read."""
    number = 5000
    (desk.photos / "old").mkdir()
    with desk.writer.transaction():
        for each in range(number):
            path = desk.photos / "old" / f"{each}.jpg"
            path.write_bytes(b"%d" % each)
            facts = path.stat()
            photo = add_photo(desk.writer, digest_of(each), facts.st_size, decoded())
            put_embedding(desk.writer, 1, photo, np.resize(vector_of(each), desk.encoder.dim))
            put_present(
                desk.writer,
                desk.root,
                FileStat(f"old/{each}.jpg", facts.st_size, facts.st_mtime_ns, facts.st_ino),
                photo,
            )
    before = desk.present()
    other = tmp_path / "other"
    other.mkdir()
    second = add_root(desk.writer, str(other))
    (desk.photos / "old").rename(other / "new")
    monkeypatch.setattr(desk.pool, "_run_job", lambda *_: pytest.fail("a file was read"))
    tally: IndexSummary = desk.indexer.run(
        [ScanTarget(desk.root, str(desk.photos)), ScanTarget(second, str(other))], thorough=False
    )
    assert (tally.moved, tally.encoded, tally.indexed, tally.missing, tally.away) == (
        number,
        0,
        0,
        0,
        0,
    )
    files = files_below(desk.writer, second).values()
    assert {file.path.replace("new", "old"): file.photo_id for file in files} == before


def test_a_known_file_says_what_it_is() -> None:
    left_out = KnownFile(1, 1, "a", 1, 1, 1, "missing", 1, "left out", 5.0)
    assert left_out.excluded and not left_out.vanished
    assert not KnownFile(1, 1, "a", 1, 1, 7, "present", 1).matches(
        FileStat("a", 1, 1, 8), inodes=True
    )
    assert KnownFile(1, 1, "a", 1, 1, 0, "present", 1).matches(FileStat("a", 1, 1, 8), inodes=True)


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
