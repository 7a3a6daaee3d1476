from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from explorer.duplicates.decisions import apply_decisions, decide_group
from explorer.duplicates.group_file import GroupFile
from explorer.duplicates.groups import DuplicateGroup
from explorer.errors import UsageError
from explorer.library.decision_store import decide, decisions, withdraw, withdraw_all
from explorer.library.protected_folder_store import (
    ProtectedFolders,
    protect_folder,
    protected_folders,
    unprotect_folder,
)
from explorer.library.root_store import add_root, remove_root
from tests.factory import Shelf, digest_of


def group(shelf: Shelf, *contents: Any, folder: str = "") -> DuplicateGroup:
    """A group of files with these contents, the first kept; they lie in that folder."""
    items = []
    for number, content in enumerate(contents):
        path = f"{folder}{number}-{content}.jpg"
        photo_id = shelf.put(path, content)
        items.append(GroupFile(number, photo_id, f"/{path}", 1000, 640, 480, "JPEG", None, None))
    return DuplicateGroup(
        f"picture-{'-'.join(map(str, contents))}", "picture", items[0], "", tuple(items[1:])
    )


def test_decided_groups_are_hidden(shelf: Shelf) -> None:
    one, two, three = group(shelf, "a", "b"), group(shelf, "c", "d"), group(shelf, "e", "f")
    catalog = shelf.library.catalog
    assert apply_decisions(catalog, [one, two, three]).open == [one, two, three]
    first = decide_group(catalog, one, "apart")
    decide_group(catalog, two, "later")
    found = apply_decisions(catalog, [one, two, three])
    assert (found.open, found.later, [d.kind for d in found.decided.values()]) == (
        [three],
        [two],
        ["apart"],
    )
    withdraw(catalog, first)
    assert apply_decisions(catalog, [one, two, three]).open == [one, three]
    assert withdraw_all(catalog, "later") == 1
    assert apply_decisions(catalog, [one, two, three]).open == [one, two, three]


def test_decisions_survive_moved_files_and_a_rebuilt_catalog(shelf: Shelf) -> None:
    one = group(shelf, "a", "b")
    decide_group(shelf.library.catalog, one, "apart")
    # Everything is dropped and found anew elsewhere, in another order: the photos have other
    # numbers.
    remove_root(shelf.writer, str(shelf.library.dir.parent / "photos"))
    shelf.root = add_root(shelf.writer, str(shelf.library.dir.parent / "photos"))
    again = group(shelf, "b", "a", folder="moved/")
    assert {item.photo_id for item in (again.keep, *again.others)}.isdisjoint(
        {one.keep.photo_id, one.others[0].photo_id}
    )
    assert apply_decisions(shelf.library.catalog, [again]).open == []


def test_a_file_called_different_is_dropped_from_larger_groups_too(shelf: Shelf) -> None:
    decide_group(shelf.library.catalog, group(shelf, "a", "b"), "apart")
    larger = group(shelf, "a", "b", "c")
    (left,) = apply_decisions(shelf.library.catalog, [larger]).open
    assert [item.path for item in left.others] == ["/2-c.jpg"]
    # With another one kept, both are compared with that one.
    other = group(shelf, "c", "a", "b")
    assert apply_decisions(shelf.library.catalog, [other]).open == [other]


@pytest.mark.parametrize("kind", ["apart", "keep", "later"])
def test_a_decision_about_two_photos_does_not_apply_to_identical_files(
    shelf: Shelf, kind: Any
) -> None:
    decide_group(shelf.library.catalog, group(shelf, "a", "b"), kind)
    same = group(shelf, "a", "a")
    assert apply_decisions(shelf.library.catalog, [same]).open == [same]


def test_a_new_copy_is_not_hidden_by_an_old_decision(shelf: Shelf) -> None:
    two = group(shelf, "a", "a")
    decide_group(shelf.library.catalog, two, "keep")
    assert apply_decisions(shelf.library.catalog, [two]).open == []
    three = group(shelf, "a", "a", "a")
    assert apply_decisions(shelf.library.catalog, [three]).open == [three]


def test_the_latest_decision_counts(shelf: Shelf) -> None:
    one = group(shelf, "a", "b")
    decide_group(shelf.library.catalog, one, "later")
    decide_group(shelf.library.catalog, one, "keep")
    made = decisions(shelf.library.catalog)
    assert [(d.kind, d.hashes) for d in made] == [("keep", {digest_of("a"), digest_of("b")})]


def test_a_decision_needs_at_least_one_photo(shelf: Shelf) -> None:
    with pytest.raises(ValueError, match="at least one"):
        decide(shelf.library.catalog, "keep", [], 0)
    assert len(decisions(shelf.library.catalog)) == 0


def test_protected_folders_by_any_of_their_names(shelf: Shelf, tmp_path: Path) -> None:
    catalog = shelf.library.catalog
    (tmp_path / "photos" / "Best").mkdir()
    (tmp_path / "alias").symlink_to(tmp_path / "photos")
    protect_folder(catalog, str(tmp_path / "photos" / "Best"))
    protect_folder(catalog, str(tmp_path / "photos" / "Best"))
    assert protected_folders(catalog) == [str(tmp_path / "photos" / "Best")]
    covers = ProtectedFolders(protected_folders(catalog)).covers
    assert covers(str(tmp_path / "photos" / "Best" / "a.jpg"))
    assert covers(str(tmp_path / "photos" / "Best" / "deep" / "a.jpg"))
    assert covers(str(tmp_path / "alias" / "Best" / "a.jpg"))
    assert not covers(str(tmp_path / "photos" / "Bestest" / "a.jpg"))
    assert not covers(str(tmp_path / "photos" / "a.jpg"))
    protect_folder(catalog, str(tmp_path / "alias"))
    assert ProtectedFolders(protected_folders(catalog)).covers(str(tmp_path / "photos" / "a.jpg"))
    unprotect_folder(catalog, str(tmp_path / "alias"))
    assert not ProtectedFolders(protected_folders(catalog)).covers(
        str(tmp_path / "photos" / "a.jpg")
    )
    assert not ProtectedFolders([]).covers("/anything.jpg")
    with pytest.raises(UsageError, match="full path"):
        protect_folder(catalog, "relative")
