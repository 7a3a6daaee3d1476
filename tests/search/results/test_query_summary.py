from __future__ import annotations

import pytest

from explorer.search.language.parse_query import parse
from explorer.search.query import Query
from explorer.search.results.query_summary import named_phrase, subject_of


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("dog", "dog"), ("dog date:2019", "dog"), ("anna + ben", "anna ben"),
        ("beach AND 2:snow", "beach snow"), ("dog - cat", "dog"), ("- cat", None),
        ("photo:1 - dog", None), ("Bali - people - cars", "Bali"), ("photo:1 + dog", None),
        ("(dog OR cat)", None), ("date:2019", None),
    ],
)  # fmt: skip
def test_the_words_of_phrases_that_are_added_are_looked_for(text: str, words: str | None) -> None:
    assert named_phrase(Query(parse(text))) == words


@pytest.mark.parametrize(
    ("text", "subject"),
    [
        ("dog", "“dog”"), ("dog + snow", "“dog” and “snow”"), ("dog - cat", "“dog”"),
        ("- people", "photos without “people”"), ("- photo:1", "photos unlike these"),
    ],
)  # fmt: skip
def test_the_subject_of_a_query_is_named(text: str, subject: str) -> None:
    assert subject_of(Query(parse(text))) == subject
