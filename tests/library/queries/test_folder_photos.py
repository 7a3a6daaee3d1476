"""Which photos are in which folder."""

from __future__ import annotations

from explorer.library.queries.folder_photos import photos_by_folder
from tests.factory import LibraryBuilder


def test_each_folder_has_its_own_photos(builder: LibraryBuilder) -> None:
    root = builder.library.catalog.root_paths()[builder.root]
    one = builder.put("1.jpg", 1)
    two = builder.put("a/2.jpg", 2)
    assert builder.put("a/copy of 2.jpg", 2) == builder.put("a/b/2.jpg", 2) == two
    builder.put("a/gone.jpg", 3)
    builder.lose("a/gone.jpg")
    assert photos_by_folder(builder.library.catalog) == {
        root: [one],
        f"{root}/a": [two],
        f"{root}/a/b": [two],
    }
