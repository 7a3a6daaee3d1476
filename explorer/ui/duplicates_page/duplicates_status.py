"""Messages of the Duplicates page: no groups, still comparing, the library has changed."""

from __future__ import annotations

import streamlit as st

from explorer.duplicates.groups import Tier
from explorer.library.stores.keypoint_store import any_uncompared
from explorer.library.stores.pair_store import PAIRS_VERSION
from explorer.library.stores.worker_store import worker_status
from explorer.ui import empty_library, resources
from explorer.ui.duplicates_page.duplicates_review import DuplicatesReview, GroupFilter
from explorer.ui.duplicates_page.tier_texts import NO_GROUPS
from explorer.ui.localized import count

_COMPARING = ("starting", "scanning", "indexing", "comparing")


def explain_no_groups(current: DuplicatesReview, tier: Tier, group_filter: GroupFilter) -> None:
    """Draw the reason why the tier shows no groups."""
    reason = empty_library.reason()
    if reason is not None:
        empty_library.explain(reason)
    elif any(group_filter):
        st.info("No group of this kind matches the filter.", icon=":material/search_off:")
    elif current.decided and not any(current.open.values()):
        st.success(
            f"All done: {count(current.decided, 'group')} decided, none left to review.",
            icon=":material/task_alt:",
        )
    else:
        st.info(NO_GROUPS[tier], icon=":material/check:")


def comparison_progress() -> None:
    """Draw a note while photos remain to be compared. Later stages, such as the map or sidecars,
    find no groups."""
    catalog = resources.library().catalog
    worker = worker_status(catalog)
    if worker is None or not worker["alive"] or worker["phase"] not in _COMPARING:
        return
    if any_uncompared(catalog, PAIRS_VERSION):
        st.caption("Photos are still being compared. More groups may appear.")


@st.fragment(run_every="3s")
def announce_changes(change: int, reason_empty: empty_library.EmptyReason | None) -> None:
    """Draw a note if the library has changed since the page was drawn. The groups stay as they are
    until the user asks for the new ones.

    change: the catalog's change counter for the groups on the page. reason_empty: why the library
    was empty when the page was drawn; the page is redrawn as soon as that changes.
    """
    if reason_empty is not None and empty_library.reason() != reason_empty:
        st.rerun()
    if resources.library().catalog.change() != change:
        with st.container(horizontal=True, vertical_alignment="center", key="news"):
            st.caption("The library has changed", width="content")
            if st.button("Show", icon=":material/refresh:", key="show-news"):
                st.rerun()
