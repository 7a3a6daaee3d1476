"""`search`: print the photos that match best."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

import click

from explorer.cli.arguments import absolute, opened_library
from explorer.cli.options import (
    Command,
    WholeNumber,
    encoder_option,
    filter_options,
    json_option,
    library_option,
)
from explorer.cli.output import EMPTY_LIBRARY, emit, emit_json, say
from explorer.cli.region_arguments import encode_regions, pair_regions, search_regions
from explorer.errors import FolderError, PhotoError, UsageError
from explorer.library.filters import Filters
from explorer.library.library import Library
from explorer.library.paths import printable
from explorer.search.engine import SearchEngine
from explorer.search.query import Query, SearchHit


@click.command("search", cls=Command, help="Find photos by a phrase, by a photo, or both.")
@click.argument("phrase", required=False)
@click.option(
    "--photo", metavar="FILE", multiple=True, help="Find photos like this one (may be given again)."
)
@click.option(
    "--region",
    metavar="LEFT,TOP,WIDTH,HEIGHT",
    multiple=True,
    help="Search by this part of the photo, in shares from 0 to 1 (may be given again).",
)
@click.option(
    "--top", type=WholeNumber(), default=20, metavar="N", help="How many results (default: 20)."
)
@filter_options
@encoder_option
@json_option
@library_option
def search_command(
    phrase: str | None,
    photo: tuple[str, ...],
    region: tuple[str, ...],
    top: int,
    since: str | None,
    until: str | None,
    folder: str | None,
    encoder: str | None,
    as_json: bool,
    library: str | None,
) -> int:
    """PHRASE is what to look for; - reads one phrase a line and answers one JSON list a line."""
    text = as_phrase(phrase or "")
    if not text and not photo:
        raise UsageError(
            "Give what to look for: a phrase, --photo FILE, or - to read phrases from standard"
            " input."
        )
    parts = pair_regions(photo, region) if region else []
    filters = Filters(since, until, absolute(folder) if folder else None)
    with opened_library(library) as opened:
        engine = SearchEngine(opened, encoder)
        regions = encode_regions(engine.encoder, parts) if parts else []
        query = (
            Query(examples=tuple(region.example for region in regions))
            if regions
            else _photos(opened, engine, photo)
        )
        if text == "-":
            _answer_lines(opened, engine, query, filters, top)
            return 0
        query = Query(text, query.photo_ids, query.examples)

        def search(number: int) -> list[SearchHit]:
            return engine.search(query, filters, number)

        hits = search_regions(opened, search, top, regions) if regions else search(top)
        rows = _as_json(opened, hits)
        if as_json:
            emit_json(rows)
            return 0
        for row in rows:
            emit(f"{row['score']:.3f}  {row['path']}")
        if not rows:
            say(_nothing(opened, filters))
        return 0


def _answer_lines(
    library: Library, engine: SearchEngine, query: Query, filters: Filters, top: int
) -> None:
    """Answer each line of standard input with one JSON list."""
    for line in sys.stdin.buffer:
        each = Query(as_phrase(os.fsdecode(line)), query.photo_ids, query.examples)
        emit_json(_as_json(library, engine.search(each, filters, top)) if each else [])


def as_phrase(words: str) -> str:
    """Words from a terminal or a pipe as a phrase that any encoder can read. Bytes that are not
    UTF-8 become U+FFFD."""
    return printable(words).replace("\0", " ").strip()


def _photos(library: Library, engine: SearchEngine, paths: Sequence[str]) -> Query:
    """A query by photo files. An indexed photo is searched by its stored vector; any other is
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


def _as_json(library: Library, hits: Sequence[SearchHit]) -> list[dict[str, object]]:
    rows = library.catalog.photos(hit.id for hit in hits)
    # A photo that was removed since the search is left out. Ranks stay those of the search.
    return [
        {"rank": hit.rank, "id": hit.id, "path": rows[hit.id]["path"], "score": round(hit.score, 6)}
        for hit in hits
        if hit.id in rows
    ]


def _nothing(library: Library, filters: Filters) -> str:
    if not library.catalog.counts().photos:
        return EMPTY_LIBRARY
    return "No photo fits these filters." if filters else "Nothing was found."
