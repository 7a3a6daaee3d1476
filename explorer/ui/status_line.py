"""The line on every page that shows what the indexer is doing."""

from __future__ import annotations

import os
from collections.abc import Callable

import streamlit as st

from explorer.library.durable_io import has_room
from explorer.library.paths import printable
from explorer.library.rows import WorkerRow
from explorer.library.stores.command_store import send_command
from explorer.library.stores.worker_store import worker_status
from explorer.text_format import duration
from explorer.ui import resources
from explorer.ui.change_errors import attempt
from explorer.ui.localized import count, percent
from explorer.ui.model_fetch_line import fetch_line
from explorer.ui.photo_labels import escape_markdown

# Phases that every page shows.
_SHOWN_PHASES = ("starting", "scanning", "indexing", "comparing", "paused", "waiting", "off")


@st.fragment(run_every="2s")
def status_line() -> None:
    """Show what the indexer is doing and what is being downloaded, refreshed every two seconds.
    Shows nothing while both are idle, and a warning while the indexer cannot run."""
    fetch_line(resources.library().catalog, "status", quiet=True)
    worker = worker_status(resources.library().catalog)
    if cannot_run(worker):
        st.warning(describe(worker), icon=":material/warning:")
        return
    if worker is None or not worker["alive"] or worker["phase"] not in _SHOWN_PHASES:
        _folders_away()
        return
    resting = worker["phase"] in ("paused", "off")
    with st.container(horizontal=True, vertical_alignment="center", key="status"):
        st.caption(describe(worker), width="content")
        if resting and st.button("Resume", icon=":material/play_arrow:", key="status-resume"):
            attempt(send_command, resources.library().catalog, "resume")
        if worker["total"] and not resting:
            st.progress(min(1.0, worker["done"] / worker["total"]))


def _folders_away() -> None:
    """Show which folders cannot be reached, because only previews of their photos can be shown."""
    catalog = resources.library().catalog
    away = list(catalog.root_paths(offline=True).values())
    if not away or not catalog.has_photos():
        return
    where = (
        f"The folder “{printable(os.path.basename(away[0]) or away[0])}” is"
        if len(away) == 1
        else f"{count(len(away), 'folder')} are"
    )
    with st.container(key="status-away"):
        st.caption(
            f":material/usb_off: {escape_markdown(where)} not connected. Photos from there can be"
            " searched, and are shown as previews."
        )


def _watching(_: WorkerRow) -> str:
    roots = resources.library().catalog.roots()
    if not roots:
        return "There are no folders to index yet."
    away = sum(root["state"] == "offline" for root in roots)
    if away:
        verb = "is" if away == 1 else "are"
        return f"Up to date, except for {count(away, 'folder')} that {verb} not connected."
    return "Up to date. New photos are added as they are saved."


_IDLE_MESSAGES: dict[str, Callable[[WorkerRow], str]] = {
    "paused": lambda _: "Indexing is paused.",
    "off": lambda _: "Indexing is stopped.",
    "waiting": lambda worker: f"Indexing is on hold. {escape_markdown(worker['message'])}",
    "watching": _watching,
}


def cannot_run(worker: WorkerRow | None) -> bool:
    """Whether no indexer is running and none can be expected to start by itself."""
    return (worker is None or not worker["alive"]) and not _starts_again()


def _starts_again() -> bool:
    """Whether an indexer that is not running can be expected to start in a moment."""
    return has_room(resources.library().dir) and not resources.indexer_keeps_ending()


def _why_not_running() -> str:
    if not has_room(resources.library().dir):
        return "The disk with the library is full. Free some space on it."
    if resources.indexer_keeps_ending():
        return (
            "It stopped soon after each start. The terminal in which Photo Explorer was started"
            " shows why."
        )
    return "It will start again in a moment."


def describe(worker: WorkerRow | None) -> str:
    """What the indexer is doing, in words."""
    if worker is None or not worker["alive"]:
        return f"The indexer is not running. {_why_not_running()}"
    phase, done, total = worker["phase"], worker["done"], worker["total"]
    if phase == "starting":
        return (worker["message"] or "Getting ready…") + (
            f" {percent(done / total)}" if total else ""
        )
    if phase in _IDLE_MESSAGES:
        return _IDLE_MESSAGES[phase](worker)
    if not total or phase not in ("indexing", "comparing"):
        return "Looking for new photos…"
    if phase == "comparing":
        left = f", about {duration(worker['eta'])} left" if worker["eta"] else ""
        what = escape_markdown(worker["message"]) or "Comparing photos"
        return f"{what}: {percent(done / total)}{left}"
    left = f", about {duration(worker['eta'])} left" if worker["eta"] and done < total else ""
    # The first photos wait for the model to load, so their rate means nothing.
    speed = f" · {count(round(worker['rate']))} photos/s{left}" if worker["rate"] >= 1 else ""
    return f"Indexing {count(done)} of {count(total, 'photo')}{speed}"
