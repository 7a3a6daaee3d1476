"""Proposals for misspelled words."""

from __future__ import annotations

from pathlib import Path

import pytest

from explorer.library.library import Library
from explorer.search import spelling as spelling_module
from explorer.search.language.parse_query import parse
from explorer.search.language.print_query import print_query
from explorer.search.spelling import SpellingSuggestions, edit_distance
from tests.factory import LibraryBuilder


@pytest.fixture(scope="module")
def spelling(tmp_path_factory: pytest.TempPathFactory) -> SpellingSuggestions:
    folder = tmp_path_factory.mktemp("spelling")
    builder = LibraryBuilder(Library.open(folder / "library", create=True), str(folder))
    builder.put("Zermatt/brnz.jpg", 1, keywords=("Bellini",), title="Grossglockner")
    return SpellingSuggestions(builder.library.catalog)


@pytest.mark.parametrize(
    ("text", "corrected"),
    [
        ("elefant", "elephant"), ("brithday 2019", "birthday 2019"), ("Lisbn", "Lisbon"),
        ("melborne", "Melbourne"), ("a moutain - freinds", "a mountain - friends"),
        ("Suset, jnue 2019", "Sunset, june 2019"), ("blury dog", "blurry dog"),
        ("belini in zermat", "Bellini in Zermatt"), ("portugl + flowrs", "Portugal + flowers"),
        ("dog camera:canon elefant", "dog elephant camera:canon"), ("2:elefant", "2:elephant"),
    ],
)  # fmt: skip
def test_a_misspelled_word_is_corrected(
    spelling: SpellingSuggestions, text: str, corrected: str
) -> None:
    found = spelling.corrected(parse(text))
    assert found is not None and print_query(found) == corrected
    assert spelling.corrected(found) is None


@pytest.mark.parametrize(
    "text",
    [
        "dogs playing", "birthday, blurry", "Lissabon", "grossglockner", "brnz", "bellini", "zxqv",
        "t-shirt", "katze", "海", "schöön", "not blurry", "in june", "iso:100", "\"elefant\"",
        "IMG_12", "pyjamas, snorkelling", "an aeroplane - samosas", "Machu Picchu",
        "dancers", "stopping", "unrated", "x" * 300,
    ],
)  # fmt: skip
def test_other_words_are_left_alone(spelling: SpellingSuggestions, text: str) -> None:
    assert spelling.corrected(parse(text)) is None


def test_the_names_of_all_places_are_read_only_for_a_word_like_another(
    spelling: SpellingSuggestions, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = list[str]()
    monkeypatch.setattr(spelling_module, "is_well_known", asked.append)
    assert spelling.proposal("xqwrtzi") is None
    assert spelling.proposal("helicoptr") == "helicopter"
    assert asked == ["helicoptr"]


def test_words_of_new_photos_are_known(tmp_path: Path) -> None:
    builder = LibraryBuilder(Library.open(tmp_path / "library", create=True), str(tmp_path))
    spelling = SpellingSuggestions(builder.library.catalog)
    assert spelling.proposal("belini") is None
    builder.put("a.jpg", 1, keywords=("Bellini",))
    assert spelling.proposal("belini") == "Bellini"


@pytest.mark.parametrize(
    ("one", "other", "mistakes"),
    [
        ("beach", "beach", 0), ("bech", "beach", 1), ("beaach", "beach", 1), ("baech", "beach", 1),
        ("elefant", "elephant", 2), ("", "ab", 2), ("abcd", "wxyz", 3),
    ],
)  # fmt: skip
def test_the_distance_counts_mistakes_up_to_a_number(one: str, other: str, mistakes: int) -> None:
    assert min(3, edit_distance(one, other, 2)) == mistakes
