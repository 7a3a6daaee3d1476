"""Duplicates: groups of files that show the same thing, reviewed one by one. Nothing is removed
until the user confirms the complete list."""

from __future__ import annotations

import streamlit as st

from explorer.removal.undo import history
from explorer.ui import empty_library, resources
from explorer.ui.duplicates_page import (
    duplicates_review,
    duplicates_status,
    duplicates_toolbar,
    group_browser,
    removal_list,
)
from explorer.ui.removal_dialogs import removal_history


def main() -> None:
    # Read before anything else, so that changes made while the page is drawn are announced.
    reason_empty = empty_library.reason()
    if reason_empty in ("no folder", "adding"):
        # There is nothing to filter, but photos may have been removed before.
        empty_library.explain(reason_empty)
        if history(resources.library()):
            removal_history.removed_photos_button()
        duplicates_status.announce_changes(resources.library().catalog.change(), reason_empty)
        return
    head = st.container(horizontal=True, vertical_alignment="center", key="duplicates-head")
    with head:
        # The tiers' place is kept, so that the filters do not move once the tiers are known.
        # Streamlit draws no container without anything in it.
        tiers = st.container(key="dup-tiers", width="content").empty()
        group_filter = duplicates_toolbar.filter_bar()
    with st.spinner("Loading duplicates…"):
        current = duplicates_review.review(resources.library(), group_filter)
    with tiers:
        tier = duplicates_toolbar.tier_tabs(current)
    duplicates_status.comparison_progress()
    removal_list.bulk_actions(current, tier)
    removal_list.removal_list(current)
    if current.open[tier]:
        group_browser.browse(current.open[tier])
    else:
        duplicates_status.explain_no_groups(current, tier, group_filter)
    duplicates_status.announce_changes(current.change, reason_empty)


main()
