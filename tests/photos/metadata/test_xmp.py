from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.photos.metadata import xmp as module
from explorer.photos.metadata.fields import MetadataFields
from explorer.photos.metadata.xmp import read_fields
from explorer.photos.metadata.xmp_packet import parse_packet
from tests.photos.metadata.packets import subject, xmp


def facts(attributes: str = "", elements: str = "") -> MetadataFields:
    found = read_fields(xmp(attributes, elements).encode())
    assert found.unread == ()
    return found.fields


def unread(attributes: str = "", elements: str = "") -> list[str]:
    return [each.about for each in read_fields(xmp(attributes, elements).encode()).unread]


@given(st.binary(max_size=100), st.integers(0, 400))
@settings(deadline=None)
def test_any_bytes_can_be_read(noise: bytes, at: int) -> None:
    packet = xmp('xmp:Rating="4" exif:GPSLatitude="1,2N"', subject("a")).encode()
    read_fields(noise)
    read_fields(packet[:at] + noise + packet[at + len(noise) :])


@pytest.mark.parametrize(
    "elements",
    [
        "<xmp:Rating>4</xmp:Rating>",
        "<xmp:Rating> 4 </xmp:Rating>",
        "<xmp:Rating rdf:value='4'/>",
        "<xmp:Rating><rdf:Description rdf:value='4'/></xmp:Rating>",
        "<xmp:Rating><rdf:value>4</rdf:value></xmp:Rating>",
        "<xmp:Rating rdf:parseType='Resource'><rdf:value>4</rdf:value><xmp:Label>x</xmp:Label>"
        "</xmp:Rating>",
        "<xmp:Rating><rdf:Alt><rdf:li xml:lang='x-default'>4</rdf:li></rdf:Alt></xmp:Rating>",
        "<xmp:Rating/><xmp:Rating>4</xmp:Rating>",
        "</rdf:Description>"
        "<rdf:Description xmlns:xmp='http://ns.adobe.com/xap/1.0/' xmp:Rating='4'>",
        "<!-- 5 --><xmp:Rating>4</xmp:Rating>",
    ],
)
def test_every_way_to_write_a_property(elements: str) -> None:
    assert facts("", elements).rating == 4


def test_properties_of_nested_descriptions_are_ignored() -> None:
    inner = (
        "<darktable:a><rdf:Description exif:GPSLatitude='1,2N' exif:GPSLongitude='1,2E'"
        " xmp:Rating='4'/></darktable:a>"
    )
    assert facts("", inner) == MetadataFields()


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
            'xmp:CreateDate="1999-01-02" exif:DateTimeDigitized="1998-01-02" '
            'photoshop:DateCreated="1997-01-02"',
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
def test_dates_are_parsed(attributes: str, iso: str | None) -> None:
    assert facts(attributes).taken_at == iso


@pytest.mark.parametrize(
    ("elements", "place"),
    [
        (
            "<exif:GPSLatitude>48,51.5N</exif:GPSLatitude><exif:GPSLongitude>2,17.4E</exif:GPSLongitude>",
            (48.8583333, 2.29),
        ),
        (
            "<exif:GPSLatitude>48,51,30S</exif:GPSLatitude><exif:GPSLongitude>2,17,24W</exif:GPSLongitude>",
            (-48.8583333, -2.29),
        ),
        (
            "<exif:GPSLatitude>18.5</exif:GPSLatitude><exif:GPSLatitudeRef>S</exif:GPSLatitudeRef><exif:GPSLongitude>70.3</exif:GPSLongitude>"
            "<exif:GPSLongitudeRef>W</exif:GPSLongitudeRef>",
            (-18.5, -70.3),
        ),
        (
            "<exif:GPSLatitude>-18.5</exif:GPSLatitude><exif:GPSLongitude>170.3</exif:GPSLongitude>",
            (-18.5, 170.3),
        ),
        (
            "<exif:GPSLatitude>0,0N</exif:GPSLatitude><exif:GPSLongitude>2,17.4E</exif:GPSLongitude>",
            (0.0, 2.29),
        ),
        (
            "<exif:GPSLatitude>2,17.4N</exif:GPSLatitude><exif:GPSLongitude>0,0E</exif:GPSLongitude>",
            (2.29, 0.0),
        ),
        (
            "<exif:GPSLatitude>0,0N</exif:GPSLatitude><exif:GPSLongitude>0,0E</exif:GPSLongitude>",
            None,
        ),
        ("<exif:GPSLatitude/><exif:GPSLongitude/>", None),
    ],
)
def test_places_are_parsed(elements: str, place: tuple[float, float] | None) -> None:
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
    assert facts(
        "", trees + subject("sea") + subject("People/Ann", name="MicrosoftPhoto:LastKeywordXMP")
    ).keywords == ("sea", "Ann", "Köln", "Bonn")
    assert facts("", subject("a/b|c")).keywords == ("a/b|c",)


