"""The map of the library as the browser gets it: each photo's place, and the class that colours it,
in a few bytes.

    4 bytes: length of the header · header (JSON) · ids, int32 · x, uint16 · y, uint16 · classes,
    uint8

All numbers are little-endian; x and y run from 0 to 65535 over the square in which the map lies; a
class is a row of the header's legend, NONE for photos that have none, OUT for those that the filter
leaves out.
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
from explorer.library import map_store
from explorer.library.catalog import Ids
from explorer.library.filters import Filters
from explorer.library.library import Library
from explorer.library.map_store import PhotoMap
from explorer.library.paths import printable
from explorer.library.quality_store import ReviewPhoto

Colouring = Literal["kind", "folder", "date"]
COLOURINGS: tuple[Colouring, ...] = get_args(Colouring)

NONE, OUT = 255, 254
_SIDE = 65535
# Folders that have a colour of their own, and parts of the time for colouring by date.
_FOLDERS, _TIMES = 9, 8

Classes = npt.NDArray[np.uint8]


class Legend(NamedTuple):
    """label: what a class is. colour: its number among the colours of that kind of legend. photos:
    how many are in it."""

    label: str
    colour: int
    photos: int


class Colours(NamedTuple):
    """classes: of each photo, a row of the legend or NONE."""

    classes: Classes
    legend: list[Legend]


class Area(NamedTuple):
    """A rectangle of the map, in its own numbers from 0 to 65535."""

    left: int
    top: int
    right: int
    bottom: int


def colouring(name: str | None) -> Colouring:
    """The colouring of that name; without a name that makes sense, the first."""
    return next((each for each in COLOURINGS if each == name), COLOURINGS[0])


def library_map(library: Library) -> PhotoMap:
    """The map of the encoder with the most vectors that has one, its places in the square that is
    shown."""
    for name, version, _, photos in library.catalog.encoders():
        encoder_id = library.catalog.encoder_id(name, version)
        if photos and encoder_id is not None:
            found = map_store.map_coordinates(library.catalog, encoder_id)
            if len(found.ids):
                return PhotoMap(found.ids, _in_square(found.coordinates))
    return map_store.empty_map()


def drawn_so_far(library: Library) -> int | None:
    """Steps done of a map that is being drawn; None where none is."""
    for name, version, _, photos in library.catalog.encoders():
        encoder_id = library.catalog.encoder_id(name, version)
        if photos and encoder_id is not None:
            state = map_store.map_layout(library.catalog, encoder_id)
            return state.step if len(state.draft.ids) else None
    return None


def within(shown: PhotoMap, area: Area) -> Ids:
    """The photos in a rectangle, from left to right."""
    x, y = shown.coordinates.T
    inside = np.flatnonzero(
        (x >= area.left) & (x <= area.right) & (y >= area.top) & (y <= area.bottom)
    )
    return shown.ids[inside[np.argsort(x[inside], kind="stable")]]


def packed(
    library: Library,
    shown: PhotoMap,
    colouring: Colouring,
    colours: Colours,
    filters: Filters | None,
) -> bytes:
    """What the browser draws. colours: of the photos of the map, as one of `by_kind`, `by_folder`
    and `by_date` has them."""
    classes, legend = colours
    if filters:
        classes[~np.isin(shown.ids, library.catalog.matching(filters))] = OUT
    header = json.dumps(
        {
            "number": len(shown.ids),
            "colouring": colouring,
            "legend": [part._asdict() for part in legend],
        }
    ).encode()
    header += b" " * (-len(header) % 4)
    x, y = shown.coordinates.T.astype("<u2")
    parts = (shown.ids.astype("<i4"), x, y, classes)
    return (
        len(header).to_bytes(4, "little")
        + header
        + b"".join(bytes(part.tobytes()) for part in parts)
    )


def _in_square(where: map_store.Coordinates) -> map_store.Coordinates:
    """Places in a square from 0 to 65535, the longer side filling it."""
    low, high = where.min(axis=0), where.max(axis=0)
    scale = _SIDE / max(float((high - low).max()), 1e-9)
    found: map_store.Coordinates = np.clip(
        (where - (low + high) / 2) * scale + _SIDE / 2, 0, _SIDE
    ).astype(np.float32)
    return found


def by_kind(ids: Ids, findings: Sequence[Finding]) -> Colours:
    """By the worst that was found of each photo."""
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
    return Colours(
        classes, [Legend(KIND_TITLES[kind][0], KINDS.index(kind), counted[kind]) for kind in kinds]
    )


def by_folder(ids: Ids, subjects: Mapping[int, ReviewPhoto]) -> Colours:
    """By the folders with the most photos."""
    known = [i for i in ids.tolist() if i in subjects]
    numbers, names = folder_numbers([subjects[i].path for i in known])
    common = [folder for folder, _ in Counter(numbers.tolist()).most_common(_FOLDERS)]
    place = {folder: at for at, folder in enumerate(common)}
    of = dict(zip(known, numbers.tolist(), strict=True))
    classes = np.array([place.get(of.get(i, -1), NONE) for i in ids.tolist()], np.uint8)
    return Colours(
        classes,
        [
            Legend(_short(names[folder], names), at, int((numbers == folder).sum()))
            for at, folder in enumerate(common)
        ],
    )


def _short(folder: str, folders: Sequence[str]) -> str:
    """A folder's path from where it parts from the others on, with the one above."""
    if len(folders) < 2:
        return printable(folder)
    try:
        above = os.path.dirname(os.path.commonpath(folders))
    except ValueError:
        # On several drives.
        return printable(folder)
    return printable(os.path.relpath(folder, above))


def by_date(ids: Ids, subjects: Mapping[int, ReviewPhoto]) -> Colours:
    """By when they were taken, in parts of equal size."""
    dates = [subjects[i].taken_at if i in subjects else None for i in ids.tolist()]
    days = np.array([day[:10] if day else "NaT" for day in dates], "datetime64[D]")
    there = ~np.isnat(days)
    classes = np.full(len(ids), NONE, np.uint8)
    if not there.any():
        return Colours(classes, [])
    # Parts of equal size: a camera's wrong clock takes none of the others' colours.
    marks = np.unique(np.sort(days[there])[(np.arange(_TIMES) * there.sum()) // _TIMES])
    classes[there] = np.searchsorted(marks, days[there], side="right") - 1
    legend = list[Legend]()
    for at in range(len(marks)):
        own = days[classes == at]
        first, last = str(own.min())[:7], str(own.max())[:7]
        colour = at * (_TIMES - 1) // max(1, len(marks) - 1)
        legend.append(Legend(first if first == last else f"{first} – {last}", colour, len(own)))
    return Colours(classes, legend)
