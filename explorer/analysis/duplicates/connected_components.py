"""Connected components of an undirected graph."""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Mapping
from typing import TypeVar

Node = TypeVar("Node", bound=Hashable)


def component_of(start: Node, neighbors: Callable[[Node], Collection[Node]]) -> set[Node]:
    """All nodes that can be reached from one node, and the node itself."""
    members, open_nodes = {start}, [start]
    while open_nodes:
        for node in neighbors(open_nodes.pop()):
            if node not in members:
                members.add(node)
                open_nodes.append(node)
    return members


def connected_components(graph: Mapping[Node, Collection[Node]]) -> list[set[Node]]:
    """The components of a graph given as the neighbors of each node.

    Edges must be given in both directions. The components are in the order of their first nodes.
    """
    found, seen = list[set[Node]](), set[Node]()
    for start in graph:
        if start not in seen:
            members = component_of(start, graph.__getitem__)
            seen |= members
            found.append(members)
    return found
