from __future__ import annotations

import sqlite3
from collections.abc import Callable

import pytest

from explorer.library.file_rows import FileStat
from explorer.library.library import Library
from explorer.library.missing_files import put_found_again
from explorer.library.repair.salvage import salvage
from explorer.library.stores import photo_text_store
from explorer.library.stores.file_store import files_below, put_all_moved
from explorer.library.stores.photo_store import deferred_purge
from explorer.library.stores.photo_text_store import (
    PhotoTexts,
    index_is_sound,
    outdated_photos,
    read_texts,
    rebuild_index,
    update_texts,
    waiting_photos,
)
from explorer.library.stores.quality_store import refresh_photo
from explorer.library.stores.root_store import add_root, remove_root
from explorer.library.text.text_index import TextIndex
from tests.factory import LibraryBuilder, decoded


def stored(builder: LibraryBuilder) -> dict[int, tuple[str, ...]]:
    rows = builder.writer.connection.execute("select * from photo_text").fetchall()
    return {row[0]: tuple(row)[1:] for row in rows}


def found(builder: LibraryBuilder, text: str) -> list[int]:
    return TextIndex(builder.library.catalog).ids_containing(text).tolist()


def test_a_photo_has_the_names_of_all_its_files(builder: LibraryBuilder) -> None:
    photo = builder.put(
        "2019/Été/IMG_1.JPG",
        "a",
        camera="Canon EOS",
        lens="EF 50",
        keywords=("Köln", "Dom"),
        title="Title",
        description="A long\tstory",
    )
    builder.put("copy of IMG_1.JPG", "a")
    assert stored(builder) == {
        photo: (
            "img_1.jpg\ncopy of img_1.jpg",
            "photos/2019/ete\nphotos",
            "canon eos",
            "ef 50",
            "koln\ndom",
            "title",
            "a long story",
            "",
        )
    }
    assert found(builder, "copy of") == found(builder, "KOLN") == [photo]


def test_texts_follow_renames_deletions_and_returns(builder: LibraryBuilder) -> None:
    one, two = builder.put("a/one.jpg", 1), builder.put("a/two.jpg", 2)
    files = files_below(builder.writer, builder.root)
    put_all_moved(
        builder.writer,
        [
            (files["a/one.jpg"], builder.root, FileStat("a/two.jpg", 1000, 1_000_000_000, 0)),
            (files["a/two.jpg"], builder.root, FileStat("b/three.jpg", 1000, 1_000_000_000, 0)),
        ],
    )
    assert (found(builder, "two"), found(builder, "three"), found(builder, "one")) == (
        [one],
        [two],
        [],
    )
    builder.lose("a/two.jpg")
    assert found(builder, "two") == [] and one not in stored(builder)
    put_found_again(builder.writer, [files_below(builder.writer, builder.root)["a/two.jpg"]])
    assert found(builder, "two") == [one]


def test_texts_of_purged_photos_and_removed_roots_are_deleted(builder: LibraryBuilder) -> None:
    builder.put("a.jpg", 1)
    with deferred_purge(builder.writer, thorough=True):
        remove_root(builder.writer, builder.library.catalog.roots()[0]["path"])
        assert stored(builder) == {}
    assert index_is_sound(builder.library.catalog)
    assert found(builder, "a.jpg") == []


def test_texts_of_a_photo_that_is_read_again_are_replaced(builder: LibraryBuilder) -> None:
    photo = builder.put("a.jpg", 1, title="Before")
    refresh_photo(builder.writer, photo, decoded(title="After", keywords=("new",), rating=3.0))
    assert (found(builder, "before"), found(builder, "after")) == ([], [photo])
    row = builder.library.catalog.photo(photo)
    assert row is not None
    assert (row["title"], row["keywords"], row["rating"]) == ("After", ["new"], 3.0)


def test_a_root_that_is_merged_into_another_gives_its_photos_longer_folders(
    builder: LibraryBuilder, tmp_path: object
) -> None:
    photo = builder.put("sea/a.jpg", 1)
    root = builder.library.catalog.roots()[0]["path"]
    parent, _, name = root.rpartition("/")
    add_root(builder.writer, parent)
    assert stored(builder)[photo][1] == f"{parent.rpartition('/')[2]}/{name}/sea".lower()
    assert not outdated_photos(builder.library.catalog)


def test_nothing_is_written_without_a_change(builder: LibraryBuilder) -> None:
    photo = builder.put("a.jpg", 1)
    before = builder.writer.connection.total_changes
    with builder.writer.transaction():
        update_texts(builder.writer, [photo])
        # The clock alone.
        assert builder.writer.connection.total_changes == before + 1


