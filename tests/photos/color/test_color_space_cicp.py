from __future__ import annotations

import io
import struct
import zlib
from typing import Any

import numpy as np
import pillow_heif
import pytest
from PIL import Image

from explorer.photos.color import hdr
from explorer.photos.color.cicp import read_cicp
from explorer.photos.decode import decode
from explorer.photos.quality.metrics import QualityMetrics
from tests import pictures
from tests.containers import box
from tests.fixtures.picture_checks import middle
from tests.photos.color.coded_pictures import FLAT, SPEC, png_with
from tests.photos.color.test_convert import DISPLAY_P3, _near


def heic(picture: Image.Image, primaries: int, transfer: int) -> bytes:
    packed = io.BytesIO()
    made = pillow_heif.from_pillow(picture)
    made.save(
        packed,
        quality=95,
        save_nclx_profile=True,
        color_primaries=primaries,
        transfer_characteristics=transfer,
        matrix_coefficients=6,
        full_range_flag=1,
    )
    return packed.getvalue()


def avif(picture: Image.Image, primaries: int, transfer: int) -> bytes:
    data = pictures.encoded(picture, "AVIF")
    at = data.index(b"colrnclx") + 8
    return data[:at] + struct.pack(">HH", primaries, transfer) + data[at + 4 :]


def cicp_png(picture: Image.Image, primaries: int, transfer: int) -> bytes:
    return png_with(picture, (b"cICP", bytes([primaries, transfer, 0, 1])))


MAKERS = [heic, avif, cicp_png]


@pytest.mark.parametrize("made", MAKERS)
def test_display_p3_by_cicp(made: Any) -> None:
    seen = middle(decode(made(FLAT, 12, 13), SPEC))
    assert _near(seen, (193, 97, 75), 8)


@pytest.mark.parametrize("made", MAKERS)
@pytest.mark.parametrize("transfer", [1, 2, 6, 13])
def test_cicp_of_srgb_changes_nothing(made: Any, transfer: int) -> None:
    assert _near(middle(decode(made(FLAT, 1, transfer), SPEC)), (180, 100, 80))


@pytest.mark.parametrize("made", MAKERS[1:])
def test_unknown_cicp_changes_nothing(made: Any) -> None:
    assert _near(middle(decode(made(FLAT, 99, 99), SPEC)), (180, 100, 80))


@pytest.mark.parametrize("made", MAKERS)
def test_linear_light_by_cicp(made: Any) -> None:
    assert _near(middle(decode(made(pictures.plain("#808080"), 1, 8), SPEC)), (188, 188, 188), 3)


def ramp(encode: Any) -> Image.Image:
    """Left to right: black to paper white, as sRGB has it."""
    linear = np.linspace(0, 1, 256) ** 2.2
    row = np.round(encode(linear * 203) * 255).astype(np.uint8)
    return Image.fromarray(np.repeat(np.repeat(row[None, :, None], 64, 0), 3, 2))


@pytest.mark.parametrize("made", MAKERS)
def test_a_grey_ramp_in_pq_is_unchanged_up_to_reference_white(made: Any) -> None:
    photo = decode(made(ramp(hdr.nits_to_pq), 9, 16), SPEC)
    assert photo.input is not None
    assert np.abs(photo.input[32, :, 0].astype(int) - np.linspace(2, 253, 64)).max() < 9
    assert np.ptp(photo.input[32].astype(int), axis=1).max() < 9


def hlg(nits: Any) -> Any:
    scene = (np.asarray(nits) / 1000) ** (1 / 1.2)
    bright = 0.17883277 * np.log(np.maximum(12 * scene - 0.28466892, 1e-9)) + 0.55991073
    return np.where(scene <= 1 / 12, np.sqrt(3 * scene), bright)


@pytest.mark.parametrize("made", MAKERS)
def test_a_grey_ramp_in_hlg_is_unchanged_up_to_reference_white(made: Any) -> None:
    photo = decode(made(ramp(hlg), 9, 18), SPEC)
    assert photo.input is not None
    assert np.abs(photo.input[32, :, 0].astype(int) - np.linspace(2, 253, 64)).max() < 9


def colour_in_2020(levels: int) -> tuple[int, ...]:
    """sRGB's (30, 200, 60), written down by hand in BT.2020 with PQ."""
    linear = np.where(
        (c := np.array([30, 200, 60]) / 255) <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4
    )
    # BT.2087, from BT.709's primaries to BT.2020's.
    to_2020 = np.array(
        [[0.6274, 0.3293, 0.0433], [0.0691, 0.9195, 0.0114], [0.0164, 0.0880, 0.8956]]
    )
    return tuple(int(v) for v in np.round(hdr.nits_to_pq(to_2020 @ linear * 203) * levels))


def test_a_bt2020_colour_in_pq_is_converted() -> None:
    # Of 8 bits a dark red beside a bright green is not so sure.
    seen = middle(decode(cicp_png(Image.new("RGB", (64, 64), colour_in_2020(255)), 9, 16), SPEC))
    assert _near(seen[1:], (200, 60), 6) and seen[0] < 50


