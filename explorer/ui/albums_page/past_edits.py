"""The panel that lists the latest edits, each with a button that undoes it."""

from __future__ import annotations

import datetime as dt

import streamlit as st

from explorer.library.edits.edit_history import past_edits
from explorer.ui import resources
from explorer.ui.localized import count, moment
from explorer.ui.photo_edits import last_edit
from explorer.ui.photo_labels import escape_markdown

_SHOWN = 20


def past_edits_panel() -> None:
    """Draw the panel; its edits are read once it is open."""
    panel = st.expander(
        "Past edits", icon=":material/history:", key="past-edits", on_change="rerun"
    )
    if not panel.open:
        return
    with panel:
        found = past_edits(resources.library().catalog, _SHOWN)
        if not found:
            st.caption("Nothing has been edited yet, or everything was undone.")
        for each in found:
            when = moment(dt.datetime.fromtimestamp(each.made_at))
            photos = f": {count(each.photos, 'photo')}" if each.photos else ""
            with st.container(horizontal=True, vertical_alignment="center", key=f"edit-{each.id}"):
                st.markdown(f"{escape_markdown(each.summary)}{photos} :gray[{when}]")
                st.button(
                    "Undo",
                    icon=":material/undo:",
                    key=f"undo-edit-{each.id}",
                    on_click=last_edit.undo_past,
                    args=[each.id],
                )
        if len(found) == _SHOWN:
            st.caption("Earlier edits can be undone on the command line: `edit --list`.")
