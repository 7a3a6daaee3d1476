from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from explorer.duplicates.find_groups import find_groups
from explorer.duplicates.group_file import GroupFile
from explorer.duplicates.group_removals import removals_of_groups
from explorer.duplicates.groups import MAYBE_ORIGINAL, DuplicateGroup
from explorer.duplicates.keeper import set_keeper_rules
from explorer.duplicates.suggestion import NOT_CLEAR_FOR_OTHERS
from explorer.library import pair_store as store
from explorer.library.pair_store import PAIRS_VERSION, Pair
from tests.factory import Shelf, by_camera, measured

pytestmark = pytest.mark.usefixtures("untouched")

LARGE, SMALL = {"width": 1000, "height": 800}, {"width": 500, "height": 400}


def pair(
    shelf: Shelf, one: int, other: int, kind: store.PairKind = "picture", **relation: Any
) -> None:
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


def test_the_original_is_suggested_and_its_copies_are_removed(shelf: Shelf) -> None:
    camera = shelf.put("camera.jpg", 1, **by_camera(**LARGE))
    for number, facts in enumerate((SMALL, LARGE), 2):
        pair(shelf, camera, shelf.put(f"sent {number}.jpg", number, **measured(**facts)))
    (group,) = find_groups(shelf.library)
    assert (name(group.keep), group.doubt, group.suggested) == ("camera.jpg", "", True)
    assert group.keep_because == "only it has camera metadata, and it has more pixels"
    assert going(shelf, [group]) == {"sent 2.jpg", "sent 3.jpg"}


def test_nothing_is_suggested_if_one_file_may_be_the_original_too(shelf: Shelf) -> None:
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
        assert {group.reason_to_keep(item) for item in group.all} == {MAYBE_ORIGINAL}
        assert going(shelf, [group]) == set()


def test_once_a_person_has_chosen_a_keeper_the_others_are_offered(shelf: Shelf) -> None:
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


def test_the_keeper_must_be_proven_against_each_file_itself(shelf: Shelf) -> None:
    """a is the original of b, and b looks like the original of c: of a and c nothing is known."""
    a, b = shelf.put("a.jpg", 1, **by_camera(**LARGE)), shelf.put("b.jpg", 2, **measured(**SMALL))
    c = shelf.put("c.jpg", 3, **measured(**SMALL))
    pair(shelf, a, b)
    pair(shelf, b, c)
    groups = find_groups(shelf.library)
    assert "c.jpg" not in going(shelf, groups)
    pair(shelf, a, c)
    assert going(shelf, find_groups(shelf.library)) == {"b.jpg", "c.jpg"}


def test_nothing_is_suggested_in_a_component_whose_original_is_unclear(shelf: Shelf) -> None:
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
        and groups["camera.jpg"].doubt == NOT_CLEAR_FOR_OTHERS
        and groups["camera.jpg"].keep_because == ""
    )
    assert going(shelf, list(groups.values())) == set()


def test_versions_of_a_photo_do_not_block_other_groups(shelf: Shelf) -> None:
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


def test_of_identical_pixels_metadata_decide_first_and_then_the_format(shelf: Shelf) -> None:
    jpeg, png = shelf.put("a.jpg", 1, **by_camera()), shelf.put("b.png", 2, format="PNG")
    bmp, tiff = shelf.put("c.bmp", 3, format="BMP"), shelf.put("d.tif", 4, format="TIFF")
    for one, other in ((jpeg, png), (bmp, tiff)):
        pair(shelf, one, other, "pixels")
    groups = {name(group.keep): group.keep_because for group in find_groups(shelf.library)}
    assert groups == {
        "a.jpg": "only it has a capture date, a camera name and more exposure settings",
        "d.tif": "it is the TIFF file from which the BMP was made",
    }


def test_of_identical_pixels_and_metadata_the_rules_choose(shelf: Shelf) -> None:
    one, other = shelf.put("b.jpg", 1, **by_camera()), shelf.put("a (1).jpg", 2, **by_camera())
    pair(shelf, one, other, "pixels")
    (group,) = find_groups(shelf.library)
    assert (name(group.keep), group.keep_because) == (
        "b.jpg",
        "the other is named like a copy (“(1)”)",
    )


def test_of_identical_pixels_with_different_metadata_none_is_suggested(shelf: Shelf) -> None:
    one, other = (
        shelf.put("a.jpg", 1, camera="Acme Z1"),
        shelf.put("b.jpg", 2, latitude=1.0, longitude=2.0),
    )
    pair(shelf, one, other, "pixels")
    (group,) = find_groups(shelf.library)
    assert (
        group.doubt == "it is not clear which one is the original: only b.jpg has a location"
        and not going(shelf, [group])
    )


def test_a_link_is_never_kept_in_place_of_a_file(shelf: Shelf, tmp_path: Any) -> None:
    one, other = shelf.put("a.jpg", 1, **by_camera()), shelf.put("b.jpg", 2, **by_camera())
    (tmp_path / "photos" / "a.jpg").symlink_to("nowhere")
    pair(shelf, one, other, "pixels")
    (group,) = find_groups(shelf.library)
    assert (name(group.keep), group.keep_because) == ("b.jpg", "it is a file, not a link")
    (tmp_path / "photos" / "b.jpg").symlink_to("nowhere")
    (group,) = find_groups(shelf.library)
    assert group.doubt.endswith("the only candidate is a link, or all others must be kept")
