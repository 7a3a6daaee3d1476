"""Browse: the photos by folder, date or camera."""

from __future__ import annotations

import streamlit as st

from explorer.ui import empty_library
from explorer.ui.auto_refresh import LibrarySnapshot, refresh_on_change, snapshot
from explorer.ui.browse_page import browse_state
from explorer.ui.browse_page.facet_tree_view import facet_tree
from explorer.ui.browse_page.group_photos import group_photos
from explorer.ui.library_facets import TreeName, library_tree

LABELS: dict[TreeName, str] = {
    "folders": ":material/folder: Folders",
    "dates": ":material/calendar_month: Dates",
    "cameras": ":material/photo_camera: Cameras",
}


def main() -> None:
    drawn = snapshot()
    if drawn.reason_empty is not None:
        empty_library.explain(drawn.reason_empty)
    else:
        show(drawn)
    refresh_on_change(drawn, has_room=False)


def show(drawn: LibrarySnapshot) -> None:
    name = browse_state.tree_name()
    version, tree = library_tree(name)
    group = browse_state.chosen(tree)
    left, right = st.columns([3, 8], gap="medium")
    with left, st.container(key="browse-tree"):
        # The key contains the value, so that a new URL creates a new widget.
        wanted: TreeName | None = st.segmented_control(
            "Browse by", list(LABELS), default=name, format_func=LABELS.__getitem__,
            key=f"browse-by-{name}", label_visibility="collapsed", required=True,
        )  # fmt: skip
        if wanted and wanted != name:
            browse_state.choose_tree(wanted)
            st.rerun()
        facet_tree(name, group.trail if group else [], version)
    with right:
        group_photos(name, group)


main()
