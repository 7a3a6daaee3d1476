"""What proves that a file is the original of another."""

from __future__ import annotations

from typing import Any

import pytest

from explorer.duplicates.pair_edge import Edge
from explorer.duplicates.versions import OriginalVerdict
from tests.duplicates.version_factory import (
    CAMERA,
    CROP,
    FRAME,
    HALF,
    edge,
    header,
    judged,
    version,
)


def test_a_copy_without_metadata_was_made_from_the_photo_with_metadata() -> None:
    camera, sent = version("a.jpg", **CAMERA), version("b.jpg", item=HALF)
    assert judged(camera, sent) == OriginalVerdict(
        "", "only it has camera metadata, and it has more pixels"
    )
    assert judged(sent, camera).doubt == "a.jpg has more pixels"
    # Developed by a program, and sent on small: the large one is the better in any case.
    assert not judged(camera, sent, head=header("Adobe Lightroom 9.1", None)).doubt
    # A program has enlarged it, with the metadata it had.
    assert (
        judged(camera, sent, head=header("", (500, 400))).doubt
        == "a.jpg had a different size when its camera wrote it"
    )
    assert (
        judged(camera, sent, head=lambda path: None).doubt
        == "the header of a.jpg does not show what wrote it"
    )
    assert not judged(camera, sent, head=header("", (800, 1000))).doubt


def test_at_equal_size_a_program_name_in_the_header_makes_it_unclear() -> None:
    camera, sent = version("a.jpg", **CAMERA), version("b.jpg")
    assert judged(camera, sent) == OriginalVerdict("", "only it has camera metadata")
    assert not judged(camera, sent, head=header("", None)).doubt
    assert judged(camera, sent, head=header("GIMP 2.10")).doubt == "a.jpg was saved by GIMP 2.10"
    assert judged(sent, camera).doubt.startswith("only a.jpg has")


@pytest.mark.parametrize(
    ("known", "enough"),
    [
        ({"camera": "Acme Z1", "exposure": 1}, True),
        ({"camera": "Acme Z1", "taken_at": "2018-07-06T10:11:12", "taken_source": "exif"}, True),
        ({"camera": "Acme Z1", "taken_at": "2018-07-06T10:11:12", "taken_source": "name"}, False),
        ({"exposure": 3, "taken_at": "2018-07-06T10:11:12", "taken_source": "exif"}, False),
    ],
)
def test_metadata_that_only_a_camera_writes(known: dict[str, Any], enough: bool) -> None:
    assert bool(judged(version("a.jpg", **known), version("b.jpg", item=HALF)).doubt) is not enough


@pytest.mark.parametrize("kept", [{"exposure": 1}, {"camera": "Acme Z1"}])
def test_a_copy_that_kept_some_metadata_needs_more_evidence(kept: dict[str, Any]) -> None:
    camera, copy = version("a.jpg", **CAMERA), version("b.jpg", item=HALF, **kept)
    assert judged(camera, copy) == OriginalVerdict(
        "", "it is as the camera wrote it, and has more pixels"
    )
    assert judged(camera, copy, head=header("", None)).doubt == (
        "the header of a.jpg does not give the size that the camera wrote"
    )
    assert judged(camera, copy, head=header("Snapseed")).doubt == "a.jpg was saved by Snapseed"


def test_a_crop_and_a_border_made_from_what_the_camera_wrote() -> None:
    camera, crop = (
        version("a.jpg", **CAMERA),
        version("b.jpg", item={"width": 900, "height": 720}, **CAMERA),
    )
    assert judged(camera, crop, edge(CROP)) == OriginalVerdict(
        "", "it is as the camera wrote it, and shows all of the picture"
    )
    assert judged(crop, camera, edge(CROP)).doubt == "a.jpg shows more of the picture"
    framed = version("b.jpg", item={"width": 1200, "height": 960}, **CAMERA)
    assert judged(camera, framed, edge(FRAME, border=1)) == OriginalVerdict(
        "", "it is as the camera wrote it, and has no border around it"
    )
    assert judged(framed, camera, edge(FRAME, border=1)).doubt == "b.jpg has a border around it"
    # What lies around may be more of the picture.
    assert judged(camera, framed, edge(FRAME)).doubt == "b.jpg shows more of the picture"


