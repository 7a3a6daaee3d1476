"""Everything of the project's code that the golden tests call. When the code changes its shape,
this file changes, and they do not."""

from __future__ import annotations

from typing import Any, NamedTuple

import click

from explorer.cli.commands import MODULES, command
from explorer.config import PROJECT
from explorer.library.library import Library
from explorer.library.migration_steps import STEPS
from explorer.library.stores.decision_store import decisions
from explorer.library.stores.dismissal_store import dismissed
from explorer.library.stores.protected_folder_store import protected_folders
from explorer.ui.web_server import server
from tests.fixtures.command_line import Run, _encoders, run

__all__ = [
    "PROJECT",
    "Run",
    "_encoders",
    "command_options",
    "decided",
    "migration_scripts",
    "photo_routes",
    "run",
]


class CommandOptions(NamedTuple):
    """options: every spelling, such as `-h`. arguments: the positional ones, in order. choices: by
    option or argument, where it has any."""

    options: set[str]
    arguments: list[str]
    choices: dict[str, set[str]]


class Decided(NamedTuple):
    """What a person decided in a library, and whether SQLite finds the catalog sound."""

    decisions: set[tuple[str, frozenset[bytes], int]]
    protected: list[str]
    dismissed: set[tuple[str, str]]
    foreign_keys: list[Any]
    integrity: str


def command_options() -> dict[str, CommandOptions]:
    """What each command takes, by its name."""
    return {name: _options(command(name)) for name in MODULES}


def _options(each: click.Command) -> CommandOptions:
    parameters = each.get_params(click.Context(each))
    return CommandOptions(
        {
            spelling
            for option in parameters
            if isinstance(option, click.Option)
            for spelling in option.opts
        },
        [argument.name or "" for argument in parameters if isinstance(argument, click.Argument)],
        {
            parameter.opts[0]: set(parameter.type.choices)
            for parameter in parameters
            if isinstance(parameter.type, click.Choice)
        },
    )


def decided() -> Decided:
    """Of the default library."""
    library = Library.open()
    try:
        with library.catalog.reading() as db:
            foreign_keys = db.execute("pragma foreign_key_check").fetchall()
            integrity = db.execute("pragma integrity_check").fetchone()[0]
        return Decided(
            {
                (decision.kind, decision.hashes, decision.files)
                for decision in decisions(library.catalog)
            },
            protected_folders(library.catalog),
            {(each.subject, each.kind) for each in dismissed(library.catalog)},
            foreign_keys,
            integrity,
        )
    finally:
        library.close()


def migration_scripts() -> list[str]:
    """The SQL of every released step, oldest first."""
    return [sql for _, sql in STEPS]


def photo_routes() -> list[str]:
    """The paths that the app answers beside its pages."""
    return [route.path for route in server.app_options()["routes"]]
