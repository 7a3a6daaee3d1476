from __future__ import annotations

import io
import struct
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from explorer.photos.containers import content_reader
from explorer.photos.containers.content_reader import Budget, read_contents
from explorer.photos.containers.contents import NOTHING, FileContents
from tests.containers import (
    RDF,
    ZIP,
    animation,
    apng_chunks,
    box,
    coded,
    film,
    gain_map,
    heic,
    heif,
    pages,
    png_of,
    samsung,
    tiff_with_sub_ifd,
    with_extended_xmp,
    with_segment,
    with_xmp,
)
from tests.pictures import draw, encoded, exif

SIZE = (160, 120)
JPEG = encoded(draw(1, SIZE))
KINDS = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "HEIF", "AVIF")


def words(data: bytes) -> list[str]:
    return read_contents(data).words()


@pytest.mark.parametrize("kind", KINDS)
def test_a_picture_alone_holds_nothing_more(kind: str) -> None:
    assert read_contents(encoded(draw(1, SIZE), kind)) == NOTHING
    block = exif("2024:05:01 10:00:00", (48.1, 11.5), ("Maker", "Model"))
    if kind not in ("GIF", "BMP"):
        assert read_contents(encoded(draw(1, SIZE), kind, exif=block)) == NOTHING


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_appended_counts_for_every_format_and_fill_does_not(kind: str) -> None:
    data = encoded(draw(1, SIZE), kind)
    for tail, held in (
        (ZIP, ["other data"]),
        (film(), ["film inside"]),
        (bytes(600), []),
        (JPEG, ["2 pictures"]),
    ):
        assert words(data + tail) == held
    assert read_contents(data + film(1)) != read_contents(data + film(2))


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB", "RGBA"])
@pytest.mark.parametrize("kind", ["BMP", "PNG", "TIFF"])
def test_where_a_picture_ends_in_any_mode(kind: str, mode: str) -> None:
    data = encoded(draw(1, (61, 47)).convert(mode), kind)
    assert words(data) == [] and words(data + b"PK\3\4") == ["other data"]


def test_a_bmp_that_does_not_say_its_size() -> None:
    data = encoded(draw(1, SIZE), "BMP")
    silent = data[:2] + bytes(4) + data[6:34] + bytes(4) + data[38:]
    upside_down = silent[:22] + struct.pack("<i", -SIZE[1]) + silent[26:]
    for each in (silent, upside_down):
        assert words(each) == [] and words(each + ZIP) == ["other data"]


# --- JPEG


def test_motion_photos() -> None:
    micro = (
        with_xmp(JPEG, b'GCamera:MicroVideo="1" GCamera:MicroVideoOffset="%d"' % len(film()))
        + film()
    )
    google = with_xmp(JPEG, b'Item:Semantic="Primary" Item:Semantic="MotionPhoto"') + film()
    for data in (
        JPEG + film(),
        micro,
        google,
        samsung(JPEG, (0x0A30, b"MotionPhoto_Data", film())),
    ):
        assert words(data) == ["film inside"] and read_contents(data) == read_contents(
            JPEG + film()
        )
    assert words(samsung(JPEG, (0x0A01, b"Image_UTC_Data", b"1705124333853"))) == []
    assert words(samsung(JPEG, (0x0100, b"SoundShot_000", b"sound"))) == ["sound"]


def mpo(*seeds: int, size: tuple[int, int] = SIZE) -> bytes:
    packed = io.BytesIO()
    first, *others = (draw(seed, size) for seed in seeds)
    first.save(packed, "MPO", save_all=True, append_images=others, quality=90)
    return packed.getvalue()


def test_stereo_and_bursts_in_mpo() -> None:
    assert words(mpo(1, 2)) == ["2 pictures"] and words(mpo(1, 2, 3)) == ["3 pictures"]
    assert read_contents(mpo(1, 2, 3)).parts[:1] == read_contents(mpo(1, 2)).parts


def test_a_cameras_preview_in_mpo_is_nothing_more() -> None:
    large = draw(1, (800, 600))
    for small, held in (
        (large.resize((320, 240)), []),
        (draw(2, (320, 240)), ["2 pictures"]),
        (large, ["2 pictures"]),
    ):
        packed = io.BytesIO()
        large.save(packed, "MPO", save_all=True, append_images=[small], quality=90)
        assert words(packed.getvalue()) == held
    assert words(encoded(large, quality=90) + encoded(large.resize((320, 240)), "PNG")) == []


