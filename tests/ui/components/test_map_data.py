"""What the browser draws the map from."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from starlette.requests import Request

from explorer.anomalies.finding_kinds import KIND_TITLES
from explorer.library.queries.filters import Filters
from explorer.ui import resources
from explorer.ui.anomalies_page import anomalies_state
from explorer.ui.anomalies_page.anomaly_map_route import map_points
from explorer.ui.components import map_data
from explorer.ui.components.map_data import NONE, OUT, MapArea
from tests.ui.conftest import id_of

pytestmark = pytest.mark.usefixtures("photos")


def unpack(data: bytes) -> tuple[dict[str, Any], dict[int, tuple[int, int, int]]]:
    """Header, and (x, y, class) by photo."""
    length = int.from_bytes(data[:4], "little")
    header = json.loads(data[4 : 4 + length])
    number, at = header["number"], 4 + length
    ids = np.frombuffer(data, "<i4", number, at)
    x, y = np.frombuffer(data, "<u2", 2 * number, at + 4 * number).reshape(2, number)
    classes = np.frombuffer(data, "u1", number, at + 8 * number)
    assert len(data) == at + 9 * number
    return header, {
        int(i): (int(a), int(b), int(c)) for i, a, b, c in zip(ids, x, y, classes, strict=True)
    }


def test_every_photo_is_on_the_map_and_the_map_fills_the_square() -> None:
    header, points = unpack(anomalies_state.map_points("folder", None))
    assert (
        set(points) == set(resources.library().catalog.matching().tolist())
        and header["number"] == 4
    )
    x, y = (np.array([point[axis] for point in points.values()]) for axis in (0, 1))
    assert max(np.ptp(x), np.ptp(y)) == 65535 and min(*x, *y) >= 0


def test_folders_and_dates_have_classes_and_a_legend(photos: Path) -> None:
    header, points = unpack(anomalies_state.map_points("folder", None))
    assert [(part["label"], part["photos"]) for part in header["legend"]] == [
        (photos.name, 3),
        (str(Path(photos.name, "Sub")), 1),
    ]
    assert points[id_of("drawn.png")][2] == 1
    header, points = unpack(anomalies_state.map_points("date", None))
    by_name = {name: points[id_of(name)][2] for name in ("red.jpg", "green.jpg", "blue.jpg")}
    assert by_name["red.jpg"] < by_name["green.jpg"] < by_name["blue.jpg"]
    assert header["legend"][0]["label"] == "2021-01"


def test_the_worst_finding_colours_a_photo() -> None:
    found = anomalies_state.anomalies().findings(everything=True)
    worst = {f.id: f for f in reversed(found)}
    where = anomalies_state.library_map()
    colours = map_data.by_kind(where.ids, [f for f in found if f.id == id_of("red.jpg")])
    header, points = unpack(map_data.packed(resources.library(), where, "kind", colours, None))
    assert len(header["legend"]) == 1
    assert header["legend"][0]["label"] == KIND_TITLES[worst[id_of("red.jpg")].kind][0]
    assert points[id_of("red.jpg")][2] == 0 and points[id_of("blue.jpg")][2] == NONE


def test_a_filter_dims_the_other_photos() -> None:
    _, points = unpack(
        anomalies_state.map_points("folder", Filters(since="2021-03-01", until="2021-03-31"))
    )
    assert [i for i, point in points.items() if point[2] != OUT] == [id_of("blue.jpg")]


def test_an_area_contains_the_photos_within_it() -> None:
    where = anomalies_state.library_map()
    assert set(map_data.photos_in(where, MapArea(0, 0, 65535, 65535)).tolist()) == set(
        where.ids.tolist()
    )
    x, y = where.coordinates[0]
    found = map_data.photos_in(where, MapArea(int(x) - 1, int(y) - 1, int(x) + 1, int(y) + 1))
    assert where.ids[0] in found


@pytest.mark.parametrize(
    ("query", "status"),
    [(b"colour=date", 200), (b"colour=nonsense", 200), (b"since=yesterday", 404)],
)
def test_the_server_returns_map_data(query: bytes, status: int) -> None:
    answer = asyncio.run(
        map_points(
            Request(
                {
                    "type": "http",
                    "method": "GET",
                    "query_string": query,
                    "headers": [],
                    "path": "/photo/map",
                }
            )
        )
    )
    assert answer.status_code == status
    assert answer.headers["cross-origin-resource-policy"] == "same-origin"
