"""Edits of one content are carried over to another one that shows the same picture."""

from __future__ import annotations

from typing import Any

import pytest

from explorer.library.connection import write_transaction
from explorer.library.edits.carried_edits import carry_edits, has_edits
from explorer.library.edits.edit_fields import COLUMNS, ColumnValues, EditField, FieldValues
from explorer.library.edits.edit_history import begin_edit, end_edit, past_edits
from explorer.library.edits.edit_undo import undo_edit
from explorer.library.stores.album_store import add_to_album, albums_of
from explorer.library.stores.edit_store import Overlays, edit_photos, put_overlays
from tests.factory import LibraryBuilder, digest_of

SOURCE, TARGET = digest_of("source"), digest_of("target")
EDITED: FieldValues = {
    "favourite": [1],
    "rating": [5.0],
    "title": ["New"],
    "description": ["Words"],
    "keywords": ['["Köln"]'],
    "date": ["1999-01-01T00:00:00", "year", "user"],
    "place": [1.0, 2.0],
}


def edit(builder: LibraryBuilder, photo: int, values: FieldValues) -> None:
    edit_photos(builder.library.catalog, [photo], "Edited", lambda _: values)


def carry(builder: LibraryBuilder, *, replace: bool = False, target: bytes = TARGET) -> int:
    with write_transaction(builder.library.catalog.path) as db:
        number = begin_edit(db, "Carried")
        carried = carry_edits(db, number, SOURCE, target, replace=replace)
        end_edit(db, number)
    return carried


def columns(builder: LibraryBuilder, photo: int) -> dict[EditField, ColumnValues]:
    with builder.library.catalog.reading() as db:
        row = db.execute("select * from photo where id = ?", (photo,)).fetchone()
    return {field: [row[name] for name in names] for field, names in COLUMNS.items()}


def put_both(builder: LibraryBuilder, **facts: Any) -> tuple[int, int]:
    """The source, with all edits, and the target, with these values in its file."""
    source, target = builder.put("a.jpg", "source"), builder.put("b.jpg", "target", **facts)
    edit(builder, source, EDITED)
    return source, target


def test_a_photo_without_values_gets_all(builder: LibraryBuilder) -> None:
    _, target = put_both(builder)
    before = columns(builder, target)
    assert carry(builder) == 7 and columns(builder, target) == EDITED
    assert carry(builder) == 0
    edits = past_edits(builder.library.catalog)
    assert [each.summary for each in edits] == ["Carried", "Edited"]
    undo_edit(builder.library.catalog, edits[0].id)
    assert columns(builder, target) == before


FILE: dict[str, Any] = {
    "rating": 3.0, "title": "Old", "description": "Of the file", "keywords": ("sea",),
    "taken_at": "2018-07-06T10:11:12", "taken_precision": "second",
    "latitude": 0.0, "longitude": 0.0,
}  # fmt: skip


@pytest.mark.parametrize(("source", "is_lacking"), [("exif", False), ("file", True)])
def test_a_photo_keeps_what_is_in_its_file_but_the_files_time(
    builder: LibraryBuilder, source: str, is_lacking: bool
) -> None:
    """A place on the equator is one, too."""
    _, target = put_both(builder, **FILE, taken_source=source)
    before = columns(builder, target)
    assert carry(builder) == (3 if is_lacking else 2)
    assert columns(builder, target) == before | {
        "favourite": [1],
        "keywords": ['["sea", "Köln"]'],
        "date": EDITED["date"] if is_lacking else before["date"],
    }


def test_a_file_in_place_of_another_gets_its_edits_in_place_of_its_own(
    builder: LibraryBuilder,
) -> None:
    source, target = put_both(builder, **FILE, taken_source="exif")
    edit(builder, target, {"title": ["Mine"], "rating": [1.0]})
    edit(builder, source, {"description": [None]})
    assert carry(builder, replace=True) == 7
    assert columns(builder, target) == EDITED | {
        "description": [None],
        "keywords": ['["sea", "Köln"]'],
    }


