"""`explain`: say why a photo matches a query or does not."""

from __future__ import annotations

import click

from explorer.cli.arguments import opened_library, photos_by_id, typed_query
from explorer.cli.options import (
    QueryCommand,
    WholeNumber,
    encoder_option,
    json_option,
    library_option,
)
from explorer.cli.output import emit, emit_json
from explorer.cli.photo_arguments import with_files
from explorer.errors import UsageError
from explorer.search.engine import SearchEngine
from explorer.search.results.match_explanation import explain_match
from explorer.search.results.match_reasons import REASON_LABELS


@click.command("explain", cls=QueryCommand, help="Say why a photo matches a query.")
@click.argument("phrase")
@click.argument("photo_id", metavar="ID", type=WholeNumber())
@encoder_option
@json_option
@library_option
def explain_command(
    phrase: str, photo_id: int, encoder: str | None, as_json: bool, library: str | None
) -> int:
    """PHRASE is a query as for `search`; ID is the id of a photo, as printed by `search --json`."""
    with opened_library(library) as opened:
        row = photos_by_id(opened, [photo_id])[photo_id]
        engine = SearchEngine(opened, encoder)
        query = with_files(opened, engine, typed_query(phrase))
        if not query:
            raise UsageError("Give a phrase to search for.")
        match = explain_match(engine, query, photo_id)
        if as_json:
            emit_json(
                {
                    "id": photo_id,
                    "path": row["path"],
                    "relevance": round(match.relevance, 4),
                    "match": match.match,
                    "reasons": [reason._asdict() for reason in match.reasons],
                }
            )
            return 0
        emit(f"{match.match:<6}  {row['path']}")
        for reason in match.reasons:
            emit(f"  {REASON_LABELS[reason.kind] + ':':<9} {reason.text}")
        return 0
