"""Widgets that show a value stored in the library, which another window or the command line may
change while this window is open."""

from __future__ import annotations

import streamlit as st


def follow_stored(key: str, stored: object) -> bool:
    """Give a widget the stored value if the page was just opened, or if the value has changed since
    the last run; returns whether it has changed.

    Called before the widget is drawn, because it cannot be filled afterward. Otherwise the widget
    is left alone, because the user may be changing it. What the user changes is stored in a
    callback only: a script that compares the widget with the stored value cannot tell which of them
    is the newer one.

    key: of the widget.
    """
    state = st.session_state
    seen = _seen(key)
    changed = key in state and state.get(seen) != stored
    if (key not in state or changed) and state.get(key) != stored:
        state[key] = stored
    state[seen] = stored
    return changed


def last_stored(key: str) -> object:
    """The stored value as of the last run, from which the user has changed the widget; None before
    the first run."""
    return st.session_state.get(_seen(key))


def note_stored(key: str, stored: object) -> None:
    """Leave a widget alone that was just saved: the user knows of this stored value."""
    st.session_state[_seen(key)] = stored


def show_stored_again(key: str) -> None:
    """Make a widget show the stored value in the next run, because its own could not be stored."""
    st.session_state.pop(key, None)


def _seen(key: str) -> str:
    return f"_stored-{key}"
