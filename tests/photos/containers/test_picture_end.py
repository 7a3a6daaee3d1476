"""Where the picture in a file ends; what follows is found by `test_content_reader.py`."""

from __future__ import annotations

import pytest
from PIL import Image

from explorer.photos.containers.picture_end import PICTURE_END
from tests.containers import animation
from tests.pictures import draw, encoded


def end_of(data: bytes) -> int:
    (end,) = (end_of(data) for magic, end_of in PICTURE_END.items() if data.startswith(magic))
    return end


@pytest.mark.parametrize("tail", [b"", b"\0\0\0\1more", b"!,;" * 9])
@pytest.mark.parametrize("size", [(31, 7), (32, 8), (1, 1)])
@pytest.mark.parametrize("kind", ["PNG", "GIF", "WEBP", "BMP"])
def test_the_end_does_not_depend_on_what_follows(
    kind: str, size: tuple[int, int], tail: bytes
) -> None:
    data = encoded(draw(1, size), kind)
    assert end_of(data + tail) == len(data)


@pytest.mark.parametrize("kind", ["PNG", "GIF", "WEBP"])
def test_the_frames_of_an_animation_belong_to_it(kind: str) -> None:
    data = animation(kind, [1, 2, 3], size=(31, 7), comment=b"A comment")
    assert end_of(data + b"!,;") == len(data)


def test_the_colour_tables_of_a_gif_belong_to_it() -> None:
    for colours in (2, 3, 16, 17, 256):
        data = encoded(draw(1, (40, 30)).quantize(colours), "GIF")
        assert end_of(data + b"tail") == len(data)


def test_a_gif_ends_before_what_is_not_a_block() -> None:
    data = encoded(Image.new("L", (5, 5)), "GIF")[:-1]
    assert end_of(data + b"PK\3\4") == len(data)
    # Zeros between blocks are passed over.
    assert end_of(data + b"\0\0;PK") == len(data) + 3
    assert end_of(data) == len(data)


@pytest.mark.parametrize("size", [10, 11])
def test_a_webp_has_an_even_number_of_bytes(size: int) -> None:
    data = b"RIFF" + size.to_bytes(4, "little") + b"WEBP" + bytes(20)
    assert end_of(data) == {10: 18, 11: 20}[size]


@pytest.mark.parametrize("bits", [1, 4, 8, 24, 32])
def test_the_rows_of_a_bmp_are_whole_words(bits: int) -> None:
    """Where neither its size nor that of its pixels is given, rows are of a multiple of 4 bytes."""
    number = (9).to_bytes
    head = b"BM" + bytes(8) + (54).to_bytes(4, "little") + (40).to_bytes(4, "little")
    head += number(4, "little") + (5).to_bytes(4, "little") + b"\1\0" + bits.to_bytes(2, "little")
    row = {1: 4, 4: 8, 8: 12, 24: 28, 32: 36}[bits]
    assert end_of(head + bytes(300)) == 54 + 5 * row
