"""What the browser does for every page beside Streamlit: a message of our own when the program has
stopped, names for Streamlit's buttons, and its parts within reach of the keyboard
(`static/app_frame.js`)."""

from __future__ import annotations

import streamlit as st

from explorer.config import PROGRAM
from explorer.ui.components.javascript import component_script

_frame = st.components.v2.component(
    "app_frame", html="<span></span>", js=component_script("app_frame")
)


def app_frame() -> None:
    """Watch the connection and the frame of this window. Shows nothing while it is connected."""
    with st.container(key="app-frame"):
        _frame(key="app-frame-script", data={"program": PROGRAM})
