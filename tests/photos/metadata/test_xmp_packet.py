from __future__ import annotations

import io
from typing import Any

import pytest
from PIL import Image, PngImagePlugin

from explorer.photos.metadata import xmp_packet
from explorer.photos.metadata.fields import MetadataFields
from explorer.photos.metadata.xmp import read_fields
from explorer.photos.metadata.xmp_packet import MAX_DEPTH, InvalidXmp, find_packet, parse_packet
from tests import pictures
from tests.photos.metadata.packets import subject, xmp

PICTURE = pictures.draw(1, (64, 48))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF", "AVIF", "HEIF"])
def test_packets_in_every_format(kind: str) -> None:
    packet = xmp('xmp:Rating="4"').encode()
    if kind == "PNG":
        text = PngImagePlugin.PngInfo()
        text.add_itxt("XML:com.adobe.xmp", packet.decode())
        made = pictures.encoded(PICTURE, kind, pnginfo=text)
    elif kind == "TIFF":
        made = pictures.encoded(PICTURE, kind, tiffinfo={700: packet})
    else:
        made = pictures.encoded(PICTURE, kind, xmp=packet)
    assert read_fields(find_packet(Image.open(io.BytesIO(made)))).fields.rating == 4
    assert find_packet(Image.open(io.BytesIO(pictures.encoded(PICTURE, kind)))) == b""


def test_packets_in_a_profile() -> None:
    packet = xmp('xmp:Rating="4"').encode()
    picture = Image.new("RGB", (1, 1))
    picture.info["Raw profile type xmp"] = f"\nxmp\n{len(packet):8}\n{packet.hex()}\n"
    assert find_packet(picture) == packet
    picture.info["Raw profile type xmp"] = "\nxmp\n 4\nno digits"
    assert [each.about for each in read_fields(find_packet(picture)).unread] == ["all"]


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "latin-1"]
)
@pytest.mark.parametrize(
    "declared",
    [
        "",
        '<?xml version="1.0"?>',
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<?xml version="1.0" encoding="UTF-16"?>',
    ],
)
def test_encodings(encoding: str, declared: str) -> None:
    packet = xmp('xmp:Rating="3"', subject("Köln"), before=declared)
    assert read_fields(packet.encode(encoding)).fields == MetadataFields(
        rating=3, keywords=("Köln",)
    )


def test_declared_encodings() -> None:
    packet = xmp("", subject("Привет"), before='<?xml version="1.0" encoding="koi8-r"?>')
    assert read_fields(packet.encode("koi8-r")).fields.keywords == ("Привет",)
    packet = xmp("", subject("Köln"), before='<?xml version="1.0" encoding="no-such-code"?>')
    assert read_fields(packet.encode()).fields.keywords == ("Köln",)


def test_text_around_a_packet() -> None:
    packet = (
        xmp('xmp:Rating="3"', before='<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>')
        + '\n   \n<?xpacket end="w"?>'
        + "\0" * 9
    )
    assert read_fields(packet.encode()).fields.rating == 3
    assert (
        read_fields(b"") == read_fields(b"\0 \n\t")
        and read_fields(b"").fields == MetadataFields()
        and read_fields(b"").unread == ()
    )


@pytest.mark.parametrize(
    "packet",
    [
        "no xml",
        "<a/>",
        "<x:xmpmeta",
        xmp()[:-3],
        "\ud800",
        '<!DOCTYPE x [<!ENTITY e "e">]>' + xmp('xmp:Rating="4"'),
        '<!DOCTYPE x SYSTEM "file:///etc/passwd">' + xmp('xmp:Rating="4"'),
        xmp("", "<darktable:a>" * MAX_DEPTH + "</darktable:a>" * MAX_DEPTH),
        xmp("", "<darktable:a>" * 5000 + "</darktable:a>" * 5000),
    ],
)
def test_invalid_xmp_is_reported(packet: str) -> None:
    found = read_fields(packet.encode("utf-8", "surrogatepass"))
    assert found.fields == MetadataFields() and [each.about for each in found.unread] == ["all"]


def test_entities_are_never_expanded() -> None:
    levels = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 12))
    bomb = f'<!DOCTYPE x [<!ENTITY e0 "lol">{levels}]>' + xmp("", subject("&e11;"))
    with pytest.raises(InvalidXmp):
        parse_packet(bomb.encode())


