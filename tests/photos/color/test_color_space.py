"""Colours that a file states without an ICC profile, and profiles told by what they do."""

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
from explorer.photos.color.color_space import ColorSpace, declared_color_space
from explorer.photos.color.convert import to_rgb
from explorer.photos.decode import decode
from explorer.photos.input_spec import InputSpec
from explorer.photos.quality.metrics import QualityMetrics
from tests import pictures
from tests.fixtures.picture_checks import middle
from tests.photos.color.test_convert import DISPLAY_P3, _near

SPEC = InputSpec(64, "squash", "bicubic")
SRGB = ((0.64, 0.33), (0.30, 0.60), (0.15, 0.06))
FLAT = pictures.plain("#b46450")


def png_with(picture: Image.Image, *chunks: tuple[bytes, bytes], **options: Any) -> bytes:
    data = pictures.encoded(picture, "PNG", **options)
    made = b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        for kind, body in chunks
    )
    # Right behind the header.
    return data[:33] + made + data[33:]


def heic(picture: Image.Image, primaries: int, transfer: int) -> bytes:
    packed = io.BytesIO()
    made = pillow_heif.from_pillow(picture)
    made.save(
        packed, quality=95, save_nclx_profile=True, color_primaries=primaries,
        transfer_characteristics=transfer, matrix_coefficients=6,
        full_range_flag=1,
    )  # fmt: skip
    return packed.getvalue()


def avif(picture: Image.Image, primaries: int, transfer: int) -> bytes:
    data = pictures.encoded(picture, "AVIF")
    at = data.index(b"colrnclx") + 8
    return data[:at] + struct.pack(">HH", primaries, transfer) + data[at + 4 :]


def cicp_png(picture: Image.Image, primaries: int, transfer: int) -> bytes:
    return png_with(picture, (b"cICP", bytes([primaries, transfer, 0, 1])))


MAKERS = [heic, avif, cicp_png]


@pytest.mark.parametrize("made", MAKERS)
def test_display_p3_by_codes(made: Any) -> None:
    seen = middle(decode(made(FLAT, 12, 13), SPEC))
    assert _near(seen, (193, 97, 75), 8)


@pytest.mark.parametrize("made", MAKERS)
@pytest.mark.parametrize("transfer", [1, 2, 6, 13])
def test_codes_of_srgb_change_nothing(made: Any, transfer: int) -> None:
    assert _near(middle(decode(made(FLAT, 1, transfer), SPEC)), (180, 100, 80))


@pytest.mark.parametrize("made", MAKERS[1:])
def test_codes_that_nobody_knows_change_nothing(made: Any) -> None:
    assert _near(middle(decode(made(FLAT, 99, 99), SPEC)), (180, 100, 80))


@pytest.mark.parametrize("made", MAKERS)
def test_linear_light_by_codes(made: Any) -> None:
    assert _near(middle(decode(made(pictures.plain("#808080"), 1, 8), SPEC)), (188, 188, 188), 3)


def ramp(encode: Any) -> Image.Image:
    """Left to right: black to paper white, as sRGB has it."""
    linear = np.linspace(0, 1, 256) ** 2.2
    row = np.round(encode(linear * 203) * 255).astype(np.uint8)
    return Image.fromarray(np.repeat(np.repeat(row[None, :, None], 64, 0), 3, 2))


@pytest.mark.parametrize("made", MAKERS)
def test_a_grey_ramp_in_pq_up_to_paper_white_is_the_ramp(made: Any) -> None:
    photo = decode(made(ramp(hdr.nits_to_pq), 9, 16), SPEC)
    assert photo.input is not None
    assert np.abs(photo.input[32, :, 0].astype(int) - np.linspace(2, 253, 64)).max() < 9
    assert np.ptp(photo.input[32].astype(int), axis=1).max() < 9


def hlg(nits: Any) -> Any:
    scene = (np.asarray(nits) / 1000) ** (1 / 1.2)
    bright = 0.17883277 * np.log(np.maximum(12 * scene - 0.28466892, 1e-9)) + 0.55991073
    return np.where(scene <= 1 / 12, np.sqrt(3 * scene), bright)


