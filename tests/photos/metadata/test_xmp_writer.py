from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.photos.metadata.fields import MetadataFields
from explorer.photos.metadata.xmp import read_fields
from explorer.photos.metadata.xmp_packet import InvalidXmp, parse_packet, qname
from explorer.photos.metadata.xmp_writer import format_coordinate, update_sidecar
from tests.photos.metadata.packets import subject, xmp

ALL = MetadataFields("2015-08-22T10:08:59+02:00", (48.8583333, -2.29), 4, ("sea", "Zoë & <dog>"))


def test_a_new_sidecar_has_all_fields() -> None:
    made = update_sidecar(None, ALL)
    found = read_fields(made)
    assert found.unread == () and found.fields.place == pytest.approx(ALL.place, abs=1e-7)
    assert (found.fields.taken_at, found.fields.rating, found.fields.keywords) == (
        ALL.taken_at,
        ALL.rating,
        ALL.keywords,
    )
    assert made.startswith(
        b'<?xml version="1.0" encoding="UTF-8"?>\n<x:xmpmeta '
    ) and made.endswith(b"</x:xmpmeta>\n")
    for part in (
        b'xmlns:x="adobe:ns:meta/"',
        b'exif:GPSLatitude="48,51.499998N"',
        b'exif:GPSLongitude="2,17.400000W"',
        b'xmp:Rating="4"',
    ):
        assert part in made


@pytest.mark.parametrize(
    "facts",
    [
        MetadataFields("2015"),
        MetadataFields(place=(1.0, 2.0)),
        MetadataFields(rating=3.5),
        MetadataFields(keywords=("a",)),
    ],
)
def test_each_field_alone(facts: MetadataFields) -> None:
    assert read_fields(update_sidecar(None, facts)).fields == facts


def test_other_properties_are_preserved() -> None:
    history = (
        '<darktable:history><rdf:Seq><rdf:li darktable:operation="exposure"/></rdf:Seq>'
        "</darktable:history><!-- mine -->"
    )
    before = xmp('xmp:Label="red" darktable:flag="on"', history + subject("sea")).encode()
    made = update_sidecar(before, MetadataFields(rating=2, keywords=("dog",)))
    for part in (
        b'xmp:Label="red"',
        b'darktable:flag="on"',
        b'darktable:operation="exposure"',
        b"<!-- mine -->",
        b'xmp:Rating="2"',
    ):
        assert part in made
    assert read_fields(made).fields == MetadataFields(rating=2, keywords=("sea", "dog"))


@pytest.mark.parametrize(
    ("attributes", "elements"),
    [
        ('xmp:Rating="0"', ""),
        ("", "<xmp:Rating>0</xmp:Rating>"),
        ("", "<xmp:Rating/>"),
        (
            "",
            "</rdf:Description>"
            "<rdf:Description xmlns:xmp='http://ns.adobe.com/xap/1.0/' xmp:Rating='0'>",
        ),
    ],
)
def test_a_property_occurs_only_once(attributes: str, elements: str) -> None:
    made = update_sidecar(xmp(attributes, elements).encode(), MetadataFields(rating=5))
    assert made.count(b"Rating") == 1 and read_fields(made).fields.rating == 5


def test_separate_hemispheres_are_dropped() -> None:
    before = xmp(
        'exif:GPSLatitude="" exif:GPSLatitudeRef="N" exif:GPSLongitudeRef="E" exif:GPSLongitude=""'
    ).encode()
    made = update_sidecar(before, MetadataFields(place=(-1.0, -2.0)))
    assert b"Ref" not in made and read_fields(made).fields.place == (-1.0, -2.0)


@pytest.mark.parametrize("kind", ["Bag", "Seq", "Alt"])
def test_keywords_are_appended_to_the_list(kind: str) -> None:
    made = update_sidecar(
        xmp("", subject("sea", kind=kind)).encode(), MetadataFields(keywords=("dog",))
    )
    assert (
        made.count(b"<rdf:li>") == 2
        and made.count(b"<dc:subject>") == 1
        and f"<rdf:{kind}>".encode() in made
    )


@pytest.mark.parametrize(
    ("attributes", "elements"),
    [('dc:subject="sea"', ""), ("", "<dc:subject>sea</dc:subject>"), ("", "<dc:subject/>")],
)
def test_a_simple_keyword_becomes_a_list(attributes: str, elements: str) -> None:
    made = update_sidecar(xmp(attributes, elements).encode(), MetadataFields(keywords=("dog",)))
    assert read_fields(made).fields.keywords == (
        ("dog",) if elements == "<dc:subject/>" else ("sea", "dog")
    )
    assert made.count(b"subject") == 2


