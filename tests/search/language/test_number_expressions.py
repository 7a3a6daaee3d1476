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
        ("dog > 5 MB", "dog size:>5mb"), ("<= 12 megapixels", "megapixels:<=12mp"),
        ("portrait f/1.8", "portrait f:1.8"),
        ("photos not larger than 5 MB", "-size:>5mb"),
        ("123456 kilobytes", "size:123456kb"), ("at least 1.25 gigabytes", "size:>=1.25gb"),
        ("up to 3 gb", "size:<=3gb"), ("below 5 mb", "size:<5mb"),
        ("above 4 MP", "megapixels:>4mp"),
        ("greater than 10 mp", "megapixels:>10mp"), ("smaller than 1 megapixel", "megapixels:<1mp"),
        ("higher than 3 stars", "rating:>3"), ("lower than 3 stars", "rating:<3"),
        ("less than 2 stars", "rating:<2"), ("fewer than two stars", "rating:<2"),
        ("rating at most one star", "rating:<=1"), ("rated 4 or higher", "rating:>=4"),
        ("rating 3 and more", "rating:>=3"), ("3 stars and above", "rating:>=3"),
        ("rated 3+", "rating:>=3"), ("4-star photos", "rating:4"), ("0+ stars", "rating:>=0"),
        ("iso 50", "iso:50"), ("iso 3280000", "iso:3280000"), ("f/11", "f:11"),
        ("width >= 1920", "width:>=1920"), ("height<600px", "height:<600px"),
        ("focal ≥ 85 mm", "focal:>=85mm"), ("focal ≤ 85mm", "focal:<=85mm"),
        ("size <= 1.5 gb", "size:<=1.5gb"), ("megapixels > 12mp", "megapixels:>12mp"),
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
        "iso 5", "iso 12345678", "1234567 kb", "12.3456 mb", "iso > 800x",
        "iso >= 1234567890", "rated 4 hotel or better", "camera > 5", "6 stars",
    ],
)  # fmt: skip
def test_other_numbers_stay(text: str) -> None:
    assert interpret(parse(text)) == parse(text)
