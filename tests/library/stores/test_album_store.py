"""Albums."""

from __future__ import annotations

import time

import pytest

from explorer.errors import UsageError
from explorer.library.connection import write_transaction
from explorer.library.edits.edit_history import past_edits
from explorer.library.edits.edit_undo import undo_edit
from explorer.library.missing_files import purge_expired
from explorer.library.queries.condition_masks import ConditionMasks
from explorer.library.stores.album_store import (
    add_to_album,
    album_photos,
    albums,
    albums_of,
    delete_album,
    drop_if_empty,
    favourites,
    find_album,
    in_album,
    remove_from_album,
    rename_album,
)
from explorer.library.stores.edit_store import edit_contents
from tests.factory import LibraryBuilder, digest_of


@pytest.fixture
def photos(builder: LibraryBuilder) -> list[int]:
    return [
        builder.put(f"{n}.jpg", n, taken_at=f"2020-01-0{n}T00:00:00", taken_source="exif")
        for n in (1, 2, 3)
    ]


def test_an_album_is_created_by_adding_to_it(builder: LibraryBuilder, photos: list[int]) -> None:
    catalog = builder.library.catalog
    for typed, ids, added in (("  Été  2020 ", photos[:2], 2), ("ete 2020", photos, 1)):
        name, edit = add_to_album(catalog, typed, ids)
        assert edit is not None and (name, edit.photos) == ("Été 2020", added)
        assert edit == past_edits(catalog)[0]
        shown = find_album(catalog, "Été 2020")
        assert (shown.photos, shown.cover) == (len(ids), ids[-1])
    assert add_to_album(catalog, "ete 2020", photos) == ("Été 2020", None)
    assert add_to_album(catalog, "Other", [999]) == ("Other", None)
    (album,) = albums(catalog)
    assert (album.name, album.photos, album.cover) == ("Été 2020", 3, photos[2])
    assert album_photos(catalog, album.id).tolist() == photos
    assert albums_of(catalog, photos[0]) == ["Été 2020"] and albums_of(catalog, 999) == []
    with write_transaction(catalog.path) as db:
        db.execute("update photo set taken_at = null where id = ?", (photos[0],))
    assert album_photos(catalog, album.id).tolist() == [*photos[1:], photos[0]]


def test_changes_of_an_album_are_undone(builder: LibraryBuilder, photos: list[int]) -> None:
    catalog = builder.library.catalog
    add_to_album(catalog, "Best", photos[:1])
    add_to_album(catalog, "Best", photos)
    album = find_album(catalog, "best")
    removed = remove_from_album(catalog, album, photos[1:])
    assert removed is not None and removed.photos == 2
    assert remove_from_album(catalog, album, photos[1:]) is None
    latest, *_ = past_edits(catalog)
    assert latest.photos == 2 and undo_edit(catalog, latest.id) is not None
    assert album_photos(catalog, album.id).tolist() == photos
    latest, *_ = past_edits(catalog)
    assert latest.photos == 2 and undo_edit(catalog, latest.id) is not None
    assert album_photos(catalog, album.id).tolist() == photos[:1]


def test_photos_stay_in_an_album_whatever_happens_to_their_files(
    builder: LibraryBuilder, photos: list[int]
) -> None:
    catalog = builder.library.catalog
    add_to_album(catalog, "Best", photos)
    builder.lose("1.jpg")
    assert purge_expired(builder.writer, time.time() + 1e9) == 1
    assert find_album(catalog, "Best").photos == 2
    again = builder.put("elsewhere/1.jpg", 1)
    assert albums_of(catalog, again) == ["Best"]


def test_photos_whose_files_are_missing_are_not_shown(
    builder: LibraryBuilder, photos: list[int]
) -> None:
    catalog = builder.library.catalog
    add_to_album(catalog, "Best", photos)
    edit_contents(catalog, [digest_of(n) for n in (1, 2, 3)], "Liked", "favourite", [1])
    assert favourites(catalog) == photos[::-1]
    builder.lose("3.jpg")
    album = find_album(catalog, "Best")
    assert (album.photos, album.cover) == (2, photos[1])
    assert album_photos(catalog, album.id).tolist() == photos[:2]
    assert favourites(catalog) == [photos[1], photos[0]]


