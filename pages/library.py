"""Library: the watched folders, how far indexing is, and which files could not be read."""

from __future__ import annotations

import os
from pathlib import Path

import streamlit as st

from explorer.errors import FolderError
from explorer.library.paths import as_on_disk, inside, printable
from explorer.library.rows import RootRow
from explorer.library.writer import check_folder
from explorer.text_format import count, size
from explorer.ui import resources
from explorer.ui.anomalies_page import unreadable_files
from explorer.ui.library_page import watch_settings
from explorer.ui.photo_labels import plain
from explorer.ui.status_line import describe

library = resources.library()
catalog = library.catalog


@st.fragment(run_every="2s")
def overview() -> None:
    """Figures that move while the page is open."""
    counts, worker = catalog.counts(), catalog.worker()
    figures = [
        (count(counts.photos), "different photos"),
        (count(counts.files), "files"),
        (size(counts.bytes), "on disk"),
        (count(counts.failed), "could not be read"),
    ]
    st.html(
        '<div class="figures">'
        + "".join(f"<div><b>{value}</b><span>{what}</span></div>" for value, what in figures)
        + "</div>"
    )
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(describe(worker), width="stretch")
        watch_settings.controls(catalog, worker)
    if worker is not None and worker["alive"] and worker["total"]:
        st.progress(min(1.0, worker["done"] / worker["total"]))
    if (
        worker is not None
        and worker["alive"]
        and worker["message"]
        and worker["phase"] not in ("starting", "waiting", "comparing")
    ):
        st.warning(plain(worker["message"]), icon=":material/info:")
    used = [
        f"“{name}” ({count(photos, 'photo')})"
        for name, _, _, photos in catalog.encoders()
        if photos
    ]
    if used:
        st.caption(f"Search understands photos through {', '.join(used)}.")
    drawn = st.session_state.get("_roots")
    shown = (
        "path",
        "state",
        "photos",
        "failed",
        "away",
        "asking",
        "left_out",
        "exclude",
        "watching",
        "problem",
    )
    now: list[object] = [
        {key: value for key, value in root.items() if key in shown} for root in catalog.roots()
    ]
    now += unreadable_files.waiting(catalog)
    st.session_state["_roots"] = now
    if drawn is not None and drawn != now and st.session_state.get("_removing") is None:
        st.rerun()


def folders() -> None:
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
            folder(root)


def folder(root: RootRow) -> None:
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
                catalog.send("rescan", path)
                st.toast("The folder is looked through again.", icon=":material/sync:")
            if st.button("Remove", icon=":material/delete:", key=f"remove-{key}"):
                st.session_state["_removing"] = root["id"]
    if st.session_state.get("_removing") == root["id"]:
        confirm(root)
    watch_settings.question(catalog, root)
    watch_settings.left_out(catalog, root)


def confirm(root: RootRow) -> None:
    st.warning(
        f"Stop watching this folder? Its {count(root['photos'], 'photo')} leave the library. The files stay where they are, untouched.",
        icon=":material/help:",
    )
    with st.container(horizontal=True):
        if st.button("Stop watching", type="primary", key=f"confirm-{root['id']}"):
            catalog.send("remove", root["path"])
            st.session_state.pop("_removing")
            st.toast("The folder leaves the library.")
            st.rerun()
        if st.button("Keep it", key=f"keep-{root['id']}"):
            st.session_state.pop("_removing")
            st.rerun()


def add() -> None:
    """Adding a folder: by its path, or one of those where photos usually are."""
    st.subheader("Add a folder")
    watched = list(catalog.root_paths().values())
    usual = [Path.home() / name for name in ("Pictures", "Photos", "Desktop", "Downloads")]
    likely = [
        str(path)
        for path in usual
        if path.is_dir() and not any(inside(str(path), root) for root in watched)
    ]
    with (
        st.form("add", clear_on_submit=True, border=False),
        st.container(horizontal=True, vertical_alignment="bottom"),
    ):
        typed = st.text_input("Path", placeholder=str(Path.home() / "Pictures"), key="path")
        submitted = st.form_submit_button(
            "Add", icon=":material/create_new_folder:", type="primary"
        )
    if submitted:
        take(typed.strip().strip("\"'"))
    if likely:
        with st.container(horizontal=True):
            for path in likely:
                if st.button(plain(path), icon=":material/folder:", key=f"usual-{path}"):
                    take(path)


def take(typed: str) -> None:
    if not typed:
        st.error("Type or paste the folder's path.", icon=":material/error:")
        return
    path = as_on_disk(os.path.abspath(Path(typed).expanduser()))
    try:
        check_folder(path)
    except FolderError as error:
        st.error(plain(str(error)), icon=":material/error:")
        return
    over = next((root for root in catalog.root_paths().values() if inside(path, root)), None)
    if over is not None:
        part = "" if over == path else f": it is part of {plain(printable(over))}"
        st.info(f"This folder is watched already{part}.", icon=":material/info:")
        return
    catalog.send("add", path)
    st.toast(f"{plain(printable(path))} is being added.", icon=":material/check:")


overview()
folders()
add()
unreadable_files.failures(catalog)
