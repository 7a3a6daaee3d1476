"""A search's query and its results."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Vector = npt.NDArray[np.float32]


@dataclass(frozen=True)
class ExamplePhoto:
    """A photo from outside the library to search with, as encoded by one encoder."""

    vector: tuple[float, ...]
    name: str = ""
    """Its file name, to show to the user."""

    @classmethod
    def of(cls, vector: Vector, name: str = "") -> ExamplePhoto:
        """From a vector of shape (dim,)."""
        return cls(tuple(float(x) for x in vector), name)

    def array(self) -> Vector:
        """The vector as float32 of shape (dim,)."""
        return np.array(self.vector, np.float32)


@dataclass(frozen=True)
class Query:
    """A phrase, photos of the library, photos from outside, or any of these together; their vectors
    are added. False if it is empty."""

    phrase: str = ""
    photo_ids: tuple[int, ...] = ()
    examples: tuple[ExamplePhoto, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.phrase.strip() or self.photo_ids or self.examples)


class SearchHit(NamedTuple):
    """One result of a search."""

    id: int
    """The photo's id."""
    score: float
    """Cosine similarity of photo and query, from -1 to 1."""
    rank: int
    """From 1, the best match."""
