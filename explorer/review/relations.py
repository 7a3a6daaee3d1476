"""How one photo differs from another, in words."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np

# Quarter turns clockwise and mirrorings, by the signs of what one step to the right and one step down in the photo become in the one kept.
_TURNS = {
    (1, 0, 0, 1): "", (0, 1, -1, 0): "turned by 270°", (-1, 0, 0, -1): "turned by 180°", (0, -1, 1, 0): "turned by 90°",
    (-1, 0, 0, 1): "mirrored", (1, 0, 0, -1): "mirrored top to bottom", (0, 1, 1, 0): "mirrored and turned by 90°",
    (0, -1, -1, 0): "mirrored and turned by 270°",
}  # fmt: skip


class Photo(Protocol):
    """What is said of a photo here. width, height: pixels, upright."""

    @property
    def photo_id(self) -> int: ...
    @property
    def width(self) -> int: ...
    @property
    def height(self) -> int: ...
    @property
    def format(self) -> str: ...


@dataclass(frozen=True)
class Edge:
    """Two photos of one tier. relation: what the second is, seen from the first, as `library/pairs.py` keeps it. text: or in words."""

    photos: tuple[int, int]
    score: float
    relation: dict[str, object] = field(default_factory=dict)
    text: str = ""

    def words(self, keep: Photo, other: Photo) -> str:
        """How `other` differs from `keep`."""
        return self.text or in_words(self.relation, keep, other, forwards=keep.photo_id == self.photos[0])


def in_words(relation: dict[str, Any], keep: Photo, other: Photo, *, forwards: bool) -> str:
    """“half the size, turned by 90°”: what `other` is, seen from `keep`. forwards: the relation was written from `keep` to `other`."""
    words = list[str]()
    values = relation.get("matrix")
    if values:
        matrix = np.vstack([np.array(values, float).reshape(2, 3), [0, 0, 1]])
        # Lays `other` onto `keep`, both as unit squares.
        onto = matrix if forwards else np.linalg.inv(matrix)
        words = [_size(onto, keep, other), _TURNS.get(_signs(onto), "turned"), _cut(onto)]
        if relation.get("changed", 0.0) > _MARKED:
            words.append("with something put on it")
        words.append(_colours(relation, forwards))
    if keep.format != other.format:
        words.append(f"saved as {other.format} instead of {keep.format}")
    return ", ".join(filter(None, words)) or ("the same size, saved again" if values else "")


# Share of the blocks that differ from which on something was put on a picture.
_MARKED = 0.015


def _signs(onto: np.ndarray[Any, Any]) -> tuple[int, int, int, int]:
    linear = onto[:2, :2]
    big = np.abs(linear) >= np.abs(linear).max(axis=1, keepdims=True) * 0.5
    a, b, c, d = (int(v) for v in (np.sign(linear) * big).T.ravel())
    return a, b, c, d


def _size(onto: np.ndarray[Any, Any], keep: Photo, other: Photo) -> str:
    """By how much a thing on the photo is smaller or larger, in pixels."""
    covered = float(abs(np.linalg.det(onto[:2, :2])))
    factor = (other.width * other.height / max(1e-9, covered * keep.width * keep.height)) ** 0.5
    if 0.98 <= factor <= 1.02:
        return ""
    for of, name in ((0.5, "half the size"), (0.25, "a quarter of the size"), (2.0, "twice the size")):
        if abs(factor / of - 1) < 0.03:
            return name
    return f"{factor:.0%} of the size".replace("%", " %")


def _cut(onto: np.ndarray[Any, Any]) -> str:
    """What of the one kept is left, and what was put around it."""
    corners = np.array([[0, 0, 1], [1, 1, 1]]) @ onto[:2].T
    low, high = corners.min(axis=0), corners.max(axis=0)
    left = float(np.prod(np.clip(np.minimum(high, 1) - np.maximum(low, 0), 0, 1)))
    more = float(np.prod(high - low)) - left
    words = [f"cropped to {left:.0%}".replace("%", " %")] if left < 0.985 else []
    if more > 0.015:
        words.append("with more around it")
    return ", ".join(words)


def _colours(relation: dict[str, Any], forwards: bool) -> str:
    grey, light = relation.get("grey", 0), relation.get("light", 0.0)
    words = ""
    if grey:
        words = "in grey" if (grey > 0) == forwards else "in colour"
    if abs(light) > 8:
        words += (", " if words else "") + ("brighter" if (light > 0) == forwards else "darker")
    return words
