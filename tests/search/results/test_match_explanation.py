"""Which texts are named as reasons for a match."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from explorer.search.language.parse_query import parse
from explorer.search.query import Query
from explorer.search.results.match_explanation import _texts
from explorer.search.results.match_reasons import highlighted_parts
from tests.factory import LibraryBuilder


@pytest.mark.parametrize(
    ("phrase", "highlighted"),
    [
        ("a day at the beach", {"Beach"}),
        ("beach", {"Beach"}),
        # A part of a longer word, and words that are not looked up.
        ("car", set()),
        ("a in the", set()),
        ("scarlet car", {"scarlet"}),
        ("-beach", set()),
    ],
)
def test_only_words_that_photos_are_ranked_by_are_highlighted(
    builder: LibraryBuilder, phrase: str, highlighted: set[str]
) -> None:
    photo_id = builder.put("in America/Beach 1.jpg", 1, title="An avocado, scarlet")
    engine: Any = SimpleNamespace(catalog=builder.library.catalog)
    reasons = _texts(engine, Query(parse(phrase)), photo_id)
    found = {part for reason in reasons for part, marked in highlighted_parts(reason) if marked}
    assert found == highlighted
