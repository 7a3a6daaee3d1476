from __future__ import annotations

import pytest

from explorer.search.language.interpret_phrases import interpret
from explorer.search.language.parse_query import parse
from tests.search.language.meant_queries import meant


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("bigger than 5 MB", "size:>5mb"), ("photos larger than 5MB", "size:>5mb"),
        ("dogs under 1.5 megabytes", "dogs size:<1.5mb"), ("at most 100 kb", "size:<=100kb"),
        ("photos over 10 megapixels", "megapixels:>10mp"), ("12 MP", "megapixels:12mp"),
        ("more than 3 stars", "rating:>3"), ("dog, at least four stars", "dog rating:>=4"),
        ("5 stars", "rating:5"), ("photos with at least 3 stars", "rating:>=3"),
        ("five star photos", "rating:5"), ("dog rated 5", "dog rating:5"),
        ("4 stars or more", "rating:>=4"), ("4+ stars", "rating:>=4"),
        ("ISO 800", "iso:800"), ("concert iso over 800", "concert iso:>800"),
        ("iso > 800", "iso:>800"), ("iso>800", "iso:>800"), ("iso > 800 dog", "dog iso:>800"),
        ("stars >= 3", "rating:>=3"),
        ("beach size > 5 mb", "beach size:>5mb"),
        ("size > 5 megabytes", "size:>5megabytes"), ("exposure <1/250", "exposure:<1/250"),
        ("f/2.8", "f:2.8"), ("rating 5", "rating:5"), ("f2.8", "f:2.8"),
        ("rated 4 or better", "rating:>=4"), ("rating three and up", "rating:>=3"),
        ("aperture < 4", "f:<4"), ("fnumber >= 2", "f:>=2"),
        ("portrait f/1.8", "portrait f:1.8"),
        ("photos not larger than 5 MB", "-size:>5mb"),
    ],
)  # fmt: skip
def test_numbers_of_what_the_catalog_knows_are_conditions(text: str, meaning: str) -> None:
    assert meant(text) == meaning


@pytest.mark.parametrize(
    "text",
    [
        "five star hotel", "flag with 50 stars", "flag with more than 3 stars",
        "sky with 5 stars", "rated 9", "iso", "2 dogs",
        "f1", "watching f1",
        "more than 3 people", "5 MB of cake", "1:'5 stars'", "size 12 shoes", "a > b",
    ],
)  # fmt: skip
def test_other_numbers_stay(text: str) -> None:
    assert interpret(parse(text)) == parse(text)
