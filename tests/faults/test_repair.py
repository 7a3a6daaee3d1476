"""Each kind of damage: `verify` finds it, mends it, and then finds nothing."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from explorer.cli.app import main
from explorer.indexing.verification.verify import verify
from explorer.indexing.verification.verify_report import VerifyReport
from explorer.library.library import Library
from tests.faults.folders import RandomFolders, check, index

pytestmark = pytest.mark.usefixtures("decode_here")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library of thirty files, closed."""
    place = tmp_path_factory.mktemp("made")
    folders = RandomFolders(place, 5, 30)
    folders.copy()
    library = Library.open(place / "library")
    index(library, folders)
    check(library, folders)
    library.close()
    return place


@pytest.fixture
def place(made: Path, tmp_path: Path) -> Path:
    """The library, to be damaged; photos as they were."""
    (tmp_path / "library").mkdir()
    for path in (made / "library").rglob("*"):
        copy = tmp_path / "library" / path.relative_to(made / "library")
        copy.mkdir(exist_ok=True) if path.is_dir() else copy.write_bytes(path.read_bytes())
    return tmp_path / "library"


def look(folder: Path, *, repair: bool = False, thorough: bool = False) -> VerifyReport:
    library = Library.open(folder)
    try:
        return verify(library, repair=repair, thorough=thorough)
    finally:
        library.close()


def sql(*statements: str) -> Callable[[Path], None]:
    def damage(folder: Path) -> None:
        with sqlite3.connect(folder / "catalog.db", isolation_level=None) as db:
            for statement in statements:
                assert db.execute(statement).rowcount != 0
        db.close()

    return damage


def _preview(change: Callable[[Path], object]) -> Callable[[Path], None]:
    def damage(folder: Path) -> None:
        change(sorted((folder / "previews").glob("??/*.jpg"))[0])

    return damage


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-100])


def _smudge(path: Path) -> None:
    data = path.read_bytes()
    path.write_bytes(data[:20] + bytes(len(data) - 22) + data[-2:])


def _stray(path: Path) -> None:
    (path.parent / ("0" * 32 + ".jpg")).write_bytes(path.read_bytes())


def _half(path: Path) -> None:
    path.with_suffix(".part").write_bytes(b"half")


def _index_file(folder: Path) -> None:
    (path,) = (folder / "vectors").glob("*.faiss")
    path.write_bytes(path.read_bytes()[:-7] + b"garbage")


_A = "(select min(photo_id) from file where state = 'present')"


def _indexes_all(place: Path, made: Path) -> None:
    """The next run continues with this library, and then all is as it should be."""
    library = Library.open(place)
    try:
        folders = RandomFolders.__new__(RandomFolders)
        folders.roots, folders.steady = [made / "one", made / "two"], {}
        index(library, folders)
        check(library, folders)
    finally:
        library.close()


@pytest.mark.parametrize(
    ("kind", "damage"),
    [
        ("catalog", sql(f"update photo set present = present + 1 where id = {_A}")),
        ("catalog", sql(f"update file set photo_id = null where photo_id = {_A}")),
        ("catalog", sql(f"update file set photo_id = 99999 where photo_id = {_A}")),
        ("catalog", sql(f"update file set state = 'failed', reason = 'so' where photo_id = {_A}")),
        ("catalog", sql("update file set reason = null where state = 'failed'")),
        (
            "catalog",
            sql("update file set folder = 'elsewhere' where id = (select min(id) from file)"),
        ),
        ("catalog", sql(f"insert into purged values ({_A}, 1)")),
        ("catalog", sql("insert into purged values (99999, 1000000)")),
        ("catalog", sql(f"update photo set change = 1000000 where id = {_A}")),
        (
            "catalog",
            sql(
                f"insert into embedding select encoder_id, 99999, vector from embedding where"
                f" photo_id = {_A}"
            ),
        ),
        ("vectors", sql(f"update embedding set vector = zeroblob(64) where photo_id = {_A}")),
        ("vectors", sql(f"update embedding set vector = x'0011' where photo_id = {_A}")),
        ("vectors", _index_file),
        (
            "neighbours",
            sql(f"update neighbour set scores = zeroblob(length(scores)) where photo_id = {_A}"),
        ),
        ("neighbours", sql(f"update neighbour set ids = substr(ids, 1, 13) where photo_id = {_A}")),
        ("neighbours", sql(f"delete from neighbour where photo_id = {_A}")),
        ("preview", _preview(Path.unlink)),
        ("preview", _preview(_cut)),
        ("preview", _preview(_stray)),
        ("preview", _preview(_half)),
    ],
)
def test_damage_is_found_and_repaired(
    made: Path, place: Path, kind: str, damage: Callable[[Path], None]
) -> None:
    assert look(place).sound
    damage(place)
    found = look(place)
    assert not found.sound
    assert kind in {problem.kind for problem in found.problems}
    mended = look(place, repair=True)
    assert mended.sound
    assert kind in {problem.kind for problem in mended.problems}
    assert not look(place).problems
    _indexes_all(place, made)