def test_broken_characters() -> None:
    for data in (b"\xff\xfe\x00", b"\xff\xfe\x00\xd8\x00\x00", b"\xff\xfe\0\0\xff\xff\xff\xff"):
        assert [each.about for each in read_fields(data).unread] == ["all"]


@pytest.mark.parametrize("character", ["\x01", "\ufffe", "&#1;", "&#x1F;", "&#x0b;", "&#0;"])
def test_characters_that_xml_does_not_allow_are_ignored_when_reading(character: str) -> None:
    packet = xmp('xmp:Rating="3"', subject(f"Kö{character}ln")).encode()
    assert read_fields(packet).fields == MetadataFields(rating=3, keywords=("Kö ln",))
    with pytest.raises(InvalidXmp):
        parse_packet(packet, strict=True)


def test_the_limits_of_size_and_depth(monkeypatch: pytest.MonkeyPatch) -> None:
    assert (MAX_DEPTH, xmp_packet.MAX_BYTES) == (100, 16_000_000)
    inside = MAX_DEPTH - 3
    assert parse_packet(xmp("", "<darktable:a>" * inside + "</darktable:a>" * inside).encode())
    with pytest.raises(InvalidXmp, match="deep"):
        parse_packet(
            xmp("", "<darktable:a>" * (inside + 1) + "</darktable:a>" * (inside + 1)).encode()
        )
    assert parse_packet(xmp("", "<darktable:a/>" * 200).encode())
    packet = xmp().encode()
    monkeypatch.setattr(xmp_packet, "MAX_BYTES", len(packet))
    assert parse_packet(packet)
    with pytest.raises(InvalidXmp, match="MB"):
        parse_packet(packet + b" ")


def test_fragments_with_known_prefixes_are_read_but_never_written() -> None:
    fragment = b'<?xpacket begin=""?><x exif:DateTimeOriginal="2012-03-04T05:06:07"/>'
    assert read_fields(fragment).fields.taken_at == "2012-03-04T05:06:07"
    assert read_fields(b"<xmp:Rating>4</xmp:Rating>").fields.rating == 4
    for some in (fragment, b"<a/>", b"<xmp:Rating>4</xmp:Rating>"):
        with pytest.raises(InvalidXmp):
            parse_packet(some, strict=True)
    assert parse_packet(
        b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"/>', strict=True
    )


def test_prefixes_are_recorded() -> None:
    assert parse_packet(xmp().encode()).prefixes["darktable"] == "http://darktable.sf.net/"


@pytest.mark.parametrize(
    ("info", "packet"),
    [
        ({"xmp": b"<a/>"}, b"<a/>"),
        ({"xmp": "<ä\udcff/>"}, "<ä?/>".encode()),
        ({"xmp": b"", "XML:com.adobe.xmp": "<b/>"}, b"<b/>"),
        ({"xmp": b"<a/>", "XML:com.adobe.xmp": "<b/>"}, b"<a/>"),
        # What no decoder of Pillow gives, but may.
        ({"xmp": ["<a/>"], "XML:com.adobe.xmp": 7}, b""),
        ({"xmp": ("<a/>",), "XML:com.adobe.xmp": b"<b/>"}, b"<b/>"),
        ({"Raw profile type xmp": b"<c/>"}, b"<c/>"),
        ({"Raw profile type xmp": "\nxmp\n       4\n3c632f3e\n"}, b"<c/>"),
        ({"exif": b"<a/>"}, b""),
        ({}, b""),
    ],
)
def test_the_first_packet_of_a_picture(
    info: dict[str | tuple[int, int], Any], packet: bytes
) -> None:
    picture = Image.new("L", (1, 1))
    picture.info = info
    assert find_packet(picture) == packet


@pytest.mark.parametrize(("blanks", "text"), [(100, "Ж"), (300, "Æ")])
def test_an_encoding_is_declared_at_the_beginning(blanks: int, text: str) -> None:
    """A declaration far below is none: it is looked for in a little of a large packet."""
    body = xmp("xmp:Rating='4'", subject("Ж")).encode("cp1251")
    declared = b"<?xml version='1.0' encoding='cp1251'?>"
    assert read_fields(b" " * blanks + declared + body).fields.keywords == (text,)
