"""Which events wait for a run of their own."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
import streamlit as st
from streamlit.runtime.scriptrunner_utils.script_run_context import ThreadState

from explorer.ui.components import action_inbox, partial_runs
from explorer.ui.components.component_events import follow
from explorer.ui.map_page import library_map, map_selection


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """The context of a run, whose fragments the test sets."""
    context = SimpleNamespace(fragment_ids_this_run=None)
    monkeypatch.setattr(partial_runs, "get_script_run_ctx", lambda **_: context)
    monkeypatch.setattr(st, "session_state", {})
    ThreadState.initialize()
    return context


@pytest.mark.parametrize(
    ("fragments", "own", "waits"),
    [
        (None, None, False), ([], None, False), ([], "dialog", False),
        (["status"], None, True), (["status"], "dialog", True),
        (["dialog"], "dialog", False), (["status", "dialog"], "dialog", False),
    ],
)  # fmt: skip
def test_events_wait_while_only_other_fragments_run(
    drawn: SimpleNamespace, fragments: list[str] | None, own: str | None, waits: bool
) -> None:
    drawn.fragment_ids_this_run = fragments
    with ThreadState.scoped(fragment_id=own):
        assert partial_runs.is_for_another_part() is waits


def test_without_a_run_nothing_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(partial_runs, "get_script_run_ctx", lambda **_: None)
    assert not partial_runs.is_for_another_part()


def test_what_is_sent_is_followed_once_in_its_own_run(drawn: SimpleNamespace) -> None:
    followed, carried = list[Any](), list[Any]()
    event = follow("part", "chosen", followed.append)
    receive = action_inbox.receiver("part", carried.append)
    action = {"number": 1}
    st.session_state["part"] = {"chosen": "red", "actions": [action]}
    for drawn.fragment_ids_this_run, expected in ((["status"], 0), (None, 1)):
        event()
        receive()
        assert followed == ["red"] * expected and carried == [action] * expected


def test_a_selection_on_the_map_is_put_into_the_url_of_its_own_run(
    drawn: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    selected = list[str]()
    monkeypatch.setattr(map_selection, "select", lambda **parts: selected.append(parts["shape"]))
    st.session_state["library-map"] = {"selection": {"shape": "0-0-9-9", "at": 1}}
    for drawn.fragment_ids_this_run, expected in ((["status"], []), (None, ["0-0-9-9"])):
        library_map.apply_selection()
        assert selected == expected
