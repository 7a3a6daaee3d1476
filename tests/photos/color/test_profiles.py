"""ICC profiles are told by what they do to colours, not by their names."""

from __future__ import annotations

import io
import struct
from typing import Any

import pytest
from PIL import Image

from explorer.photos.color.convert import has_non_srgb_tones
from explorer.photos.decode import decode
from explorer.photos.input_spec import InputSpec
from tests import pictures
from tests.fixtures.picture_checks import middle
from tests.photos.color.coded_pictures import FLAT, png_with
from tests.photos.color.test_color_space import SRGB, exif
from tests.photos.color.test_convert import ADOBE_RGB, DISPLAY_P3, _near, _profile

SPEC = InputSpec(64, "squash", "bicubic")


def named(profile: bytes, name: bytes) -> bytes:
    assert len(name) == len(b"A wide screen")
    return profile.replace(b"A wide screen", name)


def grey_profile(gamma: float) -> bytes:
    rgb = _profile(*SRGB, gamma)
    curve = rgb[rgb.index(b"curv\0\0\0\0") :][:16]
    parts = {b"wtpt": b"XYZ \0\0\0\0" + struct.pack(">3i", 63190, 65536, 54061), b"kTRC": curve}
    parts[b"desc"] = b"desc\0\0\0\0" + struct.pack(">I", 5) + b"grey\0" + bytes(79)
    parts[b"cprt"] = b"text\0\0\0\0none\0\0\0\0"
    table, body = struct.pack(">I", len(parts)), b""
    for name, part in parts.items():
        table += name + struct.pack(">II", 128 + 4 + 12 * len(parts) + len(body), len(part))
        body += part + bytes(-len(part) % 4)
    head = bytearray(rgb[:128])
    head[16:20], head[:4] = b"GRAY", struct.pack(">I", 128 + len(table) + len(body))
    return bytes(head) + table + body


def test_a_linear_profile_is_recognized_by_its_curve() -> None:
    profile = named(_profile(*SRGB, 1.0), b"Linear   sRGB")
    assert _near(
        middle(decode(pictures.encoded(pictures.plain("#808080"), icc_profile=profile), SPEC)),
        (188, 188, 188),
        3,
    )
    photo = decode(
        pictures.encoded(
            Image.new("RGB", (640, 480), (3, 147, 12)), icc_profile=profile, quality=98
        ),
        SPEC,
    )
    assert _near(middle(photo), (30, 200, 60), 6)


def test_wide_primaries_are_recognized_by_their_colours() -> None:
    profile = named(DISPLAY_P3, b"sRGB IEC61966")
    assert _near(
        middle(decode(pictures.encoded(FLAT, icc_profile=profile), SPEC)), (193, 97, 75), 8
    )


@pytest.mark.parametrize("mode", ["L", "LA", "I;16"])
@pytest.mark.parametrize(
    "profile", [grey_profile(1.0), _profile(*SRGB, 1.0)], ids=["grey", "colour"]
)
def test_grey_of_any_kind_is_converted_by_its_profile(mode: str, profile: bytes) -> None:
    grey: dict[str, Any] = {"L": 128, "LA": (128, 255), "I;16": 128 * 257}
    picture = Image.new(mode, (700, 600), grey[mode])
    assert _near(
        middle(decode(pictures.encoded(picture, "PNG", icc_profile=profile), SPEC)),
        (188, 188, 188),
        3,
    )


def test_transparent_grey_with_a_profile_is_composited_on_white() -> None:
    picture = Image.new("LA", (700, 600), (128, 255))
    picture.paste((128, 0), (0, 0, 350, 600))
    photo = decode(pictures.encoded(picture, "PNG", icc_profile=grey_profile(1.0)), SPEC)
    assert (
        photo.input is not None
        and photo.input[32, 5].min() > 250
        and abs(int(photo.input[32, 60, 0]) - 188) < 4
    )


def test_tones_other_than_srgb_are_recognized() -> None:
    def loaded(data: bytes) -> Image.Image:
        picture = Image.open(io.BytesIO(data))
        picture.load()
        return picture

    linear = _profile(*SRGB, 1.0)
    assert has_non_srgb_tones(loaded(pictures.encoded(FLAT, icc_profile=linear)))
    assert has_non_srgb_tones(
        loaded(pictures.encoded(FLAT.convert("L"), icc_profile=grey_profile(1.0)))
    )
    assert has_non_srgb_tones(loaded(png_with(FLAT, (b"gAMA", struct.pack(">I", 100_000)))))
    for profile in (DISPLAY_P3, ADOBE_RGB, b"garbage"):
        assert not has_non_srgb_tones(loaded(pictures.encoded(FLAT, icc_profile=profile)))
    assert not has_non_srgb_tones(loaded(pictures.encoded(FLAT, exif=exif(2))))
    assert not has_non_srgb_tones(loaded(pictures.encoded(FLAT)))
