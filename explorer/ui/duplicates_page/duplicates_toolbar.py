"""The controls above the groups: filters, dialogs, and the choice of tier."""

from __future__ import annotations

import datetime as dt
from typing import cast

import streamlit as st

from explorer.duplicates.groups import TIERS, Tier
from explorer.text_format import size
from explorer.ui.duplicates_page.duplicates_review import DuplicatesReview, GroupFilter
from explorer.ui.duplicates_page.tier_texts import TIER_TITLES
from explorer.ui.library_page import folder_choices
from explorer.ui.removal_dialogs import keeper_rules_dialog, removal_history
from explorer.ui.search_page import search_state

# Session state under which undo asks for another tier.
GO_TO_TIER = "_go-to-tier"


def filter_bar() -> GroupFilter:
    """Draw the filters and the buttons of the dialogs; returns the filter."""
    with st.container(horizontal=True, vertical_alignment="center", key="duplicates-bar"):
        with st.popover("Filter", icon=":material/tune:", help="Filter by date and folder"):
            days = [
                st.date_input(
                    label,
                    value=None,
                    min_value=search_state.OLDEST,
                    max_value=search_state.NEWEST,
                    key=f"dup-{label}",
                    format="YYYY-MM-DD",
                )
                for label in ("From", "To")
            ]
            folder = st.selectbox(
                "Folder",
                folder_choices.choices(),
                index=None,
                key="dup-folder",
                placeholder="All folders",
                format_func=folder_choices.folder_names(),
            )
        if st.button(
            "Keep rules",
            icon=":material/rule:",
            help="Choose which file of a group is kept, and protect folders",
        ):
            keeper_rules_dialog.keeper_rules_dialog()
        if st.button(
            "Removed photos", icon=":material/history:", help="See every removal and undo it"
        ):
            removal_history.history_dialog()
    since, until = (day.isoformat() if isinstance(day, dt.date) else None for day in days)
    return GroupFilter(since, until, folder)


def tier_tabs(current: DuplicatesReview) -> Tier:
    """Draw the tiers with their totals; returns the chosen one."""
    if GO_TO_TIER in st.session_state:
        # A widget's value can only be set before the widget is drawn.
        st.session_state["dup-tier"] = st.session_state.pop(GO_TO_TIER)
    first = next((tier for tier in TIERS if current.open[tier]), "identical")
    requested = st.query_params.get("tier", "")

    def title(tier: Tier) -> str:
        summary = current.summary(tier)
        reclaimable = f" · {size(summary.bytes)}" if summary.bytes else ""
        return f"{TIER_TITLES[tier]} · {summary.groups:,}{reclaimable}"

    chosen = st.segmented_control(
        "Kind",
        TIERS,
        default=requested if requested in TIERS else first,
        required=True,
        format_func=title,
        key="dup-tier",
        label_visibility="collapsed",
        wrap=True,
    )
    tier = cast(Tier, chosen if chosen in TIERS else first)
    if tier != requested:
        st.query_params["tier"] = tier
    return tier
