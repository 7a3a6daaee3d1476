"""The viewer: one photo that fills the window, with its details and the actions for it.

A components-v2 component (`static/viewer.js`) that covers the page. `?photo=ID` in the URL says
which photo is open, and is managed by the script: stepping to the next photo changes it without a
run of the page. Python is told only what it has to act on: actions (`action_inbox.py`), a search
for similar photos, and boxes to search by.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st

from explorer.errors import UsageError
from explorer.library.catalog import Ids
from explorer.library.edits.edit_operations import set_rating
from explorer.photos.photo_region import PhotoRegion
from explorer.search.query import Query
from explorer.search.ranking.region import PhotoPart
from explorer.ui import resources
from explorer.ui.actions import PhotoAction
from explorer.ui.components import action_inbox
from explorer.ui.components.action_inbox import SentAction
from explorer.ui.components.component_events import follow, ignore
from explorer.ui.components.javascript import component_loader
from explorer.ui.concepts.concept_request import make_concept_action
from explorer.ui.photo_edits import last_edit
from explorer.ui.search_page import heat_maps, region_search, search_state
from explorer.ui.static_files import STATIC
from explorer.ui.viewer import photo_sequences
from explorer.ui.viewer.photo_sequences import PhotoSequence

# Session state: the photo that the page itself opens, and how often it has opened one.
_OPEN, _TURN = "_open-photo", "_open-photo-turn"

_KEY = "photo-viewer"
_component = st.components.v2.component(
    "viewer",
    html="<span></span>",
    css="\n".join(
        (STATIC / name).read_text(encoding="utf-8")
        for name in ("viewer.css", "viewer_panel.css", "region_picker.css")
    ),
    js=component_loader("viewer"),
)


def show(photo_id: int) -> None:
    """Open a photo in the next run of the page."""
    st.session_state[_OPEN] = photo_id
    st.session_state[_TURN] = st.session_state.get(_TURN, 0) + 1


def viewer(
    ids: Sequence[int] | Ids | Callable[[], Ids],
    *facts: object,
    why: Callable[[int], str] | None = None,
    more_like: Callable[[int], None] | None = None,
    actions: Sequence[PhotoAction] = (),
    query: Query | None = None,
    turn_to: Callable[[int], None] | None = None,
) -> None:
    """Draw the viewer, in which the tiles of the page's gallery open. A page calls this once, after
    its gallery.

    ids: the photos to step through, or a function that finds them when one is opened.
    facts: everything that these and `why` depend on, besides the library and the model.
    why: returns why a photo is shown, as HTML. Like a function in `ids`, it is called outside of
    the session, so it must not use Streamlit.
    more_like: called with a photo's id to search for similar ones; by default, opens the Search
    page.
    actions: buttons in addition to those that every page offers.
    query: the search that found the photos, for heat maps.
    turn_to: called with the id of the photo seen last if the page's gallery does not show it; turns
    to the page of results that does.
    """
    actions = [*actions, make_concept_action()]
    data = _viewer_data(register(ids, *facts, why=why, query=query), actions)
    with st.container(key="viewer"):
        _component(
            key=_KEY,
            data=data | {"heat": _can_show_heat(query), "handled": action_inbox.handled(_KEY)},
            on_actions_change=action_inbox.receiver(_KEY, functools.partial(_carry_out, actions)),
            on_similar_change=follow(_KEY, "similar", more_like or search_state.search_like),
            on_regions_change=follow(_KEY, "regions", _search_regions),
            on_renew_change=ignore,
            on_seen_change=follow(_KEY, "seen", turn_to) if turn_to else ignore,
        )


def _can_show_heat(query: Query | None) -> bool:
    return query is not None and heat_maps.can_explain(query)


def register(
    ids: Sequence[int] | Ids | Callable[[], Ids],
    *facts: object,
    why: Callable[[int], str] | None = None,
    query: Query | None = None,
) -> str:
    """Register a list of photos to step through; returns its token, for the `sequence` of a gallery
    on a page with several. The parameters are those of `viewer`."""
    heat_map = None
    if query is not None and _can_show_heat(query):
        heat_map = functools.partial(heat_maps.overlay, query=query)
    model = resources.engine().encoder_name if query is not None and query.is_ranked else ""
    change = resources.library().catalog.change()
    sequence = PhotoSequence(ids, why=why, heat_map=heat_map)
    return photo_sequences.register(sequence, change, model, *facts)


def _viewer_data(token: str, actions: Sequence[PhotoAction]) -> dict[str, Any]:
    """The data for the script, except `heat` and `handled`."""
    return {
        "sequence": token,
        "open": {"photo": st.session_state.get(_OPEN), "turn": st.session_state.get(_TURN, 0)},
        "add": bool(search_state.region_parts()[0]),
        "notice": last_edit.notice(),
        "actions": [
            {
                "label": action.label,
                "icon": action.icon.removeprefix(":material/").removesuffix(":"),
                "help": action.help,
                "after": action.then,
                "rare": action.rare,
                "toggles": action.toggles,
            }
            for action in actions
        ],
    }


def _carry_out(actions: Sequence[PhotoAction], sent: SentAction) -> None:
    """Carry out an action for one photo, rate it, or undo the last edit."""
    if sent.get("undo"):
        last_edit.undo()
    elif (stars := sent.get("rating")) is not None:
        last_edit.edit([int(sent["photo"])], set_rating(int(stars)))
    for action in actions:
        if action.label == sent.get("label"):
            action.run([int(sent["photo"])])


def _search_regions(picked: dict[str, Any]) -> None:
    """Search by the boxes that the user drew on a photo."""
    parts = list[PhotoPart]()
    for box in picked.get("boxes", []):
        try:
            parts.append(PhotoPart(str(int(picked["source"])), PhotoRegion(*map(float, box))))
        except (TypeError, ValueError, UsageError):
            # This does not come from our script, which sends only valid boxes.
            continue
    if parts:
        region_search.search_parts(parts, add=bool(picked.get("add")))
