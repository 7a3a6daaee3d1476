"""Which photos are selected on the map."""

from __future__ import annotations

import numpy as np
import pytest
import streamlit as st
from hypothesis import given
from hypothesis import strategies as hst

from explorer.analysis.map_regions import SIDE
from explorer.ui.actions import PhotoAction
from explorer.ui.map_page import library_map, map_selection, selected_photos
from explorer.ui.map_page.map_selection import MapSelection, along_map, inside_shape

corner = hst.integers(0, SIDE)


class _Address(dict[str, str]):
    def from_dict(self, parameters: dict[str, str]) -> None:
        self.clear()
        self.update(parameters)


@pytest.fixture
def address(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """In place of the query parameters of the page."""
    parameters = _Address()
    monkeypatch.setattr(st, "query_params", parameters)
    return parameters


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        ({}, MapSelection()),
        ({"shape": "1-2-30-40"}, MapSelection((1, 2, 30, 40))),
        ({"shape": "1-2-30-40-5-6", "only": "1"}, MapSelection((1, 2, 30, 40, 5, 6), None, True)),
        ({"region": "1-200-300"}, MapSelection((), (1, 200, 300))),
        ({"region": "9-200-300"}, MapSelection()),
        ({"region": "1-200"}, MapSelection()),
        ({"shape": "1-2"}, MapSelection()),
        ({"shape": "1-2-3-4-5"}, MapSelection()),
        ({"shape": "1-2-3-99999"}, MapSelection()),
        ({"shape": "1-2-3-x"}, MapSelection()),
        ({"shape": "-".join(["1"] * 400)}, MapSelection()),
    ],
)
def test_the_address_says_what_is_selected(
    address: dict[str, str], parameters: dict[str, str], expected: MapSelection
) -> None:
    address.update(parameters)
    found = map_selection.selection_from_url()
    assert found == expected and bool(found) == bool(parameters and expected != MapSelection())


def test_a_rectangle_has_its_edges() -> None:
    points = np.array([[10, 20], [30, 40], [9, 30], [20, 41]], np.float32)
    for shape in ((10, 20, 30, 40), (30, 20, 10, 40)):
        assert inside_shape(points, shape).tolist() == [True, True, False, False]


def test_the_notch_of_a_polygon_is_outside() -> None:
    points = np.array([[10, 50], [90, 50], [50, 60], [200, 50]], np.float32)
    shape = (0, 0, 100, 0, 100, 100, 50, 20, 0, 100)
    assert inside_shape(points, shape).tolist() == [True, True, False, False]


@given(
    shape=hst.lists(hst.tuples(corner, corner), min_size=3, max_size=12),
    places=hst.lists(hst.tuples(corner, corner), min_size=1, max_size=20),
    turn=hst.integers(0, 11),
)
def test_a_polygon_is_the_same_from_whichever_corner_it_begins(
    shape: list[tuple[int, int]], places: list[tuple[int, int]], turn: int
) -> None:
    points, turned = np.array(places, np.float32), shape[turn:] + shape[:turn]
    one, other = (
        inside_shape(points, tuple(number for each in corners for number in each))
        for corners in (shape, turned[::-1])
    )
    # Rounding may only differ for a point on an edge.
    on_edge = [any(_on_line(place, a, b) for a, b in zip(shape, shape[1:] + shape[:1], strict=True))
               for place in places]  # fmt: skip
    assert all(a == b or edge for a, b, edge in zip(one, other, on_edge, strict=True))


def _on_line(place: tuple[int, int], a: tuple[int, int], b: tuple[int, int]) -> bool:
    # What lies on an edge of the map counts as half a unit inside.
    x, y = (min(SIDE - 0.5, max(0.5, value)) for value in place)
    return (b[0] - a[0]) * (y - a[1]) == (b[1] - a[1]) * (x - a[0])


def test_a_polygon_around_the_whole_map_contains_what_lies_on_its_edges() -> None:
    ends = np.array([0, SIDE / 2, SIDE], np.float32)
    points = np.stack(np.meshgrid(ends, ends), axis=-1).reshape(-1, 2)
    assert inside_shape(points, (0, 0, SIDE, 0, SIDE, SIDE, 0, SIDE)).all()
    half = (0, 0, SIDE // 3, 0, SIDE // 3, SIDE, 0, SIDE)
    assert inside_shape(points, half).tolist() == [x == 0 for x, _ in points.tolist()]


@given(hst.lists(hst.tuples(corner, corner), max_size=40))
def test_the_order_along_the_map_has_all_photos_once(places: list[tuple[int, int]]) -> None:
    ids = np.arange(len(places)) + 7
    assert sorted(along_map(ids, np.array(places, np.float32).reshape(-1, 2))) == ids.tolist()


def test_photos_of_a_corner_follow_each_other() -> None:
    points = np.array([[0, 0], [60000, 60000], [10, 10], [60010, 60000]], np.float32)
    assert along_map(np.arange(4), points).tolist() == [0, 2, 1, 3]


@pytest.mark.usefixtures("photos")
def test_selected_photos_are_the_newest_first() -> None:
    ids = map_selection.selected_photos(MapSelection((0, 0, SIDE, SIDE)))
    assert len(ids) == 4
    assert not len(map_selection.selected_photos(MapSelection((), (0, 5, 5))))


@pytest.mark.usefixtures("photos")
def test_buttons_act_on_the_shape_that_was_drawn_last(
    address: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    state, seen = dict[str, object](), list[int]()
    monkeypatch.setattr(st, "session_state", state)
    action = PhotoAction("See", "", lambda ids: seen.append(len(ids)))
    address["shape"] = f"0-0-{SIDE}-{SIDE}"
    selected_photos._act(action)
    state["library-map"] = {"selection": {"shape": "1-1-2-2", "at": 1}}
    selected_photos._act(action)
    assert seen == [4] and address == {"shape": "1-1-2-2"}
    state["library-map"] = {"selection": {"region": "0-5-6", "at": 2}}
    selected_photos._list_selected(only=False)
    assert address == {"region": "0-5-6"}
    # Streamlit calls the callback of the map after those of the buttons.
    library_map.apply_selection()
    assert address == {"region": "0-5-6"}
    state["library-map"] = {"selection": {"shape": f"0-0-{SIDE}-{SIDE}", "at": 3}}
    library_map.apply_selection()
    selected_photos._act(action)
    assert seen == [4, 4]
    state["library-map"] = {"selection": {"shape": "1-1-2-2", "at": 4}}
    selected_photos._clear()
    library_map.apply_selection()
    assert address == {}
