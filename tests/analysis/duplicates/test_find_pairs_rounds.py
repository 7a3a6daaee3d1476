"""Which pairs are compared, round by round, and what is kept of them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from explorer.analysis.duplicates.candidates import Candidate
from explorer.analysis.duplicates.classify_pair import FilesUnavailable
from explorer.analysis.duplicates.compare_pair import PairComparison, PairRequest
from explorer.analysis.duplicates.find_pairs import _candidates, _compare_candidates
from explorer.library.stores.pair_store import Pair, PairKind

EXPECTED = np.eye(2, 3)


class Rounds:
    """Stands for the components, the comparer and the classifier."""

    def __init__(self, kinds: dict[tuple[int, int], PairKind]) -> None:
        self.kinds, self.unread = kinds, set[tuple[int, int]]()
        self.asked, self.added = list[list[PairRequest]](), list[Pair]()
        self.uncompared = list[tuple[int, int]]()

    def next_round(self, found: list[Candidate]) -> tuple[list[Candidate], list[Candidate]]:
        return found[:2], found[2:]

    def add(self, pairs: list[Pair]) -> None:
        self.added += pairs

    def uncompared_pairs(self, copies: set[int]) -> list[tuple[int, int]]:
        assert copies == {i for pair in self.added if pair.kind != "scene" for i in pair[:2]}
        return self.uncompared

    def transform_through_third(self, a: int, b: int) -> np.ndarray | None:
        return EXPECTED if (a, b) == (2, 3) else None

    def compare_all(self, requests: list[PairRequest]) -> list[PairComparison | None]:
        self.asked.append(requests)
        known = [(each.a, each.b) in self.kinds | dict.fromkeys(self.unread) for each in requests]
        return [
            PairComparison(each.a, each.b, 0, None, {}) if is_known else None
            for each, is_known in zip(requests, known, strict=True)
        ]

    def classify(self, compared: PairComparison) -> Pair:
        a, b = compared.a, compared.b
        if (a, b) in self.unread:
            raise FilesUnavailable(a)
        return Pair(a, b, self.kinds[a, b], 0.9, {})

    def are_surely_shots(self, candidate: Candidate) -> bool:
        return candidate.bits > 50

    def run(self, *found: Candidate) -> tuple[list[Pair], set[int]]:
        both: Any = self
        return _compare_candidates(list(found), both, both, both)


@pytest.fixture
def rounds() -> Rounds:
    return Rounds({(1, 2): "picture", (1, 3): "pixels", (4, 5): "scene"})


def test_candidates_are_compared_in_rounds(rounds: Rounds) -> None:
    pairs, unavailable = rounds.run(
        Candidate(1, 2, 9), Candidate(1, 3, 60, True), Candidate(4, 5, 9), Candidate(4, 6, 9)
    )
    assert [pair[:3] for pair in pairs] == [
        (1, 2, "picture"), (1, 3, "pixels"), (4, 5, "scene"),
    ]  # fmt: skip
    assert rounds.added == pairs and unavailable == set()
    first, second, within = rounds.asked
    assert first == [PairRequest(1, 2, None, False, False), PairRequest(1, 3, None, True, True)]
    assert [each[:2] for each in second] == [(4, 5), (4, 6)] and within == []


def test_all_pairs_of_copies_are_compared_and_the_result_kept(rounds: Rounds) -> None:
    """Also that nothing suggests one picture. Only a better transform is worth a second look."""
    rounds.uncompared = [(1, 2), (2, 3), (3, 7), (2, 7)]
    rounds.kinds[2, 7] = "picture"
    pairs, _ = rounds.run(Candidate(1, 2, 9), Candidate(1, 3, 9), Candidate(3, 7, 9))
    assert [(each.a, each.b, each.expected is not None) for each in rounds.asked[-1]] == [
        (2, 3, True), (2, 7, False),
    ]  # fmt: skip
    assert pairs[2:] == [Pair(2, 3, "different", 0.0, {}), Pair(2, 7, "picture", 0.9, {})]
    assert rounds.added == pairs


def test_photos_whose_files_cannot_be_read_are_named(rounds: Rounds) -> None:
    rounds.unread = {(4, 6), (2, 3)}
    rounds.uncompared = [(2, 3)]
    pairs, unavailable = rounds.run(Candidate(1, 2, 9), Candidate(4, 6, 9))
    assert [pair[:2] for pair in pairs] == [(1, 2)] and unavailable == {4, 2}


def test_candidates_with_similar_hashes_come_first_then_those_of_the_largest_photos() -> None:
    class Hashed:
        def similar(self, new: list[int], executor: object) -> list[Candidate]:
            assert new == [1, 2] and executor is None
            return [Candidate(2, 3, 5), Candidate(1, 4, 70), Candidate(2, 5, 4)]

        def size_rank(self, photo_id: int) -> tuple[int, int, int]:
            return {1: -100, 2: -50, 3: -10, 4: -5, 5: -1}[photo_id], 0, photo_id

    hashed: Any = Hashed()
    found = _candidates(hashed, [1, 2], {(3, 4), (1, 4), (1, 5)}, None)
    assert found == [
        Candidate(1, 4, 70, True), Candidate(2, 5, 4), Candidate(2, 3, 5),
        Candidate(1, 5, 81, True), Candidate(3, 4, 81, True),
    ]  # fmt: skip
