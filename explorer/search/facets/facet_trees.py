"""The dates and the cameras of some photos as trees, with counts."""

from __future__ import annotations

import numpy as np

from explorer.library.catalog import Ids
from explorer.library.queries.facet_columns import NONE, FacetTable
from explorer.library.queries.photo_masks import PhotoMask
from explorer.library.text.text_folding import fold
from explorer.search.facets.facet_node import FacetNode, folded_line
from explorer.search.language.query_tree import Condition, FieldTest, FieldValue, NotTest
from explorer.search.language.single_dates import MONTHS

# Queries write years in four digits.
_FIRST_YEAR = 1000
# From a number YYYYMMDDhhmmss to a month YYYYMM.
_MONTH = 10**8


def date_tree(table: FacetTable, photos: PhotoMask) -> list[FacetNode]:
    """The years of the photos and their months, the latest first; at the end, the photos that have
    only the date of their file.

    Photos whose month is not known count in every month of their year, because a search for any of
    these finds them.
    """
    ids = _known(table, photos)
    ids = ids[np.lexsort((ids, table.dates[ids]))]
    months = table.dates[ids] // _MONTH
    dated = months >= _FIRST_YEAR * 100
    numbers, first, counts = np.unique(months[dated], return_index=True, return_counts=True)
    covers = ids[dated][first + counts - 1]
    years = dict[int, list[tuple[int, int, int]]]()
    for number, count, cover in zip(
        numbers.tolist(), counts.tolist(), covers.tolist(), strict=True
    ):
        years.setdefault(number // 100, []).append((number % 100, count, cover))
    nodes = [_year(year, found) for year, found in sorted(years.items(), reverse=True)]
    without = ids[~table.own_date[ids]]
    if len(without):
        test = NotTest(FieldTest("has", (FieldValue("date"),)))
        nodes.append(
            FacetNode("-has:date", "Only the file’s date", (test,), len(without), int(without[-1]))
        )
    return nodes


def _year(year: int, found: list[tuple[int, int, int]]) -> FacetNode:
    """A year. found: months (0: not known), their numbers of photos and their latest photos."""
    unknown = sum(count for month, count, _ in found if not month)
    months = [
        _dated(f"{year}-{month:02}", MONTHS[month - 1].capitalize(), count + unknown, cover)
        for month, count, cover in reversed(found)
        if month
    ]
    total = sum(count for _, count, _ in found)
    return _dated(str(year), str(year), total, found[-1][2], months)


def _dated(
    text: str, name: str, photos: int, cover: int, inside: list[FacetNode] | None = None
) -> FacetNode:
    test = FieldTest("date", (FieldValue(text),))
    return FacetNode(text, name, (test,), photos, cover, bool(inside), inside=inside or [])


class _Group:
    """Photos of one value, in whatever capitals and accents it is written."""

    def __init__(self, name: str) -> None:
        self.name, self.photos, self.latest = name, 0, (0, 0)
        self.lenses = dict[str, _Group]()

    def add(self, photos: int, latest: tuple[int, int]) -> None:
        self.photos += photos
        self.latest = max(self.latest, latest)


def camera_tree(table: FacetTable, photos: PhotoMask) -> list[FacetNode]:
    """The makers of the cameras, their cameras and the lenses of these, most photos first; at the
    end, the photos of unknown cameras.

    A maker is the first word of the camera's name.
    """
    cameras, unknown = _cameras(table, photos)
    makers = dict[str, list[_Group]]()
    for camera in cameras:
        makers.setdefault(fold(camera.name.split()[0]), []).append(camera)
    nodes = list[FacetNode]()
    for maker, made in makers.items():
        if len(made) == 1 and fold(made[0].name) == maker:
            nodes.append(_camera(made[0]))
            continue
        name = made[0].name.split()[0]
        # `camera:` finds every camera with this word in its name.
        found = [camera for camera in cameras if maker in fold(camera.name)]
        nodes.append(
            FacetNode(
                f"maker {maker}",
                name,
                (FieldTest("camera", (FieldValue(name),)),),
                sum(camera.photos for camera in found),
                max(camera.latest for camera in found)[1],
                folds=True,
                inside=[_camera(camera) for camera in made],
            )
        )
    nodes.sort(key=lambda node: (-node.photos, node.name))
    if unknown is not None:
        test = NotTest(FieldTest("has", (FieldValue("camera"),)))
        nodes.append(
            FacetNode("-has:camera", "Camera not known", (test,), unknown.photos, unknown.latest[1])
        )
    return nodes


def _camera(camera: _Group) -> FacetNode:
    test = _whole("camera", camera.name)
    lenses = [
        _leaf(lens, (test, _whole("lens", lens.name)), f"{camera.name}\n{lens.name}")
        for lens in _by_photos(camera.lenses)
    ]
    return FacetNode(
        camera.name, camera.name, (test,), camera.photos, camera.latest[1], bool(lenses),
        inside=lenses,
    )  # fmt: skip


def lens_list(table: FacetTable, photos: PhotoMask) -> list[FacetNode]:
    """The lenses of the photos, most photos first."""
    lenses = dict[str, _Group]()
    for _, lens, count, latest in _combinations(table, photos):
        if lens:
            lenses.setdefault(folded_line(lens), _Group(lens)).add(count, latest)
    return [_leaf(lens, (_whole("lens", lens.name),), lens.name) for lens in _by_photos(lenses)]


def _leaf(group: _Group, tests: tuple[Condition, ...], node_id: str) -> FacetNode:
    return FacetNode(node_id, group.name, tests, group.photos, group.latest[1])


def _cameras(table: FacetTable, photos: PhotoMask) -> tuple[list[_Group], _Group | None]:
    """The cameras, most photos first, and the photos without one."""
    cameras = dict[str, _Group]()
    for camera, lens, count, latest in _combinations(table, photos):
        group = cameras.setdefault(folded_line(camera), _Group(camera))
        group.add(count, latest)
        if camera and lens:
            group.lenses.setdefault(folded_line(lens), _Group(lens)).add(count, latest)
    unknown = cameras.pop("", None)
    return _by_photos(cameras), unknown


def _combinations(
    table: FacetTable, photos: PhotoMask
) -> list[tuple[str, str, int, tuple[int, int]]]:
    """Cameras and lenses, the numbers of photos, and the date and the id of the latest, most photos
    first."""
    ids = _known(table, photos)
    ids = ids[np.lexsort((ids, table.dates[ids]))]
    base = len(table.texts)
    keys = table.cameras[ids].astype(np.int64) * base + table.lenses[ids]
    # The last one of each key is the first in the reversed list.
    numbers, first, counts = np.unique(keys[::-1], return_index=True, return_counts=True)
    latest = ids[::-1][first]
    names = [" ".join(text.split()) for text in table.texts]
    found = [
        (names[key // base], names[key % base], count, (int(table.dates[cover]), cover))
        for key, count, cover in zip(
            numbers.tolist(), counts.tolist(), latest.tolist(), strict=True
        )
    ]
    return sorted(found, key=lambda each: (-each[2], each[0], each[1]))


def _known(table: FacetTable, photos: PhotoMask) -> Ids:
    """The ids of the photos, ascending."""
    return np.flatnonzero(photos[: len(table.dates)])


def _by_photos(groups: dict[str, _Group]) -> list[_Group]:
    return sorted(groups.values(), key=lambda group: (-group.photos, group.name))


def _whole(field: str, text: str) -> FieldTest:
    return FieldTest(field, (FieldValue(text, "=="),))


def format_counts(table: FacetTable, photos: PhotoMask) -> dict[str, tuple[int, int]]:
    """The number of photos in each format, as the catalog names it, and the id of the latest."""
    ids = _known(table, photos)
    numbers, first, counts = np.unique(
        table.formats[ids[::-1]], return_index=True, return_counts=True
    )
    latest = ids[::-1][first]
    return {
        table.texts[number]: (count, cover)
        for number, count, cover in zip(
            numbers.tolist(), counts.tolist(), latest.tolist(), strict=True
        )
        if number != NONE
    }
