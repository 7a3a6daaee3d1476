from __future__ import annotations

import pytest

from explorer.ui.components.day_input import day_of


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2019", "2019-01-01", "2019-12-31"),
        (" 2020-02 ", "2020-02-01", "2020-02-29"),
        ("2019-06-04", "2019-06-04", "2019-06-04"),
        ("20190604", "2019-06-04", "2019-06-04"),
        ("soon", "soon", "soon"),
        ("", "", ""),
        (None, "", ""),
    ],
)
def test_a_period_stands_for_its_first_or_last_day(text: str | None, first: str, last: str) -> None:
    assert (day_of(text, last=False), day_of(text, last=True)) == (first, last)
