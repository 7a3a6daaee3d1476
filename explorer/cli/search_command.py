"""`search` and `status`."""

from __future__ import annotations

import argparse
import os
import sys
import time
from pathlib import Path

from explorer.cli.app import absolute, open_library
from explorer.cli.output import emit, emit_json
from explorer.errors import FolderError, PhotoError, UsageError
from explorer.library.filters import Filters
from explorer.library.library import Library
from explorer.library.paths import printable
from explorer.library.rows import RootRow
from explorer.library.system_folders import around_folder
from explorer.scanning.drive_timeouts import offline_reason
from explorer.search.engine import SearchEngine
from explorer.search.query import Hit, Query
from explorer.text_format import duration, size


def run_search(args: argparse.Namespace) -> int:
    """Print the photos that match best."""
    phrase = as_phrase(args.phrase or "")
    if not phrase and not args.photo:
        raise UsageError(
            "Say what to look for: a phrase, --photo FILE, or - to read phrases from standard input."
        )
    folder = absolute(args.folder) if args.folder else None
    filters = Filters(args.since, args.until, folder)
    library = open_library(args.library)
    try:
        engine = SearchEngine(library, args.encoder)
        query = _photos(library, engine, args.photo)
        if phrase == "-":
            for line in sys.stdin.buffer:
                asked = Query(as_phrase(os.fsdecode(line)), query.photo_ids, query.examples)
                emit_json(
                    _as_json(library, engine.by_query(asked, filters, args.top)) if asked else []
                )
            return 0
        hits = engine.by_query(Query(phrase, query.photo_ids, query.examples), filters, args.top)
        rows = _as_json(library, hits)
        if args.json:
            emit_json(rows)
            return 0
        for row in rows:
            emit(f"{row['score']:.3f}  {row['path']}")
        if not rows:
            sys.stderr.write(_nothing(library, filters) + "\n")
        return 0
    finally:
        library.close()


def as_phrase(words: str) -> str:
    """Words as they come from a terminal or a pipe → a phrase that any encoder can read: bytes that
    are no UTF-8 show as U+FFFD."""
    return printable(words).replace("\0", " ").strip()


def _photos(library: Library, engine: SearchEngine, paths: list[str]) -> Query:
    """The photos given as files: one that is indexed is searched by its stored vector, any other is
    encoded now."""
    known, examples = list[int](), []
    for given in paths:
        from explorer.photos.decode import content_hash, read_file

        path = absolute(given)
        if not os.path.exists(path):
            raise FolderError(f"There is no photo {printable(path)}: check its spelling.")
        try:
            data = read_file(path)
            photo_id = library.catalog.photo_id(content_hash(data))
            if photo_id is not None and engine.has_vector(photo_id):
                known.append(photo_id)
                continue
            from explorer.decoding.pool import DecodePool

            with DecodePool(1, engine.encoder.spec) as pool:
                photo = pool.decode_bytes(data)
        except PhotoError as error:
            raise PhotoError(f"{printable(path)}: {error}") from error
        if photo.input is not None:
            examples.append(engine.encode_photo(photo.input, Path(path).name))
    return Query(photo_ids=tuple(known), examples=tuple(examples))


def _as_json(library: Library, hits: list[Hit]) -> list[dict[str, object]]:
    rows = library.catalog.photos(hit.id for hit in hits)
    # A photo that went away between the search and this look is left out; ranks stay those of the
    # search.
    return [
        {"rank": h.rank, "id": h.id, "path": rows[h.id]["path"], "score": round(h.score, 6)}
        for h in hits
        if h.id in rows
    ]


def _nothing(library: Library, filters: Filters) -> str:
    if not library.catalog.counts().photos:
        return (
            "The library has no photos yet: index a folder first with `python run.py index FOLDER`."
        )
    return "No photo fits these filters." if filters else "Nothing was found."


def _notes(root: RootRow) -> list[str]:
    """What a person should know of a folder, besides how much is in it."""
    notes = []
    if root["state"] == "offline":
        notes.append(f"{offline_reason(root['problem'])}; the photos stay searchable")
    elif root["asking"]:
        notes.append(
            f"{root['asking']:,} files vanished at once: if they are gone, run `python run.py forget {printable(root['path'])}`"
        )
    elif root["away"]:
        notes.append(f"{root['away']:,} files are away")
    if store := around_folder(root["path"]):
        notes.append(
            f"it lies in {printable(store)}: its photos can be searched, but none is kept for another one or removed"
        )
    if root["exclude"]:
        notes.append(f"left out: {', '.join(root['exclude'])} ({root['left_out']:,} known files)")
    return notes + [text for text in (root["problem"], root["watching"]) if text]


def run_status(args: argparse.Namespace) -> int:
    """Say what the library holds and what the indexer is at."""
    library = open_library(args.library)
    try:
        catalog = library.catalog
        counts, roots, worker, encoders = (
            catalog.counts(),
            catalog.roots(),
            catalog.worker(),
            catalog.encoders(),
        )
    finally:
        library.close()
    if args.json:
        emit_json({
            "library": str(library.dir), **counts._asdict(), "folders": roots, "worker": worker,
            "encoders": [{"name": n, "version": v, "dimension": d, "photos": p} for n, v, d,
            p in encoders],
        })  # fmt: skip
        return 0
    emit(f"Library   {library.dir}")
    emit(f"Photos    {counts.photos:,} in {counts.files:,} files, {size(counts.bytes)}")
    emit(f"Failed    {counts.failed:,}    missing {counts.missing:,}")
    for name, _, dim, photos in encoders:
        emit(f"Encoder   {name}: {photos:,} photos, {dim} numbers each")
    for root in roots:
        emit(f"Folder    {root['path']}: {root['photos']:,} photos, {root['failed']:,} failed")
        for note in _notes(root):
            emit(f"          {note}")
    if worker and worker["alive"]:
        left = f", about {duration(worker['eta'])} left" if worker["eta"] else ""
        going = (
            f" {worker['done']:,} of {worker['total']:,}, {worker['rate']:.0f}/s{left}"
            if worker["total"]
            else ""
        )
        emit(
            f"Indexer   {worker['phase']}{going}, heard of {max(0.0, time.time() - worker['heartbeat']):.0f} s ago"
        )
    else:
        emit("Indexer   not running")
    return 0
