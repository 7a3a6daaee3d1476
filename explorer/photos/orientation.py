"""How to turn pictures upright, according to the orientation in their EXIF data."""

from __future__ import annotations

from PIL import Image

ORIENTATION_TRANSPOSE = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""EXIF orientation → the transposition that turns the picture upright; 1 is upright already."""
FIRST_SWAPPED = 5
"""From this orientation on, width and height are swapped."""
