"""Which of two files with identical pixels is kept."""

from __future__ import annotations

from typing import Any

import pytest

from explorer.duplicates.versions import OriginalVerdict, judge_same_pixels, original_format_rank
from explorer.removal.companions import Companion, Companions
from tests.duplicates.version_factory import CAMERA, version


def test_of_identical_pixels_the_file_with_more_metadata_is_kept() -> None:
    camera, png = (
        version("a.jpg", **CAMERA, place=(48.86, 2.29)),
        version("b.png", item={"format": "PNG", "bytes": 9000}),
    )
    assert judge_same_pixels(camera, png) == OriginalVerdict(
        "", "only it has a capture date, a location, a camera name and more exposure settings"
    )
    assert (
        judge_same_pixels(png, camera).doubt
        == "only a.jpg has a capture date, a location, a camera name and more exposure settings"
    )


def test_of_identical_pixels_the_lossy_file_is_the_original() -> None:
    files = {
        form: version(f"{form[0]}.x", item={"format": form})
        for form in ("JPEG", "PNG", "TIFF", "WEBP", "BMP", "HEIF")
    }
    assert judge_same_pixels(files["JPEG"], files["PNG"]) == OriginalVerdict(
        "", "it is the JPEG file from which the PNG was made"
    )
    assert (
        judge_same_pixels(files["PNG"], files["JPEG"])
        == OriginalVerdict("")
        == judge_same_pixels(files["PNG"], files["BMP"])
    )
    ranks = [
        original_format_rank(files[form].item)
        for form in ("HEIF", "JPEG", "TIFF", "WEBP", "PNG", "BMP")
    ]
    assert (
        ranks == sorted(ranks, reverse=True)
        and ranks[0] == ranks[1] > ranks[2] > ranks[3] > ranks[4] == ranks[5]
    )


@pytest.mark.parametrize(
    "more",
    [
        {"place": (48.86, 2.29)},
        {"item": {"companions": Companions((Companion("/p/b.png.xmp", "sidecar"),))}},
    ],
)
def test_a_lossless_export_with_more_metadata_is_not_preferred_to_the_lossy_original(
    more: dict[str, Any],
) -> None:
    jpeg, export = (
        version("a.jpg", **CAMERA),
        version("b.png", **CAMERA, **(more | {"item": {"format": "PNG", **more.get("item", {})}})),
    )
    assert (
        judge_same_pixels(export, jpeg).doubt
        == "b.png has more metadata, but was made from the JPEG file a.jpg"
    )
    assert judge_same_pixels(jpeg, export).doubt.startswith("only b.png ")
    again = version("c.jpg", **CAMERA, **more)
    assert not judge_same_pixels(again, jpeg).doubt


def test_if_each_has_metadata_the_other_lacks_neither_is_kept() -> None:
    one, other = version("a.jpg", camera="Acme Z1"), version("b.jpg", place=(48.86, 2.29))
    assert (
        judge_same_pixels(one, other).doubt == "only b.jpg has a location"
        and judge_same_pixels(other, one).doubt == "only a.jpg has a camera name"
    )


def test_a_sidecar_with_edits_counts_as_metadata() -> None:
    edited = version(
        "a.jpg", item={"companions": Companions(own=(Companion("/p/a.xmp", "sidecar"),))}
    )
    plain = version("b.jpg")
    assert judge_same_pixels(edited, plain) == OriginalVerdict(
        "", "it has a file with edits or notes beside it"
    )
    assert (
        judge_same_pixels(plain, edited).doubt
        == "only a.jpg has a file with edits or notes beside it"
    )
    assert judge_same_pixels(edited, edited) == OriginalVerdict("")


@pytest.mark.parametrize(
    ("one", "other", "lost"),
    [
        ({}, {"taken_at": "2018-07-06T10:11:12", "taken_source": "name"}, "a capture date"),
        (
            {"taken_at": "2018-07-06T10:11:12", "taken_source": "exif"},
            {"taken_at": "2018-07-07T00:00:00", "taken_source": "name"},
            "",
        ),
        (CAMERA, CAMERA | {"taken_at": "2019-01-01T00:00:00"}, "the time"),
        (CAMERA, {"taken_at": "2019-01-01T00:00:00", "taken_source": "exif"}, ""),
        (CAMERA, CAMERA | {"taken_at": "2019-01-01T00:00:00", "taken_source": "gps"}, ""),
        ({"place": (1.0, 2.0)}, {"place": (1.00005, 2.00005)}, ""),
        ({"place": (1.0, 2.0)}, {"place": (1.0, 2.0002)}, "the location"),
        ({"place": (1.0, 2.0)}, {"place": (0.9998, 2.0)}, "the location"),
        ({"camera": "Acme Z1"}, {"camera": "Acme Z2"}, "the camera"),
        ({"camera": "Acme Z1"}, {}, ""),
        ({}, {"lens": "50 mm"}, "a lens name"),
        ({"lens": "35 mm"}, {"lens": "50 mm"}, ""),
        ({"exposure": 2}, {"exposure": 3}, "more exposure settings"),
        ({"exposure": 3}, {"exposure": 3}, ""),
        ({}, {"lens": "50 mm", "exposure": 1}, "a lens name and more exposure settings"),
    ],
)
def test_metadata_that_would_be_lost(one: dict[str, Any], other: dict[str, Any], lost: str) -> None:
    said = (
        f"a.jpg and b.jpg disagree on {lost}"
        if lost.startswith("the ")
        else f"only b.jpg has {lost}"
    )
    assert judge_same_pixels(version("a.jpg", **one), version("b.jpg", **other)).doubt == (
        lost and said
    )
