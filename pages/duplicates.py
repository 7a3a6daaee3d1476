"""Duplicates: group by group, which file is kept and which go; nothing moves until the list of all
of them was confirmed."""

from __future__ import annotations

import datetime as dt
import math
from typing import cast

import streamlit as st

from explorer.duplicates.groups import TIERS, DuplicateGroup, Tier
from explorer.library.decision_store import withdraw_all
from explorer.removal.plan import as_csv, as_json
from explorer.removal.results import companions_in_words
from explorer.text_format import count, size
from explorer.ui import empty_library, removal_dialogs, resources
from explorer.ui.components.compare_view import Act, compare
from explorer.ui.duplicates_page import decision_history, duplicates_state
from explorer.ui.duplicates_page.duplicates_state import NONE, TITLES, WHAT, Filter, Review
from explorer.ui.library_page import folder_choices
from explorer.ui.search_page import search_state

PAGE_SIZE = 24
BUSY = ("starting", "scanning", "indexing", "comparing")

library = resources.library()


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
            removal_dialogs.rules_dialog()
        if st.button(
            "Removed photos", icon=":material/history:", help="Every removal, and its undo"
        ):
            removal_dialogs.history_dialog()
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


def current(found: list[DuplicateGroup]) -> int:
    """Where in the list the group lies that is looked at."""
    asked_for = st.query_params.get("group", "")
    at = next((number for number, group in enumerate(found) if group.key == asked_for), None)
    if at is None:
        # It was decided, or is gone: the one that took its place.
        at = min(int(st.session_state.get("_at", 0)), len(found) - 1)
    st.session_state["_at"] = at
    return at


def go(found: list[DuplicateGroup], at: int) -> None:
    at = min(max(at, 0), len(found) - 1)
    st.session_state["_at"] = at
    st.query_params["group"] = found[at].key


def carry_out(act: Act, found: list[DuplicateGroup], at: int) -> None:
    """Do what was pressed, and go where that leads."""
    group = found[at]
    if act.what in ("next", "previous"):
        go(found, at + (1 if act.what == "next" else -1))
    elif act.what == "go":
        go(found, next((number for number, each in enumerate(found) if each.key == act.to), at))
    elif act.what == "mark" and act.file is not None:
        duplicates_state.mark(group, act.file)
    elif act.what == "markall":
        duplicates_state.mark_all(group)
    elif act.what == "keep" and act.file is not None:
        duplicates_state.keep(group, act.file)
    elif act.what in ("accept", "back"):
        duplicates_state.accept([group], yes=act.what == "accept")
        if act.what == "accept":
            go(found, at + 1)
    elif act.what in ("apart", "all", "later"):
        decision_history.decide(
            group,
            {"apart": "apart", "all": "keep", "later": "later"}[act.what],  # type: ignore[arg-type]
        )
        st.query_params.pop("group", None)
    elif act.what == "undecide":
        take_back()
    st.rerun()


def groups(found: list[DuplicateGroup]) -> None:
    at = current(found)
    group = found[at]
    pages = math.ceil(len(found) / PAGE_SIZE)
    page = at // PAGE_SIZE
    listed = found[page * PAGE_SIZE : (page + 1) * PAGE_SIZE]
    following = found[at + 1] if at + 1 < len(found) else None
    ahead = [item.photo_id for item in following.all[:2]] if following else []
    wanted = [
        item.photo_id
        for each in (group, *listed)
        for item in (each.all if each is group else each.all[:3])
    ]
    act = compare(
        group,
        library.catalog.photos([*wanted, *ahead]),
        listed=listed,
        at=at,
        total=len(found),
        ahead=ahead,
    )
    if pages > 1:
        with st.container(horizontal=True, horizontal_alignment="center"):
            # Drawn anew for each page, so that it follows the group that is looked at.
            st.pagination(
                pages,
                default=page + 1,
                key=f"dup-page-{page}-{len(found)}",
                on_change=turn,
                args=[f"dup-page-{page}-{len(found)}", found],
            )
    if act is not None:
        carry_out(act, found, at)


def turn(key: str, found: list[DuplicateGroup]) -> None:
    go(found, (int(st.session_state[key]) - 1) * PAGE_SIZE)


def bulk(now: Review, tier: Tier) -> None:
    """Everything of a tier at once, and the list of what is to be removed."""
    found = now.open[tier]
    left = duplicates_state.acceptable(found)
    with st.container(horizontal=True, vertical_alignment="center"):
        if left:
            label = (
                "Accept the other" if any(map(duplicates_state.accepted, found)) else "Accept all"
            )
            st.button(
                f"{label} {len(left):,}", icon=":material/done_all:",
                on_click=duplicates_state.accept_all, args=[left],
                help="Nothing is removed yet: a list of everything comes first",
            )  # fmt: skip
        if now.later[tier]:
            st.button(
                f"Show the {len(now.later[tier]):,} put off",
                icon=":material/schedule:",
                on_click=show_later,
            )
        if duplicates_state.can_undecide():
            st.button("Take the last decision back", icon=":material/undo:", on_click=take_back)


def show_later() -> None:
    withdraw_all(library.catalog, "later")


def take_back() -> None:
    """Take the last decision or acceptance back, and go to the group that it was about."""
    about = duplicates_state.undecide()
    if about is not None:
        st.query_params["group"], st.session_state["_go-tier"] = about


def basket(now: Review) -> None:
    """What is to be removed so far."""
    wanted = duplicates_state.removals(now)
    if not wanted:
        return
    with st.container(horizontal=True, vertical_alignment="center", key="basket"):
        along = sum(len(removal.companions) for removal in wanted)
        more = f" with {companions_in_words(along)}" if along else ""
        total = size(sum(removal.total_bytes for removal in wanted))
        st.markdown(f"**{count(len(wanted), 'file')} to go**{more}, {total}", width="content")
        if st.button("Look through and remove…", type="primary", icon=":material/delete:"):
            removal_dialogs.removal_dialog(wanted, duplicates_state.forget_choices)
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
        st.button(
            "Take all back", icon=":material/close:", on_click=duplicates_state.forget_choices
        )


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
    worker = library.catalog.worker()
    if worker is not None and worker["alive"] and worker["phase"] in BUSY:
        st.caption("Photos are still being compared: more groups may come.")


@st.fragment(run_every="3s")
def follow(change: int, why_empty: empty_library.Situation | None) -> None:
    """Tell that the library has changed; what is looked at stays in its place until the person
    asks. Nothing is, in an empty library."""
    if why_empty is not None and empty_library.situation() != why_empty:
        st.rerun()
    if library.catalog.change() != change:
        with st.container(horizontal=True, vertical_alignment="center", key="news"):
            st.caption("The library has changed", width="content")
            if st.button("Show", icon=":material/refresh:", key="show-news"):
                st.rerun()


def main() -> None:
    removal_dialogs.told()
    # Before anything is read: what changes while the page is being drawn is news.
    why_empty = empty_library.situation()
    what = filter_bar()
    with st.spinner("Reading what was compared…"):
        now = duplicates_state.review(library, what)
    tier = tabs(now)
    st.caption(WHAT[tier])
    progress()
    bulk(now, tier)
    basket(now)
    if now.open[tier]:
        groups(now.open[tier])
    else:
        empty(now, tier, what)
    follow(now.change, why_empty)


main()
