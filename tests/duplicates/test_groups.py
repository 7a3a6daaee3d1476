from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from explorer.duplicates.find_groups import find_groups
from explorer.duplicates.group_file import GroupFile
from explorer.duplicates.groups import NOT_COMPARED, SAME_BYTES, DuplicateGroup, make_group
from explorer.duplicates.keeper import set_keep_rules
from explorer.library.stores import pair_store as store
from explorer.library.stores.pair_store import PAIRS_VERSION, Pair
from explorer.library.stores.protected_folder_store import protect_folder
from explorer.photos.containers.contents import NOTHING
from explorer.removal.companions import NO_COMPANIONS, Companion, Companions
from tests.factory import LibraryBuilder, by_camera, measured

pytestmark = pytest.mark.usefixtures("untouched")


def star(builder: LibraryBuilder, *more: tuple[str, str]) -> DuplicateGroup:
    """A large photo and three copies that were each compared with it; and those pairs of copies
    that are named."""
    facts = {"a": by_camera(), "b": measured(), "c": measured(), "d": measured()}
    ids = {
        name: builder.put(f"{name}.jpg", name, width=width, height=width, **facts[name])
        for name, width in zip("abcd", (400, 300, 200, 100), strict=True)
    }
    for one, other in (("a", "b"), ("a", "c"), ("a", "d"), *more):
        relation: dict[str, object] = {"matrix": [1, 0, 0, 0, 1, 0], "plain": 3}
        store.put_pairs(
            builder.writer, [Pair(ids[one], ids[other], "picture", 0.9, relation)], PAIRS_VERSION
        )
    (group,) = find_groups(builder.library, ["picture"])
    return group


def names(items: Any) -> list[str]:
    return sorted(Path(item.path).name for item in items)


def of(group: DuplicateGroup, name: str) -> GroupFile:
    return next(item for item in group.all if Path(item.path).name == name)


def test_with_another_keeper_only_files_compared_with_it_are_offered(
    builder: LibraryBuilder,
) -> None:
    group = star(builder, ("b", "c"))
    assert (
        names([group.keep]) == ["a.jpg"]
        and names(group.others) == ["b.jpg", "c.jpg", "d.jpg"]
        and not group.unchecked
    )
    chosen = group.with_keeper(of(group, "b.jpg").file_id)
    assert (chosen.key, chosen.keep_because) == (group.key, "you chose it")
    assert (names([chosen.keep]), names(chosen.others), names(chosen.unchecked)) == (
        ["b.jpg"],
        ["a.jpg", "c.jpg"],
        ["d.jpg"],
    )
    assert chosen.reason_to_keep(of(chosen, "d.jpg")) == NOT_COMPARED and not chosen.reason_to_keep(
        of(chosen, "a.jpg")
    )
    assert chosen.reclaimable == 2000
    # How each differs is reported as seen from the one that is kept now.
    assert (
        of(group, "b.jpg").relation == "75% of the size"
        and of(chosen, "a.jpg").relation == "133% of the size"
    )
    assert (chosen.keep.relation, of(chosen, "d.jpg").relation) == (
        "",
        "not compared with the file to keep",
    )
    # Back again: everything is as it was.
    again = chosen.with_keeper(group.keep.file_id)
    assert names(again.others) == names(group.others) and not again.unchecked
    assert group.with_keeper(10_000) is group

    # Nobody chose what is suggested anyway.
    assert group.with_keeper(group.keep.file_id).keep_because == group.keep_because
    scores = {Path(item.path).name: item.score for item in chosen.all}
    assert scores == {"a.jpg": 0.9, "b.jpg": 1.0, "c.jpg": 0.9, "d.jpg": 0.0}


def test_any_of_several_identical_files_may_be_kept(builder: LibraryBuilder) -> None:
    for name in "abc":
        builder.put(f"{name}.jpg", 1)
    (group,) = find_groups(builder.library)
    chosen = group.with_keeper(group.others[-1].file_id)
    assert len(chosen.others) == 2 and not chosen.unchecked
    assert {item.score for item in chosen.all} == {1.0} and chosen.keep.relation == ""
    assert {item.relation for item in chosen.others} == {SAME_BYTES}


