"""The group under review, the list of groups, and what each key or button does."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial

import streamlit as st

from explorer.duplicates.groups import DuplicateGroup
from explorer.ui import resources
from explorer.ui.components.compare_view import CompareAction, compare_view
from explorer.ui.duplicates_page import decision_history, group_choices
from explorer.ui.duplicates_page.removal_list import undo

PAGE_SIZE = 24

# The session state with the index of the group under review.
_POSITION = "_group-position"


def browse(groups: list[DuplicateGroup]) -> None:
    """Draw the group under review and its page of the list."""
    index = _current_index(groups)
    group = groups[index]
    pages = math.ceil(len(groups) / PAGE_SIZE)
    page = index // PAGE_SIZE
    listed = groups[page * PAGE_SIZE : (page + 1) * PAGE_SIZE]
    following = groups[index + 1] if index + 1 < len(groups) else None
    preload = [item.photo_id for item in following.all[:2]] if following else []
    shown = [
        item.photo_id
        for each in (group, *listed)
        for item in (each.all if each is group else each.all[:3])
    ]
    compare_view(
        group,
        resources.library().catalog.photos([*shown, *preload]),
        listed=listed,
        index=index,
        total=len(groups),
        preload=preload,
        carry_out=partial(_carry_out, groups),
    )
    if pages > 1:
        with st.container(horizontal=True, horizontal_alignment="center"):
            # A new widget for each page, so that it follows the group under review.
            key = f"dup-page-{page}-{len(groups)}"
            st.pagination(
                pages, default=page + 1, key=key, on_change=_turn_page, args=[key, groups]
            )


def _current_index(groups: list[DuplicateGroup]) -> int:
    """The index of the group named in the URL or, if that group is gone, of the one that took its
    place."""
    requested = st.query_params.get("group", "")
    index = next((at for at, group in enumerate(groups) if group.key == requested), None)
    if index is None:
        index = min(int(st.session_state.get(_POSITION, 0)), len(groups) - 1)
    st.session_state[_POSITION] = index
    return index


def _go_to(groups: list[DuplicateGroup], index: int) -> None:
    index = min(max(index, 0), len(groups) - 1)
    st.session_state[_POSITION] = index
    st.query_params["group"] = groups[index].key


def _turn_page(key: str, groups: list[DuplicateGroup]) -> None:
    _go_to(groups, (int(st.session_state[key]) - 1) * PAGE_SIZE)


def _carry_out(groups: list[DuplicateGroup], action: CompareAction) -> None:
    """Carry out an action of the user. groups: those that were shown then."""
    if action.what == "undecide":
        # It concerns what was done last, whatever is shown.
        undo()
        return
    index = next((at for at, each in enumerate(groups) if each.key == action.key), None)
    if index is None:
        return
    # An action before this one may have chosen another keeper.
    (group,) = group_choices.with_chosen_keepers([groups[index]])
    if action.what == "go":
        target = next((at for at, each in enumerate(groups) if each.key == action.target), index)
        _go_to(groups, target)
    elif action.what in ("mark", "keep") and action.file is not None:
        change = group_choices.toggle_mark if action.what == "mark" else group_choices.choose_keeper
        change(group, action.file)
    elif action.what in ("apart", "all", "later"):
        decision_history.decide(
            group,
            {"apart": "apart", "all": "keep", "later": "later"}[action.what],  # type: ignore[arg-type]
        )
        st.query_params.pop("group", None)
    else:
        simple: dict[str, Callable[[], None]] = {
            "next": lambda: _go_to(groups, _current_index(groups) + 1),
            "previous": lambda: _go_to(groups, _current_index(groups) - 1),
            "markall": lambda: group_choices.toggle_all_marks(group),
            "accept": lambda: _accept(groups, index, group),
            "back": lambda: group_choices.withdraw_acceptance(group),
        }
        if action.what in simple:
            simple[action.what]()


def _accept(groups: list[DuplicateGroup], index: int, group: DuplicateGroup) -> None:
    """Accept a group unless nothing is marked in it, and go to the next one."""
    if not group_choices.is_accepted(group):
        if not any(group_choices.is_marked(group, item) for item in group.others):
            return
        group_choices.accept([group])
    _go_to(groups, index + 1)
