"""`index`: index everything in some folders, then exit."""

from __future__ import annotations

import contextlib
import os
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
from explorer.config import PROGRAM, library_dir
from explorer.decoding.process_start import started_ahead
from explorer.errors import EncoderError
from explorer.library.paths import inside, join, printable
from explorer.library.rows import FileRow, RootRow
from explorer.scanning.drive_timeouts import UNRESPONSIVE
from explorer.text_format import count, duration

if TYPE_CHECKING:
    from explorer.indexing.progress import Progress
    from explorer.library.library import Library
    from explorer.scanning.index_summary import IndexSummary

# The most unreadable files that are listed; the rest are only counted.
_NAMED_FAILURES = 20
STARTED_AHEAD = 4
"""At most this many decode processes are started in advance, because there may be few photos."""


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
    _start_ahead(library)
    from explorer.indexing.foreground import index_folders
    from explorer.indexing.models.encoder_fallback import DEFAULT_ENCODER, load_encoder
    from explorer.library import model_settings
    from explorer.library.stores.root_store import check_folder
    from explorer.scanning.ignore import validate_globs
    from explorer.search.relevance.relevance_cache import prepare

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
                progress=progress.bytes(f"Downloading {name}", f"Preparing {name}"),
            )
            if note:
                say(note)
            summary = index_folders(
                opened,
                paths,
                loaded,
                lambda now: _show(progress, now),
                exclude=exclude,
                forget_missing=forget_missing,
                retry_failed=retry_failed,
            )
            if encoder and not note and loaded.has_text:
                model_settings.use_encoder(opened.catalog, loaded.name, version=loaded.version)
            progress.show("Getting ready to search")
            # If the text model cannot be loaded, searches work without relevance, and say so.
            with contextlib.suppress(EncoderError):
                prepare(loaded)
        failures = _failures(opened, paths) if summary.failed else []
        offline_roots = _offline_roots(opened, paths)
    finally:
        opened.close()
    seconds = time.monotonic() - started
    _report(summary, loaded.name, seconds, failures, offline_roots, as_json=as_json)
    return 0


def _start_ahead(library: str | None) -> None:
    """Start decode processes in advance if the library is new; otherwise there may be nothing to
    decode."""
    if not (library_dir(library) / "catalog.db").exists():
        ahead = started_ahead(min(os.cpu_count() or 1, STARTED_AHEAD))
        click.get_current_context().with_resource(ahead)


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


def _offline_roots(library: Library, folders: Sequence[str]) -> list[RootRow]:
    """The watched folders that contain these folders and whose drives are offline."""
    return [
        root
        for root in library.catalog.roots()
        if root["state"] == "offline" and any(inside(folder, root["path"]) for folder in folders)
    ]


def _report(
    summary: IndexSummary,
    encoder: str,
    seconds: float,
    failures: Sequence[FileRow],
    offline_roots: Sequence[RootRow],
    *,
    as_json: bool,
) -> None:
    rate = round(max(summary.indexed + summary.moved, summary.encoded) / seconds, 2)
    unsettled = sorted({join(place.root, place.folder) for place in summary.unsettled})
    if as_json:
        emit_json(_as_json(summary, encoder, seconds, rate, failures, offline_roots, unsettled))
        return
    emit(
        f"{summary.indexed:,} indexed, {summary.unchanged:,} unchanged, {summary.moved:,} moved,"
        f" {summary.missing:,} missing, {summary.failed:,} failed in {duration(seconds)}"
        f" ({rate:.0f} photos/s)"
    )
    _report_problems(summary, failures, unsettled, offline_roots)


def _as_json(
    summary: IndexSummary,
    encoder: str,
    seconds: float,
    rate: float,
    failures: Sequence[FileRow],
    offline_roots: Sequence[RootRow],
    unsettled: Sequence[str],
) -> dict[str, Any]:
    return {
        "indexed": summary.indexed,
        "unchanged": summary.unchanged,
        "moved": summary.moved,
        "missing": summary.missing,
        "failed": summary.failed,
        "encoded": summary.encoded,
        "away": summary.away,
        "left_out": summary.left_out,
        "other": summary.other,
        "encoder": encoder,
        "seconds": round(seconds, 3),
        "photos_per_second": rate,
        "failures": [{"path": file["path"], "reason": file["reason"]} for file in failures],
        "unlisted": sorted(summary.unlisted),
        "unsettled": list(unsettled),
        "problems": sorted(summary.problems),
        "offline": [root["path"] for root in offline_roots],
    }


def _report_problems(
    summary: IndexSummary,
    failures: Sequence[FileRow],
    unsettled: Sequence[str],
    offline_roots: Sequence[RootRow],
) -> None:
    """Report whatever the user might not expect. unsettled: absolute paths of folders."""
    for file in failures[:_NAMED_FAILURES]:
        say(f"{file['path']}: {file['reason']}")
    if len(failures) > _NAMED_FAILURES:
        say(
            f"… and {len(failures) - _NAMED_FAILURES:,} more files that could not be read; the"
            " app's Library page lists them all."
        )
    for folder in sorted(summary.unlisted):
        say(
            f"The folder {folder} could not be opened: check its permissions. Its photos stay in"
            " the library."
        )
    for problem in sorted(summary.problems):
        say(problem)
    for folder in unsettled:
        say(f"Files in {folder} are still being written: index again when they are complete.")
    if summary.left_out:
        say(f"{count(summary.left_out, 'file')} left the library: an exclude rule covers them now.")
    if summary.away:
        say(
            f"{count(summary.away, 'file')} vanished at once: they stay in the library in case they"
            f" come back. If they are gone for good, run `{PROGRAM} forget FOLDER`."
        )
    for root in offline_roots:
        why = (
            f"{UNRESPONSIVE}."
            if root["problem"] == UNRESPONSIVE
            else "it is empty, so its drive seems to be disconnected."
        )
        say(
            f"The folder {printable(root['path'])} was not read: {why} Its"
            f" {count(root['photos'], 'photo')} stay searchable."
        )