def test_an_empty_frame_gets_a_description() -> None:
    made = update_sidecar(
        b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"/>',
        MetadataFields(rating=5),
    )
    assert read_fields(made).fields.rating == 5 and b'rdf:about=""' in made


def test_unusual_prefixes_are_preserved() -> None:
    before = xmp(
        "", "<ns0:a xmlns:ns0='urn:a' xmlns='urn:b'><b/></ns0:a><xmp2:c xmlns:xmp2='urn:c'/>"
    ).encode()
    made = update_sidecar(before, MetadataFields(rating=1))
    assert read_fields(made).fields.rating == 1 and all(
        part in made for part in (b"urn:a", b"urn:b", b"<xmp2:c")
    )


def test_utf16_becomes_utf8() -> None:
    made = update_sidecar(xmp("", subject("Köln")).encode("utf-16"), MetadataFields(rating=1))
    assert read_fields(made).fields.keywords == ("Köln",) and "Köln".encode() in made


@pytest.mark.parametrize(
    "before",
    [
        b"",
        b"no xml",
        b"<a/>",
        b'<x exif:DateTimeOriginal="2012-03-04"/>',
        # Readable, but not by every program: the prefix is not declared.
        b"<rdf:RDF><rdf:Description/></rdf:RDF>",
    ],
)
def test_an_invalid_sidecar_is_not_written(before: bytes) -> None:
    with pytest.raises(InvalidXmp):
        update_sidecar(before, MetadataFields(rating=1))


def test_coordinates_in_minutes() -> None:
    assert (
        format_coordinate(48.8583333333, "NS") == "48,51.500000N"
        and format_coordinate(-0.5, "EW") == "0,30.000000W"
        and format_coordinate(0.0, "NS") == "0,0.000000N"
    )
    assert (
        format_coordinate(59.9999999999, "NS") == "60,0.000000N"
        and format_coordinate(-180.0, "EW") == "180,0.000000W"
    )


@given(
    st.floats(-90, 90), st.floats(-180, 180), st.lists(st.text(min_size=1, max_size=9), max_size=3)
)
@settings(deadline=None)
def test_written_fields_read_back(latitude: float, longitude: float, words: list[str]) -> None:
    from explorer.photos.metadata.field_values import unique_keywords as cleaned

    facts = MetadataFields(place=(latitude, longitude), keywords=cleaned(words))
    found = read_fields(update_sidecar(None, facts)).fields
    assert found.keywords == facts.keywords
    assert found.place is None or found.place == pytest.approx((latitude, longitude), abs=1e-7)


@pytest.mark.parametrize("number", [0, 1, 2])
@pytest.mark.parametrize("wrapped", [True, False])
def test_properties_are_added_to_the_first_description(number: int, wrapped: bool) -> None:
    rdf, xap = 'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"', "http://ns.adobe.com/xap"
    each = f'<rdf:Description rdf:about="" xmlns:xmp="{xap}/1.0/" xmp:Label="{{}}"/>'
    text = f"<rdf:RDF {rdf}>{''.join(each.format(n) for n in range(number))}</rdf:RDF>"
    if wrapped:
        text = f'<x:xmpmeta xmlns:x="adobe:ns:meta/"><x:other/>{text}</x:xmpmeta>'
    made = update_sidecar(text.encode(), MetadataFields(rating=3))
    found = list(parse_packet(made).root.iter(qname("rdf:Description")))
    assert len(found) == max(1, number)
    ratings = [node.get(qname("xmp:Rating")) for node in found]
    assert ratings == ["3", *[None] * (len(found) - 1)]
    assert [node.get(qname("rdf:about")) for node in found] == [""] * len(found)
    assert made.count(b'Label="') == number


@pytest.mark.parametrize(
    ("degrees", "text"),
    [
        (0.9999999933, "1,0.000000N"),
        (-0.9999999933, "1,0.000000S"),
        (0.99999998, "0,59.999999N"),
        (0.0, "0,0.000000N"),
    ],
)
def test_there_are_never_sixty_minutes(degrees: float, text: str) -> None:
    assert format_coordinate(degrees, "NS") == text
