"""The names of the commands, and the click group that imports a command's module only when the
command runs, so that a search does not wait for imports that only indexing needs.
"""

from __future__ import annotations

import importlib
from collections.abc import Sequence

import click

from explorer import __version__

# The module of each command. It contains a click command called `NAME_command`.
MODULES = {
    "open": "open_command",
    "demo": "open_command",
    "index": "index_command",
    "search": "search_command",
    "explain": "explain_command",
    "edit": "edit_command",
    "albums": "albums_command",
    "concepts": "concepts_command",
    "anomalies": "anomalies_command",
    "duplicates": "duplicates_command",
    "remove": "remove_command",
    "undo": "undo_command",
    "places": "places_command",
    "folders": "folders_command",
    "status": "status_command",
    "verify": "verify_command",
    "models": "models_command",
    "pause": "worker_commands",
    "resume": "worker_commands",
    "stop": "worker_commands",
    "retry": "worker_commands",
    "rescan": "worker_commands",
    "pace": "worker_commands",
    "forget": "worker_commands",
    "exclude": "exclude_command",
    "bench": "bench_command",
}
DEFAULT = "open"

_EPILOG = """\
Without a command, the app is opened on the given folders, which it remembers. For a folder that has
the name of a command, write ./NAME. `python run.py test` runs the project's tests.
"""


class LazyGroup(click.Group):
    """A group whose commands are imported on demand."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(MODULES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        return command(cmd_name) if cmd_name in MODULES else None


def command(name: str) -> click.Command:
    """The command with that name. Raises KeyError for a name that is not in `MODULES`."""
    module = importlib.import_module(f"explorer.cli.{MODULES[name]}")
    found: click.Command = getattr(module, f"{name}_command")
    return found


@click.group(
    cls=LazyGroup,
    help="Find, tidy and understand your own photos.",
    epilog=_EPILOG,
    subcommand_metavar="COMMAND …",
)
@click.version_option(__version__, message="Photo Explorer %(version)s")
def group() -> None:
    """The whole command line."""


def command_first(words: Sequence[str]) -> list[str]:
    """The arguments of a command line with the command moved to the front.

    Options may precede the command (`--library DIR status`). Without a command, `DEFAULT` is added.
    An option has the same meaning in all commands that have it, so whether it takes a value can be
    looked up in any of them.
    """
    at = 0
    while at < len(words) and words[at].startswith("-") and words[at] != "--":
        name, equals, _ = words[at].partition("=")
        at += 2 if not equals and _takes_value(name) else 1
    if at >= len(words) or words[at] not in MODULES:
        return [DEFAULT, *words]
    return [words[at], *words[:at], *words[at + 1 :]]


def _takes_value(name: str) -> bool:
    for other in MODULES:
        for parameter in command(other).params:
            if isinstance(parameter, click.Option) and _matches(name, parameter.opts):
                return not parameter.is_flag
    return False


def _matches(name: str, spellings: Sequence[str]) -> bool:
    """Whether a word is one of an option's spellings, or an abbreviation of a long one."""
    return any(
        known == name or (len(name) > 2 and name.startswith("--") and known.startswith(name))
        for known in spellings
    )
