"""A few dozen corners of a picture, described so that they are found again in a copy that was
cropped, turned, mirrored or bordered.

ORB (Rublee et al. 2011, ORB: an efficient alternative to SIFT or SURF) on the preview, scaled to
one area so that copies of any size meet at nearly the same scale. The strongest corners of each
cell of a grid come first: words put on a picture must not take all places.
"""

from __future__ import annotations

import functools
import struct
from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

Grey = npt.NDArray[np.uint8]
Matrix = npt.NDArray[np.float64]

# Pixels to which a picture is scaled, corners that are kept, and cells across and down.
AREA, KEPT, _CELLS = 256 * 256, 80, 4
# How many of the 256 bits of two descriptions of one corner may differ, and by how many degrees its
# direction, beside quarter turns.
_MOST_BITS, _MOST_DEGREES = 70, 20.0
# Pixels (of the scaled pictures) by which a corner may miss its place.
_MISS = 5.0
# One corner: 32 bytes of description, place (x, y) in 1/65,536 of the sides, direction in 1/256 of
# a turn.
_SIZE = struct.Struct("<HH")
_CORNER = np.dtype([("bits", "<u8", 4), ("x", "<u2"), ("y", "<u2"), ("turn", "u1")])


class Keypoints(NamedTuple):
    """Corners, strongest of each cell first. places: (n, 2) float32 in pixels of the scaled
    picture. turns: (n,) degrees.
    bits: (n, 4) uint64. size: width and height of the scaled picture."""

    places: npt.NDArray[np.float32]
    turns: npt.NDArray[np.float32]
    bits: npt.NDArray[np.uint64]
    size: tuple[int, int]


class KeypointMatch(NamedTuple):
    """votes: corners that agree on one way to lay the second picture onto the first. matrix: 2×3,
    that way, in scaled pixels."""

    votes: int
    matrix: Matrix | None


@functools.cache
def _orb() -> cv2.ORB:
    return cv2.ORB_create(  # type: ignore[attr-defined, no-any-return]
        nfeatures=400, scaleFactor=1.25, nlevels=5, fastThreshold=7, patchSize=31, edgeThreshold=16
    )


def scaled_size(width: int, height: int) -> tuple[int, int]:
    """Width and height of the scaled picture."""
    factor = (AREA / (width * height)) ** 0.5
    # Long strips keep at least as many pixels as corners need.
    return min(65535, max(48, round(width * factor))), min(65535, max(48, round(height * factor)))


def sketch(grey: Grey) -> Keypoints:
    """The corners of a grey picture of any size."""
    size = scaled_size(grey.shape[1], grey.shape[0])
    small = cv2.resize(
        grey, size, interpolation=cv2.INTER_AREA if size[0] < grey.shape[1] else cv2.INTER_CUBIC
    )
    found = _orb().detect(small, None)
    if not found:
        return _empty(size)
    places = np.array([corner.pt for corner in found])
    strength = np.array([corner.response for corner in found])
    cell = (places[:, 0] * _CELLS / size[0]).astype(int) * _CELLS + (
        places[:, 1] * _CELLS / size[1]
    ).astype(int)
    order = np.lexsort((-strength, cell))
    rank = np.arange(len(order)) - np.searchsorted(cell[order], cell[order])
    kept = order[np.argsort(rank, kind="stable")][:KEPT]
    corners, bits = _orb().compute(small, [found[i] for i in kept])
    if bits is None:
        return _empty(size)
    return Keypoints(
        np.array([corner.pt for corner in corners], np.float32),
        np.array([corner.angle for corner in corners], np.float32),
        np.ascontiguousarray(bits).view(np.uint64),
        size,
    )


def _empty(size: tuple[int, int]) -> Keypoints:
    return Keypoints(
        np.zeros((0, 2), np.float32), np.zeros(0, np.float32), np.zeros((0, 4), np.uint64), size
    )


def pack(sketch: Keypoints) -> bytes:
    """A sketch as bytes: 4 for the size, and 37 for each corner."""
    packed = np.zeros(len(sketch.places), _CORNER)
    packed["bits"] = sketch.bits
    for number, name in enumerate("xy"):
        packed[name] = np.round(sketch.places[:, number] * 65536 / sketch.size[number]).clip(
            0, 65535
        )
    packed["turn"] = np.round(sketch.turns * 256 / 360).astype(np.int64) % 256
    return _SIZE.pack(*sketch.size) + packed.tobytes()


def unpack(data: bytes) -> Keypoints:
    """What `pack` packed; of no bytes, a sketch without corners."""
    if not data:
        return _empty((1, 1))
    size = _SIZE.unpack_from(data)
    packed = np.frombuffer(data, _CORNER, offset=_SIZE.size)
    places = np.stack([packed["x"], packed["y"]], axis=1) * np.array(size) / 65536
    turns = (packed["turn"] * (360 / 256)).astype(np.float32)
    return Keypoints(
        places.astype(np.float32), turns, np.ascontiguousarray(packed["bits"]), (size[0], size[1])
    )


def match(one: Keypoints, other: Keypoints) -> KeypointMatch:
    """How well the corners of `other` fall onto those of `one`, turned by any quarter and scaled as
    need be."""
    if min(len(one.bits), len(other.bits)) < 4:
        return KeypointMatch(0, None)
    apart = np.bitwise_count(one.bits[:, None] ^ other.bits[None]).sum(axis=2, dtype=np.int16)
    there, back = apart.argmin(axis=1), apart.argmin(axis=0)
    mine = np.arange(len(there))
    fits = (apart[mine, there] <= _MOST_BITS) & (back[there] == mine)
    mine, there = mine[fits], there[fits]
    turn = one.turns[mine] - other.turns[there]
    quarter, rest = np.round(turn / 90) % 4, np.abs((turn + 45) % 90 - 45)
    best = KeypointMatch(0, None)
    for way in range(4):
        agreed = (quarter == way) & (rest < _MOST_DEGREES)
        if agreed.sum() < max(4, best.votes + 1):
            continue
        matrix, inliers = cv2.estimateAffinePartial2D(
            other.places[there[agreed]], one.places[mine[agreed]], method=cv2.RANSAC,
            ransacReprojThreshold=_MISS, maxIters=200,
            confidence=0.98, refineIters=3,
        )  # fmt: skip
        if matrix is not None and int(inliers.sum()) > best.votes:
            best = KeypointMatch(int(inliers.sum()), matrix)
    return best


def onto(
    matrix: Matrix,
    one: Keypoints,
    other: Keypoints,
    one_shape: tuple[int, ...],
    other_shape: tuple[int, ...],
    *,
    mirrored: bool,
) -> Matrix:
    """A match's matrix in the pixels of the pictures themselves. shapes: (height, width). mirrored:
    `other` was sketched mirrored."""
    here = np.array([one.size[0] / one_shape[1], one.size[1] / one_shape[0]])
    there = np.array([other.size[0] / other_shape[1], other.size[1] / other_shape[0]])
    linear, shift = matrix[:, :2] * there / here[:, None], matrix[:, 2] / here
    if mirrored:
        shift = shift + linear[:, 0] * (other_shape[1] - 1)
        linear = linear * np.array([-1.0, 1.0])
    return np.column_stack([linear, shift])
