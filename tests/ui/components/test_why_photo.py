"""What matched is text, whatever it holds."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest

from explorer.search.match_reasons import MatchReason
from explorer.ui.components.why_photo import reasons_html


def test_search_terms_are_highlighted_and_names_are_escaped() -> None:
    found = reasons_html(
        [MatchReason("name", "<b>beach.jpg", ((3, 8),)), MatchReason("meaning", "Good match.")]
    )
    assert "<dt>Name</dt><dd>&lt;b&gt;<mark>beach</mark>.jpg</dd>" in found
    assert "<dt>Meaning</dt><dd>Good match.</dd>" in found


def test_a_sentence_is_a_caption() -> None:
    def page() -> None:
        from explorer.ui.components.why_photo import why_photo

        why_photo("Among the *top* 1 %.")
        why_photo("")
        why_photo([])

    shown = AppTest.from_function(page).run()
    assert [caption.value for caption in shown.caption] == [r"Among the \*top\* 1 %\."]
