"""Albums written to a file and read into a library."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from explorer.errors import UsageError
from explorer.library.catalog import Catalog
from explorer.library.edits.album_members import favourite_members
from explorer.library.edits.edit_history import past_edits
from explorer.library.edits.edit_operations import combined, set_favourite, set_text
from explorer.library.edits.edit_undo import undo_edit
from explorer.library.removals.removal_sync import update_catalog
from explorer.library.stores.album_store import (
    add_contents_to_album,
    add_to_album,
    album_photos,
    albums,
    favourites,
    find_album,
)
from explorer.library.stores.edit_store import edit_contents, edit_photos
from explorer.search.export.album_files import AlbumImport, albums_json, import_albums
from tests.fixtures.small_library import SmallLibrary, digest


@pytest.fixture
def first(tmp_path: Path) -> Iterator[SmallLibrary]:
    made = SmallLibrary(tmp_path / "first")
    for name in ("a.jpg", "b.jpg", "c.jpg"):
        made.add_photo(name, name)
    yield made
    made.close()


@pytest.fixture
def second(tmp_path: Path) -> Iterator[SmallLibrary]:
    made = SmallLibrary(tmp_path / "second")
    yield made
    made.close()


def id_of(library: SmallLibrary, name: str) -> int:
    number = library.library.catalog.photo_id(bytes.fromhex(digest(library.photos / name)))
    assert number is not None
    return number


def names(catalog: Catalog, ids: Any) -> set[str]:
    return {row["name"] for row in catalog.photos([int(each) for each in ids]).values()}


def test_albums_return_to_a_new_library(first: SmallLibrary, second: SmallLibrary) -> None:
    old, new = first.library.catalog, second.library.catalog
    add_to_album(old, "Summer “2019”", [id_of(first, "a.jpg"), id_of(first, "b.jpg")])
    add_to_album(old, "Éclair", [id_of(first, "c.jpg")])
    edit_photos(old, [id_of(first, "a.jpg")], *combined([set_favourite(True)]))
    edit_photos(old, [id_of(first, "a.jpg")], *combined([set_text("title", "A")]))
    text = albums_json(old)
    assert {"hash": digest(first.photos / "a.jpg"), "path": str(first.photos / "a.jpg"),
            "title": "A"} in json.loads(text)["favourites"]  # fmt: skip
    # Moved and renamed, one of them not indexed yet.
    second.add_photo("moved/x.jpg", "a.jpg")
    second.add_photo("c.jpg", "c.jpg")
    assert import_albums(new, text) == [
        AlbumImport("Éclair", 1, 0, 0, 1),
        AlbumImport("Summer “2019”", 2, 0, 1, 2),
        AlbumImport("Favorites", 1, 0, 0, 1),
    ]
    album = find_album(new, "summer “2019”")
    assert names(new, album_photos(new, album.id)) == {"x.jpg"}
    assert names(new, favourites(new)) == {"x.jpg"}
    second.add_photo("late.jpg", "b.jpg")
    assert names(new, album_photos(new, album.id)) == {"x.jpg", "late.jpg"}
    # The second time there is nothing to add.
    assert [each.added for each in import_albums(new, text)] == [0, 0, 0]
    for edit in past_edits(new):
        undo_edit(new, edit.id)
    assert albums(new) == [] and favourites(new) == []


def test_a_changed_file_is_found_by_its_path(first: SmallLibrary) -> None:
    catalog = first.library.catalog
    add_to_album(catalog, "A", [id_of(first, "a.jpg")])
    text = albums_json(catalog, [find_album(catalog, "A")])
    assert "favourites" not in json.loads(text)
    undo_edit(catalog, past_edits(catalog)[0].id)
    (first.photos / "a.jpg").write_text("a.jpg, edited")
    first.index("a.jpg")
    text = text.replace(json.loads(text)["albums"][0]["photos"][0]["hash"], "0" * 32)
    (done,) = import_albums(catalog, text)
    assert (done.by_path, done.waiting, done.added) == (1, 0, 1)
    assert names(catalog, album_photos(catalog, find_album(catalog, "A").id)) == {"a.jpg"}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "not a file of albums"),
        ("[]", "not a file of albums"),
        ("{}", "not a file of albums"),
        ("[" * 100_000, "not a file of albums"),
        (b"\xff\xfe\x00", "not a file of albums"),
        ('{"format": "photo-explorer-albums", "version": 2}', "newer version"),
        ('{"format": "photo-explorer-albums", "version": 1}', "not a file of albums"),
        (
            '{"format": "photo-explorer-albums", "version": 1,'
            ' "albums": [{"name": " ", "photos": []}]}',
            "has no name",
        ),
        (
            '{"format": "photo-explorer-albums", "version": 1,'
            ' "albums": [{"name": "A", "photos": [7]}]}',
            "not a file of albums",
        ),
    ],
)
def test_other_files_change_nothing(first: SmallLibrary, text: str | bytes, says: str) -> None:
    with pytest.raises(UsageError, match=says):
        import_albums(first.library.catalog, text)
    assert past_edits(first.library.catalog) == []


def test_odd_entries_are_photos_that_are_not_there(first: SmallLibrary) -> None:
    photos = [
        {"hash": "zz", "path": "relative.jpg"},
        {"hash": None, "path": "/a\0b"},
        {"hash": "f" * 32, "path": "/\udce9.jpg"},
    ]
    text = json.dumps(
        {"format": "photo-explorer-albums", "version": 1,
         "albums": [{"name": "A", "photos": photos}]}
    )  # fmt: skip
    (done,) = import_albums(first.library.catalog, text)
    assert (done.photos, done.waiting) == (3, 3)


def test_favorites_are_marked_once_they_are_indexed(
    first: SmallLibrary, second: SmallLibrary
) -> None:
    old, new = first.library.catalog, second.library.catalog
    edit_photos(old, [id_of(first, "a.jpg")], *combined([set_favourite(True)]))
    (done,) = import_albums(new, albums_json(old))
    assert done == AlbumImport("Favorites", 1, 0, 1, 1)
    assert [each.added for each in import_albums(new, albums_json(old))] == [0]
    second.add_photo("late.jpg", "a.jpg")
    assert names(new, favourites(new)) == {"late.jpg"}
    (edit,) = past_edits(new)
    undo_edit(new, edit.id)
    assert favourites(new) == []


def test_an_import_undone_before_the_photos_arrive_leaves_nothing(
    first: SmallLibrary, second: SmallLibrary
) -> None:
    old, new = first.library.catalog, second.library.catalog
    edit_photos(old, [id_of(first, "a.jpg")], *combined([set_favourite(True)]))
    import_albums(new, albums_json(old))
    undo_edit(new, past_edits(new)[0].id)
    second.add_photo("late.jpg", "a.jpg")
    assert favourites(new) == [] and favourite_members(new) == []


def test_photos_that_are_not_visible_are_exported(first: SmallLibrary) -> None:
    """One whose file is missing, with its last path, and one that was never indexed."""
    catalog = first.library.catalog
    add_contents_to_album(
        catalog, "A", [bytes.fromhex(digest(first.photos / "a.jpg")), b"\x01" * 16]
    )
    edit_contents(catalog, [b"\x01" * 16], "Marked", "favourite", [1])
    edit_contents(catalog, [b"\x01" * 16], "Titled", "title", ["One"])
    edit_contents(catalog, [b"\x02" * 16], "Unmarked", "favourite", [0])
    (first.photos / "a.jpg").rename(first.base / "a.jpg")
    update_catalog(first.library, gone=[str(first.photos / "a.jpg")], back=[])
    assert album_photos(catalog, find_album(catalog, "A").id).tolist() == []
    found = json.loads(albums_json(catalog))
    unknown = {"hash": "01" * 16, "path": None, "title": "One"}
    assert found["albums"][0]["photos"] == [
        {"hash": digest(first.base / "a.jpg"), "path": str(first.photos / "a.jpg"), "title": None},
        unknown,
    ]
    assert found["favourites"] == [unknown]
    assert [each.waiting for each in import_albums(catalog, json.dumps(found))] == [1, 1]
