"""What the indexing process reports about itself: table `worker`, of one row."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import time
from typing import cast

from explorer.errors import LibraryError
from explorer.library.catalog import Catalog
from explorer.library.connection import write_transaction
from explorer.library.rows import Phase, WorkerRow
from explorer.library.writer import Writer

# Seconds without a heartbeat after which a worker counts as dead.
HEARTBEAT_LIMIT = 15.0


def worker_status(catalog: Catalog) -> WorkerRow | None:
    """What the indexing process reported last, or None if none ever ran."""
    with catalog.reading() as db:
        row = db.execute("select * from worker").fetchone()
    if row is None:
        return None
    known = {key: row[key] for key in WorkerRow.__annotations__ if key != "alive"}
    # A heartbeat from the future is one from before the clock was set back.
    fresh = abs(time.time() - row["heartbeat"]) < HEARTBEAT_LIMIT
    return cast(WorkerRow, {**known, "alive": fresh and row["phase"] != "stopped"})


def worker_alive(catalog: Catalog) -> bool:
    """Whether a process is indexing, or stands by to do so."""
    worker = worker_status(catalog)
    return worker is not None and worker["alive"]


def record_heartbeat(catalog: Catalog) -> None:
    """Record that this process is alive, if it is the one that indexes. Skipped if the disk is full
    or the catalog is locked: the next one follows soon."""
    with (
        contextlib.suppress(LibraryError, OSError, sqlite3.Error),
        write_transaction(catalog.path) as db,
    ):
        db.execute(
            "update worker set heartbeat = ? where pid = ? and phase <> 'stopped'",
            (time.time(), os.getpid()),
        )


def report_status(
    writer: Writer,
    *,
    phase: Phase,
    encoder: str,
    done: int = 0,
    total: int = 0,
    rate: float = 0.0,
    eta: float | None = None,
    message: str = "",
) -> None:
    """Record what this worker is doing; a heartbeat too. rate: photos/s. eta: seconds left."""
    writer.connection.execute(
        "insert or replace into worker values (1, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (os.getpid(), time.time(), phase, done, total, rate, eta, encoder, message),
    )
