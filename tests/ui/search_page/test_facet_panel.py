"""The groups that a result is narrowed down by, from one run of the page to the next."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import streamlit as st

from explorer.search.ranking.ranked_photos import RankedIds
from explorer.ui import resources
from explorer.ui.search_page import facet_panel, search_state, search_widgets
from explorer.ui.search_page.facet_panel import facet_groups
from explorer.ui.search_page.search_state import request_of
from tests.factory import LibraryBuilder


@pytest.fixture
def builder(tmp_path: Path) -> Iterator[LibraryBuilder]:
    made = LibraryBuilder(resources.library(), str(tmp_path))
    yield made
    made.writer.close()
    resources.close()


def test_groups_are_counted_once_for_a_result_and_again_when_it_changes(
    builder: LibraryBuilder, monkeypatch: pytest.MonkeyPatch
) -> None:
    state = dict[str, Any]()
    monkeypatch.setattr(st, "session_state", state)
    photo = builder.put("trip/a.jpg", 1, taken_at="2019-03-04T00:00:00")
    request, ranked = request_of({"q": "date:2019"}), RankedIds(np.array([photo]))
    groups = facet_groups(request, ranked)
    assert [group.name for group in groups] == ["Dates", "Folders", "Cameras", "File types"]
    assert facet_groups(request, ranked) is groups
    assert facet_groups(request_of({"q": ""}), ranked) is not groups
    groups = facet_groups(request, ranked)
    builder.put("trip/b.jpg", 2, taken_at="2019-03-04T00:00:00")
    assert facet_groups(request, ranked) is not groups
    groups = facet_groups(request, ranked)
    both = facet_groups(request, RankedIds(np.array([photo, photo + 1])))
    assert both is not groups and both[0].entries[0].photos == 2


def test_entries_change_the_query_as_it_is_now(monkeypatch: pytest.MonkeyPatch) -> None:
    address, state = {"q": "dogs"}, dict[str, Any]()
    monkeypatch.setattr(st, "session_state", state)
    monkeypatch.setattr(search_state, "url_parameters", lambda: dict(address))
    monkeypatch.setattr(search_state, "set_url", lambda **new: address.update(new))

    def choose(*choices: tuple[str, str]) -> str:
        facet_panel._choose([{"added": added, "dropped": dropped} for added, dropped in choices])
        return address["q"]

    search_widgets.fill_widgets()
    state["q"] = "cats"
    assert choose(("date:2020", "")) == "cats date:2020"
    # Two quick clicks; the first one is sent again with the second.
    assert choose(("date:2020-05", "date:2020")) == "cats date:2020-05"
    both = choose(("date:2020-05", "date:2020"), ("camera:canon", ""))
    assert both == "cats date:2020-05 camera:canon"
    assert choose(("", "date:2020-05")) == "cats camera:canon"
    assert choose(("", "date:2020-05"), ("(", "")) == "cats camera:canon"
    address["q"] = state["q"] = "cats ("
    assert choose(("date:2020", "")) == "cats ("
