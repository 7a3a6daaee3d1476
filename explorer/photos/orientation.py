"""How to turn pictures upright, according to the orientation in their metadata."""

from __future__ import annotations

import re

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
# As Pillow finds it where EXIF data has none.
_XMP_ORIENTATION = re.compile(rb"""(tiff:Orientation(?:=["']|>))[0-9]""")


def upright_xmp(packet: bytes) -> bytes:
    """An XMP packet with its orientation set to 1, for formats that store the rotation
    elsewhere."""
    return _XMP_ORIENTATION.sub(rb"\g<1>1", packet)
