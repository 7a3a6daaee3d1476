"""The message that an open window shows when the program has stopped, in place of Streamlit's own
dialog (`static/connection.js`)."""

from __future__ import annotations

import streamlit as st

from explorer.config import PROGRAM
from explorer.ui.components.javascript import component_script

_watch = st.components.v2.component(
    "connection", html="<span></span>", js=component_script("connection")
)


def connection_watcher() -> None:
    """Watch the connection of this window. Shows nothing while it is up."""
    with st.container(key="connection"):
        _watch(key="connection-watch", data={"program": PROGRAM})
