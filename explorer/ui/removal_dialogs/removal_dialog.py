"""The dialog that shows what a removal would do, and carries it out once the person confirms."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import streamlit as st

from explorer.errors import ExplorerError
from explorer.removal.plan import as_csv, as_json
from explorer.removal.remove import dry_run, remove
from explorer.removal.results import TRASH, Removal, RemovalOutcome, companions_in_words
from explorer.removal.trash import is_supported
from explorer.text_format import count, size
from explorer.ui import resources
from explorer.ui.auto_refresh import DIALOG
from explorer.ui.removal_dialogs.removal_history import bring_back
from explorer.ui.removal_dialogs.removal_table import MAX_ROWS, kept_files_table, removal_rows


def removal_dialog(removals: Sequence[Removal], done: Callable[[], None] = lambda: None) -> None:
    """Show what these removals would do, and do it when the person says so. done: called after
    something was removed."""
    st.session_state.pop("_outcome", None)
    st.session_state[DIALOG] = True
    _removal(list(removals), done)


@st.dialog("Remove photos", width="large", on_dismiss="rerun")
def _removal(removals: list[Removal], done: Callable[[], None]) -> None:
    outcome: RemovalOutcome | None = st.session_state.get("_outcome")
    if outcome is not None:
        _tell(outcome)
        return
    alone = [removal for removal in removals if removal.keeper is None]
    kept = (
        ""
        if alone
        else " For each, another file is kept; both are read and compared with the library once more before anything moves."
    )
    along = sum(len(removal.companions) for removal in removals)
    more = f", with {companions_in_words(along)}," if along else ","
    st.markdown(
        f"**{count(len(removals), 'file')}**{more} {size(sum(removal.total_bytes for removal in removals))}.{kept}"
    )
    height: Any = 260 if len(removals) > 6 else "content"
    st.dataframe(removal_rows(removals[:MAX_ROWS]), hide_index=True, width="stretch", height=height)
    if len(removals) > MAX_ROWS:
        st.caption(f"The first {MAX_ROWS:,} are shown; the plan has them all.")
    with st.container(horizontal=True):
        st.download_button(
            "Plan as CSV",
            lambda: as_csv(removals).encode(),
            "removal-plan.csv",
            "text/csv",
            icon=":material/download:",
            on_click="ignore",
        )
        st.download_button(
            "Plan as JSON",
            lambda: as_json(removals).encode(),
            "removal-plan.json",
            "application/json",
            icon=":material/download:",
            on_click="ignore",
        )
    unread = sum(removal.tier == "unreadable" for removal in removals)
    if unread:
        st.warning(
            f"{count(unread, 'file')} could not be read as a photo, so no other copy is known: it may be the only one.",
            icon=":material/warning:",
        )  # fmt: skip
    to = _destination()
    sidecars = (
        bool(removals)
        and len(alone) < len(removals)
        and st.checkbox(
            "Copy date, place, rating and keywords that the kept photo lacks to a file beside it (.xmp)",
            key="remove-sidecars",
        )
    )
    sure = not alone or st.checkbox(
        f"Yes, remove {count(len(alone), 'file')} for which no other is kept", key="remove-alone"
    )
    check = st.container()
    with st.container(horizontal=True):
        if st.button(
            "Check again",
            icon=":material/fact_check:",
            help="Read every file and its keeper; move nothing",
            disabled=to is None,
        ):
            _checked(removals, to or TRASH, bool(alone), check)
        if st.button(
            f"Remove {count(len(removals), 'file')}",
            type="primary",
            icon=":material/delete:",
            disabled=to is None or not sure or not removals,
        ):
            _carry_out(removals, to or TRASH, bool(alone), sidecars, done)


def _destination() -> str | None:
    """Where removed files go; None while no folder was named."""
    name = "The system's trash" if is_supported() else "A folder of this program on the same drive"
    where = st.radio("To", [name, "A folder"], horizontal=True, key="remove-to")
    if where == name:
        return TRASH
    typed = st.text_input(
        "Folder", placeholder=str(Path.home() / "Removed photos"), key="remove-folder"
    ).strip()
    return os.path.abspath(Path(typed).expanduser()) if typed else None


def _checked(
    removals: list[Removal], to: str, alone: bool, at: st.delta_generator.DeltaGenerator
) -> None:
    bar = at.progress(0.0, "Reading…")
    try:
        outcome = dry_run(
            resources.library(),
            removals,
            to,
            without_keeper=alone,
            tick=lambda n, of: _progress(bar, n, of, "Reading"),
        )
    except ExplorerError as error:
        bar.empty()
        at.error(str(error), icon=":material/error:")
        return
    bar.empty()
    with at:
        if outcome.kept:
            st.warning(f"{count(len(outcome.kept), 'file')} would stay.", icon=":material/shield:")
            kept_files_table(outcome)
        else:
            along = (
                f" with {companions_in_words(outcome.companion_count)}"
                if outcome.companion_count
                else ""
            )
            st.success(
                f"All {len(removals):,} can go{along}, and everything kept is in its place.",
                icon=":material/check:",
            )


def _progress(bar: st.delta_generator.DeltaGenerator, number: int, of: int, what: str) -> None:
    bar.progress(number / max(1, of), f"{what} {number + 1:,} of {of:,}")


def _carry_out(
    removals: list[Removal], to: str, alone: bool, sidecars: bool, done: Callable[[], None]
) -> None:
    bar = st.progress(0.0, "Removing…")
    try:
        outcome = remove(
            resources.library(), removals, to, without_keeper=alone, sidecars=sidecars,
            tick=lambda number, of: _progress(bar, number, of, "Removing"),
        )  # fmt: skip
    except ExplorerError as error:
        bar.empty()
        st.error(str(error), icon=":material/error:")
        return
    st.session_state["_outcome"] = outcome
    done()
    st.rerun(scope="fragment")


def _tell(outcome: RemovalOutcome) -> None:
    if outcome.removed:
        along = (
            f", with {companions_in_words(outcome.companion_count)}"
            if outcome.companion_count
            else ""
        )
        st.success(
            f"{count(len(outcome.removed), 'file')} removed{along}, {size(outcome.freed)}.",
            icon=":material/check:",
        )
        st.caption(
            "Space is free once the trash is emptied. Until then everything can be brought back."
        )
    if outcome.kept:
        st.warning(
            f"{count(len(outcome.kept), 'file')} stayed where they are.", icon=":material/shield:"
        )
        kept_files_table(outcome)
    with st.container(horizontal=True):
        if st.button("Done", type="primary"):
            st.rerun()
        if outcome.run and outcome.removed and st.button("Undo", icon=":material/undo:"):
            bring_back(outcome.run)
            st.rerun()
