from __future__ import annotations

import io
import struct

import numpy as np
import pytest
from PIL import Image

from explorer.photos.containers.content_reader import read_contents
from explorer.photos.containers.contents import FileContents
from explorer.photos.containers.pixel_digest import Budget
from tests.containers import pages, tiff_with_sub_ifd
from tests.fixtures.tiffs import tiff
from tests.photos.containers.content_pictures import SIZE, words
from tests.pictures import draw


def test_pages_are_hashed_by_pixels_whatever_the_compression() -> None:
    held = read_contents(pages([1, 2, 3], SIZE))
    assert held.words() == ["3 pages"] and held.complete
    for options in (
        {"compression": "tiff_lzw"},
        {"compression": "tiff_deflate"},
        {"big_tiff": True},
        {"compression": "packbits"},
    ):
        assert read_contents(pages([1, 2, 3], SIZE, **options)) == held
    more, other, turned = (
        read_contents(pages(seeds, SIZE)) for seeds in ([1, 2, 3, 4], [1, 2, 4], [1, 3, 2])
    )
    assert (
        not held.parts_missing_from(more)
        and more.parts_missing_from(held)
        and held.parts_missing_from(other)
        and not held.parts_missing_from(turned)
    )


def test_the_colour_profile_of_a_page_counts() -> None:
    def second(picture: Image.Image, **options: object) -> FileContents:
        packed = io.BytesIO()
        draw(1, SIZE).save(packed, "TIFF", save_all=True, append_images=[picture], **options)
        return read_contents(packed.getvalue())

    deep = Image.new("I;16", SIZE, 300)
    pictures = [
        draw(2, SIZE),
        draw(2, (120, 160)),
        draw(2, SIZE).convert("L"),
        deep,
        Image.new("I;16", SIZE, 301),
        Image.new("L", SIZE, 1),
    ]
    assert len({second(picture).parts for picture in pictures}) == len(pictures)
    # 8 bits of grey are the same as 8 bits of colour that are grey.
    assert second(draw(2, SIZE).convert("L")) == second(draw(2, SIZE).convert("L").convert("RGB"))


def test_pages_in_sub_ifds_and_pyramids() -> None:
    first = draw(1, (800, 600))
    assert words(tiff_with_sub_ifd(first, draw(2, (800, 600)))) == ["2 pages"]
    assert words(tiff_with_sub_ifd(first, draw(2, (200, 150)), reduced=True)) == ["2 pages"]
    assert words(tiff_with_sub_ifd(first, first.resize((200, 150)), reduced=True)) == []
    assert words(tiff_with_sub_ifd(first.resize((200, 150)), first)) == ["2 pages"]
    assert words(tiff_with_sub_ifd(first, first)) == ["2 pages"]


@pytest.mark.parametrize(
    "options", [{}, {"compression": "tiff_lzw"}, {"compression": "jpeg", "quality": 90}]
)
def test_reduced_versions_in_the_chain_of_pages(options: dict[str, object]) -> None:
    first, packed = draw(1, (800, 600)), io.BytesIO()
    reduced = [first.resize((400, 300)), draw(2, (400, 300)), first.resize((200, 150))]
    first.save(packed, "TIFF", save_all=True, append_images=reduced, **options)
    assert words(packed.getvalue()) == ["2 pages"]


def test_a_page_that_cannot_be_decoded_is_hashed_by_its_bytes() -> None:
    data = pages([1, 2], SIZE, compression="tiff_lzw")
    place = data.rindex(struct.pack("<HHIHH", 259, 3, 1, 5, 0))
    odd = data[: place + 8] + struct.pack("<H", 32_999) + data[place + 10 :]
    held = read_contents(odd)
    assert held.words() == ["2 pages"] and held.complete and held != read_contents(data)
    assert read_contents(odd + bytes(20)) == held
    # With one other byte, the page is another one.
    changed, second = bytearray(odd), Image.open(io.BytesIO(data))
    second.seek(1)
    changed[second.tag_v2[273][0]] ^= 1  # type: ignore[attr-defined]
    assert read_contents(bytes(changed)).parts_missing_from(held)


def test_a_page_beyond_the_budget_is_hashed_by_its_bytes() -> None:
    data, pixels = pages([1, 2], SIZE, compression="tiff_lzw"), SIZE[0] * SIZE[1]
    decoded, stored = read_contents(data), read_contents(data, Budget(pixels - 1))
    assert stored.words() == decoded.words() == ["2 pages"] and stored.complete
    assert stored != decoded == read_contents(data, Budget(pixels))


def test_layers() -> None:
    packed = io.BytesIO()
    draw(1, SIZE).save(packed, "TIFF", tiffinfo={37724: b"Adobe Photoshop Document Data Block"})
    assert words(packed.getvalue()) == ["layers"]


@pytest.mark.parametrize(
    ("extra", "held"),
    [((0,), ["auxiliary image"]), ((1,), []), ((2,), []), ((2, 0), ["auxiliary image"])],
)
def test_channels_beside_color_and_transparency(extra: tuple[int, ...], held: list[str]) -> None:
    """Photoshop saves selections so, and scanners infrared. Decoders leave them out."""
    samples = np.dstack(
        [np.asarray(draw(1, SIZE)), *(np.asarray(draw(2, SIZE))[..., :1],) * len(extra)]
    )
    assert words(tiff(samples, 2, tags={338: extra})) == held
