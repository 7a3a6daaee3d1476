"""Subtraction, on vectors made by rule."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.encoders.base import Vectors, unit
from explorer.search.ranking.subtraction import (
    SETTINGS,
    Negative,
    candidates_wanted,
    examples_wanted,
    subtract,
)
from tests.thoroughness import times

_DIM = 24
# A thing, a colour, and a second colour, as directions.
_CAR, _RED, _BLUE = np.eye(_DIM, dtype=np.float32)[:3]


def street(seed: int = 0) -> tuple[Vectors, list[str]]:
    """Vectors of 40 red cars, 40 blue cars, 40 red things and 200 others, with their kinds. The
    cars lie along each other, the red ones more so."""
    random = np.random.default_rng(seed)
    rows, kinds = list[Vectors](), list[str]()
    for kind, base, number in (
        ("red car", 1.1 * _CAR + 0.8 * _RED, 40),
        ("blue car", 1.0 * _CAR + 0.8 * _BLUE, 40),
        ("red thing", 1.2 * _RED, 40),
        ("other", 0.0 * _CAR, 200),
    ):
        rows.append(base + 0.25 * random.standard_normal((number, _DIM)).astype(np.float32))
        kinds += [kind] * number
    return unit(np.concatenate(rows)), kinds


def first(photos: Vectors, vector: Vectors, number: int = 20) -> list[int]:
    return [int(i) for i in np.argsort(-(photos @ vector), kind="stable")[:number]]


def without(photos: Vectors, wanted: Vectors, unwanted: Vectors, weight: float = 1.0) -> Vectors:
    best = photos[first(photos, unwanted, examples_wanted(len(photos)))]
    candidates = photos[first(photos, wanted, candidates_wanted(len(photos)))]
    return subtract(wanted, [Negative(unwanted, best, weight)], candidates, photos)


@pytest.mark.parametrize("seed", range(5))
def test_a_car_that_is_not_red_comes_first(seed: int) -> None:
    photos, kinds = street(seed)
    before = [kinds[i] for i in first(photos, _CAR)]
    after = [kinds[i] for i in first(photos, without(photos, _CAR, _RED))]
    assert after.count("red car") <= 7 and after.count("red car") < before.count("red car")
    assert after.count("blue car") >= 13 and after[0] == "blue car"
    assert after.count("blue car") > before.count("blue car")


def test_more_weight_subtracts_more() -> None:
    photos, kinds = street()
    red = [i for i, kind in enumerate(kinds) if kind == "red car"]
    blue = [i for i, kind in enumerate(kinds) if kind == "blue car"]
    gaps = []
    for weight in (0.0, 0.5, 1.0, 2.0):
        scores = photos @ without(photos, _CAR, _RED, weight)
        gaps.append(float(scores[blue].mean() - scores[red].mean()))
    assert gaps == sorted(gaps)
    assert np.allclose(without(photos, _CAR, _RED, 0.0), _CAR, atol=1e-6)


def test_without_photos_it_is_the_plain_difference() -> None:
    nothing = np.zeros((0, _DIM), np.float32)
    found = subtract(_CAR, [Negative(_RED, nothing)], nothing, nothing)
    assert np.allclose(found, unit(_CAR - _RED), atol=1e-6)


def test_each_negative_is_subtracted() -> None:
    photos, kinds = street()
    candidates = photos[first(photos, _CAR, candidates_wanted(len(photos)))]
    negatives = [Negative(each, photos[first(photos, each, 10)]) for each in (_RED, _BLUE)]
    scores = photos @ subtract(_CAR, negatives, candidates, photos)
    alone = photos @ subtract(_CAR, negatives[:1], candidates, photos)
    blue = [i for i, kind in enumerate(kinds) if kind == "blue car"]
    assert scores[blue].mean() < alone[blue].mean()


@settings(max_examples=times(40, 200), deadline=None)
@given(st.integers(0, 10_000), st.integers(0, 60), st.integers(0, 20), st.floats(0, 4))
def test_the_result_is_always_a_unit_vector(
    seed: int, candidates: int, examples: int, weight: float
) -> None:
    random = np.random.default_rng(seed)
    photos = unit(random.standard_normal((max(candidates, examples, 1), _DIM)))
    wanted, unwanted = unit(random.standard_normal((2, _DIM)))
    negative = Negative(unwanted, photos[:examples], weight)
    found = subtract(wanted, [negative], photos[:candidates], photos)
    assert found.shape == (_DIM,) and found.dtype == np.float32
    assert np.isclose(np.linalg.norm(found), 1, atol=1e-4)


def test_identical_photos_do_no_harm() -> None:
    photos = np.repeat(_CAR[None], 50, axis=0)
    found = subtract(_CAR, [Negative(_RED, photos[:3])], photos, photos)
    assert np.isfinite(found).all() and np.isclose(np.linalg.norm(found), 1, atol=1e-4)


def test_a_small_library_gives_a_small_sample() -> None:
    assert candidates_wanted(0) == 0 and candidates_wanted(11) == 5
    assert candidates_wanted(1_000_000) == SETTINGS.candidates
    assert examples_wanted(100) == 5
    assert examples_wanted(10) == 0
    assert examples_wanted(1_000_000) == SETTINGS.examples


def test_without_a_positive_the_photos_that_are_least_like_the_negative_come_first() -> None:
    photos, kinds = street()
    order = np.argsort(-(photos @ _RED))
    negative = Negative(_RED, photos[order[:10]])
    vector = subtract(None, [negative], photos[:0], photos)
    ranked = [kinds[at] for at in np.argsort(-(photos @ vector))]
    assert not {"red car", "red thing"} & {*ranked[:100]}
    assert sum(kind.startswith("red") for kind in ranked[-60:]) > 50
