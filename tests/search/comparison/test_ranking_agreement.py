"""How far rankings agree."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.search.comparison.ranking_agreement import (
    compare_rankings,
    overlap_at,
    rank_biased_overlap,
    rank_numbers,
)

RANKINGS = st.lists(st.integers(0, 30), unique=True, max_size=20)
SOME = st.lists(st.integers(0, 30), unique=True, min_size=1, max_size=20)


def expected_share(a: list[int], b: list[int], p: float) -> float:
    """RBO by its definition, (1 - p) Σ p^(d - 1) A_d to a depth beyond which nothing counts, with
    the agreement A_d that the paper assumes beyond the end of a ranking."""
    short, long = sorted((a, b), key=len)
    total = agreement = 0.0
    for depth in range(1, 3000):
        if depth <= len(long):
            common = len({*short[:depth]} & {*long[:depth]})
            at_end = len({*short} & {*long[: len(short)]})
            assumed = at_end / len(short) * max(0, depth - len(short))
            agreement = (common + assumed) / depth
        total += (1 - p) * p ** (depth - 1) * agreement
    return min(1.0, total)


class TestOverlap:
    def test_it_is_the_share_of_common_photos(self) -> None:
        assert overlap_at([1, 2, 3, 4], [4, 9, 1, 8], 4) == 0.5
        assert overlap_at([1, 2, 3, 4], [4, 9, 1, 8], 1) == 0

    def test_short_rankings_can_agree_completely(self) -> None:
        assert overlap_at([1, 2], [2, 1], 10) == 1
        assert overlap_at([1, 2], [2], 10) == 0.5
        assert overlap_at([], [], 10) == overlap_at([], [1], 10) == 0

    @given(RANKINGS, RANKINGS, st.integers(1, 25))
    def test_it_is_symmetric_and_a_share(self, a: list[int], b: list[int], k: int) -> None:
        assert overlap_at(a, b, k) == overlap_at(b, a, k)
        assert 0 <= overlap_at(a, b, k) <= 1


class TestRankBiasedOverlap:
    def test_worked_by_hand(self) -> None:
        # Agreements 1, 1/2 and 1: 0.1 (1 + 0.9 / 2 + 0.81) + 0.729.
        assert rank_biased_overlap([1, 2, 3], [1, 3, 2], 0.9) == pytest.approx(0.955)

    @given(SOME, SOME, st.floats(0.2, 0.98))
    def test_it_is_what_its_definition_says(self, a: list[int], b: list[int], p: float) -> None:
        assert rank_biased_overlap(a, b, p) == pytest.approx(expected_share(a, b, p), abs=1e-9)

    @given(RANKINGS, RANKINGS)
    def test_it_is_symmetric_and_a_share(self, a: list[int], b: list[int]) -> None:
        found = rank_biased_overlap(a, b)
        assert found == pytest.approx(rank_biased_overlap(b, a))
        assert 0 <= found <= 1

    @given(SOME)
    def test_the_same_ranking_agrees_completely(self, a: list[int]) -> None:
        assert rank_biased_overlap(a, a) == pytest.approx(1)
        assert rank_biased_overlap(a, [photo + 100 for photo in a]) == 0

    @given(st.permutations(range(8)))
    def test_a_swap_near_the_top_counts_more(self, a: list[int]) -> None:
        near, far = list(a), list(a)
        near[0], near[1] = near[1], near[0]
        far[6], far[7] = far[7], far[6]
        assert rank_biased_overlap(a, near) < rank_biased_overlap(a, far) < 1


class TestCompareRankings:
    def test_three_rankings(self) -> None:
        found = compare_rankings([[1, 2, 3], [3, 1, 9], [3, 8, 1]], 3)
        assert found is not None
        assert [(pair.first, pair.second) for pair in found.pairs] == [(0, 1), (0, 2), (1, 2)]
        assert found.overlap == pytest.approx(2 / 3)
        assert found.rbo == pytest.approx(sum(pair.rbo for pair in found.pairs) / 3)
        # Ranks 3, 1, 1 before 1, 2, 3.
        assert found.agreed == (3, 1)

    def test_only_the_first_ranks_count(self) -> None:
        found = compare_rankings([[1, 2, 3, 4], [2, 1, 4, 3]], 2)
        assert found is not None and (found.overlap, found.agreed) == (1, (1, 2))
        deeper = compare_rankings([[1, 2, 5], [2, 1, 6]], 2)
        assert deeper is not None and deeper.rbo == found.rbo

    def test_one_ranking_has_nothing_to_agree_with(self) -> None:
        assert compare_rankings([[1, 2]], 2) is compare_rankings([], 2) is None

    @given(st.lists(RANKINGS, min_size=2, max_size=4), st.integers(1, 25))
    def test_agreed_photos_are_in_every_head(self, rankings: list[list[int]], k: int) -> None:
        found = compare_rankings(rankings, k)
        assert found is not None
        assert set(found.agreed) == set.intersection(*({*each[:k]} for each in rankings))
        assert len(found.agreed) <= min(pair.overlap for pair in found.pairs) * k + 1e-9


def test_rank_numbers() -> None:
    assert rank_numbers([7, 5]) == {7: 1, 5: 2}
