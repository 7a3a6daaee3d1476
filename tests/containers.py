"""Files that hold more than one picture, made as cameras, phones and programs make them."""

from __future__ import annotations

import functools
import io
import struct
import zlib
from collections.abc import Sequence
from typing import Any, NamedTuple

import pillow_heif
from PIL import Image

from tests.pictures import FAST_HEVC, draw, encoded

RDF = (
    b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    b"<rdf:Description %s/></rdf:RDF></x:xmpmeta>"
)
ZIP = b"PK\x03\x04 a hidden archive"


def film(seed: int = 0, size: int = 5000) -> bytes:
    """What begins and is boxed as a film; nothing in it moves."""
    body = bytes((seed + 31 * n) % 251 for n in range(size))
    return box(b"ftyp", b"mp42\0\0\0\0mp42isom") + box(b"mdat", body) + box(b"moov", bytes(20))


def box(kind: bytes, *content: bytes) -> bytes:
    body = b"".join(content)
    return struct.pack(">I", 8 + len(body)) + kind + body


def animation(
    kind: str,
    seeds: Sequence[int],
    durations: int | list[int] = 100,
    size: tuple[int, int] = (160, 120),
    **options: Any,
) -> bytes:
    first, *others = (
        draw(seed, size).quantize(64) if kind == "GIF" else draw(seed, size) for seed in seeds
    )
    choices: dict[str, dict[str, Any]] = {"WEBP": {"lossless": True}, "AVIF": {"quality": 90}}
    lossless = choices.get(kind, {})
    packed = io.BytesIO()
    first.save(
        packed, kind, save_all=True, append_images=others, duration=durations, **lossless, **options
    )
    return packed.getvalue()


def pages(seeds: Sequence[int], size: tuple[int, int] = (160, 120), **options: Any) -> bytes:
    """A TIFF of several pages."""
    first, *others = (draw(seed, size) for seed in seeds)
    packed = io.BytesIO()
    first.save(packed, "TIFF", save_all=True, append_images=others, **options)
    return packed.getvalue()


def with_segment(jpeg: bytes, number: int, content: bytes) -> bytes:
    """A JPEG with one more application segment."""
    return (
        jpeg[:2]
        + bytes((0xFF, 0xE0 + number))
        + struct.pack(">H", len(content) + 2)
        + content
        + jpeg[2:]
    )


def with_xmp(jpeg: bytes, attributes: bytes) -> bytes:
    return with_segment(jpeg, 1, b"http://ns.adobe.com/xap/1.0/\0" + RDF % attributes)


def with_extended_xmp(jpeg: bytes, packet: bytes, piece: int = 20_000) -> bytes:
    guid = b"0123456789ABCDEF0123456789ABCDEF"
    for start in reversed(range(0, len(packet), piece)):
        head = (
            b"http://ns.adobe.com/xmp/extension/\0" + guid + struct.pack(">II", len(packet), start)
        )
        jpeg = with_segment(jpeg, 1, head + packet[start : start + piece])
    return jpeg


def gain_map(seed: int = 7) -> bytes:
    """A gain map as it is appended to an Ultra HDR JPEG."""
    return with_xmp(
        encoded(draw(seed, (80, 60)).convert("L")),
        b'xmlns:hdrgm="http://ns.adobe.com/hdr-gain-map/1.0/" hdrgm:Version="1.0"',
    )


def samsung(jpeg: bytes, *entries: tuple[int, bytes, bytes]) -> bytes:
    """A JPEG with Samsung's trailer. entries: kind, name and content."""
    blocks, listed = b"", list[tuple[int, int, int]]()
    for kind, name, content in entries:
        block = struct.pack("<HHI", 0, kind, len(name)) + name + content
        listed.append((kind, len(blocks), len(block)))
        blocks += block
    directory = b"SEFH" + struct.pack("<II", 107, len(listed))
    for kind, start, size in listed:
        directory += struct.pack("<HHII", 0, kind, len(blocks) - start, size)
    return jpeg + blocks + directory + struct.pack("<I", len(directory)) + b"SEFT"


def apng_chunks(png: bytes) -> list[tuple[bytes, bytes]]:
    chunks, at = list[tuple[bytes, bytes]](), 8
    while at < len(png):
        (size,) = struct.unpack(">I", png[at : at + 4])
        chunks.append((png[at + 4 : at + 8], png[at + 8 : at + 8 + size]))
        at += 12 + size
    return chunks


def png_of(chunks: Sequence[tuple[bytes, bytes]]) -> bytes:
    made = b"\x89PNG\r\n\x1a\n"
    for kind, content in chunks:
        made += (
            struct.pack(">I", len(content))
            + kind
            + content
            + struct.pack(">I", zlib.crc32(kind + content))
        )
    return made


class Coded(NamedTuple):
    """An item of a HEIF file. urn: of an auxiliary image. method: 0 if its bytes are in `mdat`,
    1 in `idat`."""

    kind: bytes
    data: bytes
    properties: tuple[bytes, ...] = ()
    urn: bytes = b""
    method: int = 0


