from __future__ import annotations

import itertools

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from explorer.analysis.duplicates import copy_components
from explorer.analysis.duplicates.candidates import Candidate, HashedPhotos
from explorer.analysis.duplicates.copy_components import CopyComponents
from explorer.library.pair_store import Pair
from tests.analysis.duplicates.test_candidates import drawn, looks

PHOTOS = 12


def groups(pairs: list[tuple[int, int]]) -> CopyComponents:
    known = HashedPhotos(looks([drawn(i) for i in range(PHOTOS)], compared=True))
    return CopyComponents(known, [Pair(a, b, "picture", 1.0, {}) for a, b in pairs])


couples = st.lists(
    st.sampled_from(list(itertools.combinations(range(1, PHOTOS + 1), 2))), max_size=20, unique=True
)


@given(couples, couples)
def test_rounds_end_and_every_candidate_is_compared_or_hangs_together(
    before: list[tuple[int, int]], asked: list[tuple[int, int]]
) -> None:
    made = groups(before)
    left, compared = [Candidate(a, b, 1) for a, b in asked], set[tuple[int, int]]()
    while left:
        now, left = made.next_round(left)
        assert now or not left
        compared |= {(c.a, c.b) for c in now}
        # One of each two is a copy.
        made.add(Pair(c.a, c.b, "picture", 1.0, {}) for c in now if (c.a + c.b) % 2)
    for a, b in asked:
        big = max(len(made.component(i)) for i in (a, b)) > copy_components.MOST_FULLY_COMPARED
        assert (a, b) in compared or b in made.component(a) or big


def test_copies_of_one_picture_meet_once() -> None:
    made = groups([])
    now, later = made.next_round(
        [Candidate(a, b, 1) for a, b in itertools.combinations(range(1, 7), 2)]
    )
    assert len(now) == 5 and len(later) == 10
    made.add(Pair(c.a, c.b, "picture", 1.0, {}) for c in now)
    assert made.next_round(later) == ([], [])


def test_within_a_group_each_is_then_compared_with_each() -> None:
    made = groups([(1, 2), (2, 3), (3, 4)])
    assert made.uncompared_pairs({1}) == [(1, 3), (1, 4), (2, 4)]
    assert made.uncompared_pairs({1}) == []


def test_only_copies_that_are_known_hang_together() -> None:
    made = groups([])
    made.add(
        [
            Pair(1, 2, "pixels", 1.0, {}),
            Pair(2, 3, "picture", 1.0, {}),
            Pair(3, 4, "scene", 1.0, {}),
        ]
    )
    assert made.component(1) == made.component(3) == {1, 2, 3} and made.component(4) == {4}
    made.add([Pair(1, PHOTOS + 1, "picture", 1.0, {}), Pair(PHOTOS + 1, 5, "picture", 1.0, {})])
    assert made.component(1) == {1, 2, 3} and made.component(5) == {5}


def test_photos_that_are_gone_hang_nothing_together() -> None:
    known = HashedPhotos(looks([drawn(i) for i in range(PHOTOS)], compared=True))
    made = CopyComponents(known, [Pair(1, 2, "picture", 1.0, {}), Pair(2, 3, "picture", 1.0, {})])
    known.update(looks([drawn(1)], first=2)._replace(visible=np.zeros(1, bool)))
    assert made.component(1) == {1} and made.component(3) == {3}


def test_how_two_photos_lie_on_each_other_is_told_by_a_third() -> None:
    half = [0.5, 0.0, 0.1, 0.0, 0.5, 0.2]
    aside = [1.0, 0.0, 0.3, 0.0, 1.0, 0.0]
    known = HashedPhotos(looks([drawn(i) for i in range(PHOTOS)], compared=True))
    made = CopyComponents(
        known,
        [
            Pair(1, 2, "picture", 1.0, {"matrix": half}),
            Pair(2, 3, "picture", 1.0, {"matrix": aside}),
        ],
    )
    # Where a point of one photo is in the other.
    point = np.array([0.4, 0.6])

    def moved(values: list[float], xy: np.ndarray) -> np.ndarray:
        matrix = np.reshape(values, (2, 3))
        return matrix[:, :2] @ xy + matrix[:, 2]

    found, back = made.transform_through_third(1, 3), made.transform_through_third(3, 1)
    assert found is not None and back is not None
    there = moved(found.ravel().tolist(), point)
    assert np.allclose(there, moved(half, moved(aside, point))) and np.allclose(
        moved(back.ravel().tolist(), there), point
    )
    # 2 and 4 lie on 1 each in its own way.
    made.add([Pair(1, 4, "pixels", 1.0, {"matrix": aside})])
    on = made.transform_through_third(2, 4)
    assert on is not None and np.allclose(
        moved(half, moved(on.ravel().tolist(), point)), moved(aside, point)
    )
    # Of a pair that nobody has laid on each other, nothing is known.
    made.add([Pair(4, 5, "picture", 1.0, {})])
    assert made.transform_through_third(1, 5) is None and made.transform_through_third(1, 2) is None


def test_of_very_many_copies_the_largest_stand_for_all() -> None:
    sizes = np.array([[100 + i, 100] for i in range(PHOTOS)])
    chain = [
        Pair(a, a + 1, "picture", 1.0, {})
        for a in range(1, copy_components.MOST_FULLY_COMPARED + 1)
    ]
    made = CopyComponents(
        HashedPhotos(looks([drawn(i) for i in range(PHOTOS)], compared=True)._replace(sizes=sizes)),
        chain[:-1],
    )
    # So many are still compared each with each.
    every = set(itertools.combinations(range(1, copy_components.MOST_FULLY_COMPARED + 1), 2))
    assert set(made.uncompared_pairs({1})) == every - {(pair.a, pair.b) for pair in chain}
    made.add(chain[-1:])
    last = copy_components.MOST_FULLY_COMPARED + 1
    largest = range(last - copy_components.HUBS + 1, last + 1)
    now, later = made.next_round([Candidate(i, last + 1, 1) for i in range(1, last + 1)])
    assert [c.a for c in [*now, *later]] == list(largest)
    asked = {(min(a, b), max(a, b)) for a in largest for b in range(1, last + 1) if a != b}
    assert set(made.uncompared_pairs({1})) == asked - every - {(pair.a, pair.b) for pair in chain}


def test_groups_that_are_joined_in_a_round_meet_once_in_it() -> None:
    made = groups([(1, 2), (3, 4), (5, 6)])
    asked = [
        Candidate(1, 3, 1),
        Candidate(2, 4, 1),
        Candidate(3, 5, 1),
        Candidate(1, 6, 1),
        Candidate(1, 2, 1),
    ]
    assert made.next_round(asked) == ([asked[0], asked[2]], [asked[1], asked[3]])
