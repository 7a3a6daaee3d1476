"""The rows of edits and their changes."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from explorer.library.connection import write_transaction
from explorer.library.edits import edit_history
from explorer.library.edits.edit_history import (
    NO_CONTENT,
    FieldChange,
    begin_edit,
    continue_edit,
    end_edit,
    past_edits,
    photo_hashes,
    photos_with,
    record_changes,
    stored,
    touch_photos,
)
from explorer.library.stores.photo_text_store import put_texts
from tests.factory import LibraryBuilder, digest_of

A, B, C = (digest_of(name) for name in "abc")


@contextmanager
def writing(builder: LibraryBuilder) -> Iterator[sqlite3.Connection]:
    with write_transaction(builder.library.catalog.path) as db:
        yield db


def change(digest: bytes, before: str | None = None, after: str | None = "[1]") -> FieldChange:
    return FieldChange(digest, "rating", before, after)


def test_past_edits_are_the_latest_that_were_not_undone(builder: LibraryBuilder) -> None:
    with writing(builder) as db:
        numbers = [begin_edit(db, name) for name in ("one", "two", "three", "four")]
        for number in numbers:
            more = [change(B), FieldChange(A, "title", None, None), change(NO_CONTENT)]
            record_changes(db, number, [change(A), *(more if number == numbers[1] else [])])
        db.execute("update edit set undone_at = 1 where id = ?", (numbers[2],))
    found = past_edits(builder.library.catalog)
    assert [(each.summary, each.photos) for each in found] == [("four", 1), ("two", 2), ("one", 1)]
    assert [each.summary for each in past_edits(builder.library.catalog, 2)] == ["four", "two"]
    assert all(abs(each.made_at - time.time()) < 60 for each in found)


def test_an_edit_goes_on_while_it_is_the_latest(builder: LibraryBuilder) -> None:
    with writing(builder) as db:
        first = continue_edit(db, None, "one")
        assert continue_edit(db, first, "one") == first
        second = begin_edit(db, "two")
        third = continue_edit(db, first, "three")
        assert third not in (first, second)
        assert continue_edit(db, None, "four") not in (first, second, third)
        # An edit that was undone is none to go on with, and none that came after.
        last = begin_edit(db, "five")
        db.execute("update edit set undone_at = 1 where id = ?", (last,))
        assert continue_edit(db, last, "six") != last
        db.execute("update edit set undone_at = 1 where id <> ?", (first,))
        assert continue_edit(db, first, "one") == first
        db.execute("update edit set undone_at = 1")
        assert continue_edit(db, first, "seven") != first


def test_a_second_change_of_a_field_keeps_the_first_value(builder: LibraryBuilder) -> None:
    with writing(builder) as db:
        number = begin_edit(db, "one")
        record_changes(db, number, [change(A, "[1]", "[2]")])
        record_changes(db, number, [change(A, "[2]", "[3]"), change(B)])
        rows = db.execute("select hash, before, after from edit_change order by after").fetchall()
        assert [tuple(row) for row in rows] == [(B, None, "[1]"), (A, "[1]", "[3]")]
        done = end_edit(db, number)
        assert done is not None and done.photos == 2


def test_an_edit_without_changes_is_not_recorded(builder: LibraryBuilder) -> None:
    with writing(builder) as db:
        kept, empty = begin_edit(db, "one"), begin_edit(db, "two")
        record_changes(db, kept, [change(A)])
        assert end_edit(db, empty) is None and end_edit(db, kept) is not None
    assert [each.summary for each in past_edits(builder.library.catalog)] == ["one"]


def test_values_are_stored_as_they_are_read() -> None:
    assert stored(None) is None and stored(["Köln", None, 1.5]) == '["Köln", null, 1.5]'


def test_photos_and_contents_are_found_in_parts(
    builder: LibraryBuilder, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other, third = (builder.put(f"{name}.jpg", name) for name in "abc")
    monkeypatch.setattr(edit_history, "MAX_BOUND_VALUES", 2)
    with builder.library.catalog.reading() as db:
        assert photo_hashes(db, [third, one, 999, other, one]) == [A, B, C]
        assert sorted(photos_with(db, [A, C, A, digest_of("d"), B])) == [one, other, third]
        assert photo_hashes(db, []) == photos_with(db, []) == []


def test_readers_notice_photos_that_changed(
    builder: LibraryBuilder, monkeypatch: pytest.MonkeyPatch
) -> None:
    photos = [builder.put(f"{name}.jpg", name) for name in "abc"]
    monkeypatch.setattr(edit_history, "MAX_BOUND_VALUES", 1)
    texts = list[object]()

    def put(db: sqlite3.Connection, ids: list[int], number: int) -> None:
        texts.append((list(ids), number))
        put_texts(db, ids, number)

    monkeypatch.setattr(edit_history, "put_texts", put)
    before = builder.library.catalog.change()
    with writing(builder) as db:
        touch_photos(db, photos[:2])
        rows = db.execute("select change from photo order by id").fetchall()
    after = builder.library.catalog.change()
    assert after > before and [row[0] for row in rows[:2]] == [after] * 2 and rows[2][0] < after
    assert texts == [(photos[:2], after)]
