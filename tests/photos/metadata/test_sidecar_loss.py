"""What would be lost with the XMP sidecar of a removed photo."""

from __future__ import annotations

import pytest

from explorer.photos.metadata.fields import combine
from explorer.photos.metadata.sidecar_loss import lost_edits
from explorer.photos.metadata.xmp import read_fields
from tests.photos.metadata.packets import subject, xmp

HISTORY = (
    "<darktable:history><rdf:Seq>"
    '<rdf:li darktable:operation="exposure" darktable:params="1"/>'
    '<rdf:li darktable:operation="crop" darktable:params="2"/>'
    "</rdf:Seq></darktable:history>"
)
TITLE = '<dc:title><rdf:Alt><rdf:li xml:lang="x-default">Anna</rdf:li></rdf:Alt></dc:title>'


def lost(removed: str, *kept: str) -> list[str]:
    packets = [each.encode() for each in kept]
    return lost_edits(removed.encode(), packets, combine(map(read_fields, packets)).fields)


@pytest.mark.parametrize(
    ("removed", "words"),
    [
        (xmp('xmp:Rating="5"'), "its rating"),
        (xmp("", subject("Anna")), "its keywords"),
        (xmp('exif:DateTimeOriginal="1987-06-05"'), "its date"),
        (xmp('exif:GPSLatitude="48,51.5N" exif:GPSLongitude="2,17.6E"'), "its place"),
        (xmp("", TITLE), "dc:title"),
        (xmp("", HISTORY), "darktable:history"),
        (xmp('xmp:Label="red"'), "xmp:Label"),
        (xmp("", subject("Places|Köln", name="lr:hierarchicalSubject")), "lr:hierarchicalSubject"),
    ],
)
def test_what_only_the_removed_sidecar_says_is_lost(removed: str, words: str) -> None:
    assert words in lost(removed) and words in lost(removed, xmp())
    assert lost(removed, removed) == lost(removed, removed + " ") == []
    assert lost(removed, xmp('xmp:Label="blue"'), removed + " ") == []


def test_another_value_is_lost_too() -> None:
    assert lost(xmp('xmp:Rating="5"'), xmp('xmp:Rating="1"')) == ["its rating"]
    assert lost(xmp('xmp:Label="red"'), xmp('xmp:Label="blue"')) == ["xmp:Label"]
    other = HISTORY.replace('params="2"', 'params="3"')
    assert lost(xmp("", HISTORY), xmp("", other)) == ["darktable:history"]
    date = 'exif:DateTimeOriginal="1987-06-05"'
    assert lost(xmp(date), xmp('exif:DateTimeOriginal="1987-06-04"')) == ["its date"]
    assert lost(xmp(date), xmp('exif:DateTimeOriginal="1987-06-05T10:11:12"')) == []


def test_the_form_of_a_value_and_the_order_of_keywords_make_no_difference() -> None:
    assert lost(xmp('xmp:Label="red"'), xmp("", "<xmp:Label> red </xmp:Label>")) == []
    one, other = subject("Anna", "Bert"), subject("bert", "ANNA", "more")
    assert lost(xmp("", one), xmp("", other)) == []
    names = ("lr:hierarchicalSubject",) * 2
    one, other = (
        subject(*words, name=name)
        for words, name in zip((("a|b", "c|d"), ("c|d", "e|f", "a|b")), names, strict=True)
    )
    assert lost(xmp("", one), xmp("", other)) == []
    assert lost(xmp("", other), xmp("", one)) == ["its keywords", "lr:hierarchicalSubject"]


@pytest.mark.parametrize(
    "removed",
    [
        "",
        " \n",
        xmp(),
        xmp('xmp:Rating="0"', "<darktable:history><rdf:Seq/></darktable:history>"),
        xmp('xmp:MetadataDate="2020-01-01" darktable:import_timestamp="1" xmp:CreatorTool="x"'),
    ],
)
def test_a_sidecar_that_says_nothing_may_go(removed: str) -> None:
    assert lost(removed) == []


def test_a_sidecar_that_cannot_be_parsed_is_lost_unless_it_is_kept_as_it_is() -> None:
    assert lost("words") == ["what cannot be read"] == lost("words", "other words")
    assert lost("words", "words") == []
    assert lost(xmp('xmp:Label="red"'), "words") == ["xmp:Label"]
