"""Messages of the Duplicates page: no groups, still comparing, the library has changed."""

from __future__ import annotations

import streamlit as st

from explorer.duplicates.groups import Tier
from explorer.library.worker_store import worker_status
from explorer.text_format import count
from explorer.ui import empty_library, resources
from explorer.ui.duplicates_page.duplicates_review import Filter, Review
from explorer.ui.duplicates_page.tier_texts import NONE

BUSY = ("starting", "scanning", "indexing", "comparing")


def empty(now: Review, tier: Tier, what: Filter) -> None:
    why = empty_library.situation()
    if why is not None:
        empty_library.say(why)
    elif any(what):
        st.info("No group of this kind fits the filter.", icon=":material/search_off:")
    elif now.decided and not any(now.open.values()):
        st.success(
            f"All done: {count(now.decided, 'group')} decided, none open.",
            icon=":material/task_alt:",
        )
    else:
        st.info(NONE[tier], icon=":material/check:")


def progress() -> None:
    worker = worker_status(resources.library().catalog)
    if worker is not None and worker["alive"] and worker["phase"] in BUSY:
        st.caption("Photos are still being compared: more groups may come.")


@st.fragment(run_every="3s")
def follow(change: int, why_empty: empty_library.Situation | None) -> None:
    """Tell that the library has changed; what is looked at stays in its place until the person
    asks. Nothing is, in an empty library."""
    if why_empty is not None and empty_library.situation() != why_empty:
        st.rerun()
    if resources.library().catalog.change() != change:
        with st.container(horizontal=True, vertical_alignment="center", key="news"):
            st.caption("The library has changed", width="content")
            if st.button("Show", icon=":material/refresh:", key="show-news"):
                st.rerun()
