"""What always holds in a catalog: each rule finds what breaks it, and mends that and nothing
else."""

from __future__ import annotations

import sqlite3

import pytest

from explorer.errors import LibraryBusy, LibraryError
from explorer.library.migrations import VERSION
from explorer.library.repair import integrity
from explorer.library.stores.embedding_store import drop_embeddings
from explorer.library.stores.photo_store import update_file_counts
from tests.factory import LibraryBuilder

BREAKS = {
    "is marked as present but belongs to no photo": "update file set photo_id = null where id = 2",
    "is marked as failed but belongs"
    " to a photo": "update file set state = 'failed', reason = 'so' where id = 2",
    "is marked as failed without"
    " a reason": "update file set state = 'failed', reason = '', photo_id = null where id = 2",
    "is marked as missing but belonged"
    " to no photo": "update file set state = 'missing', photo_id = null where id = 2",
    "is listed under the wrong folder": "update file set folder = 'a/c' where id = 2",
    "exists but is listed as deleted": "insert into purged values (2, 1)",
    "Photo {} has a change number": "update photo set change = 1000 where id = 2",
    "Deleted photo {} has a change number": "insert into purged values (77, 1000)",
}


@pytest.fixture
def filled(builder: LibraryBuilder) -> LibraryBuilder:
    for number, path in enumerate(("one.jpg", "a/b/two.jpg", "a/three.jpg")):
        builder.put(path, number)
    return builder


def test_a_valid_catalog_has_no_problems(filled: LibraryBuilder) -> None:
    catalog = filled.library.catalog
    assert len(integrity.INTEGRITY_RULES) == len(BREAKS)
    assert not [rule for rule in integrity.INTEGRITY_RULES if integrity.violations(catalog, rule)]
    assert (
        integrity.find_damage(catalog.path)
        == integrity.dangling_references(catalog)
        == integrity.miscounted_photos(catalog)
        == []
    )


@pytest.mark.parametrize("words", BREAKS)
def test_each_violated_rule_is_found_and_repaired(filled: LibraryBuilder, words: str) -> None:
    catalog, (rule,) = (
        filled.library.catalog,
        [rule for rule in integrity.INTEGRITY_RULES if words in rule.text],
    )
    filled.writer.connection.execute(BREAKS[words])
    expected = 77 if "Deleted" in words else 2
    assert integrity.violations(catalog, rule) == [expected]
    integrity.repair_violations(filled.writer, rule, [expected])
    assert not [each for each in integrity.INTEGRITY_RULES if integrity.violations(catalog, each)]
    rows = filled.writer.connection.execute(
        "select id, state, size, folder from file order by id"
    ).fetchall()
    assert [row["id"] for row in rows if row["id"] != 2] == [1, 3]
    assert all((row["state"], row["size"]) == ("present", 1000) for row in rows if row["id"] != 2)
    if "photo" in words and "file" in rule.repair:
        # It is to be read again; a file that was missing is forgotten.
        two = [row for row in rows if row["id"] == 2]
        assert (
            not two
            if "missing" in words
            else (two[0]["state"], two[0]["size"]) == ("failed", -1) or "change number" in words
        )
    if "folder" in words:
        assert [row["folder"] for row in rows] == ["", "a/b", "a"]


def test_counts_that_are_wrong_are_found(filled: LibraryBuilder) -> None:
    catalog = filled.library.catalog
    filled.writer.connection.execute("update photo set present = 2 where id = 1")
    filled.writer.connection.execute("update photo set orphaned_at = 1 where id = 3")
    filled.writer.connection.execute("delete from file where id = 2")
    assert integrity.miscounted_photos(catalog) == [1, 2, 3]
    update_file_counts(filled.writer, [1, 2, 3])
    assert integrity.miscounted_photos(catalog) == []


def test_dangling_rows_are_deleted_and_their_files_read_again(filled: LibraryBuilder) -> None:
    writer, catalog = filled.writer, filled.library.catalog
    writer.connection.execute("pragma foreign_keys = off")
    writer.connection.execute("insert into place values (?, 1, 0, 0)", (filled.encoder,))
    writer.connection.execute("insert into place values (?, 99, 0, 0)", (filled.encoder,))
    writer.connection.execute("insert into embedding values (?, 99, x'0000')", (filled.encoder,))
    writer.connection.execute("update file set photo_id = 99 where id = 2")
    found = integrity.dangling_references(catalog)
    assert sorted((table, to) for table, _, to in found) == [
        ("embedding", "photo"),
        ("file", "photo"),
        ("place", "photo"),
    ]
    integrity.repair_dangling_references(writer, found)
    assert integrity.dangling_references(catalog) == []
    assert [
        tuple(row) for row in writer.connection.execute("select photo_id from place").fetchall()
    ] == [(1,)]
    assert [
        tuple(row)
        for row in writer.connection.execute(
            "select state, size, photo_id, fault from file where id = 2"
        ).fetchall()
    ] == [("failed", -1, None, None)]
    assert writer.connection.execute("select count(*) from embedding").fetchall()[0][0] == 3