def coded(seed: int, size: tuple[int, int] = (160, 120)) -> Coded:
    """A picture as HEVC codes it, with the properties a decoder needs."""
    from explorer.photos.containers import isobmff

    data = heic([seed], size)
    meta = isobmff.find_box(data, b"meta")
    assert meta is not None
    found = isobmff.read_items(data, meta)
    iprp = isobmff.find_box(data, b"iprp", meta.body + 4, meta.end)
    assert iprp is not None
    ipco = isobmff.find_box(data, b"ipco", iprp.body, iprp.end)
    assert ipco is not None
    properties = tuple(
        data[each.start : each.end] for each in isobmff.boxes(data, ipco.body, ipco.end)
    )
    item = found.items[found.primary]
    assert item.data
    return Coded(item.kind, item.data, properties)


def heic(seeds: Sequence[int], size: tuple[int, int] = (160, 120)) -> bytes:
    """A HEIC file of pictures that are all shown, as of a burst."""
    return _heic(tuple(seeds), size)


@functools.cache
def _heic(seeds: tuple[int, ...], size: tuple[int, int]) -> bytes:
    made, packed = pillow_heif.HeifFile(), io.BytesIO()
    for seed in seeds:
        made.add_from_pillow(draw(seed, size))
    made.save(packed, quality=80, primary_index=0, enc_params=FAST_HEVC)
    return packed.getvalue()


def heif(
    items: Sequence[Coded],
    references: Sequence[tuple[bytes, int, Sequence[int]]] = (),
    primary: int = 1,
    tail: bytes = b"",
    brand: bytes = b"heic",
) -> bytes:
    """A HEIF file of these items, numbered from 1. references: type, from, to."""
    infe = b"".join(
        box(b"infe", b"\2\0\0\0", struct.pack(">HH", n, 0), item.kind, b"\0")
        for n, item in enumerate(items, 1)
    )
    urns = {
        n: box(b"auxC", bytes(4), item.urn, b"\0") for n, item in enumerate(items, 1) if item.urn
    }
    properties = list(
        dict.fromkeys([each for item in items for each in item.properties] + list(urns.values()))
    )
    ipma = struct.pack(">I", len(items))
    for n, item in enumerate(items, 1):
        indices = [
            properties.index(each) + 1
            for each in (*item.properties, *([urns[n]] if n in urns else []))
        ]
        ipma += struct.pack(">HB", n, len(indices)) + bytes(indices)
    iref = b"".join(
        box(kind, struct.pack(">HH", start, len(ends)), *(struct.pack(">H", end) for end in ends))
        for kind, start, ends in references
    )
    idat = b"".join(item.data for item in items if item.method == 1)

    def meta(offset: int) -> bytes:
        iloc, at, inside = struct.pack(">BBH", 0x44, 0, len(items)), offset, 0
        for n, item in enumerate(items, 1):
            iloc += struct.pack(
                ">HHHHII", n, item.method, 0, 1, inside if item.method else at, len(item.data)
            )
            at, inside = (
                (at, inside + len(item.data)) if item.method else (at + len(item.data), inside)
            )
        return box(
            b"meta",
            bytes(4),
            box(b"hdlr", bytes(8), b"pict", bytes(13)),
            box(b"pitm", bytes(4), struct.pack(">H", primary)),
            box(b"iloc", b"\1\0\0\0", iloc),
            box(b"iinf", bytes(4), struct.pack(">H", len(items)), infe),
            box(b"iref", bytes(4), iref),
            box(b"iprp", box(b"ipco", *properties), box(b"ipma", bytes(4), ipma)),
            box(b"idat", idat),
        )

    ftyp = box(b"ftyp", brand, bytes(4), b"mif1", brand)
    size = len(ftyp) + len(meta(0)) + 8
    return (
        ftyp + meta(size) + box(b"mdat", *(item.data for item in items if item.method == 0)) + tail
    )


def tiff_with_sub_ifd(first: Image.Image, below: Image.Image, *, reduced: bool = False) -> bytes:
    """A TIFF whose second picture is not in the chain of pages but below the first one."""
    one, two = io.BytesIO(), io.BytesIO()
    first.save(one, "TIFF", tiffinfo={330: 0xDEADBEEF})
    below.save(two, "TIFF", tiffinfo={254: 1} if reduced else {})
    data, other = bytearray(one.getvalue()), two.getvalue()
    start = len(data) + len(data) % 2
    data += bytes(start - len(data))
    place = data.index(struct.pack("<I", 0xDEADBEEF))
    data[place : place + 4] = struct.pack("<I", start + struct.unpack("<I", other[4:8])[0])
    return bytes(data) + _moved(other, start)


def _moved(tiff: bytes, by: int) -> bytes:
    """A small TIFF (little-endian, one directory) as it must be to lie further on in a file."""
    moved = bytearray(tiff)
    (offset,) = struct.unpack("<I", tiff[4:8])
    (count,) = struct.unpack("<H", tiff[offset : offset + 2])
    sizes = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8}
    for at in range(offset + 2, offset + 2 + 12 * count, 12):
        tag, kind, number, value = struct.unpack("<HHII", tiff[at : at + 12])
        outside = sizes[kind] * number > 4
        if outside or (tag == 273 and number == 1):
            moved[at + 8 : at + 12] = struct.pack("<I", value + by)
        if tag == 273 and number > 1:
            for each in range(value, value + sizes[kind] * number, sizes[kind]):
                old = int.from_bytes(tiff[each : each + sizes[kind]], "little")
                moved[each : each + sizes[kind]] = (old + by).to_bytes(sizes[kind], "little")
    return bytes(moved)
