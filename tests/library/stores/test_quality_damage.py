"""Which photos count as damaged."""

from __future__ import annotations

from explorer.library.stores.quality_store import damaged_photos
from tests.factory import LibraryBuilder


def test_damaged_photos_are_the_visible_ones(builder: LibraryBuilder) -> None:
    builder.put("a.jpg", 1)
    damaged = builder.put("b.jpg", 2, damaged="it is cut off")
    builder.put("c.jpg", 3, damaged="it is cut off")
    builder.lose("c.jpg")
    assert damaged_photos(builder.library.catalog) == [damaged]
