"""`models`: list the encoders, or fetch the weights of one."""

from __future__ import annotations

import click

from explorer.cli.options import Command, json_option, library_option
from explorer.cli.output import emit, emit_json, say
from explorer.cli.terminal_progress import TerminalProgress
from explorer.config import PROGRAM
from explorer.errors import UsageError
from explorer.text_format import size


@click.command("models", cls=Command, help="List the models, or fetch one: `models get NAME`.")
@click.argument("action", required=False, type=click.Choice(["list", "get"]), default="list")
@click.argument("name", required=False)
@json_option
@library_option
def models_command(library: str | None, as_json: bool, action: str, name: str | None) -> int:
    """The models are shared by all libraries; `--library` is accepted for symmetry."""
    from explorer.encoders import registry

    if action == "get":
        if not name:
            raise UsageError(
                f"Give the model to fetch: `{PROGRAM} models get NAME`; `{PROGRAM} models`"
                " lists them."
            )
        with TerminalProgress() as progress:
            registry.fetch(name, progress.bytes(f"Fetching {name}", f"Preparing {name}"))
        say(f"“{name}” is ready: use it with --encoder {name}.")
        return 0
    if name:
        raise UsageError(
            f"`models` takes no name by itself: to fetch one, run `{PROGRAM} models get {name}`."
        )
    infos = registry.describe()
    if as_json:
        emit_json([info._asdict() for info in infos])
        return 0
    for info in infos:
        text = "phrases and photos" if info.has_text else "photos only"
        state = (
            "ready"
            if info.available
            else f"not here ({size(info.download_bytes)}: {PROGRAM} models get {info.name})"
        )
        emit(f"{info.name:<10} {text:<19} {state}\n{'':<10} {info.what}; {info.licence}")
    return 0
