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


PLACE = 'exif:GPSLatitude="48,{}N" exif:GPSLongitude="2,17.6E"'


@pytest.mark.parametrize(
    ("removed", "kept", "words"),
    [
        # 1e-5 degrees are 0.0006 minutes.
        (PLACE.format("51.5"), PLACE.format("51.5005"), []),
        (PLACE.format("51.5"), PLACE.format("51.501"), ["its place"]),
        (PLACE.format("51.5"), PLACE.format("51.499"), ["its place"]),
        (PLACE.format("51.5"), PLACE.format("51.5").replace("17.6E", "17.6W"), ["its place"]),
        ('exif:DateTimeOriginal="1987-06-05T10:11:12+02:00"',
         'exif:DateTimeOriginal="1987-06-05T10:11:12"', []),
        ('exif:DateTimeOriginal="1987-06-05T10:11:12"',
         'exif:DateTimeOriginal="1987-06-05T10:11:13"', ["its date"]),
        ('exif:DateTimeOriginal="1987-06-05T10:11:12"',
         'exif:DateTimeOriginal="1987-06-05"', ["its date"]),
        ('exif:DateTimeOriginal="1987-06"', 'exif:DateTimeOriginal="1987-06-05"', []),
    ],
)  # fmt: skip
def test_dates_and_places_are_compared_by_their_meaning(
    removed: str, kept: str, words: list[str]
) -> None:
    assert lost(xmp(removed), xmp(kept)) == words


def labels(elements: str, name: str = "xmp:Label") -> str:
    return xmp("", f"<{name}>{elements}</{name}>")


@pytest.mark.parametrize(
    ("removed", "kept", "is_lost"),
    [
        ("<rdf:Bag><rdf:li>a</rdf:li><rdf:li>b</rdf:li></rdf:Bag>",
         "<rdf:Bag><rdf:li>b</rdf:li><rdf:li>a</rdf:li></rdf:Bag>", False),
        ("<rdf:Seq><rdf:li>a</rdf:li><rdf:li>b</rdf:li></rdf:Seq>",
         "<rdf:Seq><rdf:li>b</rdf:li><rdf:li>a</rdf:li></rdf:Seq>", True),
        ('<rdf:Alt><rdf:li xml:lang="x-default">a</rdf:li></rdf:Alt>',
         '<rdf:Alt><rdf:li xml:lang="en">a</rdf:li></rdf:Alt>', False),
        ('<rdf:li xmp:a="1" xmp:b="2"/>', '<rdf:li xmp:b=" 2" xmp:a="1 "/>', False),
        ('<rdf:li xmp:a="1" xmp:b="2"/>', '<rdf:li xmp:a="1"/>', True),
        ('<rdf:li xmp:a="1" xmp:b=" "/>', '<rdf:li xmp:a="1"/>', False),
        ('<rdf:Bag><rdf:li>a</rdf:li></rdf:Bag><rdf:li>b</rdf:li>',
         "<rdf:Bag><rdf:li>a</rdf:li></rdf:Bag>", True),
        ("<rdf:li><rdf:li>a</rdf:li></rdf:li>", "<rdf:li><rdf:li>b</rdf:li></rdf:li>", True),
        (" \n ", "b", False),
        ("<rdf:Bag><rdf:li/><rdf:li> </rdf:li></rdf:Bag>", "b", False),
    ],
)  # fmt: skip
def test_values_are_compared_in_a_canonical_form(removed: str, kept: str, is_lost: bool) -> None:
    assert lost(labels(removed), labels(kept)) == (["xmp:Label"] if is_lost else [])


def test_the_parts_of_a_structure_may_not_change_places() -> None:
    one, other = '<rdf:li xmp:a="1"/><rdf:li>2</rdf:li>', '<rdf:li>2</rdf:li><rdf:li xmp:a="1"/>'
    assert lost(labels(one), labels(other)) == ["xmp:Label"]


def test_what_is_said_of_the_sidecar_itself_is_not_lost() -> None:
    media = xmp('xmlns:m="http://ns.adobe.com/xap/1.0/mm/" m:DocumentID="1"')
    assert lost(media) == lost(media.replace('m:DocumentID="1"', "")) == []
    assert lost(labels("2020-01-01", "xmp:ModifyDate")) == []
    assert lost(labels("1", "darktable:print_timestamp")) == []
    assert lost(xmp('rdf:ID="1"')) == lost(xmp('xmp:Label=" "')) == []
    assert lost(labels("1", "darktable:version")) == ["darktable:version"]


def test_properties_are_named_as_the_packet_names_them() -> None:
    own = xmp("", '<note xmlns="http://example.com/ns/">words</note>')
    assert lost(own) == ["note"]
    other = '<e:note xmlns:e="http://example.com/ns/">words</e:note>'
    assert lost(xmp('xmlns:e="http://example.com/ns/"', other)) == ["e:note"]
    # Each is named once.
    twice = "<xmp:Label>a</xmp:Label><xmp:Label>b</xmp:Label>"
    assert lost(xmp('xmp:Rating="2"', twice)) == ["its rating", "xmp:Label"]


def test_a_sidecar_of_zeros_says_nothing() -> None:
    assert lost("\0\0") == [] and lost(labels("a"), "\0 ") == ["xmp:Label"]


@pytest.mark.parametrize(
    ("removed", "words"),
    [
        ('exif:DateTimeOriginal="around 1950"', "its date"),
        ('photoshop:DateCreated="spring"', "its date"),
        ('exif:GPSLatitude="48,51.5N"', "its place"),
        ('xmp:Rating="good"', "its rating"),
    ],
)
def test_a_field_that_cannot_be_read_must_be_kept_as_it_is(removed: str, words: str) -> None:
    known = 'exif:DateTimeOriginal="2000-01-01" xmp:Rating="3"'
    assert lost(xmp(removed)) == lost(xmp(removed), xmp('xmp:Label="red"')) == [words]
    assert words in lost(xmp(removed), xmp(known), "words", "")
    assert lost(xmp(removed), xmp(f'{removed} xmp:Label="red"')) == []
    assert lost(xmp(f'{removed} xmp:Label="red"'), xmp(removed)) == ["xmp:Label"]


def test_an_unreadable_field_does_not_depend_on_the_others() -> None:
    removed = xmp('xmp:Rating="bad" exif:DateTimeOriginal="1987-06-05"')
    kept = xmp('xmp:Rating="bad" exif:DateTimeOriginal="1987-06-05T10:11:12"')
    assert lost(removed, kept) == []
    assert lost(removed, kept.replace("bad", "worse")) == ["its rating"]
