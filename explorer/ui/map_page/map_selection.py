"""The photos that are selected on the map, as the URL describes them: those inside a drawn shape,
or in a region.

`?shape=x-y-x-y-…` holds the corners of a polygon, or two opposite corners of a rectangle;
`?region=LEVEL-x-y` is the region of that level at a point. Coordinates are from 0 to 65535. With
`only=1`, the selected photos are listed below the map. `view` is the visible part of the map; only
the browser uses it.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import streamlit as st

from explorer.analysis.map_regions import LEVELS, SIDE, Mask, Points, photos_of_region
from explorer.library.catalog import Ids
from explorer.text_format import whole_number
from explorer.ui import resources
from explorer.ui.map_page.map_overview import overview

SHAPE, REGION, ONLY, VIEW = "shape", "region", "only", "view"
MAX_CORNERS = 64


class MapSelection(NamedTuple):
    """What the URL selects."""

    shape: tuple[int, ...] = ()
    """x, y of each corner; empty if no shape was drawn."""
    region: tuple[int, int, int] | None = None
    """Level, x and y of a region."""
    only: bool = False
    """Whether the selected photos are listed."""

    def __bool__(self) -> bool:
        return bool(self.shape) or self.region is not None


def selection_from_url() -> MapSelection:
    """What the URL selects; invalid values select nothing."""
    shape = _numbers(st.query_params.get(SHAPE, ""), 2 * MAX_CORNERS)
    region = _numbers(st.query_params.get(REGION, ""), 3)
    is_region = len(region) == 3 and region[0] < LEVELS
    return MapSelection(
        shape if len(shape) >= 4 and len(shape) % 2 == 0 else (),
        (region[0], region[1], region[2]) if is_region else None,
        st.query_params.get(ONLY) == "1",
    )


def _numbers(text: str, most: int) -> tuple[int, ...]:
    parts = text.split("-", most)
    numbers = [n for part in parts if (n := whole_number(part, SIDE)) is not None]
    return tuple(numbers) if len(numbers) == len(parts) <= most else ()


def select(*, shape: str = "", region: str = "", only: bool = False) -> None:
    """Put a selection into the URL, as one step in the browser's history."""
    kept = {VIEW: st.query_params.get(VIEW, "")}
    wanted = kept | {SHAPE: shape, REGION: region, ONLY: "1" if only else ""}
    st.query_params.from_dict({key: value for key, value in wanted.items() if value})


def list_selected(*, only: bool) -> None:
    """List the selected photos below the map, or show the whole map again."""
    st.query_params[ONLY] = "1"
    if not only:
        del st.query_params[ONLY]


def clear() -> None:
    """Select nothing."""
    select()


def selected_photos(selection: MapSelection) -> Ids:
    """The selected photos, newest first."""
    shown = overview()
    points = shown.shown.coordinates
    if selection.region is not None:
        level, x, y = selection.region
        inside = photos_of_region(shown.levels[level], (x, y))
    else:
        inside = inside_shape(points, selection.shape)
    ids = shown.shown.ids[inside]
    return resources.engine().order.sorted("taken", ids) if len(ids) else ids


def inside_shape(points: Points, shape: tuple[int, ...]) -> Mask:
    """Which points are inside a shape, as a mask of shape (n,). Polygons follow the even-odd rule;
    rectangles include their edges. shape: x, y of each corner; two opposite corners for a
    rectangle."""
    corners = np.array(shape, np.float64).reshape(-1, 2)
    x, y = np.rint(points.T.astype(np.float64))
    if len(corners) == 2:
        (left, top), (right, bottom) = np.sort(corners, axis=0)
        return np.asarray((x >= left) & (x <= right) & (y >= top) & (y <= bottom))
    # A polygon may be drawn beyond the map's edges. Points on an edge that it reaches are inside.
    x, y = x.clip(0.5, SIDE - 0.5), y.clip(0.5, SIDE - 0.5)
    inside = np.zeros(len(points), np.bool_)
    for (x1, y1), (x2, y2) in zip(corners, np.roll(corners, -1, axis=0), strict=True):
        if y1 == y2:
            continue
        crossed = (y1 > y) != (y2 > y)
        inside ^= crossed & (x < x1 + (y - y1) * ((x2 - x1) / (y2 - y1)))
    return inside


def along_map(ids: Ids, points: Points) -> Ids:
    """The photos in the order of a Z-order curve (Morton 1966), in which neighbors are near each
    other on the map."""
    x, y = points.T.clip(0, SIDE).astype(np.int64)
    code = np.zeros(len(ids), np.int64)
    for bit in range(16):
        code |= ((x >> bit) & 1) << (2 * bit) | ((y >> bit) & 1) << (2 * bit + 1)
    return ids[np.argsort(code, kind="stable")]
