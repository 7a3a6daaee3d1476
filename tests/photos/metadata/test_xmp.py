from __future__ import annotations

import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin

from explorer.photos.metadata import xmp as module
from explorer.photos.metadata import xmp_packet
from explorer.photos.metadata.fields import MetadataFields
from explorer.photos.metadata.xmp import read_fields
from explorer.photos.metadata.xmp_packet import MAX_DEPTH, InvalidXmp, find_packet, parse_packet
from tests import pictures
from tests.photos.metadata.packets import subject, xmp

PICTURE = pictures.draw(1, (64, 48))


def facts(attributes: str = "", elements: str = "") -> MetadataFields:
    found = read_fields(xmp(attributes, elements).encode())
    assert found.unread == ()
    return found.fields


def unread(attributes: str = "", elements: str = "") -> list[str]:
    return [each.about for each in read_fields(xmp(attributes, elements).encode()).unread]


# --- where packets are


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


# --- parsing


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


def test_what_stands_around_a_packet() -> None:
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
        "no xml", "<a/>", "<x:xmpmeta", xmp()[:-3], "\ud800", '<!DOCTYPE x [<!ENTITY e "e">]>' + xmp('xmp:Rating="4"'),
        '<!DOCTYPE x SYSTEM "file:///etc/passwd">' + xmp('xmp:Rating="4"'), xmp("", "<darktable:a>" * MAX_DEPTH + "</darktable:a>" * MAX_DEPTH),
        xmp("", "<darktable:a>" * 5000 + "</darktable:a>" * 5000),
    ],
)  # fmt: skip
def test_what_is_no_xmp_is_said(packet: str) -> None:
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


def test_the_limits_of_size_and_depth(monkeypatch: pytest.MonkeyPatch) -> None:
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


def test_prefixes_are_remembered() -> None:
    assert parse_packet(xmp().encode()).prefixes["darktable"] == "http://darktable.sf.net/"


@given(st.binary(max_size=100), st.integers(0, 400))
@settings(deadline=None)
def test_no_bytes_are_too_odd(noise: bytes, at: int) -> None:
    packet = xmp('xmp:Rating="4" exif:GPSLatitude="1,2N"', subject("a")).encode()
    read_fields(noise)
    read_fields(packet[:at] + noise + packet[at + len(noise) :])


# --- properties


@pytest.mark.parametrize(
    "elements",
    [
        "<xmp:Rating>4</xmp:Rating>", "<xmp:Rating> 4 </xmp:Rating>", "<xmp:Rating rdf:value='4'/>",
        "<xmp:Rating><rdf:Description rdf:value='4'/></xmp:Rating>", "<xmp:Rating><rdf:value>4</rdf:value></xmp:Rating>",
        "<xmp:Rating rdf:parseType='Resource'><rdf:value>4</rdf:value><xmp:Label>x</xmp:Label></xmp:Rating>",
        "<xmp:Rating><rdf:Alt><rdf:li xml:lang='x-default'>4</rdf:li></rdf:Alt></xmp:Rating>", "<xmp:Rating/><xmp:Rating>4</xmp:Rating>",
        "</rdf:Description><rdf:Description xmlns:xmp='http://ns.adobe.com/xap/1.0/' xmp:Rating='4'>",
        "<!-- 5 --><xmp:Rating>4</xmp:Rating>",
    ],
)  # fmt: skip
def test_every_way_to_write_a_property(elements: str) -> None:
    assert facts("", elements).rating == 4


def test_what_a_part_says_is_not_the_photos() -> None:
    inner = "<darktable:a><rdf:Description exif:GPSLatitude='1,2N' exif:GPSLongitude='1,2E' xmp:Rating='4'/></darktable:a>"
    assert facts("", inner) == MetadataFields()


# --- facts


@pytest.mark.parametrize(
    ("attributes", "iso"),
    [
        ('exif:DateTimeOriginal="1987-06-05T10:11:12+02:00"', "1987-06-05T10:11:12+02:00"),
        ('photoshop:DateCreated="1987-06-05"', "1987-06-05"),
        ('photoshop:DateCreated="1987-06"', "1987-06"),
        ('xmp:CreateDate="1987"', "1987"),
        ('exif:DateTimeDigitized="1987:06:05 10:11:12"', "1987-06-05T10:11:12"),
        ('exif:GPSTimeStamp="1987-06-05T10:11:12Z"', "1987-06-05T10:11:12Z"),
        (
            'xmp:CreateDate="1999-01-02" exif:DateTimeDigitized="1998-01-02" photoshop:DateCreated="1997-01-02"',
            "1997-01-02",
        ),
        ('xmp:CreateDate="1999-01-02" exif:DateTimeDigitized="1998-01-02"', "1998-01-02"),
        ('exif:DateTimeOriginal="1996-01-02" photoshop:DateCreated="1997-01-02"', "1996-01-02"),
        ('exif:DateTimeOriginal="0000-00-00T00:00:00" xmp:CreateDate="2012-03-04"', "2012-03-04"),
        ('exif:GPSTimeStamp="1987-06-05" xmp:CreateDate="2012-03-04"', "2012-03-04"),
        ('xmp:ModifyDate="2012-03-04"', None),
        ('exif:DateTimeOriginal="2999-03-04"', None),
    ],
)
def test_dates(attributes: str, iso: str | None) -> None:
    assert facts(attributes).taken_at == iso


