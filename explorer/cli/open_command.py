"""Opening the app: on the person's folders, or on the demo."""

from __future__ import annotations

import argparse

from explorer.cli.app import absolute, say
from explorer.config import library_dir
from explorer.library.writer import check_folder


def run_open(args: argparse.Namespace) -> int:
    """Serve the app until it is stopped."""
    from explorer.ui.server import open_app

    folders = [absolute(folder) for folder in args.folders]
    for folder in folders:
        check_folder(folder)
    return open_app(
        library_dir(args.library),
        folders,
        encoder=args.encoder,
        offline=args.offline,
        port=args.port,
        browser=not args.no_browser,
    )


def run_demo(args: argparse.Namespace) -> int:
    """Make the sample photos if they are not there, and open the app on them."""
    from explorer.demo import demo_dirs, make_demo
    from explorer.ui.server import open_app

    photos, library = demo_dirs(library_dir(args.library) if args.library else None)
    make_demo(photos, progress=say)
    return open_app(
        library,
        [str(photos)],
        encoder=args.encoder,
        offline=args.offline,
        port=args.port,
        browser=not args.no_browser,
    )
