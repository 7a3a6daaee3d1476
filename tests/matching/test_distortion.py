from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.matching.distortion import (
    fit_scale_and_translation,
    nonlinear_distortion,
    weighted_least_squares,
)
from tests.thoroughness import times

ACROSS, DOWN = (
    axis.ravel() for axis in np.meshgrid(np.arange(8.0, 512, 16), np.arange(8.0, 384, 16))
)
PLACE = np.stack([ACROSS, DOWN])
WEIGHTS = np.ones(len(ACROSS))


def scattered(seed: int, by: float) -> np.ndarray:
    return np.random.default_rng(seed).normal(0, by, PLACE.shape)


@settings(max_examples=times(30, 150), deadline=None)
@given(
    st.integers(0, 1000),
    st.floats(-0.02, 0.02),
    st.floats(-0.02, 0.02),
    st.floats(-3, 3),
    st.floats(-3, 3),
)
def test_scaling_and_translation_are_not_distortion(
    seed: int, sx: float, sy: float, x: float, y: float
) -> None:
    apart = np.stack([ACROSS * sx + x, DOWN * sy + y]) + scattered(seed, 0.2)
    assert nonlinear_distortion(PLACE, apart, WEIGHTS) < 0.1
    step = fit_scale_and_translation(PLACE, apart, WEIGHTS, scaled=True)
    assert np.allclose(step, [[sx, 0, x], [0, sy, y]], atol=0.1)


def test_a_small_rotation_and_another_viewpoint_are_distortion() -> None:
    turned = np.stack([DOWN - 192, 256 - ACROSS]) * 0.003
    leaning = np.stack([ACROSS * DOWN, DOWN * DOWN]) / 512 * 0.008
    for apart in (turned, leaning):
        assert nonlinear_distortion(PLACE, apart + scattered(1, 0.3), WEIGHTS) > 0.4


def test_a_few_outliers_are_not_distortion() -> None:
    apart = scattered(2, 0.1)
    apart[:, :60] += 4
    assert nonlinear_distortion(PLACE, apart, WEIGHTS) < 0.1


def test_too_few_blocks_show_no_distortion() -> None:
    assert nonlinear_distortion(PLACE[:, :10], PLACE[:, :10], WEIGHTS[:10]) == 0.0


@settings(max_examples=times(20, 100), deadline=None)
@given(st.integers(0, 1000), st.integers(1, 6), st.integers(6, 40))
def test_a_fit_is_that_of_numpy(seed: int, columns: int, rows: int) -> None:
    random = np.random.default_rng(seed)
    design = random.normal(0, 1, (rows, columns))
    values, weights = random.normal(0, 1, (2, rows)), random.uniform(0.1, 1, (2, rows))
    root = np.sqrt(weights)
    expected = [
        np.linalg.lstsq(design * root[i][:, None], values[i] * root[i], rcond=None)[0]
        for i in (0, 1)
    ]
    # The fit solves the normal equations, which double the digits that are lost.
    if max(np.linalg.cond(design * row[:, None]) for row in root) < 100:
        assert np.allclose(weighted_least_squares(design, values, weights), expected, atol=1e-4)


def test_points_on_a_line_are_fitted_along_it() -> None:
    at = np.linspace(-1, 1, 30)
    design = np.column_stack([np.ones_like(at), at, np.zeros_like(at)])
    found = weighted_least_squares(design, 2 + 3 * at, np.ones_like(at))
    assert np.allclose(found, [2, 3, 0], atol=1e-4)


@pytest.mark.parametrize(
    "bent", [ACROSS * ACROSS, DOWN * DOWN * 1.8, (ACROSS - 256) * (DOWN - 192)]
)
@pytest.mark.parametrize("axis", [0, 1])
def test_each_kind_of_bend_is_distortion(bent: np.ndarray, axis: int) -> None:
    apart = np.zeros_like(PLACE)
    apart[axis] = bent / 512**2 * 4
    assert nonlinear_distortion(PLACE, apart, WEIGHTS) > 0.2


@pytest.mark.parametrize("weight", [1e-9, 1.0, 1e6])
def test_only_the_proportions_of_weights_matter(weight: float) -> None:
    apart = np.stack([ACROSS * 0.01 + 1, DOWN * -0.02])
    step = fit_scale_and_translation(PLACE, apart, WEIGHTS * weight, scaled=True)
    assert np.allclose(step, [[0.01, 0, 1], [0, -0.02, 0]], atol=1e-6)
    shifted = fit_scale_and_translation(PLACE, apart, WEIGHTS * weight, scaled=False)
    assert shifted[0, 0] == 0 == shifted[1, 1]
    # Points in one column say nothing of the horizontal scale.
    column = np.stack([np.full(10, 5.0), np.arange(10.0)])
    found = fit_scale_and_translation(column, np.ones((2, 10)), np.full(10, weight), scaled=True)
    assert np.allclose(found, [[0, 0, 1], [0, 0, 1]], atol=1e-6)


@pytest.mark.parametrize(("blocks", "is_measured"), [(23, False), (24, True)])
def test_two_dozen_blocks_show_a_distortion(blocks: int, is_measured: bool) -> None:
    some = np.random.default_rng(4).permutation(len(ACROSS))[:blocks]
    sheared = np.stack([(DOWN - 192) * 0.01, np.zeros_like(DOWN)])
    found = nonlinear_distortion(PLACE[:, some], sheared[:, some], WEIGHTS[some])
    assert (found > 0.5) is is_measured


@pytest.mark.parametrize("axis", [0, 1])
def test_a_distortion_is_what_a_tenth_of_the_blocks_exceed(axis: int) -> None:
    """In pixels, whatever scaling and translation come with it."""
    along, across = (ACROSS, DOWN) if axis == 0 else (DOWN, ACROSS)
    bent = (across - across.mean()) * 0.01
    apart = np.stack([ACROSS * 0.02 + 3, DOWN * -0.01 - 5])
    apart[axis] += bent
    expected = np.quantile(np.abs(bent), 0.9)
    assert nonlinear_distortion(PLACE, apart, WEIGHTS) == pytest.approx(expected, rel=0.01)
    # Where the picture is does not matter.
    far = PLACE + np.array([[1000.0], [-500.0]])
    assert nonlinear_distortion(far, apart, WEIGHTS) == pytest.approx(expected, rel=0.01)
    assert along.shape == across.shape


def test_outliers_and_blocks_without_weight_do_not_move_a_fit() -> None:
    apart = np.stack([ACROSS * 0.01 + 1, DOWN * -0.02 - 2])
    expected = [[0.01, 0, 1], [0, -0.02, -2]]
    off = np.random.default_rng(6).permutation(len(ACROSS))
    moved = apart.copy()
    moved[:, off[:100]] += 6
    step = fit_scale_and_translation(PLACE, moved, WEIGHTS, scaled=True)
    assert np.allclose(step[:, 2], [1, -2], atol=0.1) and np.allclose(step, expected, atol=0.1)
    weights = WEIGHTS.copy()
    moved[:, off[:500]] += 6
    weights[off[:500]] = 0
    step = fit_scale_and_translation(PLACE, moved, weights, scaled=True)
    assert np.allclose(step, expected, atol=1e-6)
    bent = apart.copy()
    bent[:, off[:500]] += ((ACROSS - 256) ** 2 / 9000)[off[:500]]
    assert nonlinear_distortion(PLACE, bent, weights) == pytest.approx(0, abs=1e-3)
    assert nonlinear_distortion(PLACE, bent, WEIGHTS) > 0.5
