"""The map of the library in the form sent to the browser: the position of each photo and the class
that determines its color, packed into a few bytes.

    4 bytes: length of the header · header (JSON) · ids, int32 · x, uint16 · y, uint16 · classes,
    uint8

All numbers are little-endian. x and y range from 0 to 65535 over the square that the map fills. A
class is an index into the header's legend, NONE for photos without a class, or OUT for photos that
the filter excludes.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple, get_args

import numpy as np
import numpy.typing as npt

from explorer.anomalies.file_findings import folder_numbers
from explorer.anomalies.finding_kinds import KIND_TITLES, KINDS
from explorer.anomalies.findings import Finding
from explorer.library.catalog import Ids
from explorer.library.library import Library
from explorer.library.model_settings import encoders_by_use
from explorer.library.paths import printable
from explorer.library.queries.filters import Filters
from explorer.library.stores import map_store
from explorer.library.stores.map_store import PhotoMap
from explorer.library.stores.quality_store import ReviewPhoto
from explorer.ui.library_cache import LibraryCache

Coloring = Literal["kind", "folder", "date"]
COLORINGS: tuple[Coloring, ...] = get_args(Coloring)

NONE, OUT = 255, 254
_SIDE = 65535
# The most folders that have their own color, and the number of periods for coloring by date.
_MAX_FOLDERS, _PERIODS = 9, 8

Classes = npt.NDArray[np.uint8]


class LegendEntry(NamedTuple):
    """One class of points."""

    label: str
    color: int
    """An index into the colors of the coloring."""
    photos: int
    """The number of photos in the class."""


class MapColors(NamedTuple):
    """The classes of all photos on the map, and their legend."""

    classes: Classes
    """For each photo, an index into the legend, or NONE."""
    legend: list[LegendEntry]


class MapArea(NamedTuple):
    """A rectangle of the map, in its units from 0 to 65535."""

    left: int
    top: int
    right: int
    bottom: int


def coloring_of(name: str | None) -> Coloring:
    """The coloring with that name; the first one if there is none."""
    return next((each for each in COLORINGS if each == name), COLORINGS[0])


def library_map(library: Library) -> PhotoMap:
    """The map of the encoder in use, or of another that has one, scaled to the square."""
    for name, version, *_ in encoders_by_use(library.catalog):
        encoder_id = library.catalog.encoder_id(name, version)
        if encoder_id is not None:
            found = map_store.map_coordinates(library.catalog, encoder_id)
            if len(found.ids):
                return PhotoMap(found.ids, _scaled_to_square(found.coordinates))
    return map_store.empty_map()


def current_map() -> PhotoMap:
    """The map of the server's library, read once for all sessions."""
    return _CURRENT.get()


_CURRENT = LibraryCache(library_map)


def layout_steps(library: Library) -> int | None:
    """The number of steps of the map's layout that are done; None if no layout is being
    computed."""
    for name, version, *_ in encoders_by_use(library.catalog):
        encoder_id = library.catalog.encoder_id(name, version)
        if encoder_id is not None:
            state = map_store.map_layout(library.catalog, encoder_id)
            return state.step if len(state.draft.ids) else None
    return None


def photos_in(shown: PhotoMap, area: MapArea) -> Ids:
    """The photos in a rectangle, from left to right."""
    x, y = shown.coordinates.T
    inside = np.flatnonzero(
        (x >= area.left) & (x <= area.right) & (y >= area.top) & (y <= area.bottom)
    )
    return shown.ids[inside[np.argsort(x[inside], kind="stable")]]


def packed(
    library: Library,
    shown: PhotoMap,
    coloring: Coloring | Literal["region"],
    colors: MapColors,
    filters: Filters | None,
) -> bytes:
    """Pack the map in the format described in the module's docstring. colors: the result of
    `by_kind`, `by_folder` or `by_date` for the photos of the map."""
    classes, legend = colors
    if filters:
        classes[~np.isin(shown.ids, library.catalog.matching(filters))] = OUT
    header = json.dumps(
        {
            "number": len(shown.ids),
            "coloring": coloring,
            "legend": [entry._asdict() for entry in legend],
        }
    ).encode()
    header += b" " * (-len(header) % 4)
    x, y = np.rint(shown.coordinates.T).astype("<u2")
    parts = (shown.ids.astype("<i4"), x, y, classes)
    return (
        len(header).to_bytes(4, "little")
        + header
        + b"".join(bytes(part.tobytes()) for part in parts)
    )


