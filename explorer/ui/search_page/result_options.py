"""How results are shown, according to the URL: their order, headings by month, and stacks."""

from __future__ import annotations

from typing import NamedTuple, get_args

import streamlit as st

from explorer.search.query import Query
from explorer.search.results.query_order import query_order, without_order
from explorer.search.results.result_order import Sorting
from explorer.ui.search_page import search_state
from explorer.ui.search_page.query_changes import change_query

# The values in the URL for settings other than the default.
MONTH, NO_STACKING = "month", "no"

LABELS: dict[Sorting, str] = {
    "best": "Best match",
    "newest": "Newest",
    "oldest": "Oldest",
    "day": "Best of each day",
    "added": "Recently added",
    "modified": "Date of the file",
    "name": "Name",
    "size": "Size",
}
# The orders for results without a ranking.
_UNRANKED: tuple[Sorting, ...] = ("newest", "oldest", "added", "modified", "name", "size")


class ResultOptions(NamedTuple):
    """How the results are shown."""

    sorting: Sorting
    by_month: bool
    """Whether photos are grouped by month, with headings."""
    stacked: bool
    """Whether similar shots are one tile."""


def sortings(*, ranked: bool) -> tuple[Sorting, ...]:
    """The available orders, default first. ranked: whether the search ranks photos, by a phrase or
    a photo."""
    return get_args(Sorting) if ranked else _UNRANKED


def options_from_url(query: Query) -> ResultOptions:
    """The options in the URL; the default for invalid ones. An order that the query asks for comes
    first: that in the URL may have been chosen for an earlier query."""
    now, orders = search_state.url_parameters(), sortings(ranked=query.is_ranked)
    wanted = now.get(search_state.SORT)
    chosen = next((each for each in orders if each == wanted), orders[0])
    return ResultOptions(
        query_order(query.tree) or chosen,
        now.get(search_state.GROUP) == MONTH,
        now.get(search_state.STACK) != NO_STACKING,
    )


def options_popover(options: ResultOptions, *, ranked: bool) -> None:
    """Draw the button that shows the order, and the controls that it opens."""
    with st.popover(
        LABELS[options.sorting], icon=":material/sort:", help="Sort and group", key="result-options"
    ):
        # The keys contain the values, so that a new URL creates new widgets, which start at its
        # values.
        key = f"sort-{options.sorting}-{ranked}"
        st.radio(
            "Sort by",
            sortings(ranked=ranked),
            index=sortings(ranked=ranked).index(options.sorting),
            format_func=LABELS.__getitem__,
            key=key,
            on_change=_sort,
            args=[key, ranked],
        )
        key = f"group-{options.by_month}"
        st.toggle(
            "Group by month",
            options.by_month,
            key=key,
            on_change=_switch,
            args=[key, search_state.GROUP, MONTH, ""],
        )
        key = f"stack-{options.stacked}"
        st.toggle(
            "Stack similar shots",
            options.stacked,
            key=key,
            on_change=_switch,
            args=[key, search_state.STACK, "", NO_STACKING],
            help="Copies of a picture, and shots of one scene within a minute, share one tile that"
            " shows their number. Click the number to see them.",
        )


def _sort(key: str, ranked: bool) -> None:
    chosen = st.session_state[key]
    # The words that ask for another order would be wrong now.
    change_query(without_order)
    search_state.change_url(
        search_state.SORT, "" if chosen == sortings(ranked=ranked)[0] else chosen
    )


def _switch(key: str, parameter: str, on: str, off: str) -> None:
    search_state.change_url(parameter, on if st.session_state[key] else off)
