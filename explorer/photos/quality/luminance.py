"""The pixels in which quality is measured: luminance, and plain RGB."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image

Pixels = npt.NDArray[np.uint8]

# Transposing luminance takes a tenth of the time of transposing the picture with Pillow.
_TRANSPOSED: dict[Image.Transpose, Callable[[Any], Any]] = {
    Image.Transpose.FLIP_LEFT_RIGHT: lambda gray: cv2.flip(gray, 1),
    Image.Transpose.FLIP_TOP_BOTTOM: lambda gray: cv2.flip(gray, 0),
    Image.Transpose.ROTATE_90: lambda gray: cv2.rotate(gray, cv2.ROTATE_90_COUNTERCLOCKWISE),
    Image.Transpose.ROTATE_180: lambda gray: cv2.rotate(gray, cv2.ROTATE_180),
    Image.Transpose.ROTATE_270: lambda gray: cv2.rotate(gray, cv2.ROTATE_90_CLOCKWISE),
    Image.Transpose.TRANSPOSE: cv2.transpose,
    Image.Transpose.TRANSVERSE: lambda gray: cv2.rotate(cv2.transpose(gray), cv2.ROTATE_180),
}


def luminance(pixels: Pixels, transpose: Image.Transpose | None = None) -> Pixels:
    """The Rec. 601 luma of a picture, (height, width), transposed if requested.

    pixels: (height, width), or with 3 or 4 channels; the first 3 are red, green and blue.
    """
    if pixels.ndim == 2:
        gray = pixels
    else:
        code = cv2.COLOR_RGBA2GRAY if pixels.shape[2] == 4 else cv2.COLOR_RGB2GRAY
        gray = cv2.cvtColor(np.ascontiguousarray(pixels), code)  # type: ignore[assignment]
    return gray if transpose is None else _TRANSPOSED[transpose](gray)


def rgb(pixels: Pixels) -> Pixels:
    """The first 3 channels of a picture with 3 or 4."""
    if pixels.shape[2] == 3:
        return pixels
    return cv2.cvtColor(pixels, cv2.COLOR_RGBA2RGB)  # type: ignore[return-value]
