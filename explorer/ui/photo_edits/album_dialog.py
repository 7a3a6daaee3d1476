"""The dialog that adds photos to an album, and the action that removes them."""

from __future__ import annotations

import functools
from collections.abc import Sequence

import streamlit as st

from explorer.errors import ExplorerError, UsageError
from explorer.library.stores import album_store
from explorer.library.stores.album_store import Album
from explorer.search.language.query_tree import Condition, FieldTest
from explorer.ui import resources
from explorer.ui.actions import PhotoAction
from explorer.ui.auto_refresh import DIALOG_OPEN
from explorer.ui.localized import count
from explorer.ui.photo_edits.last_edit import say_done
from explorer.ui.photo_labels import escape_markdown

# Session state: the ids of the photos to add, until the dialog is closed.
_REQUEST = "_add-to-album"
# The number of albums that a single click adds to: those created last.
_BUTTONS = 6


def request_album(photo_ids: Sequence[int]) -> None:
    """Open the dialog in the next run of the page."""
    st.session_state[_REQUEST] = list(photo_ids)


def add_if_requested() -> bool:
    """Open the dialog if it was requested; returns whether it is open."""
    wanted = st.session_state.get(_REQUEST)
    if wanted is None:
        return False
    st.session_state[DIALOG_OPEN] = True
    _dialog(wanted)
    return True


def _close() -> None:
    for key in (_REQUEST, DIALOG_OPEN):
        st.session_state.pop(key, None)


@st.dialog("Add to album", width="small", on_dismiss=_close)
def _dialog(photo_ids: list[int]) -> None:
    known = album_store.albums(resources.library().catalog)
    st.caption(f"{count(len(photo_ids), 'photo')}. The files are not moved.")
    with st.container(horizontal=True, key="newest-albums"):
        for album in sorted(known, key=lambda album: -album.id)[:_BUTTONS]:
            if st.button(escape_markdown(album.name), key=f"add-to-{album.id}"):
                _add(album.name, photo_ids)
    with st.form("add-to-album", border=False):
        name = st.selectbox(
            "Album",
            [album.name for album in known],
            index=None,
            accept_new_options=True,
            placeholder="Choose one, or type a new name",
            key="album-name",
        )
        saved = st.form_submit_button("Add", type="primary")
    if saved:
        _add(name or "", photo_ids)


def _add(name: str, photo_ids: list[int]) -> None:
    """Add photos to the album with that name, which is created if needed, and close the dialog."""
    try:
        name, done = album_store.add_to_album(resources.library().catalog, name, photo_ids)
    except ExplorerError as error:
        st.error(escape_markdown(str(error)), icon=":material/error:")
        return
    say_done(f"Added to “{name}”", done)
    _close()
    st.rerun()


def album_actions(condition: Condition | None) -> list[PhotoAction]:
    """The button that removes photos from an album, if the search is for a single album."""
    if not (isinstance(condition, FieldTest) and condition.field == "album"):
        return []
    if len(condition.values) > 1:
        return []
    try:
        album = album_store.find_album(resources.library().catalog, condition.values[0].text)
    except UsageError:
        return []
    return [
        PhotoAction(
            "Remove from album",
            ":material/playlist_remove:",
            functools.partial(_remove, album),
            "leave",
            help="The files are not moved",
        )
    ]


def _remove(album: Album, photo_ids: Sequence[int]) -> None:
    done = album_store.remove_from_album(resources.library().catalog, album, photo_ids)
    say_done(f"Removed from “{album.name}”", done)
