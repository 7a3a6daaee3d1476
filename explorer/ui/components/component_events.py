"""What a component triggers, followed before the page runs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from explorer.ui.components.partial_runs import is_for_another_part


def follow(key: str, event: str, action: Callable[[Any], None]) -> Callable[[], None]:
    """The callback for an event of the component with that key. action: called with what the
    component sent, unless it is empty; it may end the run, as by switching pages.

    The component's result holds it as well, but only in the run that received it, which the next
    click may interrupt first. Decisions and edits are sent as actions instead (`action_inbox.py`).
    """

    def callback() -> None:
        if is_for_another_part():
            return
        state: dict[str, Any] = st.session_state.get(key) or {}
        if value := state.get(event):
            action(value)

    return callback


def ignore() -> None:
    """The callback for what the page reads from the component's result, or for what it only has to
    run for: Streamlit requires one for everything that a component sends."""
