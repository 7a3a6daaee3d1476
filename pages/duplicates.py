"""Duplicates: group by group, which file is kept and which go; nothing moves until the list of all
of them was confirmed."""

from __future__ import annotations

import streamlit as st

from explorer.ui import empty_library, resources
from explorer.ui.duplicates_page import (
    duplicates_review,
    duplicates_status,
    duplicates_toolbar,
    group_browser,
    removal_list,
)
from explorer.ui.duplicates_page.tier_texts import WHAT
from explorer.ui.removal_dialogs import removal_history


def main() -> None:
    removal_history.told()
    # Before anything is read: what changes while the page is being drawn is news.
    why_empty = empty_library.situation()
    what = duplicates_toolbar.filter_bar()
    with st.spinner("Reading what was compared…"):
        now = duplicates_review.review(resources.library(), what)
    tier = duplicates_toolbar.tabs(now)
    st.caption(WHAT[tier])
    duplicates_status.progress()
    removal_list.bulk(now, tier)
    removal_list.basket(now)
    if now.open[tier]:
        group_browser.groups(now.open[tier])
    else:
        duplicates_status.empty(now, tier, what)
    duplicates_status.follow(now.change, why_empty)


main()
