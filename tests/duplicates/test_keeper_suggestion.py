from __future__ import annotations

from typing import Any

import pytest

from explorer.duplicates.find_groups import find_groups
from explorer.duplicates.group_removals import removals_of_groups
from explorer.duplicates.groups import MAYBE_ORIGINAL
from explorer.duplicates.keeper import set_keep_rules
from explorer.duplicates.keeper_suggestion import NOT_CLEAR_FOR_OTHERS
from explorer.library.stores.protected_folder_store import protect_folder
from tests.duplicates.suggested_groups import LARGE, SMALL, going, name, pair
from tests.factory import LibraryBuilder, by_camera, measured

pytestmark = pytest.mark.usefixtures("untouched")


def test_the_original_is_suggested_and_its_copies_are_removed(builder: LibraryBuilder) -> None:
    camera = builder.put("camera.jpg", 1, **by_camera(**LARGE))
    for number, facts in enumerate((SMALL, LARGE), 2):
        pair(builder, camera, builder.put(f"sent {number}.jpg", number, **measured(**facts)))
    (group,) = find_groups(builder.library)
    assert (name(group.keep), group.doubt, group.suggested) == ("camera.jpg", "", True)
    assert group.keep_because == "only it has camera metadata, and it has more pixels"
    assert going(builder, [group]) == {"sent 2.jpg", "sent 3.jpg"}


def test_nothing_is_suggested_if_one_file_may_be_the_original_too(builder: LibraryBuilder) -> None:
    """Whatever the order of the rules says: a copy is never kept before its original."""
    camera = builder.put("camera.jpg", 1, **by_camera(**LARGE))
    sent, edited = (
        builder.put("sent.jpg", 2, **measured(**SMALL)),
        builder.put("other.jpg", 3, **by_camera(**LARGE)),
    )
    for one, other in ((camera, sent), (camera, edited), (edited, sent)):
        pair(builder, one, other)
    for rules in (["pixels"], ["earliest", "newest"], ["shortest"]):
        set_keep_rules(builder.library.catalog, rules)
        (group,) = find_groups(builder.library)
        assert group.doubt.startswith("it is not clear which one is the original: ")
        assert (group.keep_because, group.reclaimable, group.suggested) == ("", 0, False)
        assert {group.reason_to_keep(item) for item in group.all} == {MAYBE_ORIGINAL}
        assert going(builder, [group]) == set()


TAGS: dict[str, Any] = {"title": "Anna in Venice", "rating": 5.0, "keywords": ("Anna",)}


def test_a_file_with_the_only_texts_and_rating_is_kept_rather_than_the_older_one(
    builder: LibraryBuilder,
) -> None:
    plain, tagged = (
        builder.put("a.jpg", 1, **by_camera()),
        builder.put("tagged.jpg", 2, **by_camera(**TAGS)),
    )
    pair(builder, plain, tagged, "pixels")
    for rules in (["oldest"], ["shortest"]):
        set_keep_rules(builder.library.catalog, rules)
        (group,) = find_groups(builder.library)
        assert (name(group.keep), group.keep_because) == (
            "tagged.jpg",
            "only it has a title, a rating and keywords",
        )
        assert not group.metadata_loss(group.others[0])


def test_a_smaller_copy_with_the_only_texts_is_not_removed_unless_the_user_chooses_so(
    builder: LibraryBuilder,
) -> None:
    large = builder.put("large.jpg", 1, **by_camera(**LARGE))
    pair(builder, large, builder.put("small.jpg", 2, **measured(**SMALL, **TAGS)))
    (group,) = find_groups(builder.library)
    lost = "only small.jpg has a title, a rating and keywords"
    assert group.doubt.endswith(lost) and going(builder, [group]) == set()
    chosen = group.with_keeper(group.keep.file_id)
    (removal,) = removals_of_groups(builder.library.catalog, [chosen])
    assert chosen.metadata_loss(chosen.others[0]) == lost
    assert removal.why == f"you chose it; {lost}"


def test_once_a_person_has_chosen_a_keeper_the_others_are_offered(builder: LibraryBuilder) -> None:
    one, other = (builder.put(f"{n}.jpg", n, **measured(**LARGE)) for n in (1, 2))
    pair(builder, one, other)
    (group,) = find_groups(builder.library)
    for item in group.all:
        chosen = group.with_keeper(item.file_id)
        assert (chosen.keep.path, chosen.keep_because, chosen.doubt) == (
            item.path,
            "you chose it",
            "",
        )
        assert going(builder, [chosen]) == {"1.jpg", "2.jpg"} - {name(item)}
    assert group.with_keeper(10_000) is group


def test_the_keeper_must_be_proven_against_each_file_itself(builder: LibraryBuilder) -> None:
    """a is the original of b, and b looks like the original of c: of a and c nothing is known."""
    a, b = (
        builder.put("a.jpg", 1, **by_camera(**LARGE)),
        builder.put("b.jpg", 2, **measured(**SMALL)),
    )
    c = builder.put("c.jpg", 3, **measured(**SMALL))
    pair(builder, a, b)
    pair(builder, b, c)
    groups = find_groups(builder.library)
    assert "c.jpg" not in going(builder, groups)
    pair(builder, a, c)
    assert going(builder, find_groups(builder.library)) == {"b.jpg", "c.jpg"}


