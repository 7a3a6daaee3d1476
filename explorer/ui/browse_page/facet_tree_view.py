"""The tree of folders, dates or cameras, and the path to the chosen group: two components-v2
components. A click chooses a group before the page runs."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlencode

import streamlit as st

from explorer.search.facets.facet_node import FacetNode
from explorer.ui.browse_page import browse_state
from explorer.ui.components.component_events import follow
from explorer.ui.components.javascript import component_loader
from explorer.ui.library_facets import TreeName
from explorer.ui.static_files import STATIC
from explorer.ui.web_server.origin_guard import PHOTOS

_tree = st.components.v2.component(
    "facet_tree",
    html=(STATIC / "facet_tree.html").read_text(encoding="utf-8"),
    css=(STATIC / "facet_tree.css").read_text(encoding="utf-8"),
    js=component_loader("facet_tree"),
)
_path = st.components.v2.component(
    "facet_path",
    html='<nav aria-label="Path"><ol></ol></nav>',
    css=(STATIC / "facet_path.css").read_text(encoding="utf-8"),
    js=component_loader("facet_path"),
)
_LABELS: dict[TreeName, tuple[str, str, str]] = {
    "folders": ("Folders", "Filter folders", "No folder of that name has photos."),
    "dates": ("Dates", "Filter years and months", "No photos of that year or month."),
    "cameras": ("Cameras", "Filter cameras and lenses", "No camera or lens of that name."),
}

_EVERYTHING: dict[TreeName, str] = {
    "folders": "All folders",
    "dates": "All dates",
    "cameras": "All cameras",
}


def facet_tree(name: TreeName, trail: Sequence[FacetNode], version: str) -> None:
    """Show a tree.

    trail: the chosen group and its ancestors, from the top down. version: the tree is read again
    when it changes.
    """
    label, filter_label, none = _LABELS[name]
    widget = f"facet-tree-{name}"
    _tree(
        key=widget,
        data={
            "url": f"{PHOTOS}tree/{name}",
            "label": label,
            "filter": filter_label,
            "none": none,
            "trail": [node.id for node in trail],
            "version": version,
            "options": browse_state.kept_options(),
        },
        on_query_change=follow(widget, "query", browse_state.choose),
    )


def facet_path(name: TreeName, trail: Sequence[FacetNode]) -> None:
    """Show the path to a group as links."""
    crumbs = [(_EVERYTHING[name], ""), *((node.name, node.query) for node in trail)]
    _path(
        key="facet-path",
        data={
            "crumbs": [
                {
                    "name": label,
                    "query": query,
                    "href": "?" + urlencode(browse_state.address_of(query, name)),
                }
                for label, query in crumbs
            ]
        },
        # The search is empty for all photos.
        on_follow_change=follow(
            "facet-path", "follow", lambda crumb: browse_state.choose(crumb["query"])
        ),
    )