def test_gain_maps() -> None:
    ultra = with_xmp(
        JPEG, b'xmlns:hdrgm="http://ns.adobe.com/hdr-gain-map/1.0/" hdrgm:Version="1.0"'
    )
    assert words(ultra) == [] and words(ultra + gain_map()) == ["gain map"]
    small = encoded(draw(7, (80, 60)).convert("L"))
    iso = with_segment(small, 2, b"urn:iso:std:iso:ts:21496:-1\0" + bytes(20))
    apple = with_xmp(small, b'apdi:AuxiliaryImageType="urn:com:apple:photo:2020:aux:hdrgainmap"')
    assert words(JPEG + iso) == words(JPEG + apple) == ["gain map"] and words(
        JPEG + gain_map() + film()
    ) == ["film inside", "gain map"]
    # Even where it shows the picture itself, in grey.
    assert words(
        JPEG + with_segment(encoded(draw(1, (80, 60))), 2, b"urn:iso:std:iso:ts:21496:-1\0")
    ) == ["gain map"]
    assert words(JPEG + with_segment(small, 3, b"urn:iso:std:iso:ts:21496:-1\0")) == ["2 pictures"]


def test_depth_maps() -> None:
    small = encoded(draw(7, (80, 60)).convert("L"))
    assert words(
        JPEG + with_xmp(small, b'apdi:AuxiliaryImageType="urn:mpeg:hevc:2015:auxid:2"')
    ) == ["depth map"]
    assert words(
        JPEG + with_xmp(small, b'apdi:AuxiliaryImageType="urn:com:apple:photo:2018:aux:disparity"')
    ) == ["depth map"]


@pytest.mark.parametrize(
    "sign",
    [b'Item:Semantic="%s"', b"<x Item:Semantic = '%s'/>", b"<Item:Semantic>%s</Item:Semantic>"],
)
def test_what_a_container_directory_says_of_its_items(sign: bytes) -> None:
    def directory(*named: bytes) -> bytes:
        return with_segment(
            JPEG,
            1,
            b"http://ns.adobe.com/xap/1.0/\0"
            + b" ".join(sign % name for name in (b"Primary", *named)),
        )

    small = encoded(draw(7, (80, 60)).convert("L"))
    assert words(directory(b"Depth") + small) == ["depth map"] and words(
        directory(b"Original") + encoded(draw(3, SIZE))
    ) == ["2 pictures"]
    assert words(directory(b"GainMap", b"MotionPhoto") + small + film()) == [
        "film inside",
        "gain map",
    ]
    assert words(directory(b"Confidence", b"News") + small + film()) == ["film inside", "depth map"]
    # Where there are not as many as it says, what they are is told by how they begin.
    assert words(directory(b"Depth", b"MotionPhoto") + small) == ["2 pictures"]


def test_what_is_in_xmp() -> None:
    google = RDF % b'GDepth:Data="AAAA" GImage:Data="BBBB"' + b"<GAudio:Data>CCCC</GAudio:Data>"
    assert words(with_extended_xmp(JPEG, google)) == ["2 pictures", "sound", "depth map"]
    one, other = (
        read_contents(with_xmp(JPEG, b"GDepth:Data = '%s'" % data)) for data in (b"AAAA", b"AAAB")
    )
    assert one.words() == other.words() == ["depth map"] and one != other
    two, three = (
        read_contents(with_extended_xmp(JPEG, b"<GAudio:Data>%s</GAudio:Data>" % data))
        for data in (b"AAAA", b"AAAB")
    )
    assert two.words() == ["sound"] and two != three
    assert words(with_xmp(JPEG, b'GDepth:Near="1.0"')) == []


# --- TIFF


def test_pages_are_told_by_their_pixels_however_they_are_packed() -> None:
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


def test_what_a_page_means_counts_too() -> None:
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


def test_pages_below_a_page_and_pyramids() -> None:
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


def test_a_page_that_cannot_be_decoded_is_told_by_its_bytes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    data = pages([1, 2], SIZE, compression="tiff_lzw")
    place = data.rindex(struct.pack("<HHIHH", 259, 3, 1, 5, 0))
    odd = data[: place + 8] + struct.pack("<H", 32_999) + data[place + 10 :]
    held = read_contents(odd)
    assert held.words() == ["2 pages"] and held.complete and held != read_contents(data)
    assert read_contents(odd + bytes(20)) == held
    monkeypatch.setattr(content_reader, "MAX_PIXELS", SIZE[0] * SIZE[1] - 1)
    assert read_contents(data).words() == ["2 pages"] and read_contents(data) == read_contents(
        data + bytes(20)
    )
    assert read_contents(data) != held


