"""Files that were renamed, moved, edited, deleted, or came back."""

from __future__ import annotations

import os
import shutil

import pytest

from explorer.indexing import move_sources
from explorer.library.stores.file_store import files_below
from explorer.library.stores.root_store import set_exclude_globs
from tests.fixtures.indexing import IndexingSetup
from tests.indexing.test_pipeline import counts
from tests.tiny import Tiny


def test_a_renamed_photo_keeps_its_id_and_is_not_encoded_again(setup: IndexingSetup) -> None:
    setup.draw("a.jpg")
    setup.run()
    before = setup.present()["a.jpg"]
    (setup.photos / "new").mkdir()
    (setup.photos / "a.jpg").rename(setup.photos / "new" / "b.jpg")
    assert counts(setup.run()) == {"moved": 1}
    assert setup.present() == {"new/b.jpg": before}
    assert setup.encoder.encoded == 1
    setup.agrees()


def test_a_photo_moved_from_another_drive_is_recognized_by_its_content(
    setup: IndexingSetup,
) -> None:
    """There the file system keeps neither the file's number nor, with many tools, its time."""
    setup.draw("a.jpg")
    setup.run()
    before = setup.present()["a.jpg"]
    data = (setup.photos / "a.jpg").read_bytes()
    (setup.photos / "b.jpg").write_bytes(data)
    (setup.photos / "a.jpg").unlink()
    assert counts(setup.run()) == {"moved": 1}
    assert setup.present() == {"b.jpg": before} and setup.encoder.encoded == 1