def test_both_spellings_of_a_namespace_are_read() -> None:
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
        ('exif:DateTimeOriginal="one summer"', ["date"]),
        ('photoshop:DateCreated="2015-13-01"', ["date"]),
        ('xmp:CreateDate="1.5.87"', ["date"]),
        ('exif:DateTimeDigitized="x"', ["date"]),
        ('exif:DateTimeOriginal=""', []),
        ('exif:DateTimeOriginal="0000-00-00T00:00:00Z"', []),
        ('exif:GPSLatitude="48,51.5N"', ["place"]),
        ('exif:GPSLongitude="48,51.5E"', ["place"]),
        ('exif:GPSLatitude="48,51.5" exif:GPSLongitude="2,3"', ["place"]),
        ('exif:GPSLatitude="91,0N" exif:GPSLongitude="2,3E"', ["place"]),
        ('exif:GPSLatitude="1,0N" exif:GPSLongitude="181,3E"', ["place"]),
        ('exif:GPSLatitudeRef="N"', []),
        ('xmp:Rating="good"', ["rating"]),
        ('xmp:Rating="6"', ["rating"]),
        ('MicrosoftPhoto:Rating="x"', ["rating"]),
        ('xmp:Rating=""', []),
    ],
)
def test_unreadable_fields_are_reported(attributes: str, about: list[str]) -> None:
    assert unread(attributes) == about


def test_places_are_rounded_to_a_centimeter() -> None:
    elements = (
        "<exif:GPSLatitude>48,51.51515N</exif:GPSLatitude>"
        "<exif:GPSLongitude>2,17.41414W</exif:GPSLongitude>"
    )
    assert facts("", elements).place == (48.8585858, -2.2902357)


def test_titles_and_descriptions_in_their_order() -> None:
    def text(name: str, *languages: tuple[str, str]) -> str:
        items = "".join(f"<rdf:li xml:lang='{key}'>{value}</rdf:li>" for key, value in languages)
        return f"<{name}><rdf:Alt>{items}</rdf:Alt></{name}>"

    packet = parse_packet(
        xmp(
            "photoshop:Headline='Headline'",
            text("dc:title", ("de", "Titel"), ("x-default", "Title"))
            + text("dc:description", ("x-default", "Text"), ("de", "Beschreibung")),
        ).encode()
    )
    # What has no language is not the default one, but counts.
    assert list(module.titles(packet)) == ["Title", "Titel", "Title", "Headline"]
    assert list(module.descriptions(packet)) == ["Text", "Text", "Beschreibung"]
    nothing = parse_packet(xmp("xmp:Rating='3'").encode())
    assert list(module.titles(nothing)) == list(module.descriptions(nothing)) == []


@pytest.mark.parametrize(
    ("attributes", "stars"),
    [
        ("xmp:Rating='3'", 3), ("xmp:Rating='0'", None), ("", None), ("xmp:Rating='x'", None),
        ("xmp:Rating='x' MicrosoftPhoto:Rating='75'", 4),
    ],
)  # fmt: skip
def test_the_rating_alone(attributes: str, stars: float | None) -> None:
    assert module.rating(parse_packet(xmp(attributes).encode())) == stars


@pytest.mark.parametrize("blank", [b"", b" \n\0\t\r"])
def test_nothing_is_read_from_a_blank_packet(blank: bytes) -> None:
    assert read_fields(blank).unread == () and read_fields(blank).fields == MetadataFields()


def test_a_text_that_is_no_xml_is_reported() -> None:
    (unread_all,) = read_fields(b"<x").unread
    assert unread_all.about == "all" and unread_all.what.startswith("its XMP data (")


@pytest.mark.parametrize(
    ("attributes", "elements"),
    [
        ("tiff:Make=' Acme '", ""), ("tiff:Make='  '", "<tiff:Make>Acme</tiff:Make>"),
        ("", "<tiff:Make> </tiff:Make><tiff:Make>Acme</tiff:Make><tiff:Make>B</tiff:Make>"),
    ],
)  # fmt: skip
def test_the_first_value_that_is_not_blank_counts(attributes: str, elements: str) -> None:
    packet = parse_packet(xmp(attributes, elements).encode())
    assert module.make_and_model(packet) == ("Acme", "")
