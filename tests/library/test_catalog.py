"""What readers are told of photos and their files."""

from __future__ import annotations

from explorer.library.file_rows import FileStat
from explorer.library.stores.file_store import put_failed
from tests.factory import LibraryBuilder


def test_two_files_with_equal_content_are_one_photo(builder: LibraryBuilder) -> None:
    first, second = builder.put("a.jpg", "x"), builder.put("copies/b.jpg", "x")
    assert first == second
    row = builder.library.catalog.photo(first)
    assert row is not None and row["copies"] == 2 and row["name"] == "a.jpg"
    assert [f["path"][-5:] for f in builder.library.catalog.files_of(first)] == ["a.jpg", "b.jpg"]


def test_a_photo_is_hidden_when_its_last_file_is_gone_and_keeps_its_id_when_it_returns(
    builder: LibraryBuilder,
) -> None:
    photo = builder.put("a.jpg", "x")
    builder.lose("a.jpg")
    assert builder.library.catalog.photo(photo) is None
    assert builder.library.catalog.counts()[:4] == (0, 0, 0, 1)
    assert builder.put("a.jpg", "x") == photo
    assert builder.library.catalog.photo(photo) is not None


def test_failures_are_listed_with_reasons_and_forgotten_when_the_file_goes(
    builder: LibraryBuilder,
) -> None:
    put_failed(builder.writer, builder.root, FileStat("bad.jpg", 3, 1, 0), "the file is empty")
    (failure,) = builder.library.catalog.failures()
    assert failure["reason"] == "the file is empty" and failure["path"].endswith("bad.jpg")
    builder.lose("bad.jpg")
    assert builder.library.catalog.failures() == []


def test_names_that_are_not_utf8_are_returned_unchanged(builder: LibraryBuilder) -> None:
    from explorer.library.paths import to_text

    photo = builder.put(to_text("caf\udce9.jpg"), "x")
    row = builder.library.catalog.photo(photo)
    assert row is not None and row["name"] == "caf\udce9.jpg"
