"""What is proven to be damaged, and what only cannot be read yet."""

from __future__ import annotations

import contextlib
import struct
import zlib

import numpy as np
import pytest
from PIL import ImageCms, PngImagePlugin

from explorer.errors import DamagedPhoto, PhotoError, UnsupportedPhoto
from explorer.photos.damage import find_damage
from explorer.photos.decode import decode
from explorer.photos.input_spec import InputSpec
from explorer.photos.readers.png import png_without_texts
from tests import pictures
from tests.fixtures.picture_checks import difference

SPEC = InputSpec(64, "squash", "bicubic")
DRAWN = pictures.draw(3, (160, 120))
SHOWN = decode(pictures.encoded(DRAWN, "PNG"), SPEC).input
SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def refused(data: bytes) -> PhotoError:
    with pytest.raises(PhotoError) as caught:
        decode(data, SPEC, name="photo.jpg")
    return caught.value


def chunk(kind: bytes, body: bytes, *, wrong: bool = False) -> bytes:
    return (
        struct.pack(">I", len(body))
        + kind
        + body
        + struct.pack(">I", zlib.crc32(kind + body) ^ wrong)
    )


def png_with(*extra: bytes, late: bytes = b"") -> bytes:
    """A PNG with these chunks before its picture, and after it."""
    data = pictures.encoded(DRAWN, "PNG")
    start, end = data.index(b"IDAT") - 4, data.index(b"IEND") - 4
    return data[:start] + b"".join(extra) + data[start:end] + late + data[end:]


LONG = b" " * 1_300_000
TEXTS = [
    chunk(b"zTXt", b"History\0\0" + zlib.compress(LONG)),
    chunk(b"iTXt", b"XML:com.adobe.xmp\0\1\0\0\0" + zlib.compress(LONG)),
    chunk(b"tEXt", b"Comment\0" + LONG),
    chunk(b"iCCP", b"screen\0\0" + zlib.compress(SRGB + bytes(1_300_000))),
    # More than is read at all.
    chunk(b"zTXt", b"History\0\0" + zlib.compress(bytes(40 << 20), 1)),
    chunk(b"iCCP", b"screen\0\0" + zlib.compress(SRGB + bytes(40 << 20), 1)),
    # Broken, which is no matter to the picture.
    chunk(b"tEXt", b"Comment\0words", wrong=True),
    chunk(b"zTXt", b"History\0\0no stream"),
    chunk(b"iCCP", b"screen\0\0no stream", wrong=True),
    chunk(b"zTXt", b"History\0\7what packing"),
    chunk(b"gAMA", b"\0", wrong=True),
]


@pytest.mark.parametrize("late", [False, True])
@pytest.mark.parametrize("text", TEXTS, ids=range(len(TEXTS)))
def test_a_png_is_complete_whatever_its_texts_and_profiles(text: bytes, late: bool) -> None:
    photo = decode(png_with(late=text) if late else png_with(text), SPEC)
    assert photo.damaged is None
    assert difference(photo.input, SHOWN) < 1


def test_long_texts_are_read() -> None:
    info = PngImagePlugin.PngInfo()
    info.add_itxt(
        "XML:com.adobe.xmp", "<x:xmpmeta xmlns:x='adobe:ns:meta/'/>" + " " * 1_300_000, zip=True
    )
    exif = pictures.exif("2019:07:12 14:30:00")
    assert (
        decode(pictures.encoded(DRAWN, "PNG", pnginfo=info, exif=exif), SPEC).taken_at
        == "2019-07-12T14:30:00"
    )


def test_colour_chunks_of_a_png_are_kept_when_texts_are_dropped() -> None:
    exif = pictures.exif("2019:07:12 14:30:00", orientation=6)
    data = pictures.encoded(DRAWN, "PNG", exif=exif, icc_profile=SRGB)
    start = data.index(b"IDAT") - 4
    plain = png_without_texts(data[:start] + TEXTS[4] + data[start:])
    assert plain is not None and b"zTXt" not in plain and b"eXIf" in plain and b"iCCP" in plain
    photo = decode(data[:start] + TEXTS[4] + data[start:], SPEC)
    assert (photo.width, photo.height, photo.taken_at) == (120, 160, "2019-07-12T14:30:00")
    assert png_without_texts(b"\xff\xd8\xff") is None
    # Linear light, by its codes.
    grey = decode(png_with(chunk(b"cICP", bytes([1, 8, 0, 1])), TEXTS[4]), SPEC).input
    assert grey is not None and SHOWN is not None and grey.mean() > SHOWN.mean() + 20


