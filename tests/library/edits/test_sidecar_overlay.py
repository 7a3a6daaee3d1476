"""What takes precedence: the user, an XMP sidecar, the file, Google Takeout."""

from __future__ import annotations

import json

import pytest

from explorer.library.edits.edit_fields import ColumnValues, FieldValues
from explorer.library.edits.sidecar_overlay import sidecar_columns, sidecar_key
from explorer.photos.metadata.sidecar_content import SidecarContent

EMPTY: FieldValues = {
    "favourite": [0], "rating": [None], "title": [None], "description": [None],
    "keywords": [None], "date": [None, None, None], "place": [None, None],
}  # fmt: skip
FULL: FieldValues = {
    "favourite": [0], "rating": [2.0], "title": ["File"], "description": ["In the file"],
    "keywords": [json.dumps(["Köln"])], "date": ["2011-05-06T07:08:09", "second", "exif"],
    "place": [48.85, 2.35],
}  # fmt: skip
XMP = SidecarContent(
    "xmp", True, 4.0, "Sidecar", "In the sidecar", ("boat",), "2012-01-02", True, (1.0, 2.0)
)


def dated(text: str, precision: str = "second", source: str = "exif") -> FieldValues:
    return EMPTY | {"date": [text, precision, source]}


def test_an_xmp_sidecar_replaces_what_the_file_says() -> None:
    assert sidecar_columns([XMP], FULL) == {
        "favourite": [1], "rating": [4.0], "title": ["Sidecar"], "description": ["In the sidecar"],
        "keywords": ['["Köln", "boat"]'], "date": ["2012-01-02T00:00:00", "day", "sidecar"],
        "place": [1.0, 2.0],
    }  # fmt: skip


def test_takeout_adds_what_the_file_lacks() -> None:
    takeout = XMP._replace(source="takeout", date="2012-01-02T03:04:05Z")
    assert sidecar_columns([takeout], FULL) == {"favourite": [1], "keywords": ['["Köln", "boat"]']}
    found = sidecar_columns([takeout], EMPTY)
    assert found["date"] == ["2012-01-02T03:04:05", "second", "takeout"]
    assert (found["rating"], found["title"], found["place"]) == ([4.0], ["Sidecar"], [1.0, 2.0])


def test_the_first_of_several_takes_precedence_and_keywords_are_united() -> None:
    second = SidecarContent("xmp", rating=1.0, title="Second", keywords=("BOAT", "sea"))
    found = sidecar_columns([SidecarContent("xmp", rating=4.0, keywords=("boat",)), second], EMPTY)
    assert found == {"rating": [4.0], "title": ["Second"], "keywords": ['["boat", "sea"]']}


def test_a_rating_that_was_removed_is_removed() -> None:
    assert sidecar_columns([SidecarContent("xmp", rating=0.0)], FULL) == {"rating": [None]}
    assert sidecar_columns([SidecarContent("xmp", rating=0.0)], EMPTY) == {}
    assert sidecar_columns([SidecarContent("takeout", rating=0.0)], FULL) == {}


def test_keywords_of_the_file_stay_as_they_are() -> None:
    file = FULL | {"keywords": [json.dumps(["Sea", "sea"])]}
    assert sidecar_columns([], file) == {}
    assert sidecar_columns([SidecarContent("xmp", keywords=("SEA",))], file) == {}
    found = sidecar_columns([SidecarContent("xmp", keywords=("boat", "sea"))], file)
    assert found == {"keywords": ['["Sea", "sea", "boat"]']}


def test_what_the_file_says_too_is_no_change() -> None:
    same = SidecarContent(
        "xmp", False, 2.0, "File", "In the file", ("koln",), "2011-05-06T07:08:09", True,
        (48.8500004, 2.35),
    )  # fmt: skip
    assert sidecar_columns([same], FULL) == {}
    assert sidecar_columns([SidecarContent("xmp"), SidecarContent()], FULL) == {}


@pytest.mark.parametrize(
    ("content", "file", "date"),
    [
        # A file's own modification time gives way to any date.
        (SidecarContent("takeout", date="2012"), dated("2011-05-06T07:08:09", source="file"),
         ["2012-01-01T00:00:00", "year", "takeout"]),
        (SidecarContent("xmp", date="2011-05-06T07:08:09"), dated("2011-05-06T07:08:09",
         source="file"), ["2011-05-06T07:08:09", "second", "sidecar"]),
        # Of two that agree, the more precise one counts.
        (SidecarContent("takeout", date="2011-05-06T10:00:00Z"), dated("2011-05-06T00:00:00",
         "day", "name"), ["2011-05-06T10:00:00", "second", "takeout"]),
        (SidecarContent("xmp", date="2011-05"), dated("2011-05-06T07:08:09"), None),
        # Takeout's UTC does not replace what a camera or a name says.
        (SidecarContent("takeout", date="2012-05-06T10:00:00Z"), dated("2011-05-06T00:00:00",
         "day", "name"), None),
        # The date of digitization does not replace that of capture, but a guess from the name.
        (SidecarContent("xmp", date="2012", captured=False), dated("2011-05-06T07:08:09"), None),
        (SidecarContent("xmp", date="2012", captured=False), dated("2011-05-06T07:08:09",
         source="gps"), None),
        (SidecarContent("xmp", date="2012", captured=False), dated("2011-05-06T07:08:09",
         source="name"), ["2012-01-01T00:00:00", "year", "sidecar"]),
        # Libraries of old releases store no precision.
        (SidecarContent("xmp", date="2011-05-06T07:08:09"),
         EMPTY | {"date": ["2011-05-06T07:08:09", None, "exif"]}, None),
        (SidecarContent("xmp", date="no date"), EMPTY, None),
        # A clock that was never set, and the future; but not the user's date of an old painting.
        (SidecarContent("xmp", date="1970-01-01T00:00:00"), EMPTY, None),
        (SidecarContent("xmp", date="2999"), EMPTY, None),
        (SidecarContent("xmp", date="1642"), EMPTY, ["1642-01-01T00:00:00", "year", "sidecar"]),
    ],
)  # fmt: skip
def test_dates(content: SidecarContent, file: FieldValues, date: ColumnValues | None) -> None:
    assert sidecar_columns([content], file).get("date") == date


@pytest.mark.parametrize(
    ("path", "key"),
    [
        ("in/A.JPG.xmp", "name a.jpg"), ("A.xmp", "stem a"), ("a.jpg.json", "name a.jpg"),
        ("a.jpg.supplemental-met.json", "name a.jpg"), ("a.jpg(1).json", "name a(1).jpg"),
        ("a.jpg.pp3", "name a.jpg"), ("IMG_O1.aae", "stem img_1"), ("a.thm", None),
        ("a.jpg", None), ("notes.json", None), ("._a.xmp", None), ("a.mov", None),
    ],
)  # fmt: skip
def test_keys(path: str, key: str | None) -> None:
    assert sidecar_key(path) == key
