"""Convert the colors of any picture to 8-bit sRGB."""

from __future__ import annotations

import functools
import io
from typing import NamedTuple

import numpy as np
from PIL import Image, ImageCms

from explorer.photos.color.color_space import declared_color_space
from explorer.photos.resize import fit

_GRAY = ("L", "LA", "La", "1", "I", "F", "I;16", "I;16B", "I;16L", "I;16N")
# Modes whose samples are neither RGB nor gray, so that they are always converted.
NEITHER_RGB_NOR_GRAY = ("CMYK", "YCCK", "YCbCr", "LAB", "HSV")
# In levels of 255: the largest difference between a profile and sRGB that is ignored, and between a
# picture's grays and sRGB's that does not matter when quality is measured.
_MAX_SRGB_SHIFT, _MAX_GRAY_SHIFT = 2, 24
# Test colors that tell a profile from sRGB: all combinations of 0, 51, … 255 of each primary.
_STEPS = np.arange(0, 256, 51, dtype=np.uint8)
_PATCHES = Image.fromarray(
    np.stack(np.meshgrid(_STEPS, _STEPS, _STEPS, indexing="ij"), axis=-1).reshape(1, -1, 3)
)


def to_rgb(picture: Image.Image, reduction: int, side: int | None = None) -> Image.Image:
    """Convert a loaded picture to sRGB in mode RGB, on a white background.

    reduction: the integer factor by which it is reduced first. side: the maximum length of the
    longer side, or None. Gray of more than 8 bits keeps its range: 16-bit values are divided by
    256, and floats are stretched from minimum to maximum.
    """
    profile = _profile(picture)
    was_gray = picture.mode in _GRAY
    small = _eight_bits(picture)
    if _has_alpha(small):
        # Premultiply, so that transparent pixels do not bleed into visible ones.
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
    if profile or small.mode == "LAB":
        # Gray with alpha has become RGB above.
        managed = _managed(
            small.getchannel(0) if was_gray and small.mode == "RGB" else small, profile
        )
        return managed or (small if small.mode == "RGB" else small.convert("RGB"))
    plain = small if small.mode == "RGB" else small.convert("RGB")
    space = None if picture.mode in ("CMYK", "YCCK") else declared_color_space(picture)
    return space.to_srgb(plain) if space else plain


def color_conversion(picture: Image.Image) -> bytes:
    """What determines how `to_rgb` converts the colors of a loaded picture: its mode, and its
    profile or color space. b"" if its samples are sRGB, and thus not converted."""
    mode = picture.mode if picture.mode in NEITHER_RGB_NOR_GRAY else "RGB"
    if (profile := _profile(picture)) or mode == "LAB":
        if _or_none(profile, "L" if picture.mode in _GRAY else mode):
            return mode.encode() + profile
    elif mode == "RGB" and (space := declared_color_space(picture)):
        return f"{mode} {space.primaries} {space.curve}".encode()
    return b"" if mode == "RGB" else mode.encode()


def has_non_srgb_tones(picture: Image.Image) -> bool:
    """Whether the tone curve of a loaded picture differs from sRGB's so much that its values must
    be converted before they are measured."""
    if profile := _profile(picture):
        transform = _or_none(profile, "L" if picture.mode in _GRAY else picture.mode)
        return transform is not None and transform.shift > _MAX_GRAY_SHIFT
    space = declared_color_space(picture)
    return space is not None and not space.has_srgb_tones


def _profile(picture: Image.Image) -> bytes:
    """The ICC profile that applies, or b"". A PNG's CICP codes override it (PNG 3, section 4.3)."""
    profile = picture.info.get("icc_profile")
    codes = picture.format == "PNG" and picture.info.get("cicp")
    return profile if isinstance(profile, bytes) and not codes else b""


def _has_alpha(picture: Image.Image) -> bool:
    return picture.mode in ("RGBA", "LA", "PA", "RGBa", "La") or "transparency" in picture.info


def _eight_bits(picture: Image.Image) -> Image.Image:
    if picture.mode.startswith("I;16"):
        return Image.fromarray((np.asarray(picture, np.uint16) >> 8).astype(np.uint8))
    if picture.mode == "I":
        values = np.asarray(picture, np.int64)
        top = values.max(initial=0)
        return Image.fromarray(
            (
                values.clip(0)
                >> max(0, int(top).bit_length() - 8 if top > 65535 else 8 if top > 255 else 0)
            ).astype(np.uint8)
        )
    if picture.mode == "F":
        floats = np.nan_to_num(np.asarray(picture, np.float64), nan=0.0, posinf=0.0, neginf=0.0)
        low, high = floats.min(), floats.max()
        return Image.fromarray(((floats - low) * (255.0 / max(high - low, 1e-12))).astype(np.uint8))
    return picture


class _Transform(NamedTuple):
    """A color transform to sRGB."""

    transform: ImageCms.ImageCmsTransform
    mode: str
    """The mode that a picture must be in."""
    shift: int
    """The largest change of a gray, in levels of 255."""


def _managed(picture: Image.Image, profile: bytes) -> Image.Image | None:
    """Convert a picture to sRGB with its own profile; None if that changes nothing, or if the
    profile is broken or does not fit the mode."""
    found = _or_none(profile, picture.mode)
    if found is None:
        return None
    try:
        return ImageCms.applyTransform(
            picture if picture.mode == found.mode else picture.convert(found.mode), found.transform
        )
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return None


def _or_none(profile: bytes, mode: str) -> _Transform | None:
    try:
        return _transform(profile, mode) if mode in ("RGB", "L", "CMYK", "LAB") else None
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return None


@functools.lru_cache(maxsize=16)
def _transform(profile: bytes, mode: str) -> _Transform | None:
    """The transform from a profile to sRGB; None if it changes next to nothing, as for the many
    variants of sRGB.

    Raises PyCMSError for a profile that is broken or does not fit the mode.
    """
    source = ImageCms.ImageCmsProfile(
        ImageCms.createProfile("LAB") if mode == "LAB" else io.BytesIO(profile)
    )
    if mode == "L" and source.profile.xcolor_space.strip() == "RGB":
        # A gray picture with an RGB profile: only the tone curve matters.
        mode = "RGB"
    made = ImageCms.buildTransform(source, ImageCms.createProfile("sRGB"), mode, "RGB")
    if mode not in ("RGB", "L"):
        return _Transform(made, mode, 0)
    patches = _PATCHES if mode == "RGB" else Image.fromarray(np.arange(256, dtype=np.uint8)[None])
    before, after = (
        np.asarray(patches.convert("RGB"), np.int16),
        np.asarray(ImageCms.applyTransform(patches, made), np.int16),
    )
    changes = np.abs(after - before).max(axis=2)
    gray = np.ptp(before, axis=2) == 0
    return (
        _Transform(made, mode, int(changes[gray].max()))
        if changes.max() > _MAX_SRGB_SHIFT
        else None
    )
