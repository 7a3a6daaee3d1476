from __future__ import annotations

import contextlib
import functools
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.photos.containers import isobmff
from explorer.photos.containers.isobmff import find_box, movie_end, read_items
from tests.containers import Coded, box, coded, film, heic, heif


def items_of(data: bytes) -> isobmff.Items:
    meta = find_box(data, b"meta")
    assert meta is not None
    return read_items(data, meta)


def test_boxes_one_after_the_other() -> None:
    data = (
        box(b"ftyp", b"abcd")
        + box(b"free")
        + struct.pack(">I4sQ", 1, b"mdat", 20)
        + b"1234"
        + struct.pack(">I", 0)
        + b"last"
        + b"rest"
    )
    assert [(b.kind, b.start, data[b.body : b.end]) for b in isobmff.boxes(data)] == [
        (b"ftyp", 0, b"abcd"),
        (b"free", 12, b""),
        (b"mdat", 20, b"1234"),
        (b"last", 40, b"rest"),
    ]
    assert [b.kind for b in isobmff.boxes(data, 12, 40)] == [b"free", b"mdat"]
    found = find_box(data, b"mdat")
    assert found is not None and found.start == 20 and find_box(data, b"moov") is None


@pytest.mark.parametrize(
    "tail",
    [
        b"\0\0\0",
        struct.pack(">I", 7) + b"abcd",
        struct.pack(">I", 100) + b"abcd",
        box(b"ab\0d"),
        struct.pack(">I4sQ", 1, b"mdat", 15),
    ],
)
def test_boxes_end_before_other_bytes(tail: bytes) -> None:
    data = box(b"ftyp", b"abcd") + tail
    assert [b.kind for b in isobmff.boxes(data)] == [b"ftyp"]


def test_the_end_of_a_video() -> None:
    one, two = film(1), film(2)
    assert movie_end(one + two + b"?", 0) == len(one) and movie_end(
        b"12345" + one + b"no box", 5
    ) == 5 + len(one)
    assert movie_end(b"nothing", 0) == 0


def test_the_items_of_a_file() -> None:
    data = heic([1, 2])
    found = items_of(data)
    pictures = [item for item in found.items.values() if item.kind == b"hvc1"]
    assert len(pictures) == 2 and found.primary in found.items
    assert all(item.data and item.data in data and not item.auxiliary for item in pictures)
    assert pictures[0].data != pictures[1].data


def test_types_and_references_of_auxiliary_images() -> None:
    one = Coded(b"hvc1", b"first", (box(b"hvcC", b"x"),))
    items = [
        one,
        one._replace(data=b"second", urn=b"urn:depth"),
        Coded(b"Exif", b"note"),
        Coded(b"grid", b"inside", method=1),
    ]
    found = items_of(
        heif(items, [(b"auxl", 2, [1]), (b"cdsc", 3, [1, 4]), (b"dimg", 4, [1, 2])], primary=4)
    )
    assert [(i.number, i.kind, i.auxiliary, i.data) for i in found.items.values()] == [
        (1, b"hvc1", b"", b"first"),
        (2, b"hvc1", b"urn:depth", b"second"),
        (3, b"Exif", b"", b"note"),
        (4, b"grid", b"", b"inside"),
    ]
    assert found.primary == 4
    assert dict(found.references) == {(b"auxl", 2): [1], (b"cdsc", 3): [1, 4], (b"dimg", 4): [1, 2]}


def test_an_auxiliary_image_whose_type_is_the_first_property() -> None:
    found = items_of(heif([Coded(b"hvc1", b"one"), Coded(b"hvc1", b"two", urn=b"urn:depth")]))
    assert [item.auxiliary for item in found.items.values()] == [b"", b"urn:depth"]


