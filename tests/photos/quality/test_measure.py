from __future__ import annotations

import dataclasses
import io
import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from PIL import Image

from explorer.decoding import protocol
from explorer.photos.decode import decode
from explorer.photos.quality.measure import measure_quality
from explorer.photos.quality.metrics import METRIC_NAMES, QualityDiagnostics, QualityMetrics
from explorer.photos.quality.noise import measure_blockiness
from explorer.photos.quality.sharpness import measure_sharpness
from tests import pictures
from tests.fixtures.scenes import blurred, grainy, jpeg, judged, lit, scene, shaken
from tests.thoroughness import times


def rises(values: list[float], *, strictly: bool = True) -> bool:
    return all((b > a) if strictly else (b >= a) for a, b in pairwise(values))


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_blur_rises_with_defocus(seed: int) -> None:
    found = [judged(blurred(scene(seed), radius)).blur_radius for radius in (0, 1, 2, 4, 8, 14)]
    assert rises(found)
    assert found[0] < 0.5 < 0.8 < found[2]


@pytest.mark.parametrize(("degrees", "seed"), [(0, 0), (30, 1), (90, 2), (140, 3)])
def test_shake_is_distinguished_from_defocus_by_its_direction(degrees: float, seed: int) -> None:
    sharp, shook, soft = (
        judged(p) for p in (scene(seed), shaken(scene(seed), 15, degrees), blurred(scene(seed), 2))
    )
    assert shook.blur_radius > 0.7 > 0.5 > sharp.blur_radius
    assert shook.blur_anisotropy > 1.5 > soft.blur_anisotropy
    off = abs(shook.blur_direction - degrees) % 180
    assert min(off, 180 - off) < 12


def test_more_shake_is_more_blur() -> None:
    assert rises([judged(shaken(scene(4), length, 20)).blur_radius for length in (1, 7, 15, 31)])


def test_a_sharp_subject_before_a_soft_background_is_sharp() -> None:
    picture = blurred(scene(5), 9)
    picture[200:460, 300:600] = scene(5)[200:460, 300:600]
    # The border between the two must not be what counts as sharp.
    feathered = picture.copy()
    feathered[200:460, 300:600] = scene(6)[200:460, 300:600]
    assert judged(picture).blur_radius < 0.55 and judged(feathered).blur_radius < 0.55
    sharp = QualityDiagnostics.unpacked(decode(jpeg(picture), None).diagnostics).sharpness_map
    # Two tiles of 32 pixels on a side are one cell of the map.
    inside, above = sharp[4:7, 5:9], sharp[:2]
    assert np.median(inside[inside > 0]) > 150 > 50 > np.median(above[above > 0])


def test_blur_is_relative_to_the_size_of_the_photo() -> None:
    """The same blur in a photo three times as large, three times as wide: as soft."""
    small = blurred(scene(7, (1500, 1000)), 3)
    large = np.asarray(Image.fromarray(small).resize((4500, 3000), Image.Resampling.BICUBIC))
    assert judged(large).blur_radius == pytest.approx(judged(small).blur_radius, rel=0.25)


def test_exposure_metrics_follow_the_light() -> None:
    found = [judged(lit(scene(0), stops)) for stops in (-4, -2, 0, 2, 4)]
    assert rises([q.luma_p99 for q in found], strictly=False) and rises(
        [q.luma_mean for q in found]
    )
    assert rises([q.blown_share for q in found[2:]]) and found[2].blown_share < 0.01
    assert found[0].luma_p99 < 110 < found[2].luma_p99


def test_noise_is_measured_and_white() -> None:
    found = [judged(grainy(scene(0), levels)) for levels in (0, 5, 10, 20, 40)]
    assert rises([q.noise_sigma for q in found])
    assert found[0].noise_sigma < 1.5
    assert all(q.noise_whiteness > 0.6 for q in found[2:])
    # Half of the luminance's noise is in each of the measured steps only roughly: JPEG takes some,
    # and the sum of channels the rest.
    assert found[3].noise_sigma == pytest.approx(
        20 * math.sqrt(0.299**2 + 0.587**2 + 0.114**2), rel=0.35
    )


def test_texture_is_not_noise() -> None:
    random = np.random.default_rng(0)
    field = sum(
        np.asarray(
            Image.fromarray(random.normal(0, 1, (256 >> k, 256 >> k)).astype(np.float32)).resize(
                (512, 512)
            )
        )
        for k in range(5)
    )
    texture = (128 + 25 * np.asarray(field)).clip(0, 255).astype(np.uint8)
    assert judged(np.repeat(texture[..., None], 3, axis=2)).noise_whiteness < 0.3


def test_compression_shows_in_tables_and_blocks() -> None:
    tables = [judged(jpeg(scene(0), quality)).jpeg_quality for quality in (90, 60, 30, 10)]
    assert tables[:3] == [90, 60, 30] and tables[3] < 20
    # Saved again, the file's own tables say nothing, but the blocks are still there.
    again = [
        judged(jpeg(np.asarray(opened(jpeg(scene(0), quality))))) for quality in (90, 30, 10, 5)
    ]
    assert all(q.jpeg_quality == 92 for q in again)
    assert rises([q.blockiness / (q.off_grid_step + 1) for q in again])


def opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data))


def test_block_grids_of_any_offset_are_found() -> None:
    crushed = np.asarray(opened(jpeg(scene(0), 8)).convert("L"))
    clean = np.asarray(Image.fromarray(scene(0)).convert("L"))
    for offset in (0, 3, 7):
        assert (
            measure_blockiness(crushed[offset:, offset:], 8)[0]
            > 4 * measure_blockiness(clean[offset:, offset:], 8)[0]
        )