def test_layers() -> None:
    packed = io.BytesIO()
    draw(1, SIZE).save(packed, "TIFF", tiffinfo={37724: b"Adobe Photoshop Document Data Block"})
    assert words(packed.getvalue()) == ["layers"]


# --- animations


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG", "AVIF"])
def test_frames(kind: str) -> None:
    held = read_contents(animation(kind, [1, 2, 3]))
    assert held.words() == ["3 frames"] and held.complete
    others = [animation(kind, [1, 2]), animation(kind, [1, 2, 4]), animation(kind, [1, 3, 2]),
    animation(kind, [1, 2, 3], 200),
              animation(kind, [1, 2, 3], [100, 100, 200])]  # fmt: skip
    assert len({held.parts, *(read_contents(other).parts for other in others)}) == 6
    assert read_contents(animation(kind, [1, 2, 3]) + bytes(9)) == held
    assert words(animation(kind, [1, 2, 3]) + film()) == ["3 frames", "film inside"]


def test_the_same_frames_in_another_file_are_the_same() -> None:
    held = read_contents(animation("PNG", [1, 2, 3], 100))
    assert (
        read_contents(animation("WEBP", [1, 2, 3], 100))
        == held
        == read_contents(animation("PNG", [1, 2, 3], 100, compress_level=1))
    )
    chunks = apng_chunks(animation("PNG", [1, 2, 3], 100))
    assert read_contents(png_of([chunks[0], (b"tEXt", b"Title\0Mine"), *chunks[1:]])) == held


def test_transparent_pixels_have_no_colour() -> None:
    def moving(colour: tuple[int, int, int, int]) -> FileContents:
        packed = io.BytesIO()
        draw(1, SIZE).convert("RGBA").save(
            packed,
            "PNG",
            save_all=True,
            append_images=[Image.new("RGBA", SIZE, colour)],
            duration=100,
            blend=0,
        )
        return read_contents(packed.getvalue())

    assert moving((255, 0, 0, 0)) == moving((0, 255, 0, 0)) and moving((255, 0, 0, 1)) != moving(
        (0, 255, 0, 1)
    ) != moving((0, 255, 0, 2))


def test_too_many_frames_are_the_same_only_byte_for_byte() -> None:
    data, pixels = animation("PNG", [1, 2, 3]), 3 * SIZE[0] * SIZE[1]
    assert read_contents(data, Budget(pixels)) == read_contents(data)
    scarce = read_contents(data, Budget(pixels - 1))
    assert scarce.words() == ["3 frames"] and scarce.complete and scarce != read_contents(data)
    assert (
        scarce
        == read_contents(data, Budget(pixels - 1))
        != read_contents(data + bytes(1), Budget(pixels - 1))
    )
    assert read_contents(data, Budget(pixels, until=1e-9)) == scarce


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG"])
def test_an_animation_that_is_cut_off_is_never_less_than_it_is(kind: str) -> None:
    held, data = read_contents(animation(kind, [1, 2, 3])), animation(kind, [1, 2, 3])
    for share in (0.4, 0.6, 0.9):
        cut = read_contents(data[: int(share * len(data))])
        assert not cut.complete or cut.parts != held.parts


# --- HEIF


def test_bursts_of_heic() -> None:
    one, more, other = (
        read_contents(heic(seeds)) for seeds in ([1, 2, 3], [1, 2, 3, 4], [1, 2, 5])
    )
    assert one.words() == ["3 pictures"] and more.words() == ["4 pictures"]
    assert (
        not one.parts_missing_from(more)
        and len(one.parts_missing_from(other)) == len(more.parts_missing_from(one)) == 1
    )


def test_maps_in_heic() -> None:
    picture, small = coded(1), coded(2, (64, 64))._replace(urn=b"urn:mpeg:hevc:2015:auxid:2")
    assert words(heif([picture, small], [(b"auxl", 2, [1])])) == ["depth map"]
    gain = small._replace(urn=b"urn:com:apple:photo:2020:aux:hdrgainmap")
    assert words(heif([picture, gain], [(b"auxl", 2, [1])])) == ["gain map"]
    with Image.open(io.BytesIO(heif([picture, small], [(b"auxl", 2, [1])]))) as opened:
        assert opened.size == SIZE


