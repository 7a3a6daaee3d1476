"""Which files of a group are marked for removal, kept, accepted and undone."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import streamlit as st

from explorer.duplicates.group_file import GroupFile
from explorer.duplicates.groups import DuplicateGroup, Tier
from explorer.library.stores.decision_store import decisions
from explorer.removal.results import Removal, RemovalOutcome, RemovalResult
from explorer.ui import resources
from explorer.ui.duplicates_page import decision_history, group_choices
from explorer.ui.duplicates_page.group_choices import (
    accept,
    accept_all,
    acceptable,
    accepted,
    choice_for,
    choose_keeper,
    forget_removed,
    has_keeper,
    is_accepted,
    is_marked,
    suggests_removal,
    toggle_all_marks,
    toggle_mark,
    withdraw_acceptance,
    withdraw_all_acceptances,
)


class _Library:
    dir = "/library"


@pytest.fixture(autouse=True)
def _choices(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(group_choices, "_choices", {})
    monkeypatch.setattr(resources, "library", _Library)
    monkeypatch.setattr(st, "session_state", {})


def file(number: int, **facts: Any) -> GroupFile:
    return GroupFile(number, 1, f"/p/{number}.jpg", 7, 4, 3, "JPEG", None, None, **facts)


def group(tier: Tier = "identical", first: int = 10, **facts: Any) -> DuplicateGroup:
    """Files 10, which is kept, 11 and 12, and 13 in a protected folder."""
    others = (file(first + 1), file(first + 2), file(first + 3, protected=True))
    made = DuplicateGroup(f"{tier}-{first}", tier, file(first), "it is older", others)
    return replace(made, **facts)


def marked(group: DuplicateGroup) -> list[int]:
    return [item.file_id for item in group.all if is_marked(group, item)]


@pytest.mark.parametrize(
    ("made", "suggested", "ids"),
    [
        (group(), True, [11, 12]),
        (group("pixels"), True, [11, 12]),
        (group("picture"), True, [11, 12]),
        (group("moment"), False, []),
        (group("lookalike"), False, []),
        (group(doubt="it is not clear"), False, []),
    ],
)
def test_only_suggested_copies_are_marked_at_first(
    made: DuplicateGroup, suggested: bool, ids: list[int]
) -> None:
    assert (suggests_removal(made), has_keeper(made), marked(made)) == (suggested, suggested, ids)


def test_a_file_is_marked_and_unmarked() -> None:
    copies, shots = group(), group("moment")
    for file_id in (10, 11, 13, 99):
        toggle_mark(copies, file_id)
        toggle_mark(shots, file_id)
    # Neither the keeper nor what must be kept.
    assert marked(copies) == [12] and marked(shots) == [11]
    assert has_keeper(shots)
    toggle_mark(copies, 11)
    assert marked(copies) == [11, 12]


def test_all_marks_change_together() -> None:
    copies, shots = group(), group("moment")
    toggle_mark(copies, 11)
    toggle_all_marks(copies)
    assert marked(copies) == [] and has_keeper(copies)
    toggle_all_marks(copies)
    assert marked(copies) == [11, 12]
    toggle_all_marks(shots)
    assert marked(shots) == [11, 12]
    toggle_all_marks(shots)
    assert marked(shots) == [] and not has_keeper(shots)


def test_a_link_is_never_the_keeper() -> None:
    made = group(others=(file(11, symlink=True), file(12)))
    choose_keeper(made, 11)
    assert choice_for(made.key).keeper is None
    choose_keeper(made, 99)
    assert choice_for(made.key).keeper is None


def test_a_chosen_keeper_is_no_longer_marked() -> None:
    made = group("moment", unchecked=(file(14),))
    toggle_mark(made, 11)
    toggle_mark(made, 12)
    choose_keeper(made, 11)
    choice = choice_for(made.key)
    assert (choice.keeper, choice.marked) == (11, {12: True}) and has_keeper(made)
    choose_keeper(made, 14)
    assert choice.keeper == 14
    # The suggested file is kept anyway.
    choose_keeper(made, 10)
    assert choice.keeper == 14


def test_the_file_shown_first_can_be_chosen_if_none_is_suggested() -> None:
    made = group(doubt="it is not clear")
    choose_keeper(made, 10)
    assert choice_for(made.key).keeper == 10 and has_keeper(made)


def outcome(removed: list[int], kept: list[int]) -> RemovalOutcome:
    def result(number: int, state: Any) -> RemovalResult:
        return RemovalResult(Removal(f"/p/{number}.jpg", "0"), state)

    results = [result(each, "removed") for each in removed]
    return RemovalOutcome("run", (*results, *(result(each, "failed") for each in kept)))


@pytest.mark.parametrize(
    ("removed", "kept", "is_forgotten"),
    [([11, 12], [], True), ([11], [], True), ([11], [12], False), ([], [11], False),
     ([21], [], False)],
)  # fmt: skip
def test_choices_are_forgotten_once_the_files_are_gone(
    removed: list[int], kept: list[int], is_forgotten: bool
) -> None:
    made, other = group(), group(first=30)
    accept([made, other])
    forget_removed([made], outcome(removed, kept))
    assert accepted([made, other]) == ([other] if is_forgotten else [made, other])
    forget_removed([made], outcome(removed, kept))
    forget_removed([made], outcome([31], []))
    assert is_accepted(other)


def test_withdrawn_acceptances_leave_keepers_and_marks() -> None:
    made, other = group(), group(first=30)
    choose_keeper(made, 12)
    toggle_mark(other, 31)
    accept([made, other])
    withdraw_acceptance(other)
    assert accepted([made, other]) == [made] and is_accepted(made) and not is_accepted(other)
    accept([other])
    withdraw_all_acceptances()
    assert accepted([made, other]) == []
    assert choice_for(made.key).keeper == 12 and marked(other) == [32]


def test_what_can_be_accepted_is_accepted_at_once() -> None:
    plain, touched, unmarked = group(), group(first=30), group(first=50)
    protected = group(first=70, others=(file(71, protected=True),))
    groups = [plain, touched, unmarked, protected, group("moment", 90)]
    toggle_mark(touched, 31)
    toggle_all_marks(unmarked)
    toggle_all_marks(groups[-1])
    choice_for(protected.key)
    assert acceptable(groups) == [plain, touched]
    accept_all(groups)
    assert accepted(groups) == [plain, touched] and acceptable(groups) == []


def test_choices_of_another_library_are_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    accept([group()])
    monkeypatch.setattr(_Library, "dir", "/other")
    assert not is_accepted(group())


def test_acceptances_are_undone_one_by_one() -> None:
    one, two, three = group(), group("pixels", 30), group(first=50)
    assert not group_choices.can_undo() and group_choices.undo() is None
    accept([])
    assert not group_choices.can_undo()
    accept([one])
    accept([two, three])
    assert group_choices.can_undo()
    assert group_choices.undo() == (two.key, "pixels") and accepted([one, two, three]) == [one]
    accept([two])
    withdraw_acceptance(two)
    # It was withdrawn already, so that the one before is undone.
    assert group_choices.undo() == (one.key, "identical") and accepted([one, two]) == []
    assert not group_choices.can_undo() and group_choices.undo() is None


def test_a_step_counts_while_any_of_its_groups_is_accepted() -> None:
    one, two = group(), group(first=30)
    accept([one, two])
    withdraw_acceptance(one)
    assert group_choices.can_undo() and group_choices.undo() == (one.key, "identical")
    assert not is_accepted(two)


def test_decisions_are_undone_like_acceptances(
    builder: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    photos = [builder.put(f"{name}.jpg", name) for name in "ab"]
    monkeypatch.setattr(resources, "library", lambda: builder.library)
    catalog = builder.library.catalog
    keep, other = (
        GroupFile(number, number, f"/p/{number}.jpg", 7, 4, 3, "JPEG", None, None)
        for number in photos
    )
    made = DuplicateGroup("identical-1", "identical", keep, "it is older", (other,))
    accept([group()])
    decision_history.decide(made, "apart")
    assert len(decisions(catalog)) == 1 and group_choices.can_undo()
    assert group_choices.undo() == ("identical-1", "identical") and len(decisions(catalog)) == 0
    assert group_choices.undo() == ("identical-10", "identical")
