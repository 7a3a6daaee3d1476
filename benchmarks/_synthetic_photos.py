"""A synthetic library: previews made from real photos, and random vectors that are close for
copies.

Each source photo gives four quarters without common content, and then the quarters rotated by
angles that make them different pictures. One photo in ten is a copy of an earlier one.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
from PIL import Image, ImageOps

from explorer.photos.hashing import perceptual_hash

# Width and height of a preview.
_SIZE = (512, 384)
# Rotations of a quarter in degrees, different enough that the results are not copies of each other.
ROTATIONS = (37, 54, 20, 70, 28, 62, 45)
# One photo in this many is a copy.
_COPY_INTERVAL = 10
# The number of photos of one subject, and the dimension of a vector.
_SUBJECT, DIM = 40, 384
# The share of a vector's variance that comes from its subject, or, for a copy, from its original.
_SHARED, _COPIED = 0.5, 0.9


class SyntheticPhoto(NamedTuple):
    """One photo with its preview. of: the number of its original, or -1 if it is not a copy."""

    number: int
    jpeg: bytes
    phash: bytes
    of: int


def original_of(number: int) -> int:
    """The number of a photo's original, or -1 if it is not a copy."""
    if number % _COPY_INTERVAL != _COPY_INTERVAL - 1:
        return -1
    other = int(np.random.default_rng([7, number]).integers(number))
    return other - 1 if other % _COPY_INTERVAL == _COPY_INTERVAL - 1 else other


def picture(number: int, sources: list[Path]) -> Image.Image:
    """The picture of a photo, or of its original if it is a copy."""
    number = max(original_of(number), number if original_of(number) < 0 else -1)
    source, rest = sources[number % len(sources)], number // len(sources)
    quarter, rotation = rest % 4, rest // 4
    with Image.open(source) as opened:
        whole = ImageOps.exif_transpose(opened).convert("RGB")
    w, h = whole.width // 2, whole.height // 2
    left, top = quarter % 2 * w, quarter // 2 * h
    part = whole.crop((left, top, left + w, top + h)).resize(_SIZE, Image.Resampling.BICUBIC)
    if rotation:
        # Crop the empty corners.
        part = part.rotate(ROTATIONS[rotation - 1], Image.Resampling.BICUBIC)
        part = part.crop((128, 96, 384, 288)).resize(_SIZE, Image.Resampling.BICUBIC)
    return part


def copy_of(part: Image.Image, number: int) -> Image.Image:
    """A copy of a picture: reduced, cropped, mirrored, with a border, or unchanged."""
    method, (w, h) = number // _COPY_INTERVAL % 5, part.size
    if method == 0:
        return part.resize((w // 2, h // 2), Image.Resampling.LANCZOS)
    if method == 1:
        return part.crop((0, h // 12, w - w // 12, h))
    if method == 2:
        return ImageOps.mirror(part)
    return ImageOps.expand(part, 16, "white") if method == 3 else part


def make_photo(job: tuple[int, list[Path], Path | None]) -> SyntheticPhoto:
    """Generate the preview of a photo, or read it from the folder in which it was kept.

    job: (number of the photo, source photos, folder or None).
    """
    number, sources, keep = job
    of = original_of(number)
    kept = keep / f"{number // 1000:04}" / f"{number:07}.jpg" if keep else None
    if kept and kept.exists():
        data = kept.read_bytes()
        return SyntheticPhoto(number, data, perceptual_hash(Image.open(io.BytesIO(data))), of)
    part = picture(number, sources)
    if of >= 0:
        part = copy_of(part, number)
    packed = io.BytesIO()
    part.save(packed, "JPEG", quality=85 if of < 0 else 70)
    part = Image.open(packed)
    if kept:
        kept.parent.mkdir(parents=True, exist_ok=True)
        whole = kept.with_suffix(".part")
        whole.write_bytes(packed.getvalue())
        whole.replace(kept)
    return SyntheticPhoto(number, packed.getvalue(), perceptual_hash(part), of)


def vectors(number: int, seed: int = 3) -> Iterator[np.ndarray]:
    """A unit vector, float32 (DIM,), for each of `number` photos."""
    random = np.random.default_rng(seed)
    kept = np.zeros((number, DIM), np.float16)
    subjects = unit(random.standard_normal((max(1, number // _SUBJECT), DIM)))
    for i in range(number):
        of = original_of(i)
        near, share = (
            (subjects[i % len(subjects)], _SHARED) if of < 0 else (kept[of].astype(float), _COPIED)
        )
        kept[i] = unit(share**0.5 * near + (1 - share) ** 0.5 * unit(random.standard_normal(DIM)))
        yield kept[i].astype(np.float32)


def unit(rows: np.ndarray) -> np.ndarray:
    return np.asarray(rows / np.linalg.norm(rows, axis=-1, keepdims=True))
