from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from explorer.duplicates.find_groups import find_groups
from explorer.duplicates.group_removals import removals_of_groups
from explorer.duplicates.groups import NOT_TOLD, DuplicateGroup, GroupFile
from explorer.duplicates.keeper import set_keeper_rules
from explorer.duplicates.suggestion import UNKNOWN_GROUP
from explorer.library import pair_store as store
from explorer.library.decision_store import protect
from explorer.library.pair_store import PAIRS_VERSION, Pair
from tests.factory import Shelf, by_camera, measured

pytestmark = pytest.mark.usefixtures("untouched")

LARGE, SMALL = {"width": 1000, "height": 800}, {"width": 500, "height": 400}


def pair(shelf: Shelf, one: int, other: int, kind: store.Kind = "picture", **relation: Any) -> None:
    laid = {"matrix": [1, 0, 0, 0, 1, 0]} if kind == "picture" else {}
    a, b = sorted((one, other))
    store.put_pairs(shelf.writer, [Pair(a, b, kind, 0.99, laid | relation)], PAIRS_VERSION)


def going(shelf: Shelf, groups: Sequence[DuplicateGroup]) -> set[str]:
    return {
        removal.path.rpartition("/photos/")[2]
        for removal in removals_of_groups(shelf.library.catalog, groups)
    }


def name(item: GroupFile) -> str:
    return item.path.rpartition("/photos/")[2]


def test_the_original_is_kept_for_what_was_made_from_it(shelf: Shelf) -> None:
    camera = shelf.put("camera.jpg", 1, **by_camera(**LARGE))
    for number, facts in enumerate((SMALL, LARGE), 2):
        pair(shelf, camera, shelf.put(f"sent {number}.jpg", number, **measured(**facts)))
    (group,) = find_groups(shelf.library)
    assert (name(group.keep), group.doubt, group.suggested) == ("camera.jpg", "", True)
    assert group.keep_because == "it alone says which camera took it, and has more pixels"
    assert going(shelf, [group]) == {"sent 2.jpg", "sent 3.jpg"}


def test_one_that_cannot_be_told_from_the_original_holds_all_back(shelf: Shelf) -> None:
    """Whatever the order of the rules says: a copy is never kept before its original."""
    camera = shelf.put("camera.jpg", 1, **by_camera(**LARGE))
    sent, edited = (
        shelf.put("sent.jpg", 2, **measured(**SMALL)),
        shelf.put("other.jpg", 3, **by_camera(**LARGE)),
    )
    for one, other in ((camera, sent), (camera, edited), (edited, sent)):
        pair(shelf, one, other)
    for rules in (["pixels"], ["earliest", "newest"], ["shortest"]):
        set_keeper_rules(shelf.library.catalog, rules)
        (group,) = find_groups(shelf.library)
        assert group.doubt.startswith("it is not clear which one is the original: ")
        assert (group.keep_because, group.reclaimable, group.suggested) == ("", 0, False)
        assert {group.reason_to_keep(item) for item in group.all} == {NOT_TOLD}
        assert going(shelf, [group]) == set()


def test_once_a_person_has_chosen_the_others_are_offered(shelf: Shelf) -> None:
    one, other = (shelf.put(f"{n}.jpg", n, **measured(**LARGE)) for n in (1, 2))
    pair(shelf, one, other)
    (group,) = find_groups(shelf.library)
    for item in group.all:
        chosen = group.with_keeper(item.file_id)
        assert (chosen.keep.path, chosen.keep_because, chosen.doubt) == (
            item.path,
            "you chose it",
            "",
        )
        assert going(shelf, [chosen]) == {"1.jpg", "2.jpg"} - {name(item)}
    assert group.with_keeper(10_000) is group


def test_the_keeper_must_beat_each_one_itself(shelf: Shelf) -> None:
    """a is the original of b, and b looks like the original of c: of a and c nothing is known."""
    a, b = shelf.put("a.jpg", 1, **by_camera(**LARGE)), shelf.put("b.jpg", 2, **measured(**SMALL))
    c = shelf.put("c.jpg", 3, **measured(**SMALL))
    pair(shelf, a, b)
    pair(shelf, b, c)
    groups = find_groups(shelf.library)
    assert "c.jpg" not in going(shelf, groups)
    pair(shelf, a, c)
    assert going(shelf, find_groups(shelf.library)) == {"b.jpg", "c.jpg"}


def test_in_a_component_whose_original_is_not_known_nothing_is_suggested(shelf: Shelf) -> None:
    """Two that cannot be told apart, and one of them hangs together with two others, of which one
    is surely made from the other."""
    ids = [shelf.put(f"{n}.jpg", n, **measured(**LARGE)) for n in range(3)]
    camera, sent = (
        shelf.put("camera.jpg", 8, **by_camera(**LARGE)),
        shelf.put("sent.jpg", 9, **measured(**SMALL)),
    )
    pair(shelf, ids[0], ids[1])
    pair(shelf, ids[0], ids[2])
    pair(shelf, camera, sent)
    assert sorted(bool(group.doubt) for group in find_groups(shelf.library)) == [False, True]
    pair(shelf, ids[1], sent)
    groups = {name(group.keep): group for group in find_groups(shelf.library)}
    assert (
        len(groups) == 2
        and groups["camera.jpg"].doubt == UNKNOWN_GROUP
        and groups["camera.jpg"].keep_because == ""
    )
    assert going(shelf, list(groups.values())) == set()


