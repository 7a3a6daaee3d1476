"""`models`: list, download, use and drop models, and control background downloads."""

from __future__ import annotations

import contextlib
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from explorer.cli.arguments import open_library, opened_library
from explorer.cli.options import Command, json_option, library_option
from explorer.cli.output import emit, emit_json, say
from explorer.cli.terminal_progress import TerminalProgress
from explorer.config import PROGRAM
from explorer.errors import LibraryError, UsageError
from explorer.text_format import count, size

if TYPE_CHECKING:
    from explorer.indexing.models.model_list import ModelRow
    from explorer.library.library import Library

_WITH_NAME = ("get", "use", "drop")
_CHOICES = {
    "pause": (
        "paused",
        "The download is paused; nothing is lost. `{program} models resume` continues it.",
    ),
    "resume": ("automatic", "The download continues while the app is open."),
    "not-now": (
        "declined",
        "No model is downloaded automatically any more. `{program} models get NAME` downloads one;"
        " `{program} models resume` turns automatic downloads on again.",
    ),
}


@click.command(
    "models",
    cls=Command,
    help="List the models; get, use or drop one; control automatic downloads.",
)
@click.argument(
    "action", required=False, type=click.Choice(["list", *_WITH_NAME, *_CHOICES]), default="list"
)
@click.argument("name", required=False)
@click.option(
    "--weights",
    is_flag=True,
    help="With `drop`: also delete the model's files, which other programs may share.",
)
@json_option
@library_option
def models_command(
    library: str | None, as_json: bool, action: str, name: str | None, weights: bool
) -> int:
    """Models are shared by all libraries; which one is used is a setting of each library."""
    if action in _WITH_NAME:
        if not name:
            raise UsageError(_needs_name(action))
        if action == "get":
            return _get(name)
        return _use(library, name) if action == "use" else _drop(library, name, weights=weights)
    if name:
        raise UsageError(
            f"`models list` takes no name: to download a model, run `{PROGRAM} models get {name}`."
            if action == "list"
            else f"`models {action}` takes no name."
        )
    return _choose(action) if action in _CHOICES else _list(library, as_json=as_json)


def _needs_name(action: str) -> str:
    what = {"get": "download", "use": "use", "drop": "drop"}[action]
    return (
        f"Give the model to {what}: `{PROGRAM} models {action} NAME`; `{PROGRAM} models` lists"
        " them."
    )


def _get(name: str) -> int:
    from explorer.encoders import registry

    with TerminalProgress() as progress:
        registry.fetch(name, progress.bytes(f"Downloading {name}", f"Preparing {name}"))
    say(f"“{name}” is ready: `{PROGRAM} models use {name}` makes it the search model.")
    return 0


def _use(given: str | None, name: str) -> int:
    from explorer.encoders import registry
    from explorer.encoders.downloads import fetch_state
    from explorer.indexing.models.model_list import PHOTOS_ONLY, compares_photos_only
    from explorer.library import model_settings
    from explorer.library.stores.worker_store import worker_alive

    name = registry.resolve_name(name)
    if compares_photos_only(name):
        say(PHOTOS_ONLY)
    with opened_library(given) as library:
        version = registry.ready_version(name)
        if model_settings.use_encoder(library.catalog, name, version=version):
            say(f"“{name}” is in use.")
            return 0
        if fetch_state.choice() == "paused":
            fetch_state.choose("automatic")
        fetch_state.try_again()
        left = count(model_settings.photos_without(library.catalog, name, version), "photo")
        first = "" if version else " downloads it and then"
        if worker_alive(library.catalog):
            say(
                f"“{name}” takes over once all photos are encoded: the app{first} encodes {left} in"
                " the background. Until then, searches use the current model."
            )
        else:
            say(
                f"“{name}” takes over once all photos are encoded: the app{first} encodes {left}"
                f" when it is next open (`{PROGRAM}`). `{PROGRAM} index FOLDER --encoder {name}`"
                " does it now."
            )
    return 0


def _drop(given: str | None, name: str, *, weights: bool) -> int:
    from explorer.encoders import registry

    name = registry.resolve_name(name)
    with opened_library(given) as library:
        said = _drop_vectors(library, name)
    if weights:
        said += f" {size(registry.remove(name, weights=True))} of the model's files were deleted."
    say(said)
    return 0


def _drop_vectors(library: Library, name: str) -> str:
    """Drop a model's vectors, or tell a running indexer to drop them. Returns a message for the
    user. Raises UsageError for the model in use."""
    from explorer.indexing.models.model_list import drop_model
    from explorer.library import model_settings
    from explorer.library.stores.command_store import send_command
    from explorer.library.stores.worker_store import worker_alive
    from explorer.library.writer import Writer

    used = model_settings.encoder_in_use(library.catalog)
    if used is not None and used[0] == name:
        raise UsageError(
            f"“{name}” is in use: switch to another model first, for example with"
            f" `{PROGRAM} models use {'clip' if name == 'starter' else 'starter'}`."
        )
    photos, index_bytes = model_settings.stored_vectors(library.catalog, name)
    if worker_alive(library.catalog):
        send_command(library.catalog, "drop", name)
        done = "The indexer will drop"
    else:
        with library.lock():
            writer = Writer(library.catalog)
            try:
                photos = drop_model(library, writer, name)
            finally:
                writer.close()
        done = "Dropped"
    return (
        f"{done} the vectors of “{name}” for {count(photos, 'photo')}:"
        f" {size(index_bytes)} of index, and as much space in the catalog, which is"
        " reused."
    )


def _choose(action: str) -> int:
    from explorer.encoders.downloads import fetch_state

    choice, said = _CHOICES[action]
    fetch_state.choose(choice)  # type: ignore[arg-type]
    if action == "resume":
        fetch_state.try_again()
    say(said.format(program=PROGRAM))
    return 0


def _list(given: str | None, *, as_json: bool) -> int:
    from explorer.indexing.models.model_list import list_models

    library = None
    with contextlib.suppress(LibraryError):
        library = open_library(given)
    try:
        rows = list_models(library.catalog if library else None)
    finally:
        if library:
            library.close()
    if as_json:
        emit_json([asdict(row) for row in rows])
        return 0
    for row in rows:
        text = f"phrases ({row.languages or 'see its source'})" if row.has_text else "photos only"
        emit(f"{row.name:<10} {text:<24} {_state(row)}")
        about = "; ".join(part for part in (row.what, row.licence) if part)
        if about:
            emit(f"{'':<10} {about}")
    return 0


def _state(row: ModelRow) -> str:
    availability = (
        "downloaded"
        if row.available and row.download_bytes
        else "ready"
        if row.available
        else f"not downloaded ({size(row.download_bytes)}: {PROGRAM} models get {row.name})"
    )
    parts = [availability] + ([f"{count(row.photos, 'photo')} encoded"] if row.photos else [])
    if row.in_use:
        parts.append("in use")
    if row.upcoming:
        parts.append("takes over when all photos are encoded")
    return ", ".join(parts)
