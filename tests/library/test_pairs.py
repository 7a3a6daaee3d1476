from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from explorer.library import pairs
from explorer.library.library import Library
from explorer.review.groups import Item
from tests.factory import Shelf


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    (tmp_path / "photos").mkdir()
    shelf = Shelf(Library.open(tmp_path / "library"), str(tmp_path / "photos"))
    yield shelf
    shelf.close()


def test_only_dates_to_the_minute_are_moments(shelf: Shelf) -> None:
    taken = "2015-08-22T10:08:00"
    ids = {
        precision: shelf.put(f"{precision}.jpg", precision, taken_at=taken, taken_source="exif", taken_precision=precision)
        for precision in ("year", "month", "day", "minute", "second", None)
    }
    shelf.put("file.jpg", "file", taken_at=taken, taken_source="file", taken_precision="second")
    assert pairs.times(shelf.library.catalog) == {ids["minute"]: taken, ids["second"]: taken, ids[None]: taken}


def test_rows_say_how_much_of_a_date_is_known(shelf: Shelf) -> None:
    photo = shelf.put("a.jpg", 1, taken_at="2015-08-01T00:00:00", taken_source="exif", taken_precision="month")
    (row,) = pairs.copies(shelf.library.catalog, [photo])
    assert (row.taken_at, row.taken_precision) == ("2015-08-01T00:00:00", "month")
    item = Item(1, photo, row.path, 1, 1, 1, "JPEG", row.taken_at, None, taken_precision=row.taken_precision)
    assert item.taken == "2015-08"
    assert Item(1, photo, row.path, 1, 1, 1, "JPEG", None, None).taken is None
    assert Item(1, photo, row.path, 1, 1, 1, "JPEG", "2015-08-01T00:00:00", None).taken == "2015-08-01T00:00:00"
