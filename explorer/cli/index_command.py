"""`index`: index everything in some folders, then exit."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from explorer.cli.arguments import absolute, open_library
from explorer.cli.options import (
    Command,
    encoder_option,
    json_option,
    library_option,
    offline_option,
)
from explorer.cli.output import emit, emit_json, say
from explorer.cli.terminal_progress import TerminalProgress
from explorer.config import PROGRAM
from explorer.errors import EncoderError
from explorer.library.paths import inside, join, printable
from explorer.library.rows import FileRow, RootRow
from explorer.scanning.drive_timeouts import UNRESPONSIVE
from explorer.text_format import count, duration

if TYPE_CHECKING:
    from explorer.indexing.progress import Progress
    from explorer.library.library import Library
    from explorer.scanning.index_summary import IndexSummary

# So many unreadable files are named; the rest are counted.
_NAMED_FAILURES = 20


@click.command("index", cls=Command, help="Index everything in these folders, then exit.")
@click.argument("folders", nargs=-1, required=True, metavar="FOLDER…")
@click.option(
    "--exclude",
    metavar="GLOB",
    multiple=True,
    help="Exclude these files or folders from now on (may be repeated).",
)
@click.option("--retry-failed", is_flag=True, help="Retry files that could not be read.")
@click.option(
    "--forget-missing",
    is_flag=True,
    help="Treat vanished files as gone for good, however many there are.",
)
@offline_option
@encoder_option
@json_option
@library_option
def index_command(
    folders: tuple[str, ...],
    library: str | None,
    encoder: str | None,
    as_json: bool,
    offline: bool,
    exclude: tuple[str, ...],
    retry_failed: bool,
    forget_missing: bool,
) -> int:
    """Print what was indexed."""
    from explorer.indexing.encoder_fallback import DEFAULT_ENCODER, load_encoder
    from explorer.indexing.foreground import index_folders
    from explorer.library import model_settings
    from explorer.library.root_store import check_folder
    from explorer.scanning.ignore import validate_globs
    from explorer.search.relevance_cache import prepare

    paths = [absolute(folder) for folder in folders]
    for path in paths:
        check_folder(path)
    started = time.monotonic()
    opened = open_library(library, create=True)
    try:
        with TerminalProgress() as progress:
            progress.show("Getting ready")
            validate_globs(exclude)
            name = encoder or model_settings.encoder_setting(opened.catalog) or DEFAULT_ENCODER
            loaded, note = load_encoder(
                name,
                offline=offline,
                progress=progress.bytes(f"Fetching {name}", f"Preparing {name}"),
            )
            if note:
                say(note)
            tally = index_folders(
                opened,
                paths,
                loaded,
                lambda now: _show(progress, now),
                exclude=exclude,
                forget_missing=forget_missing,
                retry_failed=retry_failed,
            )
            if encoder and not note and loaded.has_text:
                model_settings.use_encoder(opened.catalog, loaded.name, ready=True)
            progress.show("Getting ready to search")
            # Searches go without, and say so, where the text model cannot be loaded.
            with contextlib.suppress(EncoderError):
                prepare(loaded)
        failures, away = _failures(opened, paths) if tally.failed else [], _away(opened, paths)
    finally:
        opened.close()
    _report(tally, loaded.name, time.monotonic() - started, failures, away, as_json=as_json)
    return 0


def _show(progress: TerminalProgress, now: Progress) -> None:
    if now.total:
        progress.show(now.stage or "Indexing", now.done, now.total)
    else:
        progress.show("Looking for photos")


def _failures(library: Library, folders: Sequence[str]) -> list[FileRow]:
    return [
        file
        for file in library.catalog.failures()
        if any(inside(file["path"], folder) for folder in folders)
    ]


def _away(library: Library, folders: Sequence[str]) -> list[RootRow]:
    """The watched folders among these whose drives are offline."""
    return [
        root
        for root in library.catalog.roots()
        if root["state"] == "offline" and any(inside(folder, root["path"]) for folder in folders)
    ]


def _report(
    tally: IndexSummary,
    encoder: str,
    seconds: float,
    failures: Sequence[FileRow],
    away: Sequence[RootRow],
    *,
    as_json: bool,
) -> None:
    rate = round(max(tally.indexed + tally.moved, tally.encoded) / seconds, 2)
    unsettled = sorted({join(place.root, place.folder) for place in tally.unsettled})
    if as_json:
        emit_json(_as_json(tally, encoder, seconds, rate, failures, away, unsettled))
        return
    emit(
        f"{tally.indexed:,} indexed, {tally.unchanged:,} unchanged, {tally.moved:,} moved,"
        f" {tally.missing:,} missing, {tally.failed:,} failed in {duration(seconds)}"
        f" ({rate:.0f} photos/s)"
    )
    _remark(tally, failures, unsettled, away)


def _as_json(
    tally: IndexSummary,
    encoder: str,
    seconds: float,
    rate: float,
    failures: Sequence[FileRow],
    away: Sequence[RootRow],
    unsettled: Sequence[str],
) -> dict[str, Any]:
    return {
        "indexed": tally.indexed,
        "unchanged": tally.unchanged,
        "moved": tally.moved,
        "missing": tally.missing,
        "failed": tally.failed,
        "encoded": tally.encoded,
        "away": tally.away,
        "left_out": tally.left_out,
        "other": tally.other,
        "encoder": encoder,
        "seconds": round(seconds, 3),
        "photos_per_second": rate,
        "failures": [{"path": file["path"], "reason": file["reason"]} for file in failures],
        "unlisted": sorted(tally.unlisted),
        "unsettled": list(unsettled),
        "problems": sorted(tally.problems),
        "offline": [root["path"] for root in away],
    }


def _remark(
    tally: IndexSummary,
    failures: Sequence[FileRow],
    unsettled: Sequence[str],
    away: Sequence[RootRow],
) -> None:
    """Report what went otherwise than one would expect. unsettled: absolute folders."""
    for file in failures[:_NAMED_FAILURES]:
        say(f"{file['path']}: {file['reason']}")
    if len(failures) > _NAMED_FAILURES:
        say(
            f"… and {len(failures) - _NAMED_FAILURES:,} more files that could not be read; the"
            " app's Library page lists them all."
        )
    for folder in sorted(tally.unlisted):
        say(
            f"The folder {folder} could not be opened: check its permissions. What is known"
            " about its photos was kept."
        )
    for problem in sorted(tally.problems):
        say(problem)
    for folder in unsettled:
        say(f"Files in {folder} are still being written: index again when they are complete.")
    if tally.left_out:
        say(f"{count(tally.left_out, 'file')} left the library: an exclude rule covers them now.")
    if tally.away:
        say(
            f"{count(tally.away, 'file')} vanished at once: they stay in the library in case they"
            f" come back. If they are gone for good, run `{PROGRAM} forget FOLDER`."
        )
    for root in away:
        why = (
            f"{UNRESPONSIVE}."
            if root["problem"] == UNRESPONSIVE
            else "it is empty, so its drive seems to be disconnected."
        )
        say(
            f"The folder {printable(root['path'])} was not read: {why} Its"
            f" {count(root['photos'], 'photo')} stay searchable."
        )
