"""What speaks against a file being the original of another."""

from __future__ import annotations

from typing import Any

import pytest

from explorer.duplicates.pair_edge import Edge
from explorer.library.queries.evidence import Evidence
from explorer.photos.metadata.exif_header import ExifHeader
from tests.duplicates.version_factory import CAMERA, CROP, FRAME, HALF, edge, judged, version


@pytest.mark.parametrize(
    ("between", "doubt"),
    [
        (edge(None), "how the two differ was not measured"),
        (edge(border=-1), "a.jpg has a border around it"),
        (edge((0.9, 0.0, 0.0, 0.0, 0.9, 0.0)), "b.jpg has more pixels"),
        (edge(changed=0.008), "one of them shows something that the other does not"),
        (edge(detail=1), "one of them shows something that the other does not"),
        (edge(tone=10.1), "a.jpg and b.jpg differ in contrast or colors"),
        (edge(tone=10.0, detail=0), ""),
        (edge(grey=-1), "a.jpg is in black and white"),
        (edge(changed=0.0075, grey=1, light=50.0), ""),
    ],
)
def test_differences_found_by_comparing_the_pictures(between: Edge, doubt: str) -> None:
    assert judged(version("a.jpg", **CAMERA), version("b.jpg"), between).doubt == doubt


@pytest.mark.parametrize("item", [HALF, {}, {"format": "HEIF"}])
def test_a_copy_that_scaling_and_compression_do_not_explain_may_be_edited(
    item: dict[str, Any],
) -> None:
    camera, copy = version("a.jpg", **CAMERA), version("b.jpg", item=item)
    edited = "at full size, a.jpg and b.jpg differ by more than scaling and saving again"
    unknown = "a.jpg and b.jpg could not be compared at full size"
    for plain, doubt in ((0, edited), (1, ""), (2, edited), (3, ""), (None, unknown)):
        assert judged(camera, copy, edge(plain=plain)).doubt == doubt
    # Seen from the second photo.
    camera, copy = version("b.jpg", **CAMERA), version("a.jpg", item=item)
    for plain, clear in ((0, False), (1, False), (2, True), (3, True), (None, False)):
        assert (not judged(camera, copy, edge(plain=plain)).doubt) is clear
    compressed = version("b.jpg", figures={"jpeg_quality": 60.0, "blockiness": 1.0})
    assert judged(version("a.jpg"), compressed, edge(plain=1)).why.startswith("it is less")
    assert judged(version("a.jpg"), compressed, edge(plain=0)).doubt == edited


def test_a_crop_in_other_colors_is_an_edit() -> None:
    one, crop = version("a.jpg", **CAMERA), version("b.jpg", item={"width": 900, "height": 720})
    assert not judged(one, crop, edge(CROP, tone=10.0)).doubt
    assert judged(one, crop, edge(CROP, tone=10.1)).doubt.endswith("differ in contrast or colors")


def test_the_relation_is_inverted_if_the_second_photo_is_kept() -> None:
    one, other = version("b.jpg", **CAMERA), version("a.jpg")
    assert judged(one, other, edge(border=1)).doubt == "b.jpg has a border around it"
    assert judged(one, other, edge(grey=1)).doubt == "b.jpg is in black and white"
    assert not judged(one, other, edge(grey=-1)).doubt


@pytest.mark.parametrize(
    ("height", "stretched"), [(785, False), (783, True), (815, False), (817, True)]
)
def test_a_stretched_picture_may_be_either_one(height: int, stretched: bool) -> None:
    found = judged(version("a.jpg", **CAMERA), version("b.jpg", item={"height": height}))
    assert (found.doubt == "one of them is stretched") is stretched


def test_a_small_copy_may_differ_more_and_have_a_higher_jpeg_quality() -> None:
    camera = version("a.jpg", **CAMERA, figures={"jpeg_quality": 70.0})
    higher = "b.jpg was saved with a higher JPEG quality"
    for changed, quality, doubt in (
        (0.015, 89.0, ""),
        (0.016, 89.0, "one of them shows"),
        (0.015, 90.0, higher),
    ):
        found = judged(
            camera,
            version("b.jpg", item=HALF, figures={"jpeg_quality": quality}),
            edge(changed=changed),
        )
        assert found.doubt.startswith(doubt) and bool(found.doubt) == bool(doubt)


@pytest.mark.parametrize(
    ("figures", "doubt"),
    [
        ({"luma_mean": 112.0}, ""),
        ({"luma_mean": 112.1}, "brightness"),
        ({"luma_mean": 107.9}, "brightness"),
        ({"luma_p50": 103.0}, ""),
        ({"luma_p50": 104.0}, "brightness"),
        ({"luma_p2": 25.0}, ""),
        ({"luma_p2": 14.0}, "brightness"),
        ({"luma_p99": 238.0}, ""),
        ({"luma_p99": 239.0}, "brightness"),
        ({"contrast": 52.0}, ""),
        ({"contrast": 53.0}, "contrast or colors"),
        ({"contrast": 47.0}, "contrast or colors"),
        ({"colorfulness": 43.0}, ""),
        ({"colorfulness": 44.0}, "contrast or colors"),
        ({"blur_radius": 0.87}, ""),
        ({"blur_radius": 0.86}, "b.jpg is sharper"),
        ({"blur_radius": 1.15}, ""),
        ({"blur_radius": 1.16}, "a.jpg and b.jpg differ in sharpness"),
        ({"noise_sigma": 0.25}, ""),
        ({"noise_sigma": 0.24}, "a.jpg has more noise"),
        ({"noise_sigma": 0.0, "jpeg_quality": 89.0}, ""),
        ({"jpeg_quality": 94.0}, ""),
        ({"jpeg_quality": 95.0}, "b.jpg was saved with a higher JPEG quality"),
    ],
)
def test_measurements_of_two_pictures_of_one_size(figures: dict[str, float], doubt: str) -> None:
    found = judged(version("a.jpg", **CAMERA), version("b.jpg", figures=figures)).doubt
    assert found.endswith(doubt) and bool(found) == bool(doubt)


