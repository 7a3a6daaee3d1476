from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.photos.metadata import takeout
from explorer.photos.metadata.fields import MetadataFields, MetadataReading
from explorer.photos.metadata.sidecar_content import read_content

PARIS = {"latitude": 48.85, "longitude": 2.29}
NOWHERE = {"latitude": 0.0, "longitude": 0.0}
WHEN = {"photoTakenTime": {"timestamp": "1440201600"}}


def said_besides(data: bytes) -> tuple[str, bool]:
    """The description, and whether the photo is a favourite."""
    return takeout.read_export(data)[1:3]


def said(**facts: Any) -> MetadataReading:
    return takeout.read_fields(json.dumps(facts).encode())


@pytest.mark.parametrize(
    ("facts", "found"),
    [
        (WHEN | {"geoData": PARIS}, MetadataFields("2015-08-22T00:00:00Z", (48.85, 2.29))),
        (
            WHEN | {"geoData": NOWHERE, "geoDataExif": PARIS},
            MetadataFields("2015-08-22T00:00:00Z", (48.85, 2.29)),
        ),
        ({"geoDataExif": PARIS}, MetadataFields(None, (48.85, 2.29))),
        (
            {"geoData": PARIS, "geoDataExif": {"latitude": 1, "longitude": 2}},
            MetadataFields(None, (48.85, 2.29)),
        ),
        ({"geoData": {"latitude": 0.0, "longitude": 2.0}}, MetadataFields(None, (0.0, 2.0))),
        ({"geoData": {"latitude": 2.0, "longitude": 0.0}}, MetadataFields(None, (2.0, 0.0))),
        ({"geoData": {"latitude": -90, "longitude": 180}}, MetadataFields(None, (-90.0, 180.0))),
        (
            {"photoTakenTime": {"timestamp": 1440201600}, "geoData": NOWHERE},
            MetadataFields("2015-08-22T00:00:00Z"),
        ),
        ({"photoTakenTime": {"timestamp": "-300000000"}}, MetadataFields("1960-06-29T18:40:00Z")),
        ({"photoTakenTime": {"timestamp": "0"}}, MetadataFields()),
        ({"photoTakenTime": {"timestamp": ""}}, MetadataFields()),
        ({"photoTakenTime": {"formatted": "x"}, "geoData": {}}, MetadataFields()),
        ({"photoTakenTime": None, "geoData": None}, MetadataFields()),
        ({"title": "a.jpg", "creationTime": {"timestamp": "1440201600"}}, MetadataFields()),
        ({"photoTakenTime": {"timestamp": "9999999999"}}, MetadataFields()),
    ],
)
def test_fields_of_an_export(facts: dict[str, Any], found: MetadataFields) -> None:
    assert said(**facts) == MetadataReading(found)


@pytest.mark.parametrize(
    ("facts", "about", "found"),
    [
        ({"photoTakenTime": 3, "geoData": PARIS}, ["date"], MetadataFields(None, (48.85, 2.29))),
        ({"photoTakenTime": {"timestamp": "noon"}}, ["date"], MetadataFields()),
        ({"photoTakenTime": {"timestamp": "9" * 30}}, ["date"], MetadataFields()),
        (
            WHEN | {"geoData": {"latitude": 91, "longitude": 0}},
            ["place"],
            MetadataFields("2015-08-22T00:00:00Z"),
        ),
        (
            WHEN | {"geoData": {"latitude": 9, "longitude": 180.5}},
            ["place"],
            MetadataFields("2015-08-22T00:00:00Z"),
        ),
        (
            {"geoData": {"latitude": 9, "longitude": 10**400}, "geoDataExif": PARIS},
            ["place"],
            MetadataFields(None, (48.85, 2.29)),
        ),
        ({"geoData": {"latitude": 9}}, ["place"], MetadataFields()),
        ({"geoData": {"longitude": 9}}, ["place"], MetadataFields()),
        (
            {"geoData": {"latitude": "x", "longitude": 0}, "geoDataExif": PARIS},
            ["place"],
            MetadataFields(None, (48.85, 2.29)),
        ),
        ({"geoData": "Paris"}, ["place"], MetadataFields()),
    ],
)
def test_an_unreadable_field_does_not_affect_the_others(
    facts: dict[str, Any], about: list[str], found: MetadataFields
) -> None:
    reading = said(**facts)
    assert [each.about for each in reading.unread] == about and reading.fields == found


