"""One photo, large: what is known of it, and what can be done with it. `?photo=ID` in the address says which."""

from __future__ import annotations

import html
from collections.abc import Callable, Sequence

import streamlit as st

from explorer.library.paths import printable
from explorer.library.rows import PhotoRow
from explorer.ui import resources
from explorer.ui.gallery import preview_address
from explorer.ui.server import SHOWN
from explorer.ui.words import exposure, place, plain, taken
from explorer.words import count, size

PARAMETER = "photo"


def show(photo_id: int) -> None:
    """Have that photo opened at the next run of the page."""
    st.query_params[PARAMETER] = str(photo_id)


def asked() -> int | None:
    """The photo that the address asks for."""
    value = st.query_params.get(PARAMETER, "")
    return int(value) if value.isdecimal() and len(value) < 19 else None


def close() -> None:
    st.query_params.pop(PARAMETER, None)


def lightbox(ids: Sequence[int], why: Callable[[int], str], more_like: Callable[[int], None]) -> None:
    """Open the photo that the address asks for, if any. ids: what previous and next go through.

    why: one sentence on why a photo is among the results, or ''. more_like: called with a photo's id when more like it is wanted.
    """
    if asked() is not None:
        _dialog(list(ids), why, more_like)


@st.dialog("Photo", width="large", on_dismiss=close)
def _dialog(ids: list[int], why: Callable[[int], str], more_like: Callable[[int], None]) -> None:
    photo_id = asked()
    photo = resources.library().catalog.photo(photo_id) if photo_id is not None else None
    if photo is None or photo_id is None:
        st.info("This photo is not in the library any more: it was moved away, or deleted.", icon=":material/info:")
        return
    label = html.escape(printable(photo["name"]))
    picture, beside = st.columns([5, 2])
    with picture:
        st.html(f'<div class="lightbox"><img src="{_address(photo)}" alt="{label}"></div>')
        _buttons(photo_id, ids, more_like)
    with beside:
        _details(photo, why(photo_id))


def _address(photo: PhotoRow) -> str:
    # What a browser cannot show, what is huge, and what lies on a drive that is away: the preview.
    large = photo["width"] * photo["height"] > 60_000_000
    if photo["format"] not in SHOWN or photo["away"] or photo["damaged"] or large:
        return preview_address(photo)
    return f"/photo/{photo['id']}/original"


def _buttons(photo_id: int, ids: list[int], more_like: Callable[[int], None]) -> None:
    at = ids.index(photo_id) if photo_id in ids else None
    with st.container(horizontal=True, vertical_alignment="center"):
        before = ids[at - 1] if at else None
        after = ids[at + 1] if at is not None and at + 1 < len(ids) else None
        st.button("Previous", icon=":material/chevron_left:", shortcut="Left", disabled=before is None, on_click=show, args=[before])
        st.button("Next", icon=":material/chevron_right:", shortcut="Right", disabled=after is None, on_click=show, args=[after])
        if at is not None:
            st.caption(f"{at + 1:,} of {len(ids):,}", width="content")
        if st.button("More like this", icon=":material/image_search:"):
            close()
            more_like(photo_id)
            st.rerun()
        st.link_button("Full size", f"/photo/{photo_id}/original", icon=":material/open_in_new:")
        st.link_button("Save a copy", f"/photo/{photo_id}/original?download=1", icon=":material/download:")


def _details(photo: PhotoRow, why: str) -> None:
    if why:
        st.caption(plain(why))
    name = printable(photo["name"])
    copies = f" · {count(photo['copies'], 'identical file')}" if photo["copies"] > 1 else ""
    rows = [
        ("Taken", taken(photo)),
        ("Camera", " · ".join(filter(None, (photo["camera"], photo["lens"])))),
        ("Exposure", exposure(photo)),
        ("Place", place(photo)),
        ("Picture", f"{photo['width']:,} × {photo['height']:,} · {photo['format']} · {size(photo['bytes'])}{copies}"),
    ]
    st.markdown(f"**{plain(name)}**")
    st.markdown("  \n".join(f":gray[{label}] {plain(text)}" for label, text in rows if text))
    if photo["damaged"]:
        st.warning(f"This photo is damaged: {plain(photo['damaged'])}.", icon=":material/broken_image:")
    if photo["away"]:
        st.info("Its drive is not connected; this is the preview.", icon=":material/usb_off:")
    st.code(printable(photo["path"]), language=None, wrap_lines=True)
