"""A menu that offers a list as CSV and as JSON."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st


def export_menu(
    name: str, as_csv: Callable[[], str], as_json: Callable[[], str], note: str
) -> None:
    """Draw the menu. name: of the files, without an extension; also used in the menu's key. as_csv,
    as_json: make the contents; called only while the menu is open. note: the tooltip."""
    menu = st.popover(
        "Export", icon=":material/download:", help=note, key=f"export-{name}", on_change="rerun"
    )
    if menu.open:
        with menu:
            download_list("CSV", as_csv(), f"{name}.csv", "text/csv")
            download_list("JSON", as_json(), f"{name}.json", "application/json")


def download_list(label: str, text: str, name: str, media: str) -> None:
    """Draw a button that saves text as a file. name: of the file. media: its media type.

    Streamlit is given the contents themselves. A function that makes them on demand would save some
    work, but Streamlit drops such a file at the end of the page's next run, so the download fails
    if a run ends between the click and the request.
    """
    st.download_button(
        label, text.encode(), name, media, icon=":material/download:", on_click="ignore"
    )
