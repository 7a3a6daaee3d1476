"""Make edits on the pages, and show the line with the button that undoes the last one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from explorer.errors import ExplorerError
from explorer.library.edits.edit_history import PastEdit
from explorer.library.edits.edit_operations import EditOperation, combined
from explorer.library.edits.edit_undo import undo_edit
from explorer.library.stores.edit_store import edit_photos
from explorer.sidecars.undo_sidecars import shown, undo_sidecars
from explorer.sidecars.write_sidecars import SidecarOutcome
from explorer.ui import resources
from explorer.ui.localized import count
from explorer.ui.photo_labels import escape_markdown

# Session state: the message above the page, and what can be undone: the id of an edit, the run that
# wrote sidecars, or None. And how many messages there have been.
_LAST, _TURN = "_last-edit", "_last-edit-turn"


def edit(photo_ids: Sequence[int], operation: EditOperation) -> None:
    """Edit these photos, and offer to undo the edit. Raises LibraryError."""
    whole = combined([operation])
    say_done(
        whole.summary,
        edit_photos(resources.library().catalog, photo_ids, whole.summary, whole.change),
    )


def say_done(summary: str, done: PastEdit | None) -> None:
    """Report an edit in the next run of the page, and offer to undo it. done: the recorded edit;
    None if it changed nothing."""
    if done is None:
        _say(f"{summary}: nothing to change.", None)
        return
    photos = f": {count(done.photos, 'photo')}" if done.photos else ""
    _say(f"{summary}{photos}.", done.id)


def say_written(done: SidecarOutcome) -> None:
    """Report written sidecars in the next run of the page, and offer to undo that."""
    words = f"{count(done.number_of('written'), 'sidecar')} written."
    if refused := done.number_of("refused"):
        words += f" {count(refused)} could not be written."
    _say(words, done.run)


def say(text: str) -> None:
    """Say something in the next run of the page, where the last edit is reported."""
    _say(text, None)


def _say(text: str, undoable: int | str | None) -> None:
    st.session_state[_LAST] = text, undoable
    st.session_state[_TURN] = st.session_state.get(_TURN, 0) + 1


def notice() -> dict[str, Any] | None:
    """The message for the viewer, which covers the line: its `text`, whether it can be undone
    (`undo`), and its number (`turn`). None if there is none, or it was dismissed."""
    if _LAST not in st.session_state:
        return None
    text, undoable = st.session_state[_LAST]
    return {"text": text, "undo": undoable is not None, "turn": st.session_state.get(_TURN, 0)}


def last_edit_line() -> None:
    """Show a description of the last edit, with a button that undoes it, until it is dismissed."""
    if _LAST not in st.session_state:
        return
    text, edit_id = st.session_state[_LAST]
    with st.container(horizontal=True, vertical_alignment="center", key="last-edit"):
        st.markdown(escape_markdown(text), width="content")
        if edit_id is not None:
            st.button("Undo", icon=":material/undo:", key="undo-edit", on_click=undo)
        st.button(
            "Dismiss",
            icon=":material/close:",
            key="dismiss-edit",
            type="tertiary",
            on_click=dismiss,
        )


def dismiss() -> None:
    """Hide the message about the last edit."""
    st.session_state.pop(_LAST, None)


def undo() -> None:
    """Undo the last edit, and say what was undone."""
    # There may have been another edit since the button was drawn.
    _, edit_id = st.session_state.get(_LAST, ("", None))
    if edit_id is None:
        return
    if isinstance(edit_id, str):
        _undo_sidecars(edit_id)
    else:
        undo_past(edit_id)


def undo_past(edit_id: int) -> None:
    """Undo any edit, and say what was undone."""
    try:
        undone = undo_edit(resources.library().catalog, edit_id)
    except ExplorerError as error:
        _say(str(error), edit_id)
        return
    if undone is None:
        _say("This edit was already undone.", None)
        return
    words = [f"Undone for {count(undone.restored, 'photo')}."]
    if undone.album:
        words.append(f"The album “{undone.album}” is back.")
    if undone.kept:
        words.append(f"{count(undone.kept, 'photo')} changed again since: not undone.")
    _say(" ".join(words), None)


def _undo_sidecars(run: str) -> None:
    try:
        _, undone = undo_sidecars(resources.library(), run)
    except ExplorerError as error:
        _say(str(error), None)
        return
    words = [f"{count(sum(each.undone for each in undone), 'sidecar')} as before."]
    words += [f"{shown(each)}." for each in undone if each.note][:3]
    _say(" ".join(words), None)
