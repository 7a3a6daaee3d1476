"""What the user set for a photo, written to a sidecar and read from one."""

from __future__ import annotations

import datetime as dt
import json
import os
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.library.edits.edit_operations import set_date
from explorer.photos.metadata import sidecar_values
from explorer.photos.metadata.field_values import xml_text
from explorer.photos.metadata.partial_dates import known_part
from explorer.photos.metadata.sidecar_values import (
    SidecarValues,
    parse_values,
    read_values,
    write_values,
)
from explorer.photos.metadata.xmp_packet import InvalidXmp, parse_packet, qname
from explorer.text_format import typed_line
from tests.photos.metadata.packets import subject, xmp

_TEXTS = st.text(max_size=60).map(lambda text: typed_line(text, 2000)).filter(xml_text)
_NUMBERS = st.floats(-1, 1)
_PLACES = st.tuples(_NUMBERS, _NUMBERS).map(
    lambda pair: (round(pair[0] * 90, 7), round(pair[1] * 180, 7))
)
_TYPED_DATES = st.builds(
    lambda at, length: at.isoformat(sep=" ")[:length],
    st.datetimes(min_value=dt.datetime(1000, 1, 1)),
    st.sampled_from((4, 7, 10, 16, 19)),
)


def as_stored(typed: str) -> str:
    """A typed date as the catalog has it, without its padding."""
    text, precision, _ = set_date(typed).change(None)["date"] or []  # type: ignore[arg-type]
    return known_part(str(text), str(precision))


_VALUES = st.builds(
    SidecarValues,
    favourite=st.sampled_from((None, True)),
    rating=st.none() | st.floats(0, 5),
    title=st.none() | _TEXTS,
    description=st.none() | _TEXTS,
    keywords=st.none() | st.lists(_TEXTS, min_size=1, max_size=5, unique_by=xml_text).map(tuple),
    removed_keywords=st.just(()),
    date=st.none() | _TYPED_DATES.map(as_stored),
    # No reader takes (0, 0) for a place: it is what cameras write without a fix.
    place=st.none() | _PLACES.filter(lambda place: place != (0, 0)),
)


def cleaned(values: SidecarValues) -> SidecarValues:
    """The same, without characters that XML does not allow."""
    return values._replace(
        title=values.title and xml_text(values.title),
        description=values.description and xml_text(values.description),
        keywords=values.keywords and tuple(map(xml_text, values.keywords)),
    )


@given(_VALUES)
def test_what_is_written_is_read_again(values: SidecarValues) -> None:
    written = write_values(None, values)
    if written is None:
        assert not values
        return
    found = read_values(written)
    assert found._replace(place=None) == cleaned(values)._replace(place=None)
    assert (found.place is None) == (values.place is None)
    if values.place is not None:
        assert found.place == pytest.approx(values.place, abs=2e-7)
    assert write_values(written, values) is None


@given(_VALUES, _VALUES)
def test_later_values_replace_earlier_ones(first: SidecarValues, then: SidecarValues) -> None:
    before = write_values(None, first)
    after = write_values(before, then) or before
    if after is None:
        return
    found = read_values(after)
    for field in ("rating", "title", "description", "date"):
        wanted = getattr(cleaned(then), field)
        expected = getattr(cleaned(first), field) if wanted is None else wanted
        assert getattr(found, field) == expected
    assert set(found.keywords or ()) == {
        *(cleaned(first).keywords or ()),
        *(cleaned(then).keywords or ()),
    }


@given(st.text(max_size=60))
def test_a_text_of_any_characters_gives_a_sidecar_that_can_be_read(text: str) -> None:
    kept = "".join(c for c in text if unicodedata.category(c) != "Cs")
    written = write_values(None, SidecarValues(title=kept, keywords=(kept,), rating=1.0))
    assert written is not None and read_values(written).title == (xml_text(kept) or None)


