"""Connections to the catalog, and what the app and the worker tell each other through it."""

from __future__ import annotations

import errno
import os
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from explorer.errors import LibraryError, LibraryFull
from explorer.library import catalog, worker_store
from explorer.library.catalog import Catalog
from explorer.library.connection import connect
from explorer.library.setting_store import get_setting, put_setting
from explorer.library.worker_store import (
    record_heartbeat,
    report_status,
    worker_alive,
    worker_status,
)
from tests.factory import Shelf


class TestConnections:
    def test_they_are_durable_and_keep_references(self, tmp_path: Path) -> None:
        db = connect(tmp_path / "catalog.db", wait=1.5)
        found = {
            name: db.execute(f"pragma {name}").fetchone()[0]
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
        # With a write-ahead log, 1 (normal) is safe against a crash of this program, and `settle`
        # sees to power cuts.
        assert found == {
            "journal_mode": "wal",
            "synchronous": 1,
            "foreign_keys": 1,
            "busy_timeout": 1500,
        }
        db.close()
        db = connect(tmp_path / "catalog.db")
        assert db.execute("pragma busy_timeout").fetchone()[0] == 30_000
        db.close()

    def test_what_cannot_be_opened_is_said(self, tmp_path: Path) -> None:
        with pytest.raises(LibraryError):
            connect(tmp_path / "none" / "catalog.db")

    def test_one_is_used_again_and_none_after_closing(self, tmp_path: Path) -> None:
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

    def test_there_is_nothing_to_settle_where_nothing_was_written(self, tmp_path: Path) -> None:
        made = Catalog(tmp_path / "catalog.db")
        made.close()
        assert not (tmp_path / "catalog.db-wal").exists()
        made.sync()

    def test_a_full_disk_is_said_when_a_library_is_opened(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def full(*_: object) -> None:
            raise OSError(errno.ENOSPC, "No space left on device")

        monkeypatch.setattr(catalog, "migrate", full)
        with pytest.raises(LibraryFull):
            Catalog(tmp_path / "catalog.db")

    def test_an_error_gives_the_connection_back(self, shelf: Shelf) -> None:
        with pytest.raises(sqlite3.Error), shelf.library.catalog.reading() as db:
            db.execute("nonsense")
        with shelf.library.catalog.reading() as again:
            assert again is db


class TestTheWorker:
    @pytest.mark.parametrize(
        ("ago", "phase", "alive"),
        [
            (0, "idle", True),
            (14.5, "idle", True),
            (15, "idle", False),
            (-14.5, "idle", True),
            (-15, "idle", False),
            (0, "stopped", False),
        ],
    )
    def test_whether_it_lives(
        self, shelf: Shelf, monkeypatch: pytest.MonkeyPatch, ago: float, phase: Any, alive: bool
    ) -> None:
        assert not worker_alive(shelf.library.catalog)
        report_status(shelf.writer, phase=phase, encoder="tiny")
        shelf.writer.connection.execute("update worker set heartbeat = ?", (1000.0 - ago,))
        monkeypatch.setattr(time, "time", lambda: 1000.0)
        worker = worker_status(shelf.library.catalog)
        assert worker is not None and worker["alive"] is alive is worker_alive(
            shelf.library.catalog
        )

    def test_a_sign_of_life_is_of_the_process_that_gives_it(self, shelf: Shelf) -> None:
        def silent(**change: Any) -> bool:
            report_status(shelf.writer, phase=change.get("phase", "idle"), encoder="tiny")
            shelf.writer.connection.execute(
                "update worker set heartbeat = 5, pid = ?", (change.get("pid", os.getpid()),)
            )
            record_heartbeat(shelf.library.catalog)
            worker = worker_status(shelf.library.catalog)
            assert worker is not None
            return worker["heartbeat"] == 5

        assert not silent() and silent(pid=os.getpid() + 1) and silent(phase="stopped")

    @pytest.mark.parametrize(
        "trouble", [LibraryFull("full"), OSError("gone"), sqlite3.OperationalError("torn")]
    )
    def test_a_sign_of_life_that_cannot_be_given_stops_nothing(
        self, shelf: Shelf, monkeypatch: pytest.MonkeyPatch, trouble: Exception
    ) -> None:
        asked = list[Exception]()

        @contextmanager
        def failing(_: Path) -> Iterator[sqlite3.Connection]:
            asked.append(trouble)
            raise trouble
            yield

        with monkeypatch.context() as patch:
            patch.setattr(worker_store, "write_transaction", failing)
            record_heartbeat(shelf.library.catalog)
        assert asked == [trouble]


def test_settings_are_overwritten_one_by_one(shelf: Shelf) -> None:
    cat = shelf.library.catalog
    assert get_setting(cat, "a") is None
    for key, value in (("a", "1"), ("b", "2"), ("a", "3")):
        put_setting(cat, key, value)
    assert (get_setting(cat, "a"), get_setting(cat, "b")) == ("3", "2")


def test_connections_serve_many_threads_at_once(shelf: Shelf) -> None:
    shelf.put("a.jpg", "x")
    barrier, seen = threading.Barrier(4), list[int]()

    def look() -> None:
        with shelf.library.catalog.reading() as db:
            barrier.wait(30)
            seen.append(db.execute("select count(*) from photo").fetchone()[0])

    threads = [threading.Thread(target=look) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen == [1] * 4
