from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.analysis import map_layout
from explorer.analysis.map_layout import Positions
from tests.thoroughness import times


def clusters(number: int, each: int, dim: int = 24) -> tuple[np.ndarray, np.ndarray]:
    """Unit vectors around as many centers, more than two dimensions can tell apart; and which
    centre each belongs to."""
    random = np.random.default_rng(5)
    centers = random.standard_normal((number, dim))
    vectors = (centers[:, None] + 0.35 * random.standard_normal((number, each, dim))).reshape(
        -1, dim
    )
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32), np.repeat(
        np.arange(number), each
    )


def neighbours(vectors: np.ndarray, kept: int = 24) -> tuple[np.ndarray, np.ndarray]:
    product = vectors @ vectors.T
    np.fill_diagonal(product, -3)
    near = np.argsort(-product, axis=1)[:, :kept]
    return near, np.take_along_axis(product, near, axis=1)


def drawn(vectors: np.ndarray) -> tuple[Positions, Positions]:
    """The first and the last positions of a layout."""
    places = map_layout.initial_positions(len(vectors), lambda start, end: vectors[start:end])
    begun, parts = places.copy(), map_layout.attraction_table(*neighbours(vectors))
    for number in range(map_layout.STEPS):
        map_layout.step(places, parts, number)
    return begun, places


def test_a_map_keeps_neighbors_together_better_than_the_two_main_axes() -> None:
    from sklearn.manifold import trustworthiness

    vectors, belongs = clusters(12, 30)
    begun, ended = drawn(vectors)
    before, after = (
        trustworthiness(vectors, places, n_neighbors=10, metric="cosine")
        for places in (begun, ended)
    )
    assert after > 0.97 and after > before + 0.02
    apart = np.linalg.norm(ended[:, None] - ended[None], axis=2)
    np.fill_diagonal(apart, np.inf)
    assert (belongs[apart.argmin(axis=1)] == belongs).mean() > 0.97


def test_the_result_does_not_depend_on_the_block_size(monkeypatch: pytest.MonkeyPatch) -> None:
    vectors, _ = clusters(4, 20)
    near, scores = neighbours(vectors)
    parts, begun = (
        map_layout.attraction_table(near, scores),
        map_layout.initial_positions(80, lambda start, end: vectors[start:end]),
    )
    monkeypatch.setattr(map_layout, "BLOCK", 7)
    assert (map_layout.attraction_table(near, scores) == parts).all()
    assert np.allclose(
        map_layout.initial_positions(80, lambda start, end: vectors[start:end]), begun, atol=1e-3
    )


@settings(max_examples=times(60, 300), deadline=None)
@given(st.lists(st.floats(-1, 1, width=32), min_size=1, max_size=15))
def test_weights_decrease_with_distance_and_have_the_right_sum(cosines: list[float]) -> None:
    row = np.sort(np.array(cosines, np.float32))[::-1]
    found = map_layout.attraction_weights(row[None])[0]
    assert found[0] == pytest.approx(1) and (np.diff(found) <= 1e-6).all() and (found >= 0).all()
    assert map_layout.attraction_weights(np.concatenate([row, [-2, -2]]).astype(np.float32)[None])[
        0
    ].tolist() == [*found.tolist(), 0, 0]
    if len(set(row.tolist())) == len(row) > 2 and np.diff(row).max() < -0.01:
        assert found.sum() == pytest.approx(np.log2(len(row)), rel=0.02)


def test_neighbors_are_stored_in_order_of_weight() -> None:
    near, scores = (
        np.array([[3, 5, 7, -1], [-1, -1, -1, -1]]),
        np.array([[0.9, 0.9, 0.2, -2], [-2, -2, -2, -2]], np.float32),
    )
    first, second = map_layout.attraction_table(near, scores)
    assert (first == 3).sum() == (first == 5).sum() > (first == 7).sum()
    assert (second == -1).all()


def test_a_photo_is_placed_among_the_neighbors_that_are_close_together() -> None:
    corner, other = np.array([10.0, 10.0]), np.array([-10.0, -10.0])
    near = np.array([corner, corner + 1, other, corner - 1, np.array([11.0, 9.0])], np.float32)
    place = map_layout.position_among(near, np.array([0.9, 0.88, 0.87, 0.86, 0.85], np.float32), 4)
    assert np.linalg.norm(place - corner) < 3
    assert (
        map_layout.position_among(near, np.array([0.9, 0.88, 0.87, 0.86, 0.85], np.float32), 4)
        == place
    ).all()


def test_a_map_turned_and_mirrored_is_turned_back() -> None:
    known = np.random.default_rng(1).standard_normal((30, 2)).astype(np.float32)
    angle = 2.0
    moved = (known * [1, -1]) @ np.array(
        [[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]
    ) + [3, 4]
    assert np.allclose(
        map_layout.align_with(moved.astype(np.float32), known[:20], np.arange(20)), known, atol=1e-3
    )
