"""Whatever colours a file has → 8-bit sRGB."""

from __future__ import annotations

import functools
import io

import numpy as np
from PIL import Image, ImageCms

from explorer.photos.scaling import fit


def to_rgb(picture: Image.Image, reduction: int, side: int | None = None) -> Image.Image:
    """A loaded picture → RGB in sRGB; transparent parts become white.

    reduction: it is shrunk by that whole factor on the way. side: and then until its longest side is no more than that.
    Grey of more than 8 bits keeps its range: 16 bits are divided by 256, floats are stretched from their least to their greatest.
    """
    profile = picture.info.get("icc_profile")
    small = _eight_bits(picture)
    if _has_alpha(small):
        # With colours multiplied by how much of them is there, so that what is hidden does not bleed into what is seen.
        small = small.convert("RGBA").convert("RGBa")
    elif small.mode == "P":
        small = small.convert("RGB")
    elif small.mode == "1":
        small = small.convert("L")
    if reduction > 1:
        small = small.reduce(reduction)
    if small.mode == "RGBa":
        small = small.convert("RGBA")
        small = Image.alpha_composite(Image.new("RGBA", small.size, "white"), small).convert("RGB")
    if side is not None:
        small = fit(small, side)
    managed = _managed(small, profile) if (isinstance(profile, bytes) and profile) or small.mode == "LAB" else None
    return managed or (small if small.mode == "RGB" else small.convert("RGB"))


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


def _managed(picture: Image.Image, profile: object) -> Image.Image | None:
    """The picture's colours seen through its own profile; None where that is sRGB anyway, broken, or meant for another mode."""
    if picture.mode not in ("RGB", "L", "CMYK", "LAB"):
        return None
    try:
        transform = _transform(profile if isinstance(profile, bytes) else b"", picture.mode)
        return ImageCms.applyTransform(picture, transform) if transform else None
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return None


@functools.lru_cache(maxsize=16)
def _transform(profile: bytes, mode: str) -> ImageCms.ImageCmsTransform | None:
    if mode == "LAB":
        source = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB"))
    else:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        if "srgb" in ImageCms.getProfileDescription(source).lower():
            return None
    return ImageCms.buildTransform(source, ImageCms.createProfile("sRGB"), mode, "RGB")
