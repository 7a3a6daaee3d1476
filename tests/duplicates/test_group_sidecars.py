"""A file is not offered for removal if it has edits beside it that the file to keep lacks."""

from __future__ import annotations

from pathlib import Path

import pytest

from explorer.duplicates.find_groups import find_groups
from explorer.duplicates.groups import DuplicateGroup
from explorer.duplicates.keeper import set_keep_rules
from explorer.library.stores.protected_folder_store import protect_folder
from tests.duplicates.test_groups import names, same
from tests.factory import LibraryBuilder


def write(tmp_path: Path, **texts: str) -> None:
    for name, text in texts.items():
        folder, stem, ending = name.split("_")
        (tmp_path / "photos" / folder).mkdir(exist_ok=True)
        (tmp_path / "photos" / folder / f"{stem}.{ending}").write_text(text)


def copies(builder: LibraryBuilder) -> DuplicateGroup:
    """Two files of the same bytes."""
    for name in ("a/1.jpg", "b/2.jpg"):
        builder.put(name, 1, width=400)
    (group,) = find_groups(builder.library)
    return group


def test_the_file_with_more_edits_is_kept(builder: LibraryBuilder, tmp_path: Path) -> None:
    write(tmp_path, a_1_xmp="", b_2_xmp="much work")
    group = copies(builder)
    assert (names([group.keep]), group.keep_because) == (
        ["2.jpg"],
        "it has more edits or notes beside it",
    )
    assert group.removable == {group.others[0].file_id}
    chosen = group.with_keeper(group.others[0].file_id)
    assert chosen.reason_to_keep(chosen.others[0]) == (
        "only it has these edits or notes beside it: 2.xmp"
    )
    assert chosen.reclaimable == 0


@pytest.mark.parametrize(
    ("kept", "reason"),
    [
        # On request, the sidecar is saved beside the file that is kept.
        ({}, ""),
        ({"a_1_xmp": "same work"}, ""),
        ({"a_1_pp3": "settings"}, ""),
        ({"a_1_xmp": "less"}, "only it has these edits or notes beside it: 2.xmp"),
    ],
)
def test_a_protected_file_is_kept_and_the_other_if_it_has_more(
    builder: LibraryBuilder, tmp_path: Path, kept: dict[str, str], reason: str
) -> None:
    write(tmp_path, b_2_xmp="much work", **kept)
    protect_folder(builder.library.catalog, str(tmp_path / "photos" / "a"))
    group = copies(builder)
    assert names([group.keep]) == ["1.jpg"]
    assert group.reason_to_keep(group.others[0]) == reason


def test_settings_of_other_programs_are_never_merged(
    builder: LibraryBuilder, tmp_path: Path
) -> None:
    write(tmp_path, b_2_pp3="much work", a_1_xmp="other work of that size")
    protect_folder(builder.library.catalog, str(tmp_path / "photos" / "a"))
    group = copies(builder)
    assert group.reason_to_keep(group.others[0]).endswith("2.pp3")


def test_of_the_same_pixels_the_file_with_more_edits_is_kept(
    builder: LibraryBuilder, tmp_path: Path
) -> None:
    write(tmp_path, a_1_xmp="less", b_2_xmp="much work")
    set_keep_rules(builder.library.catalog, ["shortest"])
    assert same(builder).keep_because == "it has other edits or notes beside it"
    write(tmp_path, a_1_pp3="settings")
    (group,) = find_groups(builder.library)
    assert group.doubt.endswith("has other edits or notes beside it")
