"""The actions of the user that a component sends: decisions, edits and the like. Each is carried
out once, in order.

Streamlit gives what a component triggers only to the run that received it. If the next click
interrupts this run before the component is drawn, it is gone, and if two of its triggers wait for
the same run, only the newer one arrives. But callbacks are called before a run can be interrupted.
So the component numbers its actions and sends a list of all that Python has not acknowledged
(`static/modules/action_outbox.js`), and a callback carries out those that are new.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import streamlit as st

from explorer.ui.change_errors import attempt
from explorer.ui.components.partial_runs import is_for_another_part

SentAction = Mapping[str, Any]
"""An action, as the component describes it, with its sequence number (`number`)."""


def handled(key: str) -> int:
    """The number of the last action that was handled, which the component needs as `handled` in its
    data. key: that of the component."""
    return int(st.session_state.get(_handled(key), 0))


def receiver(key: str, carry_out: Callable[[SentAction], None]) -> Callable[[], None]:
    """The callback for a component's `actions`.

    carry_out: called with each; it may end the run, or raise ExplorerError or OSError, which is
    shown.
    """
    st.session_state[_carrying_out(key)] = carry_out
    return partial(carry_out_received, key)


def carry_out_received(key: str) -> None:
    """Carry out the actions that have arrived now.

    Streamlit calls the callbacks of its own widgets first. One that has to follow what the user did
    before in a component therefore begins with this.
    """
    state, carry_out = st.session_state.get(key), st.session_state.get(_carrying_out(key))
    if not state or carry_out is None or is_for_another_part():
        return
    done = handled(key)
    new = [each for each in state.get("actions") or [] if each["number"] > done]
    # Each is tried once, also if one before it fails or ends the run.
    with contextlib.ExitStack() as stack:
        for action in reversed(new):
            stack.callback(attempt, carry_out, action)
            stack.callback(st.session_state.__setitem__, _handled(key), action["number"])


def _handled(key: str) -> str:
    return f"_handled-{key}"


def _carrying_out(key: str) -> str:
    return f"_carry-out-{key}"
