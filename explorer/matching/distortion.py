"""Fit displacement fields between two images.

A copy differs from its original only by scaling and translation. Any other smooth displacement is
caused by a camera that was turned or moved.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Values = npt.NDArray[np.floating]

# A residual of this many pixels halves the weight of a displacement in the next round.
_RESIDUAL_SCALE = 0.3
# The number of rounds of reweighting.
_ROUNDS = 4
# Added to the diagonal of normal equations, as a share of its sum: enough to solve them where all
# points lie on a line, and too little to change any other fit.
_DAMPING = 1e-9
# The variance of points along an axis, in square pixels, up to which they say nothing of a scale.
_MIN_VARIANCE = 1e-6
# With fewer blocks, distortion cannot be distinguished from noise.
_MIN_BLOCKS = 24


def weighted_least_squares(design: Values, values: Values, weights: Values) -> Values:
    """The coefficients of weighted least-squares fits, (…, k), by the normal equations.

    design: (n, k) or (…, n, k). values, weights: (…, n). What the points leave undetermined gets
    coefficients near 0.
    """
    scaled = design.swapaxes(-1, -2) * weights[..., None, :]
    normal = scaled @ design
    damping = _DAMPING * np.trace(normal, axis1=-2, axis2=-1)
    normal = normal + (damping[..., None, None] + np.finfo(float).tiny) * np.eye(design.shape[-1])
    return np.asarray(np.linalg.solve(normal, (scaled @ values[..., None]))[..., 0])


def fit_scale_and_translation(
    points: Values, displacements: Values, weights: Values, *, scaled: bool
) -> npt.NDArray[np.float64]:
    """The scaling and translation that best explain the displacements, as a 2×3 matrix.

    Fitted by iteratively reweighted least squares, so that outliers have little influence. points,
    displacements: (2, n), in pixels. weights: (n,). scaled: False fits only a translation.
    """
    step, current = np.zeros((2, 3)), weights
    for _ in range(_ROUNDS):
        squared = 0.0
        for axis in (0, 1):
            at, values = points[axis], displacements[axis]
            # The two normal equations in closed form, for speed: this runs in every round of every
            # comparison.
            total = current.sum()
            middle, shift = (current @ at) / total, (current @ values) / total
            off = at - middle
            spread = current @ (off * off)
            # In one row or column, only rounding spreads the points.
            is_spread = scaled and spread > _MIN_VARIANCE * total
            scale = (current @ (off * values)) / spread if is_spread else 0.0
            step[axis, axis], step[axis, 2] = scale, shift - scale * middle
            squared = squared + (values - (scale * off + shift)) ** 2
        current = weights / (1 + squared / _RESIDUAL_SCALE**2)
    return step


def nonlinear_distortion(points: Values, displacements: Values, weights: Values) -> float:
    """How far the displacements deviate from scaling and translation, in pixels.

    A smooth field, quadratic in the coordinates, is fitted to the displacements, and the part that
    scaling and translation explain is subtracted. The result is the 90th percentile of the
    remainder. The fit averages over all blocks, so it can detect a tenth of a pixel although single
    blocks have errors of half a pixel. 0 if there are too few blocks. points, displacements:
    (2, n), in pixels. weights: (n,).
    """
    if points.shape[1] < _MIN_BLOCKS:
        return 0.0
    x, y = (axis - axis.mean() for axis in points)
    size = max(float(np.abs(x).max()), float(np.abs(y).max()), 1.0)
    x, y = x / size, y / size
    design = np.column_stack([np.ones_like(x), x, y, x * y, x * x, y * y])
    current = np.broadcast_to(weights, displacements.shape)
    for _ in range(_ROUNDS):
        fitted = weighted_least_squares(design, displacements, current) @ design.T
        current = weights / (1 + ((displacements - fitted) / _RESIDUAL_SCALE) ** 2)
    own = np.stack([x, y])
    linear = np.stack([np.ones_like(own), own], axis=-1)
    scaling = weighted_least_squares(linear, fitted, np.ones_like(own))
    explained = (linear @ scaling[..., None])[..., 0]
    return float(np.sqrt(np.quantile(((fitted - explained) ** 2).sum(axis=0), 0.9)))
