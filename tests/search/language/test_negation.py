from __future__ import annotations

import pytest

from explorer.search.language.interpret_phrases import interpret
from explorer.search.language.parse_query import parse
from tests.search.language.meant_queries import meant


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("beach without people", "beach - people"), ("without people", "- people"),
        ("no people", "- people"), ("photos without people", "- people"),
        ("beach, no people", "beach - people"), ("Beach with no people.", "Beach - people"),
        ("beach but without people", "beach - people"), ("dog without a leash", "dog - leash"),
        ("a street with nobody", "a street - people"), ("street, no one around", "street - people"),
        ("dog but not cat", "dog - cat"), ("dogs except puppies", "dogs - puppies"),
        ("everything but dogs", "- dogs"), ("anything except red cars", "- red cars"),
        ("beach without people without dogs", "beach - people - dogs"),
        ("beach, without people, without dogs", "beach - people - dogs"),
        ("sunset without people 2019", "sunset - people date:2019"),
        ("horse without rider + stripes", "horse - rider + stripes"),
    ],
)  # fmt: skip
def test_what_photos_should_not_show_is_subtracted(text: str, meaning: str) -> None:
    assert meant(text) == meaning


@pytest.mark.parametrize(
    "text",
    [
        "no smoking", "no parking sign", "man without shirt at the beach", "without",
        "beach without people and cars", "2:beach without people", "- without people",
        '1:"beach without people"', "(dog OR beach without people)", "nobody expects it",
    ],
)  # fmt: skip
def test_other_words_stay(text: str) -> None:
    assert interpret(parse(text)) == parse(text)
