from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.anomalies import outlier_findings, outlier_scores
from explorer.anomalies.outlier_scores import misplaced, outliers, spreads
from explorer.library.stores.neighbor_store import NEIGHBOR_COUNT
from tests.thoroughness import times


def unit(rows: np.ndarray) -> np.ndarray:
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def kept(vectors: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """What is kept of the neighbours: rows and cosines, best first."""
    product = vectors @ vectors.T
    np.fill_diagonal(product, -2)
    count = min(NEIGHBOR_COUNT, len(vectors) - 1)
    order = np.argsort(-product, axis=1, kind="stable")[:, :count]
    near, scores = (
        np.full((len(vectors), NEIGHBOR_COUNT), -1, np.int64),
        np.full((len(vectors), NEIGHBOR_COUNT), -2, np.float32),
    )
    near[:, :count], scores[:, :count] = order, np.take_along_axis(product, order, axis=1)
    return near, scores


def clusters(
    random: np.random.Generator, number: int, each: int, spread: float = 0.5, dim: int = 24
) -> np.ndarray:
    centers = unit(random.standard_normal((number, dim)))
    return unit(
        np.repeat(centers, each, axis=0)
        + random.standard_normal((number * each, dim)) * spread / np.sqrt(dim)
    )


def test_unrelated_photos_are_the_strongest_outliers() -> None:
    random = np.random.default_rng(1)
    vectors = np.concatenate([clusters(random, 4, 40), unit(random.standard_normal((5, 24)))])
    odd = outliers(vectors, *kept(vectors))
    assert set(np.argsort(-odd)[:5].tolist()) == set(range(160, 165))
    assert odd[160:].min() > 3 > np.percentile(odd[:160], 97)


def test_near_copies_do_not_hide_an_outlier() -> None:
    random = np.random.default_rng(2)
    stranger = unit(random.standard_normal((1, 24)))
    burst = unit(np.repeat(stranger, 8, axis=0) + random.standard_normal((8, 24)) * 0.005)
    vectors = np.concatenate([clusters(random, 4, 40), burst])
    odd = outliers(vectors, *kept(vectors))
    assert odd[160:].min() > np.percentile(odd[:160], 97)


def test_a_burst_as_long_as_the_neighbor_list_is_not_an_outlier() -> None:
    random = np.random.default_rng(3)
    burst = unit(
        np.repeat(unit(random.standard_normal((1, 24))), 40, axis=0)
        + random.standard_normal((40, 24)) * 0.005
    )
    vectors = np.concatenate([clusters(random, 4, 40), burst])
    odd = outliers(vectors, *kept(vectors))
    assert np.isfinite(odd).all() and odd[160:].max() < 1


def test_a_small_library_of_bursts_has_no_outliers() -> None:
    """Eight scenes of five frames each: none is an outlier for being taken only five times."""
    random = np.random.default_rng(9)
    scenes = np.repeat(unit(random.standard_normal((8, 24))), 5, axis=0)
    vectors = unit(scenes + random.standard_normal((40, 24)) * 0.005)
    assert (outliers(vectors, *kept(vectors)) == 0).all()


def test_features_shared_by_all_photos_do_not_make_them_similar() -> None:
    """A stranger that lies near the middle is as like everything as its own kind is like each
    other, and yet found."""
    random = np.random.default_rng(10)
    middle = unit(random.standard_normal((1, 64)))
    photos = unit(clusters(random, 12, 20, 0.9, 64) + 0.8 * middle)
    vectors = np.concatenate([photos, unit(middle + 0.35 * unit(random.standard_normal((1, 64))))])
    assert np.argmax(outliers(vectors, *kept(vectors))) == len(photos)


def test_outliers_are_relative_to_the_density_around_them() -> None:
    random = np.random.default_rng(4)
    vectors = np.concatenate([clusters(random, 1, 80, 0.2), clusters(random, 1, 80, 0.9)])
    odd = outliers(vectors, *kept(vectors))
    assert odd.max() < 6


@settings(max_examples=times(30, 150), deadline=None)
@given(st.integers(0, 40), st.integers(0, 1000), st.integers(1, 5))
def test_any_library_gives_finite_scores(count: int, seed: int, copies: int) -> None:
    random = np.random.default_rng(seed)
    vectors = (
        unit(np.repeat(random.standard_normal((count, 8)), copies, axis=0))
        if count
        else np.zeros((0, 8), np.float32)
    )
    near, scores = (
        kept(vectors)
        if len(vectors)
        else (np.zeros((0, NEIGHBOR_COUNT), np.int64), np.zeros((0, NEIGHBOR_COUNT), np.float32))
    )
    assert np.isfinite(outliers(vectors, near, scores)).all()
    found = misplaced(vectors, random.integers(0, 3, len(vectors)), near, scores)
    assert len(found.oddness) == len(found.like) == len(vectors)


def test_photos_in_the_wrong_folder_are_found_with_the_right_one() -> None:
    random = np.random.default_rng(5)
    vectors, folders = clusters(random, 3, 40), np.repeat([0, 1, 2], 40)
    folders[[0, 45]] = [1, 2]
    found = misplaced(vectors, folders, *kept(vectors))
    order = np.argsort(-np.nan_to_num(found.oddness, nan=-9))
    assert set(order[:2].tolist()) == {0, 45}
    assert found.oddness[[0, 45]].min() > 3 > np.sort(found.oddness)[-3]
    assert folders[found.like[0]] == 0 and folders[found.like[45]] == 1


def test_edited_copies_in_another_folder_do_not_make_a_photo_misplaced() -> None:
    random = np.random.default_rng(11)
    vectors = clusters(random, 3, 40, 0.8)
    edited = unit(vectors[::4] + random.standard_normal((30, 24)).astype(np.float32) * 0.01)
    folders = np.append(np.repeat([0, 1, 2], 40), np.full(30, 3))
    found = misplaced(
        np.concatenate([vectors, edited]), folders, *kept(np.concatenate([vectors, edited]))
    )
    assert np.nan_to_num(found.oddness[:120], nan=-9).max() < 1.3


def test_a_photo_unlike_every_other_is_not_misplaced() -> None:
    random = np.random.default_rng(6)
    vectors = np.concatenate([clusters(random, 3, 40), unit(random.standard_normal((1, 24)))])
    folders = np.append(np.repeat([0, 1, 2], 40), 1)
    assert misplaced(vectors, folders, *kept(vectors)).oddness[-1] < 2.5


def test_small_folders_are_not_judged() -> None:
    random = np.random.default_rng(7)
    vectors = clusters(random, 2, 20)
    folders = np.repeat([0, 1], 20)
    folders[:3] = 2
    assert np.isnan(misplaced(vectors, folders, *kept(vectors)).oddness[:3]).all()


def test_large_folders_are_judged_by_some_of_their_members(monkeypatch: pytest.MonkeyPatch) -> None:
    few = dataclasses.replace(outlier_scores.PARAMETERS, folder_members=10)
    monkeypatch.setattr(outlier_scores, "PARAMETERS", few)
    random = np.random.default_rng(8)
    vectors, folders = clusters(random, 2, 60), np.repeat([0, 1], 60)
    folders[70] = 0
    found = misplaced(vectors, folders, *kept(vectors))
    assert np.argmax(found.oddness) == 70


def test_a_sample_of_a_folder_of_many_subjects_gives_the_same_findings(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # One folder with everything beside two of one subject each, which it contains, too.
    vectors = clusters(np.random.default_rng(9), 30, 20)
    folders = np.zeros(len(vectors), np.int64)
    folders[:8], folders[20:28] = 1, 2

    def found() -> list[int]:
        oddness = np.nan_to_num(misplaced(vectors, folders, *kept(vectors)).oddness, nan=-9)
        return np.flatnonzero(oddness > outlier_findings.LIMITS.misplaced).tolist()

    exact = found()
    few = dataclasses.replace(outlier_scores.PARAMETERS, folder_members=20)
    monkeypatch.setattr(outlier_scores, "PARAMETERS", few)
    assert found() == exact and len(exact) < 3


def test_spreads_are_the_typical_distances_from_the_center() -> None:
    values = np.random.default_rng(0).normal(5, 2, 20_000).astype(np.float32)
    found = spreads(np.append(values, [np.nan, 11]).astype(np.float32))
    assert abs(found[-1] - 3) < 0.1 and np.isnan(found[-2])
    assert (spreads(np.ones(3, np.float32)) == 0).all()
