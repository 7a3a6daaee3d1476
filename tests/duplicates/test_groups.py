from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from explorer.duplicates.find_groups import find_groups
from explorer.duplicates.groups import NOT_COMPARED, DuplicateGroup, GroupFile
from explorer.duplicates.keeper import set_keeper_rules
from explorer.library import pair_store as store
from explorer.library.decision_store import protect
from explorer.library.pair_store import PAIRS_VERSION, Pair
from explorer.photos.containers.contents import ContentPart, FileContents
from tests.factory import Shelf, by_camera, measured

pytestmark = pytest.mark.usefixtures("untouched")


def star(shelf: Shelf, *more: tuple[str, str]) -> DuplicateGroup:
    """A large photo and three copies that were each compared with it; and those pairs of copies
    that are named."""
    facts = {"a": by_camera(), "b": measured(), "c": measured(), "d": measured()}
    ids = {
        name: shelf.put(f"{name}.jpg", name, width=width, height=width, **facts[name])
        for name, width in zip("abcd", (400, 300, 200, 100), strict=True)
    }
    for one, other in (("a", "b"), ("a", "c"), ("a", "d"), *more):
        relation: dict[str, object] = {"matrix": [1, 0, 0, 0, 1, 0]}
        store.put_pairs(
            shelf.writer, [Pair(ids[one], ids[other], "picture", 0.9, relation)], PAIRS_VERSION
        )
    (group,) = find_groups(shelf.library, ["picture"])
    return group


def names(items: Any) -> list[str]:
    return sorted(Path(item.path).name for item in items)


def of(group: DuplicateGroup, name: str) -> GroupFile:
    return next(item for item in group.all if Path(item.path).name == name)


def test_with_another_kept_only_those_compared_with_it_are_offered(shelf: Shelf) -> None:
    group = star(shelf, ("b", "c"))
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
    # How each differs is said as seen from the one that is kept now.
    assert (
        of(group, "b.jpg").relation == "75 % of the size"
        and of(chosen, "a.jpg").relation == "133 % of the size"
    )
    assert (chosen.keep.relation, of(chosen, "d.jpg").relation) == (
        "",
        "not compared with the one kept",
    )
    # Back again: everything is as it was.
    again = chosen.with_keeper(group.keep.file_id)
    assert names(again.others) == names(group.others) and not again.unchecked
    assert group.with_keeper(10_000) is group


def test_of_identical_files_any_may_be_kept(shelf: Shelf) -> None:
    for name in "abc":
        shelf.put(f"{name}.jpg", 1)
    (group,) = find_groups(shelf.library)
    chosen = group.with_keeper(group.others[-1].file_id)
    assert len(chosen.others) == 2 and not chosen.unchecked


def test_a_set_is_no_copy_of_itself(shelf: Shelf) -> None:
    large = shelf.put("x.jpg", 1, width=400)
    ids = [shelf.put("IMG_1.jpg", 2, width=300), shelf.put("IMG_E1.jpg", 3, width=300)]
    for one, other in ((large, ids[0]), (large, ids[1]), (ids[0], ids[1])):
        store.put_pairs(shelf.writer, [Pair(one, other, "picture", 0.9, {})], PAIRS_VERSION)
    (group,) = find_groups(shelf.library)
    chosen = group.with_keeper(of(group, "IMG_1.jpg").file_id)
    assert names(chosen.unchecked) == [
        "IMG_E1.jpg"
    ] and "versions of one photo" in chosen.reason_to_keep(chosen.unchecked[0])


def beside(shelf: Shelf, tmp_path: Path, *names: str) -> None:
    for name in names:
        (tmp_path / "photos" / name).parent.mkdir(exist_ok=True)
        (tmp_path / "photos" / name).write_text(name)


def pair(shelf: Shelf, **second: Any) -> DuplicateGroup:
    """A photo, and a copy of half its size; or a second one of that kind."""
    one = shelf.put("a/1.jpg", 1, width=400, height=400, **by_camera())
    other = shelf.put("b/2.jpg", 2, **(second or measured(width=200, height=200)))
    store.put_pairs(
        shelf.writer,
        [Pair(one, other, "picture", 0.9, {"matrix": [1, 0, 0, 0, 1, 0]})],
        PAIRS_VERSION,
    )
    (group,) = find_groups(shelf.library)
    return group


def same(shelf: Shelf) -> DuplicateGroup:
    """Two files of the same pixels that say the same."""
    ids = [shelf.put(name, name, width=400) for name in ("a/1.jpg", "b/2.jpg")]
    store.put_pairs(shelf.writer, [Pair(ids[0], ids[1], "pixels", 1.0, {})], PAIRS_VERSION)
    (group,) = find_groups(shelf.library)
    return group


