"""Reasons are shown whole, whatever is highlighted in them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from explorer.search.results.match_reasons import MatchReason, highlighted_parts


def test_what_was_searched_for_is_highlighted() -> None:
    reason = MatchReason("name", "beach day.jpg", ((0, 5), (6, 9)))
    assert highlighted_parts(reason) == [
        ("beach", True),
        (" ", False),
        ("day", True),
        (".jpg", False),
    ]
    assert highlighted_parts(MatchReason("meaning", "Good match.")) == [("Good match.", False)]
    assert highlighted_parts(MatchReason("text", "")) == []


_ENDS = st.integers(-3, 15)


@given(st.text(max_size=12), st.lists(st.tuples(_ENDS, _ENDS), max_size=4).map(tuple))
def test_no_text_is_lost_or_repeated(text: str, highlights: tuple[tuple[int, int], ...]) -> None:
    parts = highlighted_parts(MatchReason("text", text, highlights))
    assert "".join(part for part, _ in parts) == text
    assert all(part for part, _ in parts)
