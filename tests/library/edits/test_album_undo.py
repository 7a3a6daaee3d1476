"""Albums that are created, deleted and brought back."""

from __future__ import annotations

import pytest

from explorer.errors import UsageError
from explorer.library.connection import write_transaction
from explorer.library.edits.edit_history import past_edits
from explorer.library.edits.edit_undo import UndoneEdit, undo_edit
from explorer.library.stores.album_store import (
    add_to_album,
    album_photos,
    albums,
    delete_album,
    find_album,
    remove_from_album,
    rename_album,
)
from explorer.text_format import MAX_NAME_LENGTH
from tests.factory import LibraryBuilder


@pytest.fixture
def photos(builder: LibraryBuilder) -> list[int]:
    return [
        builder.put(f"{n}.jpg", n, taken_at=f"2020-01-0{n}T00:00:00", taken_source="exif")
        for n in (1, 2, 3)
    ]


def undo_last(builder: LibraryBuilder) -> UndoneEdit:
    catalog = builder.library.catalog
    undone = undo_edit(catalog, past_edits(catalog)[0].id)
    assert undone is not None
    return undone


def contents(builder: LibraryBuilder) -> dict[str, list[int]]:
    catalog = builder.library.catalog
    return {a.name: album_photos(catalog, a.id).tolist() for a in albums(catalog)}


def test_creating_and_deleting_an_album_is_undone(
    builder: LibraryBuilder, photos: list[int]
) -> None:
    catalog = builder.library.catalog
    add_to_album(catalog, "Best", photos[:2])
    done = delete_album(catalog, find_album(catalog, "Best"))
    assert done is not None and done.photos == 2 and contents(builder) == {}
    undone = undo_last(builder)
    assert (undone.album, undone.restored, undone.kept) == ("Best", 2, 0)
    assert contents(builder) == {"Best": photos[:2]}
    undo_last(builder)
    assert contents(builder) == {} and past_edits(catalog) == []


def test_an_album_without_photos_is_brought_back(
    builder: LibraryBuilder, photos: list[int]
) -> None:
    catalog = builder.library.catalog
    add_to_album(catalog, "Best", photos[:1])
    remove_from_album(catalog, find_album(catalog, "Best"), photos)
    done = delete_album(catalog, find_album(catalog, "Best"))
    assert done is not None and done.photos == 0 and done == past_edits(catalog)[0]
    undone = undo_last(builder)
    assert (undone.album, undone.restored) == ("Best", 0) and contents(builder) == {"Best": []}


def test_albums_of_one_name_are_told_apart(builder: LibraryBuilder, photos: list[int]) -> None:
    """One that is created after another one of its name was deleted is a new album."""
    catalog = builder.library.catalog
    deletions = []
    for photo in photos:
        add_to_album(catalog, "Best", [photo])
        deletions.append(delete_album(catalog, find_album(catalog, "best")))
    add_to_album(catalog, "BEST (2)", photos)
    for deletion, name in zip(deletions, ("Best", "Best (3)", "Best (4)"), strict=True):
        assert deletion is not None
        undone = undo_edit(catalog, deletion.id)
        assert undone is not None and (undone.album, undone.restored) == (name, 1)
    assert contents(builder) == {
        "Best": photos[:1], "BEST (2)": photos, "Best (3)": photos[1:2], "Best (4)": photos[2:],
    }  # fmt: skip


def test_a_long_name_leaves_room_for_a_number(builder: LibraryBuilder, photos: list[int]) -> None:
    catalog, name = builder.library.catalog, "x" * MAX_NAME_LENGTH
    add_to_album(catalog, name, photos)
    delete_album(catalog, find_album(catalog, name))
    add_to_album(catalog, name, photos)
    undo_edit(catalog, past_edits(catalog)[1].id)
    assert set(contents(builder)) == {name[:-4] + " (2)", name}


def test_the_name_of_a_deleted_album_is_free(builder: LibraryBuilder, photos: list[int]) -> None:
    catalog = builder.library.catalog
    add_to_album(catalog, "Best", photos[:2])
    deletion = delete_album(catalog, find_album(catalog, "Best"))
    add_to_album(catalog, "Other", photos)
    assert rename_album(catalog, find_album(catalog, "Other").id, "Best") == "Best"
    assert deletion is not None
    undo_edit(catalog, deletion.id)
    assert contents(builder) == {"Best": photos, "Best (2)": photos[:2]}


def test_edits_of_an_album_wait_for_later_ones(builder: LibraryBuilder, photos: list[int]) -> None:
    catalog = builder.library.catalog
    add_to_album(catalog, "Best", photos[:2])
    album = find_album(catalog, "Best")
    removal = remove_from_album(catalog, album, photos[:1])
    deletion = delete_album(catalog, album)
    created = past_edits(catalog)[-1]
    assert removal is not None and deletion is not None
    for edit in (created, removal):
        with pytest.raises(UsageError, match="undo “Deleted the album “Best”” first"):
            undo_edit(catalog, edit.id)
    undo_edit(catalog, deletion.id)
    undone = undo_edit(catalog, created.id)
    assert undone is not None and (undone.restored, undone.kept) == (1, 1)
    # The album is there until nothing refers to it any more.
    assert contents(builder) == {"Best": []}
    undo_edit(catalog, removal.id)
    assert contents(builder) == {"Best": photos[:1]}
    undo_edit(catalog, created.id)
    assert contents(builder) == {} and past_edits(catalog) == []


def test_photos_are_in_an_album_again_whose_deletion_was_not_recorded(
    builder: LibraryBuilder, photos: list[int]
) -> None:
    catalog = builder.library.catalog
    add_to_album(catalog, "Best", photos)
    remove_from_album(catalog, find_album(catalog, "Best"), photos[:2])
    with write_transaction(catalog.path) as db:
        db.execute("update album set deleted_at = 1")
    undone = undo_last(builder)
    assert (undone.album, undone.restored, undone.kept) == ("Best", 2, 0)
    assert contents(builder) == {"Best": photos}


def test_an_edit_of_which_nothing_is_restored_is_not_undone(
    builder: LibraryBuilder, photos: list[int]
) -> None:
    catalog = builder.library.catalog
    add_to_album(catalog, "Best", photos)
    edit = remove_from_album(catalog, find_album(catalog, "Best"), photos[:1])
    assert edit is not None
    with write_transaction(catalog.path) as db:
        row = db.execute("select * from album").fetchone()
        db.execute("delete from album")
    with pytest.raises(UsageError, match="cannot be undone now: its photos, or its album"):
        undo_last(builder)
    assert past_edits(catalog)[0].id == edit.id
    with write_transaction(catalog.path) as db:
        db.execute("insert into album values (?, ?, ?, ?)", tuple(row))
    assert undo_last(builder).restored == 1 and contents(builder) == {"Best": photos[:1]}


def test_an_album_does_not_come_back_because_photos_leave_it(
    builder: LibraryBuilder, photos: list[int]
) -> None:
    """One that was deleted, and the record of that was lost."""
    catalog = builder.library.catalog
    add_to_album(catalog, "Trip", photos[:1])
    add_to_album(catalog, "Trip", photos[1:])
    with write_transaction(catalog.path) as db:
        db.execute("update album set deleted_at = 1")
    assert undo_last(builder).album is None and contents(builder) == {}
