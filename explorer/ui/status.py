"""The line that says what the indexer is at, on every page."""

from __future__ import annotations

import streamlit as st

from explorer.library.rows import WorkerRow
from explorer.ui import resources
from explorer.words import count, duration


@st.fragment(run_every="2s")
def status_line() -> None:
    """What the indexer is at, refreshed by itself; nothing while there is nothing to say."""
    worker = resources.library().catalog.worker()
    busy = worker is not None and worker["alive"] and worker["phase"] in ("starting", "scanning", "indexing", "comparing", "paused")
    if worker is None or not busy:
        return
    left, right = st.columns([3, 2], vertical_alignment="center")
    left.caption(describe(worker))
    if worker["total"]:
        right.progress(min(1.0, worker["done"] / worker["total"]))


def describe(worker: WorkerRow | None) -> str:
    """What the indexer is at, in words."""
    if worker is None or not worker["alive"]:
        return "The indexer is not running."
    phase, done, total = worker["phase"], worker["done"], worker["total"]
    if phase == "starting":
        return (worker["message"] or "Getting ready…") + (f" {done / total:.0%}" if total else "")
    if phase == "paused":
        return "Indexing is paused."
    if phase == "indexing" and total:
        left = f", about {duration(worker['eta'])} left" if worker["eta"] and done < total else ""
        # The first photos wait for the model; what they say of the speed means nothing.
        speed = f" · {worker['rate']:.0f} photos/s{left}" if worker["rate"] >= 1 else ""
        return f"Indexing {count(done)} of {count(total, 'photo')}{speed}"
    if phase == "comparing" and total:
        return f"Comparing photos: {count(done)} of {count(total)}"
    return "Up to date. New photos are added as they are saved." if phase == "watching" else "Looking for new photos…"