def test_the_one_with_its_film_is_kept(shelf: Shelf, tmp_path: Path) -> None:
    beside(shelf, tmp_path, "b/2.mov", "a/1.jpg.json")
    group = same(shelf)
    assert (names([group.keep]), group.keep_because) == (["2.jpg"], "it has its film beside it")
    # The other goes, and what an export said of it.
    assert not group.reason_to_keep(group.others[0]) and group.reclaimable == 1000 + len(
        "a/1.jpg.json"
    )


def test_a_raw_file_or_edits_make_a_photo_the_better_one(shelf: Shelf, tmp_path: Path) -> None:
    beside(shelf, tmp_path, "b/2.NEF", "a/1.thm")
    assert same(shelf).keep_because == "it has its RAW file beside it"
    beside(shelf, tmp_path, "b/2.xmp")
    assert (
        find_groups(shelf.library)[0].keep_because == "it has a file with edits or notes beside it"
    )


@pytest.mark.parametrize(("film", "words"), [("", "has none"), ("a/1.mov", "has another")])
def test_the_only_film_holds_its_photo_back(
    shelf: Shelf, tmp_path: Path, film: str, words: str
) -> None:
    beside(shelf, tmp_path, "b/2 has another length.mov", *filter(None, [film]))
    (tmp_path / "photos" / "b" / "2 has another length.mov").rename(
        tmp_path / "photos" / "b" / "2.MOV"
    )
    group = pair(shelf)
    assert names([group.keep]) == ["1.jpg"]
    assert "its film 2.MOV is not there a second time" in group.reason_to_keep(
        group.others[0]
    ) and words in group.reason_to_keep(group.others[0])
    assert group.reclaimable == 0
    assert not group.with_keeper(group.others[0].file_id).reason_to_keep(group.keep) or film


def test_the_same_film_beside_the_one_kept_lets_it_go(shelf: Shelf, tmp_path: Path) -> None:
    beside(shelf, tmp_path, "a/1.mov", "b/2.mov")
    group = pair(shelf)
    assert not group.reason_to_keep(group.others[0])


def test_other_shots_may_go_with_their_films(shelf: Shelf, tmp_path: Path) -> None:
    beside(shelf, tmp_path, "b/2.mov")
    one, other = shelf.put("a/1.jpg", 1, width=400), shelf.put("b/2.jpg", 2, width=100)
    store.put_pairs(shelf.writer, [Pair(one, other, "scene", 0.9, {})], PAIRS_VERSION)
    (group,) = find_groups(shelf.library, ["moment"])
    assert not group.reason_to_keep(group.others[0])


def test_what_is_protected_stays_whichever_is_kept(shelf: Shelf, tmp_path: Path) -> None:
    protect(shelf.library.catalog, str(tmp_path / "photos" / "a"))
    set_keeper_rules(shelf.library.catalog, ["newest"])
    group = pair(shelf)
    other = group.with_keeper(next(item.file_id for item in group.all if not item.protected))
    assert (
        other.reason_to_keep(other.others[0]) == "it lies in a protected folder"
        and other.reclaimable == 0
    )


FILM, PAGE = ContentPart("film", "0" * 32), ContentPart("page", "1" * 32)


def holding(*parts: ContentPart, complete: bool = True) -> str:
    return FileContents(parts, complete).packed()


def held(
    shelf: Shelf, one: str | None, other: str | None, kind: store.Kind = "picture", **facts: Any
) -> DuplicateGroup:
    """Two photos that hold that, the first one being the larger; of a picture it is the original."""
    first, second = {"width": 400, "height": 400}, {"width": 300, "height": 300} | facts
    laid: dict[str, object] = {}
    if kind == "picture":
        first, second, laid = by_camera(**first), measured(**second), {"matrix": [1, 0, 0, 0, 1, 0]}
    ids = [
        shelf.put("a.jpg", 1, **first, contents=one),
        shelf.put("b.jpg", 2, **second, contents=other),
    ]
    store.put_pairs(shelf.writer, [Pair(*ids, kind, 0.9, laid)], PAIRS_VERSION)
    (group,) = find_groups(shelf.library, ["moment" if kind == "scene" else kind])  # type: ignore[list-item]
    assert names([group.keep]) == ["a.jpg"] or facts
    # Nothing was measured that would tell the original of one picture: the person has chosen the
    # one shown first.
    return group.with_keeper(group.keep.file_id) if group.doubt else group


