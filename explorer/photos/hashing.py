"""Content hashes of files, and perceptual hashes of pictures."""

from __future__ import annotations

import functools
import hashlib

import numpy as np
import numpy.typing as npt
from PIL import Image

_SIDE, _COEFFICIENTS = 64, 16


def content_hash(data: bytes) -> bytes:
    """The 16-byte BLAKE2b hash of a file's bytes, which identifies it in the catalog."""
    return hashlib.blake2b(data, digest_size=16).digest()


@functools.cache
def _dct() -> npt.NDArray[np.float32]:
    """The first 16 rows of the unscaled 64-point DCT-II, (16, 64): cos(pi k (2n + 1) / 128)."""
    k, n = np.arange(_COEFFICIENTS)[:, None], np.arange(_SIDE)[None]
    return np.cos(np.pi * k * (2 * n + 1) / (2 * _SIDE)).astype(np.float32)


def perceptual_hash(picture: Image.Image) -> bytes:
    """The pHash of a picture: 256 bits, of which few change when it is resized or recompressed.

    As in Zauner 2010, Implementation and Benchmarking of Perceptual Image Hash Functions, 3.2.1,
    but with 16×16 instead of 8×8 coefficients: the lowest frequencies of the luminance at 64×64
    pixels, each compared with their median, which excludes the DC coefficient (the mean
    brightness). Returns 32 bytes.
    """
    gray = np.asarray(
        picture.convert("L").resize((_SIDE, _SIDE), Image.Resampling.BOX, reducing_gap=2.0),
        np.float32,
    )
    low = _dct() @ gray @ _dct().T
    median = np.median(low.ravel()[1:])
    return np.packbits(low > median).tobytes()
