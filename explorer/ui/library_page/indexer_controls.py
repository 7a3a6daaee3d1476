"""The buttons that pause, stop and slow down the indexer."""

from __future__ import annotations

import streamlit as st

from explorer.indexing.throttle import PACE_SETTING, current_pace
from explorer.library.catalog import Catalog
from explorer.library.command_store import send_command
from explorer.library.rows import WorkerRow
from explorer.library.setting_store import put_setting


def controls(catalog: Catalog, worker: WorkerRow | None) -> None:
    """Draw the buttons while an indexer is running."""
    if worker is None or not worker["alive"]:
        return
    resting = worker["phase"] in ("paused", "off")
    label, icon = ("Resume", ":material/play_arrow:") if resting else ("Pause", ":material/pause:")
    if st.button(label, icon=icon, key="pause"):
        send_command(catalog, "resume" if resting else "pause")
    if st.button(
        "Stop",
        icon=":material/stop:",
        key="stop",
        disabled=worker["phase"] == "off",
        help="Stop indexing and release the library until you resume",
    ):
        send_command(catalog, "stop")
    gentle = current_pace(catalog) == "gentle"
    wanted = st.toggle(
        "Low-power indexing",
        value=gentle,
        key="pace",
        help="Index only a third of the time, to keep the computer cool and quiet",
    )
    if wanted != gentle:
        put_setting(catalog, PACE_SETTING, "gentle" if wanted else "full")
