"""The arrow keys of the lightbox (`static/lightbox_keys.js`).

Streamlit's own button shortcuts lose keys that are pressed while the dialog is being drawn. This
component is on the page before the dialog opens, and keeps such keys until the dialog is ready.
"""

from __future__ import annotations

import streamlit as st

from explorer.ui.components.javascript import component_script

_keys = st.components.v2.component(
    "lightbox_keys", html="<span></span>", js=component_script("lightbox_keys")
)


def arrow_keys() -> None:
    """Have the left and right arrow keys step through the photos of the lightbox."""
    with st.container(key="lightbox-keys"):
        _keys(key="lightbox-arrow-keys")
