from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.search.ranking.rank_fusion import K, fuse, mean_ranks

_NONE = np.empty(0, np.int64)


def ids(*values: int) -> np.ndarray:
    return np.array(values, np.int64)


def test_without_words_the_ranking_by_meaning_stays() -> None:
    assert fuse(ids(3, 1, 2), _NONE, np.empty(0)).ids.tolist() == [3, 1, 2]
    assert fuse(_NONE, _NONE, np.empty(0)).ids.tolist() == []


def test_a_photo_in_both_rankings_gains() -> None:
    fused = fuse(ids(1, 2, 3), ids(3), np.array([1.0]))
    assert fused.ids.tolist() == [3, 1, 2]
    assert fused.scores.tolist() == pytest.approx(
        [1 / (K + 3) + 1 / (K + 1), 1 / (K + 1), 1 / (K + 2)]
    )


def test_a_photo_without_a_vector_is_found_by_its_words() -> None:
    assert fuse(ids(1, 2), ids(9), np.array([1.0])).ids.tolist() == [1, 9, 2]


def test_a_named_photo_comes_first_regardless_of_the_rest() -> None:
    fused = fuse(ids(1, 2, 3), ids(1, 2), np.array([0.9, 0.8]), named=ids(7, 3))
    assert fused.ids.tolist() == [7, 3, 1, 2]


def test_many_equal_matches_count_for_little() -> None:
    """A folder of a thousand photos does not push aside what the phrase means."""
    meaning = np.arange(5000, dtype=np.int64)
    folder = np.arange(2000, 3000, dtype=np.int64)
    fused = fuse(meaning, folder, np.ones(1000))
    assert fused.ids[:20].tolist() == list(range(20))


def test_a_photo_with_few_of_the_words_gains_little() -> None:
    meaning = np.arange(100, dtype=np.int64)
    assert fuse(meaning, ids(50), np.array([0.2])).ids[:10].tolist() == list(range(10))
    assert fuse(meaning, ids(50), np.array([1.0])).ids[0] == 50


def test_equal_scores_share_the_mean_of_their_ranks() -> None:
    assert mean_ranks(np.array([1.0, 5.0, 5.0, 0.5])).tolist() == [3, 1.5, 1.5, 4]
    assert mean_ranks(np.empty(0)).tolist() == []


@given(
    st.lists(st.integers(0, 30), unique=True),
    st.dictionaries(st.integers(0, 30), st.floats(0, 1)),
    st.lists(st.integers(0, 30), unique=True, max_size=4),
)
def test_every_photo_of_any_ranking_is_in_the_result_once(
    meaning: list[int], words: dict[int, float], named: list[int]
) -> None:
    fused = fuse(ids(*meaning), ids(*words), np.array(list(words.values())), ids(*named))
    assert sorted(fused.ids.tolist()) == sorted({*meaning, *words, *named})
    assert fused.ids[: len(named)].tolist() == named
    assert (np.diff(fused.scores) <= 0).all()
