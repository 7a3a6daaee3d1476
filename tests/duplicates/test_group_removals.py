"""What goes of groups that the user has looked through, and what of it never does."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from explorer.duplicates.group_file import GroupFile
from explorer.duplicates.group_removals import removals_of_groups
from explorer.duplicates.groups import DuplicateGroup, Tier
from explorer.library.stores.file_store import files_below, put_missing
from explorer.photos.containers.contents import NOTHING
from explorer.removal.companions import Companion, Companions
from explorer.removal.plan import removals_of_photos
from explorer.removal.results import Removal
from tests.fixtures.small_library import SmallLibrary


def item(small_library: SmallLibrary, name: str, **facts: Any) -> GroupFile:
    """A file of the small_library; it is made where it is not there."""
    path = small_library.photos / f"{name}.jpg"
    if not path.exists():
        small_library.add_photo(path.name, name)
    photo_id = small_library.library.catalog.photo_id(
        bytes.fromhex(small_library.removal(path.name, None).hash)
    )
    assert photo_id is not None
    return GroupFile(
        abs(hash(name)),
        photo_id,
        str(path),
        len(name),
        1,
        1,
        "JPEG",
        None,
        None,
        **({"contents": NOTHING} | facts),
    )


def group(tier: Tier, keep: GroupFile, *others: GroupFile) -> DuplicateGroup:
    return DuplicateGroup(f"{tier} {keep.path}", tier, keep, f"why {Path(keep.path).stem}", others)


def named(removals: list[Removal]) -> dict[str, str]:
    """What goes → what is kept for it."""
    assert len({removal.path for removal in removals}) == len(removals)
    return {Path(removal.path).stem: Path(removal.keeper or "").stem for removal in removals}


def test_files_that_are_not_wanted_are_kept(small_library: SmallLibrary) -> None:
    keep, ticked, unticked, other = (
        item(small_library, name) for name in ("keep", "ticked", "unticked", "other")
    )
    groups = [group("picture", keep, ticked, unticked), group("moment", unticked, other)]
    found = removals_of_groups(
        small_library.library.catalog, groups, lambda _, each: each is ticked
    )
    assert found == [
        small_library.removal("ticked.jpg", "keep.jpg", bytes=6, tier="picture", why="why keep")
    ]
    assert removals_of_groups(small_library.library.catalog, groups, lambda _, each: False) == []


def test_the_keeper_of_a_group_without_wanted_files_may_be_removed(
    small_library: SmallLibrary,
) -> None:
    one, two, three = (item(small_library, name) for name in ("one", "two", "three"))
    groups = [group("picture", one, two), group("moment", two, three)]
    assert named(
        removals_of_groups(small_library.library.catalog, groups, lambda _, each: each is two)
    ) == {"two": "one"}


@pytest.mark.parametrize("tier", ["moment", "lookalike"])
def test_other_shots_are_removed_only_if_the_user_marks_them(
    small_library: SmallLibrary, tier: Tier
) -> None:
    one, two = item(small_library, "one"), item(small_library, "two")
    groups = [group(tier, one, two)]
    assert removals_of_groups(small_library.library.catalog, groups) == []
    assert named(removals_of_groups(small_library.library.catalog, groups, lambda *_: True)) == {
        "two": "one"
    }


@pytest.mark.parametrize("tier", ["identical", "pixels", "picture"])
def test_all_other_copies_are_suggested(small_library: SmallLibrary, tier: Tier) -> None:
    one, two, three = (item(small_library, name) for name in ("one", "two", "three"))
    assert named(
        removals_of_groups(small_library.library.catalog, [group(tier, one, two, three)])
    ) == {"two": "one", "three": "one"}


def test_files_with_a_reason_to_keep_are_kept_even_if_marked(small_library: SmallLibrary) -> None:
    film = Companions((Companion("/f.mov", "video", 9),), ())
    keep, goes, safe, filmed, unchecked = (
        item(small_library, name) for name in ("keep", "goes", "safe", "filmed", "unchecked")
    )
    safe, filmed = replace(safe, protected=True), replace(filmed, companions=film)
    whole = replace(group("picture", keep, goes, safe, filmed), unchecked=(unchecked,))
    assert named(removals_of_groups(small_library.library.catalog, [whole], lambda *_: True)) == {
        "goes": "keep"
    }


def test_the_keeper_of_one_group_is_not_removed_in_another(small_library: SmallLibrary) -> None:
    one, two, three = (item(small_library, name) for name in ("one", "two", "three"))
    for tier in ("moment", "lookalike"):
        groups = [group(tier, two, three), group(tier, one, two)]
        assert named(
            removals_of_groups(small_library.library.catalog, groups, lambda *_: True)
        ) == {"three": "two"}


class TestACopyOfABetterPhoto:
    """`small` is kept for `again`, and is itself a copy of `large`."""

    @pytest.fixture
    def groups(self, small_library: SmallLibrary) -> list[DuplicateGroup]:
        large, small, again = (item(small_library, name) for name in ("large", "small", "again"))
        small_library.add_pair("large.jpg", "small.jpg")
        small_library.add_pair("small.jpg", "again.jpg", "pixels")
        return [group("pixels", small, again), group("picture", large, small)]

    def test_both_are_removed_for_the_better_photo_if_compared_with_it(
        self, small_library: SmallLibrary, groups: list[DuplicateGroup]
    ) -> None:
        small_library.add_pair("large.jpg", "again.jpg")
        for order in (groups, groups[::-1]):
            found = removals_of_groups(small_library.library.catalog, order)
            assert named(found) == {"again": "large", "small": "large"}
            assert {removal.tier for removal in found} == {"picture"} and {
                removal.why for removal in found
            } == {"why large"}

    def test_a_photo_is_kept_if_one_of_its_pairs_was_not_compared(
        self, small_library: SmallLibrary, groups: list[DuplicateGroup]
    ) -> None:
        assert named(removals_of_groups(small_library.library.catalog, groups)) == {
            "again": "small"
        }

    @pytest.mark.parametrize("kind", ["scene", "different"])
    def test_a_photo_is_kept_if_the_better_one_is_a_different_picture(
        self, small_library: SmallLibrary, groups: list[DuplicateGroup], kind: Any
    ) -> None:
        small_library.add_pair("large.jpg", "again.jpg", kind)
        assert named(removals_of_groups(small_library.library.catalog, groups)) == {
            "again": "small"
        }

    @pytest.mark.parametrize("tier", ["moment", "lookalike"])
    def test_a_photo_is_kept_if_it_is_not_a_copy_of_the_better_one(
        self, small_library: SmallLibrary, groups: list[DuplicateGroup], tier: Any
    ) -> None:
        small_library.add_pair("large.jpg", "again.jpg")
        found = removals_of_groups(
            small_library.library.catalog,
            [groups[0], replace(groups[1], tier=tier)],
            lambda *_: True,
        )
        assert named(found) == {"again": "small"}

    def test_a_photo_is_kept_if_it_is_the_keeper_of_another_shot(
        self, small_library: SmallLibrary, groups: list[DuplicateGroup]
    ) -> None:
        small_library.add_pair("large.jpg", "again.jpg")
        shot = group("moment", groups[0].keep, item(small_library, "shot"))
        small_library.add_pair("large.jpg", "shot.jpg")
        assert named(
            removals_of_groups(small_library.library.catalog, [*groups, shot], lambda *_: True)
        ) == {"again": "small", "shot": "small"}

    def test_a_photo_is_kept_if_the_better_one_lacks_its_film(
        self, small_library: SmallLibrary, groups: list[DuplicateGroup]
    ) -> None:
        small_library.add_pair("large.jpg", "again.jpg")
        shared = replace(
            groups[0].keep, companions=Companions((), (Companion("/s.mov", "video", 9),))
        )
        filmed = replace(
            groups[0].others[0], companions=Companions((Companion("/a.mov", "video", 9),), ())
        )
        found = removals_of_groups(
            small_library.library.catalog,
            [group("pixels", shared, filmed), group("picture", groups[1].keep, shared)],
        )
        assert "again" not in named(found)

    def test_keepers_are_followed_through_three_tiers(
        self, small_library: SmallLibrary, groups: list[DuplicateGroup]
    ) -> None:
        best = item(small_library, "best")
        for name in ("large", "small", "again"):
            small_library.add_pair("best.jpg", f"{name}.jpg")
        small_library.add_pair("large.jpg", "again.jpg")
        found = removals_of_groups(
            small_library.library.catalog, [*groups, group("picture", best, groups[1].keep)]
        )
        assert named(found) == {"again": "best", "small": "best", "large": "best"}


def test_contradicting_groups_remove_nothing(small_library: SmallLibrary) -> None:
    one, two = item(small_library, "one"), item(small_library, "two")
    small_library.add_pair("one.jpg", "two.jpg")
    assert (
        removals_of_groups(
            small_library.library.catalog, [group("picture", one, two), group("picture", two, one)]
        )
        == []
    )


def test_a_file_in_two_groups_is_removed_once(small_library: SmallLibrary) -> None:
    one, two, three, four = (item(small_library, name) for name in ("one", "two", "three", "four"))
    found = removals_of_groups(
        small_library.library.catalog,
        [group("picture", one, three), group("picture", two, three, four)],
    )
    assert named(found) == {"three": "one", "four": "two"}


def test_a_photo_that_left_the_library_is_in_no_plan(small_library: SmallLibrary) -> None:
    keep, gone = item(small_library, "keep"), replace(item(small_library, "gone"), photo_id=999)
    assert removals_of_groups(small_library.library.catalog, [group("picture", keep, gone)]) == []
    assert removals_of_groups(small_library.library.catalog, [group("picture", gone, keep)]) == []


def test_photos_without_a_keeper_are_removed_with_their_companions(
    small_library: SmallLibrary,
) -> None:
    one = item(small_library, "one")
    small_library.add_photo("two.jpg", "one")
    small_library.add_file("two.jpg.xmp", "words")
    small_library.add_photo("gone.jpg", "one")
    (small_library.photos / "gone.jpg").unlink()
    from explorer.library.writer import Writer

    writer = Writer(small_library.library.catalog)
    put_missing(writer, [files_below(writer, small_library.root)["gone.jpg"]])
    writer.close()
    found = removals_of_photos(small_library.library.catalog, [one.photo_id])
    assert found == [small_library.removal(name, None, bytes=3) for name in ("one.jpg", "two.jpg")]
    assert [[each.path for each in removal.companions] for removal in found] == [
        [],
        [str(small_library.photos / "two.jpg.xmp")],
    ]


def test_numbered_frames_of_a_burst_may_be_marked(small_library: SmallLibrary) -> None:
    shot, frame, other = (item(small_library, name) for name in ("shot", "shot_001", "other"))
    moment, catalog = [group("moment", shot, frame, other)], small_library.library.catalog
    assert named(removals_of_groups(catalog, moment, lambda *_: True)) == {
        "shot_001": "shot",
        "other": "shot",
    }
    # A copy of the same bytes may well be named so.
    assert named(removals_of_groups(catalog, [group("identical", shot, frame)])) == {
        "shot_001": "shot"
    }


def test_a_removal_lists_companions_and_contents(small_library: SmallLibrary) -> None:
    sidecar = Companion("/b.xmp", "sidecar", 3)
    one = item(small_library, "one")
    two = item(small_library, "two", companions=Companions((sidecar,)), contents=None)
    (found,) = removals_of_groups(
        small_library.library.catalog, [group("moment", one, two)], lambda *_: True
    )
    assert found.companions == (sidecar,) and found.holds == two.holds != ()