@pytest.mark.parametrize("data", [b"", b" \n", b"[]", b"3", b"{}", b'"x"', b'{"other": 1}'])
def test_other_json_has_no_fields(data: bytes) -> None:
    assert takeout.read_fields(data) == MetadataReading()


@pytest.mark.parametrize(
    "data",
    [
        b"no json",
        b"{",
        b"[" * 200_000 + b"]" * 200_000,
        b'{"a":' * 200_000,
        b"9" * 5000,
        b"\xff\xfe{",
    ],
)
def test_invalid_json_is_reported(data: bytes) -> None:
    assert [each.about for each in takeout.read_fields(data).unread] == ["all"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_encodings(encoding: str) -> None:
    assert (
        takeout.read_fields(
            json.dumps(WHEN | {"title": "Köln"}, ensure_ascii=False).encode(encoding)
        ).fields.taken_at
        == "2015-08-22T00:00:00Z"
    )
    assert takeout.read_fields(
        b'{"title": "K\xf6ln", "geoData": {"latitude": 1, "longitude": 2}}'
    ).fields.place == (1, 2)


_values = st.recursive(
    st.none()
    | st.booleans()
    | st.floats()
    | st.integers()
    # JSON has integers that no float can hold.
    | st.sampled_from([10**400, -(10**400)])
    | st.text(max_size=5),
    lambda some: (
        st.lists(some, max_size=2)
        | st.dictionaries(st.sampled_from(["timestamp", "latitude", "longitude"]), some, max_size=3)
    ),
    max_leaves=5,
)


@given(st.dictionaries(st.sampled_from(["photoTakenTime", "geoData", "geoDataExif"]), _values))
@settings(deadline=None)
def test_any_value_can_be_read(facts: dict[str, Any]) -> None:
    found = said(**facts).fields
    assert found.place is None or (abs(found.place[0]) <= 90 and abs(found.place[1]) <= 180)


@pytest.mark.parametrize(
    ("facts", "notes"),
    [
        ({"description": "At the sea", "favorited": True}, ("At the sea", True)),
        ({"description": " two \n lines ", "favorited": False}, ("two lines", False)),
        ({"description": "x"}, ("x", False)), ({"favorited": True}, ("", True)),
        # Only what Takeout writes counts.
        ({"description": ["x"], "favorited": "true"}, ("", False)),
        ({"description": None, "favorited": 1}, ("", False)), ({"description": ""}, ("", False)),
        ({}, ("", False)),
    ],
)  # fmt: skip
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_notes_of_an_export(facts: dict[str, Any], notes: tuple[str, bool], encoding: str) -> None:
    assert said_besides(json.dumps(facts).encode(encoding)) == notes


@pytest.mark.parametrize(
    "data", [b"", b"no json", b"[]", b'"description"', b"\xff\xfe{", b"[" * 200_000, b"9" * 5000]
)
def test_what_is_no_export_has_no_notes(data: bytes) -> None:
    assert said_besides(data) == ("", False)


def test_an_export_is_parsed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    parsed = list[str]()

    def parse(text: str) -> Any:
        parsed.append(text)
        return _parse(text)

    _parse = json.loads
    monkeypatch.setattr(json, "loads", parse)
    data = json.dumps(WHEN | {"description": "At the sea", "favorited": True}).encode()
    content = read_content("a.jpg.json", data)
    assert (content.date, content.description) == ("2015-08-22T00:00:00Z", "At the sea")
    assert content.favourite and parsed == [data.decode()]


@pytest.mark.parametrize(
    ("people", "names"),
    [
        ([{"name": "Ada"}, {"name": " Bob  B. "}, {"name": "Ada"}], ("Ada", "Bob B.")),
        ([{"name": ""}, {"name": 3}, {}, "Ada", None], ()),
        ({"name": "Ada"}, ()),
        ("Ada", ()),
        (None, ()),
    ],
)
def test_people_are_keywords(people: Any, names: tuple[str, ...]) -> None:
    data = json.dumps({"people": people}).encode()
    assert read_content("a.jpg.json", data).keywords == names