def wide_meta(data: bytes, length: int | None = None, method: int = 0) -> bytes:
    """A meta box with the longer numbers that the later versions of its boxes have, of one item
    whose bytes are those given, in pieces."""
    half = len(data) // 2
    iloc = (
        struct.pack(">BBI", 0x48, 0x84, 1)
        + struct.pack(">IHHQ", 70_000, method, 0, 4)
        + struct.pack(">H", 2)
    )
    iloc += struct.pack(">IIQ", 0, 0, half) + struct.pack(
        ">IIQ", 0, half, len(data) - half if length is None else length
    )
    infe = box(b"infe", b"\3\0\0\0", struct.pack(">IH", 70_000, 0), b"av01\0")
    ipma = struct.pack(">IIB", 1, 70_000, 2) + struct.pack(">HH", 0x8002, 0x0001)
    return box(
        b"meta",
        bytes(4),
        box(b"pitm", b"\1\0\0\0", struct.pack(">I", 70_000)),
        box(b"iloc", b"\2\0\0\0", iloc),
        box(b"iinf", b"\1\0\0\0", struct.pack(">I", 1), infe),
        box(b"idat", b"____" + data),
        box(b"iref", b"\1\0\0\0", box(b"cdsc", struct.pack(">IHI", 70_000, 1, 70_000))),
        box(
            b"iprp",
            box(b"ipco", box(b"ispe", bytes(12)), box(b"auxC", bytes(4), b"urn:x\0rest")),
            box(b"ipma", b"\1\0\0\1", ipma),
        ),
    )


def test_wide_offsets_and_several_extents() -> None:
    found = items_of(wide_meta(b"0123456789", method=1))
    assert list(found.items.values()) == [(70_000, b"av01", b"urn:x", b"0123456789")]
    assert found.primary == 70_000 and dict(found.references) == {(b"cdsc", 70_000): [70_000]}


@pytest.mark.parametrize(("length", "method"), [(1 << 40, 1), (3, 2), (6, 1)])
def test_extents_beyond_the_file(length: int, method: int) -> None:
    (item,) = items_of(wide_meta(b"0123456789", length, method)).items.values()
    assert item.data is None


def test_an_extent_without_a_length_reaches_the_end() -> None:
    (item,) = items_of(wide_meta(b"0123456789", 0, 1)).items.values()
    assert item.data == b"0123456789"


@given(st.integers(0, 2000), st.binary(min_size=1, max_size=4))
def test_damage_raises_a_value_error_or_nothing(at: int, damage: bytes) -> None:
    data = _small()
    broken = data[: at % len(data)] + damage + data[at % len(data) + len(damage) :]
    meta = find_box(broken, b"meta")
    if meta is not None:
        with contextlib.suppress(ValueError):
            assert read_items(broken, meta).items


@functools.cache
def _small() -> bytes:
    return heif([coded(1, (32, 32))])


def test_a_meta_box_without_items() -> None:
    data = box(b"meta", bytes(4), box(b"hdlr", bytes(20)))
    with pytest.raises(ValueError, match="without items"):
        items_of(data)
    cut = box(
        b"meta", bytes(4), box(b"pitm", bytes(5)), box(b"iloc", bytes(8)), box(b"iinf", bytes(6))
    )
    with pytest.raises(ValueError, match="truncated"):
        items_of(cut)


@pytest.mark.parametrize(("kind", "version"), [(b"infx", 2), (b"infe", 1)])
def test_an_unknown_entry_in_the_list_of_items_is_refused(kind: bytes, version: int) -> None:
    """Guessing its type could hide a picture."""
    entry = box(kind, bytes((version, 0, 0, 0)), struct.pack(">HH", 1, 0), b"hvc1\0")
    data = box(
        b"meta",
        bytes(4),
        box(b"pitm", bytes(4), struct.pack(">H", 1)),
        box(b"iloc", b"\1\0\0\0", struct.pack(">BBH", 0x44, 0, 0)),
        box(b"iinf", bytes(4), struct.pack(">H", 1), entry),
    )
    with pytest.raises(ValueError, match="not an item"):
        items_of(data)


def test_a_list_of_items_of_another_length_is_refused() -> None:
    data = heif([Coded(b"hvc1", b"one"), Coded(b"hvc1", b"two")])
    start = data.index(b"iinf") + 8
    for count in (1, 3):
        with pytest.raises(ValueError, match="number of items"):
            items_of(data[:start] + struct.pack(">H", count) + data[start + 2 :])
