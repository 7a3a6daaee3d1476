"""Draw and describe heat maps, which show what part of a photo matches a query."""

from __future__ import annotations

import io

import numpy as np
import numpy.typing as npt
from PIL import Image

from explorer.encoders.base import Grid

# Longer side of a drawn map, in pixels: the few cells of a map are interpolated.
_SIDE = 256
# Color and opacity where a photo does not match, and where it matches best.
_COLD, _HOT = np.array([8, 10, 40, 160.0]), np.array([255, 150, 0, 45.0])


def draw_heat_map(grid: Grid, width: int, height: int) -> bytes:
    """A heat map, float32 (h, w) from 0 to 1, as a PNG to lay over a photo of this width and
    height: dark where the photo does not match, and lightly tinted where it does."""
    scale = _SIDE / max(width, height, 1)
    size = max(1, round(width * scale)), max(1, round(height * scale))
    smooth = Image.fromarray(grid.astype(np.float32)).resize(size, Image.Resampling.BICUBIC)
    # Squared, so that the part that matches best stands out.
    shares = np.asarray(smooth, np.float32).clip(0, 1)[..., None] ** 2
    colors = np.asarray(_COLD + (_HOT - _COLD) * shares).round().astype(np.uint8)
    png = io.BytesIO()
    Image.fromarray(colors, "RGBA").save(png, "PNG")
    return png.getvalue()


def hottest_cell(grid: Grid) -> tuple[float, float]:
    """The center of the best matching cell: x and y as fractions of the photo."""
    row, column = np.unravel_index(int(grid.argmax()), grid.shape)
    return (float(column) + 0.5) / grid.shape[1], (float(row) + 0.5) / grid.shape[0]


def describe_heat_map(grid: npt.NDArray[np.float32]) -> str:
    """Where a photo matches best, in words for those who cannot see the map."""
    if not grid.any():
        return "No part of this photo matches better than the others."
    x, y = hottest_cell(grid)
    down = ("upper", "middle", "lower")[min(2, int(3 * y))]
    across = ("left", "middle", "right")[min(2, int(3 * x))]
    where = "middle" if down == across else f"{down} {across}"
    return f"This photo matches best in the {where}."