def _scaled_to_square(where: map_store.Coordinates) -> map_store.Coordinates:
    """Scale positions so that the longer side fills the square from 0 to 65535."""
    low, high = where.min(axis=0), where.max(axis=0)
    scale = _SIDE / max(float((high - low).max()), 1e-9)
    found: map_store.Coordinates = np.clip(
        (where - (low + high) / 2) * scale + _SIDE / 2, 0, _SIDE
    ).astype(np.float32)
    return found


def by_kind(ids: Ids, findings: Sequence[Finding]) -> MapColors:
    """Color photos by their worst finding."""
    worst = dict[int, Finding]()
    for finding in findings:
        if finding.id is not None and (
            finding.id not in worst or finding.score < worst[finding.id].score
        ):
            worst[finding.id] = finding
    counted = Counter(worst[i].kind for i in ids.tolist() if i in worst)
    kinds = [kind for kind in KINDS if counted[kind]]
    number = {kind: at for at, kind in enumerate(kinds)}
    classes = np.array(
        [number[worst[i].kind] if i in worst else NONE for i in ids.tolist()], np.uint8
    )
    return MapColors(
        classes,
        [LegendEntry(KIND_TITLES[kind][0], KINDS.index(kind), counted[kind]) for kind in kinds],
    )


def by_folder(ids: Ids, subjects: Mapping[int, ReviewPhoto]) -> MapColors:
    """Color photos by folder, for the folders with the most photos."""
    known = [i for i in ids.tolist() if i in subjects]
    numbers, names = folder_numbers([subjects[i] for i in known])
    common = [folder for folder, _ in Counter(numbers.tolist()).most_common(_MAX_FOLDERS)]
    place = {folder: at for at, folder in enumerate(common)}
    of = dict(zip(known, numbers.tolist(), strict=True))
    classes = np.array([place.get(of.get(i, -1), NONE) for i in ids.tolist()], np.uint8)
    return MapColors(
        classes,
        [
            LegendEntry(_short(names[folder], names), at, int((numbers == folder).sum()))
            for at, folder in enumerate(common)
        ],
    )


def _short(folder: str, folders: Sequence[str]) -> str:
    """A folder's path relative to the parent of the folder that all of them share."""
    if len(folders) < 2:
        return printable(folder)
    try:
        above = os.path.dirname(os.path.commonpath(folders))
    except ValueError:
        # The folders are on several drives.
        return printable(folder)
    return printable(os.path.relpath(folder, above))


def by_date(ids: Ids, subjects: Mapping[int, ReviewPhoto]) -> MapColors:
    """Color photos by the date they were taken, in periods with equally many photos."""
    dates = [subjects[i].taken_at if i in subjects else None for i in ids.tolist()]
    days = np.array([day[:10] if day else "NaT" for day in dates], "datetime64[D]")
    there = ~np.isnat(days)
    classes = np.full(len(ids), NONE, np.uint8)
    if not there.any():
        return MapColors(classes, [])
    # Equal numbers of photos, so that a few wrong dates do not take up most of the colors.
    marks = np.unique(np.sort(days[there])[(np.arange(_PERIODS) * there.sum()) // _PERIODS])
    classes[there] = np.searchsorted(marks, days[there], side="right") - 1
    legend = list[LegendEntry]()
    for at in range(len(marks)):
        own = days[classes == at]
        first, last = str(own.min())[:7], str(own.max())[:7]
        color = at * (_PERIODS - 1) // max(1, len(marks) - 1)
        legend.append(LegendEntry(first if first == last else f"{first} – {last}", color, len(own)))
    return MapColors(classes, legend)
