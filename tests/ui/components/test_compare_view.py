"""What the Duplicates page is told of files that hold more than one picture."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from explorer.duplicates.group_file import GroupFile
from explorer.duplicates.groups import DuplicateGroup
from explorer.library.queries.evidence import Evidence
from explorer.photos.containers.contents import NOTHING, ContentPart, FileContents
from explorer.removal.results import Removal
from explorer.ui import resources
from explorer.ui.components import compare_view, photo_urls
from explorer.ui.components.photo_urls import preview_url
from explorer.ui.duplicates_page import group_choices
from explorer.ui.removal_dialogs import removal_table
from tests.ui.conftest import id_of

TWO = FileContents((ContentPart("page", "0" * 32), ContentPart("film", "1" * 32)))


def test_each_file_is_shown_with_its_contents_and_reason_to_keep(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(group_choices, "choice_for", lambda key: group_choices.GroupChoice())
    keep = GroupFile(1, 1, "/p/a.tif", 5, 4, 3, "TIFF", None, None, contents=NOTHING)
    other = GroupFile(2, 2, "/p/b.tif", 5, 4, 3, "TIFF", None, None, contents=TWO)
    group = DuplicateGroup("picture-1", "picture", keep, "it is the only one", (other,))
    assert compare_view._file(group, keep, None)["holds"] == ""
    props = compare_view._file(group, other, None)
    assert props["holds"] == "2 pages, video inside" and not props["goes"]
    assert (
        props["stays"] == "not all of its contents (2 pages, video inside) are in the kept file"
        and props["stays"] in props["note"]
    )


def test_a_removal_that_loses_metadata_is_announced(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(group_choices, "choice_for", lambda key: group_choices.GroupChoice())
    keep, tagged = (
        GroupFile(i, i, f"/p/{i}.jpg", 5, 4, 3, "JPEG", None, None, contents=NOTHING)
        for i in (1, 2)
    )
    known = {1: Evidence(), 2: Evidence(keywords=("Anna",))}
    group = DuplicateGroup("pixels-1", "pixels", keep, "you chose it", (tagged,), known=known)
    props = compare_view._file(group, tagged, None)
    assert props["goes"] and props["note"] == "removing it loses metadata: only 2.jpg has keywords"
    assert compare_view._file(group, keep, None)["note"] == ""


def test_the_list_before_a_removal_shows_contents() -> None:
    assert (
        removal_table._row(Removal("/p/b.tif", "0" * 32, holds=("2 pages", "video inside")))[
            "Contents"
        ]
        == "2 pages, video inside"
    )
    assert removal_table._row(Removal("/p/b.tif", "0" * 32))["Contents"] == ""


def test_the_list_has_no_empty_column() -> None:
    one, other = Removal("/p/b.tif", "0" * 32, holds=("2 pages",)), Removal("/p/c.tif", "1" * 32)
    assert list(removal_table.removal_rows([one, other])[1]) == [
        "File",
        "Folder",
        "Kept instead",
        "Size",
        "Contents",
    ]
    assert list(removal_table.removal_rows([other])[0]) == [
        "File",
        "Folder",
        "Kept instead",
        "Size",
    ]


@pytest.mark.parametrize(
    ("facts", "shown"),
    [
        ({}, "/photo/7/original"),
        ({"frames": 2}, ""),
        ({"format": "TIFF"}, ""),
        ({"away": True}, ""),
        ({"damaged": "cut off"}, ""),
    ],
)
def test_two_photos_are_compared_as_still_pictures(facts: dict[str, Any], shown: str) -> None:
    photo: Any = {
        "id": 7,
        "hash": "0" * 32,
        "format": "WEBP",
        "width": 4,
        "height": 3,
        "frames": 1,
        "away": False,
        "damaged": None,
    } | facts
    assert photo_urls.display_url(photo) == (shown or photo_urls.preview_url(photo))


def test_the_list_before_a_removal_shows_previews(photos: Path) -> None:
    red = resources.library().catalog.photo(id_of("red.jpg"))
    assert red is not None
    removals = [Removal("/p/red.jpg", red["hash"]), Removal("/p/unreadable.jpg", "0" * 32)]
    assert removal_table.preview_urls(removals) == [preview_url(red), None]