def deep_png(values: np.ndarray, primaries: int, transfer: int) -> bytes:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        )

    height, width = values.shape[:2]
    rows = b"".join(b"\0" + row.astype(">u2").tobytes() for row in values)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 16, 2, 0, 0, 0))
        + chunk(b"cICP", bytes([primaries, transfer, 0, 1]))
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )


def deep_heic(values: np.ndarray, primaries: int, transfer: int, **more: Any) -> bytes:
    packed = io.BytesIO()
    height, width = values.shape[:2]
    made = pillow_heif.from_bytes(
        mode="RGB;16", size=(width, height), data=values.astype(np.uint16).tobytes()
    )
    made.save(
        packed,
        quality=95,
        chroma=444,
        save_nclx_profile=True,
        color_primaries=primaries,
        transfer_characteristics=transfer,
        matrix_coefficients=9,
        full_range_flag=1,
        **more,
    )
    return packed.getvalue()


@pytest.mark.parametrize("made", [deep_png, deep_heic])
def test_colours_of_more_than_8_bits_are_converted(made: Any) -> None:
    values = np.tile(np.array(colour_in_2020(65535)), (300, 400, 1))
    photo = decode(made(values, 9, 16), SPEC)
    assert (photo.width, photo.height) == (400, 300)
    assert _near(middle(photo), (30, 200, 60), 3 if made is deep_png else 8)


def test_high_bit_depth_without_hdr_is_read_by_pillow() -> None:
    values = np.tile(np.array([180, 100, 80]) * 257, (64, 64, 1))
    assert _near(middle(decode(deep_png(values, 12, 13), SPEC)), (193, 97, 75), 4)
    assert _near(middle(decode(deep_heic(values, 12, 13), SPEC)), (193, 97, 75), 10)


def test_metadata_of_a_high_bit_depth_heic_is_kept() -> None:
    values = np.tile(np.array(colour_in_2020(65535)), (300, 400, 1))
    photo = decode(
        deep_heic(values, 9, 16, exif=pictures.exif("2019:07:12 14:30:00", orientation=6)), SPEC
    )
    assert photo.taken_at == "2019-07-12T14:30:00" and photo.format == "HEIF"
    assert _near(middle(photo), (30, 200, 60), 8)


def test_brightness_is_measured_after_conversion() -> None:
    picture = ramp(hdr.nits_to_pq)
    plain = Image.fromarray(
        np.repeat(np.repeat(np.arange(256, dtype=np.uint8)[None, :, None], 64, 0), 3, 2)
    )
    one = QualityMetrics.unpacked(decode(cicp_png(picture, 9, 16), SPEC).quality)
    other = QualityMetrics.unpacked(decode(pictures.encoded(plain, "PNG"), SPEC).quality)
    for name in one.__dataclass_fields__ if hasattr(one, "__dataclass_fields__") else ():
        assert getattr(one, name) == pytest.approx(getattr(other, name), rel=0.25, abs=12), name


def test_cicp_of_a_png_overrides_its_profile() -> None:
    data = png_with(FLAT, (b"cICP", bytes([1, 13, 0, 1])), icc_profile=DISPLAY_P3)
    assert _near(middle(decode(data, SPEC)), (180, 100, 80))


def test_cicp_of_another_part_of_the_file_does_not_count() -> None:
    """The first `colr` box may belong to a gain map."""
    data = avif(FLAT, 12, 18)
    other = box(b"colr", b"nclx" + struct.pack(">HHHB", 9, 16, 9, 0x80))
    properties = data.index(b"ipco") - 4
    at = data.index(b"ipma") + 8
    count = int.from_bytes(data[at : at + 4], "big")
    assert count == 1 and data[at - 1] & 1 == 0
    first = at + 7
    moved = bytes(each + 1 for each in data[first : first + data[first - 1]])
    grown = bytearray(data[: properties + 8] + other + data[properties + 8 :])
    for kind in (b"meta", b"iprp", b"ipco"):
        where = grown.index(kind) - 4
        size = int.from_bytes(grown[where : where + 4], "big") + len(other)
        grown[where : where + 4] = size.to_bytes(4, "big")
    first += len(other)
    grown[first : first + len(moved)] = moved
    assert read_cicp(bytes(grown)) == (12, 18)


def test_cicp_is_read_only_where_it_is_valid() -> None:
    assert read_cicp(cicp_png(FLAT, 9, 16)) == (9, 16) and read_cicp(avif(FLAT, 12, 18)) == (12, 18)
    assert (
        read_cicp(pictures.encoded(FLAT)) is None
        and read_cicp(pictures.encoded(FLAT, "PNG")) is None
    )
    # Too short, with a wrong checksum, and behind the picture.
    data = cicp_png(FLAT, 9, 16)
    at = data.index(b"cICP")
    assert read_cicp(data[: at + 8] + bytes(4) + data[at + 12 :]) is None
    assert read_cicp(png_with(FLAT, (b"cICP", b"\t\x10\0"))) is None
    plain = pictures.encoded(FLAT, "PNG")
    assert read_cicp(plain[:-12] + data[at - 4 : at + 12] + plain[-12:]) is None
    boxed = avif(FLAT, 12, 18)
    assert (
        read_cicp(boxed.replace(b"nclx", b"rICC")) is None
        and read_cicp(boxed.replace(b"ipco", b"free")) is None
    )
