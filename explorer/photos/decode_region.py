"""Decode parts of a photo at the resolution that an encoder can use."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PIL import Image

from explorer.photos.color.convert import to_rgb
from explorer.photos.decode import photo_errors
from explorer.photos.input_spec import InputSpec
from explorer.photos.metadata import orientation
from explorer.photos.orientation import ORIENTATION_TRANSPOSE
from explorer.photos.photo_region import Box
from explorer.photos.picture_loader import load_picture, open_picture
from explorer.photos.resize import OVERSAMPLING, encoder_input, fit

# The longer side of a region's preview in pixels, and its JPEG quality.
PREVIEW_SIDE, _PREVIEW_QUALITY = 256, 85


@dataclass(frozen=True)
class DecodedRegion:
    """The decoded parts of a photo."""

    inputs: npt.NDArray[np.uint8]
    """The encoder's input for each box: uint8 of shape (n, size, size, 3)."""
    preview: bytes
    """The first box as a JPEG, upright, sRGB, at most 256 pixels on the longer side."""


def decode_region(data: bytes, spec: InputSpec, boxes: Sequence[Box]) -> DecodedRegion:
    """Crop boxes from the upright photo, and resize them to the encoder's input.

    data: the bytes of the file. boxes: at least one. Raises PhotoError.
    """
    with photo_errors(data):
        picture = open_picture(data)
        width, height = picture.size
        turn = orientation(picture)
        transpose = ORIENTATION_TRANSPOSE.get(turn)
        if transpose in _SWAPPING:
            width, height = height, width
        # Every box must still be large enough after the picture is reduced while loading.
        smallest = min(min(box[2] * width, box[3] * height) for box in boxes)
        shown = max(boxes[0][2] * width, boxes[0][3] * height)
        reduction = max(1.0, min(smallest / (OVERSAMPLING * spec.size), shown / PREVIEW_SIDE))
        before = picture.size[0]
        picture, _ = load_picture(picture, data, reduction)
        left = reduction * picture.width / before
        upright = to_rgb(picture, max(1, int(left)))
        if transpose is not None:
            upright = upright.transpose(transpose)
        parts = [upright.crop(_pixels(box, upright.size)) for box in boxes]
        preview = io.BytesIO()
        fit(parts[0], PREVIEW_SIDE).save(preview, "JPEG", quality=_PREVIEW_QUALITY)
        inputs = np.stack([np.asarray(encoder_input(part, spec)) for part in parts])
        return DecodedRegion(inputs, preview.getvalue())


_SWAPPING = {
    Image.Transpose.TRANSPOSE,
    Image.Transpose.ROTATE_270,
    Image.Transpose.TRANSVERSE,
    Image.Transpose.ROTATE_90,
}


def _pixels(box: Box, size: tuple[int, int]) -> tuple[int, int, int, int]:
    """A box in whole pixels (left, top, right, bottom), at least one pixel wide and high."""
    left, top = (
        min(int(share * length), length - 1) for share, length in zip(box[:2], size, strict=True)
    )
    right = max(left + 1, min(size[0], round((box[0] + box[2]) * size[0])))
    bottom = max(top + 1, min(size[1], round((box[1] + box[3]) * size[1])))
    return left, top, right, bottom
