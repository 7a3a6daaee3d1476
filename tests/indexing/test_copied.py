from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from explorer.indexing import copied
from explorer.indexing.candidates import Candidate, Known
from explorer.indexing.copied import Groups
from explorer.library.pairs import Pair
from tests.indexing.test_candidates import drawn, looks

PHOTOS = 12


def groups(pairs: list[tuple[int, int]]) -> Groups:
    known = Known(looks([drawn(i) for i in range(PHOTOS)], compared=True))
    return Groups(known, [Pair(a, b, "picture", 1.0, {}) for a, b in pairs])


couples = st.lists(st.sampled_from(list(itertools.combinations(range(1, PHOTOS + 1), 2))), max_size=20, unique=True)


@given(couples, couples)
def test_rounds_end_and_every_candidate_is_compared_or_hangs_together(before: list[tuple[int, int]], asked: list[tuple[int, int]]) -> None:
    made = groups(before)
    left, compared = [Candidate(a, b, 1) for a, b in asked], set[tuple[int, int]]()
    while left:
        now, left = made.next_round(left)
        assert now or not left
        compared |= {(c.a, c.b) for c in now}
        # One of each two is a copy.
        made.add(Pair(c.a, c.b, "picture", 1.0, {}) for c in now if (c.a + c.b) % 2)
    for a, b in asked:
        big = max(len(made.members(i)) for i in (a, b)) > copied.CLOSED
        assert (a, b) in compared or b in made.members(a) or big


def test_copies_of_one_picture_meet_once() -> None:
    made = groups([])
    now, later = made.next_round([Candidate(a, b, 1) for a, b in itertools.combinations(range(1, 7), 2)])
    assert len(now) == 5 and len(later) == 10
    made.add(Pair(c.a, c.b, "picture", 1.0, {}) for c in now)
    assert made.next_round(later) == ([], [])


def test_within_a_group_each_is_then_compared_with_each() -> None:
    made = groups([(1, 2), (2, 3), (3, 4)])
    assert made.open_pairs({1}) == [(1, 3), (1, 4), (2, 4)]
    assert made.open_pairs({1}) == []