def test_a_grey_copy_lost_its_colours_but_not_its_contrast() -> None:
    camera, grey = version("a.jpg", **CAMERA), version("b.jpg", figures={"colorfulness": 0.0})
    assert not judged(camera, grey, edge(grey=1)).doubt and judged(camera, grey).doubt
    assert judged(
        camera, version("b.jpg", figures={"colorfulness": 0.0, "contrast": 60.0}), edge(grey=1)
    ).doubt


def test_pale_pictures_differ_in_colour_by_levels() -> None:
    def doubt(mine: float, its: float) -> str:
        one, other = (
            version("a.jpg", **CAMERA, figures={"colorfulness": mine}),
            version("b.jpg", figures={"colorfulness": its}),
        )
        return judged(one, other).doubt

    assert not doubt(0.0, 3.0) and doubt(0.0, 3.1) and not doubt(100.0, 94.0) and doubt(100.0, 92.0)


def test_block_artefacts_count_whatever_the_jpeg_quality() -> None:
    one = version("a.jpg", **CAMERA, figures={"blockiness": 0.61})
    other = version("b.png", item={"format": "PNG"}, figures={"jpeg_quality": 0.0})
    assert judged(one, other).doubt == "a.jpg shows stronger JPEG block artifacts"
    assert not judged(version("a.jpg", **CAMERA, figures={"blockiness": 0.6}), other).doubt
    smaller = version("b.png", item={"format": "PNG"} | HALF, figures={"jpeg_quality": 0.0})
    assert not judged(one, smaller).doubt


@pytest.mark.parametrize(
    ("side", "most"), [(1000, 1.15), (981, 1.15), (900, 1.25), (710, 1.25), (690, 2.0), (200, 2.0)]
)
def test_how_much_softer_the_larger_picture_may_be(side: int, most: float) -> None:
    other = version("b.jpg", item={"width": side, "height": round(side * 0.8)})
    assert (
        judged(version("a.jpg", **CAMERA, figures={"blur_radius": most + 0.01}), other).doubt
        == "b.jpg is sharper"
    )
    assert not judged(version("a.jpg", **CAMERA, figures={"blur_radius": most}), other).doubt


def test_of_different_frames_only_the_common_part_is_compared() -> None:
    camera, crop = (
        version("a.jpg", **CAMERA),
        version(
            "b.jpg",
            item={"width": 900, "height": 720},
            figures={"luma_mean": 150.0, "blur_radius": 0.5},
        ),
    )
    assert not judged(camera, crop, edge(CROP, light=4.0)).doubt
    assert (
        judged(camera, crop, edge(CROP, light=-4.1)).doubt == "a.jpg and b.jpg differ in brightness"
    )
    softer = version("b.jpg", item={"width": 900, "height": 720}, figures={"blur_radius": 2.0})
    assert not judged(camera, softer, edge(CROP)).doubt
    framed = version(
        "b.jpg",
        item={"width": 1200, "height": 960},
        figures={"luma_mean": 150.0, "blur_radius": 0.5},
    )
    assert not judged(camera, framed, edge(FRAME, border=1)).doubt


def test_without_measurements_there_is_no_verdict() -> None:
    camera, other = version("a.jpg", **CAMERA), version("b.jpg", item=HALF)
    for one, two in (
        (camera._replace(known=camera.known._replace(figures=None)), other),
        (camera, other._replace(known=Evidence())),
    ):
        assert judged(one, two).doubt == "not all of them have been measured yet"


def test_a_header_is_read_only_if_all_else_speaks_for_the_file() -> None:
    def refuse(path: str) -> ExifHeader | None:
        raise AssertionError(path)

    camera = version("a.jpg", **CAMERA)
    for other in (
        version("b.jpg", figures={"luma_mean": 150.0}),
        version("b.jpg", place=(1.0, 2.0)),
    ):
        assert judged(camera, other, head=refuse).doubt
    assert judged(camera, version("b.jpg", **CAMERA), head=refuse).doubt


def test_a_smaller_copy_may_be_softer_and_less_noisy() -> None:
    noisy = version("a.jpg", **CAMERA, figures={"noise_sigma": 9.0})
    softer, smoother = {"blur_radius": 3.0, "noise_sigma": 9.0}, {"noise_sigma": 0.1}
    for figures, doubt in (
        (softer, "a.jpg and b.jpg differ in sharpness"),
        (smoother, "a.jpg has more noise"),
    ):
        assert judged(noisy, version("b.jpg", figures=figures)).doubt == doubt
        assert not judged(noisy, version("b.jpg", item=HALF, figures=figures)).doubt
