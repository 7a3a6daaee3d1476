"""Undoing single changes of fields."""

from __future__ import annotations

import pytest

from explorer.library.connection import write_transaction
from explorer.library.edits.edit_history import FieldChange, stored
from explorer.library.edits.edit_undo import _album_of, _reverted
from explorer.library.stores.edit_store import edit_photos
from tests.factory import LibraryBuilder, digest_of


@pytest.mark.parametrize(
    ("field", "now", "before", "after", "expected"),
    [
        ("rating", 5.0, None, [5.0], None),
        ("rating", 5.0, [2.0], [5.0], 2.0),
        # It was changed again, or is not known to this release.
        ("rating", 3.0, [2.0], [5.0], 3.0),
        ("rating", 5.0, [2.0], None, 5.0),
        ("stars", 5.0, [2.0], [5.0], 5.0),
    ],
)
def test_a_field_is_restored_unless_it_was_changed_again(
    builder: LibraryBuilder,
    field: str,
    now: float,
    before: list[float] | None,
    after: list[float] | None,
    expected: float | None,
) -> None:
    catalog = builder.library.catalog
    photo = builder.put("a.jpg", "a")
    edit_photos(catalog, [photo], "Rated", lambda _: {"rating": [now]})
    change = FieldChange(digest_of("a"), field, stored(before), stored(after))
    with write_transaction(catalog.path) as db:
        assert _reverted(db, change) is (expected != now)
    row = catalog.photo(photo)
    assert row is not None and row["rating"] == expected


@pytest.mark.parametrize(("field", "album"), [("album:7", 7), ("album:", 0), ("album:x", 0)])
def test_a_damaged_change_is_about_no_album(field: str, album: int) -> None:
    assert _album_of(FieldChange(b"", field, None, None)) == album