@pytest.mark.parametrize("kind", ["pixels", "picture"])
@pytest.mark.parametrize(
    ("one", "other", "words"),
    [
        (holding(), holding(FILM), "not all that it holds (film inside) is in the one kept"),
        (holding(PAGE), holding(FILM), "film inside"), (holding(FILM), holding(FILM, PAGE), "(2 pages, film inside)"),
        (holding(FILM, complete=False), holding(complete=False), "not all of it can be read"),
        (None, holding(FILM), "what the one kept holds beside its picture is not known"),
        (holding(FILM), None, "until it has been read again"), (holding(FILM), "{broken", "until it has been read again"),
        (None, None, "until it has been read again"),
    ],
)  # fmt: skip
def test_what_the_one_kept_does_not_hold_stays(
    shelf: Shelf, kind: store.Kind, one: str | None, other: str | None, words: str
) -> None:
    group = held(shelf, one, other, kind)
    assert words in group.reason_to_keep(group.others[0]) and group.reclaimable == 0


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (holding(), holding()),
        (holding(FILM), holding()),
        (holding(PAGE, FILM), holding(FILM)),
        (None, holding()),
    ],
)
def test_what_the_one_kept_holds_too_may_go(shelf: Shelf, one: str | None, other: str) -> None:
    group = held(shelf, one, other)
    assert not group.reason_to_keep(group.others[0]) and group.reclaimable == 1000


def test_another_one_kept_by_the_person_must_hold_it_too(shelf: Shelf) -> None:
    group = held(shelf, holding(FILM), holding())
    chosen = group.with_keeper(group.others[0].file_id)
    assert "film inside" in chosen.reason_to_keep(chosen.others[0]) and chosen.reclaimable == 0
    assert chosen.keep.holds == () and chosen.others[0].holds == ("film inside",)


def test_the_same_bytes_hold_the_same_known_or_not(shelf: Shelf) -> None:
    for name in "ab":
        shelf.put(f"{name}.jpg", 1, contents=None)
    (group,) = find_groups(shelf.library)
    assert (
        group.tier == "identical"
        and not group.reason_to_keep(group.others[0])
        and group.reclaimable == 1000
    )


def test_of_two_of_one_size_the_one_that_holds_more_is_kept(shelf: Shelf) -> None:
    group = held(shelf, holding(PAGE), holding(FILM, PAGE), "pixels", width=400, height=400)
    assert (
        names([group.keep]) == ["b.jpg"]
        and group.keep_because == "it holds more: 2 pages, film inside"
    )
    assert not group.reason_to_keep(group.others[0])


def test_other_shots_are_the_persons_own_choice_but_it_is_said_what_they_hold(shelf: Shelf) -> None:
    group = held(shelf, holding(), holding(FILM), "scene")
    assert not group.reason_to_keep(group.others[0]) and group.others[0].holds == ("film inside",)
    unknown = find_groups(shelf.library, ["moment"])[0].others[0]
    assert unknown.contents == FileContents((FILM,))
    assert "not been read again" in replace(unknown, contents=None).holds[0]


def test_a_film_beside_and_what_is_inside_both_count(shelf: Shelf, tmp_path: Path) -> None:
    beside(shelf, tmp_path, "b.mov")
    group = held(shelf, holding(), holding())
    assert "its film b.mov" in group.reason_to_keep(group.others[0])


def test_what_stays_is_told_for_links_and_files_without_a_place(shelf: Shelf) -> None:
    group = star(shelf, ("b", "c"))
    items = {Path(item.path).name: item for item in group.all}
    same = replace(group, others=tuple(replace(item, place="7 root") for item in group.others))
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


def test_of_several_names_of_the_same_bytes_the_first_frees_them(shelf: Shelf) -> None:
    group = star(shelf, ("b", "c"), ("b", "d"))
    places = {"a.jpg": "1 root", "b.jpg": "2 root", "c.jpg": "1 root", "d.jpg": ""}
    placed = replace(
        group,
        keep=replace(group.keep, place=places[Path(group.keep.path).name]),
        others=tuple(replace(item, place=places[Path(item.path).name]) for item in group.others),
    )
    chosen = placed.with_keeper(of(placed, "b.jpg").file_id)
    assert {Path(item.path).name: item.linked for item in chosen.others} == {
        "a.jpg": False,
        "c.jpg": True,
        "d.jpg": False,
    }
    assert chosen.reclaimable == 2000


def test_what_is_not_said_of_a_file_is_nothing_that_would_speak_for_it() -> None:
    item = GroupFile(1, 1, "/a.jpg", 5, 4, 3, "JPEG", None, None)
    assert (item.relation, item.score, item.metadata, item.modified, item.place) == (
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
