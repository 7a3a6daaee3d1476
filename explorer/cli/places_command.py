"""`places`: list the countries, regions and cities where photos were taken."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import click

from explorer.cli.arguments import opened_library
from explorer.cli.options import Command, json_option, library_option
from explorer.cli.output import emit, emit_json
from explorer.library.stores.location_store import location_counts
from explorer.search.facets.place_tree import PlaceNode, place_tree
from explorer.text_format import count


@click.command(
    "places", cls=Command, help="Print the countries, regions and cities of photos, with counts."
)
@json_option
@library_option
def places_command(library: str | None, as_json: bool) -> int:
    """Print the places, most photos first."""
    with opened_library(library) as opened:
        countries = place_tree(location_counts(opened.catalog))
    if as_json:
        emit_json([_as_json(country) for country in countries])
        return 0
    if not countries:
        emit("No photo has coordinates of a known place.")
    _print(countries, 0)
    return 0


def _print(nodes: Sequence[PlaceNode], depth: int) -> None:
    for node in nodes:
        emit(f"{'  ' * depth}{node.name}: {count(node.photos, 'photo')}")
        _print(node.inside, depth + 1)


def _as_json(node: PlaceNode) -> dict[str, Any]:
    return {
        "name": node.name,
        "kind": node.kind,
        "photos": node.photos,
        "query": node.query,
        "places": [_as_json(each) for each in node.inside],
    }
