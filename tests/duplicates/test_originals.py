from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from explorer.duplicates.describe_difference import Edge
from explorer.duplicates.groups import GroupFile
from explorer.duplicates.originals import judge_original
from explorer.duplicates.versions import Verdict, Version, judge_same_pixels, original_format_rank
from explorer.library.evidence import Evidence
from explorer.photos.metadata.exif_header import ExifHeader
from explorer.photos.quality.metrics import QualityMetrics
from explorer.removal.companions import Companion, Companions

METRICS = QualityMetrics(
    blur_radius=1.0,
    noise_sigma=1.0,
    jpeg_quality=90.0,
    blockiness=0.2,
    luma_p2=20,
    luma_p50=100,
    luma_p99=230,
    luma_mean=110,
    contrast=50,
    colorfulness=40,
)
CAMERA: dict[str, Any] = {
    "camera": "Acme Z1",
    "exposure": 4,
    "taken_at": "2018-07-06T10:11:12",
    "taken_source": "exif",
}
IDENTITY = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0)


def version(
    name: str,
    *,
    item: dict[str, Any] | None = None,
    figures: dict[str, float] | None = None,
    **known: Any,
) -> Version:
    """A file of 1,000 by 800 pixels that says nothing of itself, with ordinary figures."""
    facts: dict[str, Any] = {
        "file_id": ord(name[0]), "photo_id": ord(name[0]), "path": f"/p/{name}", "bytes": 1000,
        "width": 1000, "height": 800,
        "format": "JPEG", "taken_at": None, "camera": None,
    }  # fmt: skip
    measured = dataclasses.replace(METRICS, **(figures or {}))
    return Version(GroupFile(**(facts | (item or {}))), Evidence(**({"figures": measured} | known)))


def edge(matrix: tuple[float, ...] | None = IDENTITY, **relation: Any) -> Edge:
    """Between `a.jpg` and `b.jpg`, as seen from the first."""
    return Edge((ord("a"), ord("b")), 0.99, ({"matrix": list(matrix)} if matrix else {}) | relation)


def header(software: str = "", stated: tuple[int, int] | None = (1000, 800)) -> Any:
    return lambda path: ExifHeader(software, stated)


def judged(one: Version, other: Version, between: Edge | None = None, head: Any = None) -> Verdict:
    return judge_original(one, other, between or edge(), head or header())


HALF = {"width": 500, "height": 400}


# --- every pixel the same


def test_of_the_same_pixels_the_one_that_says_more_is_kept() -> None:
    camera, png = (
        version("a.jpg", **CAMERA, place=(48.86, 2.29)),
        version("b.png", item={"format": "PNG", "bytes": 9000}),
    )
    assert judge_same_pixels(camera, png) == Verdict(
        "", "it alone says when it was taken, where, with which camera and how it was exposed"
    )
    assert (
        judge_same_pixels(png, camera).doubt
        == "only a.jpg says when it was taken, where, with which camera and how it was exposed"
    )


def test_of_the_same_pixels_the_lossy_file_is_the_original() -> None:
    files = {
        form: version(f"{form[0]}.x", item={"format": form})
        for form in ("JPEG", "PNG", "TIFF", "WEBP", "BMP", "HEIF")
    }
    assert judge_same_pixels(files["JPEG"], files["PNG"]) == Verdict(
        "", "it is the JPEG file of which the PNG was made"
    )
    assert (
        judge_same_pixels(files["PNG"], files["JPEG"])
        == Verdict("")
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
        {"item": {"company": Companions((Companion("/p/b.png.xmp", "sidecar"),))}},
    ],
)
def test_an_export_of_which_more_is_known_is_not_kept_before_the_lossy_file(
    more: dict[str, Any],
) -> None:
    jpeg, export = (
        version("a.jpg", **CAMERA),
        version("b.png", **CAMERA, **(more | {"item": {"format": "PNG", **more.get("item", {})}})),
    )
    assert (
        judge_same_pixels(export, jpeg).doubt
        == "more is known of b.png, but it was made from the JPEG file a.jpg"
    )
    assert judge_same_pixels(jpeg, export).doubt.startswith("only b.png ")
    again = version("c.jpg", **CAMERA, **more)
    assert not judge_same_pixels(again, jpeg).doubt


def test_where_each_says_something_of_its_own_neither_may_go() -> None:
    one, other = version("a.jpg", camera="Acme Z1"), version("b.jpg", place=(48.86, 2.29))
    assert (
        judge_same_pixels(one, other).doubt == "only b.jpg says where"
        and judge_same_pixels(other, one).doubt == "only a.jpg says with which camera"
    )


