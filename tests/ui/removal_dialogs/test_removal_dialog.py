"""What the dialog says after a removal."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest


def _page(carried: int) -> None:
    from explorer.removal.results import Removal, RemovalOutcome, RemovalResult
    from explorer.ui.removal_dialogs import removal_dialog

    result = RemovalResult(Removal("/a.jpg", "00"), "removed", freed=1000)
    removal_dialog._show_outcome(RemovalOutcome("run", (result,), carried))


@pytest.mark.parametrize(
    ("carried", "says"),
    [
        (0, []),
        (1, ["1 edit of removed photos (favorites, albums, ratings and the like) was"]),
        (3, ["3 edits of removed photos (favorites, albums, ratings and the like) were"]),
    ],
)
def test_the_result_says_how_many_edits_were_carried_over(carried: int, says: list[str]) -> None:
    page = AppTest.from_function(_page, args=(carried,)).run()
    assert not page.exception
    assert [each.value.partition(" carried")[0] for each in page.caption[:-1]] == says
