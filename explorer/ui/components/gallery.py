"""The grid of photos that every page uses: justified rows of any number of photos, of which only
those near the viewport are in the page; headings by day, a scrubber, and selection by mouse and
keyboard.

A components-v2 component: it draws without an iframe, opens photos in the page's viewer, and tells
Python which photo to search similar ones for (`similar`), whose stack to open or close (`stack`),
which photos are selected (`selected`), which to mark as favorites (`actions`), and that its list
has to be made again (`expired`). The browser scrolls, zooms and jumps to dates by itself: it reads
a `PhotoList` in windows from `list_routes.py`.

A page shows photos, opens them and acts on them like this:

    gallery(rows, key="blurred", label="Blurred photos", actions=[PhotoAction("Keep", …)])
    viewer.viewer(ids, actions=[…])
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np
import streamlit as st

from explorer.library.rows import PhotoRow
from explorer.search.results.photo_list import PhotoList
from explorer.ui.actions import PhotoAction
from explorer.ui.change_errors import attempt
from explorer.ui.components import action_inbox
from explorer.ui.components.action_buttons import action_buttons
from explorer.ui.components.action_inbox import SentAction
from explorer.ui.components.component_events import follow, ignore
from explorer.ui.components.gallery_tiles import (
    NO_TEXTS,
    TileTexts,
    layout_data,
    list_tiles,
    photo_tiles,
)
from explorer.ui.components.javascript import component_loader
from explorer.ui.concepts.concept_request import make_concept_action
from explorer.ui.localized import count
from explorer.ui.search_page import search_state
from explorer.ui.static_files import STATIC
from explorer.ui.web_server.origin_guard import PHOTOS

# The number of photos of a list that are sent with the page, so that the first previews need no
# further request.
_BEGINNING = 60

_component = st.components.v2.component(
    "photo_gallery",
    html=(STATIC / "gallery.html").read_text(encoding="utf-8"),
    css=(STATIC / "gallery.css").read_text(encoding="utf-8"),
    js=component_loader("gallery"),
)


def gallery(
    photos: Sequence[PhotoRow] | PhotoList,
    key: str,
    *,
    label: str,
    place: str = "",
    texts: TileTexts = NO_TEXTS,
    linked: str = "",
    actions: Sequence[PhotoAction] = (),
    keep_position: bool = False,
    sequence: str = "",
    chooses: bool = False,
    more_like: Callable[[int], None] | None = search_state.search_like,
    toggle_stack: Callable[[int], None] | None = None,
) -> None:
    """Show photos in the given order and, while some are selected, buttons for the selection.

    photos: rows, or a list of any length.
    key: identifies this gallery, the same at every run of the page.
    label: the name of the gallery for screen readers.
    place: identifies what is shown, such as the search. When it changes, the gallery starts at the
    top with nothing selected; otherwise selection, focus and scroll position are kept, even if
    photos are added or removed.
    texts: on the photos; for rows only.
    linked: galleries with the same name here outline a photo that is hovered in one of them.
    sequence: the token of the photos that the viewer steps through from this gallery
    (`viewer.register`), if a page has several galleries.
    chooses: whether a click or Enter chooses a photo to search by, instead of opening it.
    more_like: called with a photo's id to search for similar ones, before the page runs; by
    default, opens the Search page. None does nothing.
    toggle_stack: called in the same way to open or close the stack of a photo.
    keep_position: whether the URL holds the photo scrolled to (`at`); for one gallery per page.
    """
    actions = [*actions, make_concept_action()]
    data = {
        "label": label,
        "place": place,
        "turn": _turn(key),
        "actions": bool(actions),
        "keepPosition": keep_position,
        "sequence": sequence,
        "chooses": chooses,
        "linked": linked,
        "handled": action_inbox.handled(_widget_key(key)),
        **_photo_data(photos, texts),
    }
    current = partial(_current_selection, photos, key, place)
    mark = partial(_toggle_favourite, actions, photos)
    _draw(_widget_key(key), data, mark, more_like, toggle_stack)
    if actions and (selected := current()):
        _selection_bar(len(selected), current, key, actions)


def _draw(
    widget: str,
    data: dict[str, Any],
    mark: Callable[[SentAction], None],
    more_like: Callable[[int], None] | None,
    toggle_stack: Callable[[int], None] | None,
) -> None:
    """Draw the component. widget: its key."""
    _component(
        key=widget,
        data=data,
        default={"selected": {}},
        on_similar_change=follow(widget, "similar", more_like) if more_like else ignore,
        on_stack_change=follow(widget, "stack", toggle_stack) if toggle_stack else ignore,
        on_selected_change=ignore,
        on_expired_change=ignore,
        on_actions_change=action_inbox.receiver(widget, mark),
    )


def _photo_data(photos: Sequence[PhotoRow] | PhotoList, texts: TileTexts) -> dict[str, Any]:
    """The photos as JSON data for the browser."""
    if isinstance(photos, PhotoList):
        return _list_data(photos)
    return {"photos": photo_tiles(photos, texts)}


def _current_selection(photos: Sequence[PhotoRow] | PhotoList, key: str, place: str) -> list[int]:
    """The ids of the photos that are selected now, in the order of the list."""
    state: Any = st.session_state.get(_widget_key(key)) or {}
    selection = state.get("selected") or {}
    # A selection made before the place changed, or before it was cleared, no longer applies.
    if selection.get("place") != place or selection.get("turn") != _turn(key):
        return []
    return _selected(photos, selection)


def _widget_key(key: str) -> str:
    """The key of a gallery's component."""
    return f"gallery-{key}"


