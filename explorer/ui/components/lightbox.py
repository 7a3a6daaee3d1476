"""One photo enlarged, with its details and the actions for it. `?photo=ID` in the URL says which
photo is open."""

from __future__ import annotations

import html
from collections.abc import Callable, Sequence

import numpy as np
import streamlit as st

from explorer.library.catalog import Ids
from explorer.library.paths import printable
from explorer.library.rows import PhotoRow
from explorer.search.query import Query
from explorer.text_format import whole_number
from explorer.ui import resources
from explorer.ui.actions import PhotoAction
from explorer.ui.components.lightbox_keys import arrow_keys
from explorer.ui.components.photo_details import photo_details
from explorer.ui.components.photo_urls import display_url, original_url, preview_url
from explorer.ui.components.why_photo import Why
from explorer.ui.search_page import heat_maps, region_search, search_state
from explorer.ui.search_page.heat_maps import HeatMapOverlay

PARAMETER = "photo"


def show(photo_id: int) -> None:
    """Have that photo opened at the next run of the page."""
    region_search.stop_drawing()
    st.query_params[PARAMETER] = str(photo_id)


def requested_photo() -> int | None:
    """The id of the photo that the URL asks for."""
    return whole_number(st.query_params.get(PARAMETER, ""))


def close() -> None:
    """Close the lightbox at the next run of the page."""
    region_search.stop_drawing()
    st.query_params.pop(PARAMETER, None)


def lightbox(
    ids: Sequence[int] | Ids,
    *,
    opened: int | None = None,
    why: Callable[[int], Why] | None = None,
    more_like: Callable[[int], None] | None = None,
    actions: Sequence[PhotoAction] = (),
    explain: Callable[[int], None] | None = None,
    query: Query | None = None,
) -> None:
    """Open the photo that the URL asks for, if any. A page calls this once, after its gallery.

    ids: the photos that previous and next step through.
    opened: a photo to open now, as the gallery reports it.
    why: why a photo is shown.
    more_like: called with a photo's id to search for similar ones; by default, opens the Search
    page.
    actions: buttons in addition to those that every page offers.
    explain: draws more on why a photo is shown.
    query: the search that found the photos, for heat maps.
    """
    if opened is not None:
        show(opened)
    arrow_keys()
    if requested_photo() is not None:
        _dialog(
            np.asarray(ids, np.int64),
            why or (lambda _: ""),
            more_like or search_state.search_like,
            list(actions),
            explain=explain,
            query=query,
        )


@st.dialog("Photo", width="large", on_dismiss=close)
def _dialog(
    ids: Ids,
    why: Callable[[int], Why],
    more_like: Callable[[int], None],
    actions: list[PhotoAction],
    *,
    explain: Callable[[int], None] | None,
    query: Query | None,
) -> None:
    photo_id = requested_photo()
    if photo_id is None:
        st.rerun()
    photo = resources.library().catalog.photo(photo_id)
    if photo is None:
        st.info(
            "This photo is no longer in the library: it was moved or deleted.",
            icon=":material/info:",
        )
        with st.container(horizontal=True, vertical_alignment="center"):
            _navigation(photo_id, ids)
        return
    if region_search.is_drawing(str(photo_id)):
        region_search.draw_on_photo(photo)
        return
    picture, details = st.columns([5, 2])
    with picture:
        heat = _heat_map(photo, query)
        st.html(f'<div class="lightbox">{_picture(photo, heat)}{_preload(photo_id, ids)}</div>')
        with st.container(horizontal=True, vertical_alignment="center"):
            _navigation(photo_id, ids)
            _heat_map_button(query)
            _actions(photo_id, ids, more_like, actions)
    with details:
        photo_details(photo, why(photo_id))
        if explain is not None:
            explain(photo_id)


