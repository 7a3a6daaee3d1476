"""`open` and `demo`: serve the app for the user's folders or for sample photos."""

from __future__ import annotations

import click

from explorer.cli.arguments import absolute, check_folders
from explorer.cli.commands import MODULES
from explorer.cli.options import Command, app_options, encoder_option, library_option
from explorer.cli.output import say
from explorer.config import library_dir
from explorer.library.stores.root_store import check_folder


@click.command(
    "open", cls=Command, help="Open the app on these folders (the same as giving folders alone)."
)
@click.argument("folders", nargs=-1, metavar="[FOLDER]…")
@app_options
@encoder_option
@library_option
def open_command(
    folders: tuple[str, ...],
    library: str | None,
    encoder: str | None,
    offline: bool,
    port: int | None,
    no_browser: bool,
) -> int:
    """Serve the app until it is stopped."""
    from explorer.ui.web_server.server import open_app

    check_folders(folders, MODULES)
    paths = [absolute(folder) for folder in folders]
    for path in paths:
        check_folder(path)
    return open_app(
        library_dir(library),
        paths,
        encoder=encoder,
        offline=offline,
        port=port,
        browser=not no_browser,
    )


@click.command("demo", cls=Command, help="Make a small sample library and open the app on it.")
@app_options
@encoder_option
@library_option
def demo_command(
    library: str | None, encoder: str | None, offline: bool, port: int | None, no_browser: bool
) -> int:
    """Make the sample photos if they are missing, and open the app on them."""
    from explorer.demo.sample_folder import demo_dirs, make_demo
    from explorer.ui.web_server.server import open_app

    photos, folder = demo_dirs(library_dir(library) if library else None)
    make_demo(photos, progress=say, offline=offline)
    return open_app(
        folder, [str(photos)], encoder=encoder, offline=offline, port=port, browser=not no_browser
    )
