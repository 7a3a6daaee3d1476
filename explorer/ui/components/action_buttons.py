"""The buttons for selected photos."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st

from explorer.ui.actions import PhotoAction


def action_buttons(
    actions: Sequence[PhotoAction], run: Callable[[PhotoAction], None], key: str
) -> None:
    """Draw a button for each action, and a menu with those that are rarely used.

    run: called before the page runs. key: the beginning of the buttons' keys.
    """
    for action in actions:
        if not action.rare:
            _button(action, run, key)
    rare = [action for action in actions if action.rare]
    if rare:
        with st.popover("More", icon=":material/more_horiz:", key=f"{key}-more"):
            for action in rare:
                _button(action, run, key)


def _button(action: PhotoAction, run: Callable[[PhotoAction], None], key: str) -> None:
    st.button(
        action.label,
        icon=action.icon,
        help=action.help,
        key=f"{key}-{action.label}",
        on_click=run,
        args=[action],
    )