def _picture(photo: PhotoRow, heat: HeatMapOverlay | None) -> str:
    """The photo, with its preview as the background until it has loaded, and its heat map."""
    image = (
        f'<img src="{display_url(photo)}" alt="{html.escape(printable(photo["name"]))}"'
        f' width="{photo["width"]}" height="{photo["height"]}"'
        f' style="background-image: url({preview_url(photo)})">'
    )
    if heat is None:
        return image
    over = f'<img class="heat" src="{heat.url}" alt="{html.escape(heat.words)}">'
    return f'<div class="heated">{image}{over}</div>'


def _heat_map(photo: PhotoRow, query: Query | None) -> HeatMapOverlay | None:
    """Where the photo matches the search, if the user wants to see it."""
    if query is None or not heat_maps.is_shown() or not heat_maps.can_explain(query):
        return None
    with st.spinner("Looking for what matched…"):
        found = heat_maps.overlay(photo, query)
    if found is None:
        st.caption("What matched cannot be shown for this photo: it has no preview.")
    return found


def _heat_map_button(query: Query | None) -> None:
    """The switch for heat maps, where the search and its model have them."""
    if query is None or not heat_maps.can_explain(query):
        return
    st.button(
        "Hide what matched" if heat_maps.is_shown() else "Show what matched",
        icon=":material/blur_on:",
        key="heat-maps",
        help="Highlight the part of the photo that best matches your search (h)",
        shortcut="h",
        on_click=heat_maps.toggle,
    )


def _preload(photo_id: int, ids: Ids) -> str:
    """The next photo, hidden, so that the browser loads it in advance."""
    following = _neighbors(photo_id, ids)[1]
    photo = resources.library().catalog.photo(following) if following is not None else None
    return f'<img src="{display_url(photo)}" alt="" hidden>' if photo else ""


def _neighbors(photo_id: int, ids: Ids) -> tuple[int | None, int | None]:
    """The photos before and after that one; None at either end."""
    at = _position(photo_id, ids)
    if at is None:
        return None, None
    return (int(ids[at - 1]) if at else None), (int(ids[at + 1]) if at + 1 < len(ids) else None)


def _position(photo_id: int, ids: Ids) -> int | None:
    """The index of a photo among those that are stepped through, of which there may be millions."""
    found = np.flatnonzero(ids == photo_id)
    return int(found[0]) if len(found) else None


def _navigation(photo_id: int, ids: Ids) -> None:
    """Previous, next, and the position. `lightbox_keys.js` presses these buttons."""
    previous, following = _neighbors(photo_id, ids)
    for label, icon, arrow, target in (
        ("Previous", "chevron_left", "←", previous),
        ("Next", "chevron_right", "→", following),
    ):
        st.button(
            label,
            icon=f":material/{icon}:",
            key=f"lightbox-{label.lower()}",
            help=f"{label} photo ({arrow})",
            disabled=target is None,
            on_click=show,
            args=[target],
        )
    # Sent after the buttons: once it names a photo, they lead on from that photo.
    at = _position(photo_id, ids)
    position = f"{at + 1:,} of {len(ids):,}" if at is not None else ""
    steps = (
        f"{'previous ' if previous is not None else ''}{'next' if following is not None else ''}"
    )
    st.html(
        f'<span class="position" data-photo="{photo_id}" data-steps="{steps}">{position}</span>',
        width="content",
    )


def _actions(
    photo_id: int, ids: Ids, more_like: Callable[[int], None], actions: list[PhotoAction]
) -> None:
    for number, action in enumerate(actions):
        if st.button(action.label, icon=action.icon, help=action.help, key=f"act-photo-{number}"):
            following = _neighbors(photo_id, ids)[1]
            action.run([photo_id])
            if action.then == "next" and following is not None:
                show(following)
            elif action.then != "stay":
                close()
            st.rerun()
    if st.button("More like this", icon=":material/image_search:"):
        close()
        more_like(photo_id)
        st.rerun()
    st.button(
        "Search part of this photo",
        icon=":material/crop:",
        help="Drag a box around what to look for",
        on_click=region_search.start_drawing,
        args=[str(photo_id)],
    )
    st.link_button("Full size", original_url(photo_id), icon=":material/open_in_new:")
    st.link_button(
        "Save a copy", f"{original_url(photo_id)}?download=1", icon=":material/download:"
    )
