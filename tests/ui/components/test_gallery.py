"""Which photos a gallery reports as selected."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from explorer.search.photo_list import PhotoList
from explorer.search.ranked_photos import RankedIds
from explorer.search.result_stacks import NO_STACKS
from explorer.search.result_view import ResultView
from explorer.ui import resources
from explorer.ui.components.gallery import _selected


@pytest.fixture
def listed(photos: Path) -> PhotoList:
    """All four photos, newest first."""
    engine = resources.engine()
    ids = engine.order.sorted()
    view = ResultView(RankedIds(ids, len(ids)), NO_STACKS, "newest", dates=engine.columns.dates)
    return PhotoList("key", view, engine.columns, engine.order)


@pytest.mark.parametrize("as_rows", [True, False])
def test_selected_photos_are_reported_in_the_order_of_the_list(
    listed: PhotoList, as_rows: bool
) -> None:
    first, second, third, last = ids = [int(i) for i in listed.ids]
    rows = list(resources.library().catalog.photos(ids).values())

    def selected(**selection: Any) -> list[int]:
        return _selected(rows if as_rows else listed, selection)

    assert selected(ids=[]) == selected() == []
    assert selected(ids=[last, first]) == [first, last]
    # A photo that has left the list since it was selected.
    assert selected(ids=[third, 987_654]) == [third]
    assert selected(all=True, ids=[]) == ids
    assert selected(all=True, ids=[second, 987_654]) == [first, third, last]
