"""Masks that are kept, and brought up to the catalog."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from explorer.library.library import Library
from explorer.library.photo_bitmaps import PhotoBitmaps
from explorer.library.photo_conditions import PhotoCondition
from tests.factory import LibraryBuilder

WIDE = PhotoCondition("p.width > ?", (1000,))


def ids(bitmaps: PhotoBitmaps, condition: PhotoCondition = WIDE) -> list[int]:
    return np.flatnonzero(bitmaps.meeting(condition)).tolist()


def test_only_changed_photos_are_tested_again(builder: LibraryBuilder) -> None:
    wide = [builder.put(f"{n}.jpg", n, width=2000) for n in range(5)]
    bitmaps = PhotoBitmaps(builder.library.catalog)
    assert ids(bitmaps) == wide
    # Without a new change number, nobody is told of it.
    builder.writer.connection.execute("update photo set width = 10 where id = ?", (wide[0],))
    builder.lose("1.jpg")
    new = builder.put("new.jpg", "new", width=3000)
    builder.put("narrow.jpg", "narrow", width=10)
    assert ids(bitmaps) == [wide[0], *wide[2:], new]
    assert ids(PhotoBitmaps(builder.library.catalog)) == [*wide[2:], new]


def test_a_returned_mask_does_not_change(builder: LibraryBuilder) -> None:
    photo = builder.put("a.jpg", 1, width=2000)
    bitmaps = PhotoBitmaps(builder.library.catalog)
    before = bitmaps.meeting(WIDE)
    builder.lose("a.jpg")
    assert ids(bitmaps) == [] and np.flatnonzero(before).tolist() == [photo]
    assert not before.flags.writeable


def test_purged_photos_are_in_no_mask(builder: LibraryBuilder) -> None:
    builder.put("a.jpg", 1, width=2000)
    bitmaps = PhotoBitmaps(builder.library.catalog)
    assert len(ids(bitmaps)) == 1
    other = builder.put("a.jpg", 2, width=2000)
    assert ids(bitmaps) == [other]


def test_a_catalog_restored_from_a_backup_is_noticed(
    builder: LibraryBuilder, tmp_path: Path
) -> None:
    for n in range(5):
        builder.put(f"{n}.jpg", n, width=2000)
    bitmaps = PhotoBitmaps(builder.library.catalog)
    assert len(ids(bitmaps)) == 5
    other = LibraryBuilder(Library.open(tmp_path / "other"), str(tmp_path / "photos"))
    only = other.put("a.jpg", "x", width=2000)
    bitmaps._catalog = other.library.catalog
    assert ids(bitmaps) == [only]
    other.close()


def test_the_most_recently_used_masks_are_kept_within_the_limit(builder: LibraryBuilder) -> None:
    photo = builder.put("a.jpg", 1, width=2000)
    size = photo + 1
    bitmaps = PhotoBitmaps(builder.library.catalog, capacity=2 * size)
    conditions = [PhotoCondition("p.width > ?", (n,)) for n in range(3)]
    first = bitmaps.meeting(conditions[0])
    bitmaps.meeting(conditions[1])
    assert bitmaps.meeting(conditions[0]) is first
    bitmaps.meeting(conditions[2])
    assert bitmaps.meeting(conditions[0]) is first
    assert list(bitmaps._masks) == [conditions[2], conditions[0]]


def test_a_lookup_is_used_once_and_later_changes_are_tested(builder: LibraryBuilder) -> None:
    wide = builder.put("a.jpg", 1, width=2000)
    bitmaps, calls = PhotoBitmaps(builder.library.catalog), list[int]()

    def lookup() -> np.ndarray:
        calls.append(1)
        return np.array([wide], np.int64)

    assert np.flatnonzero(bitmaps.meeting(WIDE, lookup)).tolist() == [wide]
    new = builder.put("b.jpg", 2, width=2000)
    assert np.flatnonzero(bitmaps.meeting(WIDE, lookup)).tolist() == [wide, new] and calls == [1]


def test_a_cached_mask_is_rebuilt_when_its_state_differs(builder: LibraryBuilder) -> None:
    bitmaps = PhotoBitmaps(builder.library.catalog)
    masks = [np.array([number % 2 == 0]) for number in range(3)]
    assert bitmaps.kept("even", 1, lambda: masks[0]) is masks[0]
    assert bitmaps.kept("even", 1, lambda: masks[1]) is masks[0]
    assert bitmaps.kept("even", 2, lambda: masks[2]) is masks[2]
