from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.photos.metadata.merge import Facts
from explorer.photos.metadata.xmp import NotXmp, read
from explorer.photos.metadata.xmp_writer import minutes, with_facts
from tests.photos.metadata.packets import subject, xmp

ALL = Facts("2015-08-22T10:08:59+02:00", (48.8583333, -2.29), 4, ("sea", "Zoë & <dog>"))


def test_a_new_sidecar_says_it_all() -> None:
    made = with_facts(None, ALL)
    found = read(made)
    assert found.unread == () and found.facts.place == pytest.approx(ALL.place, abs=1e-7)
    assert (found.facts.taken_at, found.facts.rating, found.facts.keywords) == (
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
    "facts", [Facts("2015"), Facts(place=(1.0, 2.0)), Facts(rating=3.5), Facts(keywords=("a",))]
)
def test_each_fact_alone(facts: Facts) -> None:
    assert read(with_facts(None, facts)).facts == facts


def test_what_is_there_stays() -> None:
    history = '<darktable:history><rdf:Seq><rdf:li darktable:operation="exposure"/></rdf:Seq></darktable:history><!-- mine -->'
    before = xmp('xmp:Label="red" darktable:flag="on"', history + subject("sea")).encode()
    made = with_facts(before, Facts(rating=2, keywords=("dog",)))
    for part in (
        b'xmp:Label="red"',
        b'darktable:flag="on"',
        b'darktable:operation="exposure"',
        b"<!-- mine -->",
        b'xmp:Rating="2"',
    ):
        assert part in made
    assert read(made).facts == Facts(rating=2, keywords=("sea", "dog"))


@pytest.mark.parametrize(
    ("attributes", "elements"),
    [
        ('xmp:Rating="0"', ""), ("", "<xmp:Rating>0</xmp:Rating>"), ("", "<xmp:Rating/>"),
        ("", "</rdf:Description><rdf:Description xmlns:xmp='http://ns.adobe.com/xap/1.0/' xmp:Rating='0'>"),
    ],
)  # fmt: skip
def test_a_property_is_there_only_once(attributes: str, elements: str) -> None:
    made = with_facts(xmp(attributes, elements).encode(), Facts(rating=5))
    assert made.count(b"Rating") == 1 and read(made).facts.rating == 5


def test_hemispheres_apart_are_dropped() -> None:
    before = xmp(
        'exif:GPSLatitude="" exif:GPSLatitudeRef="N" exif:GPSLongitudeRef="E" exif:GPSLongitude=""'
    ).encode()
    made = with_facts(before, Facts(place=(-1.0, -2.0)))
    assert b"Ref" not in made and read(made).facts.place == (-1.0, -2.0)


@pytest.mark.parametrize("kind", ["Bag", "Seq", "Alt"])
def test_keywords_join_the_list_that_is_there(kind: str) -> None:
    made = with_facts(xmp("", subject("sea", kind=kind)).encode(), Facts(keywords=("dog",)))
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
    made = with_facts(xmp(attributes, elements).encode(), Facts(keywords=("dog",)))
    assert read(made).facts.keywords == (
        ("dog",) if elements == "<dc:subject/>" else ("sea", "dog")
    )
    assert made.count(b"subject") == 2


def test_an_empty_frame_gets_a_description() -> None:
    made = with_facts(
        b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"/>', Facts(rating=5)
    )
    assert read(made).facts.rating == 5 and b'rdf:about=""' in made


def test_odd_prefixes_are_no_trouble() -> None:
    before = xmp(
        "", "<ns0:a xmlns:ns0='urn:a' xmlns='urn:b'><b/></ns0:a><xmp2:c xmlns:xmp2='urn:c'/>"
    ).encode()
    made = with_facts(before, Facts(rating=1))
    assert read(made).facts.rating == 1 and all(
        part in made for part in (b"urn:a", b"urn:b", b"<xmp2:c")
    )


def test_utf16_becomes_utf8() -> None:
    made = with_facts(xmp("", subject("Köln")).encode("utf-16"), Facts(rating=1))
    assert read(made).facts.keywords == ("Köln",) and "Köln".encode() in made


@pytest.mark.parametrize(
    "before", [b"", b"no xml", b"<a/>", b'<x exif:DateTimeOriginal="2012-03-04"/>']
)
def test_what_is_no_sidecar_is_not_written(before: bytes) -> None:
    with pytest.raises(NotXmp):
        with_facts(before, Facts(rating=1))


def test_minutes() -> None:
    assert (
        minutes(48.8583333333, "NS") == "48,51.500000N"
        and minutes(-0.5, "EW") == "0,30.000000W"
        and minutes(0.0, "NS") == "0,0.000000N"
    )
    assert (
        minutes(59.9999999999, "NS") == "60,0.000000N" and minutes(-180.0, "EW") == "180,0.000000W"
    )


@given(
    st.floats(-90, 90), st.floats(-180, 180), st.lists(st.text(min_size=1, max_size=9), max_size=3)
)
@settings(deadline=None)
def test_what_is_written_is_read_again(latitude: float, longitude: float, words: list[str]) -> None:
    from explorer.photos.metadata.field_values import words as cleaned

    facts = Facts(place=(latitude, longitude), keywords=cleaned(words))
    found = read(with_facts(None, facts)).facts
    assert found.keywords == facts.keywords
    assert found.place is None or found.place == pytest.approx((latitude, longitude), abs=1e-7)