@pytest.mark.parametrize(
    ("elements", "place"),
    [
        ("<exif:GPSLatitude>48,51.5N</exif:GPSLatitude><exif:GPSLongitude>2,17.4E</exif:GPSLongitude>", (48.8583333, 2.29)),
        ("<exif:GPSLatitude>48,51,30S</exif:GPSLatitude><exif:GPSLongitude>2,17,24W</exif:GPSLongitude>", (-48.8583333, -2.29)),
        ("<exif:GPSLatitude>18.5</exif:GPSLatitude><exif:GPSLatitudeRef>S</exif:GPSLatitudeRef><exif:GPSLongitude>70.3</exif:GPSLongitude>"
         "<exif:GPSLongitudeRef>W</exif:GPSLongitudeRef>", (-18.5, -70.3)),
        ("<exif:GPSLatitude>-18.5</exif:GPSLatitude><exif:GPSLongitude>170.3</exif:GPSLongitude>", (-18.5, 170.3)),
        ("<exif:GPSLatitude>0,0N</exif:GPSLatitude><exif:GPSLongitude>2,17.4E</exif:GPSLongitude>", (0.0, 2.29)),
        ("<exif:GPSLatitude>2,17.4N</exif:GPSLatitude><exif:GPSLongitude>0,0E</exif:GPSLongitude>", (2.29, 0.0)),
        ("<exif:GPSLatitude>0,0N</exif:GPSLatitude><exif:GPSLongitude>0,0E</exif:GPSLongitude>", None),
        ("<exif:GPSLatitude/><exif:GPSLongitude/>", None),
    ],
)  # fmt: skip
def test_places(elements: str, place: tuple[float, float] | None) -> None:
    found = facts("", elements).place
    assert found == (place and pytest.approx(place, abs=1e-6))


def test_ratings() -> None:
    assert (
        facts('xmp:Rating="4.0"').rating == 4
        and facts('xmp:Rating="0"').rating is None
        and facts('xmp:Rating="-1"').rating is None
    )
    assert (
        facts('MicrosoftPhoto:Rating="75"').rating
        == facts('MicrosoftPhoto_1_:Rating="75"').rating
        == 4
    )
    assert facts('xmp:Rating="2" MicrosoftPhoto:Rating="75"').rating == 2


def test_keywords_of_all_programs() -> None:
    assert facts("", subject("sea", " sea ", "Zoë &amp; dog", "")).keywords == ("sea", "Zoë & dog")
    assert facts("", subject("sea", kind="Seq")).keywords == ("sea",)
    assert (
        facts("", "<dc:subject>sea</dc:subject>").keywords
        == facts('dc:subject="sea"').keywords
        == ("sea",)
    )
    trees = subject("Places|Köln", name="lr:hierarchicalSubject") + subject(
        "Places/Bonn", "sea", name="digiKam:TagsList", kind="Seq"
    )
    assert facts("", trees + subject("sea") + subject("People/Ann",
    name="MicrosoftPhoto:LastKeywordXMP")).keywords == (
        "sea", "Ann", "Köln", "Bonn",
    )  # fmt: skip
    assert facts("", subject("a/b|c")).keywords == ("a/b|c",)


def test_a_namespace_of_either_spelling() -> None:
    assert facts("", subject("a/b", name="MicrosoftPhoto_1_:LastKeywordXMP")).keywords == ("b",)
    assert (
        read_fields(b"<MicrosoftPhoto_1_:Rating>75</MicrosoftPhoto_1_:Rating>").fields.rating == 4
    )


def test_cameras() -> None:
    assert module.make_and_model(
        parse_packet(xmp('tiff:Make="Canon" tiff:Model="X1"').encode())
    ) == ("Canon", "X1")
    assert module.make_and_model(parse_packet(xmp().encode())) == ("", "")


@pytest.mark.parametrize(
    ("attributes", "about"),
    [
        ('exif:DateTimeOriginal="one summer"', ["date"]), ('photoshop:DateCreated="2015-13-01"', ["date"]),
        ('xmp:CreateDate="1.5.87"', ["date"]),
        ('exif:DateTimeDigitized="x"', ["date"]), ('exif:DateTimeOriginal=""', []), ('exif:DateTimeOriginal="0000-00-00T00:00:00Z"', []),
        ('exif:GPSLatitude="48,51.5N"', ["place"]), ('exif:GPSLongitude="48,51.5E"', ["place"]),
        ('exif:GPSLatitude="48,51.5" exif:GPSLongitude="2,3"', ["place"]), ('exif:GPSLatitude="91,0N" exif:GPSLongitude="2,3E"', ["place"]),
        ('exif:GPSLatitude="1,0N" exif:GPSLongitude="181,3E"', ["place"]), ('exif:GPSLatitudeRef="N"', []),
        ('xmp:Rating="good"', ["rating"]), ('xmp:Rating="6"', ["rating"]), ('MicrosoftPhoto:Rating="x"', ["rating"]), ('xmp:Rating=""', []),
    ],
)  # fmt: skip
def test_what_is_there_and_cannot_be_read(attributes: str, about: list[str]) -> None:
    assert unread(attributes) == about