def test_edits_beside_a_file_are_something_it_says() -> None:
    edited = version("a.jpg", item={"company": Companions(own=(Companion("/p/a.xmp", "sidecar"),))})
    plain = version("b.jpg")
    assert judge_same_pixels(edited, plain) == Verdict(
        "", "it has a file with edits or notes beside it"
    )
    assert (
        judge_same_pixels(plain, edited).doubt
        == "only a.jpg has a file with edits or notes beside it"
    )
    assert judge_same_pixels(edited, edited) == Verdict("")


@pytest.mark.parametrize(
    ("one", "other", "lost"),
    [
        ({}, {"taken_at": "2018-07-06T10:11:12", "taken_source": "name"}, "when it was taken"),
        (
            {"taken_at": "2018-07-06T10:11:12", "taken_source": "exif"},
            {"taken_at": "2018-07-07T00:00:00", "taken_source": "name"},
            "",
        ),
        (CAMERA, CAMERA | {"taken_at": "2019-01-01T00:00:00"}, "the time"),
        (CAMERA, {"taken_at": "2019-01-01T00:00:00", "taken_source": "exif"}, ""),
        (CAMERA, CAMERA | {"taken_at": "2019-01-01T00:00:00", "taken_source": "gps"}, ""),
        ({"place": (1.0, 2.0)}, {"place": (1.00005, 2.00005)}, ""),
        ({"place": (1.0, 2.0)}, {"place": (1.0, 2.0002)}, "the place"),
        ({"place": (1.0, 2.0)}, {"place": (0.9998, 2.0)}, "the place"),
        ({"camera": "Acme Z1"}, {"camera": "Acme Z2"}, "the camera"),
        ({"camera": "Acme Z1"}, {}, ""),
        ({}, {"lens": "50 mm"}, "with which lens"),
        ({"lens": "35 mm"}, {"lens": "50 mm"}, ""),
        ({"exposure": 2}, {"exposure": 3}, "how it was exposed"),
        ({"exposure": 3}, {"exposure": 3}, ""),
        ({}, {"lens": "50 mm", "exposure": 1}, "with which lens and how it was exposed"),
    ],
)
def test_what_would_be_lost_with_the_other(
    one: dict[str, Any], other: dict[str, Any], lost: str
) -> None:
    said = (
        f"a.jpg and b.jpg do not agree on {lost}"
        if lost.startswith("the ")
        else f"only b.jpg says {lost}"
    )
    assert judge_same_pixels(version("a.jpg", **one), version("b.jpg", **other)).doubt == (
        lost and said
    )


# --- saved again


def test_a_photo_that_lost_its_metadata_was_made_from_the_one_that_has_them() -> None:
    camera, sent = version("a.jpg", **CAMERA), version("b.jpg", item=HALF)
    assert judged(camera, sent) == Verdict(
        "", "it alone says which camera took it, and has more pixels"
    )
    assert judged(sent, camera).doubt == "a.jpg has more pixels"
    # Developed by a program, and sent on small: the large one is the better in any case.
    assert not judged(camera, sent, head=header("Adobe Lightroom 9.1", None)).doubt
    # A program has enlarged it, with the metadata it had.
    assert (
        judged(camera, sent, head=header("", (500, 400))).doubt
        == "a.jpg had another size when its camera wrote it"
    )
    assert (
        judged(camera, sent, head=lambda path: None).doubt
        == "the header of a.jpg does not show who wrote it"
    )
    assert not judged(camera, sent, head=header("", (800, 1000))).doubt


def test_at_the_same_size_no_program_may_have_saved_it() -> None:
    camera, sent = version("a.jpg", **CAMERA), version("b.jpg")
    assert judged(camera, sent) == Verdict("", "it alone says which camera took it, and how")
    assert not judged(camera, sent, head=header("", None)).doubt
    assert judged(camera, sent, head=header("GIMP 2.10")).doubt == "a.jpg was saved by GIMP 2.10"
    assert judged(sent, camera).doubt.startswith("only a.jpg says")


@pytest.mark.parametrize(
    ("known", "enough"),
    [
        ({"camera": "Acme Z1", "exposure": 1}, True),
        ({"camera": "Acme Z1", "taken_at": "2018-07-06T10:11:12", "taken_source": "exif"}, True),
        ({"camera": "Acme Z1", "taken_at": "2018-07-06T10:11:12", "taken_source": "name"}, False),
        ({"exposure": 3, "taken_at": "2018-07-06T10:11:12", "taken_source": "exif"}, False),
    ],
)
def test_what_a_camera_writes(known: dict[str, Any], enough: bool) -> None:
    assert bool(judged(version("a.jpg", **known), version("b.jpg", item=HALF)).doubt) is not enough


