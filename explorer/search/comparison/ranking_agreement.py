"""How far rankings of the same photos agree: overlap@k, rank-biased overlap, and the photos near
the top of all of them.

Rank-biased overlap (RBO; Webber, Moffat & Zobel, “A similarity measure for indefinite rankings”,
ACM TOIS 28(4), 2010) is the expected share of common photos for a reader who looks at the first
photo of both rankings, and goes on from each rank to the next with the probability p, so that the
first ranks count most. If only the beginnings of rankings are known, `RBO_ext` (their equation 32)
assumes that they continue to agree as much as they did at the last known rank.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import NamedTuple

Ranking = Sequence[int]
"""Ids of photos, best first, each once."""

PERSISTENCE = 0.9
"""The probability p: the first ten ranks have 86% of the weight (Webber et al., equation 21)."""


class PairAgreement(NamedTuple):
    """The agreement of two rankings, given by their numbers from 0."""

    first: int
    second: int
    overlap: float
    rbo: float


class RankingAgreement(NamedTuple):
    """The agreement of two or more rankings at their first k ranks."""

    overlap: float
    """Mean overlap@k of all pairs, 0 to 1."""
    rbo: float
    """Mean rank-biased overlap of all pairs, 0 to 1."""
    pairs: tuple[PairAgreement, ...]
    agreed: tuple[int, ...]
    """The photos among the first k of every ranking, by the mean of their ranks."""


def overlap_at(a: Ranking, b: Ranking, k: int) -> float:
    """The share of the first k photos that two rankings have in common, 0 to 1. If both are shorter
    than k, the length of the longer one takes the place of k; 0 for empty ones."""
    depth = min(k, max(len(a), len(b)))
    return len({*a[:k]} & {*b[:k]}) / depth if depth > 0 else 0.0


def rank_biased_overlap(a: Ranking, b: Ranking, p: float = PERSISTENCE) -> float:
    """RBO_ext of two rankings, 0 (nothing in common) to 1 (the same). Their lengths may differ; 0
    if one is empty. p: from 0 to 1, both excluded."""
    shorter, longer = sorted((a, b), key=len)
    short, length = len(shorter), len(longer)
    if not short:
        return 0.0
    seen_short, seen_long = set[int](), set[int]()
    common, common_short, total, agreement = 0, 0, 0.0, 0.0
    for depth in range(1, length + 1):
        new = longer[depth - 1]
        common += new in seen_short
        seen_long.add(new)
        if depth <= short:
            other = shorter[depth - 1]
            common += other in seen_long
            seen_short.add(other)
            common_short = common
        # Beyond its end, the shorter one is taken to agree as far as it did there.
        assumed = common_short * max(0, depth - short) / short
        agreement = (common + assumed) / depth
        total += agreement * p**depth
    return min(1.0, total * (1 - p) / p + agreement * p**length)


def compare_rankings(rankings: Sequence[Ranking], k: int) -> RankingAgreement | None:
    """The agreement of the first k ranks; None if there are fewer than two rankings."""
    heads = [ranking[:k] for ranking in rankings]
    pairs = tuple(
        PairAgreement(
            i, j, overlap_at(heads[i], heads[j], k), rank_biased_overlap(heads[i], heads[j])
        )
        for i, j in itertools.combinations(range(len(heads)), 2)
    )
    if not pairs:
        return None
    places = [rank_numbers(head) for head in heads]
    agreed = set(places[0]).intersection(*places[1:])
    return RankingAgreement(
        sum(pair.overlap for pair in pairs) / len(pairs),
        sum(pair.rbo for pair in pairs) / len(pairs),
        pairs,
        tuple(sorted(agreed, key=lambda photo: (sum(place[photo] for place in places), photo))),
    )


def rank_numbers(ranking: Ranking) -> dict[int, int]:
    """The rank of each photo, from 1."""
    return {photo: rank for rank, photo in enumerate(ranking, 1)}