def test_drawings_are_flat_and_photos_are_not() -> None:
    drawing = np.full((600, 800, 3), 255, np.uint8)
    for row in range(20, 580, 24):
        drawing[row : row + 2, 60:740:9] = 0
    drawn, photo = (
        judged(pictures.encoded(Image.fromarray(drawing), "PNG")),
        judged(grainy(scene(0), 3)),
    )
    assert drawn.flat_share > 0.8 > 0.3 > photo.flat_share
    assert drawn.top_colors_share > 0.95 > photo.top_colors_share
    assert drawn.jpeg_quality == 0


def test_rotating_a_photo_rotates_its_shake() -> None:
    data = pictures.encoded(
        Image.fromarray(shaken(scene(1), 15, 0)), exif=pictures.exif(orientation=6), quality=92
    )
    assert (
        min(abs(judged(data).blur_direction - 90), 180 - abs(judged(data).blur_direction - 90)) < 12
    )


@pytest.mark.parametrize("kind", ["PNG", "GIF", "WEBP", "TIFF", "BMP", "HEIF", "AVIF"])
def test_every_format_is_measured(kind: str) -> None:
    found = judged(pictures.encoded(Image.fromarray(scene(0, (700, 500))), kind))
    assert 0 < found.blur_radius < 1 and found.edge_share > 0.3 and found.jpeg_quality == 0


@pytest.mark.parametrize("mode", ["L", "RGBA", "CMYK", "1", "P", "I;16", "LA"])
def test_every_mode_is_measured(mode: str) -> None:
    picture = Image.fromarray(scene(0, (640, 480)))
    deep = Image.fromarray(np.asarray(picture.convert("L")).astype(np.uint16) * 257)
    picture = deep if mode == "I;16" else picture.convert(mode)
    found = judged(pictures.encoded(picture, "TIFF" if mode in ("CMYK", "I;16") else "PNG"))
    assert found.edge_share > 0.3 and 60 < found.luma_mean < 200


grey = arrays(np.uint8, st.tuples(st.integers(1, 90), st.integers(1, 90)))


@settings(max_examples=times(60, 300), deadline=None)
@given(grey)
def test_metrics_of_any_picture_are_in_range(pixels: np.ndarray) -> None:
    quality, diagnostics = measure_quality(
        pixels, np.repeat(pixels[..., None], 3, axis=2), block_period=8, jpeg_quality=50
    )
    values = dataclasses.asdict(quality)
    assert all(math.isfinite(value) and value >= 0 for value in values.values())
    for name in (
        "edge_share",
        "noise_whiteness",
        "blown_share",
        "black_share",
        "blown_border_share",
        "edge_density",
        "flat_share",
        "top_colors_share",
        "hard_edge_share",
        "missing_rows_share",
    ):
        assert values[name] <= 1 + 1e-6, name
    assert (
        quality.blur_direction <= 180 and quality.entropy <= 8 and quality.blur_anisotropy >= 0.99
    ) or quality.edge_share == 0
    assert QualityMetrics.unpacked(quality.packed()) == QualityMetrics(
        *np.array([values[name] for name in METRIC_NAMES], np.float32).tolist()
    )
    again = QualityDiagnostics.unpacked(diagnostics.packed())
    assert (again.sharpness_map == diagnostics.sharpness_map).all() and (
        again.histogram == diagnostics.histogram
    ).all()


@settings(max_examples=times(25, 125), deadline=None)
@given(st.integers(0, 1000), st.floats(0.3, 2.5))
def test_contrast_does_not_change_sharpness(seed: int, gain: float) -> None:
    pixels = np.asarray(Image.fromarray(scene(seed % 7, (500, 400))).convert("L")).astype(
        np.float32
    )
    softer = (128 + (pixels - 128) * min(gain, 1.0) * 0.9).clip(0, 255).astype(np.uint8)
    assert measure_sharpness(softer).max_radius == pytest.approx(
        measure_sharpness(pixels.astype(np.uint8)).max_radius, rel=0.6, abs=0.1
    )


@pytest.mark.parametrize("data", [b"", b"\1", b"\2\2abc", bytes(90)])
def test_metrics_of_another_version_are_refused(data: bytes) -> None:
    with pytest.raises(ValueError):
        QualityDiagnostics.unpacked(data)
    with pytest.raises(ValueError):
        QualityMetrics.unpacked(data + b"x" * 3 if len(data) % 4 == 0 else data)


def test_metrics_travel_between_processes() -> None:
    photo = decode(jpeg(scene(0)), None)
    again = protocol.unpack(*protocol.pack(photo))
    assert (again.quality, again.diagnostics, again.impossible_date) == (
        photo.quality,
        photo.diagnostics,
        None,
    )


@pytest.mark.parametrize(
    ("taken", "stated"),
    [
        ("2093:05:06 10:00:00", "2093-05-06T10:00:00"),
        ("2015:05:06 10:00:00", None),
        ("0000:00:00 00:00:00", None),
    ],
)
def test_implausible_dates_are_kept_separately(taken: str, stated: str | None) -> None:
    photo = decode(pictures.encoded(pictures.draw(1), exif=pictures.exif(taken=taken)), None)
    assert photo.impossible_date == stated
    assert (photo.taken_at is None) == (not taken.startswith("2015"))


def test_overexposed_highlights_have_steep_gradients() -> None:
    """With more light, what is light has steep slopes; and they are the same at any size."""
    picture = scene(11)
    assert rises([judged(lit(picture, stops)).highlight_gradient for stops in (0, 1)])
    large, small = (
        judged(np.asarray(Image.fromarray(lit(picture, 2)).resize(size))).highlight_gradient
        for size in ((1200, 900), (600, 450))
    )
    assert large == pytest.approx(small, rel=0.15)
    assert judged(np.full((80, 100, 3), 60, np.uint8)).highlight_gradient == 0
