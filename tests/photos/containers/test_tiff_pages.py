from __future__ import annotations

import io
import struct

import pytest
from PIL import Image

from explorer.photos.containers import tiff_pages
from explorer.photos.containers.tiff_pages import TiffPages, read_pages
from explorer.photos.readers.tiff_parser import TiffParser
from tests.containers import pages, tiff_with_sub_ifd
from tests.pictures import draw, encoded, exif

SIZE = (60, 40)


def parsed(data: bytes) -> TiffPages:
    return read_pages(TiffParser(data))


def small_tiff(
    *directories: list[tuple[int, int, int, int]],
    order: str = "<",
    tail: bytes = b"",
    starts: list[int] | None = None,
) -> bytes:
    """Directories one after the other, of entries (tag, type, number, value)."""
    data, at = b"", 8
    for number, entries in enumerate(directories):
        end = at + 6 + 12 * len(entries)
        following = starts[number] if starts else (end if number + 1 < len(directories) else 0)
        data += struct.pack(order + "H", len(entries))
        data += b"".join(struct.pack(order + "HHII", *entry) for entry in entries) + struct.pack(
            order + "I", following
        )
        at = end
    return (b"II*\0" if order == "<" else b"MM\0*") + struct.pack(order + "I", 8) + data + tail


@pytest.mark.parametrize(
    "options", [{}, {"compression": "tiff_lzw"}, {"big_tiff": True}, {"compression": "jpeg"}]
)
def test_all_pages_and_the_end_of_the_data(options: dict[str, object]) -> None:
    data = pages([1, 2, 3], SIZE, **options)
    found = parsed(data)
    assert [(page.width, page.height, page.layers) for page in found.pages] == [(60, 40, b"")] * 3
    assert (
        len({page.offset for page in found.pages})
        == len({page.digest for page in found.pages})
        == 3
    )
    assert not data[found.end :].strip(b"\0")
    assert parsed(data + b"tail") == found


def test_a_header_pointing_to_another_page_opens_it() -> None:
    for options in ({}, {"big_tiff": True}):
        data = pages([1, 2], SIZE, **options)
        parser = TiffParser(data)
        offset = parser.encoded_offset(read_pages(parser).pages[1].offset)
        start = parser.first_offset_position
        with Image.open(io.BytesIO(data[:start] + offset + data[start + len(offset) :])) as second:
            assert second.tobytes() == draw(2, SIZE).tobytes()


def test_pages_in_sub_ifds() -> None:
    data = tiff_with_sub_ifd(draw(1, SIZE), draw(2, (30, 20)))
    assert [(page.width, page.height) for page in parsed(data).pages] == [SIZE, (30, 20)]
    assert parsed(data).end == len(data)
    # In the file's order: what is below a page comes before the next one.
    one = [(256, 4, 1, 1), (330, 4, 1, 8 + 30 + 18)]
    chain = small_tiff(one, [(256, 4, 1, 2)], [(256, 4, 1, 3)], starts=[8 + 30, 0, 0])
    assert [page.width for page in parsed(chain).pages] == [1, 3, 2]


def test_both_byte_orders() -> None:
    for order in "<>":
        entry = (256, 4, 1, 77)
        found = parsed(small_tiff([entry, (257, 4, 1, 5)], order=order))
        assert [(page.width, page.height) for page in found.pages] == [(77, 5)]


def test_the_digest_of_a_page_depends_on_data_and_meaning() -> None:
    def digest(*entries: tuple[int, int, int, int], tail: bytes = b"stored") -> str:
        size = 8 + 2 + 12 * (len(entries) + 2) + 4
        data = small_tiff([(273, 4, 1, size), (279, 4, 1, len(tail)), *entries], tail=tail)
        return parsed(data).pages[0].digest

    assert digest() != digest(tail=b"Stored") and digest((256, 4, 1, 5)) != digest((256, 4, 1, 6))
    meaning = (257, 258, 259, 262, 266, 277, 284, 317, 320, 338, 339, 347)
    assert (
        len({digest((tag, 3, 1, value)) for tag in meaning for value in (1, 2)} | {digest()})
        == 2 * len(meaning) + 1
    )
    # A description, a resolution and the like are no part of the picture.
    assert digest((282, 3, 1, 72)) == digest((282, 3, 1, 300))


@pytest.mark.parametrize(("offset", "size"), [(273, 279), (324, 325), (513, 514)])
def test_stored_data_are_part_of_a_page_and_of_the_file(offset: int, size: int) -> None:
    """Strips, tiles, and the stream of old-style JPEG compression."""
    one, two = (
        parsed(small_tiff([(offset, 4, 1, 38), (size, 4, 1, 3)], tail=tail + b"more"))
        for tail in (b"one", b"two")
    )
    assert one.pages[0].digest != two.pages[0].digest and one.end == two.end == 41


def test_photoshops_layers() -> None:
    with Image.open(io.BytesIO(pages([1], SIZE))) as picture:
        packed = io.BytesIO()
        picture.save(packed, "TIFF", tiffinfo={37724: b"Adobe Photoshop Document Data Block"})
    (page,) = parsed(packed.getvalue()).pages
    assert page.layers == b"Adobe Photoshop Document Data Block"