def test_films_in_heic() -> None:
    picture = [coded(1)]
    point = samsung(b"", (0x0A30, b"MotionPhoto_Data", b"mpv2\0\0\1\0\0\0\0\1"))
    tails = [
        box(b"mpvd", film()),
        film(),
        box(b"mpvd", film()) + box(b"sefd", point),
        box(b"sefd", samsung(b"", (0x0A30, b"Motion", film()))),
    ]
    held = [read_contents(heif(picture, tail=tail)) for tail in tails]
    assert {tuple(each.words()) for each in held} == {("film inside",)} and len(
        {each.parts for each in held}
    ) == 1
    assert words(heif(picture, tail=box(b"free", ZIP))) == [] and words(
        heif(picture, tail=box(b"user", ZIP))
    ) == ["other data"]
    assert read_contents(heif(picture, tail=box(b"user", ZIP))) != read_contents(
        heif(picture, tail=box(b"usex", ZIP))
    )
    assert words(heif(picture, tail=ZIP)) == ["other data"]


@pytest.mark.parametrize(("handler", "held"), [(b"vide", ["film inside"]), (b"pict", ["2 frames"])])
def test_a_track_beside_the_picture(handler: bytes, held: list[str]) -> None:
    def moving(sample: bytes) -> FileContents:
        return read_contents(
            heif(
                [coded(1)],
                tail=box(b"moov", box(b"hdlr", bytes(8), handler)) + box(b"mdat", sample),
            )
        )

    assert moving(b"one").words() == held and moving(b"one") != moving(b"two")


def test_how_many_pictures_a_sequence_has() -> None:
    for samples, held in ((12, ["12 frames"]), (2, ["2 frames"]), (0, ["2 frames"])):
        sizes = box(b"stsz", bytes(8), struct.pack(">I", samples))
        assert (
            words(heif([coded(1)], tail=box(b"moov", box(b"hdlr", bytes(8), b"pict"), sizes)))
            == held
        )


def test_a_file_of_nothing_but_a_track() -> None:
    data = (
        box(b"ftyp", b"msf1", bytes(4))
        + box(b"moov", box(b"hdlr", bytes(8), b"pict"))
        + box(b"mdat", b"samples")
    )
    assert words(data) == ["2 frames"]


# --- files that lie


@pytest.mark.parametrize(
    "data",
    [
        b"\x89PNG\r\n\x1a\nnothing", b"II*\0\x08\0\0\0", b"MM\0*\0\0\0\0", b"GIF89a", b"RIFF\0\0\0\0WEBP", b"BM",
        b"\0\0\0\x18ftypheic" + bytes(12) + box(b"meta", bytes(4)),
    ],
)  # fmt: skip
def test_what_cannot_be_read_may_hold_anything(data: bytes) -> None:
    assert not read_contents(data).complete


def test_what_is_no_picture_holds_nothing() -> None:
    assert read_contents(b"") == read_contents(b"text") == NOTHING


def _mutated(made: Callable[[], bytes], at: int, damage: bytes) -> bytes:
    data = made()
    at %= len(data)
    return data[:at] + damage + data[at + len(damage) :]


_MADE = {
    "tiff": pages([1, 2], (32, 24)), "gif": animation("GIF", [1, 2], size=(32, 24)),
    "mpo": mpo(1, 2, size=(32, 24)),
    "heic": heif([coded(1, (64, 64)), coded(2, (64, 64))]),
    "png": animation("PNG", [1, 2], size=(32, 24)),
}  # fmt: skip


@settings(deadline=None, max_examples=150)
@given(st.sampled_from(sorted(_MADE)), st.integers(0, 1 << 20), st.binary(min_size=1, max_size=6))
def test_damage_never_raises(name: str, at: int, damage: bytes) -> None:
    read_contents(_mutated(lambda: _MADE[name], at, damage), Budget(10_000_000))


def test_memory_that_is_short_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    def short(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr(content_reader, "check_pixels", short)
    with pytest.raises(MemoryError):
        read_contents(animation("PNG", [1, 2]))
    with pytest.raises(MemoryError):
        read_contents(pages([1, 2]))
