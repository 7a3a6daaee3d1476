"""The change of the tables of albums, whose names were once unique even among deleted ones."""

from __future__ import annotations

import contextlib
import sqlite3
from pathlib import Path

import pytest

from explorer.errors import UsageError
from explorer.library import migrations
from explorer.library.edits.edit_undo import undo_edit
from explorer.library.library import Library
from explorer.library.migration_steps import STEPS
from explorer.library.repair.salvage import salvage
from explorer.library.stores.album_store import add_to_album, album_photos, albums, find_album
from tests.factory import LibraryBuilder, digest_of

ONE, TWO = digest_of(1), digest_of(2)
ROWS = """
insert into album values (3, 'Kept', 1.5, null), (5, 'Gone', 2.5, 9.0), (8, 'Dropped', 1, null);
delete from album where id = 8;
insert into edit values (1, 'Added to the album “Kept”', 1, null),
 (2, 'Removed from the album “Gone”', 2, null), (3, 'Deleted the album “Gone”', 3, null);
"""
CHANGES = [
    (1, ONE, "album:3", None, "[1]"),
    (2, ONE, "album:5", "[1]", None),
    (3, TWO, "album:5", "[1]", None),
]


@pytest.fixture
def old_library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A library with albums, one of them deleted, as it was before the change."""
    (tmp_path / "photos").mkdir()
    before = [name for name, _ in STEPS].index("m020_album_names")
    with monkeypatch.context() as earlier:
        earlier.setattr(migrations, "STEPS", STEPS[:before])
        earlier.setattr(migrations, "VERSION", before)
        Library.open(tmp_path / "library").close()
    with contextlib.closing(sqlite3.connect(tmp_path / "library" / "catalog.db")) as db:
        db.executescript(ROWS)
        db.execute("insert into album_photo values (3, ?, 7.5)", (ONE,))
        db.executemany("insert into edit_change values (?, ?, ?, ?, ?)", CHANGES)
        db.commit()
    return tmp_path


def test_albums_and_their_history_stay(old_library: Path) -> None:
    builder = LibraryBuilder(Library.open(old_library / "library"), str(old_library / "photos"))
    try:
        catalog = builder.library.catalog
        first, second = builder.put("a.jpg", 1), builder.put("b.jpg", 2)
        assert [(a.id, a.name, a.photos) for a in albums(catalog)] == [(3, "Kept", 1)]
        with catalog.reading() as db:
            assert db.execute("pragma foreign_key_check").fetchall() == []
            (row,) = db.execute("select * from album_photo").fetchall()
            assert tuple(row) == (3, ONE, 7.5)
        add_to_album(catalog, "Gone", [first])
        # An id that was used is not used again.
        assert find_album(catalog, "Gone").id == 9
        with pytest.raises(UsageError, match="Deleted the album"):
            undo_edit(catalog, 2)
        for edit, album in ((3, "Gone (2)"), (2, None)):
            undone = undo_edit(catalog, edit)
            assert undone is not None and (undone.album, undone.restored) == (album, 1)
        assert find_album(catalog, "Gone (2)").id == 5
        assert set(album_photos(catalog, 5).tolist()) == {first, second}
    finally:
        builder.close()


def test_a_photo_of_an_album_that_is_not_there_does_not_stop_it(old_library: Path) -> None:
    with contextlib.closing(sqlite3.connect(old_library / "library" / "catalog.db")) as db:
        db.execute("insert into album_photo values (77, ?, 1)", (ONE,))
        db.commit()
    library = Library.open(old_library / "library")
    try:
        with library.catalog.reading() as db:
            rows = db.execute("select album_id, hash from album_photo").fetchall()
            assert [tuple(row) for row in rows] == [(3, ONE)]
    finally:
        library.close()


def test_a_salvage_keeps_the_records_of_deleted_albums(old_library: Path) -> None:
    """Of a catalog from before the change, and of one from after it."""
    path = old_library / "library" / "catalog.db"
    for _ in range(2):
        assert salvage(path).lost == []
        with contextlib.closing(sqlite3.connect(path)) as db:
            rows = db.execute(
                "select edit_id, field, before, after from edit_change where hash = x''"
            )
            assert rows.fetchall() == [(3, "album:5", "[1]", None)]
