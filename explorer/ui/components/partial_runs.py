"""Runs of a page that redraw only some of its fragments."""

from __future__ import annotations

from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.scriptrunner_utils.script_run_context import ThreadState


def is_for_another_part() -> bool:
    """Whether the callback that is called now belongs to a component outside the fragments that
    this run redraws. Such an event must wait for its own run.

    A fragment that refreshes itself is run with everything that the browser holds: also with the
    event of a component whose own message is about to be sent. That message follows with the same
    event, and with the URL from before it. If the event had been followed already, its change of
    the URL would be lost by that.
    """
    context = get_script_run_ctx(suppress_warning=True)
    fragments = context.fragment_ids_this_run if context is not None else None
    return bool(fragments) and ThreadState.get().fragment_id not in (fragments or ())
