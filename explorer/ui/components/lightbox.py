"""One photo, large: what is known of it, and what can be done with it. `?photo=ID` in the address
says which."""

from __future__ import annotations

import html
from collections.abc import Callable, Sequence

import streamlit as st

from explorer.library.copy_rows import contents_of
from explorer.library.paths import printable
from explorer.library.rows import PhotoRow
from explorer.text_format import count, size, whole_number
from explorer.ui import resources
from explorer.ui.actions import Action
from explorer.ui.components.photo_urls import display_url, original_url, preview_url
from explorer.ui.photo_labels import exposure, place, plain, taken
from explorer.ui.search_page import search_state

PARAMETER = "photo"
# Copies of one photo that are named.
_PLACES = 12


def show(photo_id: int) -> None:
    """Have that photo opened at the next run of the page."""
    st.query_params[PARAMETER] = str(photo_id)


def asked() -> int | None:
    """The photo that the address asks for."""
    return whole_number(st.query_params.get(PARAMETER, ""))


def close() -> None:
    st.query_params.pop(PARAMETER, None)


def lightbox(
    ids: Sequence[int],
    *,
    opened: int | None = None,
    why: Callable[[int], str] | None = None,
    more_like: Callable[[int], None] | None = None,
    actions: Sequence[Action] = (),
    explain: Callable[[int], None] | None = None,
) -> None:
    """Open the photo that the address asks for, if any. To be called once by a page, after its
    gallery.

    ids: what previous and next go through. opened: a photo to be opened now, as the gallery tells.
    why: one sentence on why a photo is here, or ''. more_like: called with a photo's id when more
    like it is wanted; left away, the Search page is opened.
    actions: what can be done with a photo here, besides what every page offers. explain: draws more
    on why a photo is here.
    """
    if opened is not None:
        show(opened)
    if asked() is not None:
        _dialog(
            list(ids),
            why or (lambda _: ""),
            more_like or search_state.search_like,
            list(actions),
            explain,
        )


@st.dialog("Photo", width="large", on_dismiss=close)
def _dialog(
    ids: list[int],
    why: Callable[[int], str],
    more_like: Callable[[int], None],
    actions: list[Action],
    explain: Callable[[int], None] | None,
) -> None:
    photo_id = asked()
    photo = resources.library().catalog.photo(photo_id) if photo_id is not None else None
    if photo_id is not None and photo is None:
        st.info(
            "This photo is not in the library any more: it was moved away, or deleted.",
            icon=":material/info:",
        )
        with st.container(horizontal=True, vertical_alignment="center"):
            _steps(photo_id, ids)
        return
    if photo is None or photo_id is None:
        st.rerun()
    label = html.escape(printable(photo["name"]))
    picture, beside = st.columns([5, 2])
    with picture:
        # The preview is here already; it stands in while the photo itself arrives.
        size_of = f'width="{photo["width"]}" height="{photo["height"]}" style="background-image: url({preview_url(photo)})"'
        st.html(
            f'<div class="lightbox"><img src="{display_url(photo)}" alt="{label}" {size_of}>{_ahead(photo_id, ids)}</div>'
        )
        with st.container(horizontal=True, vertical_alignment="center"):
            _steps(photo_id, ids)
            _actions(photo_id, ids, more_like, actions)
    with beside:
        _details(photo, why(photo_id))
        if explain is not None:
            explain(photo_id)


def _ahead(photo_id: int, ids: list[int]) -> str:
    """The next photo's picture, fetched while this one is looked at."""
    following = _beside(photo_id, ids)[1]
    photo = resources.library().catalog.photo(following) if following is not None else None
    return f'<img src="{display_url(photo)}" alt="" hidden>' if photo else ""


def _beside(photo_id: int, ids: list[int]) -> tuple[int | None, int | None]:
    """The photos before and after that one, where there are any."""
    if photo_id not in ids:
        return None, None
    at = ids.index(photo_id)
    return (ids[at - 1] if at else None), (ids[at + 1] if at + 1 < len(ids) else None)


def _steps(photo_id: int, ids: list[int]) -> None:
    before, after = _beside(photo_id, ids)
    st.button(
        "Previous",
        icon=":material/chevron_left:",
        shortcut="Left",
        disabled=before is None,
        on_click=show,
        args=[before],
    )
    st.button(
        "Next",
        icon=":material/chevron_right:",
        shortcut="Right",
        disabled=after is None,
        on_click=show,
        args=[after],
    )
    if photo_id in ids:
        st.caption(f"{ids.index(photo_id) + 1:,} of {len(ids):,}", width="content")


def _actions(
    photo_id: int, ids: list[int], more_like: Callable[[int], None], actions: list[Action]
) -> None:
    for number, action in enumerate(actions):
        if st.button(action.label, icon=action.icon, help=action.help, key=f"act-photo-{number}"):
            following = _beside(photo_id, ids)[1]
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
    st.link_button("Full size", original_url(photo_id), icon=":material/open_in_new:")
    st.link_button(
        "Save a copy", f"{original_url(photo_id)}?download=1", icon=":material/download:"
    )


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
        ("Contents", _contents(photo)),
        (
            "Picture",
            f"{photo['width']:,} × {photo['height']:,} · {photo['format']} · {size(photo['bytes'])}{copies}",
        ),
    ]
    st.markdown(f"**{plain(name)}**")
    st.markdown("  \n".join(f":gray[{label}] {plain(text)}" for label, text in rows if text))
    if photo["damaged"]:
        st.warning(
            f"This photo is damaged: {plain(photo['damaged'])}.", icon=":material/broken_image:"
        )
    if photo["away"]:
        st.info("Its drive is not connected; this is the preview.", icon=":material/usb_off:")
    _places(photo)


def _contents(photo: PhotoRow) -> str:
    """What its file holds beside the picture that is shown: `3 pages`, `film inside`; '' for a
    single picture, and where it is unknown."""
    contents = contents_of(resources.library().catalog, photo["hash"])
    return ", ".join(contents.words()) if contents else ""


def _places(photo: PhotoRow) -> None:
    """Where the photo lies: every file that holds it, the one that is shown first, and which of
    them cannot be read now."""
    files = [
        file
        for file in resources.library().catalog.files_of(photo["id"])
        if file["state"] == "present"
    ]
    files.sort(key=lambda file: (file["path"] != photo["path"], file["away"], file["path"]))
    if len(files) > 1:
        st.caption(f"The same file lies in {len(files):,} places:")
    for file in files[:_PLACES]:
        st.code(printable(file["path"]), language=None, wrap_lines=True)
        if file["away"] and len(files) > 1:
            st.caption(
                ":material/usb_off: This one is away: its drive is not connected, or it is not where it was."
            )
    if len(files) > _PLACES:
        st.caption(f"… and in {len(files) - _PLACES:,} more.")
