"""TIFF files that Pillow has no mode for are shown as they are meant."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageCms

from explorer.errors import DamagedPhoto, OversizedPhoto, PhotoError, UnsupportedPhoto
from explorer.photos import limits
from explorer.photos.decode import decode
from explorer.photos.input_spec import InputSpec
from explorer.photos.readers import tiff
from tests import pictures
from tests.fixtures.picture_checks import difference
from tests.fixtures.tiffs import tiff as write

SPEC = InputSpec(64, "squash", "bicubic")
DRAWN = pictures.draw(4, (90, 70))
COLOUR = np.asarray(DRAWN)
GREY = np.asarray(DRAWN.convert("L"))[:, :, None]
WANTED = decode(pictures.encoded(DRAWN, "PNG"), SPEC).input
WANTED_GREY = decode(pictures.encoded(DRAWN.convert("L"), "PNG"), SPEC).input
OPAQUE = np.full((70, 90, 1), 65535, np.uint16)


def wide(values: np.ndarray) -> np.ndarray:
    return values.astype(np.uint16) * 257


def shown(data: bytes) -> Any:
    photo = decode(data, SPEC)
    assert (photo.format, photo.width, photo.height, photo.damaged) == ("TIFF", 90, 70, None)
    return photo.input


LAYOUTS: list[dict[str, Any]] = [
    {},
    {"order": ">"},
    {"rows_per_strip": 16},
    {"planar": 2, "rows_per_strip": 16},
    {"tile": (32, 16)},
    {"tile": (32, 16), "planar": 2},
    {"compression": 8},
    {"compression": 32946},
    {"compression": 34925},
    {"compression": 32773, "rows_per_strip": 9},
]


@pytest.mark.parametrize("layout", LAYOUTS, ids=str)
@pytest.mark.parametrize("predictor", [1, 3])
def test_floats_in_colour_in_any_layout(layout: dict[str, Any], predictor: int) -> None:
    values = COLOUR.astype(np.float32) / 255
    assert difference(shown(write(values, 2, predictor=predictor, **layout)), WANTED) < 1


@pytest.mark.parametrize("layout", LAYOUTS, ids=str)
@pytest.mark.parametrize("predictor", [1, 2])
def test_grey_and_alpha_of_16_bits_in_any_layout(layout: dict[str, Any], predictor: int) -> None:
    values = np.concatenate([wide(GREY), OPAQUE], axis=2)
    assert (
        difference(
            shown(write(values, 1, predictor=predictor, tags={338: (2,)}, **layout)), WANTED_GREY
        )
        < 1
    )


@pytest.mark.parametrize("kind", [np.float16, np.float64])
def test_floats_of_other_sizes(kind: type) -> None:
    assert difference(shown(write((COLOUR / 255).astype(kind), 2)), WANTED) < 1


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("bits", [8, 16])
@pytest.mark.parametrize("photometric", [8, 9])
def test_lab(bits: int, photometric: int, order: str) -> None:
    lab = ImageCms.profileToProfile(
        DRAWN, ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB"), outputMode="LAB"
    )
    assert lab is not None
    # As Pillow gives them, a and b are signed; ICC's kind of Lab moves them up.
    values = np.asarray(lab).astype(np.uint16)
    if photometric == 9:
        values[:, :, 1:] ^= 128
    data = write(values << 8 if bits == 16 else values.astype(np.uint8), photometric, order=order)
    assert difference(shown(data), WANTED) < 6


def test_cmyk_with_transparency() -> None:
    inks = np.asarray(DRAWN.convert("CMYK"))
    alpha = np.full((70, 90, 1), 255, np.uint8)
    expected = decode(pictures.encoded(DRAWN.convert("CMYK"), "TIFF"), SPEC).input
    assert (
        difference(
            shown(write(np.concatenate([inks, alpha], axis=2), 5, tags={338: (2,)})), expected
        )
        < 1
    )
    alpha[:, :45] = 0
    half = shown(write(np.concatenate([inks, alpha], axis=2), 5, tags={338: (2,)}))
    assert half is not None and expected is not None
    assert half[:, :28].min() > 250 and difference(half[:, 36:], expected[:, 36:]) < 1


@pytest.mark.parametrize("bits", [32, 64])
def test_integers_of_many_bits_are_scaled_by_the_brightest_sample(bits: int) -> None:
    kind = np.uint32 if bits == 32 else np.uint64
    full = np.left_shift(GREY.astype(kind), bits - 8, dtype=kind)
    brightest = int(GREY.max()).bit_length()
    assert brightest == 8
    assert difference(shown(write(np.concatenate([full, full], axis=2), 1)), WANTED_GREY) < 2
    low = np.left_shift(GREY.astype(kind), 10, dtype=kind)
    assert difference(shown(write(np.concatenate([low, low], axis=2), 1)), WANTED_GREY) < 2


def test_negative_samples_are_black() -> None:
    signed = np.concatenate([(GREY.astype(np.int16) << 7), GREY.astype(np.int16) * 0], axis=2)
    assert difference(shown(write(signed, 1)), WANTED_GREY) < 1
    assert shown(write(-np.abs(signed) - 1, 1)).max() == 0


@pytest.mark.parametrize("bits", [2, 4, 10, 12, 14])
def test_samples_that_are_not_whole_bytes(bits: int) -> None:
    levels = COLOUR.astype(np.uint32) * ((1 << bits) - 1) // 255
    rows = levels.reshape(70, -1)
    each = ((rows[:, :, None] >> np.arange(bits - 1, -1, -1)) & 1).reshape(70, -1).astype(np.uint8)
    data = write(
        np.zeros((70, 90, 3), np.uint8), 2, bits=bits, packed=np.packbits(each, axis=1).tobytes()
    )
    assert difference(shown(data), WANTED) < (260 >> bits) + 1


def test_white_is_zero() -> None:
    assert (
        difference(
            shown(write(np.concatenate([65535 - wide(GREY), OPAQUE], axis=2), 0, tags={338: (2,)})),
            WANTED_GREY,
        )
        < 1
    )


def test_a_palette_with_extra_samples() -> None:
    indices = np.zeros((70, 90, 2), np.uint8)
    indices[:, 45:, 0] = 1
    palette = tuple(
        v for channel in ((65535, 0), (0, 0), (0, 65535)) for v in (*channel, *[0] * 254)
    )
    seen = shown(write(indices, 3, tags={320: palette}))
    assert tuple(seen[32, 5]) == (255, 0, 0) and tuple(seen[32, 60]) == (0, 0, 255)
    with pytest.raises(UnsupportedPhoto):
        decode(write(indices + np.uint8(1), 3, tags={320: (1, 2, 3, 4, 5, 6)}), SPEC)


@pytest.mark.parametrize("kind", [1, 2])
def test_transparency_becomes_white(kind: int) -> None:
    values = wide(COLOUR)
    alpha = OPAQUE.copy()
    alpha[:, :45] = 0
    if kind == 1:
        values[:, :45] = 0
    data = write(
        np.concatenate([values, alpha], axis=2).astype(np.float32) / 65535, 2, tags={338: (kind,)}
    )
    seen = shown(data)
    assert seen[:, :28].min() > 250
    assert difference(seen[:, 36:], WANTED[:, 36:]) < 1  # type: ignore[index]


def test_premultiplied_alpha_is_undone() -> None:
    half = np.concatenate(
        [COLOUR.astype(np.float32) / 510, np.full((70, 90, 1), 0.5, np.float32)], axis=2
    )
    over_white = (COLOUR.astype(np.float32) + 255) / 2
    expected = decode(
        pictures.encoded(Image.fromarray(over_white.astype(np.uint8)), "PNG"), SPEC
    ).input
    assert difference(shown(write(half, 2, tags={338: (1,)})), expected) < 3


def test_floats_above_white_are_linear_light() -> None:
    values = np.full((70, 90, 3), 0.5, np.float32)
    assert abs(int(shown(write(values, 2))[32, 32, 0]) - 128) <= 1
    values[:5] = 8.0
    # Half of white's light is 188 in sRGB; what is eight times as bright is white.
    seen = shown(write(values, 2))
    assert abs(int(seen[32, 32, 0]) - 188) < 30 and seen[0].min() > 240


def test_the_profile_and_exif_data_are_read() -> None:
    from tests.photos.color.test_convert import DISPLAY_P3

    flat = np.full((70, 90, 4), 255, np.uint8)
    flat[:, :, :3] = (180, 100, 80)
    data = write(
        flat.astype(np.float32) / 255, 2, tags={338: (2,), 34675: tuple(DISPLAY_P3), 274: (6,)}
    )
    photo = decode(data, SPEC)
    assert (photo.width, photo.height) == (70, 90)
    assert photo.input is not None and abs(int(photo.input[32, 32, 0]) - 193) < 8


@pytest.mark.parametrize(
    ("changed", "photometric"),
    [
        ({"compression": 7}, 2),
        ({"compression": 34892}, 2),
        ({}, 32845),
        ({}, 10),
        ({"predictor": 9}, 2),
        ({"tags": {266: (2,)}}, 2),
    ],
)
def test_other_kinds_cannot_be_read_yet(changed: dict[str, Any], photometric: int) -> None:
    data = write(COLOUR.astype(np.float32), photometric, **changed)
    with pytest.raises(UnsupportedPhoto) as caught:
        tiff.read(data)
    assert not isinstance(caught.value, DamagedPhoto) and caught.value.fault == "unsupported"
    with pytest.raises(PhotoError, match="cannot be read yet"):
        decode(data, SPEC)


@pytest.mark.parametrize("compression", [1, 8, 34925])
def test_truncated_files_are_damaged(compression: int) -> None:
    whole = write(COLOUR.astype(np.float32) / 255, 2, compression=compression)
    for length in (20, len(whole) // 2, len(whole) - 8):
        with pytest.raises(DamagedPhoto):
            tiff.read(whole[:length])


@pytest.mark.parametrize("compression", [8, 34925, 5])
def test_corrupt_compressed_data_are_damage(compression: int) -> None:
    data = bytearray(write(COLOUR.astype(np.float32) / 255, 2, compression=compression))
    data[8:400] = b"\xa5" * 392
    with pytest.raises(DamagedPhoto):
        tiff.read(bytes(data))


def test_a_strip_that_is_missing_is_damage() -> None:
    data = write(COLOUR.astype(np.float32), 2, rows_per_strip=10)
    with pytest.raises(DamagedPhoto):
        tiff.read(write(COLOUR.astype(np.float32), 2, rows_per_strip=10, tags={257: (700,)}))
    assert tiff.read(data).size == (90, 70)


def test_a_size_of_zero_is_damage() -> None:
    with pytest.raises(DamagedPhoto, match="no size"):
        tiff.read(write(COLOUR, 2, tags={256: (0,)}))


def test_a_picture_that_exceeds_the_memory_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "free_memory", lambda: 1 << 20)
    with pytest.raises(OversizedPhoto):
        tiff.read(write(COLOUR.astype(np.float64), 2, tags={256: (60000,), 257: (60000,)}))
