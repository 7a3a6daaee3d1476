"""The command line: every command of the program, and the only place that prints and sets exit
codes.

Results go to standard output, progress and messages to standard error. Exit codes: 0 done, 1 a
clear one-line error, 2 wrong usage. Each command's modules are imported when it runs, so that a
search does not wait for what only the app needs.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from explorer import __version__
from explorer.anomalies.finding_kinds import KINDS
from explorer.cli.arguments import check_folders, command_first, port, positive
from explorer.errors import ExplorerError, UsageError
from explorer.library.paths import as_on_disk
from explorer.text_format import one_line

if TYPE_CHECKING:
    from explorer.library.library import Library

EPILOG = """\
With folders, or nothing, instead of a command: open the app on these folders, which are remembered.
A folder that has the name of a command is written ./NAME. `python run.py test` runs the project's tests.
"""


# What the indexer is told in one word.
_TOLD = {
    "pause": "have the indexer rest until it is told to resume",
    "resume": "have the indexer go on",
    "stop": "have the indexer let go of the library until it is told to resume",
    "retry": "have the indexer try once more to read the files that could not be read",
}


def build_parser() -> argparse.ArgumentParser:  # noqa: PLR0915  a list of commands and options, and nothing else
    """Every command and option; the documentation is checked against it."""
    parser = argparse.ArgumentParser(
        prog="run.py",
        description="Photo Explorer: find, tidy and understand your own photos.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"Photo Explorer {__version__}")
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument(
        "--library",
        metavar="DIR",
        help="where the library is kept (default: your user-data folder, or EXPLORER_LIBRARY)",
    )
    as_json = argparse.ArgumentParser(add_help=False)
    as_json.add_argument("--json", action="store_true", help="print JSON instead of text")
    encoder = argparse.ArgumentParser(add_help=False)
    encoder.add_argument("--encoder", metavar="NAME", help="the model to use; `models` lists them")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)

    def add(name: str, text: str, *parents: argparse.ArgumentParser) -> argparse.ArgumentParser:
        return commands.add_parser(
            name,
            parents=[common, *parents],
            help=text,
            description=text[0].upper() + text[1:] + ".",
        )

    opened = add(
        "open", "open the app on these folders (the same as giving folders alone)", encoder
    )
    opened.add_argument("folders", nargs="*", metavar="FOLDER")
    _app_options(opened)

    demo = add("demo", "make a small sample library and open the app on it", encoder)
    _app_options(demo)

    index = add("index", "index everything in these folders, then exit", encoder, as_json)
    index.add_argument("folders", nargs="+", metavar="FOLDER")
    index.add_argument("--offline", action="store_true", help="fetch nothing from the network")

    index.add_argument(
        "--exclude",
        metavar="GLOB",
        action="append",
        default=[],
        help="leave these files or folders out from now on (may be given again)",
    )
    index.add_argument(
        "--retry-failed",
        action="store_true",
        help="try once more to read files that could not be read",
    )
    index.add_argument(
        "--forget-missing",
        action="store_true",
        help="files that vanished are gone, however many they are",
    )

    search = add("search", "find photos by a phrase, by a photo, or both", encoder, as_json)
    search.add_argument(
        "phrase",
        nargs="?",
        help="what to look for; - reads one phrase a line and answers one JSON list a line",
    )
    search.add_argument(
        "--photo",
        metavar="FILE",
        action="append",
        default=[],
        help="find photos like this one (may be given again)",
    )
    search.add_argument(
        "--top", type=positive, default=20, metavar="N", help="how many results (default: 20)"
    )
    _filter_options(search)

    _anomaly_options(
        add(
            "anomalies",
            "list photos that are odd, poor or broken, worst first, and why",
            encoder,
            as_json,
        )
    )

    add("status", "say what is indexed, where, and what the indexer is doing", as_json)

    models = add("models", "list the models, or fetch one: models get NAME", as_json)
    models.add_argument("action", nargs="?", choices=["list", "get"], default="list")
    models.add_argument("name", nargs="?", metavar="NAME")

    verify = add("verify", "check that catalog, vectors, previews and photo files agree", as_json)
    verify.add_argument(
        "--repair",
        action="store_true",
        help="mend what can be mended; photo files are never touched",
    )
    verify.add_argument(
        "--thorough",
        action="store_true",
        help="also read every photo file and decode every preview",
    )

    for name, text in _TOLD.items():
        add(name, text)
    rescan = add("rescan", "have the indexer look through all folders once more")
    rescan.add_argument("folder", nargs="?", metavar="FOLDER", help="only this one")
    pace = add("pace", "say or choose how much of the machine indexing takes")
    pace.add_argument(
        "pace", nargs="?", choices=["full", "gentle"], help="gentle works a third of the time"
    )
    forget = add("forget", "let go of photos whose files vanished and will not be back")
    forget.add_argument("folder", nargs="?", metavar="FOLDER", help="only those in this folder")
    exclude = add(
        "exclude", "say or change which files and folders are left out of a folder", as_json
    )
    exclude.add_argument("folder", metavar="FOLDER")
    exclude.add_argument(
        "globs", nargs="*", metavar="GLOB", help="such as *.png, Screenshots/ or /2019/raw"
    )
    exclude.add_argument("--remove", action="store_true", help="no longer leave these out")

    duplicates = add(
        "duplicates",
        "say which photos are duplicates, and which one of each group to keep",
        as_json,
    )
    duplicates.add_argument(
        "--tier", action="append", choices=["identical", "pixels", "picture", "moment",
        "lookalike"],
        help="only groups of this kind (may be given again); the first three mean one and the same picture",
    )  # fmt: skip
    duplicates.add_argument(
        "--folder", metavar="DIR", help="only groups with a photo in this folder or below it"
    )
    duplicates.add_argument(
        "--plan",
        metavar="FILE",
        help="write what would be removed, for `remove` (JSON, or CSV by its ending); the first three kinds",
    )

    remove = add(
        "remove",
        "take away the files of a plan, to the system's trash or a folder; `undo` brings them back",
        as_json,
    )
    remove.add_argument(
        "--plan",
        metavar="FILE",
        required=True,
        help="what to remove, as `duplicates --plan FILE` wrote it (JSON or CSV)",
    )
    remove.add_argument(
        "--dry-run",
        action="store_true",
        help="check everything and say what would be done, but do nothing",
    )
    remove.add_argument(
        "--to", metavar="FOLDER", help="move the files to this folder instead of the trash"
    )
    remove.add_argument(
        "--sidecars",
        action="store_true",
        help="copy date, place, rating and keywords that the kept photo lacks to its .xmp",
    )
    remove.add_argument(
        "--without-keeper",
        action="store_true",
        help="also remove photos for which the plan keeps no other file",
    )

    undo = add("undo", "bring removed files back to where they were", as_json)
    undo.add_argument(
        "run",
        nargs="?",
        metavar="ID",
        help="which removal (default: the last of which files are still away)",
    )
    undo.add_argument(
        "--last", action="store_true", help="the last removal of which files are still away"
    )
    undo.add_argument("--list", action="store_true", help="list all removals instead")

    bench = add("bench", "run one of the project's benchmarks")
    bench.add_argument("name", nargs="?", help="which one; without it they are listed")
    bench.add_argument("options", nargs=argparse.REMAINDER, help="what the benchmark takes")
    return parser


def _filter_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--since", metavar="DATE", help="taken on this day or later (YYYY-MM-DD)")
    parser.add_argument("--until", metavar="DATE", help="taken on this day or earlier (YYYY-MM-DD)")
    parser.add_argument("--folder", metavar="DIR", help="only in this folder and below it")


def _anomaly_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--kind", action="append", choices=KINDS, help="only this kind (may be given again)"
    )
    parser.add_argument("--top", type=positive, metavar="N", help="how many (default: all)")
    _filter_options(parser)
    parser.add_argument(
        "--all", action="store_true", help="the scores of all photos, also of those that are fine"
    )
    parser.add_argument("--dismissed", action="store_true", help="also what was dismissed")
    parser.add_argument(
        "--plan",
        metavar="FILE",
        help="also write what would go if all of it went (.json or .csv), for `remove --plan`",
    )


def _app_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--offline", action="store_true", help="fetch nothing from the network")
    parser.add_argument(
        "--port",
        type=port,
        metavar="N",
        help="the port to serve on (default: the first free one from 8501)",
    )
    parser.add_argument("--no-browser", action="store_true", help="do not open a browser window")


def commands() -> list[str]:
    """The names of all commands."""
    return list(_parsers(build_parser()))


def _parsers(parser: argparse.ArgumentParser) -> dict[str, argparse.ArgumentParser]:
    """Each command's own parser."""
    found = parser._subparsers
    return (
        {}
        if found is None
        else {
            name: each
            for action in found._group_actions
            for name, each in (action.choices or {}).items()  # type: ignore[attr-defined]
        }
    )


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; gives the exit code."""
    words = list(sys.argv[1:] if argv is None else argv)
    parser = build_parser()
    if words[:1] not in (["-h"], ["--help"], ["--version"]):
        words = command_first(words, _parsers(parser), default="open")
    args = parser.parse_args(words)
    from explorer.cli.dispatch import function

    try:
        if args.command == "open":
            check_folders(args.folders, commands())
        return function(args.command)(args)
    except ExplorerError as error:
        say(str(error))
        return error.exit_code
    except BrokenPipeError:
        # Whoever read our output has enough of it (`| head`): not an error. Python would complain
        # once more when it closes the stream.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:
        from explorer.config import library_dir
        from explorer.library.durable_io import explain

        trouble = explain(error, library_dir(getattr(args, "library", None)))
        if trouble is None:
            raise
        say(str(trouble))
        return trouble.exit_code
    except KeyboardInterrupt:
        say("Stopped. Nothing is lost: the next run goes on from here.")
        return 130


def say(message: str) -> None:
    """A message for the person, on standard error."""
    sys.stderr.write(one_line(" ".join(message.split())) + "\n")


def absolute(folder: str) -> str:
    """A folder or file as given on the command line → its absolute path, links in it kept as they
    are. Raises UsageError for ''."""
    if not folder:
        # The empty path is the current folder to every function of the system, and never what was
        # meant.
        raise UsageError("A folder or file was given as an empty word: is a variable not set?")
    return as_on_disk(os.path.abspath(Path(folder).expanduser()))


def open_library(given: str | None, *, create: bool = False) -> Library:
    """The library that a command is about."""
    from explorer.library.library import Library

    return Library.open(given, create=create)
