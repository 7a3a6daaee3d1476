"""What matched is text, whatever it holds."""

from __future__ import annotations

from explorer.search.results.match_reasons import MatchReason
from explorer.ui.components.match_reasons import reasons_html


def test_search_terms_are_highlighted_and_names_are_escaped() -> None:
    found = reasons_html(
        [MatchReason("name", "<b>beach.jpg", ((3, 8),)), MatchReason("meaning", "Good match.")]
    )
    assert "<dt>Name</dt><dd>&lt;b&gt;<mark>beach</mark>.jpg</dd>" in found
    assert "<dt>Meaning</dt><dd>Good match.</dd>" in found


def test_nothing_is_said_without_reasons() -> None:
    assert reasons_html([]) == ""
