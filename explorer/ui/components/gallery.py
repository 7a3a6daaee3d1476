"""The grid of photos that every page uses: justified rows, lazily loaded previews, selection by
mouse and keyboard.

A components-v2 component: it draws in the page without an iframe, loads only the previews in view,
and tells Python which photo was opened (`open`) or searched by (`similar`), whose stack is to be
opened or closed (`stack`), and which photos are selected (`selected`).

A page shows photos, opens them and acts on them like this:

    result = gallery(
        rows, key="blurred", label="Blurred photos", actions=[PhotoAction("Keep", …)]
    )
    if result.similar is not None:
        search_state.search_like(result.similar)
    lightbox.lightbox(ids, opened=result.opened, actions=[…])
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import streamlit as st

from explorer.library.paths import printable
from explorer.library.rows import PhotoRow
from explorer.photos.metadata.partial_dates import known_part
from explorer.text_format import count
from explorer.ui.actions import PhotoAction
from explorer.ui.components.javascript import component_script
from explorer.ui.components.photo_urls import preview_url
from explorer.ui.static_files import STATIC

_component = st.components.v2.component(
    "photo_gallery",
    html='<div class="gallery" role="group"></div>'
    '<div class="announcement" role="status" aria-live="polite"></div>',
    css=(STATIC / "gallery.css").read_text(encoding="utf-8"),
    js=component_script("gallery"),
)


class GalleryStack(NamedTuple):
    """A photo that stands for similar ones."""

    size: int
    """Number of photos in the stack, with this one."""
    opened: bool
    """Whether the others are shown, too: they follow it."""


class GalleryResult(NamedTuple):
    """What the user did in a gallery."""

    opened: int | None
    """The id of a photo to open, once."""
    similar: int | None
    """The id of a photo to search similar ones for, once."""
    selected: list[int]
    """The ids of the selected photos."""
    stack: int | None = None
    """The id of a photo whose stack to open or close, once."""


def gallery(
    photos: Sequence[PhotoRow],
    key: str,
    *,
    label: str = "Photos",
    place: str = "",
    badges: Mapping[int, str] | None = None,
    captions: Mapping[int, str] | None = None,
    stacks: Mapping[int, GalleryStack] | None = None,
    headings: Mapping[int, str] | None = None,
    actions: Sequence[PhotoAction] = (),
) -> GalleryResult:
    """Show photos in the given order and, while some are selected, buttons for the selection.

    key: identifies this gallery, the same at every run of the page.
    label: what the gallery holds, for screen readers.
    place: identifies what is shown, such as the search and its page of results. When it changes,
    the gallery starts at its top with nothing selected; otherwise selection, focus and scroll
    position are kept, even when photos are added or removed.
    badges: a short text on a photo, by id.
    captions: a sentence on a photo, by id, of which up to three lines show.
    stacks: by the id of the photo that stands for each.
    headings: by the id of the photo that each stands before; a new row begins there.
    """
    turn = st.session_state.get(f"_turn-{key}", 0)
    result: Any = _component(
        key=f"gallery-{key}",
        data={
            "photos": _tiles(photos, badges or {}, captions or {}, stacks or {}, headings or {}),
            "label": label,
            "place": place,
            "turn": turn,
            "actions": bool(actions),
        },
        default={"selected": {}},
        on_open_change=_ignore,
        on_similar_change=_ignore,
        on_stack_change=_ignore,
        on_selected_change=_ignore,
    )
    selection = result.selected or {}
    # A selection made before the place changed, or before it was cleared, no longer applies.
    current = selection.get("place") == place and selection.get("turn") == turn
    selected = {int(i) for i in selection.get("ids", [])} if current else set[int]()
    picked = GalleryResult(
        int(result.open) if result.open else None,
        int(result.similar) if result.similar else None,
        [photo["id"] for photo in photos if photo["id"] in selected],
        int(result.stack) if result.stack else None,
    )
    if picked.selected and actions:
        _selection_bar(picked.selected, key, actions)
    return picked


def clear_selection(key: str) -> None:
    """Deselect all photos in the gallery with that key."""
    st.session_state[f"_turn-{key}"] = st.session_state.get(f"_turn-{key}", 0) + 1


def _tiles(
    photos: Sequence[PhotoRow],
    badges: Mapping[int, str],
    captions: Mapping[int, str],
    stacks: Mapping[int, GalleryStack],
    headings: Mapping[int, str],
) -> list[dict[str, Any]]:
    """The photos as the browser gets them."""
    tiles, inside = list[dict[str, Any]](), 0
    for photo in photos:
        stack = stacks.get(photo["id"])
        tiles.append(
            {
                "id": photo["id"],
                "ratio": photo["width"] / max(1, photo["height"]),
                "src": preview_url(photo),
                "label": _label(photo),
                "badge": badges.get(photo["id"], ""),
                "caption": captions.get(photo["id"], ""),
                "stack": stack._asdict() if stack else None,
                "inside": inside > 0,
                "heading": headings.get(photo["id"], ""),
            }
        )
        inside = stack.size - 1 if stack and stack.opened else max(0, inside - 1)
    return tiles


def _selection_bar(selected: list[int], key: str, actions: Sequence[PhotoAction]) -> None:
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
            help="Deselect all photos",
            on_click=clear_selection,
            args=[key],
        )


def _act(action: PhotoAction, selected: list[int], key: str) -> None:
    action.run(selected)
    if action.then != "stay":
        clear_selection(key)


def _label(photo: PhotoRow) -> str:
    """The file name with the date, `beach.jpg, 2020-07-14`."""
    if not photo["taken_at"]:
        return printable(photo["name"])
    date = known_part(photo["taken_at"], photo["taken_precision"])[:10]
    return f"{printable(photo['name'])}, {date}"


def _ignore() -> None:
    """Streamlit wants a callback for every value that a component sends."""
