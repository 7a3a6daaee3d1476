"""Changes of the catalog that an error cuts off at any statement: all of a change is there, or
nothing of it."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from explorer.library import missing_files
from explorer.library.file_rows import FileStat
from explorer.library.repair import integrity
from explorer.library.stores.embedding_store import drop_embeddings, put_embedding
from explorer.library.stores.failure_store import retry_failed_files
from explorer.library.stores.file_store import put_all_moved, put_failed, put_missing, put_present
from explorer.library.stores.neighbor_store import drop_all_neighbors
from explorer.library.stores.photo_store import add_photo, deferred_purge, purge_photos
from explorer.library.stores.quality_store import refresh_photo
from explorer.library.stores.root_store import add_root, remove_root
from explorer.library.writer import Writer
from tests.factory import LibraryBuilder, decoded, digest_of, vector_of
from tests.library.rows import known

# Longer than missing files are kept.
LATER = 4e9


class CutOff:
    """A connection that fails at a statement, counted from 0."""

    def __init__(self, real: sqlite3.Connection, at: int) -> None:
        self._real, self._left = real, at

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)

    def execute(self, sql: str, *values: Any) -> sqlite3.Cursor:
        self._next(sql)
        return self._real.execute(sql, *values)

    def executemany(self, sql: str, *values: Any) -> sqlite3.Cursor:
        self._next(sql)
        return self._real.executemany(sql, *values)

    def _next(self, sql: str) -> None:
        if sql != "rollback":
            self._left -= 1
            if self._left < 0:
                raise sqlite3.OperationalError("disk I/O error")


class Scene(NamedTuple):
    """A root with two photos, a missing one and a file that could not be read; and a photo that no
    file holds."""

    builder: LibraryBuilder
    folder: Path
    a: int
    b: int
    orphan: int

    @property
    def writer(self) -> Writer:
        return self.builder.writer

    def rows(self) -> dict[str, list[tuple[Any, ...]]]:
        """All that the catalog holds, by table."""
        with self.builder.library.catalog.reading() as db:
            tables = db.execute("select name from sqlite_master where type = 'table'").fetchall()
            return {
                table: [tuple(row) for row in db.execute(f'select * from "{table}"')]
                for (table,) in tables
            }


@pytest.fixture
def scene(builder: LibraryBuilder, tmp_path: Path) -> Scene:
    a, b = builder.put("a.jpg", "a"), builder.put("sub/b.jpg", "b")
    builder.put("gone.jpg", "gone")
    builder.lose("gone.jpg")
    with deferred_purge(builder.writer, thorough=False):
        orphan = builder.put("bad.jpg", "bad")
        put_failed(builder.writer, builder.root, FileStat("bad.jpg", 1, 2, 3), "torn")
    db = builder.writer.connection
    db.execute("insert into neighbour values (?, ?, ?, ?)", (builder.encoder, a, 0, b""))
    db.execute("insert into stage values ('neighbours', '1', 1)")
    return Scene(builder, tmp_path / "photos", a, b, orphan)


def swap(scene: Scene) -> None:
    files = known(scene.builder, "a.jpg"), known(scene.builder, "sub/b.jpg")
    places = FileStat("sub/b.jpg", 1, 2, 3), FileStat("a.jpg", 1, 2, 3)
    root = scene.builder.root
    put_all_moved(scene.writer, list(zip(files, (root, root), places, strict=True)))


def end_of_scan(scene: Scene) -> None:
    with deferred_purge(scene.writer, thorough=True):
        pass


CHANGES: dict[str, Callable[[Scene], object]] = {
    "present": lambda s: put_present(s.writer, s.builder.root, FileStat("a.jpg", 7, 8, 9), s.b),
    "failed": lambda s: put_failed(s.writer, s.builder.root, FileStat("a.jpg", 7, 8, 9), "torn"),
    "swapped": swap,
    "missing": lambda s: put_missing(
        s.writer, [known(s.builder, "a.jpg"), known(s.builder, "bad.jpg")]
    ),
    "vanished": lambda s: missing_files.put_vanished(s.writer, [known(s.builder, "a.jpg")]),
    "found again": lambda s: missing_files.put_found_again(
        s.writer, [known(s.builder, "gone.jpg")]
    ),
    "expired": lambda s: missing_files.purge_expired(s.writer, LATER),
    "added": lambda s: add_photo(s.writer, digest_of("new"), 5, decoded()),
    "purged": lambda s: purge_photos(s.writer, [s.a, s.orphan]),
    "purged after a scan": end_of_scan,
    "encoded": lambda s: put_embedding(s.writer, s.builder.encoder, s.a, vector_of("other")),
    "vectors dropped": lambda s: drop_embeddings(s.writer, s.builder.encoder, [s.a, s.b]),
    "neighbors dropped": lambda s: drop_all_neighbors(s.writer, s.builder.encoder, "neighbours"),
    "read again": lambda s: refresh_photo(s.writer, s.a, decoded(width=7)),
    "to be read again": lambda s: retry_failed_files(s.writer),
    "references repaired": lambda s: integrity.repair_dangling_references(
        s.writer, [("file", 1, "photo"), ("file", 2, "root")]
    ),
    "violations repaired": lambda s: integrity.repair_violations(
        s.writer, integrity.INTEGRITY_RULES[0], [1, 2]
    ),
    "bytes to be read again": lambda s: integrity.mark_for_rereading(s.writer, [1, 2]),
    "root added": lambda s: add_root(s.writer, str(s.folder.parent)),
    "root removed": lambda s: remove_root(s.writer, str(s.folder)),
}


@pytest.mark.parametrize("change", CHANGES)
def test_an_interrupted_change_leaves_no_partial_state(
    scene: Scene, change: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, statement, real = scene.rows(), 0, scene.writer.connection
    while True:
        monkeypatch.setattr(scene.writer, "connection", CutOff(real, statement))
        try:
            CHANGES[change](scene)
        except sqlite3.OperationalError:
            assert scene.rows() == before
            statement += 1
        else:
            break
    # Beginning, counting the change, the change itself and ending are four statements at least.
    assert statement >= 4 and scene.rows() != before