def test_all_else_in_a_sidecar_stays() -> None:
    elements = (
        "<darktable:history><rdf:Seq><rdf:li darktable:num='0'/></rdf:Seq></darktable:history>"
        "<!-- mine -->"
        "<dc:title><rdf:Alt><rdf:li xml:lang='x-default'>Old</rdf:li>"
        "<rdf:li xml:lang='de'>Alt</rdf:li></rdf:Alt></dc:title>"
        + subject("sea", "dog")
        + subject("Animals|dog", "Places|Rome", name="lr:hierarchicalSubject")
    )
    before = xmp("xmp:CreatorTool='T' xmp:Rating='2' MicrosoftPhoto:Rating='25'", elements).encode()
    values = SidecarValues(
        rating=4.0, title="New", keywords=("sea", "sky"), removed_keywords=("dog",)
    )
    after = write_values(before, values)
    assert after is not None
    found = read_values(after)
    assert (found.rating, found.title) == (4, "New") and found.keywords == ("sea", "sky", "Rome")
    text = after.decode()
    for kept in ("darktable:history", "darktable:num", "<!-- mine -->", ">Alt<", "Places|Rome"):
        assert kept in text
    assert 'MicrosoftPhoto:Rating="75"' in text and "xmp:CreatorTool" in text
    assert "dog" not in text and ">Old<" not in text


@pytest.mark.parametrize(
    ("attributes", "favourite"),
    [
        ("fstop:favorite='1'", True),
        ("fstop:favorite='0' digiKam:PickLabel='3'", False),
        ("digiKam:PickLabel='3'", True),
        ("digiKam:PickLabel='1'", None),
        ("", None),
    ],
)
def test_favourites_are_read_and_unmarked(attributes: str, favourite: bool | None) -> None:
    packet = xmp("xmlns:fstop='http://www.fstopapp.com/xmp/' " + attributes).encode()
    assert read_values(packet).favourite is favourite
    after = write_values(packet, SidecarValues(favourite=False))
    if favourite:
        assert after is not None and read_values(after).favourite is False
        assert b'PickLabel="3"' not in after
    else:
        assert after is None


def test_a_rating_is_removed_for_other_programs_too() -> None:
    packet = xmp("xmp:Rating='3' MicrosoftPhoto:Rating='50'").encode()
    after = write_values(packet, SidecarValues(rating=0.0))
    assert after is not None and read_values(after).rating == 0
    written = write_values(None, SidecarValues(rating=0.0))
    assert written is not None and b'xmp:Rating="0"' in written


def test_a_time_zone_stays_where_the_time_is_the_same() -> None:
    packet = xmp("exif:DateTimeOriginal='2015-08-22T10:08:59+02:00'").encode()
    assert write_values(packet, SidecarValues(date="2015-08-22T10:08:59")) is None
    after = write_values(packet, SidecarValues(date="2015-08"))
    assert after is not None
    (description,) = parse_packet(after).root.iter(qname("rdf:Description"))
    assert description.get(qname("photoshop:DateCreated")) == "2015-08"
    assert description.get(qname("exif:DateTimeOriginal")) == "2015-08"


def test_a_hemisphere_written_separately_is_replaced() -> None:
    packet = xmp("exif:GPSLatitude='48' exif:GPSLatitudeRef='N' exif:GPSLongitude='2,3E'").encode()
    after = write_values(packet, SidecarValues(place=(-33.5, -70.25)))
    assert after is not None and read_values(after).place == (-33.5, -70.25)
    assert b"GPSLatitudeRef" not in after


@pytest.mark.parametrize("broken", [b"", b"<x>", b"\xff\xfe<", b"<!DOCTYPE x []><x/>"])
def test_what_is_not_xmp_is_not_written_over(broken: bytes) -> None:
    with pytest.raises(InvalidXmp):
        write_values(broken, SidecarValues(rating=1.0))


def test_values_pass_to_another_process_and_back(tmp_path: Path) -> None:
    values = SidecarValues(True, 4.0, "T", "D", ("a", "b"), ("c",), "1985-07", (1.5, -2.5))
    stored = json.loads(json.dumps(values._asdict()))
    assert parse_values(stored) == values
    path = tmp_path / "a.jpg.xmp"
    request = {"path": os.fsencode(path).hex(), "values": stored}
    header, body = sidecar_values.answer_request(request)
    assert header == {"before": None, "after": True, "refused": ""}
    assert sidecar_values.answer_request(request | {"values": None})[0]["after"] is False
    path.write_bytes(body)
    assert sidecar_values.answer_request(request) == (
        {"before": len(body), "after": False, "refused": ""},
        body,
    )
    _, found = sidecar_values.answer_request(request | {"values": None})
    assert parse_values(json.loads(found)) == values._replace(removed_keywords=())
    path.write_bytes(b"<x>")
    header, _ = sidecar_values.answer_request(request)
    assert header["refused"].startswith("a.jpg.xmp is not valid XMP")