def test_a_png_with_wrong_critical_chunks_is_damaged() -> None:
    data = pictures.encoded(DRAWN, "PNG")
    assert find_damage(data) is None
    for at in (data.index(b"IHDR") + 18, data.index(b"IDAT") + 60):
        torn = data[:at] + bytes([data[at] ^ 0xFF]) + data[at + 1 :]
        assert "checksum" in str(find_damage(torn))
    assert "compressed" in str(find_damage(png_of(b"no stream at all")))
    assert "ends before" in str(find_damage(png_of(zlib.compress(bytes(100)))))
    assert find_damage(png_of(zlib.compress(bytes(25 * 8)))) is None
    assert "ends before" in str(find_damage(png_of(zlib.compress(bytes(25 * 8 - 1)))))
    assert "is invalid" in str(find_damage(b"\x89PNG\r\n\x1a\x0b" + data[8:]))
    for length in (4, 20, 40, len(data) - 20, len(data) - 3):
        assert "ends before" in str(find_damage(data[:length]))


def png_of(
    stream: bytes, *, kind: int = 2, interlaced: int = 0, size: tuple[int, int] = (8, 8)
) -> bytes:
    head = struct.pack(">IIBBBBB", *size, 8, kind, 0, 0, interlaced)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", stream) + chunk(b"IEND", b"")
    )


def test_apples_variant_of_png_is_not_damaged() -> None:
    header = struct.pack(">IIBBBBB", 8, 8, 8, 6, 0, 0, 0)
    # A stream without zlib's header and checksum.
    stream = zlib.compress(bytes(8 * 33))[2:-4]
    chunks = (b"CgBI", bytes(4)), (b"IHDR", header), (b"IDAT", stream), (b"IEND", b"")
    error = refused(b"\x89PNG\r\n\x1a\n" + b"".join(chunk(*each) for each in chunks))
    assert error.fault == "unsupported" and "cannot be read yet" in str(error)


def test_complete_pngs_of_any_layout_are_not_damaged() -> None:
    # Adam7 of 8 × 8: 15 rows in seven passes, 64 pixels.
    assert find_damage(png_of(zlib.compress(bytes(15 + 64 * 3)), interlaced=1)) is None
    assert find_damage(png_of(zlib.compress(bytes(14 + 64 * 3)), interlaced=1)) is not None
    # One pixel is in the first pass alone.
    assert find_damage(png_of(zlib.compress(bytes(4)), interlaced=1, size=(1, 1))) is None
    assert find_damage(png_of(zlib.compress(bytes(8 * 17)), kind=4)) is None
    assert find_damage(png_of(zlib.compress(bytes(8 * 16)), kind=4)) is not None
    assert find_damage(png_of(b"", kind=7)) is None
    assert find_damage(png_of(b"", size=(0, 8))) is not None


def jpeg_with(frame: int, precision: int = 8, sampling: tuple[int, int] | None = None) -> bytes:
    data = bytearray(pictures.encoded(DRAWN))
    at = data.index(b"\xff\xc0")
    data[at + 1], data[at + 4] = frame, precision
    if sampling is not None:
        data[at + 11], data[at + 14] = sampling
    return bytes(data)


@pytest.mark.parametrize(
    "data",
    [
        jpeg_with(0xC1, 12),
        jpeg_with(0xC3),
        jpeg_with(0xC7),
        jpeg_with(0xCB),
        jpeg_with(0xC0, 8, (0x31, 0x21)),
    ],
    ids=["12 bits", "lossless", "hierarchical", "lossless, arithmetic", "odd sampling"],
)
def test_uncommon_jpegs_are_not_damaged(data: bytes) -> None:
    assert find_damage(data) is None
    try:
        assert decode(data, SPEC).damaged is None
    except UnsupportedPhoto as error:
        assert error.fault == "unsupported" and "cannot be read yet" in str(error)


