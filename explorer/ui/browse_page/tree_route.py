"""The route from which a page reads a tree, level by level (`static/facet_tree.js`)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, get_args

from starlette.requests import Request

from explorer.search.facets.facet_node import FacetNode
from explorer.text_format import whole_number
from explorer.ui import resources
from explorer.ui.components.photo_urls import preview_url
from explorer.ui.library_facets import TreeName, library_tree
from explorer.ui.web_server.route_answers import answers

MAX_NODES = 300
"""The most nodes in one response."""


@answers("This tree does not exist.")
def tree_level(request: Request) -> dict[str, Any] | None:
    """A level of the tree `tree`, as JSON: its `nodes` from number `from` on, and their `total`.
    `of`: the id of the group whose children these are; without it, the top level. With `matching`:
    the groups whose name contains that text, with their ancestors."""
    name: TreeName | None = next(
        (each for each in get_args(TreeName) if each == request.path_params["tree"]), None
    )
    if name is None:
        return None
    query = request.query_params
    tree = library_tree(name).tree
    if "matching" in query:
        nodes, total = tree.matching(query["matching"], MAX_NODES)
    else:
        level = tree.inside(query["of"]) if "of" in query else tree.top()
        start = whole_number(query.get("from", "")) or 0
        nodes, total = level[start : start + MAX_NODES], len(level)
    rows = resources.library().catalog.photos(_covers(nodes))
    covers = {photo_id: preview_url(row) for photo_id, row in rows.items()}
    return {"nodes": [node_data(node, covers) for node in nodes], "total": total}


def _covers(nodes: Iterable[FacetNode]) -> set[int]:
    found = set[int]()
    for node in nodes:
        found |= {node.cover} | _covers(node.inside)
    return found - {0}


def node_data(node: FacetNode, covers: Mapping[int, str]) -> dict[str, Any]:
    """A group as JSON data. covers: the URLs of previews, by photo id."""
    return {
        "id": node.id,
        "name": node.name,
        "query": node.query,
        "photos": node.photos,
        "own": node.own,
        "path": node.path,
        "away": node.away,
        "cover": covers.get(node.cover, ""),
        "folds": node.folds,
        "inside": [node_data(each, covers) for each in node.inside],
    }