@pytest.mark.parametrize("made", MAKERS)
def test_a_grey_ramp_in_hlg_up_to_paper_white_is_the_ramp(made: Any) -> None:
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


def test_a_colour_of_bt2020_in_pq_is_the_colour() -> None:
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
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR",
        struct.pack(">IIBBBBB", width, height, 16, 2, 0, 0, 0))
        + chunk(b"cICP", bytes([primaries, transfer, 0, 1])) + chunk(b"IDAT",
        zlib.compress(rows)) + chunk(b"IEND", b"")
    )  # fmt: skip


def deep_heic(values: np.ndarray, primaries: int, transfer: int, **more: Any) -> bytes:
    packed = io.BytesIO()
    height, width = values.shape[:2]
    made = pillow_heif.from_bytes(
        mode="RGB;16", size=(width, height), data=values.astype(np.uint16).tobytes()
    )
    made.save(
        packed, quality=95, chroma=444, save_nclx_profile=True, color_primaries=primaries,
        transfer_characteristics=transfer,
        matrix_coefficients=9, full_range_flag=1, **more,
    )  # fmt: skip
    return packed.getvalue()


@pytest.mark.parametrize("made", [deep_png, deep_heic])
def test_of_more_bits_every_colour_is_the_colour(made: Any) -> None:
    values = np.tile(np.array(colour_in_2020(65535)), (300, 400, 1))
    photo = decode(made(values, 9, 16), SPEC)
    assert (photo.width, photo.height) == (400, 300)
    assert _near(middle(photo), (30, 200, 60), 3 if made is deep_png else 8)


def test_deep_pictures_without_high_dynamic_range_are_as_pillow_has_them() -> None:
    values = np.tile(np.array([180, 100, 80]) * 257, (64, 64, 1))
    assert _near(middle(decode(deep_png(values, 12, 13), SPEC)), (193, 97, 75), 4)
    assert _near(middle(decode(deep_heic(values, 12, 13), SPEC)), (193, 97, 75), 10)


def test_what_a_deep_heic_says_of_itself_is_kept() -> None:
    values = np.tile(np.array(colour_in_2020(65535)), (300, 400, 1))
    photo = decode(
        deep_heic(values, 9, 16, exif=pictures.exif("2019:07:12 14:30:00", orientation=6)), SPEC
    )
    assert photo.taken_at == "2019-07-12T14:30:00" and photo.format == "HEIF"
    assert _near(middle(photo), (30, 200, 60), 8)


def test_brightness_is_judged_as_it_is_seen() -> None:
    picture = ramp(hdr.nits_to_pq)
    plain = Image.fromarray(
        np.repeat(np.repeat(np.arange(256, dtype=np.uint8)[None, :, None], 64, 0), 3, 2)
    )
    one = QualityMetrics.unpacked(decode(cicp_png(picture, 9, 16), SPEC).quality)
    other = QualityMetrics.unpacked(decode(pictures.encoded(plain, "PNG"), SPEC).quality)
    for name in one.__dataclass_fields__ if hasattr(one, "__dataclass_fields__") else ():
        assert getattr(one, name) == pytest.approx(getattr(other, name), rel=0.25, abs=12), name


def test_the_codes_of_a_png_come_before_its_profile() -> None:
    data = png_with(FLAT, (b"cICP", bytes([1, 13, 0, 1])), icc_profile=DISPLAY_P3)
    assert _near(middle(decode(data, SPEC)), (180, 100, 80))


def test_codes_are_read_where_they_count() -> None:
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


@pytest.mark.parametrize(
    ("gamma", "expected"),
    [
        (100_000, (188, 188, 188)),
        (45_455, (128, 128, 128)),
        (55_556, (146, 146, 146)),
        (1, (128, 128, 128)),
    ],
)
def test_a_png_with_a_gamma(gamma: int, expected: tuple[int, int, int]) -> None:
    data = png_with(pictures.plain("#808080"), (b"gAMA", struct.pack(">I", gamma)))
    assert _near(middle(decode(data, SPEC)), expected, 2)


