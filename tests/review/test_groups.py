from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from explorer.library import pairs as store
from explorer.library.decisions import protect
from explorer.library.pairs import PAIRS_VERSION, Pair
from explorer.review.duplicates import find_groups
from explorer.review.groups import NOT_COMPARED, Group, Item
from explorer.review.keeper import set_keeper_rules
from tests.factory import Shelf, by_camera, measured

pytestmark = pytest.mark.usefixtures("untouched")


def star(shelf: Shelf, *more: tuple[str, str]) -> Group:
    """A large photo and three copies that were each compared with it; and those pairs of copies that are named."""
    facts = {"a": by_camera(), "b": measured(), "c": measured(), "d": measured()}
    ids = {
        name: shelf.put(f"{name}.jpg", name, width=width, height=width, **facts[name])
        for name, width in zip("abcd", (400, 300, 200, 100), strict=True)
    }
    for one, other in (("a", "b"), ("a", "c"), ("a", "d"), *more):
        relation: dict[str, object] = {"matrix": [1, 0, 0, 0, 1, 0]}
        store.put_pairs(shelf.writer, [Pair(ids[one], ids[other], "picture", 0.9, relation)], PAIRS_VERSION)
    (group,) = find_groups(shelf.library, ["picture"])
    return group


def names(items: Any) -> list[str]:
    return sorted(Path(item.path).name for item in items)


def of(group: Group, name: str) -> Item:
    return next(item for item in group.all if Path(item.path).name == name)


def test_with_another_kept_only_those_compared_with_it_are_offered(shelf: Shelf) -> None:
    group = star(shelf, ("b", "c"))
    assert names([group.keep]) == ["a.jpg"] and names(group.others) == ["b.jpg", "c.jpg", "d.jpg"] and not group.unchecked
    chosen = group.with_kept(of(group, "b.jpg").file_id)
    assert (chosen.key, chosen.keep_because) == (group.key, "you chose it")
    assert (names([chosen.keep]), names(chosen.others), names(chosen.unchecked)) == (["b.jpg"], ["a.jpg", "c.jpg"], ["d.jpg"])
    assert chosen.stays(of(chosen, "d.jpg")) == NOT_COMPARED and not chosen.stays(of(chosen, "a.jpg"))
    assert chosen.reclaimable == 2000
    # How each differs is said as seen from the one that is kept now.
    assert of(group, "b.jpg").relation == "75 % of the size" and of(chosen, "a.jpg").relation == "133 % of the size"
    assert (chosen.keep.relation, of(chosen, "d.jpg").relation) == ("", "not compared with the one kept")
    # Back again: everything is as it was.
    again = chosen.with_kept(group.keep.file_id)
    assert names(again.others) == names(group.others) and not again.unchecked
    assert group.with_kept(10_000) is group


def test_of_identical_files_any_may_be_kept(shelf: Shelf) -> None:
    for name in "abc":
        shelf.put(f"{name}.jpg", 1)
    (group,) = find_groups(shelf.library)
    chosen = group.with_kept(group.others[-1].file_id)
    assert len(chosen.others) == 2 and not chosen.unchecked


def test_a_set_is_no_copy_of_itself(shelf: Shelf) -> None:
    large = shelf.put("x.jpg", 1, width=400)
    ids = [shelf.put("IMG_1.jpg", 2, width=300), shelf.put("IMG_E1.jpg", 3, width=300)]
    for one, other in ((large, ids[0]), (large, ids[1]), (ids[0], ids[1])):
        store.put_pairs(shelf.writer, [Pair(one, other, "picture", 0.9, {})], PAIRS_VERSION)
    (group,) = find_groups(shelf.library)
    chosen = group.with_kept(of(group, "IMG_1.jpg").file_id)
    assert names(chosen.unchecked) == ["IMG_E1.jpg"] and "a set" in chosen.stays(chosen.unchecked[0])


def beside(shelf: Shelf, tmp_path: Path, *names: str) -> None:
    for name in names:
        (tmp_path / "photos" / name).parent.mkdir(exist_ok=True)
        (tmp_path / "photos" / name).write_text(name)


def pair(shelf: Shelf, **second: Any) -> Group:
    """A photo, and a copy of half its size; or a second one of that kind."""
    one = shelf.put("a/1.jpg", 1, width=400, height=400, **by_camera())
    other = shelf.put("b/2.jpg", 2, **(second or measured(width=200, height=200)))
    store.put_pairs(shelf.writer, [Pair(one, other, "picture", 0.9, {"matrix": [1, 0, 0, 0, 1, 0]})], PAIRS_VERSION)
    (group,) = find_groups(shelf.library)
    return group


def same(shelf: Shelf) -> Group:
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
    assert not group.stays(group.others[0]) and group.reclaimable == 1000 + len("a/1.jpg.json")


def test_a_raw_file_or_edits_make_a_photo_the_better_one(shelf: Shelf, tmp_path: Path) -> None:
    beside(shelf, tmp_path, "b/2.NEF", "a/1.thm")
    assert same(shelf).keep_because == "it has its RAW file beside it"
    beside(shelf, tmp_path, "b/2.xmp")
    assert find_groups(shelf.library)[0].keep_because == "it has a file with edits or notes beside it"


@pytest.mark.parametrize(("film", "words"), [("", "has none"), ("a/1.mov", "has another")])
def test_the_only_film_holds_its_photo_back(shelf: Shelf, tmp_path: Path, film: str, words: str) -> None:
    beside(shelf, tmp_path, "b/2 has another length.mov", *filter(None, [film]))
    (tmp_path / "photos" / "b" / "2 has another length.mov").rename(tmp_path / "photos" / "b" / "2.MOV")
    group = pair(shelf)
    assert names([group.keep]) == ["1.jpg"]
    assert "its film 2.MOV is not there a second time" in group.stays(group.others[0]) and words in group.stays(group.others[0])
    assert group.reclaimable == 0
    assert not group.with_kept(group.others[0].file_id).stays(group.keep) or film


def test_the_same_film_beside_the_one_kept_lets_it_go(shelf: Shelf, tmp_path: Path) -> None:
    beside(shelf, tmp_path, "a/1.mov", "b/2.mov")
    group = pair(shelf)
    assert not group.stays(group.others[0])


def test_other_shots_may_go_with_their_films(shelf: Shelf, tmp_path: Path) -> None:
    beside(shelf, tmp_path, "b/2.mov")
    one, other = shelf.put("a/1.jpg", 1, width=400), shelf.put("b/2.jpg", 2, width=100)
    store.put_pairs(shelf.writer, [Pair(one, other, "scene", 0.9, {})], PAIRS_VERSION)
    (group,) = find_groups(shelf.library, ["moment"])
    assert not group.stays(group.others[0])


def test_what_is_protected_stays_whichever_is_kept(shelf: Shelf, tmp_path: Path) -> None:
    protect(shelf.library.catalog, str(tmp_path / "photos" / "a"))
    set_keeper_rules(shelf.library.catalog, ["newest"])
    group = pair(shelf)
    other = group.with_kept(next(item.file_id for item in group.all if not item.protected))
    assert other.stays(other.others[0]) == "it lies in a protected folder" and other.reclaimable == 0