def test_texts_are_rolled_back_with_the_transaction(builder: LibraryBuilder) -> None:
    builder.put("a.jpg", 1)
    with pytest.raises(ZeroDivisionError), builder.writer.transaction():
        builder.put("b.jpg", 2)
        raise ZeroDivisionError
    assert found(builder, "b.jpg") == []
    assert index_is_sound(builder.library.catalog)


def test_photos_of_an_earlier_release_wait_until_they_are_filled_in(
    builder: LibraryBuilder,
) -> None:
    one, two = builder.put("a.jpg", 1), builder.put("b.jpg", 2)
    builder.writer.connection.execute("delete from photo_text where photo_id = ?", (one,))
    assert waiting_photos(builder.writer.connection) == [one]
    assert found(builder, ".jpg") == [two]
    before = builder.library.catalog.change()
    update_texts(builder.writer, [one, two])
    # Filters by text follow the photos' change numbers.
    changed = builder.writer.connection.execute("select id from photo where change > ?", (before,))
    assert [row[0] for row in changed] == [one]
    assert waiting_photos(builder.writer.connection) == []
    assert found(builder, ".jpg") == [one, two]


def test_outdated_texts_are_found(builder: LibraryBuilder) -> None:
    one, two = builder.put("a.jpg", 1), builder.put("b.jpg", 2)
    db = builder.writer.connection
    db.execute("update photo_text set title = 'wrong' where photo_id = ?", (one,))
    assert outdated_photos(builder.library.catalog) == [one]
    db.execute("update photo set present = 0 where id = ?", (two,))
    assert outdated_photos(builder.library.catalog) == [one, two]


def test_names_that_are_not_unicode_stay_distinct(builder: LibraryBuilder) -> None:
    photo = builder.put("caf\U0010dcff.jpg", 1)
    texts = read_texts(builder.writer.connection, [photo])[photo]
    assert texts == PhotoTexts(("caf\ufffd.jpg",), ("photos",))


# --- damage


def break_rows(db: sqlite3.Connection) -> None:
    """Damages the index itself."""
    db.execute("delete from photo_text_index_data")


def break_settings(db: sqlite3.Connection) -> None:
    """Makes the index one that FTS5 cannot open."""
    db.execute("update photo_text_index_config set v = 999")


def break_tables(db: sqlite3.Connection) -> None:
    db.execute("drop table photo_text_index_data")


@pytest.mark.parametrize("damage", [break_rows, break_settings, break_tables])
def test_a_damaged_index_is_slow_to_search_and_built_again_by_the_next_change(
    builder: LibraryBuilder, damage: Callable[[sqlite3.Connection], None]
) -> None:
    one = builder.put("summer.jpg", 1)
    damage(builder.writer.connection)
    # As after a restart.
    builder.writer.close()
    other = LibraryBuilder(builder.library, builder.library.catalog.roots()[0]["path"])
    try:
        assert not index_is_sound(builder.library.catalog)
        assert found(builder, "summer") == [one]
        two = other.put("winter.jpg", 2)
        assert index_is_sound(builder.library.catalog)
        assert (found(builder, "winter"), found(builder, "summer")) == ([two], [one])
    finally:
        other.writer.close()


def test_a_sound_index_can_be_built_again(builder: LibraryBuilder) -> None:
    one = builder.put("summer.jpg", 1)
    with builder.writer.transaction():
        rebuild_index(builder.writer.connection)
    assert index_is_sound(builder.library.catalog)
    assert found(builder, "summer") == [one]


def test_an_index_that_lacks_a_photo_is_not_sound(builder: LibraryBuilder) -> None:
    photo = builder.put("summer.jpg", 1)
    row = stored(builder)[photo]
    names = ", ".join(photo_text_store.TEXT_COLUMNS)
    builder.writer.connection.execute(
        f"insert into photo_text_index (photo_text_index, rowid, {names})"
        " values ('delete', ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (photo, *row),
    )
    assert not index_is_sound(builder.library.catalog)


def test_texts_of_a_salvaged_catalog_are_rebuilt(builder: LibraryBuilder) -> None:
    photo = builder.put("summer.jpg", 1, title="Sea")
    builder.close()
    salvage(builder.library.catalog.path)
    library = Library.open(builder.library.dir)
    try:
        assert TextIndex(library.catalog).ids_containing("summer").tolist() == [photo]
        assert index_is_sound(library.catalog) and not outdated_photos(library.catalog)
    finally:
        library.close()


def test_other_errors_are_not_treated_as_a_damaged_index() -> None:
    assert not photo_text_store.is_damaged_index(sqlite3.OperationalError("disk I/O error"))
