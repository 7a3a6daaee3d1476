"""In the moment of removal, too: an original and its edit stay together, whatever the plan says."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from explorer.library.pair_store import Kind
from explorer.removal import preflight
from explorer.removal.remove import dry_run, remove
from tests.fixtures.field import Field


def reason(field: Field, path: str, keeper: str, tier: str = "picture") -> str:
    """Why it is refused; '' where it went."""
    wanted, before = field.removal(path, keeper, tier=tier), field.tree()
    (planned,) = dry_run(field.library, [wanted]).results
    (result,) = remove(field.library, [wanted]).results
    assert planned.state == {"removed": "would"}.get(result.state, result.state)
    if result.state == "removed":
        return ""
    assert result.state == "refused" and planned.reason == result.reason and field.tree() == before
    return result.reason


@pytest.mark.parametrize("edit", ["IMG_0-bewerkt.jpg", "IMG_0 (1).jpg", "img_e0.JPG"])
@pytest.mark.parametrize("turned", [False, True])
def test_an_edit_and_its_original_stay(field: Field, edit: str, turned: bool) -> None:
    field.put("IMG_0.jpg", "one")
    field.put(edit, "brighter")
    field.pair("IMG_0.jpg", edit)
    assert "versions of one photo" in reason(
        field, *((edit, "IMG_0.jpg") if turned else ("IMG_0.jpg", edit))
    )


@pytest.mark.parametrize(("kind", "goes"), [("pixels", True), ("picture", False)])
def test_the_same_pixels_go_whatever_they_are_called(field: Field, kind: Kind, goes: bool) -> None:
    field.put("IMG_0.jpg", "one")
    field.put("IMG_0-kopie.jpg", "one, with other words")
    field.pair("IMG_0.jpg", "IMG_0-kopie.jpg", kind)
    # What the plan calls it counts for nothing.
    assert (reason(field, "IMG_0-kopie.jpg", "IMG_0.jpg", kind) == "") is goes


def test_the_same_bytes_go_whatever_they_are_called(field: Field) -> None:
    for name in ("IMG_0.jpg", "IMG_0-kopie.jpg"):
        field.put(name, "one")
    assert reason(field, "IMG_0-kopie.jpg", "IMG_0.jpg", "identical") == ""


def test_raw_and_jpeg_stay_though_they_had_the_same_pixels(field: Field) -> None:
    field.put("a.jpg", "one")
    field.put("a.nef", "raw")
    field.pair("a.jpg", "a.nef", "pixels")
    assert "versions of one photo" in reason(field, "a.jpg", "a.nef", "pixels")


def test_a_version_does_not_go_for_a_photo_elsewhere(field: Field) -> None:
    for name, content in (
        ("x/a.jpg", "large"),
        ("a.jpg", "small"),
        ("a-bewerkt.jpg", "edit"),
        ("a-other.jpg", "no copy"),
    ):
        field.put(name, content)
    field.beside("a-bewerkt.txt", "no photo")
    for one, other in (
        ("x/a.jpg", "a-bewerkt.jpg"),
        ("a.jpg", "a-bewerkt.jpg"),
        ("x/a.jpg", "a.jpg"),
        ("x/a.jpg", "a-other.jpg"),
    ):
        field.pair(one, other)
    field.pair("a.jpg", "a-other.jpg", "different")
    assert reason(field, "a-bewerkt.jpg", "x/a.jpg") == "by its name it is a version of a.jpg"
    # Of another photo that only has that stem it is none.
    assert reason(field, "a-other.jpg", "x/a.jpg") == ""
    assert reason(field, "a.jpg", "x/a.jpg") == ""
    # Once the original is gone from its side, the other one is as good.
    assert reason(field, "a-bewerkt.jpg", "x/a.jpg") == ""


@pytest.mark.parametrize(("name", "goes"), [("IMG_0_001.jpg", True), ("IMG_0-filter.jpg", False)])
def test_of_other_shots_the_frames_of_a_burst_go(field: Field, name: str, goes: bool) -> None:
    field.put("IMG_0.jpg", "one")
    field.put(name, "two")
    assert (reason(field, name, "IMG_0.jpg", "moment") == "") is goes


def test_a_folder_that_cannot_be_listed_holds_it_back(
    field: Field, monkeypatch: pytest.MonkeyPatch
) -> None:
    field.put("a.jpg", "one")
    field.put("x/b.jpg", "large")
    field.pair("a.jpg", "x/b.jpg")
    listdir = os.listdir

    def refuse(path: str = ".") -> list[str]:
        if Path(path) == field.photos:
            raise PermissionError(13, "no", path)
        return listdir(path)

    monkeypatch.setattr(preflight.os, "listdir", refuse)
    assert reason(field, "a.jpg", "x/b.jpg") == "you are not allowed to read its folder"