def test_nothing_is_suggested_in_a_component_whose_original_is_unclear(
    builder: LibraryBuilder,
) -> None:
    """Two that cannot be distinguished, and one of them is connected with two others, of which one
    is surely made from the other."""
    ids = [builder.put(f"{n}.jpg", n, **measured(**LARGE)) for n in range(3)]
    camera, sent = (
        builder.put("camera.jpg", 8, **by_camera(**LARGE)),
        builder.put("sent.jpg", 9, **measured(**SMALL)),
    )
    pair(builder, ids[0], ids[1])
    pair(builder, ids[0], ids[2])
    pair(builder, camera, sent)
    assert sorted(bool(group.doubt) for group in find_groups(builder.library)) == [False, True]
    pair(builder, ids[1], sent)
    groups = {name(group.keep): group for group in find_groups(builder.library)}
    assert (
        len(groups) == 2
        and groups["camera.jpg"].doubt == NOT_CLEAR_FOR_OTHERS
        and groups["camera.jpg"].keep_because == ""
    )
    assert going(builder, list(groups.values())) == set()


def test_versions_of_a_photo_do_not_block_other_groups(builder: LibraryBuilder) -> None:
    camera, sent = (
        builder.put("camera.jpg", 1, **by_camera(**LARGE)),
        builder.put("sent.jpg", 2, **measured(**SMALL)),
    )
    small, edit = (
        builder.put("x/IMG_0.jpg", 3, **measured(**SMALL)),
        builder.put("x/IMG_0-bewerkt.jpg", 4, **measured(**SMALL)),
    )
    pair(builder, camera, sent)
    pair(builder, sent, small)
    pair(builder, small, edit)
    groups = {name(group.keep): group for group in find_groups(builder.library)}
    assert (
        groups["x/IMG_0.jpg"].doubt
        and not groups["camera.jpg"].doubt
        and going(builder, list(groups.values())) == {"sent.jpg"}
    )


def test_of_identical_pixels_metadata_decide_first_and_then_the_format(
    builder: LibraryBuilder,
) -> None:
    jpeg, png = builder.put("a.jpg", 1, **by_camera()), builder.put("b.png", 2, format="PNG")
    bmp, tiff = builder.put("c.bmp", 3, format="BMP"), builder.put("d.tif", 4, format="TIFF")
    for one, other in ((jpeg, png), (bmp, tiff)):
        pair(builder, one, other, "pixels")
    groups = {name(group.keep): group.keep_because for group in find_groups(builder.library)}
    assert groups == {
        "a.jpg": "only it has a capture date, a camera name and more exposure settings",
        "d.tif": "it is the TIFF file from which the BMP was made",
    }


def test_of_identical_pixels_and_metadata_the_rules_choose(builder: LibraryBuilder) -> None:
    one, other = builder.put("b.jpg", 1, **by_camera()), builder.put("a (1).jpg", 2, **by_camera())
    pair(builder, one, other, "pixels")
    (group,) = find_groups(builder.library)
    assert (name(group.keep), group.keep_because) == (
        "b.jpg",
        "the other is named like a copy (“(1)”)",
    )


def test_of_identical_pixels_with_different_metadata_none_is_suggested(
    builder: LibraryBuilder,
) -> None:
    one, other = (
        builder.put("a.jpg", 1, camera="Acme Z1"),
        builder.put("b.jpg", 2, latitude=1.0, longitude=2.0),
    )
    pair(builder, one, other, "pixels")
    (group,) = find_groups(builder.library)
    assert (
        group.doubt == "it is not clear which one is the original: only b.jpg has a location"
        and not going(builder, [group])
    )


def test_a_link_is_never_kept_in_place_of_a_file(builder: LibraryBuilder, tmp_path: Any) -> None:
    one, other = builder.put("a.jpg", 1, **by_camera()), builder.put("b.jpg", 2, **by_camera())
    (tmp_path / "photos" / "a.jpg").symlink_to("nowhere")
    pair(builder, one, other, "pixels")
    (group,) = find_groups(builder.library)
    assert (name(group.keep), group.keep_because) == ("b.jpg", "it is a file, not a link")
    (tmp_path / "photos" / "b.jpg").symlink_to("nowhere")
    (group,) = find_groups(builder.library)
    assert group.doubt.endswith("the only candidate is a link, or all others must be kept")


def test_a_protected_file_is_kept_as_it_is_never_removed(
    builder: LibraryBuilder, tmp_path: Any
) -> None:
    one, other = builder.put("a/2.jpg", 1, **by_camera()), builder.put("b/1.jpg", 2, **by_camera())
    pair(builder, one, other, "pixels")
    protect_folder(builder.library.catalog, str(tmp_path / "photos" / "a"))
    set_keep_rules(builder.library.catalog, ["shortest"])
    (group,) = find_groups(builder.library)
    assert (name(group.keep), group.keep_because) == ("a/2.jpg", "it is never removed")


def test_of_two_that_may_be_kept_the_rules_choose_whatever_their_formats(
    builder: LibraryBuilder, tmp_path: Any
) -> None:
    """The format tells which was first only where all pixels are the same. Here both are kept in
    any case, and the third was made from either."""
    png = builder.put("a/1.png", 1, format="PNG", **by_camera(**LARGE))
    jpeg = builder.put("a/22.jpg", 2, **by_camera(**LARGE))
    sent = builder.put("c/3.jpg", 3, **measured(**SMALL))
    for one, other in ((png, jpeg), (png, sent), (jpeg, sent)):
        pair(builder, one, other)
    protect_folder(builder.library.catalog, str(tmp_path / "photos" / "a"))
    set_keep_rules(builder.library.catalog, ["shortest"])
    (group,) = find_groups(builder.library)
    assert (name(group.keep), group.doubt) == ("a/1.png", "")