def test_data_of_exif_and_gps_belong_to_the_file() -> None:
    data = encoded(
        draw(1, SIZE), "TIFF", exif=exif("2024:05:01 10:00:00", (48.1, 11.5), ("Maker", "Model"))
    )
    found = parsed(data)
    assert found.end == len(data) and len(found.pages) == 1
    # A directory of the camera's own within EXIF, which lies last.
    inner = small_tiff(
        [(34665, 4, 1, 26)],
        [(40965, 4, 1, 44)],
        [(1, 2, 1, 0), (2, 2, 20, 80)],
        starts=[0, 0, 0],
        tail=bytes(40),
    )
    assert parsed(inner).end == 100


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (small_tiff([(256, 4, 1, 1)], starts=[8]), "form a cycle"),
        (small_tiff([(256, 4, 1, 1)], starts=[500]), "beyond the end"),
        (small_tiff([(273, 4, 1, 8)]), "without lengths"),
        (small_tiff([(324, 4, 1, 8)]), "without lengths"),
        # The lengths of two strips of three: what the third one holds would not count.
        (
            small_tiff([(273, 4, 3, 38), (279, 4, 2, 38)], tail=struct.pack("<3I", 8, 8, 8)),
            "shorter",
        ),
        (small_tiff([(330, 4, 1 << 20, 8)]), "beyond"),
        (
            small_tiff(
                [(273, 4, 10, 38), (279, 4, 10, 78)], tail=bytes(40) + struct.pack("<I", 60) * 10
            ),
            "overlap",
        ),
        (b"II*\0", "beyond the end"),
        (small_tiff([(256, 4, 1, 1)])[:-1], "a link beyond"),
    ],
)
def test_malformed_files_are_refused(data: bytes, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        parsed(data)


def test_values_of_another_type_are_not_offsets() -> None:
    found = parsed(small_tiff([(256, 2, 1, 1), (330, 5, 1, 8)], tail=bytes(20)))
    assert [(page.width, len(found.pages)) for page in found.pages] == [(0, 1)]


def test_a_file_with_too_many_pages_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    data = pages([1, 2, 3], SIZE)
    monkeypatch.setattr(tiff_pages, "_MAX_PAGES", 3)
    assert len(parsed(data).pages) == 3
    monkeypatch.setattr(tiff_pages, "_MAX_PAGES", 2)
    with pytest.raises(ValueError):
        parsed(data)


@pytest.mark.parametrize(
    ("tag", "end"), [(34665, 44), (34853, 44), (34664, 26), (34854, 26), (40965, 26)]
)
def test_metadata_directories_are_part_of_the_file(tag: int, end: int) -> None:
    data = small_tiff([(tag, 4, 1, 26)], [(1, 4, 1, 7)], starts=[0, 0], tail=bytes(9))
    found = parsed(data)
    assert found.end == end and len(found.pages) == 1


@pytest.mark.parametrize(("tag", "end"), [(40965, 62), (40964, 44), (34665, 44)])
def test_what_metadata_refers_to_is_part_of_the_file(tag: int, end: int) -> None:
    directories = [[(34665, 4, 1, 26)], [(tag, 4, 1, 44)], [(1, 4, 1, 7)]]
    assert parsed(small_tiff(*directories, starts=[0, 0, 0], tail=bytes(9))).end == end


def test_pages_in_several_sub_ifds_follow_their_page_in_order() -> None:
    directories = [
        [(256, 4, 1, 1), (330, 4, 2, 92)], [(256, 4, 1, 2)], [(256, 4, 1, 3)], [(256, 4, 1, 4)]
    ]  # fmt: skip
    data = small_tiff(*directories, starts=[74, 0, 0, 0], tail=struct.pack("<2I", 56, 38))
    assert [page.width for page in parsed(data).pages] == [1, 3, 2, 4]
    assert [page.offset for page in parsed(data).pages] == [8, 56, 38, 74]


def test_the_data_of_a_page_that_is_cut_off_ends_with_the_file() -> None:
    data = small_tiff([(273, 4, 1, 38), (279, 4, 1, 100)], tail=b"0123456789")
    assert parsed(data).end == len(data) == 48
    # What lies behind whole data does not count.
    assert parsed(small_tiff([(273, 4, 1, 38), (279, 4, 1, 6)], tail=b"0123456789")).end == 44


@pytest.mark.parametrize(("strips", "refused"), [(4, False), (5, True)])
def test_pages_may_share_their_data_to_a_degree(strips: int, refused: bool) -> None:
    size = 38 + 8 * strips
    tail = struct.pack(f"<{2 * strips}I", *[0] * strips, *[size] * strips)
    data = small_tiff([(273, 4, strips, 38), (279, 4, strips, 38 + 4 * strips)], tail=tail)
    assert len(data) == size
    if refused:
        with pytest.raises(ValueError, match="overlap"):
            parsed(data)
    else:
        assert parsed(data).end == size
