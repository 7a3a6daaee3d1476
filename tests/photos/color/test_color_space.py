from __future__ import annotations

import struct

import pytest
from PIL import Image

from explorer.photos.color.color_space import ColorSpace, declared_color_space
from explorer.photos.color.convert import to_rgb
from explorer.photos.decode import decode
from tests import pictures
from tests.fixtures.picture_checks import middle
from tests.photos.color.coded_pictures import FLAT, SPEC, png_with
from tests.photos.color.test_convert import DISPLAY_P3, _near

SRGB = ((0.64, 0.33), (0.30, 0.60), (0.15, 0.06))


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


def test_a_profile_overrides_exif() -> None:
    data = pictures.encoded(FLAT, exif=exif(2), icc_profile=DISPLAY_P3)
    assert _near(middle(decode(data, SPEC)), (193, 97, 75), 8)


def test_cmyk_ignores_declared_rgb_spaces() -> None:
    ink = Image.new("CMYK", (64, 64), (0, 255, 255, 0))
    assert middle(decode(pictures.encoded(ink, exif=exif(2)), SPEC))[0] > 200


def test_colour_space_properties() -> None:
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
