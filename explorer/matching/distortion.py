"""Fitting displacements between two pictures: by scaling and shifting, as copies differ, and by
what only another camera makes of them."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Values = npt.NDArray[np.floating]

# Pixels by which a displacement may miss the fit before it counts for half. Rounds of weighing
# anew.
_SCATTER, _ROUNDS = 0.3, 4
# Blocks from which on a bent field can be told from scatter.
_ENOUGH = 24


def weighted_least_squares(design: Values, values: Values, weights: Values) -> Values:
    """Coefficients of weighted least squares. design: (n, k). values, weights: (n,)."""
    scaled = design * weights[:, None]
    return np.asarray(np.linalg.lstsq(scaled.T @ design, scaled.T @ values, rcond=None)[0])


def fit_scale_and_translation(
    place: Values, apart: Values, weights: Values, *, scaled: bool
) -> npt.NDArray[np.float64]:
    """What takes displacements out, as a 2×3 step. place, apart: (2, n), pixels. scaled: shifting
    alone is too little.

    Iteratively reweighted, so that blocks which disagree count for little.
    """
    step, now = np.zeros((2, 3)), weights
    for _ in range(_ROUNDS):
        missed = 0.0
        for axis in (0, 1):
            at, values = place[axis], apart[axis]
            # The two normal equations, solved by hand: this is asked for in each round of each
            # comparison.
            total = now.sum()
            middle, shift = (now @ at) / total, (now @ values) / total
            off = at - middle
            spread = now @ (off * off)
            scale = (now @ (off * values)) / spread if scaled and spread > 0 else 0.0
            step[axis, axis], step[axis, 2] = scale, shift - scale * middle
            missed = missed + (values - (scale * off + shift)) ** 2
        now = weights / (1 + missed / _SCATTER**2)
    return step


def nonlinear_distortion(place: Values, apart: Values, weights: Values) -> float:
    """Pixels by which the picture is bent, turned or seen from elsewhere, as the worst tenth of it
    shows; 0 where too little is seen.

    A smooth field (quadratic in the place) is fitted to the displacements, and what scaling and
    shifting explain of it is taken out. It averages over all blocks, so that it shows a tenth of a
    pixel where single blocks scatter by half a pixel.
    """
    if place.shape[1] < _ENOUGH:
        return 0.0
    x, y = (axis - axis.mean() for axis in place)
    size = max(float(np.abs(x).max()), float(np.abs(y).max()), 1.0)
    x, y = x / size, y / size
    design, left = np.column_stack([np.ones_like(x), x, y, x * y, x * x, y * y]), np.zeros_like(x)
    for own, values in zip((x, y), apart, strict=True):
        now = weights
        for _ in range(_ROUNDS):
            fitted = design @ weighted_least_squares(design, values, now)
            now = weights / (1 + ((values - fitted) / _SCATTER) ** 2)
        plain = np.column_stack([np.ones_like(own), own])
        left += (fitted - plain @ weighted_least_squares(plain, fitted, np.ones_like(own))) ** 2
    return float(np.sqrt(np.quantile(left, 0.9)))
