"""What the worker reports, and whether it counts as alive."""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from explorer.errors import LibraryFull
from explorer.library.stores import worker_store
from explorer.library.stores.worker_store import (
    record_heartbeat,
    report_status,
    worker_alive,
    worker_status,
)
from tests.factory import LibraryBuilder


class TestReports:
    def test_the_last_report_is_returned(self, builder: LibraryBuilder) -> None:
        report_status(
            builder.writer,
            phase="indexing",
            encoder="a",
            done=1,
            total=2,
            rate=3.5,
            eta=4.5,
            message="five",
        )
        worker = worker_status(builder.library.catalog)
        assert worker is not None
        columns = ("pid", "phase", "encoder", "done", "total", "rate", "eta", "message")
        assert tuple(worker[key] for key in columns) == (
            os.getpid(),
            "indexing",
            "a",
            1,
            2,
            3.5,
            4.5,
            "five",
        )
        report_status(builder.writer, phase="watching", encoder="b")
        worker = worker_status(builder.library.catalog)
        assert worker is not None
        assert tuple(worker[key] for key in columns[1:]) == ("watching", "b", 0, 0, 0.0, None, "")


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
    def test_liveness_is_determined_by_heartbeat_and_phase(
        self,
        builder: LibraryBuilder,
        monkeypatch: pytest.MonkeyPatch,
        ago: float,
        phase: Any,
        alive: bool,
    ) -> None:
        assert not worker_alive(builder.library.catalog)
        report_status(builder.writer, phase=phase, encoder="tiny")
        builder.writer.connection.execute("update worker set heartbeat = ?", (1000.0 - ago,))
        monkeypatch.setattr(time, "time", lambda: 1000.0)
        worker = worker_status(builder.library.catalog)
        assert worker is not None and worker["alive"] is alive is worker_alive(
            builder.library.catalog
        )

    def test_a_heartbeat_belongs_to_the_process_that_writes_it(
        self, builder: LibraryBuilder
    ) -> None:
        def silent(**change: Any) -> bool:
            report_status(builder.writer, phase=change.get("phase", "idle"), encoder="tiny")
            builder.writer.connection.execute(
                "update worker set heartbeat = 5, pid = ?", (change.get("pid", os.getpid()),)
            )
            record_heartbeat(builder.library.catalog)
            worker = worker_status(builder.library.catalog)
            assert worker is not None
            return worker["heartbeat"] == 5

        assert not silent() and silent(pid=os.getpid() + 1) and silent(phase="stopped")

    @pytest.mark.parametrize(
        "trouble", [LibraryFull("full"), OSError("gone"), sqlite3.OperationalError("torn")]
    )
    def test_a_heartbeat_that_cannot_be_written_stops_nothing(
        self, builder: LibraryBuilder, monkeypatch: pytest.MonkeyPatch, trouble: Exception
    ) -> None:
        asked = list[Exception]()

        @contextmanager
        def failing(_: Path) -> Iterator[sqlite3.Connection]:
            asked.append(trouble)
            raise trouble
            yield

        with monkeypatch.context() as patch:
            patch.setattr(worker_store, "write_transaction", failing)
            record_heartbeat(builder.library.catalog)
        assert asked == [trouble]


def test_a_worker_without_heartbeat_is_not_alive(
    builder: LibraryBuilder, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert worker_status(builder.library.catalog) is None
    report_status(builder.writer, phase="indexing", encoder="tiny", done=1, total=2)
    worker = worker_status(builder.library.catalog)
    assert worker is not None and worker["alive"] and worker["total"] == 2
    monkeypatch.setattr("explorer.library.stores.worker_store.HEARTBEAT_LIMIT", -1.0)
    worker = worker_status(builder.library.catalog)
    assert worker is not None and not worker["alive"]
