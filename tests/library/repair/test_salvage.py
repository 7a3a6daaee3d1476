"""Damaged catalogs: every row that can be read is saved, and what was lost is reported."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from explorer.errors import CatalogDamaged, LibraryError, LibraryNewer
from explorer.library.library import Library
from explorer.library.migrations import VERSION, too_new
from explorer.library.repair import integrity
from explorer.library.repair.salvage import salvage
from tests.factory import digest_of
from tests.library.filled_catalog import MADE, PAGE, PHOTOS, overwrite, root_of, rows_of, salvaged


def test_an_intact_catalog_is_copied_unchanged(made: Path, path: Path) -> None:
    assert integrity.find_damage(path) == []
    saved, found = salvaged(path)
    assert found == rows_of(made) and saved.lost == []
    assert saved.total == sum(map(len, found.values()))
    assert saved.kept == path.with_name("catalog.damaged-1.db")
    assert salvage(path).kept == path.with_name("catalog.damaged-2.db")


def test_a_lost_root_page_loses_nothing_if_its_leaves_remain(made: Path, path: Path) -> None:
    for name in ("photo", "file", "embedding", "dismissed"):
        overwrite(path, root_of(made, name), bytes(PAGE))
    assert integrity.find_damage(path)
    saved, found = salvaged(path)
    assert found == rows_of(made) and saved.lost == []


@pytest.mark.parametrize("content", [b"\xa5" * PAGE, bytes(PAGE)])
def test_the_schema_is_recovered_without_its_first_page(
    made: Path, path: Path, content: bytes
) -> None:
    overwrite(path, 1, content)
    with pytest.raises(CatalogDamaged):
        Library.open(path.parent)
    before, (saved, found) = rows_of(made), salvaged(path)
    for name in (*MADE, "photo", "file", "embedding"):
        assert found[name] == before[name], name
    assert saved.lost == []


@pytest.mark.parametrize(
    "name", ["root", "protected", "dismissed", "decided", "encoder", "concept_photo"]
)
def test_rows_are_recovered_from_an_index_that_covers_them(
    made: Path, path: Path, name: str
) -> None:
    number, before = root_of(made, name), rows_of(made)
    data = path.read_bytes()
    # With all leaves of the table.
    leaves = [number] if data[(number - 1) * PAGE] == 13 else _children(data, number)
    for leaf in (number, *leaves):
        overwrite(path, leaf, b"\xff" * PAGE)
    saved, found = salvaged(path)
    assert saved.lost == [] and len(found[name]) == len(before[name])
    columns = {"protected": 1, "encoder": 4, "concept_photo": 3}.get(name, 2)
    assert {row[:columns] for row in found[name]} == {row[:columns] for row in before[name]}
    for other in ("photo", "file", "embedding", "decision"):
        assert found[other] == before[other], other


def _children(data: bytes, number: int) -> list[int]:
    page = data[(number - 1) * PAGE : number * PAGE]
    cells = int.from_bytes(page[3:5], "big")
    places = [int.from_bytes(page[12 + 2 * i : 14 + 2 * i], "big") for i in range(cells)]
    return [
        *(int.from_bytes(page[at : at + 4], "big") for at in places),
        int.from_bytes(page[8:12], "big"),
    ]


def test_files_of_photos_on_a_lost_page_are_read_again(made: Path, path: Path) -> None:
    leaf = _children(path.read_bytes(), root_of(made, "photo"))[1]
    overwrite(path, leaf, bytes(PAGE))
    saved, found = salvaged(path)
    gone = PHOTOS - len(found["photo"])
    assert gone > 3
    assert f"Lost from the catalog: {gone} of its photos." in saved.lost
    db = sqlite3.connect(path)
    assert db.execute(
        "select count(*) from file where state = 'failed' and size = -1 and photo_id is null"
    ).fetchone() == (gone,)
    assert db.execute("select count(*) from file").fetchone() == (PHOTOS,)
    # No number is given twice, and no decision is touched.
    assert db.execute("select seq from sqlite_sequence where name = 'photo'").fetchone() == (
        PHOTOS,
    )
    db.close()
    assert {name: found[name] for name in MADE}.items() <= rows_of(made).items()


def test_lost_decisions_are_named(made: Path, path: Path) -> None:
    number = root_of(made, "decision")
    data = path.read_bytes()
    leaf = number if data[(number - 1) * PAGE] == 13 else _children(data, number)[0]
    overwrite(path, leaf, b"\0" * PAGE)
    saved, found = salvaged(path)
    lost = len(rows_of(made)["decision"]) - len(found["decision"])
    named = [line for line in saved.lost if line.startswith("The decision about")]
    assert len(named) == min(lost, 20)
    assert "photo 0000.jpg" in named[0] and "photo 0001.jpg" in named[0]
    # What they were about goes with them.
    assert {row[0] for row in found["decided"]} == {row[0] for row in found["decision"]}


def test_decisions_whose_photos_are_lost_are_named(made: Path, path: Path) -> None:
    data = path.read_bytes()
    for name in ("decided", "sqlite_autoindex_decided_1", "decided_decision"):
        number = root_of(made, name)
        for leaf in [number] if data[(number - 1) * PAGE] in (13, 10) else _children(data, number):
            overwrite(path, leaf, b"\xff" * PAGE)
    saved, found = salvaged(path)
    assert found["decided"] == set() == found["decision"]
    assert [line for line in saved.lost if "that photos are no duplicates, made on 20" in line]
    assert (
        "Some of the catalog's records of which photos decisions are about may be lost: it is"
        " not known how many there were." in saved.lost
    )


def test_a_misplaced_page_is_not_mistaken_for_another(made: Path, path: Path) -> None:
    data = path.read_bytes()
    one, two = _children(data, root_of(made, "file"))[1:3]
    other = _children(data, root_of(made, "photo"))[2]
    whole = rows_of(made)
    for content in (two, other):
        path.write_bytes(data)
        overwrite(path, one, data[(content - 1) * PAGE : content * PAGE])
        assert integrity.find_damage(path)
        saved, found = salvaged(path)
        assert found["file"] < whole["file"]
        assert [line for line in saved.lost if "of its files" in line]
        for kept in path.parent.glob("catalog.damaged-*"):
            kept.unlink()


def test_a_photo_whose_hash_contradicts_its_index_is_read_again(made: Path, path: Path) -> None:
    digest = digest_of(250)
    data = path.read_bytes()
    at = data.index(digest)
    path.write_bytes(data[:at] + bytes(16) + data[at + 16 :])
    saved, found = salvaged(path)
    assert len(found["photo"]) == PHOTOS - 1 and digest not in {row[1] for row in found["photo"]}
    assert "Lost from the catalog: 1 of its photos." in saved.lost


def sql(path: Path, *statements: str) -> None:
    db = sqlite3.connect(path)
    for statement in statements:
        db.execute("pragma ignore_check_constraints = on")
        db.execute(statement)
    db.commit()
    db.close()


@pytest.mark.parametrize(
    ("statement", "table"),
    [
        ("update root set exclude = 'no list'", "root"),
        ("update root set mounts = '[7]'", "root"),
        ("update photo set camera = cast(x'fffe41' as text) where id = 3", "photo"),
        ("update photo set camera = 'a' || char(0) || 'b' where id = 3", "photo"),
        ("update photo set latitude = 9e999 where id = 3", "photo"),
        ("update photo set phash = x'00' where id = 3", "photo"),
        ("update photo set taken_at = x'00' where id = 3", "photo"),
        ("update file set fault = 'whatever' where id = 3", "file"),
    ],
)
def test_an_impossible_value_is_found_and_dropped(
    made: Path, path: Path, statement: str, table: str
) -> None:
    sql(path, statement)
    assert any(f"a row of {table} holds" in text for text in integrity.find_damage(path))
    before, (saved, found) = rows_of(made), salvaged(path)
    assert len(found[table]) == len(before[table])
    others = {name for name, rows in found.items() if rows != before[name]}
    assert others <= {table} and saved.lost == []


@pytest.mark.parametrize(
    ("statement", "table", "words"),
    [
        ("update decided set hash = x'0011' where rowid = 1", "decided", "records of which photos"),
        ("update photo set hash = 'text' where id = 3", "photo", "photos"),
        ("update photo set width = 0 where id = 3", "photo", "photos"),
        ("update decision set kind = 'sometimes' where id = 1", "decision", "decisions"),
        ("update file set path = '' where id = 3", "file", "files"),
        ("update embedding set vector = x'00' where photo_id = 3", "embedding", "vectors"),
        ("update file set state = 'odd' where id = 3", "file", "files"),
    ],
)
def test_a_row_that_requires_an_impossible_value_is_lost_and_reported(
    made: Path, path: Path, statement: str, table: str, words: str
) -> None:
    sql(path, statement)
    assert integrity.find_damage(path)
    saved, found = salvaged(path)
    assert len(found[table]) < len(rows_of(made)[table])
    assert [line for line in saved.lost if words in line]


def test_a_lost_table_is_reported(path: Path) -> None:
    sql(path, "drop table dismissed")
    assert integrity.find_damage(path) == ["the table dismissed is not there"]
    saved, found = salvaged(path)
    assert found["dismissed"] == set()
    assert (
        "Some of the catalog's dismissed findings may be lost: it is not known how many there were."
        in saved.lost
    )


def test_the_change_number_never_goes_back(path: Path) -> None:
    overwrite(path, root_of(path, "clock"), b"\xff" * PAGE)
    salvaged(path)
    db = sqlite3.connect(path)
    (change,), (latest,) = (
        db.execute("select change from clock").fetchone(),
        db.execute("select max(change) from photo").fetchone(),
    )
    db.close()
    # Beyond anything that an index file can have seen.
    assert change > latest + 1_000_000 and latest > 0


def test_the_change_number_is_kept(made: Path, path: Path) -> None:
    overwrite(path, root_of(path, "setting"), bytes(PAGE))
    sql(path, "insert into stage values ('comparing', '1', 1)")
    _, found = salvaged(path)
    assert found["clock"] == rows_of(made)["clock"]
    (path.with_name("catalog.damaged-1.db")).unlink()
    sql(path, "update stage set change = 900000")
    _, found = salvaged(path)
    assert found["clock"] == {(1, 900_000)}


def test_only_tables_are_created_from_a_damaged_schema(path: Path, tmp_path: Path) -> None:
    target = str(tmp_path / "made.db")
    sql(
        path,
        "pragma writable_schema = on",
        f"update sqlite_master set sql = 'attach database ''{target}'' as other' where name ="
        " 'setting'",
    )
    saved = salvage(path)
    assert not Path(target).exists() and saved.rows["setting"] > 0


def test_a_purged_id_is_never_reused(path: Path) -> None:
    sql(path, "insert into purged values (5000, 1)", "delete from sqlite_sequence")
    salvaged(path)
    db = sqlite3.connect(path)
    assert db.execute("select seq from sqlite_sequence where name = 'photo'").fetchone() == (5000,)
    db.close()


def test_a_catalog_of_an_earlier_release_is_salvaged(made: Path, path: Path) -> None:
    """Its rows have fewer columns, and one column that is the last there came later."""
    sql(
        path,
        "alter table file drop column fault",
        "delete from _sqlite_migrations where name like 'm013%'",
        f"pragma user_version = {VERSION - 1}",
    )
    overwrite(path, _children(path.read_bytes(), root_of(path, "photo"))[0], bytes(PAGE))
    _, found = salvaged(path)
    assert {row[:12] for row in found["file"] if row[7] == "present"} < {
        row[:12] for row in rows_of(made)["file"]
    }
    assert len(found["file"]) == PHOTOS


def test_a_catalog_of_a_later_release_is_left_alone(path: Path) -> None:
    sql(path, f"pragma user_version = {VERSION + 1}")
    before = path.read_bytes()
    with pytest.raises(LibraryNewer):
        salvage(path)
    assert path.read_bytes() == before
    assert too_new(VERSION + 1) and not too_new(VERSION) and not too_new(0x7FFFFFFF)


def test_nothing_is_changed_if_nothing_can_be_written(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = path.read_bytes()

    def refuse(self: Path, target: Path) -> Path:
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(Path, "rename", refuse)
    with pytest.raises(LibraryError, match="Read-only"):
        salvage(path)
    assert path.read_bytes() == before
