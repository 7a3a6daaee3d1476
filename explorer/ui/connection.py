"""What an open window says when the program was ended: our words in the place of Streamlit's
(`static/connection.js`)."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

_watch = st.components.v2.component(
    "connection",
    html="<span></span>",
    js=(Path(__file__).parent / "static" / "connection.js").read_text(encoding="utf-8"),
)


def watch_connection() -> None:
    """Have this window watch its connection. Draws nothing while there is one."""
    with st.container(key="connection"):
        _watch(key="connection-watch")
