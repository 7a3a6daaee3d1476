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
        ("street without cars or people", "street - cars - people"),
        ("photos without dogs or cats", "- dogs - cats"),
        ("house without windows and doors", "house - windows - doors"),
        ("beach without people and cars", "beach - people - cars"),
        ("beach with no people in it", "beach - people"), ("beach, no dogs", "beach - dogs"),
        ("no dogs", "- dogs"),
        ("without red, black and white", "- red is:monochrome"),
        ("dog without its leash", "dog - leash"),
        ("no people, no cars, no dogs", "- people - cars - dogs"),
        ("no dogs or cats", "- dogs - cats"), ("picnic without anybody", "picnic - people"),
        ("without anyone", "- people"), ("nobody", "- people"), ("all but the dog", "- dog"),
        ("photos of anything but dogs", "- dogs"), ("BEACH WITHOUT PEOPLE", "BEACH - PEOPLE"),
    ],
)  # fmt: skip
def test_what_photos_should_not_show_is_subtracted(text: str, meaning: str) -> None:
    assert meant(text) == meaning


@pytest.mark.parametrize(
    "text",
    [
        "no smoking", "no parking sign", "man without shirt at the beach", "without",
        "2:beach without people", "- without people",
        '1:"beach without people"', "(dog OR beach without people)", "nobody expects it",
        "nothing but flowers", "wearing nothing but socks", "nothing except flowers",
        "nobody but the dog", "no one except dad", "everyone except me", "anyone", "anybody",
        "beach with anyone", "tennis anyone", "me and nobody else", "not without a hat",
        "never without a smile", "can't live without you", "Doctors without borders",
        "Reporters Without Masks", "life without limits", "closed except sundays", "me without you",
        "beach without too many people", "girl with no name", "man without hat and sunglasses",
        "no exit", "no flash photography", "sign no dogs", "no dogs allowed", "no one knows",
        "without people's", "beach without my dog",
    ],
)  # fmt: skip
def test_other_words_stay(text: str) -> None:
    assert interpret(parse(text)) == parse(text)
