"""Show the results of a search, or why there are none."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial

import streamlit as st

from explorer.library.catalog import Ids
from explorer.library.queries.photo_order import OrderKey
from explorer.search.ranking.ranked_photos import RankedPhotos
from explorer.search.ranking.ranked_search import MAX_GOOD
from explorer.search.results.match_explanation import explain_match
from explorer.search.results.photo_list import PhotoList
from explorer.search.results.query_order import oldest_first
from explorer.search.results.result_order import Sorting
from explorer.search.results.result_stacks import NO_STACKS
from explorer.search.results.result_view import UNGRADED_MATCHES, ResultView
from explorer.ui import empty_library, photo_lists, resources
from explorer.ui.components import viewer
from explorer.ui.components.gallery import gallery
from explorer.ui.components.match_reasons import reasons_html
from explorer.ui.concepts import concept_search
from explorer.ui.localized import count
from explorer.ui.lru_cache import key_of
from explorer.ui.photo_actions import selection_actions, viewer_actions
from explorer.ui.photo_edits.album_dialog import album_actions
from explorer.ui.photo_labels import escape_markdown
from explorer.ui.search_page import export_dialog, facet_panel, filter_texts, search_state
from explorer.ui.search_page.photo_stacks import photo_stacks
from explorer.ui.search_page.result_options import ResultOptions, options_popover
from explorer.ui.search_page.search_state import SearchRequest

SCREENFUL = 90
"""With fewer photos than this, new ones are shown at once: no photo in view has to move far."""
# Session state: the `place` that the page shows, and the photos whose stacks are open there.
_OPEN_STACKS = "_open-stacks"
_ORDERS: dict[Sorting, str] = {
    "best": "best match first",
    "newest": "newest first",
    "oldest": "oldest first",
    "added": "last added first",
    "modified": "last changed first",
    "name": "by name",
    "size": "largest first",
}


def result_view(request: SearchRequest, ranked: RankedPhotos, options: ResultOptions) -> ResultView:
    """The results in the requested order."""
    engine, stacks = resources.engine(), photo_stacks() if options.stacked else NO_STACKS
    if options.sorting == "oldest" and not request.query.is_ranked:
        ranked = oldest_first(ranked)

    def catalog_order(by: OrderKey, ids: Ids, descending: bool) -> Ids:
        return engine.order.sorted(by, ids, descending=descending)

    return ResultView(
        ranked, stacks, options.sorting, options.by_month, engine.columns.dates, catalog_order
    )


def headline(
    request: SearchRequest,
    view: ResultView,
    *,
    narrows: bool = False,
    begin: Callable[[], None] = lambda: None,
    end: Callable[[], None] = lambda: None,
) -> None:
    """Draw the number of photos, the filters in words, and the controls for the results, in one
    row. narrows: whether to offer to narrow the search down. begin, end: draw what the row begins
    and ends with."""
    if request.query.is_ranked and view.ranked.good == 0 and view.ranked.total:
        st.info(
            f"No good match{_subject(request)}. The nearest photos are below.",
            icon=":material/search_off:",
        )
    parts = [_number(request, view)] if view.ranked.total else []
    filters = filter_texts.filtered(request.filters)
    if not view.ranked.total and filters:
        parts = ["No photos"]
    if view.hidden:
        filters.append(f"{count(view.hidden, 'similar shot')} in stacks")
    # If the window is wide enough, the gallery's date controls are in the same row.
    key = "headline-dated" if view.is_dated and view.ranked.total else "headline"
    with st.container(horizontal=True, vertical_alignment="center", key=key):
        begin()
        if parts or filters:
            st.caption(" · ".join(map(escape_markdown, parts + filters)), width="stretch")
        if view.ranked.total:
            if narrows:
                facet_panel.narrow_button()
            options_popover(
                ResultOptions(view.sorting, view.by_month, view.stacks is not NO_STACKS),
                ranked=request.query.is_ranked,
            )
            st.button(
                "Export",
                icon=":material/ios_share:",
                help="Copy paths, save a list, copy the photos, or make a contact sheet",
                on_click=export_dialog.request_export,
                key="export-results",
            )
        end()
    if narrows and view.ranked.total:
        facet_panel.facet_panel(request, view.ranked)


def _subject(request: SearchRequest) -> str:
    return f" for “{escape_markdown(request.text)}”" if request.text else ""


def _number(request: SearchRequest, view: ResultView) -> str:
    """The number of photos and their order, in words."""
    photos, good = count(view.ranked.total, "photo"), view.ranked.good
    if view.sorting == "day":
        return f"The best of {count(view.sections()[0], 'day')}"
    order = _ORDERS.get(view.sorting, "")
    if good and good < view.ranked.total and request.query.is_ranked:
        if good == MAX_GOOD:
            return f"More than {count(good)} good matches of {photos}, {order}"
        matches = "match" if good == 1 else "matches"
        return f"{count(good)} good {matches} of {photos}, {order}"
    return f"{photos}, {order}"


def explain_no_results(request: SearchRequest) -> None:
    """Draw why nothing is shown, and what to do."""
    reason = empty_library.reason()
    if reason is not None:
        empty_library.explain(reason)
    elif request.query or request.filters:
        st.info(
            filter_texts.check(request.filters)
            or "No photos match. Try other words or fewer filters.",
            icon=":material/search_off:",
        )
        st.button("Show all photos", on_click=search_state.clear)
    else:
        st.info(
            "None of your photos can be found at the moment. The Library page shows why.",
            icon=":material/usb_off:",
        )


def photo_list(view: ResultView) -> PhotoList:
    """The list that the gallery shows: these results, with the photos of open stacks."""
    engine, place = resources.engine(), _place()
    opened = sorted(_open_stacks(place))
    key = key_of(
        place,
        resources.library().catalog.change(),
        engine.encoder_name,
        repr(engine.concepts.all()),
        opened,
    )
    return photo_lists.register(
        key,
        lambda: PhotoList(
            key, view, engine.columns, engine.order, opened=opened, others=_others(view)
        ),
    )


def results(
    request: SearchRequest,
    view: ResultView,
    *,
    key: str = "search",
    label: str = "",
    more_like: Callable[..., None] = search_state.more_like,
) -> None:
    """Draw the results, whose photos open in the viewer.

    key, label: see `gallery`. more_like: called with ids; searches for photos like these.
    """
    place, photos = _place(), photo_list(view)
    correcting = concept_search.correcting_actions(request.query)
    albums = album_actions(request.query.tree.condition)
    gallery(
        photos,
        key,
        label=label or ("Search results" if request.query else "All photos"),
        place=place,
        actions=selection_actions(more_like, concepts=correcting, albums=albums),
        keep_position=True,
        more_like=more_like,
        toggle_stack=partial(_toggle_stack, place),
    )

    engine = resources.engine()

    def why(photo_id: int) -> str:
        if not request.query:
            return ""
        return reasons_html(explain_match(engine, request.query, photo_id).reasons)

    viewer.viewer(
        lambda: photos.ids,
        photos.key,
        why=why,
        more_like=more_like,
        actions=viewer_actions(
            concepts=correcting, albums=[each._replace(then="next") for each in albums]
        ),
        query=request.query,
    )
    export_dialog.export_if_requested(view)


def _place() -> str:
    """A text that identifies what the page shows."""
    return json.dumps(search_state.url_parameters())


def _others(view: ResultView) -> str:
    """The heading for photos that are not good matches."""
    if view.ranked.good is None:
        return f"Beyond the {count(UNGRADED_MATCHES)} best matches"
    if view.ranked.good == MAX_GOOD:
        return f"Beyond the {count(MAX_GOOD)} best matches"
    return "The nearest photos" if not view.ranked.good else "Other photos, nearest first"


# --- stacks


def _open_stacks(place: str) -> set[int]:
    known, opened = st.session_state.get(_OPEN_STACKS, ("", set[int]()))
    return opened if known == place else set()


def _toggle_stack(place: str, photo_id: int) -> None:
    st.session_state[_OPEN_STACKS] = (place, _open_stacks(place) ^ {photo_id})
