"""The group that is being reviewed, the list of groups, and what each key or button does."""

from __future__ import annotations

import math

import streamlit as st

from explorer.duplicates.groups import DuplicateGroup
from explorer.ui import resources
from explorer.ui.components.compare_view import Act, compare
from explorer.ui.duplicates_page import decision_history, group_choices
from explorer.ui.duplicates_page.removal_list import take_back

PAGE_SIZE = 24


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
        group_choices.mark(group, act.file)
    elif act.what == "markall":
        group_choices.mark_all(group)
    elif act.what == "keep" and act.file is not None:
        group_choices.keep(group, act.file)
    elif act.what in ("accept", "back"):
        group_choices.accept([group], yes=act.what == "accept")
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
        resources.library().catalog.photos([*wanted, *ahead]),
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
