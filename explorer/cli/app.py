"""The entry point of the command line: run a command, and convert its errors to exit codes.

Results go to standard output, progress and messages to standard error. Exit codes: 0 success, 1 an
error reported in one line, 2 invalid usage, 130 interrupted.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import Any

import click

from explorer.cli.commands import command_first, group
from explorer.cli.output import say
from explorer.config import PROGRAM
from explorer.errors import ExplorerError
from explorer.systems.this_system import this_system

_SETTINGS: dict[str, Any] = {"help_option_names": ["-h", "--help"], "max_content_width": 100}


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code. argv: the arguments after the program's name; None
    for those of this process."""
    this_system().prepare_process()
    words = list(sys.argv[1:] if argv is None else argv)
    if words[:1] not in (["-h"], ["--help"], ["--version"]):
        words = command_first(words)
    try:
        return _run(words)
    except ExplorerError as error:
        say(str(error))
        return error.exit_code
    except BrokenPipeError:
        # The reader of our output has closed the pipe (`| head`), which is not an error. Redirect
        # it, or Python would complain again when it closes the stream.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:
        explained = _explain(error, words)
        if explained is None:
            raise
        say(str(explained))
        return explained.exit_code
    except KeyboardInterrupt:
        say("Stopped. Nothing is lost: the next run continues from here.")
        return 130


def _run(words: list[str]) -> int:
    """Parse the arguments and run the command. click's own `main` would swallow a broken pipe."""
    try:
        with group.make_context(PROGRAM.removeprefix("python "), words, **_SETTINGS) as context:
            code: int | None = group.invoke(context)
            return code or 0
    except click.exceptions.Exit as ended:
        return ended.exit_code
    except click.ClickException as error:
        error.show(file=sys.stderr)
        return error.exit_code


def _explain(error: Exception, words: Sequence[str]) -> ExplorerError | None:
    """An error that explains a system error such as a full disk; None for other errors."""
    from explorer.config import library_dir
    from explorer.library.durable_io import explain

    return explain(error, library_dir(_library_of(words)))


def _library_of(words: Sequence[str]) -> str | None:
    for at, word in enumerate(words):
        name, equals, value = word.partition("=")
        if name == "--library":
            return value if equals else next(iter(words[at + 1 : at + 2]), None)
    return None
