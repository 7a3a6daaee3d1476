"""Decide whether a small picture in a file is just a preview of the large one."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PIL import Image

from explorer.photos.limits import check_pixels


@dataclass(frozen=True)
class PreviewMatchThresholds:
    """Thresholds that separate a camera's previews from the next frame of a burst. Previews differ
    by 0.2 to 1.5 levels in the mean and 3 to 20 in the 99th percentile; frames by more than 3 and
    40."""

    max_pixel_share: float = 0.5
    """The largest share of the picture's pixels that a preview has."""
    max_mean_difference: float = 3.0
    """In levels of 255, at 64×64 pixels."""
    max_p99_difference: float = 32.0
    """In levels of 255, at 64×64 pixels."""
    bar_level: int = 20
    """The highest luminance of the black bars around a preview."""
    max_lit_bar_share: float = 0.02
    """The largest share of brighter pixels, which compression causes, in a row of a bar."""


_T = PreviewMatchThresholds()
_SIDE = 64
_Levels = npt.NDArray[np.float32]


class PreviewMatcher:
    """Tests whether other pictures are previews of this one, which is decoded once, on first
    use."""

    def __init__(
        self, opened: Callable[[], Image.Image], affordable: Callable[[int, int], bool]
    ) -> None:
        """opened: opens the picture without decoding it; may raise what Pillow raises. affordable:
        returns whether a picture of that width and height may still be decoded."""
        self._opened, self._affordable = opened, affordable

    @functools.cached_property
    def _picture(self) -> tuple[int, Image.Image]:
        """The number of its pixels, and the picture at a reduced size."""
        picture = self._opened()
        pixels, shown = picture.width * picture.height, _decoded(picture)
        return pixels, shown.reduce(max(1, min(shown.size) // (4 * _SIDE)))

    def is_preview(self, small: Callable[[], Image.Image]) -> bool:
        """Whether the small picture is this one at a reduced size, perhaps cropped to another
        aspect ratio or between black bars.

        small: opens it without decoding it. Returns False if either cannot be decoded.
        """
        try:
            one, (pixels, original) = small(), self._picture
            if one.width * one.height > _T.max_pixel_share * pixels or not self._affordable(
                *one.size
            ):
                return False
            return any(_look_alike(a, b) for a, b in _candidates(_decoded(one), original))
        except MemoryError:
            raise
        except Exception:  # noqa: BLE001  decoders may raise anything; an unreadable picture is not a preview
            return False


def _decoded(picture: Image.Image) -> Image.Image:
    check_pixels(*picture.size)
    if picture.format in ("JPEG", "MPO"):
        picture.draft("RGB", (4 * _SIDE, 4 * _SIDE))
    return picture.convert("RGB")


def _candidates(
    small: Image.Image, large: Image.Image
) -> Iterator[tuple[Image.Image, Image.Image]]:
    """The pairs to compare: both whole, the large one cropped, the small one without bars."""
    yield small, large
    yield small, _crop_to_aspect(large, small.width / small.height)
    inner = _without_bars(small)
    if inner.size != small.size:
        yield inner, large


def _crop_to_aspect(picture: Image.Image, aspect: float) -> Image.Image:
    """Crop a picture centrally to that ratio of width to height."""
    width, height = (
        min(picture.width, picture.height * aspect),
        min(picture.height, picture.width / aspect),
    )
    left, top = (picture.width - width) / 2, (picture.height - height) / 2
    return picture.crop((round(left), round(top), round(left + width), round(top + height)))


def _without_bars(picture: Image.Image) -> Image.Image:
    lit = np.asarray(picture.convert("L")) > _T.bar_level
    rows, columns = (np.flatnonzero(lit.mean(axis=axis) > _T.max_lit_bar_share) for axis in (1, 0))
    if not len(rows) or not len(columns):
        return picture
    return picture.crop((int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1))


def _look_alike(one: Image.Image, other: Image.Image) -> bool:
    difference = np.abs(_levels(one) - _levels(other))
    return bool(
        difference.mean() <= _T.max_mean_difference
        and np.quantile(difference, 0.99) <= _T.max_p99_difference
    )


def _levels(picture: Image.Image) -> _Levels:
    return np.asarray(picture.resize((_SIDE, _SIDE), Image.Resampling.BOX), np.float32)
