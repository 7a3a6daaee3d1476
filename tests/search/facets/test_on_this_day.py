"""Photos of the same day in earlier years."""

from __future__ import annotations

import datetime as dt

from explorer.library.queries.photo_columns import PhotoColumns
from explorer.search.facets.on_this_day import on_this_day
from tests.factory import LibraryBuilder

TODAY = dt.date(2024, 2, 29)


def test_only_that_day_of_earlier_years_counts(builder: LibraryBuilder) -> None:
    for name, taken, other in (
        ("late", "2020-02-29T20:00:00", {}),
        ("early", "2020-02-29T08:00:00", {"taken_source": "name"}),
        ("old", "2016-02-29T08:00:00", {}),
        ("now", "2024-02-29T08:00:00", {}),
        ("next day", "2020-03-01T08:00:00", {}),
        ("copied", "2020-02-29T08:00:00", {"taken_source": "file"}),
        ("some day", "2012-02-01T00:00:00", {"taken_precision": "month"}),
        ("never", None, {}),
    ):
        builder.put(f"{name}.jpg", name, taken_at=taken, **{"taken_source": "exif"} | other)
    catalog = builder.library.catalog
    past = on_this_day(catalog, PhotoColumns(catalog), TODAY)
    assert [(each.day.year, [row["name"] for row in each.photos]) for each in past] == [
        (2020, ["early.jpg", "late.jpg"]),
        (2016, ["old.jpg"]),
    ]
    assert on_this_day(catalog, PhotoColumns(catalog), dt.date(2024, 7, 1)) == []
