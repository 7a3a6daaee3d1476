"""The one grid of photos that every page uses: justified rows, lazy previews, selection by mouse and keyboard.

A components-v2 component: it draws itself in the page (no iframe), fetches only the previews in view, and tells Python
which photo was opened (`open`) or asked more of (`similar`), and which are selected (`selected`).
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import streamlit as st

from explorer.library.paths import printable
from explorer.library.rows import PhotoRow

_STATIC = Path(__file__).parent / "static"

_grid = st.components.v2.component(
    "photo_gallery",
    html='<div class="gallery" role="group"></div><div class="said" role="status" aria-live="polite"></div>',
    css=(_STATIC / "gallery.css").read_text(encoding="utf-8"),
    js=(_STATIC / "gallery.js").read_text(encoding="utf-8"),
)


class Picked(NamedTuple):
    """What a person did in a gallery. opened, similar: the id of a photo to be opened or searched by, once. selected: ids."""

    opened: int | None
    similar: int | None
    selected: list[int]


def preview_address(photo: PhotoRow) -> str:
    """Where the server shows a photo's preview; changes with its content, so it may be cached for good."""
    return f"/photo/{photo['id']}/preview?v={photo['hash'][:16]}"


def gallery(photos: Sequence[PhotoRow], key: str, *, label: str = "Photos", badges: dict[int, str] | None = None) -> Picked:
    """Show these photos, in order. key: the page's own; a changed key starts with nothing selected. badges: a short text on a photo."""
    items = [
        {
            "id": photo["id"],
            "ratio": photo["width"] / max(1, photo["height"]),
            "src": preview_address(photo),
            "label": _label(photo),
            "badge": (badges or {}).get(photo["id"], ""),
        }
        for photo in photos
    ]
    found: Any = _grid(
        key=key,
        data={"photos": items, "label": label},
        default={"selected": []},
        on_open_change=_ignore,
        on_similar_change=_ignore,
        on_selected_change=_ignore,
    )
    ids = {photo["id"] for photo in photos}
    return Picked(
        int(found.open) if found.open else None,
        int(found.similar) if found.similar else None,
        [int(i) for i in found.selected or [] if int(i) in ids],
    )


def _label(photo: PhotoRow) -> str:
    date = f", {photo['taken_at'][:10]}" if photo["taken_at"] else ""
    return f"{printable(photo['name'])}{date}"


def _ignore() -> None:
    """Streamlit asks for a callback wherever a component sends something."""
