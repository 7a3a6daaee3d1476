"""`search`: print the best matches."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from dataclasses import replace

import click

from explorer.cli.arguments import absolute, as_phrase, opened_library, typed_query
from explorer.cli.options import (
    QueryCommand,
    WholeNumber,
    filter_options,
    json_option,
    library_option,
)
from explorer.cli.output import EMPTY_LIBRARY, emit, emit_json, say
from explorer.cli.photo_arguments import with_files
from explorer.cli.region_arguments import encode_regions, pair_regions, search_regions
from explorer.encoders.registry import canonical_name
from explorer.errors import ExplorerError, LibraryError, UsageError
from explorer.library.library import Library
from explorer.library.queries.filters import Filters
from explorer.search.engine import SearchEngine
from explorer.search.language.print_query import print_query
from explorer.search.language.query_chips import QueryChip, chips
from explorer.search.language.query_tree import PhraseTerm, QueryTree
from explorer.search.query import Query, SearchHit, SearchResult

_GOOD = ("strong", "fair")


@click.command("search", cls=QueryCommand, help="Find photos by a phrase, by a photo, or both.")
@click.argument("phrase", required=False)
@click.option(
    "--photo", metavar="FILE", multiple=True, help="Find photos like this one (may be repeated)."
)
@click.option(
    "--region",
    metavar="LEFT,TOP,WIDTH,HEIGHT",
    multiple=True,
    help="Search by this region of the photo, in fractions from 0 to 1 (may be repeated).",
)
@click.option(
    "--top", type=WholeNumber(), default=20, metavar="N", help="How many results (default: 20)."
)
@click.option("--relevant", is_flag=True, help="Only good matches: strong and fair ones.")
@filter_options
@click.option(
    "--encoder",
    "encoders",
    metavar="NAME",
    multiple=True,
    help="The model to use; `models` lists them. Several are compared side by side.",
)
@json_option
@library_option
def search_command(
    phrase: str | None,
    photo: tuple[str, ...],
    region: tuple[str, ...],
    top: int,
    relevant: bool,
    since: str | None,
    until: str | None,
    folder: str | None,
    encoders: tuple[str, ...],
    as_json: bool,
    library: str | None,
) -> int:
    """PHRASE is a query in the query language (docs/search.md). With -, queries are read from
    standard input, one per line, and each is answered with one JSON list per line."""
    text = as_phrase(phrase or "")
    if not text and not photo:
        raise UsageError(
            "Give a phrase to search for, --photo FILE, or - to read phrases from standard input."
        )
    parts = pair_regions(photo, region) if region else []
    filters = Filters(since, until, absolute(folder) if folder is not None else None)
    tree = typed_query("" if text == "-" else text)
    names = list(dict.fromkeys(canonical_name(name) for name in encoders if name))
    if len(names) > 1:
        if region or relevant:
            raise UsageError("--region and --relevant take one model: give --encoder once.")
        from explorer.cli.compare_search import ComparedSearch

        with opened_library(library) as opened:
            compare = ComparedSearch(opened, names, photo, filters, top)
            if text == "-":
                return compare.answer_lines()
            return compare.answer(tree, as_json=as_json)
    with opened_library(library) as opened:
        engine = SearchEngine(opened, names[0] if names else None)
        query = with_files(opened, engine, tree, () if parts else photo)
        regions = encode_regions(engine.encoder, parts) if parts else []
        query = replace(query, examples=query.examples + tuple(r.example for r in regions))
        if text == "-":
            return _answer_lines(opened, engine, query, filters, top, relevant=relevant)
        result = engine.search(query, filters, top)
        hits = result.hits()
        _say_interpretation(engine, query)
        if regions:
            hits = search_regions(
                opened, lambda number: engine.search(query, filters, number).hits(), top, regions
            )
        if relevant:
            hits = [hit for hit in hits if hit.match in _GOOD]
        if as_json:
            emit_json(_as_json(opened, hits))
            return 0
        for row in _as_json(opened, hits):
            emit(f"{row['score']:.3f}  {row['match']:<6}  {row['path']}")
        if not hits:
            say(_no_results_message(opened, engine, result, filters, query))
        elif not result.good:
            say("There is no good match; these are the nearest photos.")
        return 0


def _answer_lines(
    library: Library,
    engine: SearchEngine,
    photos: Query,
    filters: Filters,
    top: int,
    *,
    relevant: bool,
) -> int:
    """Answer each line of standard input with one JSON list. For a query that cannot be answered,
    the list is empty and the reason is printed to standard error. Returns the exit code."""
    # An encoder that cannot be loaded concerns every line.
    engine.encoder  # noqa: B018
    code = 0
    for number, line in enumerate(sys.stdin.buffer, 1):
        try:
            parsed = with_files(library, engine, typed_query(os.fsdecode(line)))
            query = replace(photos, tree=parsed.tree, files=parsed.files)
            hits = _chosen(engine.search(query, filters, top), relevant=relevant) if query else []
        except LibraryError:
            raise
        except ExplorerError as error:
            say(f"Line {number}: {error}")
            emit_json([])
            code = 1
            continue
        emit_json(_as_json(library, hits))
    return code


def _chosen(result: SearchResult, *, relevant: bool) -> list[SearchHit]:
    return [hit for hit in result.hits() if not relevant or hit.match in _GOOD]


def _as_json(library: Library, hits: Sequence[SearchHit]) -> list[dict[str, object]]:
    rows = library.catalog.photos(hit.id for hit in hits)
    # Photos that were removed since the search are omitted; ranks are those of the search.
    return [
        {
            "rank": hit.rank,
            "id": hit.id,
            "path": rows[hit.id]["path"],
            "score": round(hit.score, 6),
            "relevance": round(hit.relevance, 4),
            "match": hit.match,
        }
        for hit in hits
        if hit.id in rows
    ]


def _no_results_message(
    library: Library, engine: SearchEngine, result: SearchResult, filters: Filters, query: Query
) -> str:
    if not library.catalog.counts().photos:
        return EMPTY_LIBRARY
    if len(result):
        return "There is no good match. Without --relevant, the nearest photos are listed."
    return (
        "No photo matches these filters."
        if filters or engine.understood(query).tree.condition
        else "Nothing was found."
    )


def _say_interpretation(engine: SearchEngine, query: Query) -> None:
    """Say which words of a query became conditions or an order or are subtracted, how to search by
    their meaning, and which words may be misspelled."""
    understood = engine.understood(query)
    tree, read = understood.tree, list[QueryChip]()
    while chip := next((each for each in chips(tree) if each.as_phrase is not None), None):
        read.append(chip)
        tree = chip.as_phrase or tree
    labels, kind = [chip.label for chip in read], _kind_of(read)
    added = [term for term in understood.tree.terms if term not in query.tree.terms]
    if without := [term.text for term in added if isinstance(term, PhraseTerm) and term.weight < 0]:
        labels += [f"without “{text}”" for text in without]
        tree, kind = _literal(query.tree), print_query(understood.tree)
    if labels:
        said = ", ".join(labels)
        say(f"Understood as {kind}: {said}. To search by meaning instead: {print_query(tree)}")
    if corrected := engine.spelling.corrected(query.tree):
        say(f"Did you mean: {print_query(corrected)}")
    elif narrowed := engine.names.narrowed(query.tree):
        say(f"To see only photos with these names: {print_query(narrowed)}")


def _kind_of(read: Sequence[QueryChip]) -> str:
    """What words became: `a condition and an order`."""
    orders = sum(chip.is_order for chip in read)
    conditions = len(read) - orders
    kinds = ("a condition" if conditions == 1 else "conditions") if conditions else ""
    return " and ".join(filter(None, [kinds, "an order" if orders else ""]))


def _literal(tree: QueryTree) -> QueryTree:
    """A query whose phrases are all searched by meaning."""
    return QueryTree(
        tuple(
            replace(term, literal=True)
            if isinstance(term, PhraseTerm) and abs(term.weight) == 1
            else term
            for term in tree.terms
        ),
        tree.condition,
    )
