"""Whatever colours a file has → 8-bit sRGB."""

from __future__ import annotations

import functools
import io

import numpy as np
from PIL import Image, ImageCms


def to_rgb(picture: Image.Image, reduction: int) -> Image.Image:
    """A loaded picture → RGB in sRGB, shrunk by that whole factor on the way; transparent parts become white.

    Grey of more than 8 bits keeps its range: 16 bits are divided by 256, floats are stretched from their least to their greatest.
    """
    profile = picture.info.get("icc_profile")
    small = _eight_bits(picture)
    if small.mode in ("P", "PA", "RGBa", "La"):
        small = small.convert("RGBA" if _has_alpha(small) else "RGB")
    elif small.mode == "1":
        small = small.convert("L")
    if reduction > 1:
        small = small.reduce(reduction)
    if _has_alpha(small):
        small = small.convert("RGBA")
        white = Image.new("RGBA", small.size, "white")
        small = Image.alpha_composite(white, small).convert("RGB")
    managed = _managed(small, profile) if isinstance(profile, bytes) and profile else None
    return managed or small.convert("RGB")


def _has_alpha(picture: Image.Image) -> bool:
    return picture.mode in ("RGBA", "LA", "PA", "RGBa", "La") or "transparency" in picture.info


def _eight_bits(picture: Image.Image) -> Image.Image:
    if picture.mode.startswith("I;16"):
        return Image.fromarray((np.asarray(picture, np.uint16) >> 8).astype(np.uint8))
    if picture.mode == "I":
        values = np.asarray(picture, np.int64)
        top = values.max(initial=0)
        return Image.fromarray(
            (values.clip(0) >> max(0, int(top).bit_length() - 8 if top > 65535 else 8 if top > 255 else 0)).astype(np.uint8)
        )
    if picture.mode == "F":
        floats = np.nan_to_num(np.asarray(picture, np.float64), nan=0.0, posinf=0.0, neginf=0.0)
        low, high = floats.min(), floats.max()
        return Image.fromarray(((floats - low) * (255.0 / max(high - low, 1e-12))).astype(np.uint8))
    return picture


def _managed(picture: Image.Image, profile: bytes) -> Image.Image | None:
    """The picture's colours seen through its own profile; None where that is sRGB anyway, broken, or meant for another mode."""
    if picture.mode not in ("RGB", "L", "CMYK"):
        return None
    try:
        transform = _transform(profile, picture.mode)
        return ImageCms.applyTransform(picture, transform) if transform else None
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return None


@functools.lru_cache(maxsize=16)
def _transform(profile: bytes, mode: str) -> ImageCms.ImageCmsTransform | None:
    source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
    if "srgb" in ImageCms.getProfileDescription(source).lower():
        return None
    return ImageCms.buildTransform(source, ImageCms.createProfile("sRGB"), mode, "RGB")
