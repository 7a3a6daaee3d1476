"""The map of the library (`layout.py`), kept as photos come and go: new ones are placed among their
neighbours, and no other moves.

Only when the library has become twice what it was when its map was drawn is it drawn anew, and then
turned to lie as the old one did. A drawing takes minutes for a hundred thousand photos: it is done
a second at a time, so that new photos need not wait for it, and kept now and then, so that a start
goes on with it.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np

from explorer.analysis import map_layout
from explorer.encoders.base import Encoder
from explorer.library import map_store as store
from explorer.library import neighbor_store, stage_store
from explorer.library.catalog import Ids
from explorer.library.embedding_store import register_encoder
from explorer.library.library import Library
from explorer.library.map_store import MapLayout, PhotoMap
from explorer.library.vectors import VectorIndex
from explorer.library.writer import Writer

Tick = Callable[[int, int], None]

# Seconds for which a drawing goes on at once, and after which it is kept.
AT_ONCE, KEEP = 1.0, 15.0
# A map is drawn anew when the library has this many times the photos it was drawn of.
GROWN = 2.0
# New photos placed in one transaction.
TOGETHER = 2000

_VERSION = "1"


class MapStage:
    """Keeps the map of one encoder. The process that uses it is the only one that writes it."""

    what = "Drawing the map"

    def __init__(self, library: Library, writer: Writer, encoder: Encoder) -> None:
        self._library, self._writer, self._encoder = library, writer, encoder
        self._encoder_id = register_encoder(writer, encoder.name, encoder.version, encoder.dim)
        self._name = f"map {self._encoder_id}"
        self._sketch: _Sketch | None = None

    def run(self, tick: Tick) -> None:
        catalog = self._library.catalog
        if stage_store.stage_change(catalog, self._name, _VERSION) == catalog.change():
            return
        index = self._library.vectors(self._encoder.name, self._encoder.version, self._encoder.dim)
        state = store.map_layout(catalog, self._encoder_id)
        if (len(state.draft.ids) or len(index) > GROWN * state.drawn) and not self._draw(
            index, state, tick
        ):
            # The rest is done when this is called again.
            return
        self._place(index, tick)
        # No transaction: what is noted here is no change that others need follow.
        stage_store.set_stage_change(self._writer, self._name, _VERSION, catalog.change())

    # --- the whole map

    def _draw(self, index: VectorIndex, state: MapLayout, tick: Tick) -> bool:
        """Go on with the drawing, or begin one; says whether it is finished."""
        sketch = self._sketch = self._sketch or self._begin(index, state)
        until = time.monotonic() + AT_ONCE
        try:
            while sketch.step < map_layout.STEPS and time.monotonic() < until:
                tick(sketch.step, map_layout.STEPS)
                map_layout.step(sketch.draft.coordinates, sketch.parts, sketch.step)
                sketch.step += 1
        except BaseException:
            self._keep(sketch)
            raise
        if sketch.step < map_layout.STEPS:
            if time.monotonic() - sketch.kept > KEEP:
                self._keep(sketch)
            return False
        self._finish(sketch)
        self._sketch = None
        return True

    def _begin(self, index: VectorIndex, state: MapLayout) -> _Sketch:
        """A drawing with what it needs: from the beginning, or from where one was kept."""
        draft, step = state.draft, state.step
        if not len(draft.ids):
            ids = np.sort(index.ids())
            draft, step = (
                PhotoMap(
                    ids, map_layout.start(len(ids), lambda start, end: index.rows(ids[start:end]))
                ),
                0,
            )
        kept = neighbor_store.neighbor_table(self._library.catalog, self._encoder_id)
        rows = _rows(kept.ids, draft.ids)
        near, scores = neighbor_store.empty_neighbor_rows(len(draft.ids))
        near[rows >= 0], scores[rows >= 0] = (
            _rows(draft.ids, kept.near[rows[rows >= 0]]),
            kept.scores[rows[rows >= 0]],
        )
        # Those that are not in the drawing go to the end of each row.
        order = np.argsort(near < 0, axis=1, kind="stable")
        near, scores = (
            np.take_along_axis(near, order, axis=1),
            np.take_along_axis(scores, order, axis=1),
        )
        sketch = _Sketch(state.drawn, draft, map_layout.chances(near, scores), step)
        self._keep(sketch)
        return sketch

    def _keep(self, sketch: _Sketch) -> None:
        store.put_map_layout(
            self._writer, self._encoder_id, MapLayout(sketch.drawn, sketch.step, sketch.draft)
        )
        sketch.kept = time.monotonic()

    def _finish(self, sketch: _Sketch) -> None:
        """Make it the map."""
        before = store.map_coordinates(self._library.catalog, self._encoder_id, hidden=True)
        _, new, old = np.intersect1d(sketch.draft.ids, before.ids, return_indices=True)
        turned = map_layout.turned(sketch.draft.coordinates, before.coordinates[old], new)
        with self._writer.transaction():
            store.drop_coordinates(self._writer, self._encoder_id)
            store.put_coordinates(
                self._writer, self._encoder_id, PhotoMap(sketch.draft.ids, turned)
            )
            store.put_map_layout(
                self._writer, self._encoder_id, MapLayout(len(turned), 0, store.empty_map())
            )

    # --- new photos

    def _place(self, index: VectorIndex, tick: Tick) -> None:
        """Give places to photos that have none, those with placed neighbours first. No other photo
        moves."""
        kept = store.map_coordinates(self._library.catalog, self._encoder_id, hidden=True)
        known = dict(zip(kept.ids.tolist(), kept.coordinates, strict=True))
        waiting = [photo_id for photo_id in np.sort(index.ids()).tolist() if photo_id not in known]
        total = len(waiting)
        near = {
            i: neighbor_store.neighbors_of(self._library.catalog, self._encoder_id, i)
            for i in waiting
        }
        while waiting:
            ready = [i for i in waiting if any(other in known for other, _ in near[i])]
            if not ready:
                # Photos like none of the others came together: the first of them goes to the one
                # most like it, the rest to it.
                ready = waiting[:1]
                scores, ids = index.search(
                    index.rows(np.array(ready))[0],
                    map_layout.DRAWING,
                    np.array(list(known), np.int64),
                )
                near[ready[0]] = list(zip(ids.tolist(), scores.tolist(), strict=True))
            ready = ready[:TOGETHER]
            tick(total - len(waiting), total)
            found = {photo_id: _beside(photo_id, near[photo_id], known) for photo_id in ready}
            with self._writer.transaction():
                store.put_coordinates(
                    self._writer,
                    self._encoder_id,
                    PhotoMap(np.array(list(found), np.int64), np.stack(list(found.values()))),
                )
            known |= found
            waiting = [photo_id for photo_id in waiting if photo_id not in found]


class _Sketch:
    """A drawing in memory. drawn: photos of the map before. kept: when it was last written."""

    def __init__(self, drawn: int, draft: PhotoMap, parts: map_layout.Parts, step: int) -> None:
        self.drawn, self.draft, self.parts, self.step, self.kept = drawn, draft, parts, step, 0.0


def _beside(
    photo_id: int, near: list[tuple[int, float]], known: dict[int, store.Coordinates]
) -> store.Coordinates:
    there = [(known[other], score) for other, score in near if other in known][: map_layout.DRAWING]
    if not there:
        # All that have a place are gone: it lies in the middle, alone.
        there = [(np.zeros(2, np.float32), 1.0)]
    return map_layout.beside(
        np.stack([place for place, _ in there]),
        np.array([score for _, score in there], np.float32),
        photo_id,
    )


def _rows(among: Ids, ids: Ids) -> Ids:
    """Where each id stands in a sorted array, -1 where it does not."""
    if not len(among):
        return np.full(ids.shape, -1, np.int64)
    found = np.searchsorted(among, ids).clip(max=len(among) - 1)
    return np.where(among[found] == ids, found, -1)
