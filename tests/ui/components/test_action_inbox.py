"""Actions that a component sends are carried out once, in order."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from explorer.ui.components import action_inbox
from tests.ui.component_events import data_of, send


def _page() -> None:
    import streamlit as st

    from explorer.ui.components import action_inbox

    component = st.components.v2.component("acting", html="<p></p>")

    def carry_out(action: action_inbox.SentAction) -> None:
        done = st.session_state.setdefault("done", [])
        done.append(action["what"])
        if action["what"] == "fail":
            raise ValueError(action)
        if action["what"] == "leave":
            st.rerun()

    # The next click interrupts the run before the component is drawn.
    if st.session_state.get("interrupted"):
        st.stop()
    data = {"handled": action_inbox.handled("actor")}
    component(key="actor", data=data, on_actions_change=action_inbox.receiver("actor", carry_out))
    if st.button("After", on_click=action_inbox.carry_out_received, args=["actor"]):
        st.session_state.done.append("after")


@pytest.fixture
def app() -> AppTest:
    page = AppTest.from_function(_page).run()
    assert not page.exception
    return page


def actions(first: int, *whats: str) -> list[dict[str, Any]]:
    return [{"what": what, "number": number} for number, what in enumerate(whats, first)]


def test_actions_of_an_interrupted_run_are_carried_out(app: AppTest) -> None:
    app.session_state["interrupted"] = True
    send(app, "acting", actions=actions(1, "one", "two"))
    app.session_state["interrupted"] = False
    app.run()
    assert app.session_state["done"] == ["one", "two"]
    assert data_of(app, "acting") == {"handled": 2}


def test_actions_that_come_again_are_not_repeated(app: AppTest) -> None:
    send(app, "acting", actions=actions(1, "one", "two"))
    send(app, "acting", actions=actions(2, "two", "three"))
    assert app.session_state["done"] == ["one", "two", "three"]
    assert data_of(app, "acting") == {"handled": 3}
    # The numbers go on when the page was loaded again, too.
    send(app, "acting", actions=actions(8, "four"))
    assert app.session_state["done"][3:] == ["four"]


def test_actions_after_one_that_fails_or_ends_the_run_are_carried_out(app: AppTest) -> None:
    send(app, "acting", actions=actions(1, "leave", "one"))
    assert not app.exception
    assert app.session_state["done"] == ["leave", "one"]
    send(app, "acting", actions=actions(3, "fail", "two"))
    assert app.exception
    app.run()
    assert app.session_state["done"][2:] == ["fail", "two"]
    assert data_of(app, "acting") == {"handled": 4}


def test_a_button_acts_after_what_was_done_before_it(app: AppTest) -> None:
    app.button[0].click()
    send(app, "acting", actions=actions(1, "one"))
    assert app.session_state["done"] == ["one", "after"]


@pytest.fixture
def state(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    found = dict[str, Any]()
    monkeypatch.setattr(st, "session_state", found)
    return found


def test_nothing_is_done_before_something_arrives(state: dict[str, Any]) -> None:
    done = list[action_inbox.SentAction]()
    action_inbox.carry_out_received("actor")
    state["actor"] = {"actions": actions(1, "one")}
    # Another page has the component, but not this one.
    action_inbox.carry_out_received("actor")
    callback = action_inbox.receiver("actor", done.append)
    received: list[Any] = [None, {}, {"other": 1}, {"actions": None}, {"actions": []}]
    for each in received:
        state["actor"] = each
        callback()
    assert done == [] and action_inbox.handled("actor") == 0


def test_each_component_has_actions_of_its_own(state: dict[str, Any]) -> None:
    done = list[tuple[str, Any]]()

    def receiver(key: str) -> Callable[[], None]:
        return action_inbox.receiver(key, lambda action: done.append((key, action["what"])))

    callbacks = {key: receiver(key) for key in ("one", "two")}
    state["one"], state["two"] = {"actions": actions(1, "a", "b")}, {"actions": actions(1, "c")}
    callbacks["one"]()
    assert (action_inbox.handled("one"), action_inbox.handled("two")) == (2, 0)
    action_inbox.carry_out_received("two")
    assert done == [("one", "a"), ("one", "b"), ("two", "c")]


def test_an_action_counts_as_handled_while_it_is_carried_out(state: dict[str, Any]) -> None:
    """It may run the page again, which then receives it anew."""
    turns = list[int]()

    def carry_out(action: action_inbox.SentAction) -> None:
        turns.append(action_inbox.handled("actor"))
        if action["what"] == "full":
            raise OSError("no space left")

    callback = action_inbox.receiver("actor", carry_out)
    state["actor"] = {"actions": actions(3, "one", "full", "three")}
    callback()
    assert turns == [3, 4, 5]
