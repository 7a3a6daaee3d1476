"""Whether two pictures that are alike to the last block are two shots from a tripod or a still
hand, and not copies.

Only where both have one size in pixels, as shots of one camera do: a copy of that size lies on its
original exactly.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from explorer.matching.recompression import RecompressionResidual
from explorer.photos.decode import PREVIEW_SIDE

# Pixels of the preview by which a shot lies beside another, in the middle of the picture. Of 700
# copies of one size none did by more than 0.08, also where both had been scaled by different
# methods; of shots by rule from an unsteady tripod 91 of 100 by more than 0.1.
ASIDE = 0.09
# At the corners they lie beside by up to 0.2, so that these count for less.
_CORNERS = 0.4
# Pixels at the corners beyond which it is neither a shot nor a copy saved again, but a crop that
# was scaled up.
_CROPPED = 3.0
# What saving leaves (`resaving.RecompressionResidual`) of two shots: excess at least, shared at most. Copies saved
# once more at any quality: none of 290; saved several times between, at qualities that cannot be
# known: 2 of 300. Shots by rule that nothing else tells: half.
EXCESS, SHARED = 0.08, 0.94
# What saving explains of the difference between two files, for one to be surely made from the
# other: of that between shots of one quality 0.3 at most, of one quality and another 0.55; of that
# between copies of one size and their originals 0.75 and more for half of them.
EXPLAINED = 0.6
# And so that nothing else need be alike: in soft pictures most of what blocks show is noise, which
# compression takes. Pixels aside then.
MADE, _MADE_ASIDE = 0.75, 0.5
# The same where things are seen that may have come, gone or moved.
EXCESS_CHANGED, SHARED_CHANGED = 0.02, 0.97


def aside(matrix: Sequence[float], width: int, height: int) -> float | None:
    """How many pixels of the preview the second picture lies beside the first: in the middle, or at
    a corner where that counts for more. None where it was cropped or turned.

    matrix: lays the second onto the first, both as unit squares, row by row (2×3). width, height:
    of both, in pixels.
    """
    scale = min(1.0, PREVIEW_SIDE / max(width, height)) * np.array([width, height])
    apart = np.reshape(matrix, (2, 3)) - np.eye(2, 3)
    beside = np.abs(
        apart @ np.array([[0, 1, 0, 1, 0.5], [0, 0, 1, 1, 0.5], [1, 1, 1, 1, 1]]) * scale[:, None]
    )
    if beside.max() > _CROPPED:
        return None
    return float(max(beside[:, -1].max(), beside.max() * _CORNERS))


def may_be_made(aside: float | None) -> bool:
    """Whether it is worth looking if one file was made from the other, though too little is alike
    in the previews."""
    return aside is not None and aside <= _MADE_ASIDE


def is_retake(left: RecompressionResidual | None, *, changed: bool, moved: bool) -> bool:
    """Whether two pictures are two shots. left: what saving leaves, where known. changed: something
    is seen on one alone. moved: it looks as if it had come, gone or moved."""
    if left is None:
        return moved
    if left.explained > EXPLAINED:
        return False
    excess, shared = (EXCESS_CHANGED, SHARED_CHANGED) if changed else (EXCESS, SHARED)
    return moved or (left.excess > excess and left.shared < shared)
