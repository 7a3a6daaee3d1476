"""Lists of results for other programs: every name survives, and no cell is a formula."""

from __future__ import annotations

import csv
import io
import json

from explorer.library.rows import PhotoRow
from explorer.search.export.export_results import COLUMNS, as_csv, as_json, as_paths
from tests.factory import LibraryBuilder


def rows(builder: LibraryBuilder, **facts: object) -> list[PhotoRow]:
    photo_id = builder.put("album/=1+1.jpg", "odd", **facts)
    return list(builder.library.catalog.photos([photo_id]).values())


def test_a_table_of_results(builder: LibraryBuilder) -> None:
    photos = rows(
        builder, taken_at="2020-07-01T00:00:00", taken_precision="month", camera="=cmd()", iso=100.0
    )
    header, row = csv.reader(io.StringIO(as_csv(photos)))
    assert tuple(header) == COLUMNS
    found = dict(zip(header, row, strict=True))
    assert found["path"] == photos[0]["path"] and found["path"].endswith("/album/=1+1.jpg")
    assert (found["taken"], found["camera"], found["width"]) == ("2020-07", "'=cmd()", "640")


def test_json_has_numbers_and_null(builder: LibraryBuilder) -> None:
    (row,) = json.loads(as_json(rows(builder)))
    assert set(row) == set(COLUMNS)
    assert (row["taken"], row["height"], row["format"]) == (None, 480, "JPEG")


def test_paths_are_listed_one_per_line(builder: LibraryBuilder) -> None:
    photos = rows(builder)
    assert as_paths(photos * 2) == f"{photos[0]['path']}\n" * 2
    assert as_paths([]) == ""
