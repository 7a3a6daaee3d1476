"""Laying one picture onto another: what is seen of each block of 16×16 pixels when it lies there,
and the step that puts it right.

Brightness is made relative to its surroundings first, so that tone, grey and compression matter
little. One step is that of Lucas and Kanade (1981, An iterative image registration technique), per
block, and then one scale and shift for all of them (`bending.py`).
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from explorer.matching.distortion import fit_scale_and_translation
from explorer.matching.geometry import Box, Matrix

Floats = npt.NDArray[np.float32]
Values = npt.NDArray[np.floating]

BLOCK_SIZE = 16
_WINDOW = 21
# Greys (of 255) by which brightness must vary in a window to be more than noise.
_GRAIN = 3.0
# From which shrinking on a picture is smoothed first, and by how much that may differ from what was
# asked, in pixels.
_SHRINKS, _SMOOTHED = 1.2, 0.005
# Pixels by which no pixel of a warped picture is elsewhere: OpenCV's steps are of 1/32.
_STILL = 1 / 64
# Pixels beside a border in which brightness is held against it, and a few more in which compression
# smears its edge.
_REACH = _WINDOW // 2 + 3
_ROW = np.full((1, BLOCK_SIZE), 1 / BLOCK_SIZE, np.float32)


def _unreached(box: Box, shape: tuple[int, ...], reach: tuple[float, ...]) -> Box:
    """What of a picture its border has nothing to do with. reach: pixels across and down in which
    it is felt."""
    (left, top, right, bottom), (h, w), (x, y) = box, shape[:2], reach
    return (
        left + x * (left > 0),
        top + y * (top > 0),
        right - x * (right < w),
        bottom - y * (bottom < h),
    )


class _Desk(threading.local):
    """Arrays to work in, for each thread its own: taking new ones of this size from the system
    costs more than all that is done in them."""

    def __init__(self) -> None:
        self._kept = dict[str, Floats]()

    def take(self, name: str, shape: tuple[int, ...]) -> Floats:
        """The array of that name. What was in it is lost, and so is that shape."""
        size = shape[0] * shape[1]
        kept = self._kept.get(name)
        if kept is None or kept.size < size:
            kept = self._kept[name] = np.empty(size, np.float32)
        return kept[:size].reshape(shape)


_desk = _Desk()


@dataclass(frozen=True)
class BlockResiduals:
    """How the other picture lies, block by block. dx, dy: pixels by which its contents are off.
    ncc: correlation. inside: lies within both pictures. shown: and shows something. deviation:
    greys by which the other one varies. warped: the other one, laid here; good until this thread
    looks again."""

    dx: Values
    dy: Values
    ncc: Values
    inside: npt.NDArray[np.bool_]
    shown: npt.NDArray[np.bool_]
    deviation: Floats
    warped: Floats


class RegistrationLevel:
    """The coarser picture at one scale, with all that does not depend on how the other one lies on
    it. Good until this thread makes another one: they share their memory."""

    def __init__(self, base: Floats, moved: Floats, box: Box) -> None:
        """box: what of the coarser picture is no border."""
        self.h, self.w = base.shape
        self.nh, self.nw = self.h // BLOCK_SIZE, self.w // BLOCK_SIZE
        self.moved, self.base = moved, base
        self.b, self.db = self._normal(base, "base")
        across, down = _desk.take("across", base.shape), _desk.take("down", base.shape)
        self.gx = np.asarray(
            cv2.Sobel(self.b, cv2.CV_32F, 1, 0, dst=across, ksize=3, scale=0.125), np.float32
        )
        self.gy = np.asarray(
            cv2.Sobel(self.b, cv2.CV_32F, 0, 1, dst=down, ksize=3, scale=0.125), np.float32
        )
        self.a, self.c, self.d = (
            self._mean(self.gx, self.gx),
            self._mean(self.gx, self.gy),
            self._mean(self.gy, self.gy),
        )
        self.least = (self.a + self.d) / 2 - np.sqrt(
            np.maximum((self.a + self.d) ** 2 / 4 - (self.a * self.d - self.c**2), 0)
        )
        self.mb = self.block(self.b)
        self.bb = np.maximum(self._mean(self.b, self.b) - self.mb**2, 1e-6)
        self._xb, self._yb = self._mean(self.gx, self.b), self._mean(self.gy, self.b)
        self.cx, self.cy = np.meshgrid(
            (np.arange(self.nw) + 0.5) * BLOCK_SIZE - 0.5,
            (np.arange(self.nh) + 0.5) * BLOCK_SIZE - 0.5,
        )
        half = BLOCK_SIZE / 2
        x, y = self.cx + 0.5, self.cy + 0.5
        # Blocks within the picture's own border, and those that its edge does not reach.
        self.own = (
            (x - half >= box[0])
            & (x + half <= box[2])
            & (y - half >= box[1])
            & (y + half <= box[3])
        )
        left, top, right, bottom = _unreached(box, base.shape, (_REACH, _REACH))
        self._far = (
            (x - half >= left) & (x + half <= right) & (y - half >= top) & (y + half <= bottom)
        )
        self._smooth: tuple[float, Floats] = (0.0, moved)

    def block(self, x: Floats) -> Floats:
        """The mean of each block."""
        return np.asarray((_ROW @ self._rows(x)).reshape(self.nh, self.nw, BLOCK_SIZE) @ _ROW[0])

    def _mean(self, x: Floats, y: Floats) -> Floats:
        """The mean of the product in each block."""
        return np.asarray(
            np.einsum("hiw,hiw->hw", self._rows(x), self._rows(y)).reshape(
                self.nh, self.nw, BLOCK_SIZE
            )
            @ (_ROW[0] / BLOCK_SIZE)
        )

    def _rows(self, x: Floats) -> Floats:
        """By rows of blocks, without what is left over at the right and below."""
        return x[: self.nh * BLOCK_SIZE, : self.nw * BLOCK_SIZE].reshape(
            self.nh, BLOCK_SIZE, self.nw * BLOCK_SIZE
        )

    def _normal(self, grey: Floats, name: str) -> tuple[Floats, Floats]:
        """Brightness against its surroundings in units of their deviation, and each block's mean
        deviation."""
        size, scratch = (_WINDOW, _WINDOW), _desk.take("product", grey.shape)
        mean: Any = cv2.blur(grey, size, dst=_desk.take(name, grey.shape))
        variance: Any = cv2.sqrBoxFilter(
            grey, cv2.CV_32F, size, dst=_desk.take("variance", grey.shape)
        )
        variance -= np.multiply(mean, mean, out=scratch)
        np.maximum(variance, 0, out=variance)
        deviation = self.block(np.asarray(cv2.sqrt(variance, dst=scratch), np.float32))
        variance += 9
        cv2.sqrt(variance, dst=variance)
        np.subtract(grey, mean, out=mean)
        mean /= variance
        return mean, deviation

    def _warped(self, to: Matrix) -> Floats:
        shrink = float(abs(np.linalg.det(to[:, :2]))) ** 0.5
        blurred = 0.45 * (shrink * shrink - 1) ** 0.5 if shrink > _SHRINKS else 0.0
        # Between two steps it hardly changes.
        if abs(blurred - self._smooth[0]) > _SMOOTHED:
            smooth = (
                cv2.GaussianBlur(
                    self.moved, (0, 0), blurred, dst=_desk.take("smooth", self.moved.shape)
                )
                if blurred
                else self.moved
            )
            self._smooth = blurred, np.asarray(smooth, np.float32)
        if (
            self._smooth[1].shape == (self.h, self.w)
            and np.abs((to - np.eye(2, 3)) @ [[0, self.w], [0, self.h], [1, 1]]).max() < _STILL
        ):
            return self._smooth[1]
        how, size = cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP, (self.w, self.h)
        into = _desk.take("warped", (self.h, self.w))
        return np.asarray(
            cv2.warpAffine(
                self._smooth[1], to, size, dst=into, flags=how, borderMode=cv2.BORDER_REPLICATE
            ),
            np.float32,
        )

    def look(self, to: Matrix, box: Box) -> BlockResiduals:
        """The other picture laid here by `to`. box: what of it is no border."""
        warped = self._warped(to)
        o, deviation = self._normal(warped, "other")
        # How far a block's corners reach around its centre, there.
        x, y = (to[i, 0] * self.cx + to[i, 1] * self.cy + to[i, 2] for i in (0, 1))
        rx, ry = np.abs(to[:, :2]).sum(axis=1) * (BLOCK_SIZE / 2)
        inside = (
            self.own
            & (x - rx >= box[0] - 0.6)
            & (y - ry >= box[1] - 0.6)
            & (x + rx <= box[2] - 0.4)
            & (y + ry <= box[3] - 0.4)
        )
        # Two different pictures in frames of one kind are alike along these, and the plainer they
        # are, the less there is besides.
        left, top, right, bottom = _unreached(
            box, self.moved.shape, tuple(np.abs(to[:, :2]).sum(axis=1) * _REACH)
        )
        inside &= self._far | (
            (x - rx >= left) & (y - ry >= top) & (x + rx <= right) & (y + ry <= bottom)
        )
        e, f = self._mean(self.gx, o) - self._xb, self._mean(self.gy, o) - self._yb
        a, d = self.a + 1e-4, self.d + 1e-4
        det = a * d - self.c**2
        mo = self.block(o)
        oo = np.maximum(self._mean(o, o) - mo**2, 1e-6)
        ncc = (self._mean(self.b, o) - self.mb * mo) / np.sqrt(self.bb * oo)
        shown = inside & (np.maximum(self.db, deviation) > _GRAIN) & (self.least > 2e-3)
        return BlockResiduals(
            (d * e - self.c * f) / det,
            (a * f - self.c * e) / det,
            ncc,
            inside,
            shown,
            deviation,
            warped,
        )

    def step(self, seen: BlockResiduals) -> Matrix | None:
        """What takes out the displacements that are seen, by scaling and shifting alone, as a 2×3
        step."""
        use = seen.shown & (seen.ncc > 0.3) & (np.hypot(seen.dx, seen.dy) < 6)
        number = int(use.sum())
        if number < 6:
            use = seen.shown
            number = int(use.sum())
        if number < 4:
            return None
        place, apart = (
            np.stack([self.cx[use], self.cy[use]]),
            np.stack([seen.dx[use], seen.dy[use]]),
        )
        return fit_scale_and_translation(place, apart, self.least[use], scaled=number >= 12)

    def stepped(self, seen: BlockResiduals, step: Matrix) -> BlockResiduals:
        """What would be seen after a step that is too small for another look."""
        dx, dy = (
            seen_by - (step[i, 0] * self.cx + step[i, 1] * self.cy + step[i, 2])
            for i, seen_by in enumerate((seen.dx, seen.dy))
        )
        return replace(seen, dx=dx, dy=dy)
