"""The tree of folders, dates or cameras, and the path to the chosen group: two components-v2
components. Both tell Python the search of the group that was followed, once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from explorer.search.facet_node import FacetNode
from explorer.ui.components.javascript import component_script
from explorer.ui.library_facets import TreeName
from explorer.ui.origin_guard import PHOTOS
from explorer.ui.static_files import STATIC

_tree = st.components.v2.component(
    "facet_tree",
    html=(STATIC / "facet_tree.html").read_text(encoding="utf-8"),
    css=(STATIC / "facet_tree.css").read_text(encoding="utf-8"),
    js=component_script("facet_tree"),
)
_path = st.components.v2.component(
    "facet_path",
    html='<nav aria-label="Path"><ol></ol></nav>',
    css=(STATIC / "facet_path.css").read_text(encoding="utf-8"),
    js=component_script("facet_path"),
)
_LABELS: dict[TreeName, tuple[str, str, str]] = {
    "folders": ("Folders", "Filter folders", "No folder of that name has photos."),
    "dates": ("Dates", "Filter years and months", "No photos of that year or month."),
    "cameras": ("Cameras", "Filter cameras and lenses", "No camera or lens of that name."),
}


def facet_tree(name: TreeName, trail: Sequence[FacetNode], version: str) -> str | None:
    """Show a tree; returns the search of the group that was followed.

    trail: the chosen group and those above it, from the top down. version: when it
    differs, the tree is read again.
    """
    label, filter_label, none = _LABELS[name]
    result: Any = _tree(
        key=f"facet-tree-{name}",
        data={
            "url": f"{PHOTOS}tree/{name}",
            "label": label,
            "filter": filter_label,
            "none": none,
            "trail": [node.id for node in trail],
            "version": version,
        },
        on_query_change=_ignore,
    )
    return result.query or None


def facet_path(everything: str, trail: Sequence[FacetNode]) -> str | None:
    """Show the path to a group as links; returns the search of the one that was followed, `""` for
    all photos.

    everything: the name of the link to all photos.
    """
    result: Any = _path(
        key="facet-path",
        data={
            "everything": everything,
            "groups": [{"name": node.name, "query": node.query} for node in trail],
        },
        on_follow_change=_ignore,
    )
    return result.follow["query"] if result.follow else None


def _ignore() -> None:
    """Streamlit wants a callback for every value that a component sends."""
