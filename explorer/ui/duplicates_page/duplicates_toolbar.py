"""The controls above the groups: filters, dialogs, and the choice of tier."""

from __future__ import annotations

import datetime as dt
from typing import cast

import streamlit as st

from explorer.duplicates.groups import TIERS, Tier
from explorer.text_format import size
from explorer.ui.duplicates_page.duplicates_review import Filter, Review
from explorer.ui.duplicates_page.tier_texts import TITLES
from explorer.ui.library_page import folder_choices
from explorer.ui.removal_dialogs import keeper_rules_dialog, removal_history
from explorer.ui.search_page import search_state


def filter_bar() -> Filter:
    """Tools above the groups; gives the filter."""
    with st.container(horizontal=True, vertical_alignment="center", key="duplicates-bar"):
        with st.popover("Filter", icon=":material/tune:", help="Folders and dates"):
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
                format_func=folder_choices.names(),
            )
        if st.button(
            "What is kept", icon=":material/rule:", help="The rules, and protected folders"
        ):
            keeper_rules_dialog.rules_dialog()
        if st.button(
            "Removed photos", icon=":material/history:", help="Every removal, and its undo"
        ):
            removal_history.history_dialog()
    since, until = (day.isoformat() if isinstance(day, dt.date) else None for day in days)
    return Filter(since, until, folder)


def tabs(now: Review) -> Tier:
    """The tiers; gives the one that is looked at."""
    if "_go-tier" in st.session_state:
        # A widget's value can only be set before it is drawn.
        st.session_state["dup-tier"] = st.session_state.pop("_go-tier")
    first = next((tier for tier in TIERS if now.open[tier]), "identical")
    asked_for = st.query_params.get("tier", "")

    def title(tier: Tier) -> str:
        found = now.summary(tier)
        return f"{TITLES[tier]} · {found.groups:,}" + (
            f" · {size(found.bytes)}" if found.bytes else ""
        )

    chosen = st.segmented_control(
        "Kind", TIERS, default=asked_for if asked_for in TIERS else first, required=True,
        format_func=title, key="dup-tier",
        label_visibility="collapsed", wrap=True,
    )  # fmt: skip
    tier = cast(Tier, chosen if chosen in TIERS else first)
    if tier != asked_for:
        st.query_params["tier"] = tier
    return tier