def test_a_catalog_that_is_locked_is_not_called_damaged(
    filled: LibraryBuilder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(integrity, "_WAIT", 0.1)
    path = filled.library.catalog.path
    filled.close()
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("pragma locking_mode = exclusive")
    other.execute("begin exclusive")
    other.execute("update clock set change = change + 1")
    with pytest.raises(LibraryBusy):
        integrity.find_damage(path)
    other.execute("rollback")
    other.close()
    assert integrity.find_damage(path) == []
    # Opened again for the fixture's end.
    filled.__init__(type(filled.library).open(path.parent), str(path.parent.parent / "photos"))  # type: ignore[misc]


def test_missing_library_files_are_found(filled: LibraryBuilder) -> None:
    found = sorted(integrity.present_files(filled.library.catalog))
    assert [(file.id, file.size) for file in found] == [(1, 1000), (2, 1000), (3, 1000)]
    assert (
        found[1].path.endswith("photos/a/b/two.jpg")
        and found[1].root.endswith("photos")
        and len(found[1].hash) == 32
    )
    filled.lose("one.jpg")
    assert [file.id for file in sorted(integrity.present_files(filled.library.catalog))] == [2, 3]
    filled.writer.connection.execute("update file set gone_at = 5 where id = 2")
    assert [file.id for file in integrity.present_files(filled.library.catalog)] == [3]
    integrity.mark_for_rereading(filled.writer, [3])
    assert [file.size for file in integrity.present_files(filled.library.catalog)] == [-1]
    assert integrity.photo_ids_by_hash(filled.library.catalog)[found[2].hash] == 3


def test_photos_without_a_vector_are_counted(filled: LibraryBuilder) -> None:
    assert integrity.count_without_embedding(filled.library.catalog, filled.encoder) == 0
    drop_embeddings(filled.writer, filled.encoder, [1, 2])
    assert integrity.count_without_embedding(filled.library.catalog, filled.encoder) == 2
    filled.lose("one.jpg")
    assert integrity.count_without_embedding(filled.library.catalog, filled.encoder) == 1
    assert integrity.count_without_embedding(filled.library.catalog, 99) == 2


class TestDamage:
    """What is found in a catalog that SQLite takes for whole."""

    def test_values_the_program_cannot_have_written_are_found(self, filled: LibraryBuilder) -> None:
        writer, path = filled.writer, filled.library.catalog.path
        writer.connection.execute("update photo set width = 0, height = -1 where id = 2")
        assert integrity.find_damage(path) == [
            "a row of photo holds a value that cannot be (width, height)"
        ]
        writer.connection.execute("update photo set width = 1, height = 1 where id = 2")
        writer.connection.execute("update photo set camera = cast(x'ff41' as text) where id = 3")
        assert integrity.find_damage(path) == [
            "a row of photo holds a value that cannot be (camera)"
        ]

    def test_missing_tables_are_found(self, filled: LibraryBuilder) -> None:
        writer, path = filled.writer, filled.library.catalog.path
        writer.connection.execute("drop table quality")
        assert integrity.find_damage(path) == ["the table quality is not there"]
        # A catalog of an earlier release lacks what came later.
        writer.connection.execute(f"pragma user_version = {VERSION - 1}")
        assert integrity.find_damage(path) == []

    def test_the_number_of_listed_problems_is_limited(self, filled: LibraryBuilder) -> None:
        for number in range(30):
            filled.put(f"{number}.jpg", f"photo {number}")
        filled.writer.connection.execute("update photo set width = 0")
        assert len(integrity.find_damage(filled.library.catalog.path)) == 20

    def test_problems_found_by_sqlite_are_reported(self, filled: LibraryBuilder) -> None:
        filled.writer.connection.execute("create table odd (a check (a > 0))")
        filled.writer.connection.execute("pragma ignore_check_constraints = on")
        filled.writer.connection.execute("insert into odd values (-1)")
        assert integrity.find_damage(filled.library.catalog.path) == [
            "CHECK constraint failed in odd"
        ]

    def test_a_foreign_or_missing_file_is_reported(self, filled: LibraryBuilder) -> None:
        folder = filled.library.dir
        (folder / "other.db").write_bytes(b"no database at all" * 100)
        (message,) = integrity.find_damage(folder / "other.db")
        assert "not a database" in message
        with pytest.raises((LibraryError, sqlite3.Error)):
            integrity.find_damage(folder / "absent.db")
        assert not (folder / "absent.db").exists()


def test_references_in_salvaged_rows_are_repaired_until_all_are_valid(
    filled: LibraryBuilder,
) -> None:
    """A row that goes may be one that others refer to."""
    filled.writer.connection.execute("pragma foreign_keys = off")
    filled.writer.connection.execute("insert into place values (?, 99, 0, 0)", (filled.encoder,))
    filled.writer.connection.execute(
        "insert into embedding values (?, 98, x'0000')", (filled.encoder,)
    )
    filled.writer.connection.execute(
        "insert into embedding values (?, 99, x'0000')", (filled.encoder,)
    )
    filled.writer.connection.execute("update file set photo_id = 99 where id = 2")
    filled.writer.connection.execute("update file set root_id = 99 where id = 3")
    assert integrity.repair_saved_references(filled.writer.connection) == {
        "embedding": 2,
        "file": 1,
    }
    filled.writer.connection.execute("pragma foreign_keys = on")
    assert integrity.dangling_references(filled.library.catalog) == []
    assert [tuple(row) for row in filled.writer.connection.execute(
        "select id, state, size from"
        " file order by id"
    ).fetchall()] == [
        (1, "present", 1000), (2, "failed", -1),
    ]  # fmt: skip
    assert filled.writer.connection.execute("select count(*) from embedding").fetchall()[0][0] == 3
