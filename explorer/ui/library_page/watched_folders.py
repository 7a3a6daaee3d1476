"""The watched folders, each with its actions."""

from __future__ import annotations

import streamlit as st

from explorer.library.catalog import Catalog
from explorer.library.paths import printable
from explorer.library.rows import RootRow
from explorer.library.stores.command_store import send_command
from explorer.ui.change_errors import attempt
from explorer.ui.library_page import folder_settings
from explorer.ui.localized import count

# The session state with the id of the folder whose removal has to be confirmed.
_REMOVING = "_removing"


def watched_folders(catalog: Catalog) -> None:
    """Draw all watched folders."""
    st.subheader("Folders")
    roots = catalog.roots()
    if not roots:
        st.info(
            "No folder is watched yet. Add the folder with your photos. Subfolders are included.",
            icon=":material/folder_open:",
        )
    for root in roots:
        with st.container(border=True):
            _folder(catalog, root)


def _folder(catalog: Catalog, root: RootRow) -> None:
    key, path = str(root["id"]), root["path"]
    with st.container(horizontal=True, vertical_alignment="center"):
        with st.container(gap=None):
            st.markdown(f"`{printable(path).replace('`', chr(39))}`")
            failed = (
                f" · {count(root['failed'], 'file')} could not be read" if root["failed"] else ""
            )
            st.caption(
                f"{count(root['photos'], 'photo file')}{failed}{folder_settings.notes(root)}"
            )
        with st.container(horizontal=True, width="content"):
            if st.button("Rescan", icon=":material/sync:", key=f"rescan-{key}") and attempt(
                send_command, catalog, "rescan", path
            ):
                st.toast("The folder is being scanned again.", icon=":material/sync:")
            if st.button("Stop watching", icon=":material/visibility_off:", key=f"remove-{key}"):
                st.session_state[_REMOVING] = root["id"]
    if st.session_state.get(_REMOVING) == root["id"]:
        _confirm_removal(catalog, root)
    folder_settings.missing_files(catalog, root)
    folder_settings.excluded_files(catalog, root)


def _confirm_removal(catalog: Catalog, root: RootRow) -> None:
    st.warning(
        f"Stop watching this folder? Its {count(root['photos'], 'photo')} will be removed from the"
        " library. The files themselves are not touched.",
        icon=":material/help:",
    )
    with st.container(horizontal=True):
        if st.button("Yes, stop watching", type="primary", key=f"confirm-{root['id']}") and attempt(
            send_command, catalog, "remove", root["path"]
        ):
            st.session_state.pop(_REMOVING)
            st.toast("The folder is being removed from the library.")
            st.rerun()
        if st.button("Cancel", key=f"keep-{root['id']}"):
            st.session_state.pop(_REMOVING)
            st.rerun()
