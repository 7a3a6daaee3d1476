"""The watched folders, each with its actions."""

from __future__ import annotations

import streamlit as st

from explorer.library.catalog import Catalog
from explorer.library.command_store import send_command
from explorer.library.paths import printable
from explorer.library.rows import RootRow
from explorer.text_format import count
from explorer.ui.library_page import watch_settings


def folders(catalog: Catalog) -> None:
    """The watched folders."""
    st.subheader("Folders")
    roots = catalog.roots()
    if not roots:
        st.info(
            "No folder is watched yet. Add the folder with your photos; its subfolders are included.",
            icon=":material/folder_open:",
        )
    for root in roots:
        with st.container(border=True):
            folder(catalog, root)


def folder(catalog: Catalog, root: RootRow) -> None:
    key, path = str(root["id"]), root["path"]
    with st.container(horizontal=True, vertical_alignment="center"):
        with st.container(gap=None):
            st.markdown(f"`{printable(path).replace('`', chr(39))}`")
            failed = (
                f" · {count(root['failed'], 'file')} could not be read" if root["failed"] else ""
            )
            st.caption(f"{count(root['photos'], 'photo file')}{failed}{watch_settings.notes(root)}")
        with st.container(horizontal=True, width="content"):
            if st.button("Rescan", icon=":material/sync:", key=f"rescan-{key}"):
                send_command(catalog, "rescan", path)
                st.toast("The folder is looked through again.", icon=":material/sync:")
            if st.button("Remove", icon=":material/delete:", key=f"remove-{key}"):
                st.session_state["_removing"] = root["id"]
    if st.session_state.get("_removing") == root["id"]:
        confirm(catalog, root)
    watch_settings.question(catalog, root)
    watch_settings.left_out(catalog, root)


def confirm(catalog: Catalog, root: RootRow) -> None:
    st.warning(
        f"Stop watching this folder? Its {count(root['photos'], 'photo')} leave the library. The files stay where they are, untouched.",
        icon=":material/help:",
    )
    with st.container(horizontal=True):
        if st.button("Stop watching", type="primary", key=f"confirm-{root['id']}"):
            send_command(catalog, "remove", root["path"])
            st.session_state.pop("_removing")
            st.toast("The folder leaves the library.")
            st.rerun()
        if st.button("Keep it", key=f"keep-{root['id']}"):
            st.session_state.pop("_removing")
            st.rerun()
