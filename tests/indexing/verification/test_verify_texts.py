from __future__ import annotations

import sqlite3
from collections.abc import Callable

import pytest

from explorer.indexing.verification.verify import verify
from explorer.library.library import Library
from explorer.library.text.text_index import TextIndex
from tests.factory import LibraryBuilder


def lose_index(db: sqlite3.Connection) -> None:
    db.execute("delete from photo_text_index_data")


def falsify_a_text(db: sqlite3.Connection) -> None:
    db.execute("update photo_text set name = 'other' where photo_id = 1")


def keep_a_hidden_photo(db: sqlite3.Connection) -> None:
    db.execute("update file set state = 'missing', gone_at = 1 where photo_id = 1")
    db.execute("update photo set present = 0 where id = 1")


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (lose_index, "The index of names and texts is damaged."),
        (falsify_a_text, "The searchable names and texts of photo 1 are out of date."),
        (keep_a_hidden_photo, "The searchable names and texts of photo 1 are out of date."),
    ],
)
def test_texts_that_disagree_with_the_catalog_are_repaired(
    builder: LibraryBuilder, damage: Callable[[sqlite3.Connection], None], said: str
) -> None:
    builder.put("summer.jpg", 1)
    builder.put("summer night.jpg", 2)
    damage(builder.writer.connection)

    # As the command does it: with the library opened afresh.
    library = Library.open(builder.library.dir)
    try:
        for repair, expected in ((False, [said]), (True, [said]), (False, [])):
            problems = verify(library, repair=repair).problems
            found = [each for each in problems if each.kind == "texts"]
            assert [each.text for each in found] == expected
            assert all(each.mended is repair for each in found)
    finally:
        library.close()


def test_every_photo_whose_texts_disagree_is_named(builder: LibraryBuilder) -> None:
    for number in range(3):
        builder.put(f"{number}.jpg", number)
    builder.writer.connection.execute("update photo_text set name = 'x' where photo_id <> 2")
    wrong = [f"The searchable names and texts of photo {number} are" for number in (1, 3)]
    found = verify(builder.library).problems
    assert [each.text.split(" out")[0] for each in found if each.kind == "texts"] == wrong
    verify(builder.library, repair=True)
    assert len(TextIndex(builder.library.catalog).ids_containing("jpg")) == 3


def test_names_still_to_be_filled_in_are_only_noted(builder: LibraryBuilder) -> None:
    builder.put("summer.jpg", 1)
    waiting = "The names of 1 photo are not searchable yet."
    assert waiting not in verify(builder.library).notes
    builder.writer.connection.execute("delete from photo_text")
    assert waiting in verify(builder.library).notes
    assert not len(TextIndex(builder.library.catalog).ids_containing("summer"))
