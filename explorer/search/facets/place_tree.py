"""The places of a library as a tree: countries, their regions, and the cities in these."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

from explorer.library.stores.location_store import LocationCount
from explorer.library.text.text_folding import fold
from explorer.search.language.print_query import print_query
from explorer.search.language.query_tree import FieldTest, FieldValue, QueryTree

PlaceKind = Literal["country", "region", "city"]


@dataclass
class PlaceNode:
    """A place, with the places in it, most photos first."""

    name: str
    kind: PlaceKind
    query: str
    """The search for its photos, such as `place:"Lisbon, Portugal"`."""
    photos: int = 0
    """How many visible photos were taken there."""
    newest: int = 0
    """The id of the one that was indexed last."""
    inside: list[PlaceNode] = field(default_factory=list)
    test: FieldTest | None = None
    """The condition of that search."""


def place_tree(counts: Iterable[LocationCount]) -> list[PlaceNode]:
    """The countries of a library, most photos first. A place without a name is left out, and its
    photos count for what it lies in."""
    nodes = dict[tuple[str, ...], PlaceNode]()
    roots = list[PlaceNode]()
    for location, photos, newest in counts:
        path = tuple[str, ...]()
        above = roots
        within = list[str]()
        for kind, key, name in (
            ("country", location.country_code, location.country_name),
            ("region", location.region_code, location.region_name),
            ("city", str(location.city), location.city_name),
        ):
            path = (*path, key)
            if not name:
                continue
            node = nodes.get(path)
            if node is None:
                # A region and a city are found within their country. A city that has the name of
                # its region is found within that: the name alone means both.
                same = len(within) == 2 and fold(name) == fold(within[1])
                named = [name, *(reversed(within) if same else within[:1])]
                test = FieldTest("place", (FieldValue(", ".join(named)),))
                query = print_query(QueryTree(condition=test))
                node = nodes[path] = PlaceNode(name, kind, query, test=test)  # type: ignore[arg-type]
                above.append(node)
            node.photos += photos
            node.newest = max(node.newest, newest)
            within, above = [*within, name], node.inside
    _sort(roots)
    return roots


def _sort(nodes: list[PlaceNode]) -> None:
    nodes.sort(key=lambda node: (-node.photos, node.name))
    for node in nodes:
        _sort(node.inside)
