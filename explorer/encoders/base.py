"""The interface of every encoder: images, and with some encoders also phrases, become unit vectors
in one space."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol, runtime_checkable

import numpy as np
import numpy.typing as npt

from explorer.photos.input_spec import InputSpec

Pixels = npt.NDArray[np.uint8]
Vectors = npt.NDArray[np.float32]
Grid = npt.NDArray[np.float32]
Progress = Callable[[int, "int | None"], None]
"""Called with the number of bytes downloaded so far and in total; None if the total is unknown."""


class Encoder(Protocol):
    """A model that turns images into vectors. Safe to call from several threads."""

    @property
    def name(self) -> str:
        """The name that a user types: `starter`, `clip`, `open_clip:MODEL/TAG`."""
        ...

    @property
    def version(self) -> str:
        """A fingerprint of the weights. Vectors of different versions are never compared."""
        ...

    @property
    def dim(self) -> int:
        """The number of dimensions of a vector."""
        ...

    @property
    def spec(self) -> InputSpec:
        """The input that `encode_images` expects."""
        ...

    @property
    def has_text(self) -> bool:
        """Whether it can encode phrases."""
        ...

    def warm_up(self) -> None:
        """Load what `encode_images` needs, unless it is loaded already. Raises the same errors as
        `encode_images`."""
        ...

    def encode_images(self, pixels: Pixels) -> Vectors:
        """Encode images: uint8 RGB of shape (n, size, size, 3) → float32 of shape (n, dim), rows of
        length 1."""
        ...

    def encode_texts(self, phrases: Sequence[str]) -> Vectors:
        """Encode n phrases: float32 of shape (n, dim), rows of length 1.

        Raises NoTextEncoder if the model has no text encoder.
        """
        ...


@runtime_checkable
class HeatMapEncoder(Protocol):
    """An encoder that can also locate the part of an image that matches a query."""

    def heat_map(self, pixels: Pixels, query: Vectors) -> Grid:
        """How well each part of an image matches a query: float32 of shape (h, w), from 0 (worst)
        to 1 (best); all zeros if no part stands out.

        pixels: uint8 RGB of shape (size, size, 3), as for `encode_images`. query: a unit vector of
        shape (dim,), which may stand for a phrase, a photo, or several of them combined.
        """
        ...


@runtime_checkable
class InstanceEncoder(Protocol):
    """An encoder that supports instance retrieval: it can give appearance more weight than
    meaning."""

    def instance_queries(self, photos: Vectors) -> Vectors:
        """Turn the vectors of photos into query vectors; both (n, dim), rows of length 1. They are
        better at finding the very same object, and still find others of its kind."""
        ...


@runtime_checkable
class TwoTowerEncoder(Protocol):
    """An encoder whose image and text parts are separate models."""

    def release_text(self, idle_seconds: float = 0.0) -> bool:
        """Free the text part's memory if it has encoded no phrase for this many seconds. The next
        phrase loads it again. Returns whether it was freed."""
        ...

    def reload_images(self) -> None:
        """Choose the engine of the image part again, for the next images."""
        ...


def heat_map(encoder: Encoder, pixels: Pixels, query: Vectors) -> Grid | None:
    """Call `HeatMapEncoder.heat_map`; None for an encoder without heat maps."""
    return encoder.heat_map(pixels, query) if isinstance(encoder, HeatMapEncoder) else None


def scaled_to_range(values: npt.NDArray[np.floating]) -> Grid:
    """Scale values linearly to the range 0–1, as float32; all zeros if they barely differ."""
    low, high = float(values.min()), float(values.max())
    if high - low < 1e-6:
        return np.zeros(values.shape, np.float32)
    return np.asarray((values - low) / (high - low), np.float32)


def unit(rows: npt.NDArray[np.floating]) -> Vectors:
    """Scale rows to length 1, as float32. A row of zeros is left as it is."""
    out = np.asarray(rows, dtype=np.float32)
    norms = np.linalg.norm(out, axis=-1, keepdims=True)
    return np.asarray(out / np.maximum(norms, 1e-12), dtype=np.float32)


def encode_in_batches(
    encode: Callable[[slice], npt.NDArray[np.float32]], count: int, batch: int, dim: int
) -> Vectors:
    """Encode `count` items, at most `batch` at a time: float32 of shape (count, dim), rows of
    length 1. encode: returns the vectors of one batch, given as a slice of the items."""
    rows = [encode(slice(start, start + batch)) for start in range(0, count, batch)]
    return unit(np.concatenate(rows)) if rows else np.zeros((0, dim), np.float32)