def test_sets_hold_no_others_back(shelf: Shelf) -> None:
    camera, sent = (
        shelf.put("camera.jpg", 1, **by_camera(**LARGE)),
        shelf.put("sent.jpg", 2, **measured(**SMALL)),
    )
    small, edit = (
        shelf.put("x/IMG_0.jpg", 3, **measured(**SMALL)),
        shelf.put("x/IMG_0-bewerkt.jpg", 4, **measured(**SMALL)),
    )
    pair(shelf, camera, sent)
    pair(shelf, sent, small)
    pair(shelf, small, edit)
    groups = {name(group.keep): group for group in find_groups(shelf.library)}
    assert (
        groups["x/IMG_0.jpg"].doubt
        and not groups["camera.jpg"].doubt
        and going(shelf, list(groups.values())) == {"sent.jpg"}
    )


def test_of_the_same_pixels_the_one_with_the_facts_is_kept_and_then_the_camera_s_format(
    shelf: Shelf,
) -> None:
    jpeg, png = shelf.put("a.jpg", 1, **by_camera()), shelf.put("b.png", 2, format="PNG")
    bmp, tiff = shelf.put("c.bmp", 3, format="BMP"), shelf.put("d.tif", 4, format="TIFF")
    for one, other in ((jpeg, png), (bmp, tiff)):
        pair(shelf, one, other, "pixels")
    groups = {name(group.keep): group.keep_because for group in find_groups(shelf.library)}
    assert groups == {
        "a.jpg": "it alone says when it was taken, with which camera and how it was exposed",
        "d.tif": "it is the TIFF file of which the BMP was made",
    }


def test_of_the_same_pixels_and_facts_the_rules_choose(shelf: Shelf) -> None:
    one, other = shelf.put("b.jpg", 1, **by_camera()), shelf.put("a (1).jpg", 2, **by_camera())
    pair(shelf, one, other, "pixels")
    (group,) = find_groups(shelf.library)
    assert (name(group.keep), group.keep_because) == (
        "b.jpg",
        "the other is named like a copy (“(1)”)",
    )


def test_of_the_same_pixels_with_facts_of_their_own_none_is_suggested(shelf: Shelf) -> None:
    one, other = (
        shelf.put("a.jpg", 1, camera="Acme Z1"),
        shelf.put("b.jpg", 2, latitude=1.0, longitude=2.0),
    )
    pair(shelf, one, other, "pixels")
    (group,) = find_groups(shelf.library)
    assert (
        group.doubt == "it is not clear which one is the original: only b.jpg says where"
        and not going(shelf, [group])
    )


def test_a_link_is_never_kept_for_a_file(shelf: Shelf, tmp_path: Any) -> None:
    one, other = shelf.put("a.jpg", 1, **by_camera()), shelf.put("b.jpg", 2, **by_camera())
    (tmp_path / "photos" / "a.jpg").symlink_to("nowhere")
    pair(shelf, one, other, "pixels")
    (group,) = find_groups(shelf.library)
    assert (name(group.keep), group.keep_because) == (
        "b.jpg",
        "it is a file of its own, and no link",
    )
    (tmp_path / "photos" / "b.jpg").symlink_to("nowhere")
    (group,) = find_groups(shelf.library)
    assert group.doubt.endswith("the only one that may be is a link, or all others stay")


# --- names built on each other


@pytest.mark.parametrize("edit", ["IMG_0-bewerkt.jpg", "IMG_0~2.jpg", "IMG_0 (1).jpg"])
def test_a_version_by_name_is_shown_and_never_offered(shelf: Shelf, edit: str) -> None:
    original, version = (
        shelf.put("IMG_0.jpg", 1, **by_camera(**LARGE)),
        shelf.put(edit, 2, **measured(**SMALL)),
    )
    pair(shelf, original, version)
    (group,) = find_groups(shelf.library)
    assert (
        name(group.keep) == "IMG_0.jpg"
        and group.doubt == "by their names, they are an original and its versions"
    )
    for kept in group.all:
        chosen = group.with_keeper(kept.file_id)
        assert (
            "versions of one photo" in chosen.reason_to_keep(chosen.others[0])
            and going(shelf, [chosen]) == set()
        )


def test_where_all_are_protected_it_is_said_that_none_can_go(shelf: Shelf, tmp_path: Any) -> None:
    protect(shelf.library.catalog, str(tmp_path / "photos"))
    pair(
        shelf,
        shelf.put("a.jpg", 1, **by_camera(**LARGE)),
        shelf.put("b.jpg", 2, **measured(**SMALL)),
    )
    (group,) = find_groups(shelf.library)
    assert (
        group.doubt == "none of them can go, whichever one is kept"
        and going(shelf, [group]) == set()
    )