def test_what_the_user_set_or_emptied_stays(builder: LibraryBuilder) -> None:
    source, target = put_both(builder)
    own: FieldValues = {"title": [None], "rating": [None], "favourite": [0]}
    # As if it had a title of its own before.
    with write_transaction(builder.library.catalog.path) as db:
        put_overlays(db, TARGET, Overlays(own, {}, {"title": ["Old"]}))
    edit(builder, source, {"description": [None]})
    assert carry(builder) == 3
    found = columns(builder, target)
    assert (found["title"], found["rating"], found["favourite"]) == ([None], [None], [0])
    assert found["place"] == [1.0, 2.0] and found["description"] == [None]


def words(builder: LibraryBuilder, overlays: Overlays, *, replace: bool) -> ColumnValues:
    """The keywords of a target that has sea and Hills, after carrying these over."""
    builder.put("a.jpg", "source")
    target = builder.put("b.jpg", "target", keywords=("sea", "Hills"))
    with write_transaction(builder.library.catalog.path) as db:
        put_overlays(db, SOURCE, overlays)
    carry(builder, replace=replace)
    return columns(builder, target)["keywords"]


@pytest.mark.parametrize(
    ("replace", "expected"), [(True, ['["Hills", "new"]']), (False, ['["sea", "Hills", "new"]'])]
)
@pytest.mark.parametrize("edited", ['["HILLS", "new"]', '["new", "hills"]'])
def test_keywords_are_added_and_removed_as_they_were_from_the_other(
    builder: LibraryBuilder, replace: bool, expected: ColumnValues, edited: str
) -> None:
    before: FieldValues = {"keywords": ['["Sea", "Hills"]']}
    overlays = Overlays({"keywords": [edited]}, {}, before)
    assert words(builder, overlays, replace=replace) == expected


def test_keywords_of_a_sidecar_are_known_in_place_of_the_files(builder: LibraryBuilder) -> None:
    beside: FieldValues = {"keywords": ['["beside"]']}
    overlays = Overlays({"keywords": ['["beside", "in file", "new"]']}, beside, {
        "keywords": ['["in file"]']
    })  # fmt: skip
    assert words(builder, overlays, replace=True) == ['["sea", "Hills", "in file", "new"]']


def test_a_photo_that_loses_all_keywords_has_none(builder: LibraryBuilder) -> None:
    before: FieldValues = {"keywords": ['["sea", "hills"]']}
    assert words(builder, Overlays({"keywords": [None]}, {}, before), replace=True) == [None]


def test_keywords_set_before_the_content_was_known_are_added(builder: LibraryBuilder) -> None:
    overlays = Overlays({"keywords": ['["new"]']}, {}, {})
    assert words(builder, overlays, replace=True) == ['["sea", "Hills", "new"]']


def test_only_a_change_is_noticed(builder: LibraryBuilder) -> None:
    source, target = builder.put("a.jpg", "source"), builder.put("b.jpg", "target")
    catalog = builder.library.catalog
    before = catalog.change()
    assert carry(builder) == 0 and catalog.change() == before
    add_to_album(catalog, "Trip", [source])
    before = catalog.change()
    assert carry(builder) == 1 and catalog.change() > before
    assert albums_of(catalog, target) == ["Trip"]
    before = catalog.change()
    assert carry(builder) == 0 and catalog.change() == before


def test_nothing_is_carried_to_itself_or_to_what_is_not_in_the_library(
    builder: LibraryBuilder,
) -> None:
    source = builder.put("a.jpg", "source")
    edit(builder, source, EDITED)
    add_to_album(builder.library.catalog, "Trip", [source])
    assert carry(builder, target=SOURCE) == carry(builder, target=TARGET) == 0


def test_edits_and_albums_are_what_a_user_has_set(builder: LibraryBuilder) -> None:
    source, target = builder.put("a.jpg", "source"), builder.put("b.jpg", "target")
    catalog = builder.library.catalog

    def edited(digest: bytes) -> bool:
        with catalog.reading() as db:
            return has_edits(db, digest)

    assert not edited(SOURCE) and not edited(TARGET)
    edit(builder, source, {"rating": [5.0]})
    add_to_album(catalog, "Trip", [target])
    assert edited(SOURCE) and edited(TARGET) and not edited(digest_of("other"))