def test_a_preview_with_hidden_damage_is_found_by_decoding_it(place: Path) -> None:
    _preview(_smudge)(place)
    assert look(place).sound
    assert [problem.kind for problem in look(place, thorough=True).problems] == ["preview"]
    assert look(place, thorough=True, repair=True).sound
    assert not look(place, thorough=True).problems


def test_bytes_changed_without_a_new_time_are_found_by_reading_them(
    place: Path, made: Path
) -> None:
    path = next(path for path in sorted((made / "one").glob("*.jpg")) if path.stat().st_size > 1000)
    data, facts = path.read_bytes(), path.stat()
    try:
        path.write_bytes(data[:-50] + bytes(48) + data[-2:])
        os.utime(path, ns=(facts.st_atime_ns, facts.st_mtime_ns))
        assert look(place).sound
        found = look(place, thorough=True)
        assert [(problem.kind, str(path) in problem.text) for problem in found.problems] == [
            ("file", True)
        ]
        assert look(place, thorough=True, repair=True).sound
        # Its row now says that it is to be read again.
        assert look(place, thorough=True).changed == 1
    finally:
        path.write_bytes(data)
        os.utime(path, ns=(facts.st_atime_ns, facts.st_mtime_ns))


@pytest.mark.parametrize("how", ["header", "middle"])
def test_a_damaged_catalog_is_salvaged_as_far_as_possible(
    made: Path,
    place: Path,
    how: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    path = place / "catalog.db"
    with sqlite3.connect(path) as db:
        db.execute("pragma wal_checkpoint(truncate)")
        db.execute("insert into setting values ('mine', 'kept')")
    db.close()
    data = bytearray(path.read_bytes())
    start, length = (0, 100) if how == "header" else (0, 0)
    data[start : start + length] = b"\xff" * length
    if how == "middle":
        # The first page of every table but its header: SQLite can open it and read nothing of the
        # schema.
        data[100:200] = b"\xff" * 100
    path.write_bytes(data)
    monkeypatch.setenv("EXPLORER_LIBRARY", str(place))
    assert main(["verify"]) == 1
    errors = capsys.readouterr().err
    assert (
        "is damaged (" in errors and "verify --repair" in errors and len(errors.splitlines()) == 1
    )
    main(["verify", "--repair"])
    assert "kept as" in capsys.readouterr().err
    assert (place / "catalog.damaged-1.db").read_bytes() == bytes(data)
    _indexes_all(place, made)
    assert main(["verify"]) == 0


def test_a_torn_page_loses_only_its_rows(place: Path) -> None:
    path = place / "catalog.db"
    with sqlite3.connect(path) as db:
        db.execute("pragma wal_checkpoint(truncate)")
        (page,) = db.execute("pragma page_size").fetchone()
        (before,) = db.execute("select count(*) from photo").fetchone()
        root = db.execute("select rootpage from sqlite_master where name = 'embedding'").fetchone()[
            0
        ]
    db.close()
    data = bytearray(path.read_bytes())
    data[(root - 1) * page : root * page] = b"\xff" * page
    path.write_bytes(data)
    from explorer.library.repair.salvage import salvage

    saved = salvage(path)
    assert saved.kept.exists() and saved.total > before
    assert [line for line in saved.lost if "vectors" in line] and not [
        line for line in saved.lost if "photos" in line
    ]
    library = Library.open(place)
    try:
        assert library.catalog.counts().photos == before
        assert library.catalog.roots()
        # Lists of neighbors would outlive the vectors that they were computed from.
        with library.catalog.reading() as db:
            assert db.execute("select * from neighbour").fetchall() == []
            stages = {name for (name,) in db.execute("select name from stage")}
        assert stages and not [name for name in stages if name.startswith("neighbours")]
    finally:
        library.close()
