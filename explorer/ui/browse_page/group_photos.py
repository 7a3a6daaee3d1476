"""Show the photos of the chosen group, its path, and the actions for it."""

from __future__ import annotations

import functools
from collections.abc import Callable

import streamlit as st

from explorer.errors import ExplorerError
from explorer.ui.browse_page import browse_state
from explorer.ui.browse_page.browse_state import ChosenGroup
from explorer.ui.browse_page.facet_tree_view import facet_path
from explorer.ui.library_facets import TreeName
from explorer.ui.photo_labels import escape_markdown
from explorer.ui.search_page import result_options, search_results, search_state


def group_photos(name: TreeName, group: ChosenGroup | None) -> None:
    """Show the photos of the search in the URL, and the head of the group that it finds."""
    trail = group.trail if group else []
    if trail and trail[0].away:
        st.info(
            "The drive with this folder is not connected. Previews of its photos are shown.",
            icon=":material/usb_off:",
        )
    _photos(functools.partial(_path, name, group))


def _path(name: TreeName, group: ChosenGroup | None) -> None:
    """Draw the path of the group."""
    trail = group.trail if group else []
    facet_path(name, trail)
    if name == "folders" and group and trail:
        _subfolders_switch(group)


def _search_button() -> None:
    st.button(
        "Search here", icon=":material/search:", key="search-here",
        help="Open these photos on the Search page, to add words or other filters",
        on_click=search_state.open_search,
    )  # fmt: skip


def _subfolders_switch(group: ChosenGroup) -> None:
    folder = group.trail[-1]
    if not folder.folds:
        return
    # The key contains the value, so that a new URL creates a new widget.
    key = f"subfolders-{group.subfolders}-{folder.id}"
    st.toggle(
        "Subfolders",
        group.subfolders,
        key=key,
        help="Show the photos in subfolders, too",
        on_change=lambda: browse_state.include_subfolders(bool(st.session_state[key])),
    )


def _photos(path: Callable[[], None]) -> None:
    """Show the photos of the search in the URL. path: draws the path of the group."""
    request = search_state.request_from_url()
    try:
        ranked = search_state.search(request)
    except ExplorerError as error:
        with st.container(horizontal=True, vertical_alignment="center"):
            path()
            _search_button()
        st.error(escape_markdown(str(error)), icon=":material/error:")
        return
    options = result_options.options_from_url(request.query)
    view = search_results.result_view(request, ranked, options)
    search_results.headline(request, view, begin=path, end=_search_button)
    if ranked.total:
        search_results.results(
            request, view, key="browse", label="Photos", more_like=search_state.search_like
        )
    else:
        st.info("None of the photos here can be found now.", icon=":material/search_off:")
