from __future__ import annotations

from pathlib import Path

from explorer.duplicates.find_groups import find_groups
from explorer.library.stores import pair_store as store
from explorer.library.stores.pair_store import PAIRS_VERSION, Pair
from tests.factory import LibraryBuilder


def put_pair(
    builder: LibraryBuilder, a: int, b: int, kind: store.PairKind = "picture", score: float = 0.99
) -> None:
    store.put_pairs(builder.writer, [Pair(min(a, b), max(a, b), kind, score, {})], PAIRS_VERSION)


def names(items: object) -> list[str]:
    return [Path(item.path).name for item in items]  # type: ignore[attr-defined]


def test_files_with_the_same_bytes_are_one_group(builder: LibraryBuilder) -> None:
    for path in ("a.jpg", "b/a.jpg", "c.jpg"):
        builder.put(path, "one")
    builder.put("other.jpg", "two")
    (group,) = find_groups(builder.library)
    assert group.tier == "identical"
    assert sorted(names([group.keep, *group.others])) == ["a.jpg", "a.jpg", "c.jpg"]
    assert group.keep.path.endswith("/photos/a.jpg") and group.keep_because
    assert group.reclaimable == 2000
    assert find_groups(builder.library, ()) == []


def test_files_are_compared_with_the_keeper_and_not_through_another(
    builder: LibraryBuilder,
) -> None:
    best = builder.put("best.jpg", 1, width=4000, height=3000)
    near = builder.put("near.jpg", 2, width=2000, height=1500)
    far = builder.put("far.jpg", 3, width=1000, height=750)
    put_pair(builder, best, near)
    put_pair(builder, near, far)
    (group,) = find_groups(builder.library)
    assert names([group.keep]) == ["best.jpg"] and names(group.others) == ["near.jpg"]


def test_a_photo_is_offered_in_its_tightest_tier_only(builder: LibraryBuilder) -> None:
    one, two, three = (builder.put(f"{n}.jpg", n, width=1000 - n, height=1000) for n in (1, 2, 3))
    put_pair(builder, one, two, "pixels")
    put_pair(builder, one, three)
    put_pair(builder, two, three)
    groups = find_groups(builder.library)
    assert [(group.tier, names([group.keep]), names(group.others)) for group in groups] == [
        ("pixels", ["1.jpg"], ["2.jpg"]),
        ("picture", ["1.jpg"], ["3.jpg"]),
    ]


def test_the_keeper_of_identical_files_represents_them_in_looser_tiers(
    builder: LibraryBuilder,
) -> None:
    small = builder.put("small.jpg", 1, width=100, height=100)
    builder.put("small-again.jpg", 1)
    large = builder.put("large.jpg", 2, width=1000, height=1000)
    put_pair(builder, small, large)
    groups = find_groups(builder.library)
    assert [(group.tier, names([group.keep]), names(group.others)) for group in groups] == [
        ("identical", ["small.jpg"], ["small-again.jpg"]),
        ("picture", ["large.jpg"], ["small.jpg"]),
    ]
    assert find_groups(builder.library, ["picture"]) == [
        group for group in groups if group.tier == "picture"
    ]


def test_pairs_of_another_method_version_are_ignored(builder: LibraryBuilder) -> None:
    store.put_pairs(
        builder.writer,
        [Pair(builder.put("1.jpg", 1), builder.put("2.jpg", 2), "picture", 1.0, {})],
        PAIRS_VERSION + 1,
    )
    assert find_groups(builder.library) == []


def test_hidden_photos_are_in_no_group(builder: LibraryBuilder) -> None:
    put_pair(builder, builder.put("1.jpg", 1), builder.put("2.jpg", 2))
    builder.lose("2.jpg")
    assert find_groups(builder.library) == []
