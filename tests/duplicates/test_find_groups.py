from __future__ import annotations

from pathlib import Path

from explorer.duplicates.find_groups import find_groups
from explorer.library import pair_store as store
from explorer.library.pair_store import PAIRS_VERSION, Pair
from tests.factory import Shelf


def put_pair(
    shelf: Shelf, a: int, b: int, kind: store.PairKind = "picture", score: float = 0.99
) -> None:
    store.put_pairs(shelf.writer, [Pair(min(a, b), max(a, b), kind, score, {})], PAIRS_VERSION)


def names(items: object) -> list[str]:
    return [Path(item.path).name for item in items]  # type: ignore[attr-defined]


def test_files_with_the_same_bytes_are_one_group(shelf: Shelf) -> None:
    for path in ("a.jpg", "b/a.jpg", "c.jpg"):
        shelf.put(path, "one")
    shelf.put("other.jpg", "two")
    (group,) = find_groups(shelf.library)
    assert group.tier == "identical"
    assert sorted(names([group.keep, *group.others])) == ["a.jpg", "a.jpg", "c.jpg"]
    assert group.keep.path.endswith("/photos/a.jpg") and group.keep_because
    assert group.reclaimable == 2000


def test_files_are_compared_with_the_keeper_and_not_through_another(shelf: Shelf) -> None:
    best = shelf.put("best.jpg", 1, width=4000, height=3000)
    near = shelf.put("near.jpg", 2, width=2000, height=1500)
    far = shelf.put("far.jpg", 3, width=1000, height=750)
    put_pair(shelf, best, near)
    put_pair(shelf, near, far)
    (group,) = find_groups(shelf.library)
    assert names([group.keep]) == ["best.jpg"] and names(group.others) == ["near.jpg"]


def test_a_photo_is_offered_in_its_tightest_tier_only(shelf: Shelf) -> None:
    one, two, three = (shelf.put(f"{n}.jpg", n, width=1000 - n, height=1000) for n in (1, 2, 3))
    put_pair(shelf, one, two, "pixels")
    put_pair(shelf, one, three)
    put_pair(shelf, two, three)
    groups = find_groups(shelf.library)
    assert [(group.tier, names([group.keep]), names(group.others)) for group in groups] == [
        ("pixels", ["1.jpg"], ["2.jpg"]),
        ("picture", ["1.jpg"], ["3.jpg"]),
    ]


def test_the_keeper_of_identical_files_stands_for_them_in_looser_tiers(shelf: Shelf) -> None:
    small = shelf.put("small.jpg", 1, width=100, height=100)
    shelf.put("small-again.jpg", 1)
    large = shelf.put("large.jpg", 2, width=1000, height=1000)
    put_pair(shelf, small, large)
    groups = find_groups(shelf.library)
    assert [(group.tier, names([group.keep]), names(group.others)) for group in groups] == [
        ("identical", ["small.jpg"], ["small-again.jpg"]),
        ("picture", ["large.jpg"], ["small.jpg"]),
    ]
    assert find_groups(shelf.library, ["picture"]) == [
        group for group in groups if group.tier == "picture"
    ]


def test_pairs_of_another_method_version_are_ignored(shelf: Shelf) -> None:
    store.put_pairs(
        shelf.writer,
        [Pair(shelf.put("1.jpg", 1), shelf.put("2.jpg", 2), "picture", 1.0, {})],
        PAIRS_VERSION + 1,
    )
    assert find_groups(shelf.library) == []


def test_hidden_photos_are_in_no_group(shelf: Shelf) -> None:
    put_pair(shelf, shelf.put("1.jpg", 1), shelf.put("2.jpg", 2))
    shelf.lose("2.jpg")
    assert find_groups(shelf.library) == []
