"""Edits carried over in a removal belong to it: they are made once, and taken back with it."""

from __future__ import annotations

from typing import Any

import pytest

from explorer.library.connection import write_transaction
from explorer.library.edits.edit_history import past_edits
from explorer.library.edits.edit_undo import undo_edit
from explorer.library.edits.removal_edits import (
    carry_from_removed,
    removals_with_edits,
    take_back_carried,
)
from explorer.library.stores.edit_store import edit_photos
from tests.factory import LibraryBuilder, digest_of

A, B, C, D = (digest_of(name) for name in "abcd")


@pytest.fixture
def ids(builder: LibraryBuilder) -> dict[str, int]:
    """Four photos, of which two were rated."""
    found = {name: builder.put(f"{name}.jpg", name) for name in "abcd"}
    edit_photos(
        builder.library.catalog, [found["b"], found["d"]], "Rated", lambda _: {"rating": [5.0]}
    )
    return found


def carry(
    builder: LibraryBuilder, *pairs: tuple[bytes, bytes], run: str = "one", gone: str = "abcd"
) -> int:
    paths = list[str]()

    def is_gone(path: str) -> bool:
        paths.append(path)
        return path[-5] in gone and path[-4:] == ".jpg"

    found = carry_from_removed(builder.library.catalog, run, pairs, is_gone)
    assert all(path.startswith("/") for path in paths)
    return found


def ratings(builder: LibraryBuilder, ids: dict[str, int]) -> dict[str, Any]:
    rows = {name: builder.library.catalog.photo(number) for name, number in ids.items()}
    return {name: row["rating"] for name, row in rows.items() if row is not None}


def test_edits_are_carried_over_once_and_taken_back(
    builder: LibraryBuilder, ids: dict[str, int]
) -> None:
    catalog, before = builder.library.catalog, ratings(builder, ids)
    assert removals_with_edits(catalog) == frozenset()
    assert carry(builder, (B, A), (D, C)) == 2
    assert ratings(builder, ids) == dict.fromkeys("abcd", 5.0)
    assert removals_with_edits(catalog) == {"one"}
    carried = past_edits(catalog)[0]
    assert (carried.summary, carried.photos) == ("Edits of removed photos carried over", 2)
    take_back_carried(catalog, "other", {A, C})
    take_back_carried(catalog, "one", {C})
    assert ratings(builder, ids) == before | {"a": 5.0}
    assert removals_with_edits(catalog) == {"one"}
    take_back_carried(catalog, "one", {A})
    assert ratings(builder, ids) == before and removals_with_edits(catalog) == frozenset()
    # The removal was undone: nothing is carried over for it again.
    assert carry(builder, (B, A)) == 0 and ratings(builder, ids) == before
    assert carry(builder, (B, A), run="two") == 1
    assert removals_with_edits(catalog) == {"two"}


def test_a_second_time_changes_nothing(builder: LibraryBuilder, ids: dict[str, int]) -> None:
    assert carry(builder, (B, A)) == 1
    assert carry(builder, (B, A), (D, C)) == 0 and ratings(builder, ids)["c"] is None
    assert len(past_edits(builder.library.catalog)) == 2


def test_without_edits_nothing_is_recorded(builder: LibraryBuilder, ids: dict[str, int]) -> None:
    catalog = builder.library.catalog
    assert carry(builder, (A, C)) == carry(builder, (B, A), gone="a") == 0
    assert [each.summary for each in past_edits(catalog)] == ["Rated"]
    assert removals_with_edits(catalog) == frozenset()
    # So they may be carried over when the last file is gone.
    assert carry(builder, (B, A)) == 1


def test_edits_go_once_all_files_of_a_content_are_gone(
    builder: LibraryBuilder, ids: dict[str, int]
) -> None:
    builder.put("e.jpg", "b")
    assert carry(builder, (B, A)) == 0 and carry(builder, (B, A), (D, C), run="two") == 1
    builder.lose("e.jpg")
    assert carry(builder, (B, A), run="three") == 1


def test_the_reference_to_a_removal_is_a_change_of_no_photo(
    builder: LibraryBuilder, ids: dict[str, int]
) -> None:
    """Libraries keep it, so its form stays."""
    catalog = builder.library.catalog
    carry(builder, (B, A), run="run%_")
    with catalog.reading() as db:
        rows = db.execute(
            "select hash, field, before, after from edit_change where hash = x''"
        ).fetchall()
    assert [tuple(row) for row in rows] == [(b"", "removal:run%_", None, "[1]")]
    assert removals_with_edits(catalog) == {"run%_"}
    take_back_carried(catalog, "runxx", {A})
    assert ratings(builder, ids)["a"] == 5.0


def test_an_album_is_not_taken_for_a_removal(builder: LibraryBuilder, ids: dict[str, int]) -> None:
    catalog = builder.library.catalog
    carry(builder, (B, A))
    with write_transaction(catalog.path) as db:
        (number,) = db.execute("select max(id) from edit").fetchone()
        db.execute("insert into edit_change values (?, ?, 'removal:two', null, '[1]')", (number, A))
        db.execute("insert into edit_change values (?, x'', 'album:1', null, '[1]')", (number,))
    assert removals_with_edits(catalog) == {"one"}


def test_what_the_user_takes_back_is_not_carried_over_again(
    builder: LibraryBuilder, ids: dict[str, int]
) -> None:
    catalog = builder.library.catalog
    carry(builder, (B, A))
    undo_edit(catalog, past_edits(catalog)[0].id)
    assert removals_with_edits(catalog) == frozenset()
    assert carry(builder, (B, A)) == 0 and ratings(builder, ids)["a"] is None
    # An edit that was undone is not undone again.
    edit_photos(catalog, [ids["a"]], "Rated", lambda _: {"rating": [5.0]})
    take_back_carried(catalog, "one", {A})
    assert ratings(builder, ids)["a"] == 5.0
