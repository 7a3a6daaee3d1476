from __future__ import annotations

import pytest

from explorer.photos.decode import decode
from explorer.photos.metadata.embedded_texts import (
    MAX_DESCRIPTION_LENGTH,
    MAX_KEYWORDS,
    EmbeddedTexts,
    combine_texts,
)
from explorer.photos.metadata.exif import ExifBlocks
from explorer.photos.metadata.iptc import IptcData
from explorer.photos.metadata.xmp import parse_lenient
from tests import pictures
from tests.photos.metadata.exif_photos import PICTURE, photo_with_exif
from tests.photos.metadata.packets import subject, xmp

_NO_IPTC = IptcData({})
_UTF8 = {(1, 90): [b"\x1b%G"]}


def of_exif(ifd0: dict[int, object]) -> EmbeddedTexts:
    return combine_texts(ExifBlocks(ifd0, {}, {}), _NO_IPTC, None)


def of_iptc(values: dict[tuple[int, int], list[bytes]]) -> EmbeddedTexts:
    return combine_texts(ExifBlocks({}, {}, {}), IptcData(values), None)


def of_xmp(packet: str) -> EmbeddedTexts:
    return combine_texts(ExifBlocks({}, {}, {}), _NO_IPTC, parse_lenient(packet.encode()))


def windows(text: str) -> tuple[int, ...]:
    return tuple(f"{text}\0".encode("utf-16-le"))


def alternatives(name: str, **texts: str) -> str:
    items = "".join(
        f'<rdf:li xml:lang="{language.replace("_", "-")}">{text}</rdf:li>'
        for language, text in texts.items()
    )
    return f"<{name}><rdf:Alt>{items}</rdf:Alt></{name}>"


def test_a_photo_without_texts() -> None:
    assert of_exif({}) == EmbeddedTexts()


def test_texts_of_windows() -> None:
    found = of_exif(
        {
            0x9C9B: windows("Zürich"),
            0x9C9C: windows("Am See\r\n in der Sonne"),
            0x9C9E: windows("Köln; Dom;köln"),
            0x4746: 4,
        }
    )
    assert found == EmbeddedTexts("Zürich", "Am See in der Sonne", ("Köln", "Dom"), 4.0)
    assert of_exif({0x9C9F: windows("Subject")}).description == "Subject"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        # As Pillow decodes UTF-8, and Latin-1.
        ("Gro\xc3\x9fe Stra\xc3\x9fe", "Große Straße"),
        ("Gro\xdfe", "Große"),
        ("Łódź", "Łódź"),
        (b"Gro\xc3\x9fe\0trailing", "Große"),
        ("A story\0\0\0", "A story"),
        ("<b>fish</b> &amp; chips", "<b>fish</b> &amp; chips"),
        ("   \0", None),
        (5, None),
        ((1, 2), None),
    ],
)
def test_descriptions_in_any_encoding(value: object, text: str | None) -> None:
    assert of_exif({0x010E: value}).description == text


@pytest.mark.parametrize(
    "text",
    [
        "OLYMPUS DIGITAL CAMERA", "OLYMPUS DIGITAL CAMERA         ", "SONY DSC",
        "KONICA MINOLTA DIGITAL CAMERA", "Digital StillCamera", "DIGITAL CAMERA", "Default",
        "<KENOX S630  / Samsung S630>", "Exif_JPEG_PICTURE", "untitled", "cof", "ozedf", "---",
        "Processed with VSCO with a6 preset", "Created with GIMP", "null", "SAMSUNG",
    ],
)  # fmt: skip
def test_default_descriptions_of_cameras_are_ignored(text: str) -> None:
    assert of_exif({0x010E: text}).description is None
    assert of_exif({0x010E: text, 0x9C9C: windows("Ours")}).description == "Ours"


@pytest.mark.parametrize(
    "text", ["My new digital camera on a table, by the sea", "Default settings", "Hdrs", "42", "犬"]
)
def test_descriptions_written_by_people_are_kept(text: str) -> None:
    assert of_exif({0x9C9C: windows(text)}).description == text


