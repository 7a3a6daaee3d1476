"""Register 32×32 thumbnails, to decide whether two images may be the same picture and how they
align approximately.

A thumbnail is an image squashed to a small square, with its brightness normalized by its local mean
and deviation. For many pairs at once, one thumbnail is scaled and translated until it matches the
other as well as possible: by the method of Lucas and Kanade (1981, An iterative image registration
technique) with the mean of both images' gradients, which converges from larger distances, as
Benhimane and Malis have shown (2004, Real-time image-based tracking of planes). Even a crop that
removed a quarter of the image is aligned, to about a pixel of the preview, while images that merely
have similar hashes remain uncorrelated.
"""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from explorer.matching.geometry import Box, Gray

NormalizedThumbnail = npt.NDArray[np.int8]
"""(32, 32), brightness in units of 1/24 of its local deviation."""
Batch = npt.NDArray[np.floating]
"""(n, 32, 32)."""
Values = npt.NDArray[np.float64]

SIDE = 32
# The window of the normalization in pixels, the gray levels (of 255) that regularize the deviation,
# and the number of steps per deviation.
_WINDOW, _REGULARIZATION, _STEPS = 9, 4.0, 24.0
# The number of iterations, and the limits of scaling and of translation (as a share of the side).
_ITERATIONS, _MAX_SCALING, _MAX_TRANSLATION = 6, 1.67, 0.3
# Pairs with lower correlations are dropped, before the first and after two iterations.
_MIN_AT_FIRST, _MIN_AFTER_TWO = 0.0, 0.2
# The number of pairs processed at a time: their arrays fit into the processor's cache.
BATCH_SIZE = 32

_COORDINATES = ((np.arange(SIDE) + 0.5) / SIDE - 0.5).astype(np.float32)


class ThumbnailAlignments(NamedTuple):
    """The alignments of pairs of thumbnails."""

    correlation: Values
    """(n,), correlation where they overlap, -1 to 1."""
    boxes: Values
    """(n, 4), the left, top, right and bottom edges of the second image in the first one, as
    fractions of its sides."""


def normalized_thumbnail(gray: Gray, box: Box | None = None) -> NormalizedThumbnail:
    """The thumbnail of an image, or of the part inside a box with integer edges."""
    if box is not None:
        left, top, right, bottom = map(int, box)
        gray = gray[top:bottom, left:right]
    size = (_WINDOW, _WINDOW)
    small = cv2.resize(gray, (SIDE, SIDE), interpolation=cv2.INTER_AREA).astype(np.float32)
    mean = cv2.blur(small, size)
    variance = np.maximum(cv2.blur(small * small, size) - mean * mean, 0)
    normalized = (small - mean) * _STEPS / np.sqrt(variance + _REGULARIZATION**2)
    return np.asarray(np.rint(normalized).clip(-127, 127), np.int8)


def oriented(thumbnail: NormalizedThumbnail, orientation: int) -> NormalizedThumbnail:
    """The thumbnail of the image in another orientation (`matching/geometry.py`)."""
    thumbnail = thumbnail.T if orientation & 4 else thumbnail
    return thumbnail[:: -1 if orientation & 2 else 1, :: -1 if orientation & 1 else 1]


def register_thumbnails(
    ones: npt.NDArray[np.int8], others: npt.NDArray[np.int8]
) -> ThumbnailAlignments:
    """Align each of `others` with its counterpart in `ones`. Both are (n, 32, 32), in the same
    orientation."""
    batches = [
        _register_batch(ones[i : i + BATCH_SIZE], others[i : i + BATCH_SIZE])
        for i in range(0, len(ones), BATCH_SIZE)
    ]
    return ThumbnailAlignments(
        np.concatenate([batch.correlation for batch in batches] or [np.zeros(0)]),
        np.concatenate([batch.boxes for batch in batches] or [np.zeros((0, 4))]),
    )


