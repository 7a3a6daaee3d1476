"""Make changes that may fail, and show on the page why one did.

A change fails if the disk is full, the library cannot be written to, another program holds its
catalog for too long, or what was typed is invalid. The page stays as it is, with everything that
was typed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import ParamSpec

import streamlit as st

from explorer.errors import ExplorerError
from explorer.library.paths import printable
from explorer.text_format import one_line
from explorer.ui.photo_labels import escape_markdown

_Arguments = ParamSpec("_Arguments")


def attempt(
    change: Callable[_Arguments, object], *args: _Arguments.args, **kwargs: _Arguments.kwargs
) -> bool:
    """Make a change; returns whether it was made. If it was not, a notification says why.

    For callbacks and for the script of a page, also inside fragments and dialogs: a notification
    lies above dialogs, and is shown even if the page is run again at once.
    """
    try:
        change(*args, **kwargs)
    except (ExplorerError, OSError) as error:
        show_error(error)
        return False
    return True


def attempting(
    change: Callable[_Arguments, object], *args: _Arguments.args, **kwargs: _Arguments.kwargs
) -> Callable[[], None]:
    """A callback for a widget: it attempts to make a change."""

    def callback() -> None:
        attempt(change, *args, **kwargs)

    return callback


def show_error(error: ExplorerError | OSError) -> None:
    """Show a notification that says why something could not be done."""
    st.toast(escape_markdown(error_text(error)), icon=":material/error:", duration="long")


def error_text(error: ExplorerError | OSError) -> str:
    """What an error says to the user."""
    if isinstance(error, ExplorerError):
        return str(error)
    why = one_line(error.strerror or str(error)).rstrip(".")
    where = f" in {one_line(printable(str(error.filename)))}" if error.filename else ""
    return f"This could not be stored{where}: {why}."
