"""Moves, absences, and the question whether what vanished is gone."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import numpy as np
import pytest

from explorer import int64
from explorer.library.file_rows import FileStat, KnownFile
from explorer.library.rows import RootRow
from explorer.library.stores.embedding_store import put_embedding
from explorer.library.stores.file_store import files_below, put_present
from explorer.library.stores.photo_store import add_photo, deferred_purge
from explorer.library.stores.root_store import add_root
from explorer.scanning import root_scan
from explorer.scanning.index_summary import IndexSummary
from explorer.scanning.root_scan import ScanTarget
from tests.factory import decoded, digest_of, vector_of
from tests.fixtures.indexing import IndexingSetup


def many(setup: IndexingSetup, number: int, folder: str = "") -> dict[str, int]:
    """That many photos, indexed; the ids by path."""
    for each in range(number):
        setup.paint(
            f"{folder}{each:03}.png",
            f"#{each % 250:02x}{len(folder) * 9 % 250:02x}{each // 250:02x}",
        )
    setup.run()
    return setup.present()


def root(setup: IndexingSetup) -> RootRow:
    return setup.library.catalog.roots()[0]


def away(setup: IndexingSetup) -> set[str]:
    return {
        file.path
        for file in files_below(setup.writer, setup.root).values()
        if file.state == "present" and file.vanished
    }


# --- identity


def test_a_file_moved_between_library_folders_is_recognized(
    setup: IndexingSetup, tmp_path: Path
) -> None:
    other = tmp_path / "other"
    other.mkdir()
    second = add_root(setup.writer, str(other))
    before = many(setup, 30, "album/")
    (setup.photos / "album").rename(other / "moved")
    summary = setup.indexer.run(
        [ScanTarget(setup.root, str(setup.photos)), ScanTarget(second, str(other))]
    )
    assert (summary.moved, summary.encoded, summary.missing, summary.away) == (30, 0, 0, 0)
    files = files_below(setup.writer, second)
    assert {path: file.photo_id for path, file in files.items()} == {
        p.replace("album", "moved"): photo for p, photo in before.items()
    }


def test_a_move_is_recognized_when_only_the_new_place_is_scanned(
    setup: IndexingSetup, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As events tell of one folder before the other."""
    before = many(setup, 4, "old/")
    (setup.photos / "new").mkdir()
    for path in (setup.photos / "old").iterdir():
        path.rename(setup.photos / "new" / path.name)
    monkeypatch.setattr(setup.pool, "_run_job", lambda *_: pytest.fail("a file was read"))
    assert setup.run("new", recursive=False, thorough=False).moved == 4
    summary = setup.run("old", thorough=False)
    assert (summary.moved, summary.missing) == (0, 0)
    assert setup.present() == {path.replace("old", "new"): photo for path, photo in before.items()}


def test_a_copy_whose_original_is_deleted_later_is_recognized_as_a_move_by_content(
    setup: IndexingSetup,
) -> None:
    before = many(setup, 3, "old/")
    shutil.copytree(setup.photos / "old", setup.photos / "new", copy_function=shutil.copyfile)
    shutil.rmtree(setup.photos / "old")
    summary = setup.run("new", thorough=False)
    assert (summary.moved, summary.encoded) == (3, 0)
    assert setup.present() == {path.replace("old", "new"): photo for path, photo in before.items()}


def test_a_renumbered_series_keeps_its_ids(setup: IndexingSetup) -> None:
    before = many(setup, 12)
    for number in reversed(range(12)):
        (setup.photos / f"{number:03}.png").rename(setup.photos / f"{number + 1:03}.png")
    summary = setup.run()
    assert (summary.moved, summary.encoded) == (12, 0)
    assert setup.present() == {
        f"{int(path[:3]) + 1:03}.png": photo for path, photo in before.items()
    }
    setup.agrees()


