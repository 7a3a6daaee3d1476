"""What a person asks for, and what comes back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Vector = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Example:
    """A photo from outside the library, as the vector that one encoder made of it."""

    vector: tuple[float, ...]
    name: str = ""

    @classmethod
    def of(cls, vector: Vector, name: str = "") -> Example:
        return cls(tuple(float(x) for x in vector), name)

    def array(self) -> Vector:
        return np.array(self.vector, np.float32)


@dataclass(frozen=True)
class Query:
    """A phrase, photos of the library, photos from outside, or any of these together; their vectors
    are summed."""

    phrase: str = ""
    photo_ids: tuple[int, ...] = ()
    examples: tuple[Example, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.phrase.strip() or self.photo_ids or self.examples)


class Hit(NamedTuple):
    """One result. score: cosine of photo and query, -1 to 1. rank: from 1."""

    id: int
    score: float
    rank: int
