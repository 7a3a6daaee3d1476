"""The controls above the groups: filters, dialogs, and the choice of tier."""

from __future__ import annotations

from typing import cast

import streamlit as st

from explorer.duplicates.groups import TIERS, Tier
from explorer.errors import UsageError
from explorer.library.filters import parse_day
from explorer.ui.components.day_input import day_input, day_of
from explorer.ui.duplicates_page.duplicates_review import DuplicatesReview, GroupFilter
from explorer.ui.duplicates_page.tier_texts import TIER_TITLES
from explorer.ui.library_page import folder_choices
from explorer.ui.localized import count, size
from explorer.ui.photo_labels import escape_markdown
from explorer.ui.removal_dialogs import keeper_rules_dialog, removal_history

# The session state through which undo requests another tier.
GO_TO_TIER = "_go-to-tier"


def filter_bar() -> GroupFilter:
    """Draw the filters and the buttons of the dialogs; returns the filter."""
    with st.container(
        horizontal=True, vertical_alignment="center", key="duplicates-bar", width="content"
    ):
        with st.popover("Filter", icon=":material/tune:", help="Filter by date and folder"):
            since, until = (_day(label) for label in ("From", "To"))
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
        removal_history.removed_photos_button()
    return GroupFilter(since, until, folder)


def _day(label: str) -> str | None:
    """The first or last day of the filter; None without one."""
    day = day_of(day_input(label, f"dup-{label}"), last=label == "To")
    try:
        return parse_day(day).isoformat() if day else None
    except UsageError as error:
        st.error(escape_markdown(str(error)), icon=":material/error:")
        return None


def tier_tabs(current: DuplicatesReview) -> Tier:
    """Draw the tiers with their totals; returns the chosen one."""
    if GO_TO_TIER in st.session_state:
        # A widget's value can only be set before the widget is drawn.
        st.session_state["dup-tier"] = st.session_state.pop(GO_TO_TIER)
    first = next((tier for tier in TIERS if current.open[tier]), "identical")
    requested = st.query_params.get("tier", "")

    # Streamlit asks for each title several times.
    titles = {tier: _title(current, tier) for tier in TIERS}

    chosen = st.segmented_control(
        "Kind",
        TIERS,
        default=requested if requested in TIERS else first,
        required=True,
        format_func=titles.__getitem__,
        key="dup-tier",
        label_visibility="collapsed",
        wrap=True,
    )
    tier = cast(Tier, chosen if chosen in TIERS else first)
    if tier != requested:
        st.query_params["tier"] = tier
    return tier


def _title(current: DuplicatesReview, tier: Tier) -> str:
    summary = current.summary(tier)
    reclaimable = f" · {size(summary.bytes)}" if summary.bytes else ""
    return f"{TIER_TITLES[tier]} · {count(summary.groups)}{reclaimable}"
