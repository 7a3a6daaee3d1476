"""Accepting all groups of a tier, and the list of files to remove."""

from __future__ import annotations

import streamlit as st

from explorer.duplicates.groups import Tier
from explorer.library.decision_store import withdraw_all
from explorer.removal.plan import as_csv, as_json
from explorer.removal.results import companions_in_words
from explorer.text_format import count, size
from explorer.ui import resources
from explorer.ui.duplicates_page import duplicates_review, group_choices
from explorer.ui.duplicates_page.duplicates_review import Review
from explorer.ui.removal_dialogs import removal_dialog


def bulk(now: Review, tier: Tier) -> None:
    """Everything of a tier at once, and the list of what is to be removed."""
    found = now.open[tier]
    left = group_choices.acceptable(found)
    with st.container(horizontal=True, vertical_alignment="center"):
        if left:
            label = "Accept the other" if any(map(group_choices.accepted, found)) else "Accept all"
            st.button(
                f"{label} {len(left):,}", icon=":material/done_all:",
                on_click=group_choices.accept_all, args=[left],
                help="Nothing is removed yet: a list of everything comes first",
            )  # fmt: skip
        if now.later[tier]:
            st.button(
                f"Show the {len(now.later[tier]):,} put off",
                icon=":material/schedule:",
                on_click=show_later,
            )
        if group_choices.can_undecide():
            st.button("Take the last decision back", icon=":material/undo:", on_click=take_back)


def show_later() -> None:
    withdraw_all(resources.library().catalog, "later")


def take_back() -> None:
    """Take the last decision or acceptance back, and go to the group that it was about."""
    about = group_choices.undecide()
    if about is not None:
        st.query_params["group"], st.session_state["_go-tier"] = about


def basket(now: Review) -> None:
    """What is to be removed so far."""
    wanted = duplicates_review.removals(now)
    if not wanted:
        return
    with st.container(horizontal=True, vertical_alignment="center", key="basket"):
        along = sum(len(removal.companions) for removal in wanted)
        more = f" with {companions_in_words(along)}" if along else ""
        total = size(sum(removal.total_bytes for removal in wanted))
        st.markdown(f"**{count(len(wanted), 'file')} to go**{more}, {total}", width="content")
        if st.button("Look through and remove…", type="primary", icon=":material/delete:"):
            removal_dialog.removal_dialog(wanted, group_choices.forget_choices)
        with st.popover("Export", icon=":material/download:"):
            st.download_button(
                "CSV",
                lambda: as_csv(wanted).encode(),
                "removal-plan.csv",
                "text/csv",
                on_click="ignore",
            )
            st.download_button(
                "JSON",
                lambda: as_json(wanted).encode(),
                "removal-plan.json",
                "application/json",
                on_click="ignore",
            )
        st.button("Take all back", icon=":material/close:", on_click=group_choices.forget_choices)
