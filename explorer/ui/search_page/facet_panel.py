"""The panel that narrows results down by dates, folders, cameras, lenses, places and formats. Each
entry is a link to the search with that filter added or, if the search has it, removed."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple
from urllib.parse import urlencode

import numpy as np
import streamlit as st

from explorer.library.library import Library
from explorer.library.queries.photo_masks import mask_of
from explorer.library.stores.location_store import Location, all_locations
from explorer.search.language.parse_query import parse
from explorer.search.language.print_query import print_query
from explorer.search.language.query_parts import all_of, tests_of
from explorer.search.language.query_tree import Condition, QueryTree
from explorer.search.language.syntax_error import QuerySyntaxError
from explorer.search.ranking.ranked_photos import RankedPhotos
from explorer.search.results.result_facets import (
    FacetEntry,
    FacetGroup,
    changed_conditions,
    result_facets,
)
from explorer.ui import resources
from explorer.ui.components.component_events import follow
from explorer.ui.components.javascript import component_loader
from explorer.ui.library_facets import facet_table
from explorer.ui.search_page import search_state
from explorer.ui.search_page.query_changes import change_query
from explorer.ui.search_page.search_state import SearchRequest
from explorer.ui.static_files import STATIC

# The key of the component.
_PANEL = "facet-panel"
# Session state: whether the panel is open.
_OPEN = "_narrowing"
# Session state: the groups that were counted last.
_GROUPS = "_facet-groups"
_component = st.components.v2.component(
    "facet_panel",
    html='<section class="panel" aria-label="Narrow down"></section>',
    css=(STATIC / "facet_panel.css").read_text(encoding="utf-8"),
    js=component_loader("facet_panel"),
)


class _KnownGroups(NamedTuple):
    ranked: RankedPhotos
    key: tuple[object, ...]
    groups: list[FacetGroup]


_lock = threading.Lock()
_locations: tuple[Library, int, dict[int, Location]] | None = None


def narrow_button() -> None:
    """Draw the button that opens and closes the panel."""
    shown = bool(st.session_state.get(_OPEN))
    st.button(
        "Narrow down",
        icon=":material/keyboard_arrow_up:" if shown else ":material/filter_list:",
        help="Hide the filters" if shown else "Filter by date, folder, camera, place or file type",
        key="narrow-down",
        on_click=_toggle,
    )


def _toggle() -> None:
    st.session_state[_OPEN] = not st.session_state.get(_OPEN)


def facet_panel(request: SearchRequest, ranked: RankedPhotos) -> None:
    """Draw the panel if it is open. For a ranked result, its good matches are counted."""
    if not st.session_state.get(_OPEN):
        return
    groups = facet_groups(request, ranked)
    _component(
        key=_PANEL,
        data={"groups": [_group_data(group) for group in groups]},
        on_choices_change=follow(_PANEL, "choices", _choose),
    )


def _choose(choices: Sequence[Mapping[str, str]]) -> None:
    """Apply the entries that were clicked to the query."""
    for choice in choices:
        try:
            added, dropped = (
                tests_of(parse(choice[key]).condition) for key in ("added", "dropped")
            )
        except QuerySyntaxError:
            continue
        change_query(partial(changed_conditions, added=added, dropped=dropped))


def facet_groups(request: SearchRequest, ranked: RankedPhotos) -> list[FacetGroup]:
    """The groups of a result. Those of the last result are kept, because counting a million photos
    takes a second, and every click draws the page again."""
    number = ranked.good if request.query.is_ranked and ranked.good else ranked.total
    table, roots = facet_table(), resources.library().catalog.roots()
    paths = [(root["id"], root["path"]) for root in roots]
    key = (request.query.tree, number, table.change, paths)
    known: _KnownGroups | None = st.session_state.get(_GROUPS)
    # The same list of photos is the same object (`search_state.search`).
    if known is not None and known.ranked is ranked and known.key == key:
        return known.groups
    photos = np.zeros(len(table.dates), np.bool_)
    among = mask_of(ranked.top(number))[: len(photos)]
    photos[: len(among)] = among
    groups = result_facets(request.query.tree, photos, table, roots, _known_locations())
    st.session_state[_GROUPS] = _KnownGroups(ranked, key, groups)
    return groups


def _known_locations() -> dict[int, Location]:
    global _locations  # noqa: PLW0603
    library = resources.library()
    change = library.catalog.change()
    with _lock:
        if _locations is None or _locations[0] is not library or _locations[1] != change:
            _locations = (library, change, all_locations(library.catalog))
        return _locations[2]


def _group_data(group: FacetGroup) -> dict[str, Any]:
    return {
        "name": group.name,
        "more": group.more,
        "entries": [_entry_data(entry) for entry in group.entries],
    }


def _entry_data(entry: FacetEntry) -> dict[str, Any]:
    now = search_state.url_parameters() | {search_state.PHRASE: entry.text}
    return {
        "name": entry.name,
        "photos": entry.photos,
        "added": _query(entry.added),
        "dropped": _query(entry.dropped),
        "href": "?" + urlencode({key: value for key, value in now.items() if value}),
        "active": entry.active,
        "widens": entry.widens,
        "level": entry.level,
    }


def _query(tests: Sequence[Condition]) -> str:
    return print_query(QueryTree(condition=all_of(tests)))
