"""`status`: print what is in the library and what the indexer is doing."""

from __future__ import annotations

import time

import click

from explorer.cli.arguments import opened_library
from explorer.cli.options import Command, json_option, library_option
from explorer.cli.output import emit, emit_json
from explorer.config import PROGRAM
from explorer.encoders.runtime.encoder_engines import engine_of
from explorer.errors import EncoderError
from explorer.library.paths import printable
from explorer.library.rows import RootRow, WorkerRow
from explorer.library.stores.worker_store import worker_status
from explorer.library.system_folders import system_folder_of_folder
from explorer.scanning.drive_timeouts import offline_reason
from explorer.text_format import count, duration, size


@click.command(
    "status", cls=Command, help="Print what is indexed, where, and what the indexer is doing."
)
@json_option
@library_option
def status_command(library: str | None, as_json: bool) -> int:
    """Print the counts, the watched folders and the indexer's state."""
    with opened_library(library) as opened:
        catalog = opened.catalog
        counts, roots = catalog.counts(), catalog.roots()
        worker, encoders = worker_status(catalog), catalog.encoders()
    if as_json:
        emit_json({
            "library": str(opened.dir),
            **counts._asdict(),
            "folders": roots,
            "worker": worker,
            "encoders": [
                {
                    "name": name, "version": version, "dimension": dimension, "photos": photos,
                    "engine": _engine(name),
                }
                for name, version, dimension, photos in encoders
            ],
        })  # fmt: skip
        return 0
    emit(f"Library   {opened.dir}")
    emit(f"Photos    {counts.photos:,} in {count(counts.files, 'file')}, {size(counts.bytes)}")
    emit(f"Failed    {counts.failed:,}    missing {counts.missing:,}")
    for name, _, dimension, photos in encoders:
        emit(f"Model     {name}: {count(photos, 'photo')}, vectors of {dimension} dimensions")
        if engine := _engine(name):
            emit(f"          runs on {engine['description']}")
    for root in roots:
        in_root = count(root["photos"], "photo")
        emit(f"Folder    {root['path']}: {in_root}, {root['failed']:,} failed")
        for note in _notes(root):
            emit(f"          {note}")
    emit(f"Indexer   {_indexer(worker)}")
    return 0


def _engine(name: str) -> dict[str, str] | None:
    """The engine that an encoder runs on; None if the encoder is not on this computer."""
    try:
        engine = engine_of(name)
    except EncoderError:
        return None
    if engine is None:
        return None
    note = f" ({engine.note})" if engine.note else ""
    return {**engine._asdict(), "description": f"{engine}{note}"}


def _notes(root: RootRow) -> list[str]:
    """Notes for the user about a folder, besides its counts."""
    notes = []
    if root["state"] == "offline":
        notes.append(f"{offline_reason(root['problem'])}; the photos stay searchable")
    elif root["asking"]:
        notes.append(
            f"{root['asking']:,} files vanished at once: if they are gone, run `{PROGRAM}"
            f" forget {printable(root['path'])}`"
        )
    elif root["away"]:
        verb = "is" if root["away"] == 1 else "are"
        notes.append(f"{count(root['away'], 'file')} {verb} missing")
    if store := system_folder_of_folder(root["path"]):
        notes.append(
            f"it is part of {printable(store)}: its photos can be searched, but are never removed"
            " or kept in place of others"
        )
    if root["exclude"]:
        files = count(root["left_out"], "known file")
        notes.append(f"excluded: {', '.join(root['exclude'])} ({files})")
    return notes + [text for text in (root["problem"], root["watching"]) if text]


def _indexer(worker: WorkerRow | None) -> str:
    if not worker or not worker["alive"]:
        return "not running"
    left = f", about {duration(worker['eta'])} left" if worker["eta"] else ""
    done = (
        f" {worker['done']:,} of {worker['total']:,}, {worker['rate']:.0f}/s{left}"
        if worker["total"]
        else ""
    )
    age = max(0.0, time.time() - worker["heartbeat"])
    return f"{worker['phase']}{done}, last heard from {age:.0f} s ago"
