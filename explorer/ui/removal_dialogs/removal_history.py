"""The dialog that lists every removal, and the undo of each."""

from __future__ import annotations

import streamlit as st

from explorer.errors import ExplorerError
from explorer.library.paths import printable
from explorer.removal.removed_files import removal_time
from explorer.removal.results import TRASH
from explorer.removal.undo import history, undo
from explorer.text_format import count
from explorer.ui import resources
from explorer.ui.auto_refresh import DIALOG


def bring_back(run: str) -> None:
    """Undo a removal, and have the page tell what came of it."""
    try:
        with st.spinner("Bringing the photos back…"):
            _, restored = undo(resources.library(), run)
    except ExplorerError as error:
        st.session_state["_told"] = (str(error), [])
        return
    lost = [each for each in restored if each.back is None]
    text = f"{count(len(restored) - len(lost), 'file')} brought back."
    text += f" {count(len(lost), 'file')} could not be." if lost else ""
    st.session_state["_told"] = (text, [(each.path, each.note) for each in restored if each.note])


def told() -> None:
    """What the last undo said, once. Called as a page begins to be drawn, when no dialog is left
    open."""
    st.session_state.pop(DIALOG, None)
    text, notes = st.session_state.pop("_told", ("", []))
    if text:
        st.success(text, icon=":material/undo:")
    if notes:
        st.dataframe(
            [{"File": printable(path), "Note": note} for path, note in notes],
            hide_index=True,
            width="stretch",
        )


@st.dialog("Removed photos", width="large", on_dismiss="rerun")
def history_dialog() -> None:
    """Every removal, the latest first, each with its undo."""
    runs = history(resources.library())
    if not runs:
        st.info("Nothing has been removed yet.", icon=":material/info:")
    for run in runs[:50]:
        with st.container(border=True, horizontal=True, vertical_alignment="center"):
            where = "the trash" if run.where == TRASH else printable(run.where)
            away = len(run.away)
            state = f"{count(away)} still there" if away else "all brought back"
            st.markdown(
                f"**{removal_time(run.at)}** · {count(len(run.entries), 'file')} to {where.replace('`', '')} · {state}",
                width="stretch",
            )
            if away and st.button("Undo", icon=":material/undo:", key=f"undo-{run.id}"):
                bring_back(run.id)
                st.rerun()
    if len(runs) > 50:
        st.caption(f"{len(runs) - 50:,} older ones: `python run.py undo --list`")