def test_an_album_whose_photos_left_it_has_no_cover(
    builder: LibraryBuilder, photos: list[int]
) -> None:
    catalog = builder.library.catalog
    for name in ("Best", "Other"):
        add_to_album(catalog, name, photos)
    remove_from_album(catalog, find_album(catalog, "Best"), photos)
    assert [album[1:] for album in albums(catalog)] == [("Best", 0, None), ("Other", 3, photos[2])]


def test_filters_follow_an_album(builder: LibraryBuilder, photos: list[int]) -> None:
    catalog = builder.library.catalog
    masks = ConditionMasks(catalog)
    add_to_album(catalog, "Best", photos[:2])
    album = find_album(catalog, "Best")
    found = masks.meeting(in_album(album.id)).nonzero()[0].tolist()
    assert found == photos[:2]
    remove_from_album(catalog, album, photos[:1])
    assert masks.meeting(in_album(album.id)).nonzero()[0].tolist() == photos[1:2]


def test_an_album_is_renamed_and_deleted(builder: LibraryBuilder, photos: list[int]) -> None:
    catalog = builder.library.catalog
    add_to_album(catalog, "Best", photos)
    add_to_album(catalog, "Other", photos)
    album = find_album(catalog, "Best")
    with pytest.raises(UsageError, match="already exists"):
        rename_album(catalog, album.id, "OTHER")
    change = catalog.change()
    assert rename_album(catalog, album.id, " BE\0ST\n") == "BE ST" and catalog.change() > change
    assert rename_album(catalog, album.id, " BEST\n") == "BEST"
    assert [each.name for each in albums(catalog)] == ["BEST", "Other"]
    change = catalog.change()
    delete_album(catalog, find_album(catalog, "best"))
    assert [each.name for each in albums(catalog)] == ["Other"] and catalog.change() > change
    assert albums_of(catalog, photos[0]) == ["Other"]
    assert delete_album(catalog, album) is None
    with pytest.raises(UsageError, match="no longer exists"):
        rename_album(catalog, album.id, "Again")


def test_only_an_empty_album_is_dropped_and_only_once(
    builder: LibraryBuilder, photos: list[int]
) -> None:
    catalog = builder.library.catalog
    for name in ("Best", "Empty", "Other"):
        add_to_album(catalog, name, photos)
    for name in ("Empty", "Other"):
        remove_from_album(catalog, find_album(catalog, name), photos)
    best, empty, _ = (album.id for album in albums(catalog))
    with write_transaction(catalog.path) as db:
        dropped = [drop_if_empty(db, number) for number in (best, empty, empty)]
    assert dropped == [False, True, False]
    assert [album.name for album in albums(catalog)] == ["Best", "Other"]


@pytest.mark.parametrize("name", ["", "   ", "\n", "\0", "\udcff", "\u200b"])
def test_an_album_has_a_name(builder: LibraryBuilder, photos: list[int], name: str) -> None:
    catalog = builder.library.catalog
    with pytest.raises(UsageError, match="needs a name"):
        add_to_album(catalog, name, photos)
    assert albums(catalog) == []


def test_a_name_is_cleaned_and_found_as_it_was_typed(
    builder: LibraryBuilder, photos: list[int]
) -> None:
    catalog = builder.library.catalog
    add_to_album(catalog, " \0Our\nboat\udcff ", photos)
    assert [album.name for album in albums(catalog)] == ["Our boat"]
    assert find_album(catalog, "our  BOAT").photos == 3
    with pytest.raises(UsageError, match=f"no album “{'x' * 39}…”"):
        find_album(catalog, "x" * 5000)


def test_an_unknown_album_is_explained(builder: LibraryBuilder, photos: list[int]) -> None:
    catalog = builder.library.catalog
    with pytest.raises(UsageError, match="no albums yet"):
        find_album(catalog, "Best")
    add_to_album(catalog, "Holidays", photos)
    with pytest.raises(UsageError, match="Did you mean “Holidays”"):
        find_album(catalog, "holiday")
    with pytest.raises(UsageError, match="There are: “Holidays”"):
        find_album(catalog, "zzz")
