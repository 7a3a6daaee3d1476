"""The results of a search, or why there are none."""

from __future__ import annotations

import functools
import json
import math

import numpy as np
import streamlit as st

from explorer.library.photo_dates import count_dated, date_numbers
from explorer.library.rows import PhotoRow
from explorer.search.match_explanation import explain_match
from explorer.search.ranked_photos import Ids, RankedIds, RankedPhotos
from explorer.search.ranked_search import MOST_GOOD
from explorer.search.result_order import reverse_dated
from explorer.search.result_stacks import NO_STACKS
from explorer.search.result_view import UNGRADED_MATCHES, ResultView
from explorer.text_format import count
from explorer.ui import empty_library, resources
from explorer.ui.actions import PhotoAction
from explorer.ui.components import lightbox
from explorer.ui.components.gallery import GalleryStack, gallery
from explorer.ui.components.why_photo import Why
from explorer.ui.photo_edits.album_dialog import album_actions
from explorer.ui.photo_edits.edit_actions import edit_actions
from explorer.ui.photo_labels import escape_markdown, month_label
from explorer.ui.search_page import export_dialog, filter_texts, search_state
from explorer.ui.search_page.photo_stacks import photo_stacks
from explorer.ui.search_page.result_options import ResultOptions, options_popover
from explorer.ui.search_page.search_state import SearchRequest

PAGE_SIZE = 90
# The maximum number of selected photos to search by together.
_MAX_EXAMPLES = 20
# Session state: the `place` that the page shows, and the photos whose stacks are open there.
_OPEN_STACKS = "_open-stacks"
_EVERYTHING = 2**62


def result_view(request: SearchRequest, ranked: RankedPhotos, options: ResultOptions) -> ResultView:
    """The results in the requested order."""
    catalog = resources.library().catalog
    stacks = photo_stacks() if options.stacked else NO_STACKS
    if request.query.is_ranked:
        dates = functools.partial(date_numbers, catalog)
        return ResultView(ranked, stacks, options.sorting, options.by_month, dates)
    if options.sorting == "oldest":
        ids = ranked.top(ranked.total)
        ranked = RankedIds(reverse_dated(ids, count_dated(catalog, ids)))
    return ResultView(ranked, stacks, options.sorting, options.by_month)


def headline(request: SearchRequest, view: ResultView) -> None:
    """Draw the number of photos, the filters in words, and the controls for the results."""
    parts = [_number(request, view)] if view.ranked.total else []
    filters = filter_texts.filtered(request.filters)
    if not view.ranked.total and filters:
        parts = ["No photos"]
    if view.hidden:
        filters.append(f"{count(view.hidden, 'similar shot')} in stacks")
    with st.container(horizontal=True, vertical_alignment="center", key="headline"):
        if parts or filters:
            st.caption(" · ".join(map(escape_markdown, parts + filters)), width="stretch")
        if view.ranked.total:
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
    if request.query.is_ranked and view.ranked.good == 0 and view.ranked.total:
        st.info(
            f"No good match{_subject(request)}. The nearest photos are below.",
            icon=":material/search_off:",
        )


def _subject(request: SearchRequest) -> str:
    return f" for “{escape_markdown(request.text)}”" if request.text else ""


def _number(request: SearchRequest, view: ResultView) -> str:
    """The number of photos and their order, in words."""
    photos, good = count(view.ranked.total, "photo"), view.ranked.good
    if view.sorting == "day":
        return f"The best of {count(view.sections()[0], 'day')}"
    order = {"best": "best match first", "newest": "newest first", "oldest": "oldest first"}
    if good is not None and good < view.ranked.total and request.query.is_ranked:
        if good == MOST_GOOD:
            return f"More than {good:,} good matches of {photos}, {order[view.sorting]}"
        matches = "match" if good == 1 else "matches"
        return f"{good:,} good {matches} of {photos}, {order[view.sorting]}"
    return f"{photos}, {order[view.sorting]}"


def explain_no_results(request: SearchRequest) -> None:
    """Say why nothing is shown, and what to do."""
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


