"""Detect and match ORB keypoints, to align copies that were cropped, turned, mirrored or given a
border.

ORB (Rublee et al. 2011, ORB: an efficient alternative to SIFT or SURF) runs on the preview scaled
to a fixed area, so that copies of any size are matched at nearly the same scale. The strongest
keypoints of each cell of a grid are kept, so that text on an image does not attract all of them.
"""

from __future__ import annotations

import functools
import struct
from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from explorer.matching.geometry import Gray, Matrix, Shape

# The number of pixels that an image is scaled to, and the number of its keypoints that are kept.
AREA, MAX_KEYPOINTS = 256 * 256, 80
# The grid has this many cells in each direction.
_CELLS = 4
# The maximum number of bits (of 256) in which the descriptors of a match differ.
_MAX_BITS = 70
# The maximum deviation of a match's rotation from a quarter turn, in degrees.
_MAX_DEGREES = 20.0
# The maximum reprojection error of an inlier, in pixels of the scaled images.
_REPROJECTION_ERROR = 5.0
# The minimum number of matches for RANSAC.
_MIN_MATCHES = 4
# Packed form: the size, then for each keypoint a descriptor of 32 bytes, x and y in 1/65,536 of the
# sides, and the angle in 1/256 of a turn.
_SIZE = struct.Struct("<HH")
_KEYPOINT = np.dtype([("bits", "<u8", 4), ("x", "<u2"), ("y", "<u2"), ("turn", "u1")])


class Keypoints(NamedTuple):
    """The keypoints of an image, the strongest of each grid cell first."""

    points: npt.NDArray[np.float32]
    """(n, 2), x and y in pixels of the scaled image."""
    angles: npt.NDArray[np.float32]
    """(n,), in degrees."""
    descriptors: npt.NDArray[np.uint64]
    """(n, 4), 256 bits each."""
    size: tuple[int, int]
    """Width and height of the scaled image."""


class KeypointMatch(NamedTuple):
    """The match of the keypoints of two images."""

    inliers: int
    """The number of keypoint matches that agree with the transform."""
    transform: Matrix | None
    """2×3, maps the second scaled image to the first; None if none was found."""


@functools.cache
def _orb() -> cv2.ORB:
    return cv2.ORB_create(  # type: ignore[attr-defined, no-any-return]
        nfeatures=400, scaleFactor=1.25, nlevels=5, fastThreshold=7, patchSize=31, edgeThreshold=16
    )


def scaled_size(width: int, height: int) -> tuple[int, int]:
    """The width and height to which an image is scaled before detection."""
    factor = (AREA / (width * height)) ** 0.5
    # The shorter side of a very long image keeps the number of pixels that ORB needs.
    return min(65535, max(48, round(width * factor))), min(65535, max(48, round(height * factor)))


def detect(gray: Gray) -> Keypoints:
    """The keypoints of a grayscale image of any size."""
    size = scaled_size(gray.shape[1], gray.shape[0])
    small = cv2.resize(
        gray, size, interpolation=cv2.INTER_AREA if size[0] < gray.shape[1] else cv2.INTER_CUBIC
    )
    found = _orb().detect(small, None)
    if not found:
        return _none(size)
    points = np.array([keypoint.pt for keypoint in found])
    strength = np.array([keypoint.response for keypoint in found])
    column = (points[:, 0] * _CELLS / size[0]).astype(int)
    cell = column * _CELLS + (points[:, 1] * _CELLS / size[1]).astype(int)
    order = np.lexsort((-strength, cell))
    rank_in_cell = np.arange(len(order)) - np.searchsorted(cell[order], cell[order])
    kept = order[np.argsort(rank_in_cell, kind="stable")][:MAX_KEYPOINTS]
    keypoints, descriptors = _orb().compute(small, [found[i] for i in kept])
    if descriptors is None:
        return _none(size)
    return Keypoints(
        np.array([keypoint.pt for keypoint in keypoints], np.float32),
        np.array([keypoint.angle for keypoint in keypoints], np.float32),
        np.ascontiguousarray(descriptors).view(np.uint64),
        size,
    )


