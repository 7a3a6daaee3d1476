"""Splitting components into groups around a file that all others were compared with."""

from __future__ import annotations

from pathlib import Path

import pytest

from explorer.duplicates import star_clusters
from explorer.duplicates.find_groups import find_groups
from explorer.duplicates.groups import DuplicateGroup
from explorer.library.stores.pair_store import PAIRS_VERSION, Pair, PairKind, put_pairs
from tests.factory import LibraryBuilder

pytestmark = pytest.mark.usefixtures("untouched")


def put_photos(builder: LibraryBuilder, **widths: int) -> dict[str, int]:
    return {
        name: builder.put(f"{name}.jpg", name, width=width, height=width)
        for name, width in widths.items()
    }


def put_star(
    builder: LibraryBuilder, ids: dict[str, int], *pairs: str, kind: PairKind = "scene"
) -> None:
    """pairs: two names each, such as “ab”."""
    for pair in pairs:
        a, b = sorted(ids[name] for name in pair)
        put_pairs(builder.writer, [Pair(a, b, kind, 0.9, {})], PAIRS_VERSION)


def members(groups: list[DuplicateGroup]) -> list[tuple[str, list[str]]]:
    return [
        (Path(group.keep.path).stem, sorted(Path(item.path).stem for item in group.others))
        for group in groups
    ]


def test_the_center_is_among_the_photos_compared_with_at_least_half_as_many(
    builder: LibraryBuilder,
) -> None:
    """The largest photo of those is kept, and not the largest of all."""
    ids = put_photos(builder, h=500, k=1000, l=400, m=2000, n=300)
    put_star(builder, ids, "hk", "hl", "hm", "hn", "kl")
    assert members(find_groups(builder.library, ["moment"])) == [("k", ["h", "l"])]


@pytest.mark.parametrize("more", [(), ("hn", "no")])
def test_a_center_is_not_said_to_be_better_than_it_is(
    builder: LibraryBuilder, more: tuple[str, ...]
) -> None:
    ids = put_photos(builder, h=500, k=1000, l=400, m=900, n=300, o=200)
    put_star(builder, ids, "hk", "hl", "hm", *more)
    (group,) = find_groups(builder.library, ["moment"])
    assert members([group])[0][0] == "h"
    assert group.keep_because == "it was compared with all the others"


def test_photos_left_over_form_groups_of_their_own(builder: LibraryBuilder) -> None:
    ids = put_photos(builder, h=500, k=1000, l=400, m=900, n=300)
    put_star(builder, ids, "hk", "hl", "hm", "hn", "kl", "mn")
    groups = find_groups(builder.library, ["moment"])
    assert members(groups) == [("k", ["h", "l"]), ("m", ["n"])]
    names = {photo_id: name for name, photo_id in ids.items()}
    assert [
        ["".join(names[i] for i in edge.photos) for edge in group.edges] for group in groups
    ] == [["hk", "hl", "kl"], ["mn"]]
    # The reason is given among the files of the group alone.
    assert [group.keep_because for group in groups] == [
        "it has more pixels (1,000 × 1,000 vs. 500 × 500)",
        "it has more pixels (900 × 900 vs. 300 × 300)",
    ]


@pytest.mark.parametrize(("most", "expected"), [(5, ("k", ["h", "l"])), (4, ("h", list("klmn")))])
def test_in_large_components_of_copies_the_center_has_most_pairs(
    builder: LibraryBuilder,
    monkeypatch: pytest.MonkeyPatch,
    most: int,
    expected: tuple[str, list[str]],
) -> None:
    monkeypatch.setattr(star_clusters, "MAX_FULLY_COMPARED", most)
    ids = put_photos(builder, h=500, k=1000, l=400, m=2000, n=300)
    put_star(builder, ids, "hk", "hl", "hm", "hn", "kl", kind="picture")
    assert members(find_groups(builder.library, ["picture"]))[0] == expected


def test_a_version_by_name_is_no_center_if_another_photo_can_be(builder: LibraryBuilder) -> None:
    ids = {
        name: builder.put(path, name, width=width, height=width)
        for name, path, width in (
            ("a", "IMG_1.jpg", 100),
            ("b", "IMG_1-bewerkt.jpg", 300),
            ("c", "c.jpg", 200),
        )
    }
    put_star(builder, ids, "ab", "ac", "bc", kind="picture")
    (group,) = find_groups(builder.library, ["picture"])
    assert group.keep.path.endswith("/c.jpg")
    assert {Path(item.path).name: item.original for item in group.all} == {
        "c.jpg": "",
        "IMG_1.jpg": "",
        "IMG_1-bewerkt.jpg": "IMG_1.jpg",
    }


def test_groups_that_free_most_come_first(builder: LibraryBuilder) -> None:
    for path in ("m/1.jpg", "m/2.jpg", "a/1.jpg", "a/2.jpg", "z/1.jpg", "z/2.jpg", "z/3.jpg"):
        builder.put(path, path[0])
    assert [Path(group.keep.path).parent.name for group in find_groups(builder.library)] == [
        "z",
        "a",
        "m",
    ]
    assert find_groups(builder.library, []) == []
