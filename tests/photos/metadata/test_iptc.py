from __future__ import annotations

import io
import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin, TiffImagePlugin

from explorer.photos.metadata import iptc
from explorer.photos.metadata.fields import MetadataFields
from tests import pictures

PICTURE = pictures.draw(1, (64, 48))


def data(*sets: tuple[tuple[int, int], bytes]) -> bytes:
    return b"".join(
        b"\x1c" + bytes(key) + struct.pack(">H", len(value)) + value for key, value in sets
    )


def resources(body: bytes, name: bytes = b"\0") -> bytes:
    """Photoshop resources: another one, with a name of odd or even length, then IPTC's."""
    other = (
        b"8BIM\x03\xed" + name + (b"\0" if len(name) % 2 else b"") + struct.pack(">I", 3) + b"abc\0"
    )
    return (
        other + b"8BIM\x04\x04\0\0" + struct.pack(">I", len(body)) + body + b"\0" * (len(body) % 2)
    )


def jpeg(body: bytes) -> bytes:
    packed = b"Photoshop 3.0\0" + resources(body)
    made = pictures.encoded(PICTURE)
    return made[:2] + b"\xff\xed" + struct.pack(">H", len(packed) + 2) + packed + made[2:]


def test_iptc_data_continues_in_a_second_segment() -> None:
    packed, made = resources(BODY), pictures.encoded(PICTURE)
    parts = (b"Photoshop 3.0\0" + part for part in (packed[:30], packed[30:]))
    segments = b"".join(b"\xff\xed" + struct.pack(">H", len(part) + 2) + part for part in parts)
    other = b"\xff\xed\0\x0aAdobe_CM"
    assert iptc.find_iptc(opened(made[:2] + other + segments + made[2:])) == BODY


def opened(packed: bytes) -> Image.Image:
    return Image.open(io.BytesIO(packed))


BODY = data(((2, 25), b"sea"), ((2, 55), b"19870605"))


def test_iptc_data_is_found_in_a_jpeg() -> None:
    assert iptc.find_iptc(opened(jpeg(BODY))) == BODY
    assert iptc.find_iptc(opened(pictures.encoded(PICTURE))) == b""


@pytest.mark.parametrize("as_resources", [False, True])
def test_iptc_data_is_found_in_a_tiff(as_resources: bool) -> None:
    tags = TiffImagePlugin.ImageFileDirectory_v2()
    tag = 34377 if as_resources else 33723
    tags[tag] = resources(BODY) if as_resources else BODY
    tags.tagtype[tag] = 7
    assert iptc.find_iptc(opened(pictures.encoded(PICTURE, "TIFF", tiffinfo=tags))) == BODY
    assert iptc.find_iptc(opened(pictures.encoded(PICTURE, "TIFF"))) == b""


@pytest.mark.parametrize(
    ("name", "packed"),
    [("iptc", BODY), ("8bim", resources(BODY)), ("iptc", resources(BODY, b"\2ab"))],
)
def test_iptc_data_is_found_in_the_text_of_a_png(name: str, packed: bytes) -> None:
    text = PngImagePlugin.PngInfo()
    text.add_text(
        f"Raw profile type {name}",
        f"\n{name}\n{len(packed):8}\n{packed[:20].hex()}\n{packed[20:].hex()}\n",
    )
    assert iptc.find_iptc(opened(pictures.encoded(PICTURE, "PNG", pnginfo=text))) == BODY
    broken = PngImagePlugin.PngInfo()
    broken.add_text("Raw profile type iptc", "\niptc\n 3\nno digits\n")
    assert iptc.parse_iptc(
        iptc.find_iptc(opened(pictures.encoded(PICTURE, "PNG", pnginfo=broken)))
    ).broken


@pytest.mark.parametrize("text", ["8BIM but no digits", "iptc 4 zz zz", "8BIM"])
def test_text_of_a_png_that_is_not_hexadecimal_exists_and_is_malformed(text: str) -> None:
    information = PngImagePlugin.PngInfo()
    information.add_text("Raw profile type 8bim", text)
    found = iptc.find_iptc(opened(pictures.encoded(PICTURE, "PNG", pnginfo=information)))
    assert found == text.encode() and iptc.parse_iptc(found).broken


def test_truncated_photoshop_resources() -> None:
    packed = resources(BODY, b"\3abc")
    assert iptc._in_resources(packed) == BODY
    for end in range(len(packed)):
        assert iptc._in_resources(packed[:end]) in (b"", BODY[: max(0, end - packed.index(BODY))])


