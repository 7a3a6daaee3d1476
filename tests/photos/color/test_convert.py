from __future__ import annotations

import io
import struct
import zlib
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageCms

from explorer.photos.decode import decode
from explorer.photos.input_spec import InputSpec
from tests import pictures
from tests.fixtures.picture_checks import difference, middle

SPEC = InputSpec(64, "squash", "bicubic")


def _near(one: tuple[int, ...], other: tuple[int, ...], by: int = 6) -> bool:
    return all(abs(a - b) <= by for a, b in zip(one, other, strict=True))


def _profile(
    red: tuple[float, float], green: tuple[float, float], blue: tuple[float, float], gamma: float
) -> bytes:
    """A small ICC profile of a screen with these primaries (xy, white is D65), whose matrix is
    adapted to D50 as ICC wants."""
    corners = np.array([[x / y, 1.0, (1 - x - y) / y] for x, y in (red, green, blue)]).T
    white, paper = np.array([0.95047, 1.0, 1.08883]), np.array([0.9642, 1.0, 0.8249])
    matrix = corners * np.linalg.solve(corners, white)
    bradford = np.array(
        [[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]]
    )
    adapted = (
        np.linalg.inv(bradford)
        @ np.diag((bradford @ paper) / (bradford @ white))
        @ bradford
        @ matrix
    )

    def fixed(*numbers: float) -> bytes:
        return b"".join(struct.pack(">i", round(number * 65536)) for number in numbers)

    description = b"A wide screen\0"
    parts: dict[bytes, bytes] = {
        b"desc": b"desc\0\0\0\0" + struct.pack(">I", len(description)) + description + bytes(78),
        b"cprt": b"text\0\0\0\0none\0\0\0\0",
        b"wtpt": b"XYZ \0\0\0\0" + fixed(*paper),
        **{
            name: b"XYZ \0\0\0\0" + fixed(*adapted[:, i])
            for i, name in enumerate((b"rXYZ", b"gXYZ", b"bXYZ"))
        },
        **dict.fromkeys(
            (b"rTRC", b"gTRC", b"bTRC"),
            b"curv\0\0\0\0" + struct.pack(">IHH", 1, round(gamma * 256), 0),
        ),
    }
    table, body, start = struct.pack(">I", len(parts)), b"", 128 + 4 + 12 * len(parts)
    for name, part in parts.items():
        padded = part + bytes(-len(part) % 4)
        table += name + struct.pack(">II", start + len(body), len(part))
        body += padded
    head = (
        struct.pack(
            ">I4sI4s4s4s", start + len(body), b"lcms", 0x02400000, b"mntr", b"RGB ", b"XYZ "
        )
        + bytes(12)
        + b"acsp"
    )
    return head + bytes(28) + fixed(*paper) + bytes(48) + table + body


DISPLAY_P3 = _profile((0.68, 0.32), (0.265, 0.69), (0.15, 0.06), 2.2)
ADOBE_RGB = _profile((0.64, 0.33), (0.21, 0.71), (0.15, 0.06), 2.2)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF", "HEIF", "AVIF"])
def test_wide_colours_become_srgb(kind: str) -> None:
    """The same numbers mean a stronger colour on a wide screen."""
    picture = pictures.plain("#b46450")
    plain = decode(pictures.encoded(picture, kind), SPEC)
    wide = decode(pictures.encoded(picture, kind, icc_profile=DISPLAY_P3), SPEC)
    assert _near(middle(plain), (180, 100, 80))
    assert _near(middle(wide), (193, 97, 75), 8)


def test_adobe_rgb_becomes_srgb() -> None:
    picture = pictures.plain("#509650")
    assert _near(
        middle(decode(pictures.encoded(picture, icc_profile=ADOBE_RGB), SPEC)), (0, 151, 74)
    )


def test_an_srgb_profile_changes_nothing() -> None:
    drawn = pictures.draw(2)
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    assert (
        difference(
            decode(pictures.encoded(drawn, icc_profile=profile), SPEC).input,
            decode(pictures.encoded(drawn), SPEC).input,
        )
        == 0
    )


@pytest.mark.parametrize(
    "profile", [b"garbage", DISPLAY_P3[:150], DISPLAY_P3[:200] + bytes(300), b"\0" * 600]
)
def test_a_broken_profile_is_ignored(profile: bytes) -> None:
    photo = decode(pictures.encoded(pictures.plain("#b46450"), icc_profile=profile), SPEC)
    assert photo.damaged is None
    assert _near(middle(photo), (180, 100, 80))


def test_a_profile_for_other_colours_is_ignored() -> None:
    photo = decode(
        pictures.encoded(Image.new("CMYK", (64, 64), (0, 255, 255, 0)), icc_profile=DISPLAY_P3),
        SPEC,
    )
    assert middle(photo)[0] > 200


@pytest.mark.parametrize("kind", ["JPEG", "TIFF"])
def test_cmyk_becomes_srgb(kind: str) -> None:
    """Pillow writes CMYK JPEGs the way Adobe does: inverted, with a mark that says so."""
    ink = Image.new("CMYK", (300, 200), (0, 255, 255, 0))
    red = middle(decode(pictures.encoded(ink, kind), SPEC))
    assert red[0] > 200
    assert max(red[1:]) < 60