def _none(size: tuple[int, int]) -> Keypoints:
    return Keypoints(
        np.zeros((0, 2), np.float32), np.zeros(0, np.float32), np.zeros((0, 4), np.uint64), size
    )


def pack(keypoints: Keypoints) -> bytes:
    """Pack keypoints into bytes: 4 for the size, and 37 for each keypoint."""
    packed = np.zeros(len(keypoints.points), _KEYPOINT)
    packed["bits"] = keypoints.descriptors
    for axis, name in enumerate("xy"):
        shares = np.round(keypoints.points[:, axis] * 65536 / keypoints.size[axis])
        packed[name] = shares.clip(0, 65535)
    packed["turn"] = np.round(keypoints.angles * 256 / 360).astype(np.int64) % 256
    return _SIZE.pack(*keypoints.size) + packed.tobytes()


def unpack(data: bytes) -> Keypoints:
    """Unpack keypoints packed by `pack`; empty bytes give no keypoints."""
    if not data:
        return _none((1, 1))
    size = _SIZE.unpack_from(data)
    packed = np.frombuffer(data, _KEYPOINT, offset=_SIZE.size)
    points = np.stack([packed["x"], packed["y"]], axis=1) * np.array(size) / 65536
    angles = (packed["turn"] * (360 / 256)).astype(np.float32)
    return Keypoints(
        points.astype(np.float32), angles, np.ascontiguousarray(packed["bits"]), (size[0], size[1])
    )


def match(one: Keypoints, other: Keypoints) -> KeypointMatch:
    """Match the keypoints of two images.

    Mutual nearest neighbors by Hamming distance are grouped by quarter turn. RANSAC then fits a
    similarity transform to each group, and the one with the most inliers is returned.
    """
    if min(len(one.descriptors), len(other.descriptors)) < _MIN_MATCHES:
        return KeypointMatch(0, None)
    distance = np.bitwise_count(one.descriptors[:, None] ^ other.descriptors[None]).sum(
        axis=2, dtype=np.int16
    )
    nearest, back = distance.argmin(axis=1), distance.argmin(axis=0)
    rows = np.arange(len(nearest))
    mutual = (distance[rows, nearest] <= _MAX_BITS) & (back[nearest] == rows)
    rows, nearest = rows[mutual], nearest[mutual]
    turn = one.angles[rows] - other.angles[nearest]
    quarter, rest = np.round(turn / 90) % 4, np.abs((turn + 45) % 90 - 45)
    best = KeypointMatch(0, None)
    for number in range(4):
        agreed = (quarter == number) & (rest < _MAX_DEGREES)
        if agreed.sum() < max(_MIN_MATCHES, best.inliers + 1):
            continue
        matrix, inliers = cv2.estimateAffinePartial2D(
            other.points[nearest[agreed]],
            one.points[rows[agreed]],
            method=cv2.RANSAC,
            ransacReprojThreshold=_REPROJECTION_ERROR,
            maxIters=200,
            confidence=0.98,
            refineIters=3,
        )
        if matrix is not None and int(inliers.sum()) > best.inliers:
            best = KeypointMatch(int(inliers.sum()), matrix)
    return best


def to_image_pixels(
    transform: Matrix,
    one: Keypoints,
    other: Keypoints,
    one_shape: Shape,
    other_shape: Shape,
    *,
    mirrored: bool,
) -> Matrix:
    """Convert the transform of a match from pixels of the scaled images to pixels of the images.

    mirrored: whether the keypoints of `other` were detected in its mirror image.
    """
    target = np.array([one.size[0] / one_shape[1], one.size[1] / one_shape[0]])
    source = np.array([other.size[0] / other_shape[1], other.size[1] / other_shape[0]])
    linear, shift = transform[:, :2] * source / target[:, None], transform[:, 2] / target
    if mirrored:
        shift = shift + linear[:, 0] * (other_shape[1] - 1)
        linear = linear * np.array([-1.0, 1.0])
    return np.column_stack([linear, shift])