def test_data_sets() -> None:
    found = iptc.parse_iptc(data(((2, 25), b"a"), ((2, 25), b"b"), ((1, 90), b"\x1b%G")) + bytes(7))
    assert found == iptc.IptcData({(2, 25): [b"a", b"b"], (1, 90): [b"\x1b%G"]})
    assert iptc.parse_iptc(b"") == iptc.IptcData({})


def test_extended_data_sets() -> None:
    body = (
        b"\x1c\x02\x19\x80\x04"
        + struct.pack(">I", 40_000)
        + b"x" * 40_000
        + data(((2, 25), b"after"))
    )
    assert iptc.parse_iptc(body) == iptc.IptcData({(2, 25): [b"x" * 40_000, b"after"]})


@pytest.mark.parametrize(
    "tail",
    [
        b"garbage",
        b"\x1c",
        b"\x1c\x02\x19\x00",
        b"\x1c\x02\x19\x00\x09short",
        b"\x1c\x02\x19\x80\x04\xff",
    ],
)
def test_malformed_data_is_noticed(tail: bytes) -> None:
    found = iptc.parse_iptc(BODY + tail)
    assert found.broken and found.values[2, 25] == [b"sea"]
    reading = iptc.read_fields(BODY + tail)
    assert [each.about for each in reading.unread] == ["all"] and reading.fields.keywords == (
        "sea",
    )


def test_keywords_in_both_encodings() -> None:
    both = "Heinrichshütte", "Köln"
    assert (
        iptc.read_fields(
            data(*(((2, 25), word.encode("latin-1")) for word in both))
        ).fields.keywords
        == both
    )
    assert (
        iptc.read_fields(data(*(((2, 25), word.encode()) for word in both))).fields.keywords == both
    )
    declared = data(((1, 90), b"\x1b%G"), *(((2, 25), word.encode()) for word in both))
    assert iptc.read_fields(declared).fields.keywords == both
    assert iptc.read_fields(data(((1, 90), b"\x1b%G"), ((2, 25), b"K\xf6ln"))).fields.keywords == (
        "K�ln",
    )


@pytest.mark.parametrize(
    ("sets", "iso"),
    [
        ([((2, 55), b"19870605"), ((2, 60), b"101112+0200")], "1987-06-05T10:11:12+02:00"),
        ([((2, 55), b"19870605"), ((2, 60), b"10:11:12")], "1987-06-05T10:11:12"),
        ([((2, 55), b"19870605"), ((2, 60), b"1011Z")], "1987-06-05T10:11Z"),
        ([((2, 55), b"19870605")], "1987-06-05"),
        ([((2, 55), b"1987-06-05 ")], "1987-06-05"),
        ([((2, 55), b"19870600")], "1987-06"),
        ([((2, 55), b"19870000")], "1987"),
        ([((2, 55), b"1987")], "1987"),
        ([((2, 55), b"19870605"), ((2, 60), b"noon")], "1987-06-05"),
        ([((2, 62), b"19880605"), ((2, 63), b"101112")], "1988-06-05T10:11:12"),
        ([((2, 55), b"19870605"), ((2, 62), b"19880605")], "1987-06-05"),
        ([((2, 55), b"00000000"), ((2, 62), b"19880605")], "1988-06-05"),
        ([((2, 60), b"101112")], None),
        ([((2, 55), b"29990605")], None),
        ([((2, 55), b"some day")], None),
    ],
)
def test_dates_are_parsed(sets: list[tuple[tuple[int, int], bytes]], iso: str | None) -> None:
    assert iptc.read_fields(data(*sets)).fields.taken_at == iso


@pytest.mark.parametrize(
    ("value", "unread"),
    [(b"some day", 1), (b"00000000", 0), (b"", 0), (b"19871305", 1), (b"19870605", 0)],
)
def test_an_unreadable_date_is_reported(value: bytes, unread: int) -> None:
    for key in ((2, 55), (2, 62)):
        found = iptc.read_fields(data((key, value))).unread
        assert [each.about for each in found] == ["date"] * unread


def test_no_data_has_no_fields() -> None:
    assert (
        iptc.read_fields(b"") == iptc.read_fields(bytes(20))
        and iptc.read_fields(b"").fields == MetadataFields()
        and iptc.read_fields(b"").unread == ()
    )


@given(st.binary(max_size=200))
@settings(deadline=None)
def test_any_bytes_can_be_read(packed: bytes) -> None:
    iptc.read_fields(packed)
    iptc.read_fields(BODY + packed)
    iptc._in_resources(packed)
    iptc._in_resources(b"8BIM" + packed)
