"""The dialog that lists every removal, and undoes each."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from explorer.config import PROGRAM
from explorer.errors import ExplorerError
from explorer.library.paths import printable
from explorer.removal.empty_removed import empty_removed, removed_space
from explorer.removal.removed_files import removal_time
from explorer.removal.results import TRASH
from explorer.removal.undo import history, undo
from explorer.sidecars.undo_sidecars import sidecar_history, undo_sidecars
from explorer.ui import resources
from explorer.ui.auto_refresh import DIALOG_OPEN
from explorer.ui.localized import count, size
from explorer.ui.photo_edits.last_edit import say
from explorer.ui.photo_labels import escape_markdown

_SHOWN_RUNS, _SHOWN_NAMES = 50, 4
# The session state with what is to be known about files of the last undo, until the page shows it.
_NOTES = "_undo-notes"


def undo_removal(run: str) -> None:
    """Undo the removal with this id, and make the page show the result."""
    try:
        with st.spinner("Restoring photos…"):
            _, restored = undo(resources.library(), run)
    except ExplorerError as error:
        say(str(error))
        return
    failed = [each for each in restored if each.back is None]
    text = f"{count(len(restored) - len(failed), 'file')} restored."
    say(text + (f" {count(len(failed), 'file')} could not be restored." if failed else ""))
    st.session_state[_NOTES] = [(each.path, each.note) for each in restored if each.note]


def show_undo_notes() -> None:
    """Show what is to be known about the files of the last undo, once. Called first on every page,
    when no dialog is open."""
    st.session_state.pop(DIALOG_OPEN, None)
    if notes := st.session_state.pop(_NOTES, []):
        st.dataframe(
            [{"File": printable(path), "Note": note} for path, note in notes],
            hide_index=True,
            width="stretch",
        )


def removed_photos_button() -> None:
    """Draw the button that opens the list of removals."""
    if st.button("Removed photos", icon=":material/history:", help="See every removal and undo it"):
        history_dialog()


@st.dialog("Removed photos", width="large", on_dismiss="rerun")
def history_dialog() -> None:
    """Draw every removal, latest first, each with a button to undo it."""
    runs = history(resources.library())
    if not runs:
        st.info("Nothing has been removed yet.", icon=":material/info:")
    for run in runs[:_SHOWN_RUNS]:
        with st.container(border=True, horizontal=True, vertical_alignment="center"):
            where = "the trash" if run.where == TRASH else printable(run.where).replace("`", "")
            remaining = len(run.away)
            state = f"{count(remaining)} not restored" if remaining else "all restored"
            names = [Path(printable(entry.path)).name for entry in run.entries[:_SHOWN_NAMES]]
            names += ["…"] * (len(run.entries) > _SHOWN_NAMES)
            st.markdown(
                f"**{removal_time(run.at)}** · {count(len(run.entries), 'file')} moved to {where}"
                f" · {state}  \n{escape_markdown(', '.join(names))}",
                width="stretch",
            )
            if remaining and st.button("Undo", icon=":material/undo:", key=f"undo-{run.id}"):
                undo_removal(run.id)
                st.rerun()
    _written_sidecars()
    _own_folders()
    if len(runs) > _SHOWN_RUNS:
        st.caption(
            f"{count(len(runs) - _SHOWN_RUNS)} older removals are listed by"
            f" `{PROGRAM} undo --list`."
        )


def _written_sidecars() -> None:
    """Draw the runs that wrote sidecars on request and can be undone."""
    runs = [run for run in sidecar_history(resources.library()) if run.pending]
    for run in runs[:_SHOWN_RUNS]:
        with st.container(border=True, horizontal=True, vertical_alignment="center"):
            st.markdown(
                f"**{removal_time(run.at)}** · {count(len(run.pending), 'sidecar')} written",
                width="stretch",
            )
            if st.button("Undo", icon=":material/undo:", key=f"undo-sidecars-{run.id}"):
                _undo_sidecars(run.id)
                st.rerun()


def _undo_sidecars(run: str) -> None:
    try:
        _, undone = undo_sidecars(resources.library(), run)
    except ExplorerError as error:
        say(str(error))
        return
    say(f"{count(sum(each.undone for each in undone), 'sidecar')} as before.")
    st.session_state[_NOTES] = [(each.path, each.note) for each in undone if each.note]


def _own_folders() -> None:
    """Draw what is in our own folders of removed photos, which no system empties, and a button to
    empty them."""
    space = removed_space(resources.library())
    if not space.files:
        return
    where = ", ".join(escape_markdown(printable(folder)) for folder in space.folders)
    verb = "takes" if space.files == 1 else "take"
    st.markdown(f"{count(space.files, 'file')} in {where} {verb} up {size(space.bytes)}.")
    sure = st.checkbox("Delete them for good; they can then not be restored", key="removed-sure")
    if sure and st.button("Empty", icon=":material/delete_forever:", type="primary"):
        try:
            with st.spinner("Checking and deleting…"):
                done = empty_removed(resources.library())
        except ExplorerError as error:
            st.error(escape_markdown(str(error)), icon=":material/error:")
            return
        text = f"{count(done.files, 'file')} deleted for good."
        if done.staying:
            stay, them = ("stays", "it") if done.staying == 1 else ("stay", "them")
            text += (
                f" {count(done.staying, 'file')} {stay}: the photo kept for {them} is not there."
            )
        if done.failed:
            text += (
                f" {count(done.failed, 'file')} could not be deleted: close the programs that may"
                " have such files open, and try again."
            )
        say(text)
        st.rerun()
