"""The groups that a result is narrowed down by, from one run of the page to the next."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import streamlit as st

from explorer.search.ranked_photos import RankedIds
from explorer.ui import resources
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