def test_versions_of_one_photo_are_not_copies_of_each_other(builder: LibraryBuilder) -> None:
    large = builder.put("x.jpg", 1, width=400)
    ids = [builder.put("IMG_1.jpg", 2, width=300), builder.put("IMG_E1.jpg", 3, width=300)]
    for one, other in ((large, ids[0]), (large, ids[1]), (ids[0], ids[1])):
        store.put_pairs(builder.writer, [Pair(one, other, "picture", 0.9, {})], PAIRS_VERSION)
    (group,) = find_groups(builder.library)
    chosen = group.with_keeper(of(group, "IMG_1.jpg").file_id)
    assert names(chosen.unchecked) == [
        "IMG_E1.jpg"
    ] and "versions of one photo" in chosen.reason_to_keep(chosen.unchecked[0])


def beside(builder: LibraryBuilder, tmp_path: Path, *names: str) -> None:
    for name in names:
        (tmp_path / "photos" / name).parent.mkdir(exist_ok=True)
        (tmp_path / "photos" / name).write_text(name)


def pair(builder: LibraryBuilder, **second: Any) -> DuplicateGroup:
    """A photo, and a copy of half its size; or a second one of that kind."""
    one = builder.put("a/1.jpg", 1, width=400, height=400, **by_camera())
    other = builder.put("b/2.jpg", 2, **(second or measured(width=200, height=200)))
    store.put_pairs(
        builder.writer,
        [Pair(one, other, "picture", 0.9, {"matrix": [1, 0, 0, 0, 1, 0], "plain": 3})],
        PAIRS_VERSION,
    )
    (group,) = find_groups(builder.library)
    return group


def same(builder: LibraryBuilder) -> DuplicateGroup:
    """Two files of the same pixels that say the same."""
    ids = [builder.put(name, name, width=400) for name in ("a/1.jpg", "b/2.jpg")]
    store.put_pairs(builder.writer, [Pair(ids[0], ids[1], "pixels", 1.0, {})], PAIRS_VERSION)
    (group,) = find_groups(builder.library)
    return group


def test_the_file_with_its_film_is_kept(builder: LibraryBuilder, tmp_path: Path) -> None:
    beside(builder, tmp_path, "b/2.mov", "a/1.jpg.json")
    group = same(builder)
    assert (names([group.keep]), group.keep_because) == (["2.jpg"], "it has its video beside it")
    # The other goes, and what an export said of it.
    assert not group.reason_to_keep(group.others[0]) and group.reclaimable == 1000 + len(
        "a/1.jpg.json"
    )


def test_a_raw_file_or_edits_make_a_photo_the_better_one(
    builder: LibraryBuilder, tmp_path: Path
) -> None:
    beside(builder, tmp_path, "b/2.NEF", "a/1.thm")
    assert same(builder).keep_because == "it has its RAW file beside it"
    beside(builder, tmp_path, "b/2.xmp")
    assert (
        find_groups(builder.library)[0].keep_because
        == "it has a file with edits or notes beside it"
    )


@pytest.mark.parametrize(
    ("film", "words"), [("", "has no video"), ("a/1.mov", "has a different video")]
)
def test_a_photo_with_the_only_copy_of_its_film_is_kept(
    builder: LibraryBuilder, tmp_path: Path, film: str, words: str
) -> None:
    beside(builder, tmp_path, "b/2 has another length.mov", *filter(None, [film]))
    (tmp_path / "photos" / "b" / "2 has another length.mov").rename(
        tmp_path / "photos" / "b" / "2.MOV"
    )
    group = pair(builder)
    assert names([group.keep]) == ["1.jpg"]
    assert "there is no second copy of its video 2.MOV" in group.reason_to_keep(
        group.others[0]
    ) and words in group.reason_to_keep(group.others[0])
    assert group.reclaimable == 0
    assert not group.with_keeper(group.others[0].file_id).reason_to_keep(group.keep) or film


def test_a_photo_may_be_removed_if_the_keeper_has_the_same_film(
    builder: LibraryBuilder, tmp_path: Path
) -> None:
    beside(builder, tmp_path, "a/1.mov", "b/2.mov")
    group = pair(builder)
    assert not group.reason_to_keep(group.others[0])


def test_different_shots_may_be_removed_with_their_films(
    builder: LibraryBuilder, tmp_path: Path
) -> None:
    beside(builder, tmp_path, "b/2.mov")
    one, other = builder.put("a/1.jpg", 1, width=400), builder.put("b/2.jpg", 2, width=100)
    store.put_pairs(builder.writer, [Pair(one, other, "scene", 0.9, {})], PAIRS_VERSION)
    (group,) = find_groups(builder.library, ["moment"])
    assert not group.reason_to_keep(group.others[0])


