"""Show the albums as cards with a cover, the name, the number of photos, and a menu."""

from __future__ import annotations

import html

import streamlit as st

from explorer.config import APP_FILES
from explorer.errors import ExplorerError
from explorer.library.rows import PhotoRow
from explorer.library.stores import album_store
from explorer.library.stores.album_store import Album
from explorer.search.language.print_query import printed_value
from explorer.search.language.query_tree import FieldValue
from explorer.text_format import MAX_NAME_LENGTH
from explorer.ui import empty_library, resources
from explorer.ui.albums_page import album_exchange
from explorer.ui.albums_page.past_edits import past_edits_panel
from explorer.ui.auto_refresh import refresh_on_change, snapshot
from explorer.ui.change_errors import attempting
from explorer.ui.components.photo_urls import preview_url
from explorer.ui.localized import count
from explorer.ui.photo_edits.last_edit import say_done
from explorer.ui.photo_labels import escape_markdown
from explorer.ui.search_page import search_state
from explorer.ui.stored_values import follow_stored

# Session state: why an album could not be renamed, with its id.
_PROBLEM = "_album-problem"
_COLUMNS = 4


def albums_page() -> None:
    """Draw all albums or, if there are none, how to make one."""
    catalog = resources.library().catalog
    found = album_store.albums(catalog)
    favourites = album_store.favourites(catalog)
    if not found and not favourites:
        drawn = snapshot()
        if drawn.reason_empty is not None:
            # Without photos, there is nothing to put into an album.
            empty_library.explain(drawn.reason_empty)
            refresh_on_change(drawn, has_room=True)
            return
        st.info(
            "There are no albums yet. Select photos on the Search page and choose **Album** to make"
            " one, or **Favorite** to mark the best.",
            icon=":material/photo_album:",
        )
        st.page_link(
            APP_FILES / "pages" / "search.py",
            label="Choose photos",
            icon=":material/photo_library:",
        )
        past_edits_panel()
        album_exchange.exchange_panel()
        return
    covers = [album.cover for album in found if album.cover is not None]
    rows = catalog.photos([*covers, *favourites[:1]])
    cards: list[tuple[str, int, PhotoRow | None, str, Album | None]] = [
        (
            album.name,
            album.photos,
            rows.get(album.cover or 0),
            f"album:{printed_value(FieldValue(album.name))}",
            album,
        )
        for album in found
    ]
    if favourites:
        cover = rows.get(favourites[0])
        cards.insert(0, ("Favorites", len(favourites), cover, "is:favourite", None))
    for start in range(0, len(cards), _COLUMNS):
        columns = st.columns(_COLUMNS, gap="medium")
        for cell, card in zip(columns, cards[start : start + _COLUMNS], strict=False):
            with cell:
                _card(*card)
    past_edits_panel()
    album_exchange.exchange_panel()
    album_exchange.export_album_if_requested()


def _card(name: str, photos: int, cover: PhotoRow | None, query: str, album: Album | None) -> None:
    """Draw the card of an album, or of the favorites. query: finds its photos."""
    key = f"album-{album.id}" if album else "favourites"
    picture = f'<img src="{html.escape(preview_url(cover))}" alt="">' if cover else ""
    st.html(f'<div class="album-cover">{picture}</div>')
    if st.button(escape_markdown(name), key=f"open-{key}", width="stretch"):
        st.switch_page(APP_FILES / "pages" / "search.py", query_params={search_state.PHRASE: query})
    st.caption(count(photos, "photo"))
    if album:
        _menu(album)


def _menu(album: Album) -> None:
    """Draw the menu that renames, exports or deletes an album."""
    with st.popover("Change", icon=":material/edit:", key=f"change-album-{album.id}"):
        problem_of, problem = st.session_state.get(_PROBLEM, (None, ""))
        if problem_of == album.id:
            st.error(escape_markdown(problem), icon=":material/error:")
        key = f"rename-album-{album.id}"
        # The name may have been changed in another window.
        follow_stored(key, album.name)
        st.text_input("Name", key=key, max_chars=MAX_NAME_LENGTH)
        st.button("Rename", key=f"do-{key}", on_click=_rename, args=[album.id, key], type="primary")
        st.button(
            "Export to a folder…",
            icon=":material/drive_file_move:",
            key=f"export-album-{album.id}",
            on_click=album_exchange.request_album_export,
            args=[album],
        )
        st.caption("Deleting an album leaves its photos where they are.")
        st.button(
            f"Delete “{escape_markdown(album.name)}”",
            icon=":material/delete:",
            key=f"delete-album-{album.id}",
            on_click=attempting(_delete, album),
        )


def _rename(album_id: int, key: str) -> None:
    st.session_state.pop(_PROBLEM, None)
    try:
        album_store.rename_album(
            resources.library().catalog, album_id, str(st.session_state.get(key, ""))
        )
    except ExplorerError as error:
        st.session_state[_PROBLEM] = album_id, str(error)


def _delete(album: Album) -> None:
    done = album_store.delete_album(resources.library().catalog, album)
    # After a second click on the same button, the first one can still be undone.
    if done is not None:
        say_done(f"Deleted the album “{album.name}”", done)
