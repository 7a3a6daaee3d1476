"""A tree of what photos can be grouped by: folders, dates, or cameras with their lenses."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple, Protocol

from explorer.library.text.text_folding import fold
from explorer.search.language.print_query import print_query
from explorer.search.language.query_parts import all_of
from explorer.search.language.query_tree import Condition, QueryTree

_DIGITS = re.compile(r"(\d+)")


@dataclass(frozen=True)
class FacetNode:
    """A group of photos, such as a folder, with the groups in it."""

    id: str
    """Identifies it in its tree."""
    name: str
    tests: tuple[Condition, ...]
    """The conditions that its photos meet and no other photos do."""
    photos: int
    cover: int
    """The id of its latest photo; 0 for a group that is shown without a picture."""
    folds: bool = False
    """Whether there are groups in it."""
    own: int | None = None
    """For folders, how many of the photos are in none of these groups."""
    path: str = ""
    """The full path of a folder, as it is shown."""
    away: bool = False
    """Whether its drive is not connected."""
    inside: list[FacetNode] = field(default_factory=list)
    """The groups in it, if they are known."""

    @property
    def query(self) -> str:
        """The search for its photos, such as `date:2019`."""
        return print_query(QueryTree(condition=all_of(self.tests)))


class MatchingNodes(NamedTuple):
    """The groups that a text was found in."""

    nodes: list[FacetNode]
    """As a tree, with the groups that contain them."""
    found: int
    """How many were found, which may be more than the tree has."""


class FacetTree(Protocol):
    """A tree that is read level by level."""

    def top(self) -> list[FacetNode]:
        """The groups that are in no other."""

    def inside(self, node_id: str) -> list[FacetNode]:
        """The groups in a group; none for an unknown one."""

    def matching(self, text: str, limit: int) -> MatchingNodes:
        """The groups whose name contains a text, without regard to capitals and accents."""


class NestedTree:
    """A tree that is small enough to be held as a whole."""

    def __init__(self, nodes: Sequence[FacetNode]) -> None:
        self._nodes = list(nodes)
        self._known = {node.id: node for node in _all(nodes)}

    def top(self) -> list[FacetNode]:
        """As `FacetTree.top`."""
        return self._nodes

    def inside(self, node_id: str) -> list[FacetNode]:
        """As `FacetTree.inside`."""
        return self._known[node_id].inside if node_id in self._known else []

    def matching(self, text: str, limit: int) -> MatchingNodes:
        """As `FacetTree.matching`."""
        wanted = folded_line(text)
        found = [node for node in self._known.values() if wanted in folded_line(node.name)]
        shown = {node.id for node in found[:limit]}
        return MatchingNodes(_with_those_above(self._nodes, shown), len(found))


def _all(nodes: Iterable[FacetNode]) -> Iterable[FacetNode]:
    for node in nodes:
        yield node
        yield from _all(node.inside)


def _with_those_above(nodes: Sequence[FacetNode], shown: set[str]) -> list[FacetNode]:
    kept = list[FacetNode]()
    for node in nodes:
        inside = _with_those_above(node.inside, shown)
        if inside or node.id in shown:
            kept.append(replace(node, inside=inside))
    return kept


def folded_line(text: str) -> str:
    """A text as it is compared: on one line, without accents and capitals."""
    return " ".join(fold(text).split())


def natural_key(name: str) -> list[tuple[int, int, str]]:
    """A sort key by which `part 2` comes before `part 10`, without regard to capitals."""
    parts = _DIGITS.split(fold(name))
    return [
        (1, int(part), "") if number % 2 and len(part) < 20 else (0, 0, part)
        for number, part in enumerate(parts)
    ]


def trail_to(nodes: Sequence[FacetNode], tests: Sequence[Condition]) -> list[FacetNode]:
    """The groups from the top down to the one with these conditions; empty if there is none."""
    for node in nodes:
        if node.tests == tuple(tests):
            return [node]
        below = trail_to(node.inside, tests)
        if below:
            return [node, *below]
    return []