def test_truncated_jpegs_are_damaged() -> None:
    data = pictures.encoded(DRAWN)
    assert "ends before" in str(find_damage(data[:-2]))
    assert "ends before" in str(find_damage(data[:100]))
    assert "ends before" in str(find_damage(jpeg_with(0xC1, 12)[: len(data) // 2]))
    # Of a common kind, that no decoder takes.
    assert find_damage(data) is not None
    assert "is invalid" in str(find_damage(data[:20] + b"\0\0" + data[20:]))
    assert "is invalid" in str(find_damage(data[:4] + b"\0\1" + data[6:]))
    # What stands behind the picture is no part of it, and a stuffed byte or a restart marker no end
    # of the scan.
    assert find_damage(jpeg_with(0xC3) + b"\xff\xd8 more") is None
    assert find_damage(b"\xff\xd8\xff\xda\0\2\1\xff\0\2\xff\xd3\3\xff\xd9") is None
    # JPEG-LS, whose compressed data has no stuffed bytes.
    assert find_damage(b"\xff\xd8\xff\xf7\0\2\xff\xda\0\2\1\xff\x7f\xff\xd9") is None
    assert "ends before" in str(find_damage(b"\xff\xd8\xff\xda\0\2\1\xff\0\2\xff\xd3\3"))


def test_gifs() -> None:
    data = pictures.encoded(DRAWN, "GIF")
    assert find_damage(data) is None and find_damage(data + b"behind") is None
    for length in (8, 14, len(data) // 2, len(data) - 1):
        assert find_damage(data[:length]) is not None
    assert find_damage(data[:-1] + b"\x99") is not None
    local = b"GIF89a\4\0\4\0\0\0\0,\0\0\0\0\4\0\4\0\x80" + bytes(6) + b"\2\3abc\0!\xfe\2hi\0;"
    assert find_damage(local) is None


def test_bitmaps() -> None:
    data = pictures.encoded(DRAWN, "BMP")
    assert (
        find_damage(data) is None
        and "ends before" in str(find_damage(data[:-1]))
        and find_damage(data[:20]) is not None
    )
    old = b"BM" + struct.pack("<IHHIIHHHH", 0, 0, 0, 26, 12, 4, 4, 1, 24) + bytes(48)
    assert find_damage(old) is None and find_damage(old[:-1]) is not None
    # Embedded JPEGs and PNGs, as printers have them.
    packed = data[:30] + struct.pack("<I", 5) + data[34:200]
    assert find_damage(packed) is None
    assert refused(packed).fault == "unsupported"
    assert find_damage(data[:18] + bytes(4) + data[22:]) is not None


def test_webps() -> None:
    for lossless in (False, True):
        data = pictures.encoded(DRAWN, "WEBP", lossless=lossless)
        assert "ends before" in str(find_damage(data[:-2]))
        torn = data[:60] + bytes(len(data) - 60)
        if lossless:
            assert isinstance(refused(torn), DamagedPhoto)
    assert find_damage(b"RIFF\x14\0\0\0WEBPNEXT\4\0\0\0abcd\0\0\0\0") is None
    assert find_damage(b"RIFF\4\0\0\0WEBP") is not None
    assert find_damage(b"RIFF\x10\0\0\0WEBPVP8 \x99\0\0\0abcd") is not None


@pytest.mark.parametrize("kind", ["HEIF", "AVIF"])
def test_boxes(kind: str) -> None:
    data = pictures.encoded(DRAWN, kind)
    assert find_damage(data) is None and find_damage(data + bytes(40)) is None
    assert "ends before" in str(find_damage(data[:-10]))
    assert isinstance(refused(data[:-100]), DamagedPhoto) or kind == "AVIF"
    # A codec that is not known here: its pictures may be fine.
    other = data.replace(b"hvc1", b"vvc1").replace(b"av01", b"av99")
    assert refused(other).fault == "unsupported"
    assert "ends before" in str(find_damage(data[: 8 + data.index(b"ftyp")]))


def test_boxes_with_64_bit_sizes_and_without_an_end() -> None:
    head = struct.pack(">I4s", 16, b"ftyp") + b"heicmif1" + struct.pack(">I4s", 8, b"meta")
    assert find_damage(head + struct.pack(">I4sQ", 1, b"mdat", 20) + b"data") is None
    assert find_damage(head + struct.pack(">I4sQ", 1, b"mdat", 21) + b"data") is not None
    assert find_damage(head + struct.pack(">I4s", 0, b"mdat") + b"data") is None


def test_random_bytes_in_place_of_pixels_are_damage() -> None:
    noise = np.random.default_rng(1).integers(0, 256, 4000, np.uint8).tobytes()
    data = pictures.encoded(DRAWN, "PNG")
    at = data.index(b"IDAT") + 30
    with contextlib.suppress(DamagedPhoto):
        assert (
            decode(data[:at] + noise[: len(data) - at - 40] + data[-40:], SPEC).damaged is not None
        )
