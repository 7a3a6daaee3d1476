"""What readers are told of photos and their files."""

from __future__ import annotations

from explorer.library.file_rows import FileStat
from explorer.library.file_store import put_failed
from tests.factory import Shelf


def test_two_files_of_one_content_are_one_photo(shelf: Shelf) -> None:
    first, second = shelf.put("a.jpg", "x"), shelf.put("copies/b.jpg", "x")
    assert first == second
    row = shelf.library.catalog.photo(first)
    assert row is not None and row["copies"] == 2 and row["name"] == "a.jpg"
    assert [f["path"][-5:] for f in shelf.library.catalog.files_of(first)] == ["a.jpg", "b.jpg"]


def test_a_photo_is_hidden_when_its_last_file_is_gone_and_keeps_its_id_when_it_returns(
    shelf: Shelf,
) -> None:
    photo = shelf.put("a.jpg", "x")
    shelf.lose("a.jpg")
    assert shelf.library.catalog.photo(photo) is None
    assert shelf.library.catalog.counts()[:4] == (0, 0, 0, 1)
    assert shelf.put("a.jpg", "x") == photo
    assert shelf.library.catalog.photo(photo) is not None


def test_failures_are_listed_with_reasons_and_forgotten_when_the_file_goes(shelf: Shelf) -> None:
    put_failed(shelf.writer, shelf.root, FileStat("bad.jpg", 3, 1, 0), "the file is empty")
    (failure,) = shelf.library.catalog.failures()
    assert failure["reason"] == "the file is empty" and failure["path"].endswith("bad.jpg")
    shelf.lose("bad.jpg")
    assert shelf.library.catalog.failures() == []


def test_names_that_are_no_utf8_come_back_as_they_were(shelf: Shelf) -> None:
    from explorer.library.paths import to_text

    photo = shelf.put(to_text("caf\udce9.jpg"), "x")
    row = shelf.library.catalog.photo(photo)
    assert row is not None and row["name"] == "caf\udce9.jpg"
