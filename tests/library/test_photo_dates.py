"""Capture times as numbers, of which unknown parts are 0."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from explorer.library import photo_dates
from explorer.library.library import Library
from tests.factory import LibraryBuilder


@pytest.fixture
def builder(tmp_path: Path) -> Iterator[LibraryBuilder]:
    (tmp_path / "photos").mkdir()
    builder = LibraryBuilder(Library.open(tmp_path / "library"), str(tmp_path / "photos"))
    yield builder
    builder.close()


def test_the_known_part_of_a_date_is_stored(
    builder: LibraryBuilder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(photo_dates, "MAX_BOUND_VALUES", 2)
    ids = [
        builder.put("a.jpg", 1, taken_at="2020-07-14T10:20:30", taken_source="exif"),
        builder.put("b.jpg", 2, taken_at="2020-07-01T00:00:00", taken_precision="month"),
        builder.put("c.jpg", 3, taken_at="2020-01-01T00:00:00", taken_precision="year"),
        builder.put("d.jpg", 4, taken_at="2020-07-14T00:00:00", taken_precision="day"),
        builder.put("e.jpg", 5),
    ]
    found = photo_dates.date_numbers(builder.library.catalog, np.array([*ids[::-1], 999], np.int64))
    assert found.tolist() == [
        0, 20200714000000, 20200000000000, 20200700000000, 20200714102030, 0,
    ]  # fmt: skip


@pytest.mark.parametrize("dated", [0, 1, 3, 4])
def test_photos_with_a_date_are_counted(builder: LibraryBuilder, dated: int) -> None:
    for n in range(4):
        builder.put(f"{n}.jpg", n, taken_at=f"200{n}-01-01T00:00:00" if n < dated else None)
    catalog = builder.library.catalog
    assert photo_dates.count_dated(catalog, catalog.matching()) == dated
