"""Keep the map of the library (`map_layout.py`) up to date as photos come and go.

New photos are placed among their neighbors, and no other photo moves. Only when the library has
twice as many photos as when its map was laid out is a new map laid out, and then rotated to agree
with the old one. A layout of a hundred thousand photos takes minutes, so it is computed for a
second at a time, which keeps new photos from waiting for it, and is stored now and then, so that it
continues after a restart.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from explorer.analysis import map_layout
from explorer.analysis.sorted_ids import positions_of
from explorer.encoders.base import Encoder
from explorer.library.library import Library
from explorer.library.stores import map_store as store
from explorer.library.stores import neighbor_store, stage_store
from explorer.library.stores.embedding_store import register_encoder
from explorer.library.stores.map_store import MapLayout, PhotoMap
from explorer.library.vectors import VectorIndex
from explorer.library.writer import Writer

Tick = Callable[[int, int], None]

# Seconds for which a layout is computed at a time, and after which it is stored.
SECONDS_AT_ONCE, STORE_EVERY = 1.0, 15.0
# A new map is laid out when the library has this many times the photos of the last layout.
GROWTH = 2.0
# New photos placed in one transaction.
BATCH_SIZE = 2000

_VERSION = "1"


@dataclass
class _LayoutInProgress:
    """A layout in memory."""

    photos_before: int
    """The number of photos in the last layout."""
    draft: PhotoMap
    table: map_layout.AttractionTable
    step: int
    stored_at: float = 0.0
    """When it was last stored, by the monotonic clock."""


class MapStage:
    """Keeps the map of one encoder; no other process writes it."""

    what = "Drawing the map"

    def __init__(self, library: Library, writer: Writer, encoder: Encoder) -> None:
        self._library, self._writer, self._encoder = library, writer, encoder
        self._encoder_id = register_encoder(writer, encoder.name, encoder.version, encoder.dim)
        self._name = f"map {self._encoder_id}"
        self._layout: _LayoutInProgress | None = None

    @property
    def up_to_date(self) -> bool:
        """Whether there is nothing to do."""
        catalog = self._library.catalog
        return stage_store.stage_change(catalog, self._name, _VERSION) == catalog.change()

    def run(self, tick: Tick) -> None:
        """Continue a layout, or place new photos. tick: as in `analysis/stages.py`."""
        catalog = self._library.catalog
        if self.up_to_date:
            return
        index = self._library.vectors(self._encoder.name, self._encoder.version, self._encoder.dim)
        state = store.map_layout(catalog, self._encoder_id)
        is_needed = len(state.draft.ids) or len(index) > GROWTH * state.drawn
        if is_needed and not self._lay_out(index, state, tick):
            # The rest is computed when this is called again.
            return
        self._place_new(index, tick)
        # Not in a transaction: what is noted here is not a change that others must follow.
        stage_store.set_stage_change(self._writer, self._name, _VERSION, catalog.change())

    # --- the whole map

    def _lay_out(self, index: VectorIndex, state: MapLayout, tick: Tick) -> bool:
        """Begin or continue a layout; returns whether it is finished."""
        layout = self._layout = self._layout or self._begin(index, state)
        until = time.monotonic() + SECONDS_AT_ONCE
        try:
            while layout.step < map_layout.STEPS and time.monotonic() < until:
                tick(layout.step, map_layout.STEPS)
                map_layout.step(layout.draft.coordinates, layout.table, layout.step)
                layout.step += 1
        except BaseException:
            self._store(layout)
            raise
        if layout.step < map_layout.STEPS:
            if time.monotonic() - layout.stored_at > STORE_EVERY:
                self._store(layout)
            return False
        self._finish(layout)
        self._layout = None
        return True

    def _begin(self, index: VectorIndex, state: MapLayout) -> _LayoutInProgress:
        """A new layout, or the one that was stored."""
        draft, step = state.draft, state.step
        if not len(draft.ids):
            ids = np.sort(index.ids())
            positions = map_layout.initial_positions(
                len(ids), lambda start, end: index.rows(ids[start:end])
            )
            draft, step = PhotoMap(ids, positions), 0
        lists = neighbor_store.neighbor_table(self._library.catalog, self._encoder_id)
        rows = positions_of(draft.ids, lists.ids)
        near, scores = neighbor_store.empty_neighbor_rows(len(draft.ids))
        near[rows >= 0] = positions_of(lists.near[rows[rows >= 0]], draft.ids)
        scores[rows >= 0] = lists.scores[rows[rows >= 0]]
        # Neighbors that are not in the layout go to the end of each row.
        order = np.argsort(near < 0, axis=1, kind="stable")
        near = np.take_along_axis(near, order, axis=1)
        scores = np.take_along_axis(scores, order, axis=1)
        table = map_layout.attraction_table(near, scores)
        layout = _LayoutInProgress(state.drawn, draft, table, step)
        self._store(layout)
        return layout

    def _store(self, layout: _LayoutInProgress) -> None:
        drawing = MapLayout(layout.photos_before, layout.step, layout.draft)
        store.put_map_layout(self._writer, self._encoder_id, drawing)
        layout.stored_at = time.monotonic()

    def _finish(self, layout: _LayoutInProgress) -> None:
        """Replace the map by the layout."""
        before = store.map_coordinates(self._library.catalog, self._encoder_id, hidden=True)
        _, new, old = np.intersect1d(layout.draft.ids, before.ids, return_indices=True)
        aligned = map_layout.align_with(layout.draft.coordinates, before.coordinates[old], new)
        done = MapLayout(len(aligned), 0, store.empty_map())
        with self._writer.transaction():
            store.drop_coordinates(self._writer, self._encoder_id)
            store.put_coordinates(
                self._writer, self._encoder_id, PhotoMap(layout.draft.ids, aligned)
            )
            store.put_map_layout(self._writer, self._encoder_id, done)

    # --- new photos

    def _place_new(self, index: VectorIndex, tick: Tick) -> None:
        """Place the photos that have no position, those with placed neighbors first."""
        stored = store.map_coordinates(self._library.catalog, self._encoder_id, hidden=True)
        placed = dict(zip(stored.ids.tolist(), stored.coordinates, strict=True))
        waiting = [photo_id for photo_id in np.sort(index.ids()).tolist() if photo_id not in placed]
        total = len(waiting)
        near = {
            i: neighbor_store.neighbors_of(self._library.catalog, self._encoder_id, i)
            for i in waiting
        }
        while waiting:
            ready = [i for i in waiting if any(other in placed for other, _ in near[i])]
            if not ready:
                # Only new photos that are neighbors of each other are left. The first of them is
                # placed by the placed photos most similar to it, and the others by the first.
                ready = waiting[:1]
                among = np.array(list(placed), np.int64)
                vector = index.rows(np.array(ready))[0]
                scores, ids = index.search(vector, map_layout.ATTRACTING, among)
                near[ready[0]] = list(zip(ids.tolist(), scores.tolist(), strict=True))
            ready = ready[:BATCH_SIZE]
            tick(total - len(waiting), total)
            found = {photo_id: _position(photo_id, near[photo_id], placed) for photo_id in ready}
            positions = PhotoMap(np.array(list(found), np.int64), np.stack(list(found.values())))
            with self._writer.transaction():
                store.put_coordinates(self._writer, self._encoder_id, positions)
            placed |= found
            waiting = [photo_id for photo_id in waiting if photo_id not in found]


def _position(
    photo_id: int, near: list[tuple[int, float]], placed: dict[int, map_layout.Positions]
) -> map_layout.Positions:
    """The position of a new photo among its placed neighbors; the center if there are none."""
    known = [(placed[other], score) for other, score in near if other in placed]
    known = known[: map_layout.ATTRACTING] or [(np.zeros(2, np.float32), 1.0)]
    return map_layout.position_among(
        np.stack([position for position, _ in known]),
        np.array([score for _, score in known], np.float32),
        photo_id,
    )
