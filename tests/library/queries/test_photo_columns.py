"""Shapes and capture times that follow the catalog."""

from __future__ import annotations

import numpy as np

from explorer.library.queries.photo_columns import PhotoColumns
from explorer.library.stores.quality_store import refresh_photo
from tests.factory import LibraryBuilder, decoded


def test_the_known_part_of_a_date_is_read(builder: LibraryBuilder) -> None:
    ids = [
        builder.put("a.jpg", 1, taken_at="2020-07-14T10:20:30.5", taken_source="exif"),
        builder.put("b.jpg", 2, taken_at="2020-07-01T00:00:00", taken_precision="month"),
        builder.put("c.jpg", 3, taken_at="2020-01-01T00:00:00", taken_precision="year"),
        builder.put("d.jpg", 4, taken_at="2020-07-14T00:00:00", taken_precision="day"),
        builder.put("e.jpg", 5),
        builder.put("f.jpg", 6, taken_at="2020-07-14T10:20:00", taken_precision="minute"),
    ]
    dates = PhotoColumns(builder.library.catalog).dates(np.array([*ids, 999, -1], np.int64))
    assert dates.tolist() == [
        20200714102030, 20200700000000, 20200000000000, 20200714000000, 0, 20200714102000, 0, 0,
    ]  # fmt: skip


def test_shapes_are_width_by_height(builder: LibraryBuilder) -> None:
    wide = builder.put("a.jpg", 1, width=300, height=200)
    high = builder.put("b.jpg", 2, width=200, height=400)
    columns = PhotoColumns(builder.library.catalog)
    assert columns.ratios(np.array([high, wide, 999], np.int64)).tolist() == [0.5, 1.5, 1.0]


def test_columns_follow_the_catalog(builder: LibraryBuilder) -> None:
    catalog = builder.library.catalog
    columns = PhotoColumns(catalog)
    assert columns.dated()[0].tolist() == []
    first = builder.put("a.jpg", 1, taken_at="2019-01-02T03:04:05")
    second = builder.put("b.jpg", 2, taken_at="2020-01-02T03:04:05")
    assert columns.dated()[0].tolist() == [first, second]
    refresh_photo(builder.writer, first, decoded(taken_at="2021-01-02T03:04:05", width=50))
    builder.lose("b.jpg")
    ids, dates = columns.dated()
    assert (ids.tolist(), dates.tolist()) == ([first], [20210102030405])
    assert columns.ratios(np.array([first], np.int64))[0] == np.float32(50 / 480)
    known = np.array([first, second], np.int64)
    assert PhotoColumns(catalog).dates(known).tolist() == columns.dates(known).tolist()


def test_columns_are_not_read_again_without_a_change(builder: LibraryBuilder) -> None:
    builder.put("a.jpg", 1)
    catalog, statements = builder.library.catalog, list[str]()
    columns = PhotoColumns(catalog)
    columns.dated()
    with catalog.reading() as db:
        db.set_trace_callback(statements.append)
    columns.dated()
    assert statements and not any(" photo " in statement for statement in statements)
