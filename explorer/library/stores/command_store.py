"""The queue of commands for the indexing process: table `command`."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import NamedTuple

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


class PendingCommand(NamedTuple):
    """A command in the queue."""

    id: int
    name: str
    argument: str | None


def oldest_command(writer: Writer) -> PendingCommand | None:
    """The command that is executed next; None if there is none."""
    row = writer.connection.execute(
        "select id, command, argument from command order by id limit 1"
    ).fetchone()
    if row is None:
        return None
    return PendingCommand(row[0], row[1], row[2] and from_text(row[2]))


def delete_command(writer: Writer, command: PendingCommand) -> None:
    """Remove a command from the queue."""
    writer.connection.execute("delete from command where id = ?", (command.id,))


def take_commands(writer: Writer, only: Sequence[str] = ()) -> list[tuple[str, str | None]]:
    """Remove commands from the queue and return them as (command, argument), oldest first. only:
    take these, and leave the others queued."""
    condition = f" where command in ({','.join('?' * len(only))})" if only else ""
    rows = writer.connection.execute(
        f"delete from command{condition} returning id, command, argument", only
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
