"""Masks that are kept, and brought up to the catalog."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from explorer.library.library import Library
from explorer.library.queries.condition_masks import ConditionMasks
from explorer.library.queries.photo_conditions import PhotoCondition
from tests.factory import LibraryBuilder

WIDE = PhotoCondition("p.width > ?", (1000,))


def ids(masks: ConditionMasks, condition: PhotoCondition = WIDE) -> list[int]:
    return np.flatnonzero(masks.meeting(condition)).tolist()


def test_only_changed_photos_are_tested_again(builder: LibraryBuilder) -> None:
    wide = [builder.put(f"{n}.jpg", n, width=2000) for n in range(5)]
    masks = ConditionMasks(builder.library.catalog)
    assert ids(masks) == wide
    # Without a new change number, nobody is told of it.
    builder.writer.connection.execute("update photo set width = 10 where id = ?", (wide[0],))
    builder.lose("1.jpg")
    new = builder.put("new.jpg", "new", width=3000)
    builder.put("narrow.jpg", "narrow", width=10)
    assert ids(masks) == [wide[0], *wide[2:], new]
    assert ids(ConditionMasks(builder.library.catalog)) == [*wide[2:], new]


def test_a_returned_mask_does_not_change(builder: LibraryBuilder) -> None:
    photo = builder.put("a.jpg", 1, width=2000)
    masks = ConditionMasks(builder.library.catalog)
    before = masks.meeting(WIDE)
    builder.lose("a.jpg")
    assert ids(masks) == [] and np.flatnonzero(before).tolist() == [photo]
    assert not before.flags.writeable


def test_purged_photos_are_in_no_mask(builder: LibraryBuilder) -> None:
    builder.put("a.jpg", 1, width=2000)
    masks = ConditionMasks(builder.library.catalog)
    assert len(ids(masks)) == 1
    other = builder.put("a.jpg", 2, width=2000)
    assert ids(masks) == [other]


def test_a_catalog_restored_from_a_backup_is_noticed(
    builder: LibraryBuilder, tmp_path: Path
) -> None:
    for n in range(5):
        builder.put(f"{n}.jpg", n, width=2000)
    masks = ConditionMasks(builder.library.catalog)
    assert len(ids(masks)) == 5
    other = LibraryBuilder(Library.open(tmp_path / "other"), str(tmp_path / "photos"))
    only = other.put("a.jpg", "x", width=2000)
    masks._catalog = other.library.catalog
    assert ids(masks) == [only]
    other.close()


def test_the_most_recently_used_masks_are_kept_within_the_limit(builder: LibraryBuilder) -> None:
    photo = builder.put("a.jpg", 1, width=2000)
    size = photo + 1
    masks = ConditionMasks(builder.library.catalog, capacity=2 * size)
    conditions = [PhotoCondition("p.width > ?", (n,)) for n in range(3)]
    first = masks.meeting(conditions[0])
    masks.meeting(conditions[1])
    assert masks.meeting(conditions[0]) is first
    masks.meeting(conditions[2])
    assert masks.meeting(conditions[0]) is first
    assert list(masks._masks) == [conditions[2], conditions[0]]


def test_a_lookup_is_used_once_and_later_changes_are_tested(builder: LibraryBuilder) -> None:
    wide = builder.put("a.jpg", 1, width=2000)
    masks, calls = ConditionMasks(builder.library.catalog), list[int]()

    def lookup() -> np.ndarray:
        calls.append(1)
        return np.array([wide], np.int64)

    assert np.flatnonzero(masks.meeting(WIDE, lookup)).tolist() == [wide]
    new = builder.put("b.jpg", 2, width=2000)
    assert np.flatnonzero(masks.meeting(WIDE, lookup)).tolist() == [wide, new] and calls == [1]


def test_a_cached_mask_is_rebuilt_when_its_state_differs(builder: LibraryBuilder) -> None:
    masks = ConditionMasks(builder.library.catalog)
    made = [np.array([number % 2 == 0]) for number in range(3)]
    assert masks.kept("even", 1, lambda: made[0]) is made[0]
    assert masks.kept("even", 1, lambda: made[1]) is made[0]
    assert masks.kept("even", 2, lambda: made[2]) is made[2]
