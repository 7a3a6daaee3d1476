"""Commands for a running indexer: `pause`, `resume`, `stop`, `retry`, `rescan`, `pace`, `forget`.

Without a running indexer, commands that do not need one are carried out at once; the others fail
with a hint on how to start one.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

import click

from explorer.cli.arguments import absolute, opened_library
from explorer.cli.options import Command, library_option
from explorer.cli.output import emit, say
from explorer.config import PROGRAM
from explorer.errors import ExplorerError, FolderError
from explorer.indexing.forget_missing import forget_missing_files
from explorer.indexing.throttle import PACE_SETTING
from explorer.library.library import Library
from explorer.library.paths import below, inside, printable
from explorer.library.rows import RootRow
from explorer.library.stores.command_store import send_command, waiting_commands
from explorer.library.stores.setting_store import get_setting, put_setting
from explorer.library.stores.worker_store import worker_alive, worker_status
from explorer.library.writer import Writer
from explorer.text_format import count

# Seconds to wait for the indexer to carry out a command before reporting only that it was sent.
TIMEOUT = 10.0
_SENT = "The command was sent: the indexer carries it out when it has finished its current work."


@click.command("pause", cls=Command, help="Pause indexing until `resume`, even across restarts.")
@library_option
def pause_command(library: str | None) -> int:
    """Wait until the indexer reports that it has paused."""
    done = f"Indexing is paused: `{PROGRAM} resume` continues it."
    return _carry_out(library, "pause", lambda phase: phase in {"paused", "off"}, done)


@click.command("resume", cls=Command, help="Resume indexing.")
@library_option
def resume_command(library: str | None) -> int:
    """Wait until the indexer reports that it continues."""
    return _carry_out(
        library, "resume", lambda phase: phase not in {"paused", "off"}, "Indexing continues."
    )


@click.command("stop", cls=Command, help="Stop the indexer until `resume` and release the library.")
@library_option
def stop_command(library: str | None) -> int:
    """Wait until the indexer has released the library. Opening the app again also restarts it."""
    done = (
        f"The indexer has released the library. While the app is open, `{PROGRAM} resume`"
        " starts it again."
    )
    return _carry_out(library, "stop", lambda phase: phase in {"off", "stopped"}, done)


@click.command("retry", cls=Command, help="Retry files that could not be read.")
@library_option
def retry_command(library: str | None) -> int:
    """Only send the command, because reading the files can take long."""
    with opened_library(library) as opened:
        _send(opened, "retry")
    say("The indexer will retry the files that could not be read.")
    return 0


@click.command("rescan", cls=Command, help="Scan all folders, or one, again.")
@click.argument("folder", required=False, metavar="[FOLDER]")
@library_option
def rescan_command(library: str | None, folder: str | None) -> int:
    """FOLDER is a watched folder, a folder inside one, or a folder that contains some."""
    within = absolute(folder) if folder is not None else None
    with opened_library(library) as opened:
        if within is not None:
            _roots_for(opened, within)
        _send(opened, "rescan", within)
    say(f"The indexer will scan {printable(within) if within else 'all folders'} again.")
    return 0


@click.command("pace", cls=Command, help="Print or set how much of the machine indexing uses.")
@click.argument("pace", required=False, type=click.Choice(["full", "gentle"]))
@library_option
def pace_command(library: str | None, pace: str | None) -> int:
    """With `gentle`, the indexer works a third of the time. A running indexer adopts the setting at
    once."""
    with opened_library(library) as opened:
        if pace:
            put_setting(opened.catalog, PACE_SETTING, pace)
        emit(pace or get_setting(opened.catalog, PACE_SETTING) or "full")
    return 0


@click.command("forget", cls=Command, help="Forget photos whose files have vanished for good.")
@click.argument("folder", required=False, metavar="[FOLDER]")
@library_option
def forget_command(library: str | None, folder: str | None) -> int:
    """Print how many files were dropped. FOLDER: only files in it."""
    within = absolute(folder) if folder is not None else None
    with opened_library(library) as opened:
        roots = _roots_for(opened, within)
        if worker_alive(opened.catalog):
            number = _forget_through_indexer(opened, roots, within)
        else:
            number = _forget(opened, within)
    emit(
        f"{count(number, 'file')} left the library."
        if number
        else "There is nothing to forget: no file is missing."
    )
    return 0


def _forget_through_indexer(library: Library, roots: Sequence[RootRow], folder: str | None) -> int:
    """Tell the indexer to drop missing files. Returns how many it dropped."""
    ids = {root["id"] for root in roots}

    def missing() -> int:
        return sum(root["away"] for root in library.catalog.roots() if root["id"] in ids)

    before = missing()
    send_command(library.catalog, "forget", folder)
    _wait_for(lambda: not waiting_commands(library.catalog))
    return max(0, before - missing())


def _forget(library: Library, folder: str | None) -> int:
    with library.lock():
        writer = Writer(library.catalog)
        try:
            return forget_missing_files(library.catalog, writer, folder)
        finally:
            writer.close()


def _roots_for(library: Library, folder: str | None) -> list[RootRow]:
    """The watched folders inside a folder, or the one that contains it; all of them for None.
    Raises FolderError if there are none."""
    roots = library.catalog.roots()
    found = [
        root
        for root in roots
        if folder is None or inside(root["path"], folder) or below(folder, root["path"]) is not None
    ]
    if not found:
        raise unknown_folder(folder or "", roots)
    return found


def unknown_folder(folder: str, roots: Sequence[RootRow]) -> FolderError:
    """The error for a folder that is not watched. roots: the watched folders."""
    known = ", ".join(printable(root["path"]) for root in roots) or "none"
    return FolderError(f"{printable(folder)} is not in a watched folder (these are: {known}).")


def _carry_out(given: str | None, command: str, reached: Callable[[str], bool], done: str) -> int:
    """Send a command, wait until the indexer's phase shows that it was carried out, and report
    that. After the timeout, report only that it was sent."""
    with opened_library(given) as library:
        _send(library, command)

        def carried_out() -> bool:
            worker = worker_status(library.catalog)
            return worker is None or (
                reached(worker["phase"]) and not waiting_commands(library.catalog)
            )

        say(done if _wait_for(carried_out) else _SENT)
    return 0


def _send(library: Library, command: str, argument: str | None = None) -> None:
    """Send a command to the indexer. Raises ExplorerError if none is running."""
    if not worker_alive(library.catalog):
        raise ExplorerError(
            f"No indexer is running on the library {library.dir}: open the app with"
            f" `{PROGRAM}`, or run `{PROGRAM} index FOLDER`."
        )
    send_command(library.catalog, command, argument)


def _wait_for(condition: Callable[[], bool]) -> bool:
    """Wait for a condition; returns False if it takes longer than `TIMEOUT`."""
    end = time.monotonic() + TIMEOUT
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.1)
    return True
