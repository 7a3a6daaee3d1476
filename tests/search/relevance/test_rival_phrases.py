"""Which of many phrases a library's photos match best, on vectors made by rule."""

from __future__ import annotations

import numpy as np
import pytest

from explorer.encoders.base import Vectors, unit
from explorer.search.relevance.rival_phrases import RivalPhrases

_PHRASES = np.eye(6, dtype=np.float32)


def photos(kind: int, count: int, strength: float = 0.6) -> Vectors:
    """Photos that match one of the phrases well and all others a little."""
    rows = np.full((count, 6), 0.2, np.float32)
    rows[:, kind] = strength
    return unit(rows)


def test_photos_prefer_the_phrase_they_show() -> None:
    sample = np.concatenate([photos(0, 30), photos(1, 10)])
    rivals = RivalPhrases(_PHRASES[1:], sample)
    assert rivals.preference(_PHRASES[0], photos(0, 10)) == 1.0
    assert rivals.won(_PHRASES[0]) == 30
    # The best photos of an absent thing show something else, which they match better.
    absent = rivals.preference(unit(np.array([[0, 0, 0, 0.9, 1, 0]], np.float32))[0], photos(1, 10))
    assert 0 < absent < 0.1


def test_each_rival_that_matches_better_counts() -> None:
    rivals = RivalPhrases(_PHRASES[1:], photos(0, 5))
    top = np.concatenate([photos(0, 9), photos(1, 1)])
    one_in_ten = rivals.preference(_PHRASES[0], top)
    assert one_in_ten == pytest.approx(np.exp(-4.0 * np.log(2) / 10), rel=1e-6)
    # Photos after the ten best do not count.
    assert rivals.preference(_PHRASES[0], np.concatenate([top, photos(2, 50)])) == one_in_ten


def test_a_synonym_is_no_rival() -> None:
    sample = photos(0, 20)
    query = unit(np.array([[1, 0.3, 0, 0, 0, 0]], np.float32))[0]
    with_synonym = RivalPhrases(_PHRASES, sample)
    assert with_synonym.won(query) == 20 and with_synonym.preference(query, sample) == 1.0
    # Another word for something near is one.
    near = unit(np.array([[1, 1.2, 0, 0, 0, 0]], np.float32))[0]
    assert with_synonym.won(near) == 0


@pytest.mark.parametrize("number", [0, 1])
def test_without_other_phrases_everything_is_preferred(number: int) -> None:
    rivals = RivalPhrases(_PHRASES[:number], photos(0, 3))
    assert rivals.preference(_PHRASES[0], photos(0, 3)) == 1.0
    assert rivals.won(_PHRASES[3]) == 0
