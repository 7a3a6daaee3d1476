"""Register two images: measure the displacements of their 16×16 blocks, and fit the step that
corrects them.

Brightness is normalized by its local mean and deviation first, so that changes of tone,
desaturation and compression have little effect. A step is one Gauss–Newton iteration (Lucas and
Kanade 1981, An iterative image registration technique) for each block, followed by a fit of one
scaling and translation to all blocks (`matching/distortion.py`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from explorer.matching.distortion import fit_scale_and_translation
from explorer.matching.geometry import Box, Matrix, Shape
from explorer.matching.scratch_buffers import ScratchBuffers

Floats = npt.NDArray[np.float32]
Values = npt.NDArray[np.floating]

BLOCK_SIZE = 16
# The side of the window, in pixels, in which brightness is normalized, and the variance (levels²)
# that is added so that plain areas are not amplified.
_WINDOW, _REGULARIZATION = 21, 9
# The minimum standard deviation in gray levels of a block that shows more than noise, and the
# minimum of the smaller eigenvalue of its structure tensor.
_MIN_DEVIATION, _MIN_EIGENVALUE = 3.0, 2e-3
# The minimum standard deviation of a strongly textured block: more than compression causes.
STRONG_DEVIATION = 8.0
# The displacement of a block is reliable up to this many pixels, and above this correlation.
_MAX_DISPLACEMENT, _MIN_CORRELATION = 6, 0.3
# The minimum number of blocks for a step; the number of reliable blocks from which on only these
# are used; and the minimum number of blocks for fitting a scaling.
_MIN_BLOCKS, _ENOUGH_BLOCKS, _MIN_BLOCKS_TO_SCALE = 4, 6, 12
# Reductions by more than this factor need a low-pass filter first. Its sigma, in pixels, may
# deviate by the tolerance.
_MIN_SHRINK, _SIGMA_TOLERANCE = 1.2, 0.005
# OpenCV warps in steps of 1/32 pixel, so a transform within half a step of the identity has no
# effect.
_HALF_WARP_STEP = 1 / 64
# The distance in pixels within which a border affects the normalized brightness, including the few
# pixels over which compression blurs its edge.
_BORDER_REACH = _WINDOW // 2 + 3
_AVERAGE = np.full((1, BLOCK_SIZE), 1 / BLOCK_SIZE, np.float32)


_scratch = ScratchBuffers()


@dataclass(frozen=True)
class BlockResiduals:
    """How the blocks of the warped image differ from those of the base image.

    All arrays except `warped` have one entry per block, (rows, columns).
    """

    dx: Values
    """Displacement of the content to the right, in pixels."""
    dy: Values
    """Displacement of the content downwards, in pixels."""
    ncc: Values
    """Normalized cross-correlation, -1 to 1."""
    inside: npt.NDArray[np.bool_]
    """Whether the block lies inside both images."""
    textured: npt.NDArray[np.bool_]
    """Whether the block lies inside both images and shows more than noise."""
    deviation: Floats
    """Mean local standard deviation of the warped image, in gray levels."""
    warped: Floats
    """The other image, warped to the base image. Valid until this thread warps another one."""


class RegistrationLevel:
    """The base image at one scale, with everything that does not depend on the transform.

    The base is the coarser of the two images. Valid until this thread creates another level,
    because levels share their memory.
    """

    def __init__(self, base: Floats, moved: Floats, box: Box) -> None:
        """moved: the image to be warped. box: the part of the base image inside its border."""
        self.height, self.width = base.shape
        self.rows, self.columns = self.height // BLOCK_SIZE, self.width // BLOCK_SIZE
        self.moved, self.base = moved, base
        self._normalized, self.deviation = self._normalize(base, "base")
        self._set_gradients()
        self.x, self.y = np.meshgrid(
            (np.arange(self.columns) + 0.5) * BLOCK_SIZE - 0.5,
            (np.arange(self.rows) + 0.5) * BLOCK_SIZE - 0.5,
        )
        half = np.array([BLOCK_SIZE / 2, BLOCK_SIZE / 2])
        self._within_content = self._are_within(box, self.x + 0.5, self.y + 0.5, half)
        far = _beyond_reach(box, base.shape, (_BORDER_REACH, _BORDER_REACH))
        self._far_from_border = self._are_within(far, self.x + 0.5, self.y + 0.5, half)
        # The sigma of the low-pass filter, and the filtered image that is to be warped.
        self._smoothed: tuple[float, Floats] = (0.0, moved)

    def _set_gradients(self) -> None:
        """Compute the structure tensor of each block, and other values used in every iteration."""
        across, down = (_scratch.take(name, self.base.shape) for name in ("across", "down"))
        self._gx, self._gy = (
            np.asarray(
                cv2.Sobel(
                    self._normalized, cv2.CV_32F, 1 - axis, axis, dst=into, ksize=3, scale=0.125
                ),
                np.float32,
            )
            for axis, into in enumerate((across, down))
        )
        self._gxx = self._mean_product(self._gx, self._gx)
        self._gxy = self._mean_product(self._gx, self._gy)
        self._gyy = self._mean_product(self._gy, self._gy)
        trace, determinant = self._gxx + self._gyy, self._gxx * self._gyy - self._gxy**2
        # The smaller eigenvalue shows how well a block's displacement is determined in all
        # directions.
        self.eigenvalue = trace / 2 - np.sqrt(np.maximum(trace**2 / 4 - determinant, 0))
        self._mean = self.block_means(self._normalized)
        self._variance = np.maximum(
            self._mean_product(self._normalized, self._normalized) - self._mean**2, 1e-6
        )
        self._gx_base = self._mean_product(self._gx, self._normalized)
        self._gy_base = self._mean_product(self._gy, self._normalized)

    def block_means(self, x: Floats) -> Floats:
        """The mean of each block, (rows, columns)."""
        across = (_AVERAGE @ self._by_block_rows(x)).reshape(self.rows, self.columns, BLOCK_SIZE)
        return np.asarray(across @ _AVERAGE[0])

    def _mean_product(self, x: Floats, y: Floats) -> Floats:
        """The mean of x · y in each block."""
        summed = np.einsum("hiw,hiw->hw", self._by_block_rows(x), self._by_block_rows(y))
        return np.asarray(
            summed.reshape(self.rows, self.columns, BLOCK_SIZE) @ (_AVERAGE[0] / BLOCK_SIZE)
        )

    def _by_block_rows(self, x: Floats) -> Floats:
        """Reshape to (rows, 16, 16 · columns), dropping pixels that do not fill a block."""
        h, w = self.rows * BLOCK_SIZE, self.columns * BLOCK_SIZE
        return x[:h, :w].reshape(self.rows, BLOCK_SIZE, w)

    @staticmethod
    def _are_within(
        box: Box, x: Values, y: Values, half: Values, tolerance: tuple[float, float] = (0.0, 0.0)
    ) -> npt.NDArray[np.bool_]:
        """Which blocks with these centers lie inside a box. half: half a block's width and height.

        tolerance: how far blocks may extend beyond the left and top edges, and beyond the right and
        bottom edges, in pixels.
        """
        return np.asarray(
            (x - half[0] >= box[0] - tolerance[0])
            & (y - half[1] >= box[1] - tolerance[0])
            & (x + half[0] <= box[2] + tolerance[1])
            & (y + half[1] <= box[3] + tolerance[1])
        )

    def _normalize(self, gray: Floats, name: str) -> tuple[Floats, Floats]:
        """Normalize brightness by its local mean and deviation. Returns the normalized image, and
        the mean deviation of each block. name: the scratch buffer for the normalized image."""
        size, product = (_WINDOW, _WINDOW), _scratch.take("product", gray.shape)
        mean: Any = cv2.blur(gray, size, dst=_scratch.take(name, gray.shape))
        variance: Any = cv2.sqrBoxFilter(
            gray, cv2.CV_32F, size, dst=_scratch.take("variance", gray.shape)
        )
        variance -= np.multiply(mean, mean, out=product)
        np.maximum(variance, 0, out=variance)
        deviation = self.block_means(np.asarray(cv2.sqrt(variance, dst=product), np.float32))
        variance += _REGULARIZATION
        cv2.sqrt(variance, dst=variance)
        np.subtract(gray, mean, out=mean)
        mean /= variance
        return mean, deviation

    def _warp(self, transform: Matrix) -> Floats:
        """Warp the other image to the base image. It is low-pass filtered first if it shrinks."""
        shrink = float(abs(np.linalg.det(transform[:, :2]))) ** 0.5
        sigma = 0.45 * (shrink * shrink - 1) ** 0.5 if shrink > _MIN_SHRINK else 0.0
        # Reuse the filtered image: sigma hardly changes between two iterations.
        if abs(sigma - self._smoothed[0]) > _SIGMA_TOLERANCE:
            into = _scratch.take("smooth", self.moved.shape)
            smooth = cv2.GaussianBlur(self.moved, (0, 0), sigma, dst=into) if sigma else self.moved
            self._smoothed = sigma, np.asarray(smooth, np.float32)
        smooth, shape = self._smoothed[1], (self.height, self.width)
        corners = [[0, self.width], [0, self.height], [1, 1]]
        off = np.abs((transform - np.eye(2, 3)) @ corners).max()
        if smooth.shape == shape and off < _HALF_WARP_STEP:
            return smooth
        return np.asarray(
            cv2.warpAffine(
                smooth,
                transform,
                (self.width, self.height),
                dst=_scratch.take("warped", shape),
                flags=cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP,
                borderMode=cv2.BORDER_REPLICATE,
            ),
            np.float32,
        )

    def residuals(self, transform: Matrix, box: Box) -> BlockResiduals:
        """Compare the blocks of both images.

        transform: maps the base image to the other one. box: the part of the other image inside its
        border.
        """
        warped = self._warp(transform)
        other, deviation = self._normalize(warped, "other")
        inside = self._inside(transform, box)
        e = self._mean_product(self._gx, other) - self._gx_base
        f = self._mean_product(self._gy, other) - self._gy_base
        a, d = self._gxx + 1e-4, self._gyy + 1e-4
        determinant = a * d - self._gxy**2
        mean = self.block_means(other)
        variance = np.maximum(self._mean_product(other, other) - mean**2, 1e-6)
        covariance = self._mean_product(self._normalized, other) - self._mean * mean
        textured = (
            inside
            & (np.maximum(self.deviation, deviation) > _MIN_DEVIATION)
            & (self.eigenvalue > _MIN_EIGENVALUE)
        )
        return BlockResiduals(
            dx=(d * e - self._gxy * f) / determinant,
            dy=(a * f - self._gxy * e) / determinant,
            ncc=covariance / np.sqrt(self._variance * variance),
            inside=inside,
            textured=textured,
            deviation=deviation,
            warped=warped,
        )

    def _inside(self, transform: Matrix, box: Box) -> npt.NDArray[np.bool_]:
        """Which blocks lie inside the borders of both images, and near the border of at most one of
        them."""
        x, y = (
            transform[i, 0] * self.x + transform[i, 1] * self.y + transform[i, 2] for i in (0, 1)
        )
        # How far a block extends around its center in the other image.
        reach = np.abs(transform[:, :2]).sum(axis=1)
        half = reach * (BLOCK_SIZE / 2)
        inside = self._within_content & self._are_within(box, x, y, half, (0.6, -0.4))
        # Near identical borders, different images look alike, especially plain ones.
        far = _beyond_reach(box, self.moved.shape, tuple(reach * _BORDER_REACH))
        return np.asarray(inside & (self._far_from_border | self._are_within(far, x, y, half)))

    def strongly_textured(self, residuals: BlockResiduals) -> npt.NDArray[np.bool_]:
        """Which blocks show more than noise and compression artifacts in either image."""
        return np.maximum(self.deviation, residuals.deviation) > STRONG_DEVIATION

    def step(self, residuals: BlockResiduals) -> Matrix | None:
        """The scaling and translation that explain the displacements, as a 2×3 matrix.

        None if too few blocks are textured.
        """
        used = (
            residuals.textured
            & (residuals.ncc > _MIN_CORRELATION)
            & (np.hypot(residuals.dx, residuals.dy) < _MAX_DISPLACEMENT)
        )
        number = int(used.sum())
        if number < _ENOUGH_BLOCKS:
            used = residuals.textured
            number = int(used.sum())
        if number < _MIN_BLOCKS:
            return None
        return fit_scale_and_translation(
            np.stack([self.x[used], self.y[used]]),
            np.stack([residuals.dx[used], residuals.dy[used]]),
            self.eigenvalue[used],
            scaled=number >= _MIN_BLOCKS_TO_SCALE,
        )

    def residuals_after(self, residuals: BlockResiduals, step: Matrix) -> BlockResiduals:
        """Predict the residuals after a step that is too small to justify another warp."""
        dx, dy = (
            before - (step[i, 0] * self.x + step[i, 1] * self.y + step[i, 2])
            for i, before in enumerate((residuals.dx, residuals.dy))
        )
        return replace(residuals, dx=dx, dy=dy)


def _beyond_reach(box: Box, shape: Shape, reach: tuple[float, ...]) -> Box:
    """The part of a content box that its border does not affect. reach: the distance within which
    it does, horizontally and vertically, in pixels."""
    (left, top, right, bottom), (h, w), (x, y) = box, shape[:2], reach
    return (
        left + x * (left > 0),
        top + y * (top > 0),
        right - x * (right < w),
        bottom - y * (bottom < h),
    )
