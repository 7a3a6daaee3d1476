"""The queue of commands for the indexing process: table `command`."""

from __future__ import annotations

import time
from collections.abc import Sequence

from explorer.library.catalog import Catalog
from explorer.library.connection import write_transaction
from explorer.library.paths import from_text, to_text
from explorer.library.writer import Writer


def send_command(catalog: Catalog, command: str, argument: str | None = None) -> None:
    """Queue a command for the worker: add PATH, remove PATH, exclude JSON, rescan [PATH], retry
    [JSON], forget PATH, keep PATH, drop MODEL, pause, resume, stop."""
    with write_transaction(catalog.path) as db:
        db.execute(
            "insert into command (command, argument, sent_at) values (?, ?, ?)",
            (command, argument and to_text(argument), time.time()),
        )


def waiting_commands(catalog: Catalog) -> list[str]:
    """Commands that no worker has taken yet, oldest first."""
    with catalog.reading() as db:
        return [row[0] for row in db.execute("select command from command order by id")]


def take_commands(
    writer: Writer, only: Sequence[str] = (), most: int = -1
) -> list[tuple[str, str | None]]:
    """Remove commands from the queue and return them as (command, argument), oldest first. only:
    take these, and leave the others queued. most: their maximum number; negative: all."""
    condition = f" where command in ({','.join('?' * len(only))})" if only else ""
    rows = writer.connection.execute(
        f"delete from command where id in (select id from command{condition} order by id limit ?)"
        " returning id, command, argument",
        (*only, most),
    ).fetchall()
    return [
        (row["command"], row["argument"] and from_text(row["argument"]))
        for row in sorted(rows, key=lambda row: row["id"])
    ]


def drop_commands(writer: Writer, commands: Sequence[str], before: float) -> None:
    """Delete commands of these kinds that were sent before a moment (Unix seconds), to a process
    that has since ended."""
    writer.connection.executemany(
        "delete from command where command = ? and sent_at < ?",
        ((command, before) for command in commands),
    )
