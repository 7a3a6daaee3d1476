"""Telling the indexer that runs what to do: `pause`, `resume`, `rescan`, `stop`, `pace`, `forget`
and `exclude`.

Where none runs, what needs no indexer is done here at once; the rest is refused with a word on how
to start one.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from explorer.cli.app import absolute, open_library, say
from explorer.cli.output import emit, emit_json
from explorer.errors import ExplorerError, FolderError
from explorer.indexing import worker_client
from explorer.indexing.forget_missing import forget_missing_files
from explorer.indexing.throttle import SETTING
from explorer.library.library import Library
from explorer.library.paths import below, inside, printable
from explorer.library.rows import RootRow
from explorer.library.writer import Writer, moved_glob
from explorer.scanning.ignore import validate_globs
from explorer.text_format import count

# Seconds to wait for the indexer to do as it was told, before saying that it was told.
PATIENCE = 10.0


def run_pause(args: argparse.Namespace) -> int:
    """Have the indexer rest until `resume`, also over restarts."""
    return _have(
        args,
        "pause",
        lambda phase: phase in {"paused", "off"},
        "Indexing is paused: `python run.py resume` goes on with it.",
    )


def run_resume(args: argparse.Namespace) -> int:
    """Have the indexer go on."""
    return _have(args, "resume", lambda phase: phase not in {"paused", "off"}, "Indexing goes on.")


def run_stop(args: argparse.Namespace) -> int:
    """Have the indexer let go of the library until `resume`, or until the app is opened the next
    time."""
    said = "The indexer has let go of the library. While the app is open, `python run.py resume` starts it again."
    return _have(args, "stop", lambda phase: phase in {"off", "stopped"}, said)


def _have(args: argparse.Namespace, command: str, done: Callable[[str], bool], said: str) -> int:
    """Tell the indexer, wait until its phase says that it has done so, and say that; or that it
    will."""
    with _library(args) as library:
        _tell(library, command)
        reached = _until(library, done)
    say(said if reached else _LATER)
    return 0


def run_rescan(args: argparse.Namespace) -> int:
    """Have the indexer look through all folders, or one, once more."""
    with _library(args) as library:
        folder = None
        if args.folder:
            folder = absolute(args.folder)
            roots = library.catalog.roots()
            root = next((root for root in roots if below(folder, root["path"]) is not None), None)
            if root is None and not any(inside(each["path"], folder) for each in roots):
                raise _unknown(folder, roots)
        _tell(library, "rescan", folder)
    say(
        "The indexer looks through "
        + (f"{printable(folder)} again." if folder else "all folders again.")
    )
    return 0


def run_retry(args: argparse.Namespace) -> int:
    """Have the indexer read again what could not be read."""
    with _library(args) as library:
        _tell(library, "retry")
    say("The indexer tries the files that could not be read once more.")
    return 0


def run_pace(args: argparse.Namespace) -> int:
    """Say or choose how much of the machine indexing takes. It is heeded at once, also by an
    indexer that runs."""
    with _library(args) as library:
        if args.pace:
            library.catalog.set_setting(SETTING, args.pace)
        emit(args.pace or library.catalog.setting(SETTING) or "full")
    return 0


def run_forget(args: argparse.Namespace) -> int:
    """Let go of files that vanished, as they will not be back."""
    folder = absolute(args.folder) if args.folder else None
    with _library(args) as library:
        roots = library.catalog.roots()
        concerned = [
            r
            for r in roots
            if folder is None or inside(r["path"], folder) or below(folder, r["path"]) is not None
        ]
        if not concerned:
            raise _unknown(folder or "", roots)
        if library.catalog.worker_alive():
            before = sum(root["away"] for root in concerned)
            library.catalog.send("forget", folder)
            end = time.monotonic() + PATIENCE
            while library.catalog.waiting_commands() and time.monotonic() < end:
                time.sleep(0.1)
            known = {root["id"] for root in concerned}
            number = max(
                0,
                before
                - sum(root["away"] for root in library.catalog.roots() if root["id"] in known),
            )
        else:
            with library.lock():
                writer = Writer(library.catalog)
                try:
                    number = forget_missing_files(library.catalog, writer, folder)
                finally:
                    writer.close()
    emit(
        f"{count(number, 'file')} left the library."
        if number
        else "There is nothing to forget: no file is away."
    )
    return 0


def run_exclude(args: argparse.Namespace) -> int:
    """Say or change what is left out of a folder."""
    folder = absolute(args.folder)
    with _library(args) as library:
        roots = library.catalog.roots()
        root = next((root for root in roots if below(folder, root["path"]) is not None), None)
        if root is None:
            raise _unknown(folder, roots)
        given = [
            moved_glob(glob, below(folder, root["path"]) or "")
            for glob in validate_globs(args.globs)
        ]
        globs = [glob for glob in root["exclude"] if glob not in given] + (
            [] if args.remove else given
        )
        absent = [glob for glob in given if args.remove and glob not in root["exclude"]]
        if absent:
            raise ExplorerError(
                f"“{absent[0]}” is not left out of {printable(root['path'])}: the list is shown without a pattern."
            )
        if globs != root["exclude"]:
            if library.catalog.worker_alive():
                worker_client.exclude(library.catalog, root["path"], globs)
            else:
                _set_globs(library, root, globs)
    if args.json:
        emit_json({"folder": root["path"], "exclude": globs})
        return 0
    for glob in globs:
        emit(glob)
    if not globs:
        say(
            "Nothing is left out but hidden and system folders, and what a .photoexplorerignore in the folder names."
        )
    return 0


def _set_globs(library: Library, root: RootRow, globs: list[str]) -> None:
    with library.lock():
        writer = Writer(library.catalog)
        try:
            writer.set_globs(root["id"], globs)
        finally:
            writer.close()
    say("The next indexing heeds it.")


_LATER = "The indexer has been told, and does so as soon as it is done with what it is at."


@contextmanager
def _library(args: argparse.Namespace) -> Iterator[Library]:
    """The library of a command, for the length of a block."""
    library = open_library(args.library)
    try:
        yield library
    finally:
        library.close()


def _tell(library: Library, command: str, argument: str | None = None) -> None:
    """Raises ExplorerError where nobody is there to be told."""
    if not library.catalog.worker_alive():
        raise ExplorerError(
            f"No indexer is running on the library {library.dir}: open the app with `python run.py`, or run `python run.py index FOLDER`."
        )
    library.catalog.send(command, argument)


def _until(library: Library, reached: Callable[[str], bool]) -> bool:
    """Wait until the indexer says that it is where it should be; False where it takes long."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        worker = library.catalog.worker()
        if worker is None or (reached(worker["phase"]) and not library.catalog.waiting_commands()):
            return True
        time.sleep(0.1)
    return False


def _unknown(folder: str, roots: list[RootRow]) -> FolderError:
    known = ", ".join(printable(root["path"]) for root in roots) or "none"
    return FolderError(
        f"{printable(folder)} is not in a folder of the library (those are: {known})."
    )
