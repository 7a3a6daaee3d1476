from __future__ import annotations

from explorer.library import value_counts
from tests.factory import LibraryBuilder


def test_values_are_listed_with_their_numbers_of_photos(builder: LibraryBuilder) -> None:
    builder.put("a/1.jpg", 1, camera="B", lens="L", keywords=("Sea", "dog"))
    builder.put("a/2.jpg", 2, camera="A", keywords=("sea",), format="PNG")
    builder.put("3.jpg", 3, camera="A", keywords=("sea", "Dög"))
    builder.put("4.jpg", 4, camera="C", keywords=("lost",))
    builder.lose("4.jpg")
    catalog = builder.library.catalog
    assert value_counts.keywords(catalog) == [("sea", 3), ("dog", 2)]
    assert value_counts.cameras(catalog) == [("A", 2), ("B", 1)]
    assert value_counts.lenses(catalog) == [("L", 1)]
    assert value_counts.formats(catalog) == [("JPEG", 2), ("PNG", 1)]
    assert [count for _, count in value_counts.folders(catalog)] == [2, 1]
