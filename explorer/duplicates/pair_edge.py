"""An edge of the graph of similar photos: two photos of one tier and how they differ."""

from __future__ import annotations

from dataclasses import dataclass, field

from explorer.duplicates.describe_difference import describe_difference
from explorer.duplicates.relative_geometry import (
    ComparedPhoto,
    RelativeGeometry,
    relative_geometry,
    unit_transform,
)


@dataclass(frozen=True)
class Edge:
    """Two photos of one tier."""

    photos: tuple[int, int]
    """Photo ids."""
    score: float
    """Similarity, 0 to 1."""
    relation: dict[str, object] = field(default_factory=dict)
    """The relation of the second to the first, as `library/stores/pair_store.py` stores it."""
    text: str = ""
    """The same in words, if these do not follow from `relation`; otherwise ''."""

    @property
    def bordered(self) -> int | None:
        """The photo that is a copy of the other with a border added, if any."""
        border = self.relation.get("border", 0)
        return self.photos[1 if border == 1 else 0] if border in (1, -1) else None

    @property
    def changed(self) -> float:
        """Share of the picture in which the two differ by more than tone."""
        return float(self.relation.get("changed", 0.0))  # type: ignore[arg-type]

    @property
    def light(self) -> float:
        """Levels (of 255) by which the second is brighter, on average over what both show."""
        return float(self.relation.get("light", 0.0))  # type: ignore[arg-type]

    @property
    def tone(self) -> float:
        """Levels (of 255) by which the colors of the two differ, in the areas where both are shown
        and differ most."""
        return float(self.relation.get("tone", 0.0))  # type: ignore[arg-type]

    @property
    def detail(self) -> bool:
        """Whether a small detail is visible in only one of the two."""
        return bool(self.relation.get("detail", 0))

    def is_plain_copy(self, photo_id: int) -> bool | None:
        """Whether that photo is a plain copy of the other one: scaled and compressed, but not
        edited. None if they were not compared at full size."""
        plain = self.relation.get("plain")
        if not isinstance(plain, int):
            return None
        # SECOND_COPIED or FIRST_COPIED of `matching/plain_copies.py`, which would import OpenCV.
        return bool(plain & (1 if photo_id == self.photos[1] else 2))

    def grayer(self, photo_id: int) -> int:
        """-1 if only that photo is gray, 1 if only the other one is, else 0."""
        gray = self.relation.get("grey")
        if not isinstance(gray, int):
            return 0
        return gray if photo_id == self.photos[0] else -gray

    def geometry(self, keep: ComparedPhoto, other: ComparedPhoto) -> RelativeGeometry | None:
        """How `other` lies within `keep`; None if the two were not registered."""
        transform = unit_transform(self.relation, forwards=self._forwards(keep))
        return None if transform is None else relative_geometry(transform, keep, other)

    def describe(self, keep: ComparedPhoto, other: ComparedPhoto) -> str:
        """How `other` differs from `keep`, in words."""
        return self.text or describe_difference(
            self.relation, keep, other, forwards=self._forwards(keep)
        )

    def _forwards(self, keep: ComparedPhoto) -> bool:
        return keep.photo_id == self.photos[0]
