"""The dialog that lists which edits would be written to XMP sidecars, and writes them."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from explorer.errors import ExplorerError
from explorer.library.paths import printable
from explorer.sidecars.write_sidecars import SidecarOutcome, SidecarResult, write_sidecars
from explorer.ui import resources
from explorer.ui.auto_refresh import DIALOG_OPEN
from explorer.ui.localized import count
from explorer.ui.photo_edits.last_edit import say_written
from explorer.ui.photo_labels import escape_markdown

# Session state: the ids of the photos, or `_ALL`, until the dialog is closed; and what would be
# written for them.
_REQUEST, _PLAN, _ALL = "_write-sidecars", "_sidecar-plan", "all"
_SHOWN = 1000


def request_sidecars(photo_ids: Sequence[int] | None = None) -> None:
    """Open the dialog in the next run of the page. photo_ids: None for all photos with edits."""
    st.session_state[_REQUEST] = _ALL if photo_ids is None else list(photo_ids)
    st.session_state.pop(_PLAN, None)


def write_if_requested() -> bool:
    """Open the dialog if it was requested; returns whether it is open."""
    wanted = st.session_state.get(_REQUEST)
    if wanted is None:
        return False
    st.session_state[DIALOG_OPEN] = True
    _dialog(None if wanted == _ALL else wanted)
    return True


def _close() -> None:
    for key in (_REQUEST, _PLAN, DIALOG_OPEN):
        st.session_state.pop(key, None)


@st.dialog("Write sidecars", width="large", on_dismiss=_close)
def _dialog(photo_ids: list[int] | None) -> None:
    if _PLAN not in st.session_state:
        with st.spinner("Reading sidecars…"):
            st.session_state[_PLAN] = _run(photo_ids, dry_run=True)
    plan: SidecarOutcome | None = st.session_state[_PLAN]
    if plan is None:
        return
    st.markdown(
        "Your edits are written to XMP files beside the photos, where programs such as Immich,"
        " digiKam and Lightroom read them. A sidecar that exists is extended, and keeps everything"
        " else. No photo file is changed."
    )
    number = plan.number_of("would")
    if plan.number_of("unchanged"):
        st.caption(f"{count(plan.number_of('unchanged'), 'sidecar')} already complete.")
    if not plan.results:
        st.info("None of these photos has been edited.", icon=":material/info:")
    rows = [_row(each) for each in plan.results if each.state != "unchanged"]
    if rows:
        st.dataframe(rows[:_SHOWN], hide_index=True, width="stretch")
    if len(rows) > _SHOWN:
        st.caption(f"The first {count(_SHOWN)} of {count(len(rows))}.")
    if number and st.button(
        f"Write {count(number, 'sidecar')}", type="primary", icon=":material/note_add:",
        key="do-write-sidecars",
    ):  # fmt: skip
        with st.spinner("Writing…"):
            done = _run(photo_ids, dry_run=False)
        if done is not None:
            say_written(done)
            _close()
            st.rerun()


def _run(photo_ids: list[int] | None, *, dry_run: bool) -> SidecarOutcome | None:
    """Write the sidecars, or check what would be written. Returns None after an error, which is
    shown."""
    try:
        return write_sidecars(resources.library(), photo_ids, dry_run=dry_run)
    except ExplorerError as error:
        st.error(escape_markdown(str(error)), icon=":material/error:")
        return None


def _row(result: SidecarResult) -> dict[str, str]:
    what = "New" if result.new else "Extended"
    if result.state == "refused":
        what = f"Not written: {result.reason}"
    return {"File": printable(result.sidecar or result.photo), "What happens": what}
