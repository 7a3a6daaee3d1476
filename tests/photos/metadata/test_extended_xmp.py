"""XMP that continues in further segments of a JPEG file."""

from __future__ import annotations

import pytest

from explorer.photos.decode import decode
from explorer.photos.metadata.extended_xmp import with_extension
from explorer.photos.metadata.field_reader import read_photo
from tests import pictures
from tests.photos.metadata.packets import subject, xmp

_ID = b"0123456789ABCDEF0123456789ABCDEF"
_MAIN = xmp(f'xmpNote:HasExtendedXMP="{_ID.decode()}"', subject("near")).replace(
    "xmlns:exif", 'xmlns:xmpNote="http://ns.adobe.com/xmp/note/" xmlns:exif', 1
)
_EXTENSION = xmp('photoshop:DateCreated="1987-06-05"', subject("far")).encode()


def pieces(
    extension: bytes, *, size: int = 300, total: int | None = None, name: bytes = _ID
) -> list[bytes]:
    header = b"http://ns.adobe.com/xmp/extension/\0" + name
    length = (len(extension) if total is None else total).to_bytes(4, "big")
    return [
        header + length + at.to_bytes(4, "big") + extension[at : at + size]
        for at in range(0, len(extension), size)
    ]


def jpeg(segments: list[bytes]) -> bytes:
    data = pictures.encoded(pictures.plain("#b46450"), xmp=_MAIN.encode())
    at = data.index(b"\xff\xdb")
    added = b"".join(b"\xff\xe1" + (len(each) + 2).to_bytes(2, "big") + each for each in segments)
    return data[:at] + added + data[at:]


def test_properties_in_the_extension_are_read() -> None:
    data = jpeg(pieces(_EXTENSION)[::-1])
    photo = decode(data, None)
    assert photo.keywords == ("near", "far")
    assert (photo.taken_at, photo.taken_precision) == ("1987-06-05T00:00:00", "day")
    assert read_photo(data).fields.keywords == ("near", "far")


@pytest.mark.parametrize(
    "segments",
    [
        pieces(_EXTENSION)[1:],
        pieces(_EXTENSION, total=9_999),
        pieces(_EXTENSION, name=b"X" * 32),
        pieces(_EXTENSION.replace(b"</rdf:li>", b"")),
        pieces(_EXTENSION.replace(b"rdf:RDF", b"other")),
        pieces(_EXTENSION.replace(b"far", b"far" * 2_000_000), size=60_000),
        [b"http://ns.adobe.com/xmp/extension/\0" + _ID],
    ],
    ids=["incomplete", "length", "another", "malformed", "not XMP", "huge", "no content"],
)
def test_an_extension_that_cannot_be_read_does_not_affect_the_packet(segments: list[bytes]) -> None:
    photo = decode(jpeg(segments), None)
    assert photo.keywords == ("near",) and photo.taken_at is None


def test_a_packet_without_an_extension_is_unchanged() -> None:
    packet = _MAIN.encode()
    assert with_extension(packet, [("APP1", b"Exif\0\0"), ("COM", b"text")]) is packet
