"""The controls above the groups: filters, dialogs, and the choice of tier."""

from __future__ import annotations

from typing import cast

import streamlit as st

from explorer.duplicates.groups import TIERS, Tier
from explorer.errors import UsageError
from explorer.library.queries.filters import parse_day
from explorer.ui.components.day_input import day_input, day_of
from explorer.ui.duplicates_page.duplicates_review import DuplicatesReview, GroupFilter
from explorer.ui.duplicates_page.tier_texts import TIER_TITLES
from explorer.ui.library_page import folder_choices
from explorer.ui.localized import count, size
from explorer.ui.photo_labels import escape_markdown
from explorer.ui.removal_dialogs import keep_rules_dialog, removal_history

# Session state: the tier in the widget, and the one that is shown if the URL names none.
_CHOSEN, _FIRST = "dup-tier", "_first-tier"


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
            keep_rules_dialog.keep_rules_dialog()
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
    state = st.session_state
    if _CHOSEN not in state:
        # The page was just opened.
        state[_FIRST] = next((tier for tier in TIERS if current.open[tier]), "identical")
    requested = st.query_params.get("tier", "")
    tier = next((tier for tier in TIERS if tier == requested), cast(Tier, state[_FIRST]))
    # The URL is authoritative: after back and forward, too, it says which tier is shown. A widget's
    # value can only be set before the widget is drawn.
    if state.get(_CHOSEN) != tier:
        state[_CHOSEN] = tier

    # Streamlit asks for each title several times.
    titles = {tier: _title(current, tier) for tier in TIERS}

    st.segmented_control(
        "Kind",
        TIERS,
        required=True,
        format_func=titles.__getitem__,
        key=_CHOSEN,
        on_change=_put_tier_into_url,
        label_visibility="collapsed",
        wrap=True,
    )
    return tier


def _put_tier_into_url() -> None:
    st.query_params["tier"] = st.session_state[_CHOSEN]


def _title(current: DuplicatesReview, tier: Tier) -> str:
    summary = current.summary(tier)
    reclaimable = f" · {size(summary.bytes)}" if summary.bytes else ""
    return f"{TIER_TITLES[tier]} · {count(summary.groups)}{reclaimable}"