def test_of_a_set_the_original_is_shown_first(shelf: Shelf) -> None:
    pair(
        shelf,
        shelf.put("IMG_0.jpg", 1, **measured(**SMALL)),
        shelf.put("IMG_0-bewerkt.jpg", 2, **by_camera(**LARGE)),
    )
    assert name(find_groups(shelf.library)[0].keep) == "IMG_0.jpg"


def test_a_version_that_most_were_compared_with_is_shown_first_where_there_is_no_other(
    shelf: Shelf,
) -> None:
    original, edit = (
        shelf.put("IMG_0.jpg", 1, **by_camera(**LARGE)),
        shelf.put("IMG_0-bewerkt.jpg", 2, **measured(**LARGE)),
    )
    pair(shelf, original, edit)
    for number in (3, 4):
        pair(shelf, edit, shelf.put(f"{number}.jpg", number, **measured(**SMALL)))
    (group,) = find_groups(shelf.library)
    assert (
        name(group.keep) == "IMG_0-bewerkt.jpg" and group.doubt and going(shelf, [group]) == set()
    )


def test_the_same_pixels_are_a_plain_copy_whatever_it_is_called(shelf: Shelf) -> None:
    pair(shelf, shelf.put("IMG_0.jpg", 1), shelf.put("IMG_0-kopie.jpg", 2), "pixels")
    assert going(shelf, find_groups(shelf.library)) == {"IMG_0-kopie.jpg"}


def test_a_version_does_not_go_for_a_photo_elsewhere_either(shelf: Shelf) -> None:
    camera = shelf.put("b/IMG_0.jpg", 1, **by_camera(**LARGE))
    copy, edit = (
        shelf.put("a/IMG_0.jpg", 2, **measured(**SMALL)),
        shelf.put("a/img_0 retusche.jpg", 3, **measured(**SMALL)),
    )
    for one, other in ((camera, copy), (camera, edit), (copy, edit)):
        pair(shelf, one, other)
    (group,) = find_groups(shelf.library)
    assert name(group.keep) == "b/IMG_0.jpg" and going(shelf, [group]) == {"a/IMG_0.jpg"}
    (stays,) = (item for item in group.others if item.original)
    assert (
        group.reason_to_keep(stays) == "by its name it is a version of IMG_0.jpg"
        and name(stays) == "a/img_0 retusche.jpg"
    )
    # It needs no proof, as it stays: also where it differs.
    pair(shelf, camera, edit, changed=0.3)
    assert going(shelf, find_groups(shelf.library)) == {"a/IMG_0.jpg"}


def test_frames_of_a_burst_may_be_marked_and_are_in_no_plan_of_themselves(shelf: Shelf) -> None:
    pair(shelf, shelf.put("IMG_0.jpg", 1, **LARGE), shelf.put("IMG_0_001.jpg", 2, **LARGE), "scene")
    pair(shelf, shelf.put("x.jpg", 3, **LARGE), shelf.put("y.jpg", 4, **LARGE), "scene")
    pair(shelf, shelf.put("z.jpg", 5, **LARGE), shelf.put("z-filter.jpg", 6, **LARGE), "scene")
    groups = find_groups(shelf.library, ["moment"])
    held = [group.reason_to_keep(group.others[0]) for group in groups]
    assert sorted(map(bool, held)) == [False, False, True]
    assert going(shelf, groups) in ({"x.jpg"}, {"y.jpg"})
    marked = {
        removal.path.rpartition("/")[2]
        for removal in removals_of_groups(shelf.library.catalog, groups, lambda group, item: True)
    }
    assert len(marked) == 2 and not marked & {"z.jpg", "z-filter.jpg"}


def test_a_copy_for_which_nothing_would_go_is_not_suggested(shelf: Shelf, tmp_path: Any) -> None:
    protect(shelf.library.catalog, str(tmp_path / "photos" / "safe"))
    pair(
        shelf,
        shelf.put("a.jpg", 1, **measured(**LARGE)),
        shelf.put("safe/copy.jpg", 2, **measured(**LARGE)),
    )
    (group,) = find_groups(shelf.library)
    assert (
        group.doubt.startswith("it is not clear")
        and not group.keep_because
        and going(shelf, [group]) == set()
    )


def test_what_is_protected_needs_no_proof_and_is_kept_only_with_one(
    shelf: Shelf, tmp_path: Any
) -> None:
    protect(shelf.library.catalog, str(tmp_path / "photos" / "safe"))
    camera, copy = (
        shelf.put("camera.jpg", 1, **by_camera(**LARGE)),
        shelf.put("safe/copy.jpg", 2, **by_camera(**LARGE)),
    )
    sent = shelf.put("sent.jpg", 3, **measured(**SMALL))
    for one, other in ((camera, copy), (camera, sent), (copy, sent)):
        pair(shelf, one, other)
    (group,) = find_groups(shelf.library)
    assert name(group.keep) == "camera.jpg" and going(shelf, [group]) == {"sent.jpg"}
