"""`exclude`: print or change which files of a watched folder are excluded."""

from __future__ import annotations

import click

from explorer.cli.arguments import absolute, opened_library
from explorer.cli.options import Command, json_option, library_option
from explorer.cli.output import emit, emit_json, say
from explorer.cli.worker_commands import unknown_folder
from explorer.errors import ExplorerError
from explorer.indexing import worker_client
from explorer.library.library import Library
from explorer.library.paths import below, printable
from explorer.library.rows import RootRow
from explorer.library.stores.root_store import prefixed_glob, set_exclude_globs
from explorer.library.stores.worker_store import worker_alive
from explorer.library.writer import Writer
from explorer.scanning.ignore import validate_globs


@click.command("exclude", cls=Command, help="Print or change which files of a folder are excluded.")
@click.argument("folder", metavar="FOLDER")
@click.argument("globs", nargs=-1, metavar="[GLOB]…")
@click.option("--remove", is_flag=True, help="Stop excluding these.")
@json_option
@library_option
def exclude_command(
    library: str | None, as_json: bool, folder: str, globs: tuple[str, ...], remove: bool
) -> int:
    """GLOB is a pattern such as *.png, Screenshots/ or /2019/raw."""
    path = absolute(folder)
    with opened_library(library) as opened:
        roots = opened.catalog.roots()
        root = next((each for each in roots if below(path, each["path"]) is not None), None)
        if root is None:
            raise unknown_folder(path, roots)
        given = [
            prefixed_glob(glob, below(path, root["path"]) or "") for glob in validate_globs(globs)
        ]
        wanted = _changed(root, given, remove=remove)
        if wanted != root["exclude"]:
            if worker_alive(opened.catalog):
                worker_client.exclude(opened.catalog, root["path"], wanted)
            else:
                _set_globs(opened, root, wanted)
    if as_json:
        emit_json({"folder": root["path"], "exclude": wanted})
        return 0
    for glob in wanted:
        emit(glob)
    if not wanted:
        say(
            "Nothing is excluded except hidden and system folders, and whatever a"
            " .photoexplorerignore file in the folder lists."
        )
    return 0


def _changed(root: RootRow, given: list[str], *, remove: bool) -> list[str]:
    """The patterns of a root after adding or removing the given ones. Raises ExplorerError if a
    pattern that is to be removed is not there."""
    absent = [glob for glob in given if remove and glob not in root["exclude"]]
    if absent:
        raise ExplorerError(
            f"“{absent[0]}” is not excluded from {printable(root['path'])}: run `exclude` without a"
            " pattern to see the list."
        )
    rest = [glob for glob in root["exclude"] if glob not in given]
    return rest if remove else [*rest, *given]


def _set_globs(library: Library, root: RootRow, globs: list[str]) -> None:
    with library.lock():
        writer = Writer(library.catalog)
        try:
            set_exclude_globs(writer, root["id"], globs)
        finally:
            writer.close()
    say("It applies from the next indexing run.")
