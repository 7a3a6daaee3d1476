"""Moves, absences, and the question whether what vanished is gone."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import numpy as np
import pytest

from explorer import int64
from explorer.library.embedding_store import put_embedding
from explorer.library.file_rows import FileStat, KnownFile
from explorer.library.file_store import files_below, put_present
from explorer.library.photo_store import add_photo, deferred_purge
from explorer.library.root_store import add_root
from explorer.library.rows import RootRow
from explorer.scanning import root_scan
from explorer.scanning.index_summary import IndexSummary
from explorer.scanning.root_scan import ScanTarget
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