def _register_batch(
    ones: npt.NDArray[np.int8], others: npt.NDArray[np.int8]
) -> ThumbnailAlignments:
    here, there = ones.astype(np.float32), others.astype(np.float32)
    # The scale and shift of each pair, (n, 2), horizontal and vertical, relative to the center.
    scale, shift = np.ones((len(here), 2), np.float32), np.zeros((len(here), 2), np.float32)
    best = np.full(len(here), -1.0)
    kept = np.concatenate([scale, shift], axis=1)
    # The indices of the pairs that are still being improved.
    active, gradients = np.arange(len(here)), _gradients(here)
    for number in range(_ITERATIONS + 1):
        across, inside_x = _interpolation(scale[:, 0], shift[:, 0])
        down, inside_y = _interpolation(scale[:, 1], shift[:, 1])
        warped: Batch = down @ there @ across.transpose(0, 2, 1)
        overlap = inside_y[:, :, None] * inside_x[:, None, :]
        base = here * overlap
        norm = np.sqrt(_dot(base, base) * _dot(warped, warped))
        correlation = _dot(base, warped) / np.maximum(norm, 1e-6)
        better = correlation > best[active]
        best[active[better]] = correlation[better]
        kept[active[better]] = np.concatenate([scale[better], shift[better]], axis=1)
        if number == _ITERATIONS:
            break
        if number in (0, 2):
            promising = best[active] >= (_MIN_AFTER_TWO if number else _MIN_AT_FIRST)
            active, scale, shift = active[promising], scale[promising], shift[promising]
            gradients = gradients[0][promising], gradients[1][promising]
            here, there, base = here[promising], there[promising], base[promising]
            warped, overlap = warped[promising], overlap[promising]
            if not len(active):
                break
        step = _step(gradients, base - warped, warped, overlap)
        shift += scale * step[:, 2:]
        scale *= 1 + step[:, :2]
        np.clip(scale, 1 / _MAX_SCALING, _MAX_SCALING, out=scale)
        np.clip(shift, -_MAX_TRANSLATION, _MAX_TRANSLATION, out=shift)
    low, high = ((edge - kept[:, 2:]) / kept[:, :2] + 0.5 for edge in (-0.5, 0.5))
    return ThumbnailAlignments(best, np.concatenate([low, high], axis=1).astype(np.float64))


def _interpolation(
    scale: npt.NDArray[np.float32], shift: npt.NDArray[np.float32]
) -> tuple[Batch, Batch]:
    """The weights of linear interpolation along one axis, (n, 32, 32), and which rows or columns
    the other image covers, (n, 32)."""
    place: Batch = ((scale[:, None] * _COORDINATES + shift[:, None]) + 0.5) * SIDE - 0.5
    inside = (place > -0.5) & (place < SIDE - 0.5)
    weights = 1 - np.abs(place.clip(0, SIDE - 1)[:, :, None] - np.arange(SIDE, dtype=np.float32))
    np.maximum(weights, 0, out=weights)
    weights *= inside[:, :, None]
    return weights, inside.astype(np.float32)


def _gradients(x: Batch) -> tuple[Batch, Batch]:
    """The horizontal and vertical gradients, per side of the thumbnail."""
    across, down = np.zeros_like(x), np.zeros_like(x)
    across[:, :, 1:-1] = (x[:, :, 2:] - x[:, :, :-2]) * (SIDE / 2)
    down[:, 1:-1] = (x[:, 2:] - x[:, :-2]) * (SIDE / 2)
    return across, down


def _step(
    gradients: tuple[Batch, Batch], residual: Batch, warped: Batch, overlap: Batch
) -> npt.NDArray[np.float32]:
    """A Gauss–Newton step with the mean of both images' gradients: (n, 4), the horizontal and
    vertical scaling and the horizontal and vertical translation that reduce the residual most."""
    across, down = (
        (own + other) * overlap / 2
        for own, other in zip(gradients, _gradients(warped), strict=True)
    )
    jacobian = np.stack(
        [across * _COORDINATES, down * _COORDINATES[:, None], across, down], axis=1
    ).reshape(len(warped), 4, -1)
    normal = jacobian @ jacobian.transpose(0, 2, 1)
    # Damping keeps the system solvable for an image with gradients in only one direction.
    normal += np.eye(4, dtype=np.float32) * (
        1e-3 * np.trace(normal, axis1=1, axis2=2)[:, None, None] / 4 + 1e-3
    )
    gradient = jacobian @ residual.reshape(len(warped), -1, 1)
    return np.asarray(np.linalg.solve(normal, gradient)[:, :, 0], np.float32)


def _dot(x: Batch, y: Batch) -> Values:
    """The dot product of each pair, (n,)."""
    return np.asarray(np.einsum("nij,nij->n", x, y), np.float64)
