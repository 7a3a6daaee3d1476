"""Whether a small picture in a file shows just what the large one shows: a camera's preview, which
holds nothing more."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator

import numpy as np
import numpy.typing as npt
from PIL import Image

from explorer.photos.limits import check_pixels

# A preview has at most this share of the pixels.
_SMALLER = 0.5
# Both are compared at this size, in levels of 255: on average, and in the worst pixel but for one
# in a hundred. Previews of cameras differ by 0.2 to 1.5 and 3 to 20, and the next frame of a burst
# by more than 3 or 40.
_SIDE, _MEAN, _WORST = 64, 3.0, 32.0
# Bars above and below a preview are darker than this.
_BAR = 20
_Levels = npt.NDArray[np.float32]


class PreviewMatcher:
    """The picture that others may be previews of. It is decoded once, at a reduced size, when it is
    first needed."""

    def __init__(
        self, opened: Callable[[], Image.Image], affordable: Callable[[int, int], bool]
    ) -> None:
        """opened: opens the picture, undecoded; may raise what Pillow raises. affordable: whether
        one of that width and height may still be decoded."""
        self._opened, self._affordable = opened, affordable

    @functools.cached_property
    def _picture(self) -> tuple[int, Image.Image]:
        """Number of its pixels, and what it shows."""
        picture = self._opened()
        pixels, shown = picture.width * picture.height, _decoded(picture)
        return pixels, shown.reduce(max(1, min(shown.size) // (4 * _SIDE)))

    def is_preview(self, small: Callable[[], Image.Image]) -> bool:
        """Whether the small picture is this one with at most half its pixels, perhaps cut to
        another aspect ratio or between black bars.

        small: opens it, undecoded. False where one of the two cannot be decoded.
        """
        try:
            one, (pixels, original) = small(), self._picture
            if one.width * one.height > _SMALLER * pixels or not self._affordable(*one.size):
                return False
            return any(_agree(a, b) for a, b in _ways(_decoded(one), original))
        except MemoryError:
            raise
        except Exception:  # noqa: BLE001  decoders raise whatever they like; what cannot be seen counts as something of its own
            return False


def _decoded(picture: Image.Image) -> Image.Image:
    check_pixels(*picture.size)
    if picture.format in ("JPEG", "MPO"):
        picture.draft("RGB", (4 * _SIDE, 4 * _SIDE))
    return picture.convert("RGB")


def _ways(small: Image.Image, large: Image.Image) -> Iterator[tuple[Image.Image, Image.Image]]:
    """The parts of both that would show the same."""
    yield small, large
    yield small, _cut(large, small.width / small.height)
    inner = _without_bars(small)
    if inner.size != small.size:
        yield inner, large


def _cut(picture: Image.Image, aspect: float) -> Image.Image:
    """The middle of a picture, in that ratio of width to height."""
    width, height = (
        min(picture.width, picture.height * aspect),
        min(picture.height, picture.width / aspect),
    )
    left, top = (picture.width - width) / 2, (picture.height - height) / 2
    return picture.crop((round(left), round(top), round(left + width), round(top + height)))


def _without_bars(picture: Image.Image) -> Image.Image:
    lit = np.asarray(picture.convert("L")) > _BAR
    # A few lit pixels in a bar are compression's.
    rows, columns = (np.flatnonzero(lit.mean(axis=axis) > 0.02) for axis in (1, 0))
    if not len(rows) or not len(columns):
        return picture
    return picture.crop((int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1))


def _agree(one: Image.Image, other: Image.Image) -> bool:
    apart = np.abs(_levels(one) - _levels(other))
    return bool(apart.mean() <= _MEAN and np.quantile(apart, 0.99) <= _WORST)


def _levels(picture: Image.Image) -> _Levels:
    return np.asarray(picture.resize((_SIDE, _SIDE), Image.Resampling.BOX), np.float32)
