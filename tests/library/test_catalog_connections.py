"""The catalog's pool of read-only connections."""

from __future__ import annotations

import errno
import sqlite3
import threading
from pathlib import Path

import pytest

from explorer.errors import CatalogDamaged, LibraryFull, LibraryNewer
from explorer.library import catalog
from explorer.library.catalog import Catalog
from tests.factory import LibraryBuilder


class TestConnections:
    def test_connections_are_reused_and_refused_after_closing(self, tmp_path: Path) -> None:
        made = Catalog(tmp_path / "catalog.db")
        with made.reading() as first:
            pass
        with made.reading() as second, made.reading() as third:
            assert second is first and third is not first
        with made.reading() as last:
            made.close()
        for db in (first, third, last):
            with pytest.raises(sqlite3.ProgrammingError, match="closed"):
                db.execute("select 1")
        # A page that is still being made gets one of its own, which is closed at once.
        assert made.change() == 0
        with made.reading() as late:
            pass
        with pytest.raises(sqlite3.ProgrammingError, match="closed"):
            late.execute("select 1")

    def test_read_connections_cannot_write(self, tmp_path: Path) -> None:
        """Neither the first, which makes the tables, nor those that are opened when it is in
        use."""
        made = Catalog(tmp_path / "catalog.db")
        with made.reading() as first, made.reading() as second:
            for db in (first, second):
                with pytest.raises(sqlite3.OperationalError, match="readonly"):
                    db.execute("update clock set change = 7")
        made.close()

    def test_without_writes_there_is_no_checkpoint(self, tmp_path: Path) -> None:
        made = Catalog(tmp_path / "catalog.db")
        made.close()
        assert not (tmp_path / "catalog.db-wal").exists()
        made.sync()

    def test_a_full_disk_is_reported_when_a_library_is_opened(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def full(*_: object) -> None:
            raise OSError(errno.ENOSPC, "No space left on device")

        monkeypatch.setattr(catalog, "migrate", full)
        with pytest.raises(LibraryFull):
            Catalog(tmp_path / "catalog.db")

    def test_damage_found_while_reading_is_reported(self, builder: LibraryBuilder) -> None:
        builder.writer.connection.execute("drop table quality")
        with pytest.raises(CatalogDamaged), builder.library.catalog.reading() as db:
            db.execute("select * from quality")

    def test_an_error_returns_the_connection_to_the_pool(self, builder: LibraryBuilder) -> None:
        with pytest.raises(sqlite3.Error), builder.library.catalog.reading() as db:
            db.execute("nonsense")
        with builder.library.catalog.reading() as again:
            assert again is db


def test_connections_serve_many_threads_at_once(builder: LibraryBuilder) -> None:
    builder.put("a.jpg", "x")
    barrier, seen = threading.Barrier(4), list[int]()

    def look() -> None:
        with builder.library.catalog.reading() as db:
            barrier.wait(30)
            seen.append(db.execute("select count(*) from photo").fetchone()[0])

    threads = [threading.Thread(target=look) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen == [1] * 4


def test_readers_in_other_threads_see_what_was_written(builder: LibraryBuilder) -> None:
    from concurrent.futures import ThreadPoolExecutor

    photo = builder.put("a.jpg", "x")
    with ThreadPoolExecutor(4) as pool:
        rows = list(pool.map(lambda _: builder.library.catalog.photo(photo), range(40)))
    assert all(row is not None and row["id"] == photo for row in rows)


def test_a_library_of_a_later_release_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "catalog.db"
    Catalog(path).close()
    with sqlite3.connect(path) as db:
        db.execute("pragma user_version = 999")
    db.close()
    with pytest.raises(LibraryNewer, match="newer"):
        Catalog(path).close()


def test_sync_flushes_the_write_ahead_log(
    builder: LibraryBuilder, monkeypatch: pytest.MonkeyPatch
) -> None:
    flushed = list[Path]()
    monkeypatch.setattr(catalog, "flush", flushed.append)
    builder.put("a.jpg", "x")
    builder.library.catalog.sync()
    path = builder.library.catalog.path
    assert flushed == [path.with_name(path.name + "-wal")] and flushed[0].exists()