def results_page(request: SearchRequest, view: ResultView) -> None:
    """Draw one page of results, and the lightbox if a photo is open."""
    good, total = view.sections()
    pages = max(1, math.ceil(total / PAGE_SIZE))
    at = min(search_state.page(), pages)
    start = (at - 1) * PAGE_SIZE
    place = json.dumps({**search_state.url_parameters(), search_state.PAGE: at})
    tiles = view.tiles(start, start + PAGE_SIZE)
    stacks, shown = _stacks(view, tiles, place)
    rows = resources.library().catalog.photos(shown.tolist())
    picked = gallery(
        list(rows.values()),
        "search",
        label="Search results" if request.query else "All photos",
        place=place,
        stacks=stacks,
        headings=_headings(view, [rows[i] for i in tiles.tolist() if i in rows], start, good),
        actions=_selection_actions(request),
    )
    if pages > 1:
        # A new widget for each page, which starts at the page that the URL names.
        key = f"page-{at}"
        st.pagination(
            pages,
            default=at,
            key=key,
            on_change=search_state.turn_page,
            args=[key],
            width="stretch",
        )
    if picked.similar is not None:
        search_state.more_like(picked.similar)
        st.rerun()
    if picked.stack is not None:
        _toggle_stack(picked.stack, place)
        st.rerun()

    def why(photo_id: int) -> Why:
        if not request.query:
            return ""
        return explain_match(resources.engine(), request.query, photo_id).reasons

    if picked.opened is None and lightbox.requested_photo() is None:
        export_dialog.export_if_requested(view)
    is_open = picked.opened is not None or lightbox.requested_photo() is not None
    lightbox.lightbox(
        _with_open_stacks(view, view.tiles(0, _EVERYTHING), place) if is_open else shown,
        opened=picked.opened,
        why=why,
        more_like=search_state.more_like,
        actions=edit_actions(),
        query=request.query,
    )


def _selection_actions(request: SearchRequest) -> list[PhotoAction]:
    return [
        PhotoAction(
            "Find similar",
            ":material/image_search:",
            lambda ids: search_state.more_like(*ids[:_MAX_EXAMPLES]),
            "leave",
        ),
        *edit_actions(),
        *album_actions(request.query.tree.condition),
        PhotoAction("Export", ":material/ios_share:", export_dialog.request_export),
    ]


def _headings(view: ResultView, rows: list[PhotoRow], start: int, good: int) -> dict[int, str]:
    """The headings on a page, by the photo that follows them: months, and the end of the good
    matches.

    rows: the photos of the page's tiles. start: the number of tiles before the page. good: the
    number of tiles with good matches.
    """
    headings, last = dict[int, str](), ""
    for number, row in enumerate(rows, start):
        if number >= good:
            heading = _others(view)
        elif view.by_month:
            heading = month_label(row)
        else:
            continue
        if heading != last:
            headings[row["id"]] = last = heading
    return headings


def _others(view: ResultView) -> str:
    """The heading for photos that are not good matches."""
    if view.ranked.good is None:
        return f"Beyond the {UNGRADED_MATCHES:,} best matches"
    if view.ranked.good == MOST_GOOD:
        return f"Beyond the {MOST_GOOD:,} best matches"
    return "The nearest photos" if not view.ranked.good else "Other photos, nearest first"


# --- stacks


def _stacks(view: ResultView, tiles: Ids, place: str) -> tuple[dict[int, GalleryStack], Ids]:
    """The stacks of these tiles, by the photo that represents each, and the photos to show: the
    tiles, each followed by the rest of its stack if it is open."""
    opened, stacks = _open_stacks(place), dict[int, GalleryStack]()
    shown = list[Ids]()
    for tile, label in zip(tiles, view.stacks.labels_of(tiles), strict=True):
        members = view.stack_of(int(tile)) if label >= 0 else tile[None]
        if len(members) > 1:
            stacks[int(tile)] = GalleryStack(len(members), int(tile) in opened)
        shown.append(members if int(tile) in opened else members[:1])
    return stacks, np.concatenate(shown) if shown else tiles


def _with_open_stacks(view: ResultView, tiles: Ids, place: str) -> Ids:
    """All tiles, with the photos of open stacks after the ones that represent them."""
    for photo_id in _open_stacks(place):
        at = np.flatnonzero(tiles == photo_id)
        if len(at):
            tiles = np.insert(tiles, at[0] + 1, view.stack_of(photo_id)[1:])
    return tiles


def _open_stacks(place: str) -> set[int]:
    known, opened = st.session_state.get(_OPEN_STACKS, ("", set[int]()))
    return opened if known == place else set()


def _toggle_stack(photo_id: int, place: str) -> None:
    st.session_state[_OPEN_STACKS] = (place, _open_stacks(place) ^ {photo_id})
