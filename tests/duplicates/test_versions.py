"""What would be lost with one of two files of one picture."""

from __future__ import annotations

from typing import Any

import pytest

from explorer.duplicates.groups import GroupFile
from explorer.duplicates.versions import (
    Verdict,
    Version,
    judge_same_pixels,
    metadata_loss,
    original_format_rank,
)
from explorer.library.evidence import Evidence
from explorer.removal.companions import NO_COMPANIONS, Companion, Companions

# For each fact: how it is said, and in which words it is missed.
FACTS: list[tuple[dict[str, Any], str]] = [
    ({"taken_at": "2018-07-06T10:11:12", "taken_source": "exif"}, "when it was taken"),
    ({"place": (1.0, 2.0)}, "where"),
    ({"camera": "Acme Z1"}, "with which camera"),
    ({"lens": "Acme 50 mm"}, "with which lens"),
    ({"exposure": 1}, "how it was exposed"),
]
EDITS = Companions((Companion("/p/a.xmp", "sidecar"),))


def version(
    name: str, *, format: str = "JPEG", company: Companions = NO_COMPANIONS, **known: Any
) -> Version:
    item = GroupFile(
        ord(name[0]), ord(name[0]), f"/p/{name}", 1000, 100, 80, format, None, None, company=company
    )
    return Version(item, Evidence(**known))


@pytest.mark.parametrize(("fact", "words"), FACTS)
def test_what_only_one_says_holds_the_other_back(fact: dict[str, Any], words: str) -> None:
    says, bare = version("a.jpg", **fact), version("b.jpg")
    assert metadata_loss(bare, says) == f"only a.jpg says {words}"
    assert metadata_loss(says, bare) == "" == metadata_loss(says, version("b.jpg", **fact))
    assert judge_same_pixels(says, bare) == Verdict("", f"it alone says {words}")
    assert judge_same_pixels(bare, says) == Verdict(f"only a.jpg says {words}")
    assert judge_same_pixels(says, version("b.jpg", **fact)) == Verdict("")


def test_all_that_is_missed_is_named() -> None:
    facts: dict[str, Any] = {key: value for fact, _ in FACTS[:3] for key, value in fact.items()}
    assert (
        metadata_loss(version("b.jpg"), version("a.jpg", **facts))
        == "only a.jpg says when it was taken, where and with which camera"
    )
    two: dict[str, Any] = {key: value for fact, _ in FACTS[:2] for key, value in fact.items()}
    assert (
        metadata_loss(version("b.jpg"), version("a.jpg", **two))
        == "only a.jpg says when it was taken and where"
    )


def test_more_of_the_exposure_is_more() -> None:
    four, three = version("a.jpg", exposure=4), version("b.jpg", exposure=3)
    assert (
        metadata_loss(three, four) == "only a.jpg says how it was exposed"
        and metadata_loss(four, three) == ""
    )


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
        ({"place": (1.0, 2.0)}, {"place": (1.0, 2.00009)}, ""),
        ({"place": (1.0, 2.0)}, {"place": (1.0, 2.0002)}, "the place"),
        ({"place": (1.0, 2.0)}, {"place": (0.9, 2.0)}, "the place"),
        (
            {"place": (1.0, 2.0), "camera": "A"},
            {"place": (5.0, 2.0), "camera": "B"},
            "the place and the camera",
        ),
    ],
)
def test_what_both_say_and_one_says_wrongly(
    one: dict[str, Any], other: dict[str, Any], disagree: str
) -> None:
    a, b = version("a.jpg", **(DATED | one)), version("b.jpg", **(DATED | other))
    assert metadata_loss(a, b) == (
        f"a.jpg and b.jpg do not agree on {disagree}" if disagree else ""
    )


def test_edits_beside_a_file_hold_it_back_and_speak_for_it() -> None:
    edited, bare = version("a.jpg", company=EDITS), version("b.jpg")
    assert metadata_loss(bare, edited) == "only a.jpg has a file with edits or notes beside it"
    assert (
        metadata_loss(edited, bare) == "" == metadata_loss(edited, version("b.jpg", company=EDITS))
    )
    assert judge_same_pixels(edited, bare).why == "it has a file with edits or notes beside it"
    assert (
        judge_same_pixels(edited, version("b.jpg", company=EDITS))
        == Verdict("")
        == judge_same_pixels(bare, version("c.jpg"))
    )


@pytest.mark.parametrize(
    ("made", "after"),
    [("JPEG", "PNG"), ("HEIC", "TIFF"), ("HEIF", "WEBP"), ("AVIF", "BMP"), ("MPO", "PNG"), ("TIFF", "PNG"), ("TIFF", "WEBP"),
     ("WEBP", "PNG"), ("JPEG", "TIFF")],
)  # fmt: skip
def test_the_format_in_which_a_picture_was_first_saved(made: str, after: str) -> None:
    first, second = version("a.x", format=made), version("b.x", format=after)
    assert original_format_rank(first.item) > original_format_rank(second.item)
    assert (
        judge_same_pixels(first, second).why
        == f"it is the {made} file of which the {after} was made"
    )
    assert (
        judge_same_pixels(second, first)
        == Verdict("")
        == judge_same_pixels(first, version("c.x", format=made))
    )


def test_formats_that_cameras_write_do_not_speak_against_each_other() -> None:
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
        ({"camera": "Acme Z1", "exposure": 1}, True), ({"camera": "Acme Z1", "taken_source": "exif"}, True), ({"camera": "Acme Z1"}, False),
        ({"exposure": 4, "taken_source": "exif"}, False), ({"camera": "Acme Z1", "taken_source": "xmp"}, False),
    ],
)  # fmt: skip
def test_what_a_camera_says(known: dict[str, Any], camera: bool) -> None:
    assert version("a.jpg", **known).from_camera is camera


def test_a_name_that_is_no_text_can_be_shown() -> None:
    assert version("a\udcff.jpg").name == "a\ufffd.jpg"
