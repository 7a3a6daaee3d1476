"""Fields set for contents that may not be in the library yet, as an import of albums does."""

from __future__ import annotations

from explorer.library.edits.edit_fields import FieldValues, PhotoValues
from explorer.library.edits.edit_history import past_edits
from explorer.library.edits.edit_undo import undo_edit
from explorer.library.stores.edit_store import edit_contents, edit_photos, edits_of
from tests.factory import LibraryBuilder, digest_of

A, B, C = (digest_of(name) for name in "abc")


def favourites(builder: LibraryBuilder, *photos: int) -> list[bool]:
    found = builder.library.catalog.photos(photos)
    return [bool(found[photo]["favourite"]) for photo in photos]


def test_a_field_is_set_for_contents_now_or_once_they_are_indexed(builder: LibraryBuilder) -> None:
    catalog = builder.library.catalog
    one, other = builder.put("a.jpg", "a"), builder.put("b.jpg", "b")
    change = catalog.change()
    done = edit_contents(catalog, [A, A, C], "Favorites read", "favourite", [1])
    assert done is not None and (done.summary, done.photos) == ("Favorites read", 2)
    assert past_edits(catalog) == [done] and catalog.change() > change
    assert favourites(builder, one, other) == [True, False]
    third = builder.put("c.jpg", "c")
    assert favourites(builder, one, other, third) == [True, False, True]
    undo_edit(catalog, done.id)
    assert favourites(builder, one, other, third) == [False, False, False]
    assert edits_of(catalog) == {} and past_edits(catalog) == []


def test_what_is_so_already_is_not_recorded(builder: LibraryBuilder) -> None:
    """Also if it is so for a content that is not in the library."""
    catalog = builder.library.catalog
    builder.put("a.jpg", "a")
    assert edit_contents(catalog, [A, C], "One", "favourite", [1]) is not None
    change = catalog.change()
    assert edit_contents(catalog, [A, C], "Two", "favourite", [1]) is None
    assert catalog.change() == change and len(past_edits(catalog)) == 1
    both = edit_contents(catalog, [A, B], "Three", "favourite", [1])
    assert both is not None and both.photos == 1


def test_a_value_of_the_file_counts_as_already_so(builder: LibraryBuilder) -> None:
    catalog = builder.library.catalog
    photo = builder.put("a.jpg", "a", rating=3.0)
    assert edit_contents(catalog, [A], "Rated", "rating", [3.0]) is None
    assert edit_contents(catalog, [A], "Rated", "rating", [5.0]) is not None
    edit_photos(catalog, [photo], "Rated", lambda _: {"rating": [2.0]})
    again = edit_contents(catalog, [A], "Again", "rating", [5.0])
    assert again is not None
    undo_edit(catalog, again.id)
    row = catalog.photo(photo)
    assert row is not None and row["rating"] == 2.0


def test_a_change_sees_what_is_shown_and_what_is_not_edited(builder: LibraryBuilder) -> None:
    catalog, seen = builder.library.catalog, list[PhotoValues]()
    photo = builder.put("a.jpg", "a", rating=3.0, title="Old")

    def look(values: PhotoValues) -> FieldValues:
        seen.append(values)
        return {"rating": [5.0]}

    for _ in range(2):
        edit_photos(catalog, [photo], "Rated", look)
    assert [values.shown["rating"] for values in seen] == [[3.0], [5.0]]
    for values in seen:
        assert values.unedited["rating"] == [3.0] and values.unedited["title"] == ["Old"]
        assert values.unedited["favourite"] == [0] and values.shown["title"] == ["Old"]
