"""Suggestions for files whose names mark them as versions of one photo, or that are protected."""

from __future__ import annotations

from typing import Any

import pytest

from explorer.duplicates.find_groups import find_groups
from explorer.duplicates.group_removals import removals_of_groups
from explorer.library.stores.protected_folder_store import protect_folder
from tests.duplicates.suggested_groups import LARGE, SMALL, going, name, pair
from tests.factory import LibraryBuilder, by_camera, measured

pytestmark = pytest.mark.usefixtures("untouched")


@pytest.mark.parametrize("edit", ["IMG_0-bewerkt.jpg", "IMG_0~2.jpg", "IMG_0 (1).jpg"])
def test_a_version_by_name_is_shown_but_never_offered(builder: LibraryBuilder, edit: str) -> None:
    original, version = (
        builder.put("IMG_0.jpg", 1, **by_camera(**LARGE)),
        builder.put(edit, 2, **measured(**SMALL)),
    )
    pair(builder, original, version)
    (group,) = find_groups(builder.library)
    assert (
        name(group.keep) == "IMG_0.jpg"
        and group.doubt == "going by their names, they are an original and its versions"
    )
    for kept in group.all:
        chosen = group.with_keeper(kept.file_id)
        assert (
            "versions of one photo" in chosen.reason_to_keep(chosen.others[0])
            and going(builder, [chosen]) == set()
        )


def test_if_all_files_are_protected_none_can_be_removed(
    builder: LibraryBuilder, tmp_path: Any
) -> None:
    protect_folder(builder.library.catalog, str(tmp_path / "photos"))
    pair(
        builder,
        builder.put("a.jpg", 1, **by_camera(**LARGE)),
        builder.put("b.jpg", 2, **measured(**SMALL)),
    )
    (group,) = find_groups(builder.library)
    assert (
        group.doubt == "none of them can be removed, whichever one is kept"
        and going(builder, [group]) == set()
    )


def test_of_an_original_and_its_versions_the_original_is_shown_first(
    builder: LibraryBuilder,
) -> None:
    pair(
        builder,
        builder.put("IMG_0.jpg", 1, **measured(**SMALL)),
        builder.put("IMG_0-bewerkt.jpg", 2, **by_camera(**LARGE)),
    )
    assert name(find_groups(builder.library)[0].keep) == "IMG_0.jpg"


def test_a_version_that_most_files_were_compared_with_may_be_shown_first(
    builder: LibraryBuilder,
) -> None:
    original, edit = (
        builder.put("IMG_0.jpg", 1, **by_camera(**LARGE)),
        builder.put("IMG_0-bewerkt.jpg", 2, **measured(**LARGE)),
    )
    pair(builder, original, edit)
    for number in (3, 4):
        pair(builder, edit, builder.put(f"{number}.jpg", number, **measured(**SMALL)))
    (group,) = find_groups(builder.library)
    assert (
        name(group.keep) == "IMG_0-bewerkt.jpg" and group.doubt and going(builder, [group]) == set()
    )


def test_a_file_with_identical_pixels_is_a_copy_whatever_its_name(builder: LibraryBuilder) -> None:
    pair(builder, builder.put("IMG_0.jpg", 1), builder.put("IMG_0-kopie.jpg", 2), "pixels")
    assert going(builder, find_groups(builder.library)) == {"IMG_0-kopie.jpg"}


def test_a_version_is_not_removed_for_a_photo_in_another_folder(builder: LibraryBuilder) -> None:
    camera = builder.put("b/IMG_0.jpg", 1, **by_camera(**LARGE))
    copy, edit = (
        builder.put("a/IMG_0.jpg", 2, **measured(**SMALL)),
        builder.put("a/img_0 retusche.jpg", 3, **measured(**SMALL)),
    )
    for one, other in ((camera, copy), (camera, edit), (copy, edit)):
        pair(builder, one, other)
    (group,) = find_groups(builder.library)
    assert name(group.keep) == "b/IMG_0.jpg" and going(builder, [group]) == {"a/IMG_0.jpg"}
    (stays,) = (item for item in group.others if item.original)
    assert (
        group.reason_to_keep(stays) == "going by its name, it is a version of IMG_0.jpg"
        and name(stays) == "a/img_0 retusche.jpg"
    )
    # It needs no proof, as it stays: also where it differs.
    pair(builder, camera, edit, changed=0.3)
    assert going(builder, find_groups(builder.library)) == {"a/IMG_0.jpg"}


def test_frames_of_a_burst_may_be_marked_but_are_in_no_automatic_plan(
    builder: LibraryBuilder,
) -> None:
    pair(
        builder,
        builder.put("IMG_0.jpg", 1, **LARGE),
        builder.put("IMG_0_001.jpg", 2, **LARGE),
        "scene",
    )
    pair(builder, builder.put("x.jpg", 3, **LARGE), builder.put("y.jpg", 4, **LARGE), "scene")
    pair(
        builder, builder.put("z.jpg", 5, **LARGE), builder.put("z-filter.jpg", 6, **LARGE), "scene"
    )
    groups = find_groups(builder.library, ["moment"])
    held = [group.reason_to_keep(group.others[0]) for group in groups]
    assert sorted(map(bool, held)) == [False, False, True]
    assert going(builder, groups) == set()
    marked = {
        removal.path.rpartition("/")[2]
        for removal in removals_of_groups(builder.library.catalog, groups, lambda group, item: True)
    }
    assert len(marked) == 2 and not marked & {"z.jpg", "z-filter.jpg"}


def test_a_keeper_for_which_nothing_would_be_removed_is_not_suggested(
    builder: LibraryBuilder, tmp_path: Any
) -> None:
    protect_folder(builder.library.catalog, str(tmp_path / "photos" / "safe"))
    pair(
        builder,
        builder.put("a.jpg", 1, **measured(**LARGE)),
        builder.put("safe/copy.jpg", 2, **measured(**LARGE)),
    )
    (group,) = find_groups(builder.library)
    assert (
        group.doubt.startswith("it is not clear")
        and not group.keep_because
        and going(builder, [group]) == set()
    )


def test_a_protected_copy_needs_no_proof_and_is_the_keeper_only_with_one(
    builder: LibraryBuilder, tmp_path: Any
) -> None:
    protect_folder(builder.library.catalog, str(tmp_path / "photos" / "safe"))
    camera, copy = (
        builder.put("camera.jpg", 1, **by_camera(**LARGE)),
        builder.put("safe/copy.jpg", 2, **by_camera(**LARGE)),
    )
    sent = builder.put("sent.jpg", 3, **measured(**SMALL))
    for one, other in ((camera, copy), (camera, sent), (copy, sent)):
        pair(builder, one, other)
    (group,) = find_groups(builder.library)
    assert name(group.keep) == "camera.jpg" and going(builder, [group]) == {"sent.jpg"}