@pytest.mark.parametrize("kept", [{"exposure": 1}, {"camera": "Acme Z1"}])
def test_a_copy_that_kept_some_metadata_needs_more_evidence(kept: dict[str, Any]) -> None:
    camera, copy = version("a.jpg", **CAMERA), version("b.jpg", item=HALF, **kept)
    assert judged(camera, copy) == Verdict("", "it is as the camera wrote it, and has more pixels")
    assert judged(camera, copy, head=header("", None)).doubt == (
        "the header of a.jpg does not say how large it was when its camera wrote it"
    )
    assert judged(camera, copy, head=header("Snapseed")).doubt == "a.jpg was saved by Snapseed"


CROP = (0.9, 0.0, 0.1, 0.0, 0.9, 0.1)
AROUND = (1.2, 0.0, -0.1, 0.0, 1.2, -0.1)


def test_a_crop_and_a_border_made_from_what_the_camera_wrote() -> None:
    camera, crop = (
        version("a.jpg", **CAMERA),
        version("b.jpg", item={"width": 900, "height": 720}, **CAMERA),
    )
    assert judged(camera, crop, edge(CROP)) == Verdict(
        "", "it is as the camera wrote it, and shows all of the picture"
    )
    assert judged(crop, camera, edge(CROP)).doubt == "a.jpg shows more of the picture"
    framed = version("b.jpg", item={"width": 1200, "height": 960}, **CAMERA)
    assert judged(camera, framed, edge(AROUND, border=1)) == Verdict(
        "", "it is as the camera wrote it, and has no border around it"
    )
    assert judged(framed, camera, edge(AROUND, border=1)).doubt == "b.jpg has a border around it"
    # What lies around may be more of the picture.
    assert judged(camera, framed, edge(AROUND)).doubt == "b.jpg shows more of the picture"


def test_with_the_same_size_and_metadata_nothing_shows_which_is_the_original() -> None:
    doubt = "nothing in them shows whether b.jpg was made from a.jpg, or the other way round"
    for facts in ({}, CAMERA):
        assert judged(version("a.jpg", **facts), version("b.jpg", **facts)).doubt == doubt
    # Without metadata more pixels are no evidence: they may have been made.
    assert judged(version("a.jpg"), version("b.jpg", item=HALF)).doubt == doubt


def test_bytes_say_nothing() -> None:
    one, other = (
        version("a.png", item={"format": "PNG", "bytes": 10**7}, figures={"jpeg_quality": 0}),
        version("b.jpg"),
    )
    assert judged(one, other).doubt and judged(version("a.jpg", item={"bytes": 10**7}), other).doubt


# --- less compressed


def compressed(**figures: float) -> dict[str, float]:
    return {"jpeg_quality": 60.0, "blockiness": 1.0, "noise_sigma": 0.3} | figures


def test_what_shows_the_traces_of_stronger_compression_was_made_from_what_does_not() -> None:
    one, other = version("a.jpg"), version("b.jpg", figures=compressed())
    assert judged(one, other) == Verdict("", "it is less compressed (JPEG quality 90 against 60)")
    assert judged(other, one).doubt == "a.jpg was saved with a higher JPEG quality"
    # Saved again at a higher quality, it keeps the steps that it had.
    assert judged(version("a.jpg", figures={"blockiness": 0.95}), other).doubt


