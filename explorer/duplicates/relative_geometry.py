"""How one photo lies within another: scale, overlap, stretch and orientation, from the transform
that was found when the two were registered."""

from __future__ import annotations

from typing import Any, NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

Matrix = npt.NDArray[np.float64]

_ORIENTATIONS = {
    (1, 0, 0, 1): "",
    (0, 1, -1, 0): "rotated by 270°",
    (-1, 0, 0, -1): "rotated by 180°",
    (0, -1, 1, 0): "rotated by 90°",
    (-1, 0, 0, 1): "mirrored",
    (1, 0, 0, -1): "mirrored top to bottom",
    (0, 1, 1, 0): "mirrored and rotated by 90°",
    (0, -1, -1, 0): "mirrored and rotated by 270°",
}
"""Words for the eight orientations (rotations are clockwise). The keys are the signs of the steps,
in the file to keep, that correspond to one step to the right and one step down in the photo."""


class ComparedPhoto(Protocol):
    """The facts of a photo needed to describe a difference. width, height: pixels, upright."""

    @property
    def photo_id(self) -> int: ...
    @property
    def width(self) -> int: ...
    @property
    def height(self) -> int: ...
    @property
    def format(self) -> str: ...


class RelativeGeometry(NamedTuple):
    """How one photo lies within another, the reference."""

    scale: float
    """The linear size of an object in the photo, as a multiple of its size in the reference (in
    pixels)."""
    shown: float
    """Share of the reference that the photo shows, 0 to 1."""
    beyond: float
    """Area of the photo outside the reference, as a share of the reference."""
    stretch: float
    """Ratio of the horizontal to the vertical scale, or its inverse: the larger one, so ≥ 1."""
    turned: bool
    """Whether it is rotated or mirrored."""


def unit_transform(relation: dict[str, Any], *, forwards: bool) -> Matrix | None:
    """3 × 3 matrix from the photo to the reference, both as unit squares; None if the relation has
    none. forwards: whether the reference is the first photo of the relation."""
    values = relation.get("matrix")
    if not values:
        return None
    matrix = np.vstack([np.array(values, float).reshape(2, 3), [0, 0, 1]])
    return matrix if forwards else np.linalg.inv(matrix)


def orientation(transform: Matrix) -> str:
    """How the photo is rotated and mirrored, in words; '' if it is not."""
    linear = transform[:2, :2]
    large = np.abs(linear) >= np.abs(linear).max(axis=1, keepdims=True) * 0.5
    a, b, c, d = (int(v) for v in (np.sign(linear) * large).T.ravel())
    return _ORIENTATIONS.get((a, b, c, d), "rotated")


def overlap(transform: Matrix) -> tuple[float, float]:
    """The share of the reference that the photo shows, and the photo's area outside the reference,
    as a share of the reference."""
    corners = np.array([[0, 0, 1], [1, 1, 1]]) @ transform[:2].T
    low, high = corners.min(axis=0), corners.max(axis=0)
    shown = float(np.prod(np.clip(np.minimum(high, 1) - np.maximum(low, 0), 0, 1)))
    return shown, float(np.prod(high - low)) - shown


def relative_geometry(
    transform: Matrix, reference: ComparedPhoto, photo: ComparedPhoto
) -> RelativeGeometry:
    """How a photo lies within the reference. transform: from `unit_transform`."""
    covered = np.hypot(*(transform[:2, :2] * [[reference.width], [reference.height]]))
    across, down = (
        pixels / max(1e-9, float(side))
        for pixels, side in zip((photo.width, photo.height), covered, strict=True)
    )
    shown, beyond = overlap(transform)
    return RelativeGeometry(
        scale=(across * down) ** 0.5,
        shown=shown,
        beyond=beyond,
        stretch=max(across / down, down / across),
        turned=orientation(transform) != "",
    )
