"""The buttons that pause, stop and slow down the indexer."""

from __future__ import annotations

import streamlit as st

from explorer.indexing.throttle import PACE_SETTING, current_pace
from explorer.library.catalog import Catalog
from explorer.library.rows import WorkerRow
from explorer.library.stores.command_store import send_command
from explorer.library.stores.setting_store import put_setting
from explorer.ui.change_errors import attempt
from explorer.ui.stored_values import follow_stored, show_stored_again

# The key of the toggle for the pace.
_PACE = "pace"


def controls(catalog: Catalog, worker: WorkerRow | None) -> None:
    """Draw the buttons while an indexer is running."""
    if worker is None or not worker["alive"]:
        return
    resting = worker["phase"] in ("paused", "off")
    label, icon = ("Resume", ":material/play_arrow:") if resting else ("Pause", ":material/pause:")
    if st.button(label, icon=icon, key="pause"):
        attempt(send_command, catalog, "resume" if resting else "pause")
    if st.button(
        "Stop",
        icon=":material/stop:",
        key="stop",
        disabled=worker["phase"] == "off",
        help="Stop indexing and release the library until you resume",
    ):
        attempt(send_command, catalog, "stop")
    follow_stored(_PACE, current_pace(catalog) == "gentle")
    st.toggle(
        "Low-power indexing",
        key=_PACE,
        on_change=_set_pace,
        args=[catalog],
        help="Index only a third of the time, to keep the computer cool and quiet",
    )


def _set_pace(catalog: Catalog) -> None:
    pace = "gentle" if st.session_state[_PACE] else "full"
    if not attempt(put_setting, catalog, PACE_SETTING, pace):
        show_stored_again(_PACE)