def test_a_protected_file_is_kept_whichever_is_chosen(
    builder: LibraryBuilder, tmp_path: Path
) -> None:
    protect_folder(builder.library.catalog, str(tmp_path / "photos" / "a"))
    set_keep_rules(builder.library.catalog, ["newest"])
    group = pair(builder)
    other = group.with_keeper(next(item.file_id for item in group.all if not item.protected))
    assert (
        other.reason_to_keep(other.others[0]) == "it is in a protected folder"
        and other.reclaimable == 0
    )


def test_links_are_recognised_again_after_another_keeper_is_chosen(builder: LibraryBuilder) -> None:
    group = star(builder, ("b", "c"))
    items = {Path(item.path).name: item for item in group.all}
    same = replace(group, others=tuple(replace(item, inode_key="7 root") for item in group.others))
    chosen = same.with_keeper(items["b.jpg"].file_id)
    # The one kept and the others are names of the same bytes; a file whose place is not known is
    # none.
    assert [item.linked for item in (*chosen.others, *chosen.unchecked)] == [False, True, True]
    link = replace(
        group,
        others=tuple(replace(item, symlink=True) for item in group.others[:1]) + group.others[1:],
    )
    again = link.with_keeper(group.others[1].file_id)
    assert [item.linked for item in again.others if item.symlink] in ([True], [])
    assert all(item.linked for item in (*again.others, *again.unchecked) if item.symlink)


def test_only_the_first_of_several_hard_links_frees_bytes(builder: LibraryBuilder) -> None:
    group = star(builder, ("b", "c"), ("b", "d"))
    places = {"a.jpg": "1 root", "b.jpg": "2 root", "c.jpg": "1 root", "d.jpg": ""}
    placed = replace(
        group,
        keep=replace(group.keep, inode_key=places[Path(group.keep.path).name]),
        others=tuple(
            replace(item, inode_key=places[Path(item.path).name]) for item in group.others
        ),
    )
    chosen = placed.with_keeper(of(placed, "b.jpg").file_id)
    assert {Path(item.path).name: item.linked for item in chosen.others} == {
        "a.jpg": False,
        "c.jpg": True,
        "d.jpg": False,
    }
    assert chosen.reclaimable == 2000


def test_default_metadata_of_a_file_is_ignored() -> None:
    item = GroupFile(1, 1, "/a.jpg", 5, 4, 3, "JPEG", None, None)
    assert (item.relation, item.score, item.metadata, item.modified, item.inode_key) == (
        "",
        1.0,
        0,
        0.0,
        "",
    )
    assert (
        not (item.protected or item.linked or item.symlink or item.bordered)
        and item.contents is None
    )


def test_a_link_to_a_film_is_no_film_of_its_own() -> None:
    plain = GroupFile(1, 1, "/a/1.jpg", 5, 4, 3, "JPEG", None, None, contents=NOTHING)
    film = Companions((Companion("/b/2.mov", "video", 9),))
    link = Companions((Companion("/b/2.mov", "video", link=True),))
    other = replace(plain, file_id=2, photo_id=2, path="/b/2.jpg")
    for kept, removed, words in (
        (link, film, "has no video"),
        (film, film, ""),
        (NO_COMPANIONS, link, ""),
        (film, link, ""),
    ):
        keep, item = replace(plain, companions=kept), replace(other, companions=removed)
        group = make_group("picture", keep, "", [item], {"1", "2"})
        reason = group.reason_to_keep(item)
        assert words in reason and bool(reason) is bool(words)


def test_the_key_of_a_group_depends_on_its_contents_alone() -> None:
    one = GroupFile(1, 1, "/a.jpg", 5, 4, 3, "JPEG", None, None)
    two, three = replace(one, file_id=2, path="/c.jpg"), replace(one, file_id=3, path="/b.jpg")
    near = replace(one, file_id=4, path="/d.jpg", score=0.9)
    group = make_group("pixels", one, "", [near, two, three], ["x", "y"])
    assert [item.path for item in group.others] == ["/b.jpg", "/c.jpg", "/d.jpg"]
    assert group.key == make_group("pixels", two, "", [one], ["y", "x"]).key
    assert group.key != make_group("picture", one, "", [two], ["x", "y"]).key
    assert group.key != make_group("pixels", one, "", [two], ["x", "z"]).key
