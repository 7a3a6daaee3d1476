"""In the moment of removal, too: an original and its edit stay together, whatever the plan says."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from explorer.library.stores.pair_store import PairKind
from explorer.removal.remove import dry_run, remove
from tests.fixtures.small_library import SmallLibrary


def reason(small_library: SmallLibrary, path: str, keeper: str, tier: str = "picture") -> str:
    """Why it is refused; '' where it went."""
    wanted, before = small_library.removal(path, keeper, tier=tier), small_library.tree()
    (planned,) = dry_run(small_library.library, [wanted]).results
    (result,) = remove(small_library.library, [wanted]).results
    assert planned.state == {"removed": "would"}.get(result.state, result.state)
    if result.state == "removed":
        return ""
    assert (
        result.state == "refused"
        and planned.reason == result.reason
        and small_library.tree() == before
    )
    return result.reason


@pytest.mark.parametrize("edit", ["IMG_0-bewerkt.jpg", "IMG_0 (1).jpg", "img_e0.JPG"])
@pytest.mark.parametrize("turned", [False, True])
def test_an_edit_and_its_original_are_kept(
    small_library: SmallLibrary, edit: str, turned: bool
) -> None:
    small_library.add_photo("IMG_0.jpg", "one")
    small_library.add_photo(edit, "brighter")
    small_library.add_pair("IMG_0.jpg", edit)
    assert "versions of one photo" in reason(
        small_library, *((edit, "IMG_0.jpg") if turned else ("IMG_0.jpg", edit))
    )


@pytest.mark.parametrize(("kind", "goes"), [("pixels", True), ("picture", False)])
def test_identical_pixels_are_removed_whatever_the_name(
    small_library: SmallLibrary, kind: PairKind, goes: bool
) -> None:
    small_library.add_photo("IMG_0.jpg", "one")
    small_library.add_photo("IMG_0-kopie.jpg", "one, with other words")
    small_library.add_pair("IMG_0.jpg", "IMG_0-kopie.jpg", kind)
    # What the plan calls it counts for nothing.
    assert (reason(small_library, "IMG_0-kopie.jpg", "IMG_0.jpg", kind) == "") is goes


def test_identical_files_are_removed_whatever_the_name(small_library: SmallLibrary) -> None:
    for name in ("IMG_0.jpg", "IMG_0-kopie.jpg"):
        small_library.add_photo(name, "one")
    assert reason(small_library, "IMG_0-kopie.jpg", "IMG_0.jpg", "identical") == ""


def test_raw_and_jpeg_are_kept_even_with_identical_pixels(small_library: SmallLibrary) -> None:
    small_library.add_photo("a.jpg", "one")
    small_library.add_photo("a.nef", "raw")
    small_library.add_pair("a.jpg", "a.nef", "pixels")
    assert "versions of one photo" in reason(small_library, "a.jpg", "a.nef", "pixels")


def test_a_version_is_not_removed_for_a_photo_in_another_folder(
    small_library: SmallLibrary,
) -> None:
    for name, content in (
        ("x/a.jpg", "large"),
        ("a.jpg", "small"),
        ("a-bewerkt.jpg", "edit"),
        ("a-other.jpg", "no copy"),
    ):
        small_library.add_photo(name, content)
    small_library.add_file("a-bewerkt.txt", "no photo")
    for one, other in (
        ("x/a.jpg", "a-bewerkt.jpg"),
        ("a.jpg", "a-bewerkt.jpg"),
        ("x/a.jpg", "a.jpg"),
        ("x/a.jpg", "a-other.jpg"),
    ):
        small_library.add_pair(one, other)
    small_library.add_pair("a.jpg", "a-other.jpg", "different")
    assert (
        reason(small_library, "a-bewerkt.jpg", "x/a.jpg") == "by its name it is a version of a.jpg"
    )
    # Of another photo that only has that stem it is none.
    assert reason(small_library, "a-other.jpg", "x/a.jpg") == ""
    assert reason(small_library, "a.jpg", "x/a.jpg") == ""
    # Once the original is gone from its side, the other one is as good.
    assert reason(small_library, "a-bewerkt.jpg", "x/a.jpg") == ""


@pytest.mark.parametrize(("name", "goes"), [("IMG_0_001.jpg", True), ("IMG_0-filter.jpg", False)])
def test_burst_frames_are_removed_among_other_shots(
    small_library: SmallLibrary, name: str, goes: bool
) -> None:
    small_library.add_photo("IMG_0.jpg", "one")
    small_library.add_photo(name, "two")
    assert (reason(small_library, name, "IMG_0.jpg", "moment") == "") is goes


def test_a_folder_that_cannot_be_listed_prevents_the_removal(
    small_library: SmallLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    small_library.add_photo("a.jpg", "one")
    small_library.add_photo("x/b.jpg", "large")
    small_library.add_pair("a.jpg", "x/b.jpg")
    listdir = os.listdir

    def refuse(path: str = ".") -> list[str]:
        if Path(path) == small_library.photos:
            raise PermissionError(13, "no", path)
        return listdir(path)

    monkeypatch.setattr(os, "listdir", refuse)
    assert reason(small_library, "a.jpg", "x/b.jpg") == "you are not allowed to read its folder"
