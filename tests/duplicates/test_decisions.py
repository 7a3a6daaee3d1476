from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from explorer.duplicates.decisions import apply_decisions, decide_group
from explorer.duplicates.group_file import GroupFile
from explorer.duplicates.groups import DuplicateGroup
from explorer.errors import UsageError
from explorer.library.stores.decision_store import decide, decisions, withdraw, withdraw_all
from explorer.library.stores.protected_folder_store import (
    ProtectedFolders,
    protect_folder,
    protected_folders,
    unprotect_folder,
)
from explorer.library.stores.root_store import add_root, remove_root
from tests.factory import LibraryBuilder, digest_of


def group(builder: LibraryBuilder, *contents: Any, folder: str = "") -> DuplicateGroup:
    """A group of files with these contents, the first kept; they lie in that folder."""
    items = []
    for number, content in enumerate(contents):
        path = f"{folder}{number}-{content}.jpg"
        photo_id = builder.put(path, content)
        items.append(GroupFile(number, photo_id, f"/{path}", 1000, 640, 480, "JPEG", None, None))
    return DuplicateGroup(
        f"picture-{'-'.join(map(str, contents))}", "picture", items[0], "", tuple(items[1:])
    )


def test_decided_groups_are_hidden(builder: LibraryBuilder) -> None:
    one, two, three = group(builder, "a", "b"), group(builder, "c", "d"), group(builder, "e", "f")
    catalog = builder.library.catalog
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


def test_decisions_survive_moved_files_and_a_rebuilt_catalog(builder: LibraryBuilder) -> None:
    one = group(builder, "a", "b")
    decide_group(builder.library.catalog, one, "apart")
    # Everything is dropped and found again elsewhere, in another order: the photos have other
    # numbers.
    remove_root(builder.writer, str(builder.library.dir.parent / "photos"))
    builder.root = add_root(builder.writer, str(builder.library.dir.parent / "photos"))
    again = group(builder, "b", "a", folder="moved/")
    assert {item.photo_id for item in (again.keep, *again.others)}.isdisjoint(
        {one.keep.photo_id, one.others[0].photo_id}
    )
    assert apply_decisions(builder.library.catalog, [again]).open == []


def test_a_file_called_different_is_dropped_from_larger_groups_too(builder: LibraryBuilder) -> None:
    decide_group(builder.library.catalog, group(builder, "a", "b"), "apart")
    larger = group(builder, "a", "b", "c")
    (left,) = apply_decisions(builder.library.catalog, [larger]).open
    assert [item.path for item in left.others] == ["/2-c.jpg"]
    # With another one kept, both are compared with that one.
    other = group(builder, "c", "a", "b")
    assert apply_decisions(builder.library.catalog, [other]).open == [other]


@pytest.mark.parametrize("kind", ["apart", "keep", "later"])
def test_a_decision_about_two_photos_does_not_apply_to_identical_files(
    builder: LibraryBuilder, kind: Any
) -> None:
    decide_group(builder.library.catalog, group(builder, "a", "b"), kind)
    same = group(builder, "a", "a")
    assert apply_decisions(builder.library.catalog, [same]).open == [same]


def test_a_new_copy_is_not_hidden_by_an_old_decision(builder: LibraryBuilder) -> None:
    two = group(builder, "a", "a")
    decide_group(builder.library.catalog, two, "keep")
    assert apply_decisions(builder.library.catalog, [two]).open == []
    three = group(builder, "a", "a", "a")
    assert apply_decisions(builder.library.catalog, [three]).open == [three]


def test_the_latest_decision_applies(builder: LibraryBuilder) -> None:
    one = group(builder, "a", "b")
    decide_group(builder.library.catalog, one, "later")
    decide_group(builder.library.catalog, one, "keep")
    made = decisions(builder.library.catalog)
    assert [(d.kind, d.hashes) for d in made] == [("keep", {digest_of("a"), digest_of("b")})]


def test_a_decision_needs_at_least_one_photo(builder: LibraryBuilder) -> None:
    with pytest.raises(ValueError, match="at least one"):
        decide(builder.library.catalog, "keep", [], 0)
    assert len(decisions(builder.library.catalog)) == 0


def test_folders_are_protected_by_any_of_their_paths(
    builder: LibraryBuilder, tmp_path: Path
) -> None:
    catalog = builder.library.catalog
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


def test_a_group_is_dropped_if_all_its_files_were_called_different(builder: LibraryBuilder) -> None:
    decide_group(builder.library.catalog, group(builder, "a", "b"), "apart")
    # One file more than the decision was about.
    larger = group(builder, "a", "b", "b")
    assert apply_decisions(builder.library.catalog, [larger]).open == []


def test_photos_that_left_the_library_do_not_affect_decisions(builder: LibraryBuilder) -> None:
    decide_group(builder.library.catalog, group(builder, "a", "b"), "apart")
    larger = group(builder, "a", "b", "c")
    larger = replace(larger, others=(larger.others[0], replace(larger.others[1], photo_id=999)))
    (left,) = apply_decisions(builder.library.catalog, [larger]).open
    assert left.others == larger.others[1:]
