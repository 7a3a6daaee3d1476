"""The line that says what the indexer is at, on every page."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from explorer.library.durable_io import has_room
from explorer.library.rows import WorkerRow
from explorer.library.worker_store import worker_status
from explorer.text_format import count, duration
from explorer.ui import resources
from explorer.ui.photo_labels import plain


@st.fragment(run_every="2s")
def status_line() -> None:
    """What the indexer is at, refreshed by itself; nothing while there is nothing to say."""
    worker = worker_status(resources.library().catalog)
    busy = (
        worker is not None
        and worker["alive"]
        and worker["phase"]
        in ("starting", "scanning", "indexing", "comparing", "paused", "waiting")
    )
    if worker is None or not busy:
        return
    left, right = st.columns([3, 2], vertical_alignment="center")
    left.caption(describe(worker))
    if worker["total"]:
        right.progress(min(1.0, worker["done"] / worker["total"]))


def _watching(_: WorkerRow) -> str:
    roots = resources.library().catalog.roots()
    if not roots:
        return "There is nothing to index yet."
    away = sum(root["state"] == "offline" for root in roots)
    if away:
        return f"Up to date, but for {count(away, 'folder')} whose drive is away."
    return "Up to date. New photos are added as they are saved."


_RESTING: dict[str, Callable[[WorkerRow], str]] = {
    "paused": lambda _: "Indexing is paused.",
    "off": lambda _: "The indexer has stopped.",
    "waiting": lambda worker: f"Indexing waits. {plain(worker['message'])}",
    "watching": _watching,
}


def _why_not() -> str:
    if not has_room(resources.library().dir):
        return "The disk that holds the library is full: make room on it."
    if resources.indexer_keeps_ending():
        return "It ended soon after each start: the terminal in which Photo Explorer was started says why."
    return "It is started by itself in a moment."


def describe(worker: WorkerRow | None) -> str:
    """What the indexer is at, in words."""
    if worker is None or not worker["alive"]:
        return f"The indexer is not running. {_why_not()}"
    phase, done, total = worker["phase"], worker["done"], worker["total"]
    if phase == "starting":
        return (worker["message"] or "Getting ready…") + (f" {done / total:.0%}" if total else "")
    if phase in _RESTING:
        return _RESTING[phase](worker)
    if not total or phase not in ("indexing", "comparing"):
        return "Looking for new photos…"
    if phase == "comparing":
        return f"{plain(worker['message']) or 'Comparing photos'}: {done / total:.0%}"
    left = f", about {duration(worker['eta'])} left" if worker["eta"] and done < total else ""
    # The first photos wait for the model; what they say of the speed means nothing.
    speed = f" · {worker['rate']:.0f} photos/s{left}" if worker["rate"] >= 1 else ""
    return f"Indexing {count(done)} of {count(total, 'photo')}{speed}"
