"""What was chosen in groups of duplicates, asked of all groups at once."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from explorer.duplicates.group_file import GroupFile
from explorer.duplicates.groups import DuplicateGroup
from explorer.ui import resources
from explorer.ui.duplicates_page import decision_history, group_choices


@pytest.fixture(autouse=True)
def no_choices(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(group_choices, "_choices", {})
    monkeypatch.setattr(decision_history, "record_acceptance", lambda groups: None)
    yield
    resources.close()


def group(number: int, *, protected: bool = False) -> DuplicateGroup:
    keep, other = (
        GroupFile(
            10 * number + at, number, f"/{at}/{number}.jpg", 7, 4, 3, "JPEG", None, None,
            protected=protected,
        )
        for at in (0, 1)
    )  # fmt: skip
    return DuplicateGroup(f"identical-{number}", "identical", keep, "it is older", (other,))


def test_groups_with_something_to_remove_can_be_accepted_once() -> None:
    first, second, guarded = group(1), group(2), group(3, protected=True)
    groups = [first, second, guarded]
    assert group_choices.acceptable(groups) == [first, second]
    assert [each.reclaimable for each in groups] == [7, 7, 0]
    assert group_choices.accepted(groups) == []
    group_choices.accept([second])
    assert group_choices.accepted(groups) == [second]
    assert group_choices.acceptable(groups) == [first]
    group_choices.toggle_mark(first, 11)
    assert group_choices.acceptable(groups) == []


def test_the_chosen_file_is_kept() -> None:
    first, second = group(1), group(2)
    group_choices.choose_keeper(second, 21)
    shown = group_choices.with_chosen_keepers([first, second])
    assert shown[0] is first
    assert (shown[1].keep.file_id, [each.file_id for each in shown[1].others]) == (21, [20])
    assert shown[1].removable == {20}
