"""The one grid of photos that every page uses: justified rows, lazy previews, selection by mouse
and keyboard.

A components-v2 component: it draws itself in the page (no iframe), fetches only the previews in
view, and tells Python which photo was opened (`open`) or asked more of (`similar`), and which are
selected (`selected`).

A page shows photos, opens them and acts on them like this:

    picked = gallery(rows, key="blurred", label="Blurred photos", badges={7: "out of focus"},
    actions=[Action("Keep", …)]) if picked.similar is not None:
        asking.search_like(picked.similar)
    lightbox.lightbox(ids, opened=picked.opened, actions=[…])
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import streamlit as st

from explorer.library.paths import printable
from explorer.library.rows import PhotoRow
from explorer.photos.metadata.partial_dates import known_part
from explorer.text_format import count
from explorer.ui.actions import Action
from explorer.ui.components.photo_urls import preview_url

_STATIC = Path(__file__).parents[1] / "static"

_grid = st.components.v2.component(
    "photo_gallery",
    html='<div class="gallery" role="group"></div><div class="said" role="status" aria-live="polite"></div>',
    css=(_STATIC / "gallery.css").read_text(encoding="utf-8"),
    js=(_STATIC / "gallery.js").read_text(encoding="utf-8"),
)


class Picked(NamedTuple):
    """What a person did in a gallery. opened, similar: the id of a photo to be opened or searched
    by, once. selected: ids."""

    opened: int | None
    similar: int | None
    selected: list[int]


def gallery(
    photos: Sequence[PhotoRow],
    key: str,
    *,
    label: str = "Photos",
    place: str = "",
    badges: Mapping[int, str] | None = None,
    captions: Mapping[int, str] | None = None,
    actions: Sequence[Action] = (),
) -> Picked:
    """Show these photos, in order, and below them, while some are selected, what can be done with
    the selection.

    key: this gallery's own, the same at every run of the page. label: what it holds, for those who
    cannot see it. place: where in what is shown this is, such as the search and its page of
    results: when it changes, the gallery starts at its top with nothing selected; otherwise
    selection, focus and place stay, also when photos come or go. badges: a short text on a photo,
    by id.
    captions: a sentence on a photo, of which up to three lines show.
    """
    items = [
        {
            "id": photo["id"],
            "ratio": photo["width"] / max(1, photo["height"]),
            "src": preview_url(photo),
            "label": _label(photo),
            "badge": (badges or {}).get(photo["id"], ""),
            "caption": (captions or {}).get(photo["id"], ""),
        }
        for photo in photos
    ]
    turn = st.session_state.get(f"_turn-{key}", 0)
    found: Any = _grid(
        key=f"gallery-{key}",
        data={
            "photos": items,
            "label": label,
            "place": place,
            "turn": turn,
            "actions": bool(actions),
        },
        default={"selected": {}},
        on_open_change=_ignore,
        on_similar_change=_ignore,
        on_selected_change=_ignore,
    )
    told = found.selected or {}
    # What was selected before the place changed, or before the selection was undone, says nothing
    # of what is shown now.
    current = told.get("place") == place and told.get("turn") == turn
    chosen = {int(i) for i in told.get("ids", [])} if current else set[int]()
    picked = Picked(
        int(found.open) if found.open else None,
        int(found.similar) if found.similar else None,
        [photo["id"] for photo in photos if photo["id"] in chosen],
    )
    if picked.selected and actions:
        _selection(picked.selected, key, actions)
    return picked


def unselect(key: str) -> None:
    """Have nothing selected in the gallery of that key."""
    st.session_state[f"_turn-{key}"] = st.session_state.get(f"_turn-{key}", 0) + 1


def _selection(selected: list[int], key: str, actions: Sequence[Action]) -> None:
    with st.container(horizontal=True, vertical_alignment="center", key=f"selection-{key}"):
        st.markdown(f"**{count(len(selected))} selected**", width="content")
        for number, action in enumerate(actions):
            st.button(
                action.label,
                icon=action.icon,
                help=action.help,
                key=f"act-{key}-{number}",
                on_click=_act,
                args=[action, selected, key],
            )
        st.button(
            "Clear",
            icon=":material/close:",
            key=f"clear-{key}",
            help="Select nothing",
            on_click=unselect,
            args=[key],
        )


def _act(action: Action, selected: list[int], key: str) -> None:
    action.run(selected)
    if action.then != "stay":
        unselect(key)


def _label(photo: PhotoRow) -> str:
    date = (
        f", {known_part(photo['taken_at'], photo['taken_precision'])[:10]}"
        if photo["taken_at"]
        else ""
    )
    return f"{printable(photo['name'])}{date}"


def _ignore() -> None:
    """Streamlit asks for a callback wherever a component sends something."""