def test_a_rename_of_case_or_unicode_composition_keeps_the_id(setup: IndexingSetup) -> None:
    for number, name in enumerate(("photo.jpg", "caf\u00e9.jpg")):
        setup.draw(name, number)
    setup.run()
    before = setup.present()
    (setup.photos / "photo.jpg").rename(setup.photos / "PHOTO.JPG")
    (setup.photos / "caf\u00e9.jpg").rename(setup.photos / "cafe\u0301.jpg")
    summary = setup.run()
    assert (summary.moved, summary.encoded) == (2, 0)
    assert set(setup.present().values()) == set(before.values())


def test_an_original_renamed_as_a_backup_beside_its_edit_keeps_its_id(setup: IndexingSetup) -> None:
    setup.draw("a.jpg", 0)
    setup.run()
    before = setup.present()["a.jpg"]
    (setup.photos / "a.jpg").rename(setup.photos / "a_original.jpg")
    setup.draw("a.jpg", 1)
    summary = setup.run()
    assert (summary.moved, summary.indexed, summary.encoded) == (1, 1, 1)
    assert setup.present()["a_original.jpg"] == before != setup.present()["a.jpg"]
    setup.agrees()


def test_saving_by_renaming_over_a_file_is_an_edit(setup: IndexingSetup) -> None:
    setup.draw("a.jpg", 0)
    setup.run()
    before = setup.present()["a.jpg"]
    setup.draw("a.tmp.jpg", 1).replace(setup.photos / "a.jpg")
    setup.run()
    assert set(setup.present()) == {"a.jpg"} and setup.present()["a.jpg"] != before
    assert setup.library.catalog.photo(before) is None
    setup.agrees()


