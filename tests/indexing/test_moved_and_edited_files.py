"""Files that were renamed, moved, edited, deleted, or came back."""

from __future__ import annotations

import os
import shutil

import pytest

from explorer.indexing import photo_updates
from tests.fixtures.indexing import IndexingSetup
from tests.indexing.test_pipeline import counts
from tests.tiny import Tiny


def test_a_renamed_photo_keeps_its_id_and_is_not_encoded_again(desk: IndexingSetup) -> None:
    desk.draw("a.jpg")
    desk.run()
    before = desk.present()["a.jpg"]
    (desk.photos / "new").mkdir()
    (desk.photos / "a.jpg").rename(desk.photos / "new" / "b.jpg")
    assert counts(desk.run()) == {"moved": 1}
    assert desk.present() == {"new/b.jpg": before}
    assert desk.encoder.encoded == 1
    desk.agrees()


def test_one_moved_from_another_drive_is_known_by_its_content(desk: IndexingSetup) -> None:
    """There the file system keeps neither the file's number nor, with many tools, its time."""
    desk.draw("a.jpg")
    desk.run()
    before = desk.present()["a.jpg"]
    data = (desk.photos / "a.jpg").read_bytes()
    (desk.photos / "b.jpg").write_bytes(data)
    (desk.photos / "a.jpg").unlink()
    assert counts(desk.run()) == {"moved": 1}
    assert desk.present() == {"b.jpg": before} and desk.encoder.encoded == 1


def test_a_missing_photo_that_turns_up_elsewhere_has_moved(
    desk: IndexingSetup, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where the drive that it was on can no longer be told."""
    path = desk.draw("a.jpg")
    desk.draw("stays.jpg", 1)
    desk.run()
    before, data = desk.present()["a.jpg"], path.read_bytes()
    path.unlink()
    assert desk.run().missing == 1
    monkeypatch.setattr(photo_updates, "device_of", lambda folder: None)
    (desk.photos / "b.jpg").write_bytes(data)
    tally = desk.run()
    assert (tally.moved, tally.indexed) == (1, 0) and desk.present()["b.jpg"] == before


def test_a_renamed_folder_moves_all_in_it(desk: IndexingSetup) -> None:
    for number in range(6):
        desk.draw(f"old/{number}.jpg", number)
    desk.run()
    before = desk.present()
    (desk.photos / "old").rename(desk.photos / "new")
    assert counts(desk.run()) == {"moved": 6}
    assert desk.present() == {path.replace("old", "new"): photo for path, photo in before.items()}


def test_two_that_swap_their_names_keep_their_ids(desk: IndexingSetup) -> None:
    desk.paint("a.png", "red")
    desk.draw("b.png", 1)
    desk.run()
    before = desk.present()
    (desk.photos / "a.png").rename(desk.photos / "c")
    (desk.photos / "b.png").rename(desk.photos / "a.png")
    (desk.photos / "c").rename(desk.photos / "b.png")
    desk.run()
    assert desk.present() == {"a.png": before["b.png"], "b.png": before["a.png"]}
    assert desk.encoder.encoded == 2
    desk.agrees()


def test_one_edited_in_place_is_another_photo(desk: IndexingSetup) -> None:
    desk.paint("a.png", "red")
    desk.run()
    before = desk.present()["a.png"]
    desk.paint("a.png", "blue")
    assert counts(desk.run()) == {"indexed": 1, "encoded": 1}
    after = desk.present()["a.png"]
    assert after != before
    assert desk.library.catalog.photo(before) is None
    assert desk.index().ids().tolist() == [after]
    assert float(desk.index().get(after) @ Tiny().encode_texts(["blue"])[0]) > 0.9
    desk.agrees()


def test_a_file_that_was_only_touched_is_the_same_photo(desk: IndexingSetup) -> None:
    desk.draw("a.jpg")
    desk.run()
    before = desk.present()
    os.utime(desk.photos / "a.jpg", (1_600_000_000, 1_600_000_000))
    desk.run()
    assert desk.present() == before and desk.encoder.encoded == 1
    assert counts(desk.run()) == {"unchanged": 1}


def test_a_deleted_photo_goes_and_returns_as_itself(desk: IndexingSetup) -> None:
    path = desk.draw("a.jpg")
    desk.draw("b.jpg", 1)
    desk.run()
    before, data = desk.present(), path.read_bytes()
    path.unlink()
    assert counts(desk.run()) == {"missing": 1, "unchanged": 1}
    assert set(desk.present()) == {"b.jpg"}
    desk.agrees()
    path.write_bytes(data)
    desk.run()
    assert desk.present() == before
    assert desk.encoder.encoded == 2
    desk.agrees()


def test_one_that_returns_unchanged_is_not_even_read(
    desk: IndexingSetup, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = desk.draw("a.jpg")
    desk.draw("b.jpg", 1)
    desk.run()
    path.rename(desk.photos.parent / "elsewhere.jpg")
    desk.run()
    assert set(desk.present()) == {"b.jpg"}
    (desk.photos.parent / "elsewhere.jpg").rename(path)
    monkeypatch.setattr(desk.pool, "_run_job", lambda *_: pytest.fail("a file was read"))
    assert counts(desk.run()) == {"unchanged": 2}
    assert set(desk.present()) == {"a.jpg", "b.jpg"}
    desk.agrees()


def test_one_of_two_copies_deleted_leaves_the_photo(desk: IndexingSetup) -> None:
    desk.draw("a.jpg")
    shutil.copy(desk.photos / "a.jpg", desk.photos / "b.jpg")
    desk.run()
    (desk.photos / "a.jpg").unlink()
    assert counts(desk.run()) == {"missing": 1, "unchanged": 1}
    (photo,) = desk.present().values()
    row = desk.library.catalog.photo(photo)
    assert row is not None and row["copies"] == 1 and row["name"] == "b.jpg"
    desk.agrees()
