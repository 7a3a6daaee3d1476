"""The keys and buttons of the review of duplicates, without a browser."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from explorer.duplicates.groups import DuplicateGroup
from explorer.ui.duplicates_page import decision_history, group_choices
from tests.ui.component_events import data_of, send
from tests.ui.duplicates_page.test_group_choices import group

GROUPS = [group(1), group(2), group(3)]

pytestmark = pytest.mark.usefixtures("photos")


@pytest.fixture(autouse=True)
def decided(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Groups that were decided, by key; nothing is written."""
    keys = list[str]()

    def decide(library: object, group: DuplicateGroup, kind: str) -> int:
        keys.append(group.key)
        return len(keys)

    monkeypatch.setattr(group_choices, "_choices", {})
    monkeypatch.setattr(decision_history, "decide_group", decide)
    monkeypatch.setattr(decision_history, "withdraw", lambda catalog, number: keys.pop(number - 1))
    yield keys


def _page() -> None:
    import streamlit as st

    from explorer.duplicates.groups import TIERS
    from explorer.ui.duplicates_page import group_browser, group_choices, removal_list
    from explorer.ui.duplicates_page.duplicates_review import DuplicatesReview
    from tests.ui.duplicates_page.test_group_browser import GROUPS

    # The next click comes before the group is drawn.
    if st.session_state.get("interrupted"):
        st.stop()
    groups = group_choices.with_chosen_keepers(GROUPS)
    shown = {tier: groups if tier == "identical" else [] for tier in TIERS}
    current = DuplicatesReview(1, groups, shown, {tier: [] for tier in TIERS}, 0)
    removal_list.bulk_actions(current, "identical")
    group_browser.browse(groups)


@pytest.fixture
def app() -> AppTest:
    page = AppTest.from_function(_page, default_timeout=60).run()
    assert not page.exception
    return page


def act(app: AppTest, *actions: tuple[str, int] | tuple[str, int, int]) -> None:
    """Send what the user does in groups: what, the number of the group, and of the file."""
    first = data_of(app, "duplicate_review")["handled"] + 1
    sent: list[dict[str, Any]] = [
        {"what": what, "key": f"identical-{number}", "number": turn}
        | ({"file": file[0]} if file else {})
        for turn, (what, number, *file) in enumerate(actions, first)
    ]
    send(app, "duplicate_review", actions=sent)
    assert not app.exception


def marked(number: int) -> list[int]:
    (shown,) = group_choices.with_chosen_keepers([GROUPS[number - 1]])
    return [item.file_id for item in shown.others if group_choices.is_marked(shown, item)]


def test_a_decision_counts_even_if_the_next_click_comes_at_once(
    app: AppTest, decided: list[str]
) -> None:
    app.session_state["interrupted"] = True
    act(app, ("mark", 1, 11), ("apart", 2))
    assert (marked(1), decided) == ([], ["identical-2"])


def test_a_file_is_marked_in_the_group_with_the_keeper_chosen_just_before(app: AppTest) -> None:
    assert marked(1) == [11]
    act(app, ("keep", 1, 11), ("mark", 1, 10))
    assert marked(1) == []
    act(app, ("mark", 1, 10), ("accept", 1))
    assert marked(1) == [10] and group_choices.is_accepted(GROUPS[0])
    assert data_of(app, "duplicate_review")["key"] == "identical-2"


def test_a_group_without_marks_is_not_accepted(app: AppTest) -> None:
    act(app, ("mark", 1, 11), ("accept", 1))
    assert not group_choices.is_accepted(GROUPS[0])
    assert data_of(app, "duplicate_review")["key"] == "identical-1"
    act(app, ("next", 1), ("next", 1), ("previous", 1))
    assert data_of(app, "duplicate_review")["key"] == "identical-2"


def test_undo_takes_back_what_was_done_last(app: AppTest, decided: list[str]) -> None:
    act(app, ("accept", 1), ("apart", 2), ("undecide", 2))
    assert decided == [] and group_choices.is_accepted(GROUPS[0])
    # The button is clicked right after the key, before the page runs.
    app.button(key="undo-decision").click()
    act(app, ("apart", 2))
    assert decided == [] and group_choices.is_accepted(GROUPS[0])