def test_a_reused_inode_is_not_mistaken_for_the_old_file(
    setup: IndexingSetup, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two bitmaps of one size and, from an archive, one time: the second gets the first one's
    number after that is deleted."""
    first, second = setup.paint("a.bmp", "red"), setup.photos.parent / "b.bmp"
    os.utime(first, (1_600_000_000, 1_600_000_000))
    setup.run()
    before, number = setup.present()["a.bmp"], first.stat().st_ino
    first.unlink()
    setup.paint("../b.bmp", "blue")
    os.utime(second, (1_600_000_000, 1_600_000_000))
    second.rename(setup.photos / "b.bmp")
    monkeypatch.setattr(int64, "file_id", lambda inode: number)
    summary = setup.run()
    assert (summary.moved, summary.indexed, summary.missing) == (0, 1, 1)
    assert setup.present()["b.bmp"] != before


@pytest.mark.parametrize("by", ["inodes", "change times"])
def test_bitmaps_of_equal_size_and_time_that_swap_names_are_distinguished(
    setup: IndexingSetup, monkeypatch: pytest.MonkeyPatch, by: str
) -> None:
    monkeypatch.setattr(root_scan, "has_stable_inodes", lambda root: by == "inodes")
    monkeypatch.setattr(root_scan, "has_reliable_ctimes", lambda root: by != "inodes")
    for name, colour in (("a.bmp", "red"), ("b.bmp", "blue")):
        os.utime(setup.paint(name, colour), (1_600_000_000, 1_600_000_000))
    setup.run()
    before = setup.present()
    (setup.photos / "a.bmp").rename(setup.photos / "c")
    (setup.photos / "b.bmp").rename(setup.photos / "a.bmp")
    (setup.photos / "c").rename(setup.photos / "b.bmp")
    setup.run()
    assert setup.present() == {"a.bmp": before["b.bmp"], "b.bmp": before["a.bmp"]}
    assert setup.encoder.encoded == 2


def test_a_hard_link_is_a_copy_and_a_link_is_not_followed_twice(
    setup: IndexingSetup, tmp_path: Path
) -> None:
    path = setup.draw("a.jpg", 0)
    outside = setup.draw("../outside.jpg", 1)
    setup.run()
    os.link(path, setup.photos / "hard.jpg")
    (setup.photos / "soft.jpg").symlink_to(path)
    (setup.photos / "folder").symlink_to(setup.photos)
    (setup.photos / "loop").symlink_to(setup.photos / "loop")
    (setup.photos / "out.jpg").symlink_to(outside)
    (setup.photos / "dangling.jpg").symlink_to(tmp_path / "absent.jpg")
    summary = setup.run()
    assert (summary.indexed, summary.unchanged, summary.encoded, summary.failed) == (2, 1, 1, 0)
    present = setup.present()
    assert (
        set(present) == {"a.jpg", "hard.jpg", "out.jpg"} and present["a.jpg"] == present["hard.jpg"]
    )
    assert setup.run().unchanged == 3
    (setup.photos / "out2.jpg").symlink_to(outside)
    assert setup.run().indexed == 1
    assert setup.run().unchanged == 4


def test_long_deep_and_unusual_names_are_indexed(setup: IndexingSetup) -> None:
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
        setup.draw(name, number)
    assert setup.run().indexed == len(names)
    before = set(setup.present().values())
    (setup.photos / ("d" * 60)).rename(setup.photos / "short")
    assert setup.run().moved == 1
    assert set(setup.present().values()) == before


def test_one_folder_reached_by_two_paths_is_one_folder(
    setup: IndexingSetup, tmp_path: Path
) -> None:
    (tmp_path / "way").symlink_to(setup.photos)
    assert add_root(setup.writer, str(tmp_path / "way")) == setup.root
    (setup.photos / "below").mkdir()
    assert add_root(setup.writer, str(tmp_path / "way" / "below")) == setup.root


def test_a_run_killed_during_a_swap_loses_no_id(
    setup: IndexingSetup, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The content whose name was taken over first has no file for a moment: it waits for the run
    that finds it."""
    for name, colour in (("a.png", "red"), ("b.png", "blue")):
        os.utime(setup.paint(name, colour), (1_600_000_000, 1_600_000_000))
    setup.run()
    before = setup.present()
    with deferred_purge(setup.writer, thorough=False):
        seen = FileStat("a.png", 1, 1, 0)
        put_present(setup.writer, setup.root, seen, before["b.png"])
    (setup.photos / "b.png").write_bytes((setup.photos / "a.png").read_bytes())
    (setup.photos / "a.png").unlink()
    setup.paint("a.png", "blue")
    setup.run()
    assert setup.present() == {"a.png": before["b.png"], "b.png": before["a.png"]}
    assert setup.encoder.encoded == 2
    setup.agrees()


def test_many_moved_photos_are_not_encoded_again(
    setup: IndexingSetup, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rows and files without pictures: what is counted is what is read."""
    number = 1500
    (setup.photos / "old").mkdir()
    with setup.writer.transaction():
        for each in range(number):
            path = setup.photos / "old" / f"{each}.jpg"
            path.write_bytes(b"%d" % each)
            facts = path.stat()
            photo = add_photo(setup.writer, digest_of(each), facts.st_size, decoded())
            put_embedding(setup.writer, 1, photo, np.resize(vector_of(each), setup.encoder.dim))
            put_present(
                setup.writer,
                setup.root,
                FileStat(f"old/{each}.jpg", facts.st_size, facts.st_mtime_ns, facts.st_ino),
                photo,
            )
    before = setup.present()
    other = tmp_path / "other"
    other.mkdir()
    second = add_root(setup.writer, str(other))
    (setup.photos / "old").rename(other / "new")
    monkeypatch.setattr(setup.pool, "_run_job", lambda *_: pytest.fail("a file was read"))
    summary: IndexSummary = setup.indexer.run(
        [ScanTarget(setup.root, str(setup.photos)), ScanTarget(second, str(other))], thorough=False
    )
    assert (summary.moved, summary.encoded, summary.indexed, summary.missing, summary.away) == (
        number,
        0,
        0,
        0,
        0,
    )
    files = files_below(setup.writer, second).values()
    assert {file.path.replace("new", "old"): file.photo_id for file in files} == before


def test_a_known_file_has_the_facts_of_its_row() -> None:
    left_out = KnownFile(1, 1, "a", 1, 1, 1, "missing", 1, "left out", 5.0)
    assert left_out.excluded and not left_out.vanished
    assert not KnownFile(1, 1, "a", 1, 1, 7, "present", 1).matches(
        FileStat("a", 1, 1, 8), inodes=True
    )
    assert KnownFile(1, 1, "a", 1, 1, 0, "present", 1).matches(FileStat("a", 1, 1, 8), inodes=True)
