"""Accepting all groups of a tier, undo, and the list of files to remove."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import streamlit as st

from explorer.duplicates.groups import Tier
from explorer.library.stores.decision_store import withdraw_all
from explorer.removal.plan import as_csv, as_json
from explorer.removal.results import companions_in_words
from explorer.ui import resources
from explorer.ui.change_errors import attempt
from explorer.ui.components import action_inbox, compare_view
from explorer.ui.components.export_menu import export_menu
from explorer.ui.duplicates_page import duplicates_review, group_choices
from explorer.ui.duplicates_page.duplicates_review import DuplicatesReview
from explorer.ui.duplicates_page.tier_texts import TIER_EXPLANATIONS
from explorer.ui.localized import count, size
from explorer.ui.removal_dialogs import removal_dialog


def bulk_actions(current: DuplicatesReview, tier: Tier) -> None:
    """Draw the explanation of a tier, and the buttons for the whole tier: accept all groups, show
    the postponed ones, undo."""
    groups = current.open[tier]
    acceptable = group_choices.acceptable(groups)
    postponed = len(current.postponed[tier])
    with st.container(horizontal=True, vertical_alignment="center", key="bulk-actions"):
        st.caption(TIER_EXPLANATIONS[tier])
        if acceptable:
            some_accepted = bool(group_choices.accepted(groups))
            st.button(
                f"{'Accept the other' if some_accepted else 'Accept all'} {count(len(acceptable))}",
                icon=":material/done_all:",
                on_click=_after_acts,
                args=[group_choices.accept_all, acceptable],
                help="Nothing is removed yet: you review the complete list first",
            )
        if postponed:
            st.button(
                f"Show {count(postponed)} postponed",
                icon=":material/schedule:",
                on_click=_after_acts,
                args=[withdraw_all, resources.library().catalog, "later"],
            )
        if group_choices.can_undo():
            st.button(
                "Undo",
                icon=":material/undo:",
                key="undo-decision",
                on_click=_after_acts,
                args=[undo],
                help="Undo the last decision or acceptance (u)",
            )


def _after_acts(action: Callable[..., object], *args: object) -> None:
    """Do what a button does, but first what the user did before in the group under review."""
    action_inbox.carry_out_received(compare_view.KEY)
    attempt(action, *args)


def undo() -> None:
    """Undo the last decision or acceptance, and go to its group. Raises LibraryError."""
    undone = group_choices.undo()
    if undone is not None:
        st.query_params["group"], st.query_params["tier"] = undone


def removal_list(current: DuplicatesReview) -> None:
    """Draw the total of files to remove, and the buttons that review, export or clear the list."""
    removals = duplicates_review.removals(current)
    if not removals:
        return
    with st.container(horizontal=True, vertical_alignment="center", key="removal-list"):
        companions = sum(len(removal.companions) for removal in removals)
        more = f" with {companions_in_words(companions)}" if companions else ""
        total = size(sum(removal.total_bytes for removal in removals))
        st.markdown(f"**{count(len(removals), 'file')} to remove**{more}, {total}", width="content")
        if st.button("Review and remove…", type="primary", icon=":material/delete:"):
            forget = partial(group_choices.forget_removed, group_choices.accepted(current.all))
            removal_dialog.open_removal_dialog(removals, forget)
        export_menu(
            "removal-plan",
            lambda: as_csv(removals),
            lambda: as_json(removals),
            "Save the list as a file",
        )
        st.button(
            "Clear all",
            icon=":material/close:",
            on_click=_after_acts,
            args=[group_choices.withdraw_all_acceptances],
            help="Take all files off the list; your choices in the groups stay",
        )
