from __future__ import annotations

import pytest

from explorer.library.text.place_words import names_place
from explorer.library.text.text_folding import fold


@pytest.mark.parametrize(
    ("phrase", "place"),
    [
        ("long beach", "Long Beach"),
        ("california", "California"),
        ("sunset in new york", "New York City"),
        ("salt lake", "Salt Lake City"),
        ("cebu", "Cebu City"),
        ("netherlands", "The Netherlands"),
        ("rio janeiro", "Rio de Janeiro"),
        ("san sebastian", "Donostia / San Sebastián"),
        ("halle", "Halle (Saale)"),
        ("barcelona", "Barcelona Province"),
        ("baden-württemberg", "Baden-Württemberg"),
        ("trinidad tobago", "Trinidad and Tobago"),
        ("the western province", "Western Province"),
        ("orange county", "Orange County"),
        ("東京", "東京"),
        ("china", "China"),
        ("in orange", "Orange"),
        ("photos in orange", "Orange"),
        ("sunset in Orange", "Orange"),
        ("view of Nice", "Nice"),
        ("streets of cork", "Cork"),
        ("trip through Cork", "Cork"),
        ("visit bath", "Bath"),
        ("Nice", "Nice"),
        ("from nice", "Nice"),
    ],
)
def test_a_whole_name_names_a_place(phrase: str, place: str) -> None:
    assert names_place(fold(place), phrase.split())


@pytest.mark.parametrize(
    ("phrase", "place"),
    [
        ("beach", "Long Beach"),
        ("lake", "Salt Lake City"),
        ("salt lake", "Great Salt Lake"),
        ("falls", "Niagara Falls"),
        ("orange", "Orange County"),
        ("orange", "Orange"),
        ("orange cat in a box", "Orange"),
        ("woman in orange", "Orange"),
        ("man in white", "White"),
        ("dog in sand", "Sand"),
        ("bottle of cork", "Cork"),
        ("Orange cat", "Orange"),
        ("Reading A Book", "Reading"),
        ("reading a book", "Reading"),
        ("buffalo", "Buffalo City"),
        ("ocean", "Ocean City"),
        ("city", "New York City"),
        ("york", "New York City"),
        ("york", "New York"),
        ("western", "Western Province"),
        ("", "Paris"),
        ("paris", ""),
        ("paris", "-"),
    ],
)
def test_a_part_of_a_name_names_no_place(phrase: str, place: str) -> None:
    assert not names_place(fold(place), phrase.split())


def test_an_ordinary_word_names_a_place_beside_the_place_around_it() -> None:
    around = ["orange", "california", "united states"]
    assert names_place("orange", ["orange", "california"], around)
    assert not names_place("orange", ["orange", "cat"], around)
