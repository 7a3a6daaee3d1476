"""Components of copies: which candidates connect them, and which pairs in them are compared."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import numpy.typing as npt
from hypothesis import given
from hypothesis import strategies as st

from explorer.analysis.duplicates import copy_components
from explorer.analysis.duplicates.candidates import Candidate, HashedPhotos
from explorer.analysis.duplicates.copy_components import CopyComponents
from explorer.library.stores.pair_store import Pair
from tests.analysis.duplicates.test_candidates import fingerprints, random_hash

PHOTOS = 12
MOST = copy_components.MAX_FULLY_COMPARED


def all_compared(**changed: Any) -> HashedPhotos:
    hashes = [random_hash(i) for i in range(PHOTOS)]
    return HashedPhotos(fingerprints(hashes, compared=True)._replace(**changed))


def copies(*pairs: tuple[int, int]) -> list[Pair]:
    return [Pair(a, b, "picture", 1.0, {}) for a, b in pairs]


def components(*pairs: tuple[int, int]) -> CopyComponents:
    return CopyComponents(all_compared(), copies(*pairs))


def candidates(*pairs: tuple[int, int]) -> list[Candidate]:
    return [Candidate(a, b, 1) for a, b in pairs]


couples = st.lists(
    st.sampled_from(list(itertools.combinations(range(1, PHOTOS + 1), 2))), max_size=20, unique=True
)


@given(couples, couples)
def test_every_candidate_is_compared_unless_its_component_makes_it_unnecessary(
    before: list[tuple[int, int]], asked: list[tuple[int, int]]
) -> None:
    made = components(*before)
    left, compared = candidates(*asked), set[tuple[int, int]]()
    while left:
        now, left = made.next_round(left)
        assert now or not left
        compared |= {(c.a, c.b) for c in now}
        # Half of the compared pairs turn out to be copies.
        made.add(copies(*((c.a, c.b) for c in now if (c.a + c.b) % 2)))
    for a, b in asked:
        is_large = max(len(made.component(i)) for i in (a, b)) > MOST
        assert (a, b) in compared or b in made.component(a) or is_large


def test_copies_of_one_picture_are_compared_once() -> None:
    made = components()
    now, later = made.next_round(candidates(*itertools.combinations(range(1, 7), 2)))
    assert len(now) == 5 and len(later) == 10
    made.add(copies(*((c.a, c.b) for c in now)))
    assert made.next_round(later) == ([], [])


def test_within_a_component_each_photo_is_then_compared_with_each_once() -> None:
    made = components((1, 2), (2, 3), (3, 4), (6, 7), (7, 8))
    assert made.uncompared_pairs({1, 4}) == [(1, 3), (1, 4), (2, 4)]
    assert made.uncompared_pairs({1}) == []
    assert made.uncompared_pairs({1, 8}) == [(6, 8)]


def test_only_compared_copies_are_connected() -> None:
    made = components()
    made.add(
        [
            Pair(1, 2, "pixels", 1.0, {}),
            Pair(2, 3, "picture", 1.0, {}),
            Pair(3, 4, "scene", 1.0, {}),
            Pair(4, 5, "different", 0.0, {}),
        ]
    )
    assert made.component(1) == made.component(3) == {1, 2, 3} and made.component(4) == {4}
    made.add(copies((1, PHOTOS + 1), (PHOTOS + 1, 5)))
    assert made.component(1) == {1, 2, 3} and made.component(5) == {5}


def test_photos_without_a_present_file_connect_no_components() -> None:
    photos = all_compared()
    made = CopyComponents(photos, copies((1, 2), (2, 3)))
    photos.update(fingerprints([random_hash(1)], first=2)._replace(visible=np.zeros(1, bool)))
    assert made.component(1) == {1} and made.component(3) == {3}


def transformed(matrix: npt.ArrayLike, point: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    values = np.reshape(matrix, (2, 3))
    return np.asarray(values[:, :2] @ point + values[:, 2])


def test_the_transform_between_two_photos_follows_from_a_third() -> None:
    half, shifted = [0.5, 0.0, 0.1, 0.0, 0.5, 0.2], [1.0, 0.0, 0.3, 0.0, 1.0, 0.0]
    made = CopyComponents(
        all_compared(),
        [
            Pair(1, 2, "picture", 1.0, {"matrix": half}),
            Pair(2, 3, "picture", 1.0, {"matrix": shifted}),
        ],
    )
    point = np.array([0.4, 0.6])
    found, back = made.transform_through_third(1, 3), made.transform_through_third(3, 1)
    assert found is not None and back is not None
    assert np.allclose(transformed(found, point), transformed(half, transformed(shifted, point)))
    assert np.allclose(transformed(back, transformed(found, point)), point)
    # Both were compared with photo 1 as the first of the pair.
    made.add([Pair(1, 4, "pixels", 1.0, {"matrix": shifted})])
    between = made.transform_through_third(2, 4)
    assert between is not None
    assert np.allclose(transformed(half, transformed(between, point)), transformed(shifted, point))


def test_a_photo_with_an_unknown_transform_gives_no_transform_between_others() -> None:
    shifted = [1.0, 0.0, 0.3, 0.0, 1.0, 0.0]
    made = CopyComponents(all_compared(), [Pair(1, 4, "picture", 1.0, {"matrix": shifted})])
    made.add(copies((4, 5)))
    assert made.transform_through_third(1, 5) is None
    assert made.transform_through_third(5, 1) is None
    assert made.transform_through_third(1, 4) is None


def test_a_component_of_the_maximum_size_is_compared_completely() -> None:
    chain = [(a, a + 1) for a in range(1, MOST)]
    every = set(itertools.combinations(range(1, MOST + 1), 2))
    made = components(*chain)
    now, later = made.next_round(candidates(*((i, MOST + 1) for i in range(1, MOST + 1))))
    assert len(now) + len(later) == MOST
    assert set(made.uncompared_pairs({1})) == every - set(chain)


def test_a_larger_component_is_represented_by_its_largest_photos() -> None:
    chain = [(a, a + 1) for a in range(1, MOST + 1)]
    sizes = np.array([[100 + i, 100] for i in range(PHOTOS)])
    made = CopyComponents(all_compared(sizes=sizes), copies(*chain))
    last = MOST + 1
    largest = range(last - copy_components.HUBS + 1, last + 1)
    now, later = made.next_round(candidates(*((i, last + 1) for i in range(1, last + 1))))
    assert [c.a for c in [*now, *later]] == list(largest)
    with_largest = {(min(a, b), max(a, b)) for a in largest for b in range(1, last + 1) if a != b}
    assert set(made.uncompared_pairs({1})) == with_largest - set(chain)


def test_components_that_a_round_connects_are_connected_once() -> None:
    made = components((1, 2), (3, 4), (5, 6))
    asked = candidates((1, 3), (2, 4), (3, 5), (1, 6), (1, 2))
    assert made.next_round(asked) == ([asked[0], asked[2]], [asked[1], asked[3]])
