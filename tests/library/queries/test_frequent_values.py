"""What is frequent in a library, by the photos that can be seen."""

from __future__ import annotations

from pathlib import Path

from explorer.library.library import Library
from explorer.library.queries.frequent_values import frequent_values
from tests.factory import LibraryBuilder


def test_the_most_frequent_values_come_first(tmp_path: Path) -> None:
    root = tmp_path / "photos"
    root.mkdir()
    builder = LibraryBuilder(Library.open(tmp_path / "library"), str(root))
    try:
        for n in range(6):
            builder.put(
                f"{'Paris' if n < 4 else 'Rome'}/{n}.jpg", n,
                taken_at=f"20{20 + n // 3}-01-01T00:00:00",
                taken_source="file" if n == 5 else "exif",
                camera="Acme" if n % 2 else None, lens="50mm" if n == 1 else None,
                keywords=(("Sea", "dog"), ("sea",), ("sea", "Dög"))[n] if n < 3 else (),
                format="PNG" if n == 0 else "JPEG",
            )  # fmt: skip
        builder.put(
            "gone.jpg", "gone", camera="Lost", taken_at="1999-01-01T00:00:00", keywords=("x",)
        )
        builder.lose("gone.jpg")
        found = frequent_values(builder.library.catalog)
        assert found.years == [("2020", 3), ("2021", 2)]
        assert found.folders == [(str(root / "Paris"), 4), (str(root / "Rome"), 2)]
        assert found.cameras == [("Acme", 3)]
        assert found.lenses == [("50mm", 1)]
        assert found.formats == [("JPEG", 5), ("PNG", 1)]
        assert found.keywords == [("sea", 3), ("dog", 2)]
        assert frequent_values(builder.library.catalog, most=1).formats == [("JPEG", 5)]
    finally:
        builder.close()
