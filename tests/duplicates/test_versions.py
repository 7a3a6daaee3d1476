"""What would be lost with one of two files of one picture."""

from __future__ import annotations

from typing import Any

import pytest

from explorer.duplicates.group_file import GroupFile
from explorer.duplicates.versions import (
    OriginalVerdict,
    Version,
    judge_same_pixels,
    metadata_loss,
    original_format_rank,
)
from explorer.library.queries.evidence import Evidence
from explorer.removal.companions import NO_COMPANIONS, Companion, Companions

# For each fact: how it is reported, and in which words it is missed.
FACTS: list[tuple[dict[str, Any], str]] = [
    ({"taken_at": "2018-07-06T10:11:12", "taken_source": "exif"}, "a capture date"),
    ({"place": (1.0, 2.0)}, "a location"),
    ({"camera": "Acme Z1"}, "a camera name"),
    ({"lens": "Acme 50 mm"}, "a lens name"),
    ({"exposure": 1}, "more exposure settings"),
    ({"title": "Anna in Venice"}, "a title"),
    ({"description": "Who is in the picture"}, "a description"),
    ({"rating": 5.0}, "a rating"),
    ({"keywords": ("Anna", "Venice 2015")}, "keywords"),
]
EDITS = Companions((Companion("/p/a.xmp", "sidecar"),))


def version(
    name: str, *, format: str = "JPEG", companions: Companions = NO_COMPANIONS, **known: Any
) -> Version:
    item = GroupFile(
        ord(name[0]),
        ord(name[0]),
        f"/p/{name}",
        1000,
        100,
        80,
        format,
        None,
        None,
        companions=companions,
    )
    return Version(item, Evidence(**known))


@pytest.mark.parametrize(("fact", "words"), FACTS)
def test_metadata_of_only_one_file_would_be_lost(fact: dict[str, Any], words: str) -> None:
    says, bare = version("a.jpg", **fact), version("b.jpg")
    assert metadata_loss(bare, says) == f"only a.jpg has {words}"
    assert metadata_loss(says, bare) == "" == metadata_loss(says, version("b.jpg", **fact))
    assert judge_same_pixels(says, bare) == OriginalVerdict("", f"only it has {words}")
    assert judge_same_pixels(bare, says) == OriginalVerdict(f"only a.jpg has {words}")
    assert judge_same_pixels(says, version("b.jpg", **fact)) == OriginalVerdict("")


def test_all_missing_metadata_is_named() -> None:
    facts: dict[str, Any] = {key: value for fact, _ in FACTS[:3] for key, value in fact.items()}
    assert (
        metadata_loss(version("b.jpg"), version("a.jpg", **facts))
        == "only a.jpg has a capture date, a location and a camera name"
    )
    two: dict[str, Any] = {key: value for fact, _ in FACTS[:2] for key, value in fact.items()}
    assert (
        metadata_loss(version("b.jpg"), version("a.jpg", **two))
        == "only a.jpg has a capture date and a location"
    )


def test_more_exposure_settings_count_as_more() -> None:
    four, three = version("a.jpg", exposure=4), version("b.jpg", exposure=3)
    assert (
        metadata_loss(three, four) == "only a.jpg has more exposure settings"
        and metadata_loss(four, three) == ""
    )


def test_keywords_are_compared_one_by_one_whatever_their_case() -> None:
    one, other = version("a.jpg", keywords=("Anna", "Köln")), version("b.jpg", keywords=("KÖLN",))
    assert metadata_loss(other, one) == "only a.jpg has more keywords"
    assert metadata_loss(one, other) == ""
    assert metadata_loss(one, version("b.jpg", keywords=("x",))) == "only b.jpg has more keywords"


def test_a_text_that_is_a_title_in_one_file_and_a_description_in_the_other_is_in_both() -> None:
    one, other = version("a.jpg", title="Anna"), version("b.jpg", description="Anna")
    assert metadata_loss(one, other) == "" == metadata_loss(other, one)


DATED: dict[str, Any] = {
    "taken_at": "2018-07-06T10:11:12",
    "taken_source": "exif",
    "camera": "Acme Z1",
}