@pytest.mark.parametrize(
    ("mine", "its", "told"),
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
def test_how_much_less_compressed(
    mine: dict[str, float], its: dict[str, float], told: bool
) -> None:
    one, other = (
        version("a.jpg", figures={"noise_sigma": 0.9} | mine),
        version("b.jpg", figures=compressed(**its)),
    )
    assert bool(judged(one, other).doubt) is not told


@pytest.mark.parametrize(
    ("item", "between"),
    [
        (HALF, edge()),
        ({}, edge((-1.0, 0.0, 1.0, 0.0, 1.0, 0.0))),
        ({"width": 900, "height": 720}, edge(CROP)),
        ({"width": 1200, "height": 960}, edge(AROUND, border=1)),
    ],
)
def test_traces_are_compared_only_where_both_lie_on_each_other(
    item: dict[str, int], between: Edge
) -> None:
    one, other = version("a.jpg"), version("b.jpg", item=item, figures=compressed())
    assert judged(one, other, between).doubt.startswith("nothing in them shows")


def test_a_program_that_saved_it_makes_the_traces_worthless() -> None:
    one, other = version("a.jpg", **CAMERA), version("b.jpg", figures=compressed(), **CAMERA)
    assert not judged(one, other).doubt and not judged(one, other, head=header("", None)).doubt
    assert judged(one, other, head=header("digiKam-7.1")).doubt == "a.jpg was saved by digiKam-7.1"


# --- what speaks against it


@pytest.mark.parametrize(
    ("between", "doubt"),
    [
        (edge(None), "how the two differ was not measured"),
        (edge(border=-1), "a.jpg has a border around it"),
        (edge((0.9, 0.0, 0.0, 0.0, 0.9, 0.0)), "b.jpg has more pixels"),
        (edge(changed=0.008), "something is to be seen on one of them that is not on the other"),
        (edge(grey=-1), "a.jpg is in grey"),
        (edge(changed=0.0075, grey=1, light=50.0), ""),
    ],
)
def test_what_the_two_show(between: Edge, doubt: str) -> None:
    assert judged(version("a.jpg", **CAMERA), version("b.jpg"), between).doubt == doubt


def test_from_the_second_one_everything_is_the_other_way_round() -> None:
    one, other = version("b.jpg", **CAMERA), version("a.jpg")
    assert judged(one, other, edge(border=1)).doubt == "b.jpg has a border around it"
    assert judged(one, other, edge(grey=1)).doubt == "b.jpg is in grey"
    assert not judged(one, other, edge(grey=-1)).doubt


@pytest.mark.parametrize(
    ("height", "stretched"), [(785, False), (783, True), (815, False), (817, True)]
)
def test_a_copy_of_other_proportions_may_be_the_original(height: int, stretched: bool) -> None:
    found = judged(version("a.jpg", **CAMERA), version("b.jpg", item={"height": height}))
    assert (found.doubt == "one of them is stretched") is stretched


def test_a_small_copy_may_differ_more_and_be_of_a_higher_quality() -> None:
    camera = version("a.jpg", **CAMERA, figures={"jpeg_quality": 70.0})
    higher = "b.jpg was saved with a higher JPEG quality"
    for changed, quality, doubt in (
        (0.015, 89.0, ""),
        (0.016, 89.0, "something"),
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
        ({"contrast": 53.0}, "contrast or colours"),
        ({"contrast": 47.0}, "contrast or colours"),
        ({"colorfulness": 43.0}, ""),
        ({"colorfulness": 44.0}, "contrast or colours"),
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
def test_what_the_figures_say_of_two_of_one_size(figures: dict[str, float], doubt: str) -> None:
    found = judged(version("a.jpg", **CAMERA), version("b.jpg", figures=figures)).doubt
    assert found.endswith(doubt) and bool(found) == bool(doubt)


def test_a_copy_made_grey_has_lost_its_colours_and_not_its_contrast() -> None:
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


def test_what_was_compressed_shows_blocks_whatever_its_own_quality() -> None:
    one = version("a.jpg", **CAMERA, figures={"blockiness": 0.61})
    other = version("b.png", item={"format": "PNG"}, figures={"jpeg_quality": 0.0})
    assert judged(one, other).doubt == "a.jpg shows more of JPEG's blocks"
    assert not judged(version("a.jpg", **CAMERA, figures={"blockiness": 0.6}), other).doubt
    smaller = version("b.png", item={"format": "PNG"} | HALF, figures={"jpeg_quality": 0.0})
    assert not judged(one, smaller).doubt


@pytest.mark.parametrize(
    ("side", "most"), [(1000, 1.15), (981, 1.15), (900, 1.25), (710, 1.25), (690, 2.0), (200, 2.0)]
)
def test_how_much_softer_the_larger_one_may_be_measured(side: int, most: float) -> None:
    other = version("b.jpg", item={"width": side, "height": round(side * 0.8)})
    assert (
        judged(version("a.jpg", **CAMERA, figures={"blur_radius": most + 0.01}), other).doubt
        == "b.jpg is sharper"
    )
    assert not judged(version("a.jpg", **CAMERA, figures={"blur_radius": most}), other).doubt


def test_of_another_frame_only_what_both_show_is_compared() -> None:
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
    assert not judged(camera, framed, edge(AROUND, border=1)).doubt


def test_what_has_not_been_measured_is_not_told() -> None:
    camera, other = version("a.jpg", **CAMERA), version("b.jpg", item=HALF)
    for one, two in (
        (camera._replace(known=camera.known._replace(figures=None)), other),
        (camera, other._replace(known=Evidence())),
    ):
        assert judged(one, two).doubt == "not all of them have been measured yet"


def test_a_header_is_read_only_where_all_else_speaks_for_it() -> None:
    def refuse(path: str) -> ExifHeader | None:
        raise AssertionError(path)

    camera = version("a.jpg", **CAMERA)
    for other in (
        version("b.jpg", figures={"luma_mean": 150.0}),
        version("b.jpg", place=(1.0, 2.0)),
    ):
        assert judged(camera, other, head=refuse).doubt
    assert judged(camera, version("b.jpg", **CAMERA), head=refuse).doubt
