from __future__ import annotations

import struct
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from explorer.photos.containers.jpeg_segments import end_of_scan, marked_segments, read_jpeg
from tests.containers import film, with_extended_xmp, with_segment, with_xmp
from tests.pictures import draw, encoded


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"progressive": True},
        {"quality": 30, "subsampling": 0},
        {"restart_marker_rows": 1},
        {"comment": b"\xff\xd9"},
    ],
)
def test_the_end_of_a_picture(options: dict[str, Any]) -> None:
    jpeg = encoded(draw(1), **options)
    assert jpeg.endswith(b"\xff\xd9")
    for start, tail in ((0, b""), (0, b"\xff\xd9 and more"), (5, b"tail")):
        found = read_jpeg(bytes(start) + jpeg + tail, start)
        assert found is not None and found.end == start + len(jpeg)


def test_a_thumbnail_is_not_the_end() -> None:
    inner = encoded(draw(2, (32, 24)))
    jpeg = with_segment(encoded(draw(1)), 1, b"Exif\0\0" + inner)
    found = read_jpeg(jpeg)
    assert (
        found is not None
        and found.end == len(jpeg)
        and found.segments[0] == (1, b"Exif\0\0" + inner)
    )


def test_application_segments_are_those_before_the_scan() -> None:
    jpeg = with_segment(with_segment(encoded(draw(1)), 2, b"two"), 15, b"fifteen")
    scan = jpeg.index(b"\xff\xda")
    length = struct.unpack(">H", jpeg[scan + 2 : scan + 4])[0]
    # As between the scans of a progressive picture.
    between = b"\xff\xfe\0\x04ab" + b"\xff\xe5\0\x06late"
    late = jpeg[: scan + 2 + length] + between + jpeg[scan + 2 + length :]
    found = read_jpeg(late)
    assert found is not None and found.end == len(late)
    assert [number for number, _ in found.segments] == [15, 2, 0] and found.segments[1] == (
        2,
        b"two",
    )


def test_a_comment_is_not_an_application_segment() -> None:
    jpeg = encoded(draw(1))
    assert read_jpeg(encoded(draw(1), comment=b"words")).segments == read_jpeg(jpeg).segments  # type: ignore[union-attr]


def test_a_picture_without_an_end() -> None:
    jpeg = encoded(draw(1))[:-2]
    assert read_jpeg(jpeg) == read_jpeg(jpeg + b"\xff\xd9")._replace(end=len(jpeg))  # type: ignore[union-attr]
    found = read_jpeg(jpeg + film())
    assert found is not None and found.end == len(jpeg)
    assert read_jpeg(b"\xff\xd8\xff") == (3, ())
    assert (
        read_jpeg(jpeg, 1) is None
        and read_jpeg(b"") is None
        and read_jpeg(b"\xff\xd8\xfe", 0) is None
    )


def test_a_marker_with_a_length_beyond_the_file_is_data() -> None:
    jpeg = encoded(draw(1))
    for damage in (
        b"\xff\xe1\xff\xff",
        b"\xff\xe1\0\1",
        b"\xff\x01",
        b"\xff\xd8",
        b"\xff\xc8\0\x30",
        # What follows these is no length.
        b"\xff\xd8\0\4",
        b"\xff\xf0\0\4",
        b"\xff\x01\0\4",
    ):
        broken = jpeg[:-2] + damage + b"\xff\xd9"
        found = read_jpeg(broken + bytes(100))
        assert found is not None and found.end == len(broken)


def test_padding_before_a_marker() -> None:
    jpeg = encoded(draw(1))
    filled = jpeg[:-2] + b"\xff" * 100_000 + b"\xd9"
    found = read_jpeg(filled + b"tail")
    assert found is not None and found.end == len(filled)


def test_the_shortest_segment_is_empty() -> None:
    found = read_jpeg(with_segment(encoded(draw(1)), 4, b""))
    assert found is not None and found.segments[0] == (4, b"")


def test_a_segment_may_end_where_the_file_ends() -> None:
    data = b"\xff\xd8\xff\xe1\0\x06\xff\xd9ab"
    assert read_jpeg(data) == (len(data), ((1, b"\xff\xd9ab"),))
    # With a byte less, it is damage.
    assert read_jpeg(data[:-1]) == (8, ())


# The last piece is the smallest one.
@example(bytes(range(1, 251)), 60)
@given(st.binary(min_size=1, max_size=300), st.integers(20, 90))
def test_extended_xmp_is_joined_in_order(packet: bytes, piece: int) -> None:
    jpeg = with_xmp(with_extended_xmp(encoded(draw(1, (32, 32))), packet, piece), b'note="first"')
    found = read_jpeg(jpeg)
    assert (
        found is not None
        and found.xmp.endswith(packet)
        and b'note="first"' in found.xmp[: -len(packet)]
    )


def test_other_segments_are_not_xmp() -> None:
    jpeg = encoded(draw(1))
    for number, content in (
        (1, b"Exif\0\0http://ns.adobe.com/xap/1.0/\0" + bytes(100)),
        (2, b"http://ns.adobe.com/xap/1.0/\0<x/>"),
    ):
        found = read_jpeg(with_segment(jpeg, number, content))
        assert found is not None and found.xmp == b""
    found = read_jpeg(
        with_segment(jpeg, 2, b"http://ns.adobe.com/xmp/extension/\0" + bytes(40) + b"x")
    )
    assert found is not None and found.xmp == b""


@pytest.mark.parametrize("length", [b"\0\0", b"\0\1", b"\xff\xff"])
def test_a_segment_of_an_impossible_length_is_none(length: bytes) -> None:
    data = b"\xff\xd8\xff\xe1" + length + b"\xff\xe0\0\4ab\xff\xe2\0\2\xff\xd9"
    found = read_jpeg(data + b"tail")
    assert found is not None and found.end == len(data)
    assert found.segments == ((0, b"ab"), (2, b""))


@pytest.mark.parametrize(
    ("data", "end"),
    [
        # Stuffed bytes and restart markers belong to the scan; fill bytes do not.
        (b"\x12\xff\0\xd9\xff\xd0\x11\xff\xd7\xff\xd9\0", 9),
        (b"\x12\xff\xff\xd9", 1),
        (b"\xff\0\xff\xd8", 2),
        (b"\xff\0\xff\xcf", 2),
        (b"\x12\x34", 2),
        (b"\x12\xff\0\xff", 4),
        (b"", 0),
    ],
)
def test_a_scan_ends_before_the_next_marker(data: bytes, end: int) -> None:
    assert end_of_scan(data, 0) == end
    assert end_of_scan(b"\xff\xd9" + data, 2) == end + 2


def test_segments_are_listed_up_to_the_end() -> None:
    head = b"\xff\xd8\xff\xe0\0\4ab\xff\xff\xff\xe1\0\3c"
    scan = b"\xff\xda\0\4xy\x12\xff\0\x34"
    data = head + scan + b"\xff\xdd\0\4zz\xff\xd9\xff\xe2\0\2"
    found = [(marker, data[start:end]) for marker, start, end in marked_segments(data)]
    assert found == [(0xE0, b"ab"), (0xE1, b"c"), (0xDA, b"xy"), (0xDD, b"zz")]
    # Nothing but segments may follow each other.
    cut = head + b"\0" + scan
    assert [marker for marker, _, _ in marked_segments(cut)] == [0xE0, 0xE1]
    assert list(marked_segments(b"\xff\xd8\xff\xe0\0")) == []
    assert list(marked_segments(b"\xff\xd8\xff\xe0\0\2")) == [(0xE0, 6, 6)]