def chromaticities(
    red: tuple[float, float], green: tuple[float, float], blue: tuple[float, float]
) -> tuple[bytes, bytes]:
    return b"cHRM", struct.pack(
        ">8I", *(round(v * 100_000) for v in (0.3127, 0.3290, *red, *green, *blue))
    )


P3_PRIMARIES = ((0.68, 0.32), (0.265, 0.69), (0.15, 0.06))


def test_a_png_with_chromaticities() -> None:
    wide = chromaticities(*P3_PRIMARIES)
    assert _near(
        middle(decode(png_with(FLAT, wide, (b"gAMA", struct.pack(">I", 45455))), SPEC)),
        (193, 97, 75),
        4,
    )
    assert _near(middle(decode(png_with(FLAT, wide), SPEC)), (193, 97, 75), 4)
    assert _near(middle(decode(png_with(FLAT, chromaticities(*SRGB)), SPEC)), (180, 100, 80), 1)
    # sRGB's own chunk counts more.
    assert _near(middle(decode(png_with(FLAT, wide, (b"sRGB", b"\0")), SPEC)), (180, 100, 80), 1)
    for nonsense in ((0.3, 0.3), (0.3, 0.3), (0.3, 0.3)), ((0.64, 0.0), (0.30, 0.60), (0.15, 0.06)):
        assert _near(
            middle(decode(png_with(FLAT, chromaticities(*nonsense)), SPEC)), (180, 100, 80), 1
        )


def exif(space: int, index: str | None = None) -> bytes:
    block = Image.Exif()
    block.get_ifd(0x8769)[0xA001] = space
    if index:
        block.get_ifd(0x8769)[0xA005] = {1: index}
    return block.tobytes()


@pytest.mark.parametrize("kind", ["JPEG", "WEBP"])
@pytest.mark.parametrize(
    ("space", "index", "wide"),
    [
        (2, None, True),
        (0xFFFF, "R03", True),
        (0xFFFF, "R98", False),
        (0xFFFF, None, False),
        (1, None, False),
    ],
)
def test_adobe_rgb_by_exif(kind: str, space: int, index: str | None, wide: bool) -> None:
    seen = middle(
        decode(pictures.encoded(pictures.plain("#509650"), kind, exif=exif(space, index)), SPEC)
    )
    assert _near(seen, (0, 151, 74) if wide else (80, 150, 80), 7)


def test_a_profile_counts_more_than_exif() -> None:
    data = pictures.encoded(FLAT, exif=exif(2), icc_profile=DISPLAY_P3)
    assert _near(middle(decode(data, SPEC)), (193, 97, 75), 8)


def test_inks_are_in_no_space_of_lights() -> None:
    ink = Image.new("CMYK", (64, 64), (0, 255, 255, 0))
    assert middle(decode(pictures.encoded(ink, exif=exif(2)), SPEC))[0] > 200


def test_spaces() -> None:
    plain = Image.new("RGB", (4, 4))
    assert declared_color_space(plain) is None
    plain.info["nclx_profile"] = {"color_primaries": 9, "transfer_characteristics": 16}
    space = declared_color_space(plain)
    assert (
        space is not None
        and space.curve == "PQ"
        and space.primaries[:2] == (0.708, 0.292)
        and not space.has_srgb_tones
    )
    plain.info["nclx_profile"] = {"color_primaries": 2, "transfer_characteristics": 18}
    assert declared_color_space(plain) == ColorSpace(space.primaries, "HLG")
    plain.info["nclx_profile"] = {}
    assert declared_color_space(plain) is None
    film = ColorSpace((0.68, 0.32, 0.265, 0.69, 0.15, 0.06, 0.314, 0.351), 2.6)
    assert not film.is_srgb and not film.has_srgb_tones
    # White is white, whatever the screen's white was.
    white = film.to_srgb(Image.new("RGB", (2, 2), "white"))
    assert min(white.getpixel((0, 0))) >= 254  # type: ignore[arg-type]
    assert to_rgb(white, 1).getpixel((0, 0)) == white.getpixel((0, 0))
