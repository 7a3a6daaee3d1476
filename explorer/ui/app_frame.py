"""Additions to Streamlit's frame on every page (`static/app_frame.js`): our own message when the
program has stopped, names for Streamlit's buttons, keyboard access to its parts, downloads, and
announcements of edits."""

from __future__ import annotations

import streamlit as st

from explorer.config import PROGRAM
from explorer.ui.components.javascript import component_loader
from explorer.ui.photo_download import pending_download
from explorer.ui.photo_edits import last_edit

_frame = st.components.v2.component(
    "app_frame", html="<span></span>", js=component_loader("app_frame")
)


def app_frame() -> None:
    """Watch the connection and the frame of this window. Shows nothing while connected."""
    with st.container(key="app-frame"):
        _frame(
            key="app-frame-script",
            data={"program": PROGRAM, "download": pending_download(), "notice": last_edit.notice()},
        )
