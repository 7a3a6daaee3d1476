"""What is read of the files beside photos for the index."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.errors import PhotoError
from explorer.photos.metadata.sidecar_content import (
    SidecarContent,
    answer_request,
    is_read,
    read_content,
    unpack_content,
)
from tests.photos.metadata.packets import xmp

TAKEN = {"photoTakenTime": {"timestamp": "1440201600"}}


def takeout(**facts: Any) -> SidecarContent:
    return read_content("a.jpg.json", json.dumps(facts).encode())


def test_an_xmp_sidecar_says_all_that_is_searched() -> None:
    packet = xmp(
        "xmp:Rating='4' exif:DateTimeOriginal='2011-05-06T07:08' exif:GPSLatitude='48,51N'"
        " exif:GPSLongitude='2,21E' fstop:favorite='1' dc:title='Harbour' dc:description='At noon'"
        " dc:subject='boat'"
    )
    assert read_content("A.XMP", packet.encode()) == SidecarContent(
        "xmp", True, 4.0, "Harbour", "At noon", ("boat",), "2011-05-06T07:08", True, (48.85, 2.35)
    )


def test_people_in_an_xmp_sidecar_are_keywords() -> None:
    packet = xmp(
        "dc:subject='boat'",
        "<e:PersonInImage xmlns:e='http://iptc.org/std/Iptc4xmpExt/2008-02-29/'><rdf:Bag>"
        "<rdf:li>Ada</rdf:li><rdf:li>boat</rdf:li></rdf:Bag></e:PersonInImage>",
    )
    assert read_content("a.xmp", packet.encode()).keywords == ("boat", "Ada")


def test_a_date_of_digitization_is_told_from_one_of_capture() -> None:
    assert not read_content("a.xmp", xmp("xmp:CreateDate='2011-05-06'").encode()).captured
    assert read_content("a.xmp", xmp("photoshop:DateCreated='2011-05-06'").encode()).captured
    assert read_content("a.xmp", xmp("xmp:Rating='0'").encode()) == SidecarContent("xmp", rating=0)


def test_takeout_says_when_where_and_what() -> None:
    place = {"latitude": 48.85, "longitude": 2.35}
    found = takeout(**TAKEN, geoData=place, description="Granny\n at home", favorited=True)
    assert found == SidecarContent(
        "takeout",
        favourite=True,
        description="Granny at home",
        date="2015-08-22T00:00:00Z",
        place=(48.85, 2.35),
    )
    assert takeout(favorited=False, description=7) == SidecarContent("takeout")
    # Exports also contain lists and files of other programs.
    assert read_content("a.jpg.json", b"[1, 2]") == SidecarContent("takeout")


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("a.xmp", b"<broken", "it is not valid XMP"),
        ("a.jpg.json", b"{", "it is not valid JSON"),
        ("a.jpg.json", b"[" * 5_000_001, "it has more than 5 MB"),
    ],
)
def test_one_that_cannot_be_parsed_says_why(name: str, data: bytes, reason: str) -> None:
    with pytest.raises(PhotoError, match=reason):
        read_content(name, data)


@pytest.mark.parametrize("name", ["a.xmp", "a.jpg.XMP", "a.jpg.json"])
def test_an_empty_file_says_nothing(name: str) -> None:
    content = read_content(name, b"\0\n ")
    assert content._replace(source="") == SidecarContent()
    assert is_read(name) and not is_read("a.pp3")


@given(
    st.builds(
        SidecarContent,
        st.sampled_from(["xmp", "takeout", ""]),
        st.none() | st.booleans(),
        st.none() | st.floats(0.5, 5),
        st.none() | st.text(),
        st.none() | st.text(),
        st.lists(st.text()).map(tuple),
        st.sampled_from([None, "2015", "2015-08", "2015-08-22T10:08:59", "2015-08-22T00:00:00Z"]),
        st.booleans(),
        st.none() | st.tuples(st.floats(-90, 90), st.floats(-180, 180)),
    )
)
def test_a_packed_content_is_unpacked_as_it_was(content: SidecarContent) -> None:
    assert unpack_content(content.packed()) == content


@pytest.mark.parametrize(
    "stored",
    ["", "[]", "3", '{"other": 1}', '{"rating": "many"}', '{"place": [1]}', '{"place": 4}',
     '{"place": {"a": 1}}', '{"rating": 1%s}' % ("0" * 400), '{"keywords": 5}', "[" * 100_000],
)  # fmt: skip
def test_malformed_contents_raise_a_value_error(stored: str) -> None:
    with pytest.raises(ValueError, match=r"not the content|required"):
        unpack_content(stored)
    assert unpack_content('{"source": "other", "date": "some day"}') == SidecarContent()


def test_each_of_several_is_answered(tmp_path: Path) -> None:
    (tmp_path / "a.xmp").write_bytes(xmp("xmp:Rating='3'").encode())
    (tmp_path / "b.xmp").write_bytes(b"<broken")
    paths = [str(tmp_path / name) for name in ("a.xmp", "b.xmp", "gone.xmp")]
    header, body = answer_request(path.encode().hex() for path in paths)
    read, broken, gone = json.loads(body)
    assert header == {"read": 3}
    assert unpack_content(read[0]) == SidecarContent("xmp", rating=3.0)
    assert read[1:] == ["", True]
    assert unpack_content(broken[0]) == SidecarContent() and "not valid XMP" in broken[1]
    assert broken[2] is True and gone == ["{}", "it no longer exists", False]
