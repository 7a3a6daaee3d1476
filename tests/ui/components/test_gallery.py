"""Which photos a gallery reports as selected."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from explorer.search.ranking.ranked_photos import RankedIds
from explorer.search.results.photo_list import PhotoList
from explorer.search.results.result_stacks import NO_STACKS
from explorer.search.results.result_view import ResultView
from explorer.ui import resources
from explorer.ui.actions import PhotoAction
from explorer.ui.components.gallery import _selected, _toggle_favourite


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


def test_the_photos_that_were_selected_when_the_key_was_pressed_become_favorites(
    listed: PhotoList,
) -> None:
    first, second, third, _ = [int(i) for i in listed.ids]
    marked = list[list[int]]()
    action = PhotoAction("Favorite", "", lambda ids: marked.append(list(ids)), toggles="favourite")

    def press(ids: list[int], *, everything: bool = False) -> None:
        sent = {"photo": second, "selection": {"ids": ids, "all": everything}, "number": 1}
        _toggle_favourite([action], listed, sent)

    press([third, first])
    press([])
    press([first, second], everything=True)
    # Those that were meant have left the list; the one with the focus was not meant.
    press([987_654])
    assert marked == [[first, third], [second], [int(i) for i in listed.ids[2:]]]
