"""Suggestions in the search box while a query is typed (`static/query_completion.js`)."""

from __future__ import annotations

import streamlit as st

from explorer.ui.components.javascript import component_loader

_completion = st.components.v2.component(
    "query_completion", html="<span></span>", js=component_loader("query_completion")
)


def complete_while_typing() -> None:
    """Make the search box suggest fields, and values from this library."""
    with st.container(key="query-completion"):
        _completion(key="query-completion-box")