def test_a_missing_photo_that_appears_elsewhere_has_moved(
    setup: IndexingSetup, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where the drive that it was on can no longer be told."""
    path = setup.draw("a.jpg")
    setup.draw("stays.jpg", 1)
    setup.run()
    before, data = setup.present()["a.jpg"], path.read_bytes()
    path.unlink()
    assert setup.run().missing == 1
    monkeypatch.setattr(move_sources, "device_of", lambda folder: None)
    (setup.photos / "b.jpg").write_bytes(data)
    summary = setup.run()
    assert (summary.moved, summary.indexed) == (1, 0) and setup.present()["b.jpg"] == before


def test_renaming_a_folder_moves_all_its_photos(setup: IndexingSetup) -> None:
    for number in range(6):
        setup.draw(f"old/{number}.jpg", number)
    setup.run()
    before = setup.present()
    (setup.photos / "old").rename(setup.photos / "new")
    assert counts(setup.run()) == {"moved": 6}
    assert setup.present() == {path.replace("old", "new"): photo for path, photo in before.items()}


def test_two_files_that_swap_names_keep_their_ids(setup: IndexingSetup) -> None:
    setup.paint("a.png", "red")
    setup.draw("b.png", 1)
    setup.run()
    before = setup.present()
    (setup.photos / "a.png").rename(setup.photos / "c")
    (setup.photos / "b.png").rename(setup.photos / "a.png")
    (setup.photos / "c").rename(setup.photos / "b.png")
    setup.run()
    assert setup.present() == {"a.png": before["b.png"], "b.png": before["a.png"]}
    assert setup.encoder.encoded == 2
    setup.agrees()


def test_a_photo_edited_in_place_becomes_another_photo(setup: IndexingSetup) -> None:
    setup.paint("a.png", "red")
    setup.run()
    before = setup.present()["a.png"]
    setup.paint("a.png", "blue")
    assert counts(setup.run()) == {"indexed": 1, "encoded": 1}
    after = setup.present()["a.png"]
    assert after != before
    assert setup.library.catalog.photo(before) is None
    assert setup.index().ids().tolist() == [after]
    assert float(setup.index().get(after) @ Tiny().encode_texts(["blue"])[0]) > 0.9
    setup.agrees()


def test_a_touched_file_is_the_same_photo(setup: IndexingSetup) -> None:
    setup.draw("a.jpg")
    setup.run()
    before = setup.present()
    os.utime(setup.photos / "a.jpg", (1_600_000_000, 1_600_000_000))
    setup.run()
    assert setup.present() == before and setup.encoder.encoded == 1
    assert counts(setup.run()) == {"unchanged": 1}


def test_a_deleted_photo_disappears_and_returns_with_its_id(setup: IndexingSetup) -> None:
    path = setup.draw("a.jpg")
    setup.draw("b.jpg", 1)
    setup.run()
    before, data = setup.present(), path.read_bytes()
    path.unlink()
    assert counts(setup.run()) == {"missing": 1, "unchanged": 1}
    assert set(setup.present()) == {"b.jpg"}
    setup.agrees()
    path.write_bytes(data)
    setup.run()
    assert setup.present() == before
    assert setup.encoder.encoded == 2
    setup.agrees()


def test_a_file_that_returns_unchanged_is_not_read(
    setup: IndexingSetup, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = setup.draw("a.jpg")
    setup.draw("b.jpg", 1)
    setup.run()
    path.rename(setup.photos.parent / "elsewhere.jpg")
    setup.run()
    assert set(setup.present()) == {"b.jpg"}
    (setup.photos.parent / "elsewhere.jpg").rename(path)
    monkeypatch.setattr(setup.pool, "_run_job", lambda *_: pytest.fail("a file was read"))
    assert counts(setup.run()) == {"unchanged": 2}
    assert set(setup.present()) == {"a.jpg", "b.jpg"}
    setup.agrees()


def test_deleting_one_of_two_copies_leaves_the_photo(setup: IndexingSetup) -> None:
    setup.draw("a.jpg")
    shutil.copy(setup.photos / "a.jpg", setup.photos / "b.jpg")
    setup.run()
    (setup.photos / "a.jpg").unlink()
    assert counts(setup.run()) == {"missing": 1, "unchanged": 1}
    (photo,) = setup.present().values()
    row = setup.library.catalog.photo(photo)
    assert row is not None and row["copies"] == 1 and row["name"] == "b.jpg"
    setup.agrees()


@pytest.mark.parametrize("hard", [True, False])
def test_a_copy_of_an_excluded_file_has_not_moved_from_it(setup: IndexingSetup, hard: bool) -> None:
    path = setup.draw("out/a.jpg")
    setup.run()
    set_exclude_globs(setup.writer, setup.root, ["out/"])
    setup.run()
    if hard:
        os.link(path, setup.photos / "a.jpg")
    else:
        shutil.copyfile(path, setup.photos / "a.jpg")
    summary = setup.run()
    assert (summary.moved, summary.indexed) == (0, 1)
    known = files_below(setup.writer, setup.root)
    assert known["out/a.jpg"].excluded and known["out/a.jpg"].photo_id == known["a.jpg"].photo_id


def test_another_file_with_the_same_inode_size_and_whole_second_has_not_moved(
    setup: IndexingSetup,
) -> None:
    """A file system may give the inode of a deleted file to the next one."""
    second = 1_600_000_000
    path, other = setup.photos / "a.png", setup.photos / "b.png"
    setup.paint("a.png", "#010203")
    os.utime(path, (second, second))
    setup.run()
    before, facts = setup.present()["a.png"], path.stat()
    path.rename(other)
    data = setup.paint("c.png", "#010204").read_bytes()
    (setup.photos / "c.png").unlink()
    other.write_bytes(data)
    os.utime(other, (second, second))
    after = other.stat()
    assert (after.st_ino, after.st_size) == (facts.st_ino, facts.st_size)
    assert setup.run().encoded == 1
    assert set(setup.present()) == {"b.png"} and setup.present()["b.png"] != before


def test_the_change_time_of_a_file_that_returns_is_stored(setup: IndexingSetup) -> None:
    """Renaming a file away and back changes it; the next scan must not take that for an edit."""
    path = setup.draw("a.jpg")
    setup.draw("b.jpg", 1)
    setup.run()
    for _ in range(2):
        path = path.rename(setup.photos.parent / "elsewhere.jpg")
        setup.run()
        path = path.rename(setup.photos / "a.jpg")
        setup.run()
        (known,) = (
            file for name, file in files_below(setup.writer, setup.root).items() if name == "a.jpg"
        )
        assert known.ctime_ns == path.stat().st_ctime_ns


def test_a_run_that_finds_nothing_new_changes_nothing(setup: IndexingSetup) -> None:
    """Every other stage of the analysis would follow."""
    setup.draw("a.jpg")
    setup.run()
    change = setup.library.catalog.change()
    assert counts(setup.run()) == {"unchanged": 1}
    assert setup.library.catalog.change() == change
