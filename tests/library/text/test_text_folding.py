from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.library.text.text_folding import find_ranges, fold, fold_with_positions


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("IMG_2034.JPG", "img_2034.jpg"),
        ("Ångström", "angstrom"),
        ("A\u030angstro\u0308m", "angstrom"),
        ("STRASSE Straße", "strasse strasse"),
        ("ﬁlm", "film"),
        ("Ελλάς", "ελλασ"),
        ("İstanbul", "istanbul"),
        ("東京タワー", "東京タワー"),
        ("ＡＢＣ", "abc"),
    ],
)
def test_accents_case_and_variants_are_ignored(text: str, folded: str) -> None:
    assert fold(text) == folded


@given(st.text(st.characters(), max_size=20))
def test_any_text_can_be_looked_up(text: str) -> None:
    """A link to a search may hold anything."""
    for folded in (fold(text), fold_with_positions(text)[0]):
        assert "\0" not in folded and folded.encode().decode() == folded


def test_characters_that_no_text_has_match_nothing() -> None:
    assert fold("A\0b") == "a\ufffdb" and fold("Å\ud800") == "a\ufffd"
    assert fold_with_positions("A\0b") == ("a\ufffdb", [0, 1, 2])


def test_letters_with_a_distinct_mark_stay_distinct() -> None:
    assert fold("かき") != fold("かぎ")


@given(st.text(max_size=40))
def test_folded_text_stays_as_it_is(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text(max_size=40))
def test_every_folded_character_comes_from_one_of_the_text(text: str) -> None:
    folded, positions = fold_with_positions(text)
    assert len(folded) == len(positions)
    assert sorted(folded) == sorted(fold(text))
    assert positions == sorted(positions)
    assert all(0 <= at < len(text) for at in positions)


def test_ranges_refer_to_the_original_text() -> None:
    assert find_ranges("Café CAFÉ", "cafe") == [(0, 4), (5, 9)]
    # With its accent as a character of its own.
    assert find_ranges("Cafe\u0301 x", "cafe") == [(0, 5)]
    assert find_ranges("Große Straße", "strasse") == [(6, 12)]
    assert find_ranges("aaaa", "aa") == [(0, 2), (2, 4)]
    assert find_ranges("abc", "") == []
    assert find_ranges("abc", "d") == []