def test_with_the_same_size_and_metadata_nothing_shows_which_is_the_original() -> None:
    doubt = "nothing shows whether b.jpg was made from a.jpg or the other way round"
    for facts in ({}, CAMERA):
        assert judged(version("a.jpg", **facts), version("b.jpg", **facts)).doubt == doubt
    # Without metadata more pixels are no evidence: they may have been made.
    assert judged(version("a.jpg"), version("b.jpg", item=HALF)).doubt == doubt


def test_file_size_is_no_evidence() -> None:
    one, other = (
        version("a.png", item={"format": "PNG", "bytes": 10**7}, figures={"jpeg_quality": 0}),
        version("b.jpg"),
    )
    assert judged(one, other).doubt and judged(version("a.jpg", item={"bytes": 10**7}), other).doubt


# --- less compressed


def compressed(**figures: float) -> dict[str, float]:
    return {"jpeg_quality": 60.0, "blockiness": 1.0, "noise_sigma": 0.3} | figures


def test_the_more_strongly_compressed_file_is_the_copy() -> None:
    one, other = version("a.jpg"), version("b.jpg", figures=compressed())
    assert judged(one, other) == OriginalVerdict(
        "", "it is less compressed (JPEG quality 90 vs. 60)"
    )
    assert judged(other, one).doubt == "a.jpg was saved with a higher JPEG quality"
    # Saved again at a higher quality, it keeps the steps that it had.
    assert judged(version("a.jpg", figures={"blockiness": 0.95}), other).doubt


@pytest.mark.parametrize(
    ("mine", "its", "proven"),
    [
        ({}, {"jpeg_quality": 85.0}, True),
        ({}, {"jpeg_quality": 86.0}, False),
        ({}, {"blockiness": 0.61}, True),
        ({}, {"blockiness": 0.6}, False),
        ({"blur_radius": 1.1}, {}, True),
        ({"blur_radius": 1.11}, {}, False),
        ({"noise_sigma": 1.1}, {}, True),
        ({"noise_sigma": 1.11}, {}, False),
        ({"jpeg_quality": 0.0, "blockiness": 0.0}, {}, False),
        ({}, {"jpeg_quality": 0.0}, False),
    ],
)
def test_thresholds_of_the_proof_by_compression(
    mine: dict[str, float], its: dict[str, float], proven: bool
) -> None:
    one, other = (
        version("a.jpg", figures={"noise_sigma": 0.9} | mine),
        version("b.jpg", figures=compressed(**its)),
    )
    assert bool(judged(one, other).doubt) is not proven


@pytest.mark.parametrize(
    ("item", "between"),
    [
        (HALF, edge()),
        ({}, edge((-1.0, 0.0, 1.0, 0.0, 1.0, 0.0))),
        ({"width": 900, "height": 720}, edge(CROP)),
        ({"width": 1200, "height": 960}, edge(FRAME, border=1)),
    ],
)
def test_block_artefacts_are_compared_only_between_aligned_pictures(
    item: dict[str, int], between: Edge
) -> None:
    one, other = version("a.jpg"), version("b.jpg", item=item, figures=compressed())
    assert judged(one, other, between).doubt.startswith("nothing shows")


def test_a_file_saved_by_a_program_is_not_proven_by_compression() -> None:
    one, other = version("a.jpg", **CAMERA), version("b.jpg", figures=compressed(), **CAMERA)
    assert not judged(one, other).doubt and not judged(one, other, head=header("", None)).doubt
    assert judged(one, other, head=header("digiKam-7.1")).doubt == "a.jpg was saved by digiKam-7.1"