@pytest.mark.parametrize(
    ("one", "other", "disagree"),
    [
        ({}, {"taken_at": "2018-07-06T10:11:13"}, "the time"),
        ({"taken_source": "xmp"}, {"taken_at": "2018-07-06T10:11:13"}, ""),
        ({}, {"taken_at": "2018-07-06T10:11:13", "taken_source": "name"}, ""),
        ({"taken_source": "xmp"}, {"taken_at": "2018-07-06T10:11:13", "taken_source": "xmp"}, ""),
        ({"camera": None}, {"taken_at": "2018-07-06T10:11:13", "camera": None}, ""),
        ({"camera": "Acme Z1"}, {"camera": "Acme Z2"}, "the camera"),
        ({"title": "Anna"}, {"title": "Bert"}, "the title"),
        ({"description": "Anna"}, {"description": "Bert"}, "the description"),
        ({"rating": 5.0}, {"rating": 1.0}, "the rating"),
        ({"rating": 5.0, "title": "Anna"}, {"rating": 5.0, "title": "Anna"}, ""),
        ({"place": (1.0, 2.0)}, {"place": (1.0, 2.00009)}, ""),
        ({"place": (1.0, 2.0)}, {"place": (1.0, 2.0002)}, "the location"),
        ({"place": (1.0, 2.0)}, {"place": (0.9, 2.0)}, "the location"),
        (
            {"place": (1.0, 2.0), "camera": "A"},
            {"place": (5.0, 2.0), "camera": "B"},
            "the location and the camera",
        ),
    ],
)
def test_contradicting_metadata(one: dict[str, Any], other: dict[str, Any], disagree: str) -> None:
    a, b = version("a.jpg", **(DATED | one)), version("b.jpg", **(DATED | other))
    assert metadata_loss(a, b) == (f"a.jpg and b.jpg disagree on {disagree}" if disagree else "")


def test_edits_beside_a_file_prevent_its_removal_and_are_a_reason_to_keep_it() -> None:
    edited, bare = version("a.jpg", companions=EDITS), version("b.jpg")
    assert metadata_loss(bare, edited) == "only a.jpg has a file with edits or notes beside it"
    assert (
        metadata_loss(edited, bare)
        == ""
        == metadata_loss(edited, version("b.jpg", companions=EDITS))
    )
    assert judge_same_pixels(edited, bare).why == "it has a file with edits or notes beside it"
    assert (
        judge_same_pixels(edited, version("b.jpg", companions=EDITS))
        == OriginalVerdict("")
        == judge_same_pixels(bare, version("c.jpg"))
    )


@pytest.mark.parametrize(
    ("made", "after"),
    [("JPEG", "PNG"), ("HEIC", "TIFF"), ("HEIF", "WEBP"), ("AVIF", "BMP"), ("MPO", "PNG"),
     ("TIFF", "PNG"), ("TIFF", "WEBP"),
     ("WEBP", "PNG"), ("JPEG", "TIFF")],
)  # fmt: skip
def test_the_format_in_which_a_picture_was_first_saved(made: str, after: str) -> None:
    first, second = version("a.x", format=made), version("b.x", format=after)
    assert original_format_rank(first.item) > original_format_rank(second.item)
    assert (
        judge_same_pixels(first, second).why
        == f"it is the {made} file from which the {after} was made"
    )
    assert (
        judge_same_pixels(second, first)
        == OriginalVerdict("")
        == judge_same_pixels(first, version("c.x", format=made))
    )


def test_all_camera_formats_have_one_rank() -> None:
    assert (
        len(
            {
                original_format_rank(version("a.x", format=name).item)
                for name in ("JPEG", "HEIC", "HEIF", "AVIF", "MPO")
            }
        )
        == 1
    )


@pytest.mark.parametrize(
    ("known", "camera"),
    [
        ({"camera": "Acme Z1", "exposure": 1}, True),
        ({"camera": "Acme Z1", "taken_source": "exif"}, True), ({"camera": "Acme Z1"}, False),
        ({"exposure": 4, "taken_source": "exif"}, False),
        ({"camera": "Acme Z1", "taken_source": "xmp"}, False),
    ],
)  # fmt: skip
def test_metadata_of_a_camera(known: dict[str, Any], camera: bool) -> None:
    assert version("a.jpg", **known).from_camera is camera


def test_a_name_that_is_not_utf8_can_be_shown() -> None:
    assert version("a\udcff.jpg").name == "a\ufffd.jpg"
