from __future__ import annotations

import io

import pytest

from explorer.photos.containers.content_reader import read_contents
from tests.containers import RDF, film, gain_map, samsung, with_extended_xmp, with_segment, with_xmp
from tests.photos.containers.content_pictures import JPEG, SIZE, mpo, words
from tests.pictures import draw, encoded


def test_motion_photos() -> None:
    micro = (
        with_xmp(JPEG, b'GCamera:MicroVideo="1" GCamera:MicroVideoOffset="%d"' % len(film()))
        + film()
    )
    google = with_xmp(JPEG, b'Item:Semantic="Primary" Item:Semantic="MotionPhoto"') + film()
    for data in (
        JPEG + film(),
        micro,
        google,
        samsung(JPEG, (0x0A30, b"MotionPhoto_Data", film())),
    ):
        assert words(data) == ["video inside"] and read_contents(data) == read_contents(
            JPEG + film()
        )
    assert words(samsung(JPEG, (0x0A01, b"Image_UTC_Data", b"1705124333853"))) == []
    assert words(samsung(JPEG, (0x0100, b"SoundShot_000", b"sound"))) == ["audio"]


def test_stereo_and_bursts_in_mpo() -> None:
    assert words(mpo(1, 2)) == ["2 pictures"] and words(mpo(1, 2, 3)) == ["3 pictures"]
    assert read_contents(mpo(1, 2, 3)).parts[:1] == read_contents(mpo(1, 2)).parts


def test_a_cameras_preview_in_mpo_is_no_content() -> None:
    large = draw(1, (800, 600))
    for small, held in (
        (large.resize((320, 240)), []),
        (draw(2, (320, 240)), ["2 pictures"]),
        (large, ["2 pictures"]),
    ):
        packed = io.BytesIO()
        large.save(packed, "MPO", save_all=True, append_images=[small], quality=90)
        assert words(packed.getvalue()) == held
    assert words(encoded(large, quality=90) + encoded(large.resize((320, 240)), "PNG")) == []


def test_gain_maps() -> None:
    ultra = with_xmp(
        JPEG, b'xmlns:hdrgm="http://ns.adobe.com/hdr-gain-map/1.0/" hdrgm:Version="1.0"'
    )
    assert words(ultra) == [] and words(ultra + gain_map()) == ["gain map"]
    small = encoded(draw(7, (80, 60)).convert("L"))
    iso = with_segment(small, 2, b"urn:iso:std:iso:ts:21496:-1\0" + bytes(20))
    apple = with_xmp(small, b'apdi:AuxiliaryImageType="urn:com:apple:photo:2020:aux:hdrgainmap"')
    assert words(JPEG + iso) == words(JPEG + apple) == ["gain map"] and words(
        JPEG + gain_map() + film()
    ) == ["video inside", "gain map"]
    # Even where it shows the picture itself, in grey.
    assert words(
        JPEG + with_segment(encoded(draw(1, (80, 60))), 2, b"urn:iso:std:iso:ts:21496:-1\0")
    ) == ["gain map"]
    assert words(JPEG + with_segment(small, 3, b"urn:iso:std:iso:ts:21496:-1\0")) == ["2 pictures"]


def test_depth_maps() -> None:
    small = encoded(draw(7, (80, 60)).convert("L"))
    assert words(
        JPEG + with_xmp(small, b'apdi:AuxiliaryImageType="urn:mpeg:hevc:2015:auxid:2"')
    ) == ["depth map"]
    assert words(
        JPEG + with_xmp(small, b'apdi:AuxiliaryImageType="urn:com:apple:photo:2018:aux:disparity"')
    ) == ["depth map"]


@pytest.mark.parametrize(
    "sign",
    [b'Item:Semantic="%s"', b"<x Item:Semantic = '%s'/>", b"<Item:Semantic>%s</Item:Semantic>"],
)
def test_the_container_directory_names_appended_items(sign: bytes) -> None:
    def directory(*named: bytes) -> bytes:
        return with_segment(
            JPEG,
            1,
            b"http://ns.adobe.com/xap/1.0/\0"
            + b" ".join(sign % name for name in (b"Primary", *named)),
        )

    small = encoded(draw(7, (80, 60)).convert("L"))
    assert words(directory(b"Depth") + small) == ["depth map"] and words(
        directory(b"Original") + encoded(draw(3, SIZE))
    ) == ["2 pictures"]
    assert words(directory(b"GainMap", b"MotionPhoto") + small + film()) == [
        "video inside",
        "gain map",
    ]
    assert words(directory(b"Confidence", b"News") + small + film()) == [
        "video inside",
        "depth map",
    ]
    # Where there are not as many as it says, what they are is told by how they begin.
    assert words(directory(b"Depth", b"MotionPhoto") + small) == ["2 pictures"]


def test_data_within_xmp() -> None:
    google = RDF % b'GDepth:Data="AAAA" GImage:Data="BBBB"' + b"<GAudio:Data>CCCC</GAudio:Data>"
    assert words(with_extended_xmp(JPEG, google)) == ["2 pictures", "audio", "depth map"]
    one, other = (
        read_contents(with_xmp(JPEG, b"GDepth:Data = '%s'" % data)) for data in (b"AAAA", b"AAAB")
    )
    assert one.words() == other.words() == ["depth map"] and one != other
    two, three = (
        read_contents(with_extended_xmp(JPEG, b"<GAudio:Data>%s</GAudio:Data>" % data))
        for data in (b"AAAA", b"AAAB")
    )
    assert two.words() == ["audio"] and two != three
    assert words(with_xmp(JPEG, b'GDepth:Near="1.0"')) == []


@pytest.mark.parametrize(
    ("number", "signature"),
    [(1, b"FLIR\0\1\0\1"), (3, b""), (2, b"FPXR\0\0\2RIFF"), (11, b"JP\0\1RESI")],
)
def test_data_in_segments_of_a_cameras_own(number: int, signature: bytes) -> None:
    """Thermal pictures, audio, and the range that JPEG XT adds; small segments are notes."""
    data = with_segment(with_segment(JPEG, number, signature + bytes(4000)), number, bytes(100))
    assert words(data) == ["other data"]
    other = with_segment(with_segment(JPEG, number, signature + bytes(4000)), number, b"x" * 100)
    assert read_contents(other) != read_contents(data)
    assert words(with_segment(JPEG, number, signature + bytes(4000))) == []


@pytest.mark.parametrize(
    ("number", "signature"),
    [(1, b"Exif\0\0"), (2, b"ICC_PROFILE\0\1\1"), (13, b"Photoshop 3.0\0"), (0, b"JFXX\0\x10")],
)
def test_metadata_and_thumbnails_are_no_content(number: int, signature: bytes) -> None:
    assert words(with_segment(JPEG, number, signature + bytes(9000))) == []
