"""Convert HDR pictures of more than 8 bits to sRGB. Pillow reduces them to 8 bits, which is too few
for PQ: dark, saturated colors would show banding."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

from explorer.photos.color.color_space import ColorSpace, cicp_color_space

# Rows converted at a time: in floating point, a picture takes six times the memory.
_ROWS = 128


def to_srgb_from_16_bits(picture: Image.Image, data: bytes) -> Image.Image | None:
    """Convert a picture that is opened but not loaded to sRGB; None unless it is HDR with more than
    8 bits.

    data: the bytes of its file. Raises whatever the decoders raise for broken data.
    """
    space = (
        cicp_color_space(picture)
        if picture.format in ("HEIF", "PNG") and not _has_profile(picture)
        else None
    )
    if space is None or not space.is_hdr:
        return None
    samples = _of_heif(picture, data) if picture.format == "HEIF" else _of_png(data)
    if samples is None or samples.dtype != np.uint16 or samples.ndim != 3 or samples.shape[2] != 3:
        return None
    made = Image.fromarray(_converted(samples, space))
    kept = {
        name: value
        for name, value in picture.info.items()
        if name not in ("cicp", "nclx_profile", "icc_profile")
    }
    made.info, made.format = kept | {"high_bit_depth": True}, picture.format
    return made


def _has_profile(picture: Image.Image) -> bool:
    return picture.format == "HEIF" and bool(picture.info.get("icc_profile"))


def _of_heif(picture: Image.Image, data: bytes) -> npt.NDArray[Any] | None:
    import pillow_heif

    if picture.mode != "RGB" or picture.info.get("bit_depth", 8) <= 8:
        return None
    return np.asarray(pillow_heif.open_heif(data, convert_hdr_to_8bit=False))


def _of_png(data: bytes) -> npt.NDArray[Any] | None:
    # Bytes 24 and 25 of the header: 16 bits, color type RGB.
    if data[24:26] != b"\x10\x02":
        return None
    import cv2

    decoded = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    return None if decoded is None or decoded.ndim != 3 else decoded[:, :, ::-1]


def _converted(samples: npt.NDArray[np.uint16], space: ColorSpace) -> npt.NDArray[np.uint8]:
    made = np.empty(samples.shape, np.uint8)
    # Every fourth pixel of every fourth row is enough to find the peak.
    peak = space.peak(samples[::4, ::4] if min(samples.shape[:2]) > 64 else samples)
    for top in range(0, len(samples), _ROWS):
        made[top : top + _ROWS] = space.converted(samples[top : top + _ROWS], peak)
    return made
