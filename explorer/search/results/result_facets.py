"""What the photos of a result have in common: their years, folders, cameras, lenses, places and
formats, each with the search that it narrows the result to."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from explorer.library.paths import inside as is_inside
from explorer.library.queries.facet_columns import FacetTable
from explorer.library.queries.photo_masks import PhotoMask
from explorer.library.rows import RootRow
from explorer.library.stores.location_store import Location, LocationCount
from explorer.search.facets.facet_node import FacetNode
from explorer.search.facets.facet_trees import camera_tree, date_tree, format_counts, lens_list
from explorer.search.facets.folder_tree import FolderTree, tested_folder
from explorer.search.facets.place_tree import PlaceNode, place_tree
from explorer.search.language.print_query import print_query
from explorer.search.language.query_fields import FIELDS
from explorer.search.language.query_grammar import is_too_long
from explorer.search.language.query_parts import all_of, bare, tests_of
from explorer.search.language.query_tree import Condition, FieldTest, FieldValue, QueryTree
from explorer.search.photo_filter import stored_formats

MAX_ENTRIES = 200
"""The maximum number of entries in one group."""


class FacetEntry(NamedTuple):
    """A group of photos in a result."""

    name: str
    photos: int
    """How many of the result's photos are in it."""
    added: tuple[Condition, ...]
    """The conditions that choosing this entry adds to a query."""
    dropped: tuple[Condition, ...]
    """The conditions that it takes off: its own if it is active, narrower ones if it widens."""
    tree: QueryTree
    """The query changed in this way."""
    text: str
    """`tree` as text."""
    active: bool
    """Whether the query has this filter."""
    widens: bool
    """Whether the query has a filter for a group in this one."""
    level: int
    """How many of the entries before it contain it."""


class FacetGroup(NamedTuple):
    """Entries of one kind."""

    name: str
    entries: list[FacetEntry]
    """At most MAX_ENTRIES."""
    more: int
    """How many are left out."""


def result_facets(
    tree: QueryTree,
    photos: PhotoMask,
    table: FacetTable,
    roots: Sequence[RootRow],
    locations: Mapping[int, Location],
) -> list[FacetGroup]:
    """The groups of a result, without those that have no entries.

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
                FacetGroup(name, entries[:MAX_ENTRIES], max(0, len(entries) - MAX_ENTRIES))
            )
    return found


def changed_conditions(
    tree: QueryTree, added: Sequence[Condition], dropped: Iterable[Condition] = ()
) -> QueryTree:
    """A query with conditions added and others dropped, as far as it has them, whatever words they
    were interpreted from."""
    replaced = {*dropped, *added}
    kept = [each for each in tests_of(tree.condition) if bare(each) not in replaced]
    return QueryTree(tree.terms, all_of((*kept, *added)))


def _known_inside(node: FacetNode) -> list[FacetNode]:
    return node.inside


def _entries(
    tree: QueryTree, nodes: Sequence[FacetNode], inside: Callable[[FacetNode], list[FacetNode]]
) -> Iterable[FacetEntry]:
    """Entries for groups and, below a group that is active, contains an active one or is the only
    one, for the groups in it."""
    present = {bare(each) for each in tests_of(tree.condition)}
    # Each group with the conditions of the query for groups that contain it. There is no recursion,
    # because folders can be nested more deeply than calls.
    pending = [(node, 0, frozenset[Condition](), len(nodes) == 1) for node in reversed(nodes)]
    while pending:
        node, level, above, alone = pending.pop()
        own = _own_tests(node, present)
        active, narrower = bool(own), _tests_below(node, present)
        added, dropped = ((), own) if active else (node.tests, tuple(narrower or above))
        changed = changed_conditions(tree, added, dropped)
        text, widens = print_query(changed), bool(narrower) and not active
        if not is_too_long(text):
            yield FacetEntry(
                node.name, node.photos, added, dropped, changed, text, active, widens, level
            )
        if node.folds and (active or narrower or alone):
            below = inside(node)
            around = above.union(own)
            pending += [(each, level + 1, around, len(below) == 1) for each in reversed(below)]


def _own_tests(node: FacetNode, present: set[Condition]) -> tuple[Condition, ...]:
    """The conditions of a query that stand for this group; none if one of them is missing."""
    return node.tests if present.issuperset(node.tests) else ()


def _tests_below(node: FacetNode, present: set[Condition]) -> set[Condition]:
    """The conditions of a query for groups in this group. For a folder, the one for its own photos
    without subfolders is among them."""
    folder = tested_folder(node.tests[0]) if len(node.tests) == 1 else None
    if folder is not None:
        found = {test: tested_folder(test) for test in present}
        return {
            test
            for test, tested in found.items()
            if tested is not None
            and test not in node.tests
            and is_inside(tested[0], folder[0])
            and (tested[0] != folder[0] or not tested[1])
        }
    below = set[Condition]()
    for each in node.inside:
        below |= {test for test in each.tests if test in present} | _tests_below(each, present)
    return below.difference(node.tests)


def _cameras(table: FacetTable, photos: PhotoMask) -> list[FacetNode]:
    """The cameras, without levels for their makers and lenses."""
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
