"""The session state of the concept dialogs: which one is open, and for which concept or photos."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple

import streamlit as st

from explorer.errors import ExplorerError
from explorer.ui.actions import PhotoAction
from explorer.ui.photo_labels import escape_markdown

_REQUEST, _PROBLEM = "_concept-dialog", "_concept-problem"


class ConceptRequest(NamedTuple):
    """The dialog to show."""

    view: Literal["list", "edit", "add"]
    concept: int = 0
    """The id of the concept to edit."""
    photos: tuple[int, ...] = ()
    """The ids of the photos to make a concept from, or to add to one."""


def open_concepts(request: ConceptRequest) -> None:
    """Open the dialog in the next run of the page, above an open photo."""
    st.session_state[_REQUEST] = request


def requested() -> ConceptRequest | None:
    """The requested dialog, until it is closed; None if there is none."""
    request: ConceptRequest | None = st.session_state.get(_REQUEST)
    return request


def close_concepts() -> None:
    """Close the dialog in the next run of the page."""
    st.session_state.pop(_REQUEST, None)


def put_problem(error: ExplorerError) -> None:
    """Make the dialog show why something could not be done."""
    st.session_state[_PROBLEM] = str(error)


def show_problem() -> None:
    """Draw, once, why something could not be done."""
    if problem := st.session_state.pop(_PROBLEM, ""):
        st.error(escape_markdown(problem), icon=":material/error:")


def make_concept_action() -> PhotoAction:
    """The action “Make a concept…”, which every gallery and the viewer offer."""

    def run(ids: Sequence[int]) -> None:
        open_concepts(ConceptRequest("add", photos=tuple(ids)))

    return PhotoAction(
        "Make a concept…",
        ":material/label:",
        run,
        help="Name what these photos show, to find more of it; or add them to a concept",
    )
