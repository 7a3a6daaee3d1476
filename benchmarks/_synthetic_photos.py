"""A synthetic library: previews made of real photos, and vectors that are near for copies.

Each source photo gives four quarters, which share nothing, and then quarters turned by angles that
make other pictures of them. One in ten is a copy of an earlier one.
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
# Degrees by which a quarter is turned, far enough apart not to be copies of each other.
TURNS = (37, 54, 20, 70, 28, 62, 45)
# Every so many-th photo is a copy.
_EACH = 10
# Photos of one subject, and dimensions of a vector.
_SUBJECT, DIM = 40, 384
# Share of a vector that is its subject's, and, for copies, its original's.
_SHARED, _COPIED = 0.5, 0.9


class SyntheticPhoto(NamedTuple):
    """The preview of one photo. of: the number of its original, or -1 if it is not a copy."""

    number: int
    jpeg: bytes
    phash: bytes
    of: int


def original_of(number: int) -> int:
    """The original of a photo, or -1 if it is not a copy."""
    if number % _EACH != _EACH - 1:
        return -1
    other = int(np.random.default_rng([7, number]).integers(number))
    return other - 1 if other % _EACH == _EACH - 1 else other


def picture(number: int, sources: list[Path]) -> Image.Image:
    """The photo of that number; of a copy, its original."""
    number = max(original_of(number), number if original_of(number) < 0 else -1)
    source, rest = sources[number % len(sources)], number // len(sources)
    quarter, turn = rest % 4, rest // 4
    with Image.open(source) as opened:
        whole = ImageOps.exif_transpose(opened).convert("RGB")
    w, h = whole.width // 2, whole.height // 2
    left, top = quarter % 2 * w, quarter // 2 * h
    part = whole.crop((left, top, left + w, top + h)).resize(_SIZE, Image.Resampling.BICUBIC)
    if turn:
        # Crop the empty corners.
        part = part.rotate(TURNS[turn - 1], Image.Resampling.BICUBIC)
        part = part.crop((128, 96, 384, 288)).resize(_SIZE, Image.Resampling.BICUBIC)
    return part


def copy_of(part: Image.Image, number: int) -> Image.Image:
    """A copy, made in one of five ways."""
    how, (w, h) = number // _EACH % 5, part.size
    if how == 0:
        return part.resize((w // 2, h // 2), Image.Resampling.LANCZOS)
    if how == 1:
        return part.crop((0, h // 12, w - w // 12, h))
    if how == 2:
        return ImageOps.mirror(part)
    return ImageOps.expand(part, 16, "white") if how == 3 else part


def make_photo(job: tuple[int, list[Path], Path | None]) -> SyntheticPhoto:
    """The preview of a photo as decoding makes it, or as it was kept in a folder.

    job: (number, photos, folder or None).
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
    """A unit vector for each photo."""
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
