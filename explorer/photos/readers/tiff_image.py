"""Convert the samples of a TIFF to a Pillow image (TIFF 6.0)."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from PIL import Image

from explorer.errors import UnsupportedPhoto
from explorer.photos.readers import tiff_tags as tag
from explorer.photos.readers.tiff_tags import Tags

UNSUPPORTED = "TIFF files of this kind cannot be read yet"
# Photometric interpretation → number of colors.
_COLORS = {0: 1, 1: 1, 2: 3, 3: 1, 5: 4, 6: 3, 8: 3, 9: 3}

Samples = npt.NDArray[np.generic]
"""(height, width, samples per pixel), in the type in which they are stored."""


def image_from_samples(samples: Samples, tags: Tags) -> Image.Image:
    """The picture with 8 bits per sample, or in mode F for gray floats.

    samples: (height, width, samples per pixel). Raises UnsupportedPhoto.
    """
    photometric = int(tags.get(tag.PHOTOMETRIC, (-1,))[0])
    colors = _COLORS.get(photometric, 0)
    per_pixel = samples.shape[2]
    if (
        not colors
        or per_pixel < colors
        or (photometric == 6 and tags.get(tag.YCBCR_SUBSAMPLING, (2, 2)) != (1, 1))
    ):
        raise UnsupportedPhoto(UNSUPPORTED)
    extra = tags.get(tag.EXTRA_SAMPLES, ())
    transparent = per_pixel > colors and bool(extra) and extra[0] in (1, 2)
    if photometric == 3:
        return _apply_palette(samples[:, :, 0], tags)
    if samples.dtype.kind == "f" and photometric in (1, 2) and not transparent:
        return _image_from_floats(samples[:, :, :colors])
    bits = int(tags.get(tag.BITS, (1,))[0])
    small = (
        _lab_to_bytes(samples[:, :, :3], bits)
        if photometric == 8
        else _to_bytes(samples[:, :, :colors], bits)
    )
    if photometric == 0:
        small = 255 - small
    if photometric in {8, 9}:
        return Image.merge(
            "LAB", [Image.fromarray(np.ascontiguousarray(small[:, :, i])) for i in range(3)]
        )
    alpha = _to_bytes(samples[:, :, colors : colors + 1], bits) if transparent else None
    mode = {1: "L", 3: "YCbCr" if photometric == 6 else "RGB", 4: "CMYK"}[colors]
    if alpha is not None and mode == "CMYK":
        # Transparent areas have no ink, so they show white paper.
        small = (small * (alpha / 255.0) + 0.5).astype(np.uint8) if extra[0] == 2 else small
    elif alpha is not None and mode != "YCbCr":
        if extra[0] == 1:
            # The colors are premultiplied by alpha.
            small = np.minimum(255.0, small * 255.0 / np.maximum(alpha, 1)).astype(np.uint8)
        small, mode = np.concatenate([small, alpha], axis=2), "LA" if colors == 1 else "RGBA"
    height, width = small.shape[:2]
    return Image.frombytes(mode, (width, height), np.ascontiguousarray(small).tobytes())


def _to_bytes(samples: Samples, bits: int) -> npt.NDArray[np.uint8]:
    """Convert samples of any type to 8 bits. Negative values become 0. With more than 16 bits,
    leading bits that no sample uses are dropped."""
    if samples.dtype.kind == "f":
        return (np.nan_to_num(samples.astype(np.float64), nan=0.0).clip(0, 1) * 255 + 0.5).astype(
            np.uint8
        )
    values = (
        samples.astype(np.uint64)
        if samples.dtype.kind == "u"
        else samples.clip(0).astype(np.uint64)
    )
    used = bits - (samples.dtype.kind == "i")
    if bits > 16:
        used = max(16, int(values.max(initial=0)).bit_length())
    if used < 8:
        return (values * 255 // ((1 << used) - 1)).astype(np.uint8)
    return (values >> np.uint64(used - 8)).astype(np.uint8)


def _lab_to_bytes(samples: Samples, bits: int) -> npt.NDArray[np.uint8]:
    """Convert CIE L*a*b* to Pillow's representation: the signed a and b are shifted by 128."""
    if bits not in (8, 16) or samples.dtype.kind == "f":
        raise UnsupportedPhoto(UNSUPPORTED)
    high = (samples.astype(np.int64) & ((1 << bits) - 1)) >> (bits - 8)
    high[:, :, 1:] ^= 128
    return high.astype(np.uint8)


def _apply_palette(indices: Samples, tags: Tags) -> Image.Image:
    colors = tags.get(tag.COLOR_MAP, ())
    if len(colors) < 3 or _is_out_of_range(indices, len(colors) // 3):
        raise UnsupportedPhoto(UNSUPPORTED)
    palette = (
        (np.array(colors[: len(colors) // 3 * 3], np.uint32) >> 8).astype(np.uint8).reshape(3, -1).T
    )
    return Image.fromarray(palette[indices.astype(np.int64)])


def _is_out_of_range(indices: Samples, number: int) -> bool:
    """Whether an index exceeds a palette of this many colors."""
    return indices.dtype.kind != "u" or int(indices.max(initial=0)) >= number


def _image_from_floats(samples: Samples) -> Image.Image:
    """Convert floats. Gray stays floating point, for `convert.to_rgb`. Colors within 0–1 are taken
    as encoded values; if any exceeds 1, as linear light."""
    from explorer.photos.color.hdr import linear_to_srgb

    values = np.nan_to_num(samples.astype(np.float32), nan=0.0, posinf=0.0, neginf=0.0)
    if values.shape[2] == 1:
        return Image.fromarray(np.ascontiguousarray(values[:, :, 0]))
    if float(values.max(initial=0)) > 1.0:
        return Image.fromarray(linear_to_srgb(values))
    return Image.fromarray((values.clip(0, 1) * 255 + 0.5).astype(np.uint8))
