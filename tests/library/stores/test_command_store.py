"""The queue of commands for the worker."""

from __future__ import annotations

from explorer.library.stores.command_store import (
    delete_command,
    drop_commands,
    oldest_command,
    send_command,
    take_commands,
    waiting_commands,
)
from tests.factory import LibraryBuilder


class TestCommands:
    def test_some_commands_may_be_left_for_others(self, builder: LibraryBuilder) -> None:
        for command, argument in (("add", "/b"), ("pause", None), ("add", "/a"), ("stop", None)):
            send_command(builder.library.catalog, command, argument)
        assert take_commands(builder.writer, ["stop", "pause"]) == [("pause", None), ("stop", None)]
        assert waiting_commands(builder.library.catalog) == ["add", "add"]
        assert take_commands(builder.writer) == [("add", "/b"), ("add", "/a")]

    def test_commands_may_be_taken_one_by_one(self, builder: LibraryBuilder) -> None:
        for command in ("pause", "add", "resume"):
            send_command(builder.library.catalog, command)
        found = list[str]()
        while (oldest := oldest_command(builder.writer)) is not None:
            assert oldest_command(builder.writer) == oldest
            delete_command(builder.writer, oldest)
            found.append(oldest.name)
        assert found == ["pause", "add", "resume"]
        send_command(builder.library.catalog, "add", "/a\udcff")
        last = oldest_command(builder.writer)
        assert last is not None and last.argument == "/a\udcff"

    def test_commands_to_a_process_that_has_ended_are_dropped(
        self, builder: LibraryBuilder
    ) -> None:
        send_command(builder.library.catalog, "stop")
        send_command(builder.library.catalog, "pause")
        sent = builder.writer.connection.execute(
            "select sent_at from command where command = 'stop'"
        ).fetchall()[0][0]
        drop_commands(builder.writer, ["stop"], before=sent)
        assert waiting_commands(builder.library.catalog) == ["stop", "pause"]
        drop_commands(builder.writer, ["stop"], before=sent + 0.001)
        assert waiting_commands(builder.library.catalog) == ["pause"]


def test_commands_are_received_once_and_in_order(builder: LibraryBuilder) -> None:
    send_command(builder.library.catalog, "add", "/a\udcff")
    send_command(builder.library.catalog, "pause")
    assert take_commands(builder.writer) == [("add", "/a\udcff"), ("pause", None)]
    assert take_commands(builder.writer) == []
