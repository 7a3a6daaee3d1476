"""The coefficients of JPEG's 8×8 blocks, and how far they may be from those of the source.

A compressed coefficient is a multiple of its quantization step, so the source's is within half a
step of it. Whatever is further away was not there before compression.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]

BLOCK = 8
# What rounding to whole levels adds to a coefficient, and to the first one: in an even block, all
# pixels are rounded alike, by up to half a level.
_ROUNDING, _EVEN_ROUNDING = 0.5, BLOCK / 2
_number = np.arange(BLOCK)
_COSINES = np.where(
    _number[:, None] == 0,
    np.sqrt(1 / BLOCK),
    np.cos((2 * _number[None] + 1) * _number[:, None] * np.pi / (2 * BLOCK)) / 2,
).astype(np.float32)


def coefficients(luma: Floats) -> Floats:
    """The cosine transforms of the whole blocks of a picture, row by row: (blocks, 64)."""
    height, width = luma.shape[0] // BLOCK, luma.shape[1] // BLOCK
    rows = luma[: height * BLOCK, : width * BLOCK].reshape(-1, BLOCK) @ _COSINES.T
    columns = rows.reshape(height, BLOCK, width, BLOCK).transpose(0, 2, 3, 1)
    return np.asarray((columns @ _COSINES.T).reshape(-1, BLOCK * BLOCK))


def beyond(copy: Floats, source: Floats, tolerance: Floats) -> Floats:
    """By how much each coefficient of a copy differs from its source's, beyond the tolerance:
    (blocks, 64), with signs."""
    difference = coefficients(copy - source)
    return np.asarray(difference - difference.clip(-tolerance, tolerance))


def tolerances(table: Sequence[int] | None) -> Floats:
    """The tolerance of each coefficient, in the order of `coefficients`: (64,).

    table: the quantization table, as Pillow gives it; None if the file is not compressed.
    """
    steps = np.array(table or [0] * BLOCK * BLOCK, np.float32).reshape(BLOCK, BLOCK)
    found = steps.T.ravel() / 2 + _ROUNDING
    found[0] += _EVEN_ROUNDING - _ROUNDING
    return np.asarray(found)
