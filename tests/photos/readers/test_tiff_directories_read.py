"""TIFF directories, BigTIFF, and RAW files that are TIFF inside."""

from __future__ import annotations

import pytest

from explorer.errors import UnsupportedPhoto
from explorer.photos.decode import decode
from explorer.photos.readers import tiff_parser, tiff_tags
from tests import pictures
from tests.fixtures.picture_checks import difference
from tests.fixtures.tiffs import tiff as write
from tests.photos.readers.test_tiff import COLOUR, DRAWN, SPEC, WANTED, shown


def test_directories_follow_the_chain_and_end() -> None:
    data = write(COLOUR, 2)
    (first,) = tiff_tags.read_tags(data)
    assert first[tiff_tags.WIDTH] == (90,) and list(tiff_tags.pixel_data_spans(first)) == [
        (8, COLOUR.size)
    ]
    # A directory that names itself as the next, and one that names itself as one below.
    assert len(tiff_tags.read_tags(write(COLOUR, 2, tags={330: (8 + COLOUR.size,)}))) == 1
    for broken in (b"II*\0\xff\xff\xff\xff", b"II*\0\0\0\0\0", b"II*\0"):
        with pytest.raises(ValueError):
            tiff_tags.read_tags(broken)


def test_fields_that_share_their_values_do_not_exhaust_memory() -> None:
    many = {40000 + number: tuple(bytes(500)) for number in range(50)}
    data = write(COLOUR, 2, tags=many)
    assert len(tiff_tags.read_tags(data)[0]) > 50
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tiff_tags, "_MAX_ALL_VALUES", 1200)
        (tags,) = tiff_tags.read_tags(data)
    assert tags[tiff_tags.WIDTH] == (90,)
    assert sum(len(values) for values in tags.values()) <= 1200


@pytest.mark.parametrize(
    "tags",
    [
        {50706: (1, 4)},
        {254: (1,), 330: (8,)},
        {262: (32803,)},
        {262: (34892,)},
        {259: (34713,)},
        {259: (32767,)},
        {259: (65535,)},
    ],
)
def test_raw_files_are_recognized(tags: dict[int, tuple[int, ...]]) -> None:
    data = write(COLOUR, 2, tags=tags)
    assert tiff_tags.is_raw(data)
    with pytest.raises(UnsupportedPhoto, match="RAW"):
        decode(data, SPEC)


def test_ordinary_files_are_not_raw_files() -> None:
    assert not tiff_tags.is_raw(write(COLOUR, 2)) and not tiff_tags.is_raw(b"II*\0\xff\xff\xff\xff")
    assert tiff_parser.is_tiff(b"MM\0+") and not tiff_parser.is_tiff(b"MM\0,")


def test_bigtiff_files_are_read() -> None:
    packed = pictures.encoded(DRAWN, "TIFF", big_tiff=True)
    assert packed[2:3] == b"+" and tiff_tags.read_tags(packed)[0][tiff_tags.HEIGHT] == (70,)
    assert difference(shown(packed), WANTED) < 1
