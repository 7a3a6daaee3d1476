"""Render a photo for a screen: upright, in sRGB, as a JPEG that any browser displays."""

from __future__ import annotations

import io
import math
from dataclasses import dataclass

from explorer.photos.color.convert import to_rgb
from explorer.photos.decode import photo_errors
from explorer.photos.metadata import orientation
from explorer.photos.orientation import ORIENTATION_TRANSPOSE
from explorer.photos.picture_loader import load_picture, open_picture
from explorer.photos.resize import fit

MAX_PIXELS = 40_000_000
"""The pixel limit of a rendition at full size. Browsers do not keep more decoded, and it bounds
what a decode process sends to at most 3 bytes per pixel."""
# JPEG is encoded ten times faster than WebP and AVIF, and the user is waiting.
_QUALITY = 90


@dataclass(frozen=True)
class ScreenRendition:
    """A photo rendered for a screen."""

    jpeg: bytes
    width: int
    height: int


def render_screen(data: bytes, side: int | None) -> ScreenRendition:
    """Render a photo with its longer side at most `side` pixels, or at full size, within
    MAX_PIXELS, if that is None.

    data: the bytes of the file. The missing part of a damaged photo is gray or black. Raises
    PhotoError.
    """
    with photo_errors(data):
        picture = open_picture(data)
        longest = max(picture.size)
        scale = math.sqrt(min(1.0, MAX_PIXELS / (picture.width * picture.height)))
        limit = min(longest, side or math.ceil(scale * longest))
        picture, _ = load_picture(picture, data, longest / limit)
        # Reduce by a whole factor, to no less than twice the size, before converting the colors.
        shown = fit(to_rgb(picture, max(1, max(picture.size) // limit // 2)), limit)
        # This must follow loading: Pillow rotates a TIFF when it is loaded, and removes the tag.
        transpose = ORIENTATION_TRANSPOSE.get(orientation(picture))
        if transpose is not None:
            shown = shown.transpose(transpose)
        packed = io.BytesIO()
        # Without `comment`, Pillow would copy the original's comment.
        shown.save(packed, "JPEG", quality=_QUALITY, comment=b"")
        return ScreenRendition(packed.getvalue(), *shown.size)
