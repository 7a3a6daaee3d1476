"""An encoder without a model: its vectors are made of the colours in a picture and of their
names."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence

import numpy as np
from PIL import ImageColor

from explorer.encoders.base import Pixels, Vectors, unit
from explorer.photos.input_spec import InputSpec

_NAMED = (
    "red",
    "green",
    "blue",
    "yellow",
    "orange",
    "purple",
    "pink",
    "brown",
    "black",
    "white",
    "grey",
    "gray",
    "cyan",
    "magenta",
)
_WORDS = {"dark": "#101010", "bright": "#f0f0f0"} | {name: name for name in _NAMED}
_GRID = 4


class Tiny:
    """Pictures with similar colours in similar places have similar vectors. The name of a colour
    has the vector of a picture of that colour alone."""

    name, version, dim = "tiny", "1", 32
    spec = InputSpec(32, "squash", "bilinear")
    has_text = True

    def __init__(self) -> None:
        features = _GRID * _GRID * 4
        self._projection = np.random.default_rng(7).standard_normal(
            (features, self.dim - 5)
        ).astype(np.float32) / np.sqrt(features)

    def warm_up(self) -> None:
        """There is nothing to load."""

    def encode_images(self, pixels: Pixels) -> Vectors:
        """The mean colour, and a random projection of how a 4 × 4 grid of colours differs from
        it."""
        count, side = len(pixels), self.spec.size // _GRID
        cells = (
            (pixels.astype(np.float32) / 127.5 - 1)
            .reshape(count, _GRID, side, _GRID, side, 3)
            .mean(axis=(2, 4))
        )
        light = cells.mean(axis=3, keepdims=True)
        # Hue counts more than lightness: a dark green is more like green than like black.
        cells = np.concatenate([light, (cells - light) * 3], axis=3)
        mean = cells.mean(axis=(1, 2))
        layout = (cells - mean[:, None, None]).reshape(count, -1) @ self._projection
        # The constant keeps a middle grey from having the zero vector.
        return unit(np.concatenate([mean, np.full((count, 1), 0.1, np.float32), layout], axis=1))

    def encode_texts(self, phrases: Sequence[str]) -> Vectors:
        """The mean of the colours in a phrase; a random vector for a phrase without any."""
        return (
            unit(np.stack([self._phrase(phrase) for phrase in phrases]))
            if phrases
            else np.zeros((0, self.dim), np.float32)
        )

    def _phrase(self, phrase: str) -> np.ndarray:
        colours = [
            ImageColor.getrgb(_WORDS[word])
            for word in re.findall(r"[a-z]+", phrase.lower())
            if word in _WORDS
        ]
        if colours:
            squares = np.stack(
                [np.broadcast_to(np.array(colour, np.uint8), (32, 32, 3)) for colour in colours]
            )
            return np.asarray(self.encode_images(squares).mean(axis=0))
        seed = int.from_bytes(hashlib.blake2b(phrase.encode(), digest_size=8).digest(), "little")
        return np.random.default_rng(seed).standard_normal(self.dim)
