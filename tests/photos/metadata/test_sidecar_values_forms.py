"""Values in sidecars as other programs write them: read in every form, replaced in that form."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from explorer.photos.metadata import sidecar_values
from explorer.photos.metadata.sidecar_values import (
    SidecarValues,
    parse_values,
    read_values,
    write_values,
)
from explorer.photos.metadata.xmp_packet import parse_packet, qname
from tests.photos.metadata.packets import subject, xmp
from tests.this_machine import accepted

FSTOP = "xmlns:fstop='http://www.fstopapp.com/xmp/' "


def written(packet: str | None, **values: Any) -> bytes:
    found = write_values(None if packet is None else packet.encode(), SidecarValues(**values))
    assert found is not None
    return found


def value_of(packet: bytes, name: str) -> str | None:
    """A property written as an attribute."""
    (description,) = parse_packet(packet).root.iter(qname("rdf:Description"))
    return description.get(qname(name))


# --- from another process


def test_values_have_their_types_wherever_they_come_from() -> None:
    given = {
        "favourite": 1, "rating": 4, "title": 5, "description": 6, "keywords": [7, "a"],
        "removed_keywords": [8], "date": 2015, "place": [1, -2],
    }  # fmt: skip
    found = parse_values(given)
    assert found == SidecarValues(True, 4.0, "5", "6", ("7", "a"), ("8",), "2015", (1.0, -2.0))
    types = [type(each) for each in (found.favourite, found.rating, *(found.place or ()))]
    assert types == [bool, float, float, float]
    assert parse_values({}) == SidecarValues() and not parse_values({})
    assert parse_values({"favourite": False}).favourite is False


@pytest.mark.parametrize(
    "given",
    [
        {"unknown": 1}, {"rating": "many"}, {"rating": [1]}, {"keywords": 5},
        {"removed_keywords": None}, {"place": 5}, {"place": ["here", 1]}, {"place": [1, None]},
    ],
)  # fmt: skip
def test_malformed_values_are_refused(given: dict[str, Any]) -> None:
    with pytest.raises((TypeError, ValueError)):
        parse_values(given)


def test_a_request_to_read_does_not_write(tmp_path: Path) -> None:
    path = tmp_path / accepted("é\nb.xmp")
    path.write_bytes(xmp("xmp:Rating='3'").encode())
    request = {"path": os.fsencode(path).hex(), "values": None}
    header, body = sidecar_values.answer_request(request)
    assert header == {"before": None, "after": True, "refused": ""}
    assert json.loads(body) == SidecarValues(rating=3.0)._asdict() | {"removed_keywords": []}
    path.write_bytes(b"<x>")
    for values in (None, {"rating": 1.0}):
        header, body = sidecar_values.answer_request(request | {"values": values})
        assert header["refused"].startswith(f"{path.name} is not valid XMP: ")
        assert header["after"] is False and body in (b"", b"<x>")
    path.unlink()
    assert sidecar_values.answer_request(request) == (
        {"before": None, "after": False, "refused": ""},
        b"",
    )


def test_the_answer_has_the_content_before_and_after(tmp_path: Path) -> None:
    path = tmp_path / "a.xmp"
    before = xmp("xmp:Rating='3'").encode()
    path.write_bytes(before)
    request = {"path": os.fsencode(path).hex(), "values": {"rating": 4.0}}
    header, body = sidecar_values.answer_request(request)
    assert header == {"before": len(before), "after": True, "refused": ""}
    assert body[: len(before)] == before == path.read_bytes()
    assert read_values(body[len(before) :]).rating == 4


# --- favourites and ratings


@pytest.mark.parametrize(
    ("text", "favourite"),
    [("1", True), ("True", True), ("yes", True), ("0", False), ("no", False), ("2", False)],
)
def test_a_favourite_is_marked_in_several_ways(text: str, favourite: bool) -> None:
    packet = xmp(FSTOP + f"fstop:favorite='{text}'").encode()
    assert read_values(packet).favourite is favourite


@pytest.mark.parametrize(
    ("attributes", "favourite", "marked", "label"),
    [
        ("", True, "1", "3"),
        ("digiKam:PickLabel='1'", True, "1", "3"),
        # Another label than that of favourites is the person's own.
        ("fstop:favorite='1' digiKam:PickLabel='1'", False, "0", "1"),
        ("digiKam:PickLabel='3'", False, "0", "0"),
        ("fstop:favorite='1'", False, "0", None),
    ],
)
def test_a_mark_is_set_for_all_programs_that_know_it(
    attributes: str, favourite: bool, marked: str, label: str | None
) -> None:
    after = written(xmp(FSTOP + attributes), favourite=favourite)
    assert value_of(after, "fstop:favorite") == marked
    assert value_of(after, "digiKam:PickLabel") == label
    assert read_values(after).favourite is favourite


def test_no_mark_is_written_where_there_is_none() -> None:
    assert write_values(xmp().encode(), SidecarValues(favourite=False)) is None
    after = written(xmp(), favourite=False, rating=1.0)
    assert b"favorite" not in after and b"PickLabel" not in after


@pytest.mark.parametrize(
    ("attributes", "stars"),
    [
        ("xmp:Rating='4'", 4), ("xmp:Rating='2.5'", 2.5), ("xmp:Rating='0'", 0),
        ("xmp:Rating='0.0'", 0), ("xmp:Rating='-1'", None), ("xmp:Rating='many'", None),
        ("xmp:Rating=''", None), ("", None), ("MicrosoftPhoto:Rating='50'", 3),
        # A person set it to none, and another program did not notice.
        ("xmp:Rating='0' MicrosoftPhoto:Rating='50'", 3),
    ],
)  # fmt: skip
def test_zero_stars_are_not_the_same_as_no_rating(attributes: str, stars: float | None) -> None:
    assert read_values(xmp(attributes).encode()).rating == stars


@pytest.mark.parametrize(
    ("stars", "text", "percent"),
    [(0.0, "0", "0"), (1.0, "1", "1"), (2.0, "2", "25"), (3.0, "3", "50"), (5.0, "5", "99"),
     (3.75, "3.75", "75")],
)  # fmt: skip
@pytest.mark.parametrize("name", ["MicrosoftPhoto:Rating", "MicrosoftPhoto_1_:Rating"])
def test_a_rating_in_percent_is_written_where_there_was_one(
    stars: float, text: str, percent: str, name: str
) -> None:
    # 4 stars before.
    after = written(xmp(f"{name}='75'"), rating=stars)
    assert value_of(after, "xmp:Rating") == text
    assert value_of(after, name) == percent
    assert b"MicrosoftPhoto" not in written(xmp(), rating=stars).replace(b"xmlns:Microsoft", b"")


# --- texts


@pytest.mark.parametrize(
    "before",
    [
        "<dc:title>Old</dc:title>",
        "<dc:title><rdf:Seq><rdf:li>Old</rdf:li></rdf:Seq></dc:title>",
        "<dc:title><rdf:Alt><rdf:li xml:lang='x-default'>Old</rdf:li></rdf:Alt></dc:title>",
        "<dc:title><rdf:Alt><rdf:li xml:lang='x-default'>Old</rdf:li>"
        "<rdf:li xml:lang='x-default'>Old</rdf:li></rdf:Alt></dc:title>",
    ],
)
def test_a_title_in_any_form_is_replaced_by_one_of_the_default_language(before: str) -> None:
    after = written(xmp(elements=before), title="New")
    assert read_values(after).title == "New" and b"Old" not in after
    (title,) = parse_packet(after).root.iter(qname("dc:title"))
    assert [[item.text for item in items] for items in title] == [["New"]]


def test_the_default_language_comes_first() -> None:
    packet = xmp(
        elements="<dc:description><rdf:Alt><rdf:li xml:lang='de'>Meer</rdf:li>"
        "<rdf:li xml:lang='fr'>Mer</rdf:li></rdf:Alt></dc:description>"
    )
    after = written(packet, description="Sea")
    (items,) = parse_packet(after).root.iter(qname("rdf:Alt"))
    language = "{http://www.w3.org/XML/1998/namespace}lang"
    assert [(item.get(language), item.text) for item in items] == [
        ("x-default", "Sea"),
        ("de", "Meer"),
        ("fr", "Mer"),
    ]


def test_texts_are_compared_and_written_apart() -> None:
    before = written(None, title="One", description="Two")
    found = read_values(before)
    assert (found.title, found.description) == ("One", "Two")
    assert write_values(before, SidecarValues(title="One", description="Two")) is None
    found = read_values(written(before.decode(), title="Three"))
    assert (found.title, found.description) == ("Three", "Two")
    found = read_values(written(before.decode(), description="Three"))
    assert (found.title, found.description) == ("One", "Three")
    # A text without characters is none.
    assert write_values(before, SidecarValues(title="", description=" \x00 ")) is None


# --- keywords


def test_a_removed_keyword_goes_from_every_property_that_has_it() -> None:
    packet = xmp(
        "dc:subject='dog'",
        subject("dog", "Dog", "hot dog")
        + "<dc:subject>dog</dc:subject>"
        + subject("Animals/dog", "Animals/cat", name="digiKam:TagsList", kind="Seq")
        + subject("Animals|dog", "dog|Animals", name="lr:hierarchicalSubject")
        + "<MicrosoftPhoto:LastKeywordXMP>Animals/dog</MicrosoftPhoto:LastKeywordXMP>",
    )
    after = written(packet, removed_keywords=("dog",))
    assert read_values(after).keywords == ("Dog", "hot dog", "Animals", "cat")
    assert write_values(after, SidecarValues(removed_keywords=("dog",))) is None
    assert value_of(after, "dc:subject") is None and b"LastKeywordXMP>" not in after


def test_other_keywords_stay_in_whatever_form_they_have() -> None:
    packet = xmp(
        "dc:subject='bird'",
        "<dc:subject>cat</dc:subject>"
        + subject("dog")
        + "<MicrosoftPhoto:LastKeywordXMP>dog/cow</MicrosoftPhoto:LastKeywordXMP>"
        + "<digiKam:TagsList/>",
    )
    after = written(packet, removed_keywords=("dog",))
    assert read_values(after).keywords == ("bird", "cat", "cow")
    assert b">cat<" in after and b">dog/cow<" in after and b"TagsList" in after
    assert value_of(after, "dc:subject") == "bird"


def test_a_keyword_that_is_both_set_and_removed_stays() -> None:
    before = xmp(elements=subject("dog", "sea"))
    values = SidecarValues(keywords=("dog",), removed_keywords=("dog",))
    assert write_values(before.encode(), values) is None
    after = written(before, keywords=("cat", "cat", "sea"), removed_keywords=("dog", "bird"))
    assert read_values(after).keywords == ("sea", "cat")


# --- dates and places


def test_the_date_of_capture_comes_before_others() -> None:
    for attributes, date in (
        ("exif:DateTimeOriginal='2015-08' photoshop:DateCreated='2014'", "2015-08"),
        ("exif:DateTimeOriginal='' photoshop:DateCreated='2014'", "2014"),
        ("photoshop:DateCreated='1650' xmp:CreateDate='2014'", "1650"),
        ("xmp:CreateDate='2014-05-06'", "2014-05-06"),
        ("xmp:CreateDate='1650'", None),
    ):
        assert read_values(xmp(attributes).encode()).date == date


def test_a_place_is_compared_to_a_centimeter() -> None:
    before = written(None, place=(48.5, 2.25))
    assert write_values(before, SidecarValues(place=(48.500000001, 2.249999999))) is None
    for place in ((48.500001, 2.25), (48.5, 2.250001)):
        assert read_values(written(before.decode(), place=place)).place == place


@pytest.mark.parametrize("latitude", ["91,0N", "here", ""])
def test_a_place_that_cannot_be_read_is_replaced(latitude: str) -> None:
    packet = xmp(f"exif:GPSLatitude='{latitude}' exif:GPSLongitude='2,15E' xmp:Rating='3'")
    found = read_values(packet.encode())
    assert found.place is None and found.rating == 3
    assert read_values(written(packet, place=(1.5, 2.5))).place == (1.5, 2.5)
