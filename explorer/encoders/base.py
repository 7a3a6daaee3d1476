"""What every encoder is: pictures, and for some also words, turned into unit vectors of one space."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
import numpy.typing as npt

from explorer.photos.input_spec import InputSpec

Pixels = npt.NDArray[np.uint8]
Vectors = npt.NDArray[np.float32]


class Encoder(Protocol):
    """One loaded model. Safe to call from several threads.

    name: what a person types (`starter`, `clip`, `open_clip:MODEL/TAG`).
    version: a fingerprint of the weights; vectors of different versions are never compared.
    dim: length of a vector. spec: the pixels it takes. has_text: whether phrases can be encoded.
    """

    @property
    def name(self) -> str: ...
    @property
    def version(self) -> str: ...
    @property
    def dim(self) -> int: ...
    @property
    def spec(self) -> InputSpec: ...
    @property
    def has_text(self) -> bool: ...

    def warm_up(self) -> None:
        """Load what photos need; nothing, where it is loaded already. Raises as `encode_images`
        does."""
        ...

    def encode_images(self, pixels: Pixels) -> Vectors:
        """uint8 RGB of shape (n, size, size, 3), 0–255 → float32 of shape (n, dim), each row of
        length 1."""
        ...

    def encode_texts(self, phrases: Sequence[str]) -> Vectors:
        """Phrases → float32 of shape (n, dim), each row of length 1.

        Raises NoTextEncoder where the model has no text side.
        """
        ...


def unit(rows: npt.NDArray[np.floating]) -> Vectors:
    """Rows scaled to length 1, as float32; a row of zeros stays zeros."""
    out = np.asarray(rows, dtype=np.float32)
    norms = np.linalg.norm(out, axis=-1, keepdims=True)
    return np.asarray(out / np.maximum(norms, 1e-12), dtype=np.float32)
