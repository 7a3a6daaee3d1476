"""A catalog of three hundred photos with decisions, to be damaged, and checks of a salvaged one."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path

import pytest

from explorer.library.connection import write_transaction
from explorer.library.file_rows import FileStat
from explorer.library.library import Library
from explorer.library.repair import integrity
from explorer.library.repair.salvage import SalvageReport, salvage
from explorer.library.stores.concept_store import make_concept
from explorer.library.stores.decision_store import decide
from explorer.library.stores.embedding_store import put_embedding
from explorer.library.stores.file_store import put_present
from explorer.library.stores.photo_store import add_photo
from explorer.library.stores.saved_search_store import save_search
from explorer.library.stores.setting_store import put_setting
from tests.factory import LibraryBuilder, decoded, digest_of, vector_of

PHOTOS, PAGE = 300, 4096
# What the user made.
MADE = (
    "root", "decision", "decided", "protected", "dismissed", "saved_search", "concept",
    "concept_photo", "setting",
)  # fmt: skip
Rows = dict[str, set[tuple[object, ...]]]


def rows_of(path: Path) -> Rows:
    db = sqlite3.connect(path)
    try:
        names = [
            row[0]
            for row in db.execute(
                "select name from sqlite_master where type = 'table' and name not like '%sqlite%'"
                # Derived from the others.
                " and name not like 'photo_text%'"
            )
        ]
        return {name: set(db.execute(f'select * from "{name}"').fetchall()) for name in names}
    finally:
        db.close()


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A catalog of three hundred photos with decisions, closed."""
    folder = tmp_path_factory.mktemp("made")
    (folder / "photos").mkdir()
    builder = LibraryBuilder(Library.open(folder / "library"), str(folder / "photos"))
    with builder.writer.transaction():
        for number in range(PHOTOS):
            photo = add_photo(
                builder.writer,
                digest_of(number),
                1000,
                decoded(camera=f"camera {number % 7} " + "x" * 40),
            )
            put_embedding(builder.writer, builder.encoder, photo, vector_of(number))
            put_present(
                builder.writer,
                builder.root,
                FileStat(f"folder {number % 9}/photo {number:04}.jpg", 1000, 10**9, number + 1),
                photo,
            )
    for number in range(0, 120, 2):
        decide(builder.library.catalog, "apart", [digest_of(number), digest_of(number + 1)], 2)
    with write_transaction(builder.library.catalog.path) as db:
        db.execute("insert into protected values ('/photos/dear', 1.7e9)")
        db.executemany(
            "insert into dismissed values (?, 'blurred', 1.7e9)",
            [(digest_of(number).hex(),) for number in range(300)],
        )
    put_setting(builder.library.catalog, "mine", "kept")
    save_search(builder.library.catalog, "Beaches", "q=beach&since=2020-01-01")
    make_concept(
        builder.library.catalog, "Our dog", map(digest_of, range(9)), map(digest_of, range(9, 12))
    )
    builder.close()
    path = folder / "library" / "catalog.db"
    db = sqlite3.connect(path)
    db.execute("pragma wal_checkpoint(truncate)")
    db.close()
    return path


@pytest.fixture
def path(made: Path, tmp_path: Path) -> Path:
    shutil.copytree(made.parent, tmp_path / "library")
    return tmp_path / "library" / "catalog.db"


def root_of(path: Path, name: str) -> int:
    db = sqlite3.connect(path)
    try:
        return int(
            db.execute("select rootpage from sqlite_master where name = ?", (name,)).fetchone()[0]
        )
    finally:
        db.close()


def overwrite(path: Path, number: int, content: bytes) -> None:
    data = bytearray(path.read_bytes())
    data[(number - 1) * PAGE : number * PAGE] = content
    path.write_bytes(data)


def salvaged(path: Path) -> tuple[SalvageReport, Rows]:
    """Salvage the catalog, and check that the result is consistent."""
    before = path.read_bytes()
    saved = salvage(path)
    assert saved.kept.read_bytes() == before
    assert integrity.find_damage(path) == []
    library = Library.open(path.parent)
    try:
        assert integrity.dangling_references(library.catalog) == []
        counts = library.catalog.counts()
        assert counts.files <= PHOTOS
        library.catalog.roots(), library.catalog.matching(), library.catalog.failures()
    finally:
        library.close()
    found = rows_of(path)
    assert {name: number for name, number in saved.rows.items() if name in MADE} == {
        name: len(found[name]) for name in MADE
    }
    return saved, found
