"""`folders`: list the folders that hold photos."""

from __future__ import annotations

from typing import Any

import click
import numpy as np

from explorer.cli.arguments import opened_library
from explorer.cli.options import Command, json_option, library_option
from explorer.cli.output import emit, emit_json
from explorer.config import PROGRAM
from explorer.library.queries.facet_columns import FacetColumns
from explorer.search.facets.facet_node import FacetNode
from explorer.search.facets.folder_tree import MAX_LEVELS, FolderTree
from explorer.text_format import count


@click.command("folders", cls=Command, help="Print the folders of photos, with counts.")
@json_option
@library_option
def folders_command(library: str | None, as_json: bool) -> int:
    """Print the watched folders and the folders in them, by name."""
    with opened_library(library) as opened:
        table = FacetColumns(opened.catalog).table()
        everything = np.ones(len(table.dates), np.bool_)
        tree = FolderTree(table, opened.catalog.roots(), everything)
        folders = tree.top()
        if as_json:
            emit_json([_as_json(tree, folder) for folder in folders])
            return 0
        if not folders:
            emit(f"No folder is watched. Add one with: {PROGRAM} index FOLDER")
        for folder in folders:
            _print(tree, folder)
    return 0


def _print(tree: FolderTree, folder: FacetNode) -> None:
    """Print a watched folder and those in it, without recursion, whose depth is limited."""
    pending = [(folder, 0)]
    while pending:
        each, depth = pending.pop()
        name = " ".join((each.name if depth else each.path).split())
        away = ", not connected" if each.away and not depth else ""
        emit(f"{'  ' * depth}{name}: {count(each.photos, 'photo')}{away}")
        pending += [(below, depth + 1) for below in reversed(tree.inside(each.id))]


def _as_json(tree: FolderTree, folder: FacetNode) -> dict[str, Any]:
    """A watched folder and those in it, down to MAX_LEVELS, because few programs can read JSON of
    unlimited depth."""
    whole = _described(folder)
    pending = [(folder, whole, 0)]
    while pending:
        each, described, depth = pending.pop()
        for below in tree.inside(each.id) if depth < MAX_LEVELS else ():
            described["folders"].append(_described(below))
            pending.append((below, described["folders"][-1], depth + 1))
    return whole


def _described(folder: FacetNode) -> dict[str, Any]:
    return {
        "path": folder.path,
        "photos": folder.photos,
        "own": folder.own,
        "connected": not folder.away,
        "query": folder.query,
        "folders": [],
    }
