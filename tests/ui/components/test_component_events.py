"""What is chosen in a component is followed even if the next click interrupts the page at once."""

from __future__ import annotations

from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from explorer.config import PROJECT
from explorer.ui import app_frame
from explorer.ui.components import component_events
from tests.ui.component_events import data_of, send
from tests.ui.places_page.test_places_photos import located
from tests.ui.search_page.test_search_state import address, app

__all__ = ["located"]


def opened(name: str, **search: str) -> AppTest:
    page = app(**search)
    page.session_state["_narrowing"] = True
    page.switch_page(str(PROJECT / "pages" / f"{name}.py")).run()
    assert not page.exception
    return page


@pytest.mark.parametrize(
    ("name", "component", "events", "expected"),
    [
        ("browse", "facet_tree", {"query": "date:2021"}, {"q": "date:2021"}),
        ("browse", "facet_path", {"follow": {"query": ""}}, {"by": "folders"}),
        (
            "search",
            "facet_panel",
            {"choices": [{"added": "date:2021", "dropped": ""}]},
            {"q": "date:2021"},
        ),
        ("map", "library_map", {"selection": {"shape": "1-2-3-4", "at": 1}}, {"shape": "1-2-3-4"}),
        (
            "map",
            "library_map",
            {"selection": {"region": "1-2-3", "at": 1}},
            {"region": "1-2-3", "only": "1"},
        ),
        ("places", "places_map", {"area": "38,-10,39,-9"}, {"area": "38,-10,39,-9"}),
        ("places", "places_map", {"search": "38,-10,39,-9"}, {"q": "area:38,-10,39,-9"}),
        ("anomalies", "photo_map", {"area": [1, 2, 30, 40]}, {"area": "1,2,30,40"}),
        ("places", "places_list", {"search": "place:Lisbon"}, {"q": "place:Lisbon"}),
    ],
)
@pytest.mark.usefixtures("located")
def test_what_is_chosen_counts(
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    component: str,
    events: dict[str, Any],
    expected: dict[str, str],
) -> None:
    page = opened(name)
    with monkeypatch.context() as interrupted:
        interrupted.setattr(app_frame, "app_frame", st.stop)
        send(page, component, **events)
    page.run()
    assert not page.exception
    assert address(page) == expected


def test_only_what_was_sent_is_followed(monkeypatch: pytest.MonkeyPatch) -> None:
    state, done = dict[str, Any](), list[object]()
    monkeypatch.setattr(st, "session_state", state)
    callback = component_events.follow("map", "area", done.append)
    for sent in (None, {}, {"area": None}, {"area": ""}, {"search": "place:Lisbon"}):
        state["map"] = sent
        callback()
    state.pop("map")
    callback()
    assert done == []
    state["map"] = {"area": "38,-10,39,-9"}
    callback()
    assert done == ["38,-10,39,-9"]
    component_events.ignore()


@pytest.mark.usefixtures("located")
def test_a_photo_opened_on_the_map_of_anomalies_opens(monkeypatch: pytest.MonkeyPatch) -> None:
    page = opened("anomalies")
    with monkeypatch.context() as interrupted:
        interrupted.setattr(app_frame, "app_frame", st.stop)
        send(page, "photo_map", open=2)
    page.run()
    assert not page.exception
    assert data_of(page, "viewer")["open"] == {"photo": 2, "turn": 1}
