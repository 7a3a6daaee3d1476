"""What the photos of a result have in common: their years, folders, cameras, lenses, places and
formats, each with the search that it narrows the result to."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from explorer.library.facet_columns import FacetTable
from explorer.library.location_store import Location, LocationCount
from explorer.library.photo_masks import PhotoMask
from explorer.library.rows import RootRow
from explorer.search.facet_node import FacetNode
from explorer.search.facet_trees import camera_tree, date_tree, format_counts, lens_list
from explorer.search.folder_tree import FolderTree
from explorer.search.language.query_fields import FIELDS
from explorer.search.language.query_parts import all_of, tests_of
from explorer.search.language.query_tree import Condition, FieldTest, FieldValue, QueryTree
from explorer.search.photo_filter import stored_formats
from explorer.search.place_tree import PlaceNode, place_tree

MOST_ENTRIES = 200
"""In one group."""


class FacetEntry(NamedTuple):
    """A group of photos in a result."""

    name: str
    photos: int
    """How many of the result's photos are in it."""
    tree: QueryTree
    """The query with this filter added; without it, if it is active."""
    active: bool
    """Whether the query has this filter."""
    level: int
    """How many of the entries before it contain it."""


class FacetGroup(NamedTuple):
    """Entries of one kind."""

    name: str
    entries: list[FacetEntry]
    """At most MOST_ENTRIES."""
    more: int
    """How many are left out."""


def result_facets(
    tree: QueryTree,
    photos: PhotoMask,
    table: FacetTable,
    roots: Sequence[RootRow],
    locations: Mapping[int, Location],
) -> list[FacetGroup]:
    """The groups of a result, without those that say nothing.

    tree: the query. photos: those of the result. locations: the rows of the table `location`.
    """
    folders = FolderTree(table, roots, photos)
    groups = (
        ("Dates", date_tree(table, photos), _known_inside),
        (
            "Folders",
            [node for node in folders.top() if node.photos],
            lambda node: folders.inside(node.id),
        ),
        ("Cameras", _cameras(table, photos), _known_inside),
        ("Lenses", lens_list(table, photos), _known_inside),
        ("Places", _places(table, photos, locations), _known_inside),
        ("File types", _formats(table, photos), _known_inside),
    )
    found = list[FacetGroup]()
    for name, nodes, inside in groups:
        entries = list(_entries(tree, nodes, inside))
        if entries:
            found.append(
                FacetGroup(name, entries[:MOST_ENTRIES], max(0, len(entries) - MOST_ENTRIES))
            )
    return found


def narrowed(
    tree: QueryTree, tests: Sequence[Condition], instead_of: Sequence[Condition] = ()
) -> QueryTree:
    """A query with conditions added. instead_of: conditions that these include, left out."""
    kept = [each for each in tests_of(tree.condition) if _bare(each) not in {*instead_of, *tests}]
    return QueryTree(tree.terms, all_of((*kept, *tests)))


def widened(tree: QueryTree, tests: Sequence[Condition]) -> QueryTree:
    """A query without these conditions."""
    kept = [each for each in tests_of(tree.condition) if _bare(each) not in tests]
    return QueryTree(tree.terms, all_of(tuple(kept)))


def _bare(test: Condition) -> Condition:
    """A condition as a facet has it, whatever words it was understood from."""
    return replace(test, words="") if isinstance(test, FieldTest) else test


def _known_inside(node: FacetNode) -> list[FacetNode]:
    return node.inside


def _entries(
    tree: QueryTree,
    nodes: Sequence[FacetNode],
    inside: Callable[[FacetNode], list[FacetNode]],
    level: int = 0,
    above: tuple[Condition, ...] = (),
) -> Iterable[FacetEntry]:
    """Groups, and below those that are chosen or the only one, the groups in them. above: the
    conditions of the groups that these are in."""
    present = {_bare(each) for each in tests_of(tree.condition)}
    for node in nodes:
        active = all(test in present for test in node.tests)
        changed = widened(tree, node.tests) if active else narrowed(tree, node.tests, above)
        yield FacetEntry(node.name, node.photos, changed, active, level)
        if node.folds and (active or len(nodes) == 1):
            yield from _entries(tree, inside(node), inside, level + 1, (*above, *node.tests))


def _cameras(table: FacetTable, photos: PhotoMask) -> list[FacetNode]:
    """The cameras without a level for their makers, nor for their lenses."""
    found = list[FacetNode]()
    for node in camera_tree(table, photos):
        found += node.inside if node.id.startswith("maker ") else [node]
    cameras = [replace(node, folds=False) for node in found]
    return sorted(cameras, key=lambda node: (node.id.startswith("-"), -node.photos, node.name))


def _places(
    table: FacetTable, photos: PhotoMask, locations: Mapping[int, Location]
) -> list[FacetNode]:
    ids = np.flatnonzero(photos[: len(table.dates)])
    counts = np.bincount(table.locations[ids])
    places = [
        LocationCount(locations[number], int(counts[number]), 0)
        for number in np.flatnonzero(counts).tolist()
        if number in locations
    ]
    return [_place(node) for node in place_tree(places)]


def _place(node: PlaceNode) -> FacetNode:
    inside = [_place(each) for each in node.inside]
    tests = (node.test,) if node.test is not None else ()
    return FacetNode(node.query, node.name, tests, node.photos, 0, bool(inside), inside=inside)


def _formats(table: FacetTable, photos: PhotoMask) -> list[FacetNode]:
    counts = format_counts(table, photos)
    found = list[FacetNode]()
    for choice, meaning in FIELDS["format"].choices.items():
        number = sum(counts.get(stored, (0, 0))[0] for stored in stored_formats(choice))
        if number:
            test = FieldTest("format", (FieldValue(choice),))
            found.append(FacetNode(choice, meaning, (test,), number, 0))
    return sorted(found, key=lambda node: -node.photos)