def test_texts_of_iptc() -> None:
    named = {(2, 5): ["Brücke".encode()], (2, 105): [b"Headline"], (2, 120): [b"Caption"]}
    assert of_iptc(_UTF8 | named) == EmbeddedTexts("Brücke", "Caption")
    assert of_iptc({(2, 105): [b"Headline"]}).title == "Headline"
    latin = {(2, 120): ["Brücke".encode("latin-1")], (2, 25): [b"a", "ä".encode("latin-1")]}
    assert of_iptc(latin) == EmbeddedTexts(None, "Brücke", ("a", "ä"))
    # Declared to be UTF-8, and broken.
    assert of_iptc(_UTF8 | {(2, 120): [b"Br\xfccke"]}).description == "Br\ufffdcke"


def test_texts_of_xmp() -> None:
    found = of_xmp(
        xmp(
            'xmp:Rating="3"',
            alternatives("dc:title", de="Titel", x_default="Title")
            + alternatives("dc:description", x_default="Fish &amp; &lt;b&gt;chips&lt;/b&gt;")
            + subject("sea", "Sea")
            + subject("Places|Köln", name="lr:hierarchicalSubject"),
        )
    )
    assert found == EmbeddedTexts("Title", "Fish & <b>chips</b>", ("sea", "Köln"), 3.0)
    assert of_xmp(xmp('photoshop:Headline="Head"')).title == "Head"


def test_xmp_counts_before_iptc_and_exif() -> None:
    exif = ExifBlocks({0x9C9B: windows("exif"), 0x9C9E: windows("three"), 0x4746: 1}, {}, {})
    iptc = IptcData({(2, 5): [b"iptc"], (2, 25): [b"two"]})
    packet = parse_lenient(
        xmp('xmp:Rating="5"', alternatives("dc:title", x_default="xmp") + subject("one")).encode()
    )
    assert combine_texts(exif, iptc, packet) == EmbeddedTexts(
        "xmp", None, ("one", "two", "three"), 5.0
    )
    assert combine_texts(exif, iptc, None)[0::3] == ("iptc", 1.0)


def test_a_description_that_repeats_the_title_is_dropped() -> None:
    assert of_exif({0x010E: "Sea", 0x9C9B: windows("Sea")}) == EmbeddedTexts("Sea", None)


def test_long_texts_are_cut() -> None:
    found = of_exif(
        {0x010E: "x" * 100_000, 0x9C9E: windows(";".join(f"w{n}" for n in range(2000)))}
    )
    assert len(found.description or "") == MAX_DESCRIPTION_LENGTH
    assert len(found.keywords) == MAX_KEYWORDS


@pytest.mark.parametrize("rating", ["-1", "0", "6", "many", ""])
def test_a_photo_that_is_not_rated(rating: str) -> None:
    assert of_xmp(xmp(f'xmp:Rating="{rating}"')).rating is None


def test_texts_of_a_file() -> None:
    packet = xmp("", alternatives("dc:title", x_default="Title") + subject("sea"))
    photo = decode(pictures.encoded(PICTURE, "JPEG", xmp=packet.encode()), None)
    assert (photo.title, photo.description, photo.keywords, photo.rating) == (
        "Title",
        None,
        ("sea",),
        None,
    )
    photo = photo_with_exif(lambda block: block.update({0x010E: "Große".encode(), 0x4746: 2}))
    assert (photo.description, photo.rating) == ("Große", 2.0)


@pytest.mark.parametrize("packet", [b"<rdf:RDF dc:title", b"title\0\xff\xfe", b"title" * 10])
def test_broken_metadata_counts_as_absent(packet: bytes) -> None:
    photo = decode(pictures.encoded(PICTURE, "JPEG", xmp=packet), None)
    assert (photo.title, photo.description, photo.keywords) == (None, None, ())