def _list_data(photos: PhotoList) -> dict[str, Any]:
    """A list as JSON data for the browser: where to read it, and its beginning."""
    beginning = photos.beginning(_BEGINNING)
    return {
        "list": {
            "key": photos.key,
            "url": f"{PHOTOS}list/{photos.key}/",
            "total": photos.total,
            "layout": layout_data(photos, beginning),
            "photos": list_tiles(photos, beginning.ids, beginning.inside.tolist()),
        }
    }


def _selected(photos: Sequence[PhotoRow] | PhotoList, selection: Mapping[str, Any]) -> list[int]:
    """The ids of the selected photos, in the order of the list. selection: `ids`, and whether these
    are the photos that are not selected (`all`)."""
    chosen, everything = np.array(selection.get("ids", []), np.int64), bool(selection.get("all"))
    if not len(chosen) and not everything:
        return []
    if isinstance(photos, PhotoList):
        ids = photos.ids
    else:
        ids = np.array([photo["id"] for photo in photos], np.int64)
    return list(ids[np.isin(ids, chosen) != everything].tolist())


def clear_selection(key: str) -> None:
    """Deselect all photos in the gallery with that key."""
    st.session_state[f"_turn-{key}"] = _turn(key) + 1


def _turn(key: str) -> int:
    """How often the selection of a gallery was cleared."""
    turn: int = st.session_state.get(f"_turn-{key}", 0)
    return turn


def _selection_bar(
    number: int, selected: Callable[[], list[int]], key: str, actions: Sequence[PhotoAction]
) -> None:
    """Draw the buttons for the selection.

    number: the number of selected photos.
    selected: returns the ids of the photos that are selected when it is called.
    """
    with st.container(horizontal=True, vertical_alignment="center", key=f"selection-{key}"):
        st.markdown(f"**{count(number)} selected**", width="content")
        action_buttons(actions, partial(_act, selected, key), f"act-{key}")
        st.button(
            "Clear",
            icon=":material/close:",
            key=f"clear-{key}",
            help="Deselect all photos",
            on_click=clear_selection,
            args=[key],
        )


def _toggle_favourite(
    actions: Sequence[PhotoAction], photos: Sequence[PhotoRow] | PhotoList, sent: SentAction
) -> None:
    """Mark or unmark the photos that were selected when the key was pressed as favorites or, if
    none was, the one that had the focus, if this is one of the actions."""
    selection = sent["selection"]
    if selection["ids"] or selection["all"]:
        meant = _selected(photos, selection)
    else:
        meant = [int(sent["photo"])]
    for action in actions:
        if action.toggles == "favourite" and meant:
            action.run(meant)


def _act(selected: Callable[[], list[int]], key: str, action: PhotoAction) -> None:
    # The selection may have changed since the button was drawn: the browser sends it with the
    # click.
    ids = selected()
    if not ids:
        return
    if attempt(action.run, ids) and action.then != "stay":
        clear_selection(key)