def test_cmyk_that_is_not_inverted() -> None:
    ink = Image.new("CMYK", (300, 200), (255, 0, 0, 0))
    data = pictures.encoded(ink)
    start = data.index(b"\xff\xee")
    length = int.from_bytes(data[start + 2 : start + 4], "big")
    photo = decode(data[:start] + data[start + 2 + length :], SPEC)
    # Without the mark the values are what they are: Pillow had inverted them, so cyan reads as its
    # opposite.
    assert photo.damaged is None
    assert photo.input is not None


def test_lab_becomes_srgb() -> None:
    lab = Image.merge("LAB", [Image.new("L", (100, 100), value) for value in (138, 198, 183)])
    packed = io.BytesIO()
    lab.save(packed, "TIFF")
    red, green, blue = middle(decode(packed.getvalue(), SPEC))
    assert red > green + 60
    assert red > blue + 60


def _ramp(top: int) -> np.ndarray:
    return np.linspace(0, top, 256 * 64).reshape(64, 256)


@pytest.mark.parametrize(
    ("picture", "kind"),
    [
        (Image.fromarray(_ramp(65535).astype(np.uint16)), "PNG"),
        (Image.fromarray(_ramp(65535).astype(np.uint16)), "TIFF"),
        (Image.frombytes("I;16B", (256, 64), _ramp(65535).astype(">u2").tobytes()), "TIFF"),
        (Image.fromarray(_ramp(65535).astype(np.int32)), "TIFF"),
        (Image.fromarray(_ramp(1).astype(np.float32)), "TIFF"),
        (Image.fromarray((_ramp(9_000_000) - 3e6).astype(np.float32)), "TIFF"),
        (Image.fromarray(_ramp(255).astype(np.uint8)), "PNG"),
    ],
    ids=[
        "16-bit PNG",
        "16-bit TIFF",
        "16-bit TIFF, big end first",
        "32-bit TIFF",
        "float TIFF",
        "float TIFF, any range",
        "8-bit PNG",
    ],
)
def test_grey_of_any_depth_keeps_its_range(picture: Image.Image, kind: str) -> None:
    photo = decode(pictures.encoded(picture, kind), SPEC)
    assert photo.input is not None
    expected = np.repeat(np.linspace(2, 253, 64)[:, None], 64, axis=1)
    assert difference(photo.input[..., 0], expected) < 4


def test_16_bit_colour() -> None:
    def chunk(name: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        )

    row = b"\0" + struct.pack(">HHH", 0xFFFF, 0x8000, 0x0000) * 32
    data = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 32, 32, 16, 2, 0, 0, 0))
    data += chunk(b"IDAT", zlib.compress(row * 32)) + chunk(b"IEND", b"")
    assert _near(middle(decode(data, SPEC)), (255, 128, 0))


def test_a_float_picture_with_nan() -> None:
    values = _ramp(1).astype(np.float32)
    values[0, 0], values[1, 1] = np.nan, np.inf
    assert decode(pictures.encoded(Image.fromarray(values), "TIFF"), SPEC).damaged is None


@pytest.mark.parametrize("kind", ["PNG", "TIFF", "BMP", "GIF"])
def test_black_and_white(kind: str) -> None:
    picture = Image.new("1", (300, 200), 1)
    picture.paste(0, (0, 0, 150, 200))
    photo = decode(pictures.encoded(picture, kind), SPEC)
    assert photo.input is not None
    assert photo.input[32, 4].max() < 10
    assert photo.input[32, 60].min() > 245


def _half_gone(mode: str, **info: Any) -> bytes:
    """A picture, blue where seen, whose left half is transparent and hides red."""
    picture = Image.new("RGBA", (1200, 800), (0, 0, 255, 255))
    picture.paste((255, 0, 0, 0), (0, 0, 600, 800))
    if mode == "P":
        paletted = Image.new("P", picture.size, 1)
        paletted.putpalette([255, 0, 0, 0, 0, 255])
        paletted.paste(0, (0, 0, 600, 800))
        return pictures.encoded(paletted, "PNG", transparency=0)
    if mode == "RGB":
        return pictures.encoded(picture.convert("RGB"), "PNG", transparency=(255, 0, 0))
    return pictures.encoded(picture, **info)


@pytest.mark.parametrize(
    "data",
    [
        _half_gone("RGBA", kind="PNG"),
        _half_gone("RGBA", kind="WEBP", lossless=True),
        _half_gone("P"),
        _half_gone("RGB"),
    ],
)
def test_transparent_parts_are_white_and_do_not_bleed(data: bytes) -> None:
    photo = decode(data, SPEC)
    assert photo.input is not None
    assert _near(tuple(photo.input[32, 10]), (255, 255, 255))
    assert _near(tuple(photo.input[32, 54]), (0, 0, 255), 10)
    # At the edge there is only white and blue, never a trace of the hidden red.
    assert (photo.input[..., 1].astype(int) - photo.input[..., 0]).min() > -12


def test_half_transparent_is_half_white() -> None:
    photo = decode(pictures.encoded(Image.new("RGBA", (900, 900), (0, 0, 0, 128)), "PNG"), SPEC)
    assert _near(middle(photo), (127, 127, 127))


def test_transparent_grey() -> None:
    grey = Image.new("LA", (900, 600), (40, 255))
    grey.paste((40, 0), (0, 0, 300, 600))
    photo = decode(pictures.encoded(grey, "PNG"), SPEC)
    assert photo.input is not None
    assert _near(tuple(photo.input[32, 50]), (40, 40, 40))
    assert _near(tuple(photo.input[32, 5]), (255, 255, 255))
