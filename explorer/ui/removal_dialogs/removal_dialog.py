"""The dialog that shows what a removal would do, and carries it out once the user confirms."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import streamlit as st

from explorer.errors import ExplorerError, FolderError
from explorer.library.paths import typed_path
from explorer.removal.plan import as_csv, as_json
from explorer.removal.remove import dry_run, remove
from explorer.removal.results import (
    TRASH,
    Removal,
    RemovalOutcome,
    carried_in_words,
    companions_in_words,
)
from explorer.removal.synced_files import cloud_warning
from explorer.removal.trash import HOME_FOLDER, is_supported
from explorer.ui import resources
from explorer.ui.auto_refresh import DIALOG_OPEN
from explorer.ui.components.export_menu import download_list
from explorer.ui.localized import count, size
from explorer.ui.photo_labels import escape_markdown
from explorer.ui.removal_dialogs.removal_history import undo_removal
from explorer.ui.removal_dialogs.removal_table import (
    MAX_ROWS,
    kept_files_table,
    preview_urls,
    removal_rows,
)

# The session state with the result of a removal while the dialog shows it.
_OUTCOME = "_removal-outcome"
# The title of the preview column, and the height of a row in pixels.
_PICTURE, _ROW_HEIGHT = "Photo", 52


def open_removal_dialog(
    removals: Sequence[Removal], on_removed: Callable[[RemovalOutcome], None]
) -> None:
    """Show what these removals would do, and carry them out once confirmed.

    on_removed: called with the outcome after files have been removed.
    """
    st.session_state.pop(_OUTCOME, None)
    st.session_state[DIALOG_OPEN] = True
    _dialog(list(removals), on_removed)


@st.dialog("Remove photos", width="large", on_dismiss="rerun")
def _dialog(removals: list[Removal], on_removed: Callable[[RemovalOutcome], None]) -> None:
    outcome: RemovalOutcome | None = st.session_state.get(_OUTCOME)
    if outcome is not None:
        _show_outcome(outcome)
        return
    _plan(removals)
    # Files for which no other file is kept.
    unpaired = [removal for removal in removals if removal.keeper is None]
    _unreadable_warning(removals)
    if warning := cloud_warning(removals):
        st.warning(escape_markdown(warning), icon=":material/cloud:")
    destination = _destination()
    sidecars = len(unpaired) < len(removals) and st.checkbox(
        "Save the date, place, rating and keywords that the kept photo lacks in a file next to it"
        " (.xmp)",
        key="remove-sidecars",
    )
    confirmed = not unpaired or st.checkbox(
        f"Yes, remove {count(len(unpaired), 'file')} without keeping another copy",
        key="remove-alone",
    )
    result = st.container()
    with st.container(horizontal=True):
        if st.button(
            "Check first",
            icon=":material/fact_check:",
            help="Read every file and the file that is kept instead, without moving anything",
            disabled=destination is None,
        ):
            _dry_run(removals, destination or TRASH, bool(unpaired), result)
        if st.button(
            f"Remove {count(len(removals), 'file')}",
            type="primary",
            icon=":material/delete:",
            disabled=destination is None or not confirmed or not removals,
        ):
            _carry_out(removals, destination or TRASH, bool(unpaired), sidecars, on_removed)


def _plan(removals: list[Removal]) -> None:
    """Draw the totals, the table of files, and the plan for download."""
    kept = (
        ""
        if any(removal.keeper is None for removal in removals)
        else " For each of them another file is kept. Both are read and compared again before"
        " anything is moved."
    )
    companions = sum(len(removal.companions) for removal in removals)
    more = f", with {companions_in_words(companions)}," if companions else ","
    total = size(sum(removal.total_bytes for removal in removals))
    st.markdown(f"**{count(len(removals), 'file')}**{more} {total}.{kept}")
    height: Any = 300 if len(removals) > 5 else "content"
    shown = removals[:MAX_ROWS]
    pictures = preview_urls(shown)
    rows = zip(pictures, removal_rows(shown), strict=True)
    st.dataframe(
        [{_PICTURE: url, **row} for url, row in rows],
        hide_index=True, width="stretch", height=height, row_height=_ROW_HEIGHT,
        column_config={_PICTURE: st.column_config.ImageColumn(width=_ROW_HEIGHT + 16)},
    )  # fmt: skip
    if len(removals) > MAX_ROWS:
        st.caption(f"The first {count(MAX_ROWS)} are shown. The downloaded plan lists all of them.")
    with st.container(horizontal=True):
        download_list("Plan as CSV", as_csv(removals), "removal-plan.csv", "text/csv")
        download_list("Plan as JSON", as_json(removals), "removal-plan.json", "application/json")


def _unreadable_warning(removals: Sequence[Removal]) -> None:
    unreadable = sum(removal.tier == "unreadable" for removal in removals)
    if unreadable:
        st.warning(
            f"{count(unreadable, 'file')} could not be read as a photo, so no other copy is known:"
            " it may be the only one.",
            icon=":material/warning:",
        )


def _destination() -> str | None:
    """Ask where to move removed files: TRASH or a folder; None until a folder is named."""
    trash = "The system trash" if is_supported() else f"The folder “{HOME_FOLDER}”"
    where = st.radio("Move to", [trash, "A folder"], horizontal=True, key="remove-to")
    if where == trash:
        return TRASH
    typed = st.text_input(
        "Folder", placeholder=str(Path.home() / "Removed photos"), key="remove-folder"
    )
    try:
        return typed_path(typed) if typed.strip() else None
    except FolderError as error:
        st.error(escape_markdown(str(error)), icon=":material/error:")
        return None


def _dry_run(
    removals: list[Removal],
    destination: str,
    without_keeper: bool,
    at: st.delta_generator.DeltaGenerator,
) -> None:
    """Check every file as the removal does, and show the result in the container `at`."""
    bar = at.progress(0.0, "Reading…")
    try:
        outcome = dry_run(
            resources.library(),
            removals,
            destination,
            without_keeper=without_keeper,
            tick=lambda number, of: _progress(bar, number, of, "Reading"),
        )
    except ExplorerError as error:
        bar.empty()
        at.error(escape_markdown(str(error)), icon=":material/error:")
        return
    bar.empty()
    with at:
        if outcome.kept:
            st.warning(
                f"{count(len(outcome.kept), 'file')} would be kept.", icon=":material/shield:"
            )
            kept_files_table(outcome)
        else:
            st.success(
                f"All {count(len(removals))} can be removed{_with_companions(outcome)}, and every"
                " file to be kept is present.",
                icon=":material/check:",
            )


def _with_companions(outcome: RemovalOutcome) -> str:
    """`, with 2 files that belong to them`, or ''."""
    number = outcome.companion_count
    return f", with {companions_in_words(number)}" if number else ""


def _progress(bar: st.delta_generator.DeltaGenerator, number: int, of: int, what: str) -> None:
    bar.progress(number / max(1, of), f"{what} {count(number + 1)} of {count(of)}")


def _carry_out(
    removals: list[Removal],
    destination: str,
    without_keeper: bool,
    sidecars: bool,
    on_removed: Callable[[RemovalOutcome], None],
) -> None:
    bar = st.progress(0.0, "Removing…")
    try:
        outcome = remove(
            resources.library(),
            removals,
            destination,
            without_keeper=without_keeper,
            sidecars=sidecars,
            tick=lambda number, of: _progress(bar, number, of, "Removing"),
        )
    except ExplorerError as error:
        bar.empty()
        st.error(escape_markdown(str(error)), icon=":material/error:")
        return
    st.session_state[_OUTCOME] = outcome
    if outcome.removed:
        on_removed(outcome)
    st.rerun(scope="fragment")


def _show_outcome(outcome: RemovalOutcome) -> None:
    if outcome.removed:
        st.success(
            f"{count(len(outcome.removed), 'file')} removed{_with_companions(outcome)},"
            f" {size(outcome.freed)}.",
            icon=":material/check:",
        )
        if carried := carried_in_words(outcome.carried):
            st.caption(carried)
        emptied = "the trash" if is_supported() else "it under “Removed photos”"
        st.caption(f"Emptying {emptied} frees the space. Until then, everything can be restored.")
    if outcome.kept:
        st.warning(
            f"{count(len(outcome.kept), 'file')} were not removed."
            if len(outcome.kept) > 1
            else "1 file was not removed.",
            icon=":material/shield:",
        )
        kept_files_table(outcome)
    with st.container(horizontal=True):
        if st.button("Done", type="primary"):
            st.rerun()
        if outcome.run and outcome.removed and st.button("Undo", icon=":material/undo:"):
            undo_removal(outcome.run)
            st.rerun()
