"""How one photo differs from another, in words."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

import numpy as np

# Quarter turns clockwise and mirrorings, by the signs of what one step to the right and one step
# down in the photo become in the one kept.
_TURNS = {
    (1, 0, 0, 1): "", (0, 1, -1, 0): "turned by 270°", (-1, 0, 0, -1): "turned by 180°",
    (0, -1, 1, 0): "turned by 90°",
    (-1, 0, 0, 1): "mirrored", (1, 0, 0, -1): "mirrored top to bottom",
    (0, 1, 1, 0): "mirrored and turned by 90°",
    (0, -1, -1, 0): "mirrored and turned by 270°",
}  # fmt: skip


class ComparedPhoto(Protocol):
    """What is said of a photo here. width, height: pixels, upright."""

    @property
    def photo_id(self) -> int: ...
    @property
    def width(self) -> int: ...
    @property
    def height(self) -> int: ...
    @property
    def format(self) -> str: ...


class RelativeGeometry(NamedTuple):
    """How one photo lies on another. scale: pixels of a thing on it for one on the other, linear.
    shown: the share of the other that it shows. beyond: what it shows besides, or has around it, as
    a share of the other. stretch: how much wider than high it was made, or the other way round, 1
    where its sides were scaled alike. turned: by quarters, or mirrored."""

    scale: float
    shown: float
    beyond: float
    stretch: float
    turned: bool


@dataclass(frozen=True)
class Edge:
    """Two photos of one tier. relation: what the second is, seen from the first, as
    `library/pair_store.py` keeps it. text: or in words."""

    photos: tuple[int, int]
    score: float
    relation: dict[str, object] = field(default_factory=dict)
    text: str = ""

    @property
    def bordered(self) -> int | None:
        """The photo of the two that is the other one with a border around it, if one is."""
        border = self.relation.get("border", 0)
        return self.photos[1 if border == 1 else 0] if border in (1, -1) else None

    @property
    def changed(self) -> float:
        """The share of the picture in which the two differ beyond tone."""
        return float(self.relation.get("changed", 0.0))  # type: ignore[arg-type]

    @property
    def light(self) -> float:
        """By how many levels (of 255) the second is brighter than the first, in the mean of what
        both show."""
        return float(self.relation.get("light", 0.0))  # type: ignore[arg-type]

    def greyer(self, photo_id: int) -> int:
        """-1 where that photo alone is grey, 1 where the other one alone is, else 0."""
        grey = self.relation.get("grey")
        if not isinstance(grey, int):
            return 0
        return grey if photo_id == self.photos[0] else -grey

    def geometry(self, keep: ComparedPhoto, other: ComparedPhoto) -> RelativeGeometry | None:
        """How `other` lies on `keep`; None where the two were not laid onto each other."""
        onto = _onto(self.relation, forwards=keep.photo_id == self.photos[0])
        if onto is None:
            return None
        width, height = np.hypot(*(onto[:2, :2] * [[keep.width], [keep.height]]))
        pixels = (other.width, other.height)
        across, down = (
            size / max(1e-9, float(side))
            for size, side in zip(pixels, (width, height), strict=True)
        )
        shown, beyond = _cover(onto)
        turned = _TURNS.get(_signs(onto), "turned") != ""
        return RelativeGeometry(
            (across * down) ** 0.5, shown, beyond, max(across / down, down / across), turned
        )

    def words(self, keep: ComparedPhoto, other: ComparedPhoto) -> str:
        """How `other` differs from `keep`."""
        return self.text or describe_difference(
            self.relation, keep, other, forwards=keep.photo_id == self.photos[0]
        )


def describe_difference(
    relation: dict[str, Any], keep: ComparedPhoto, other: ComparedPhoto, *, forwards: bool
) -> str:
    """“half the size, turned by 90°”: what `other` is, seen from `keep`. forwards: the relation was
    written from `keep` to `other`."""
    words = list[str]()
    onto = _onto(relation, forwards=forwards)
    if onto is not None:
        border = relation.get("border", 0) * (1 if forwards else -1)
        around = (
            _cut(onto)
            if not border
            else "with a border around it"
            if border > 0
            else "without the border"
        )
        words = [_size(onto, keep, other), _TURNS.get(_signs(onto), "turned"), around]
        if relation.get("changed", 0.0) > MARKED:
            words.append("with something put on it")
        words.append(_colours(relation, forwards))
    if keep.format != other.format:
        words.append(f"saved as {other.format} instead of {keep.format}")
    return ", ".join(filter(None, words)) or (
        "the same size, saved again" if onto is not None else ""
    )


# Share of the blocks that differ from which on something was put on a picture.
MARKED = 0.015


def _onto(relation: dict[str, Any], *, forwards: bool) -> np.ndarray[Any, Any] | None:
    """What lays `other` onto `keep`, both as unit squares (3×3). forwards: the relation was written
    from `keep` to `other`."""
    values = relation.get("matrix")
    if not values:
        return None
    matrix = np.vstack([np.array(values, float).reshape(2, 3), [0, 0, 1]])
    return matrix if forwards else np.linalg.inv(matrix)


def _signs(onto: np.ndarray[Any, Any]) -> tuple[int, int, int, int]:
    linear = onto[:2, :2]
    big = np.abs(linear) >= np.abs(linear).max(axis=1, keepdims=True) * 0.5
    a, b, c, d = (int(v) for v in (np.sign(linear) * big).T.ravel())
    return a, b, c, d


def _size(onto: np.ndarray[Any, Any], keep: ComparedPhoto, other: ComparedPhoto) -> str:
    """By how much a thing on the photo is smaller or larger, in pixels."""
    covered = float(abs(np.linalg.det(onto[:2, :2])))
    factor = (other.width * other.height / max(1e-9, covered * keep.width * keep.height)) ** 0.5
    if 0.98 <= factor <= 1.02:
        return ""
    for of, name in (
        (0.5, "half the size"),
        (0.25, "a quarter of the size"),
        (2.0, "twice the size"),
    ):
        if abs(factor / of - 1) < 0.03:
            return name
    return f"{factor:.0%} of the size".replace("%", " %")


def _cover(onto: np.ndarray[Any, Any]) -> tuple[float, float]:
    """The share of the one kept that the other shows, and what that has around it, as a share of
    the one kept."""
    corners = np.array([[0, 0, 1], [1, 1, 1]]) @ onto[:2].T
    low, high = corners.min(axis=0), corners.max(axis=0)
    left = float(np.prod(np.clip(np.minimum(high, 1) - np.maximum(low, 0), 0, 1)))
    return left, float(np.prod(high - low)) - left


def _cut(onto: np.ndarray[Any, Any]) -> str:
    """What of the one kept is left, and what was put around it."""
    left, more = _cover(onto)
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
