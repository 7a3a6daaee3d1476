"""A widget shows a stored value that has changed elsewhere, otherwise what the user types."""

from __future__ import annotations

from typing import Any

import pytest
import streamlit as st

from explorer.ui.stored_values import follow_stored, last_stored, note_stored, show_stored_again


class _State(dict[str, Any]):
    """The session's state, with what was assigned to the widget."""

    def __init__(self) -> None:
        super().__init__()
        self.assigned = list[object]()

    def __setitem__(self, key: str, value: object) -> None:
        super().__setitem__(key, value)
        if key == "widget":
            self.assigned.append(value)


@pytest.fixture
def state(monkeypatch: pytest.MonkeyPatch) -> _State:
    found = _State()
    monkeypatch.setattr(st, "session_state", found)
    return found


def test_a_widget_follows_what_is_stored_elsewhere(state: _State) -> None:
    assert last_stored("widget") is None
    assert follow_stored("widget", "one") is False
    assert state["widget"] == last_stored("widget") == "one"
    state["widget"] = "typed"
    assert follow_stored("widget", "one") is False
    assert (state["widget"], last_stored("widget")) == ("typed", "one")
    assert follow_stored("widget", "two") is True
    assert (state["widget"], last_stored("widget")) == ("two", "two")


def test_a_widget_that_shows_the_value_already_is_not_filled(state: _State) -> None:
    """Streamlit would take that for a change."""
    follow_stored("widget", None)
    assert state.assigned == []
    follow_stored("widget", "one")
    state["widget"] = "two"
    assert follow_stored("widget", "two") is True
    assert state.assigned == ["one", "two"]


def test_what_was_saved_here_is_no_change(state: _State) -> None:
    follow_stored("widget", "one")
    state["widget"] = "two"
    note_stored("widget", "two")
    state["widget"] = "two and more"
    assert follow_stored("widget", "two") is False and state["widget"] == "two and more"


def test_what_could_not_be_saved_is_replaced_by_what_is_stored(state: _State) -> None:
    follow_stored("widget", "one")
    state["widget"] = "invalid"
    show_stored_again("widget")
    show_stored_again("other")
    assert follow_stored("widget", "one") is False and state["widget"] == "one"
