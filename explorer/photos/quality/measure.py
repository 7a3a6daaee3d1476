"""Measure the quality of a picture: sharpness, exposure, noise, compression, and signs that it is
not a photo at all.

Everything is measured on the picture as it was decoded. For large photos that is 1,400 to 2,800
pixels on the longer side, where camera shake shows and noise is not averaged away. Scores are
computed by `anomalies/quality_scores.py`, so changing its thresholds does not require decoding.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from explorer.photos.quality.luminance import luminance
from explorer.photos.quality.metrics import (
    HISTOGRAM_BINS,
    REFERENCE_WIDTH,
    Gray,
    QualityDiagnostics,
    QualityMetrics,
)
from explorer.photos.quality.missing_parts import missing_rows_share
from explorer.photos.quality.noise import estimate_noise, measure_blockiness
from explorer.photos.quality.sharpness import measure_sharpness

_Rgb = npt.NDArray[np.uint8]


@dataclass(frozen=True)
class MeasureThresholds:
    """The levels (of 255) and shares that define the metrics. They were chosen with
    `benchmarks/anomalies.py`."""

    blown: int = 250
    """The lowest luminance of a blown-out pixel."""
    black: int = 5
    """The highest luminance of a crushed shadow."""
    clipped: int = 253
    """The lowest value of a clipped channel."""
    white_noise: float = 0.3
    """The whiteness above which noise is subtracted before sharpness is measured."""
    highlight: int = 200
    """The lowest luminance of a highlight."""
    min_highlights: float = 0.01
    """The smallest share of highlights whose gradient is measured."""
    edge: float = 8.0
    """The gradient above which a pixel counts as an edge, in levels per pixel at 64 pixels."""
    flat_step: int = 1
    """The largest difference between neighbors in a flat area."""
    hard_step: int = 60
    """The smallest step that counts as the hard edge of a letter or a line."""
    hard_step_surroundings: int = 2
    """The largest difference beside a hard edge."""


_T = MeasureThresholds()
_GRADIENT_SIDE, _CONTRAST_SIDE, _MAP_SIDE = 256, 64, 24
# The blur radius that is shown as a sharpness of 0.5 in the map.
_MAP_RADIUS = 1.5
_MIN_SIDE = 4


def measure_quality(
    gray: Gray,
    small: _Rgb,
    *,
    block_period: int = 0,
    jpeg_quality: int = 0,
    color_break: float = 0.0,
    fills_in: bool = False,
) -> tuple[QualityMetrics, QualityDiagnostics]:
    """Measure a picture.

    gray: its luminance at the decoded size, (height, width). small: the same picture in RGB at
    about 512 pixels, (height, width, 3). block_period: the spacing of JPEG's block grid in pixels,
    0 if there is none. jpeg_quality: 1 to 100, or 0 if it is not a JPEG. color_break: as from
    `color_breaks.py`. fills_in: whether decoders of this format substitute a color for missing
    data.
    """
    # One thread each, because the decode processes share the processor.
    cv2.setNumThreads(1)
    gray, small = _pad_to_min_side(np.ascontiguousarray(gray)), _pad_to_min_side(small)
    sigma, whiteness = estimate_noise(gray)
    sharpness = measure_sharpness(gray, sigma if whiteness > _T.white_noise else 0.0)
    scale = min(1.0, REFERENCE_WIDTH / max(gray.shape))
    blockiness, off_grid_step = measure_blockiness(gray, block_period)
    small_gray = luminance(small)
    histogram = _histogram(small_gray)
    metrics = dict[str, float](
        blur_radius=sharpness.max_radius * scale,
        min_blur_radius=sharpness.min_radius * scale,
        blur_anisotropy=sharpness.anisotropy,
        blur_direction=sharpness.direction,
        edge_share=sharpness.edge_share,
        noise_sigma=sigma * scale,
        noise_whiteness=whiteness,
        jpeg_quality=float(jpeg_quality),
        blockiness=blockiness,
        off_grid_step=off_grid_step,
        **_exposure(small_gray, histogram),
        **_clipping(small),
        highlight_gradient=_highlight_gradient(small_gray),
        **_detail(small_gray),
        **_color_statistics(small),
        flat_share=_flat_share(gray),
        hard_edge_share=_hard_edge_share(gray),
        missing_rows_share=missing_rows_share(small) if fills_in else 0.0,
        color_break=max(0.0, color_break),
    )
    finite = np.nan_to_num(np.array(list(metrics.values())), nan=0.0, posinf=99.0)
    return (
        QualityMetrics(**dict(zip(metrics, finite.tolist(), strict=True))),
        QualityDiagnostics(
            _sharpness_map(sharpness.tile_radii * scale), _packed_histogram(histogram)
        ),
    )


def _pad_to_min_side(pixels: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """Pad a picture to at least four pixels each way by repeating its last row and column."""
    if min(pixels.shape[:2]) >= _MIN_SIDE:
        return pixels
    missing = [(0, max(0, _MIN_SIDE - length)) for length in pixels.shape[:2]]
    return np.pad(pixels, missing + [(0, 0)] * (pixels.ndim - 2), mode="edge")


def _histogram(channel: Gray) -> npt.NDArray[np.int64]:
    """The number of pixels at each of the 256 levels."""
    counts = np.asarray(cv2.calcHist([channel], [0], None, [256], [0, 256]))
    return counts.ravel().astype(np.int64)


def _percentile(counts: npt.NDArray[np.int64], share: float) -> float:
    """The lowest level at or below which that share of the pixels lies."""
    return float(np.searchsorted(np.cumsum(counts), share * counts.sum()))


def _exposure(gray: Gray, counts: npt.NDArray[np.int64]) -> dict[str, float]:
    """Percentiles, shares and entropy of the luminance histogram."""
    total = counts.sum()
    unclipped = counts[: _T.blown]
    blown = int(counts[_T.blown :].sum())
    margin = max(1, min(gray.shape) // 24)
    inner = gray[margin:-margin, margin:-margin]
    blown_border = blown - int(np.count_nonzero(inner >= _T.blown)) if blown else 0
    shares = counts[counts > 0] / total
    return {
        "luma_p2": _percentile(counts, 0.02),
        "luma_p50": _percentile(counts, 0.5),
        "luma_p99": _percentile(counts, 0.99),
        "luma_mean": float(counts @ np.arange(256) / total),
        "unclipped_median": _percentile(unclipped, 0.5) if unclipped.sum() else 255.0,
        "blown_share": float(blown / total),
        "black_share": float(counts[: _T.black + 1].sum() / total),
        "blown_border_share": blown_border / max(1, gray.size - inner.size),
        "entropy": float(-(shares * np.log2(shares)).sum()),
    }


def _clipping(small: _Rgb) -> dict[str, float]:
    """Statistics of the brightest channel of each pixel."""
    red, green, blue = cv2.split(small)
    counts = _histogram(cv2.max(cv2.max(red, green), blue))  # type: ignore[arg-type]
    return {
        "clipped_share": float(counts[_T.clipped :].sum() / counts.sum()),
        "max_channel_p25": _percentile(counts, 0.25),
    }


def _highlight_gradient(gray: Gray) -> float:
    """The mean gradient in the highlights, measured at 256 pixels or less, so that it does not
    depend on the size of the photo."""
    scale = min(1.0, _GRADIENT_SIDE / max(gray.shape))
    size = max(1, round(gray.shape[1] * scale)), max(1, round(gray.shape[0] * scale))
    resized = cv2.resize(gray, size, interpolation=cv2.INTER_AREA).astype(np.float32)
    smooth = cv2.GaussianBlur(resized, (0, 0), 1)
    highlights = smooth >= _T.highlight
    if highlights.mean() < _T.min_highlights:
        return 0.0
    gradient = cv2.magnitude(
        cv2.Sobel(smooth, cv2.CV_32F, 1, 0), cv2.Sobel(smooth, cv2.CV_32F, 0, 1)
    )
    return float(cv2.mean(gradient, highlights.view(np.uint8))[0])


def _detail(gray: Gray) -> dict[str, float]:
    """Contrast and edge density, at 64 pixels."""
    height, width = gray.shape
    scale = _CONTRAST_SIDE / max(height, width)
    size = max(2, round(width * scale)), max(2, round(height * scale))
    tiny = cv2.resize(gray, size, interpolation=cv2.INTER_AREA).astype(np.float32)
    gradient = np.hypot(*(np.abs(part) for part in np.gradient(tiny)))
    return {"contrast": float(tiny.std()), "edge_density": float((gradient > _T.edge).mean())}


def _color_statistics(small: _Rgb) -> dict[str, float]:
    """The share of the most frequent colors, and the colorfulness."""
    # Four bytes per pixel, so that every other pixel can be copied as one number.
    whole = cv2.cvtColor(small, cv2.COLOR_RGB2RGBA).view(np.uint32)[:, :, 0]
    half = np.ascontiguousarray(whole[::2, ::2])
    red, green, blue, _ = planes = cv2.split(half.view(np.uint8).reshape(*half.shape, 4))
    # Colors by the 4 highest bits of each channel: a photo has many, a drawing few.
    counts = np.asarray(cv2.calcHist(planes[:3], [0, 1, 2], None, [16] * 3, [0, 256] * 3)).ravel()
    opponents = (
        cv2.subtract(red, green, dtype=cv2.CV_16S),
        cv2.subtract(cv2.add(red, green, dtype=cv2.CV_16S), cv2.add(blue, blue, dtype=cv2.CV_16S)),
    )
    (rg_mean, rg_deviation), (yb_mean, yb_deviation) = (
        (float(value.item()) for value in cv2.meanStdDev(plane)) for plane in opponents
    )
    return {
        "top_colors_share": float(np.partition(counts, -8)[-8:].sum() / counts.sum()),
        "colorfulness": math.hypot(rg_deviation, yb_deviation / 2)
        + 0.3 * math.hypot(rg_mean, yb_mean / 2),
    }


def _flat_share(gray: Gray) -> float:
    """The share of pixels that equal their right and lower neighbors."""
    part = _sampled_rows(gray)
    here = part[:-1, :-1]
    right, below = cv2.absdiff(here, part[:-1, 1:]), cv2.absdiff(here, part[1:, :-1])
    larger = cv2.max(right, below)
    return np.count_nonzero(np.asarray(larger) <= _T.flat_step) / max(1, right.size)


def _hard_edge_share(gray: Gray) -> float:
    """The share of pixels at a hard step with a flat side. Letters, lines and frames have such
    steps; lenses do not produce them."""
    part = _sampled_rows(gray)
    step = cv2.absdiff(part[:, 1:], part[:, :-1])
    beside = cv2.min(step[:, :-2], step[:, 2:])
    hard = (step[:, 1:-1] >= _T.hard_step) & (np.asarray(beside) <= _T.hard_step_surroundings)
    return np.count_nonzero(hard) / max(1, hard.size)


def _sampled_rows(gray: Gray) -> Gray:
    """Every fourth band of 16 rows, which is enough to estimate shares."""
    if gray.shape[0] < 256:
        return gray
    bands = gray.shape[0] // 64
    sampled = gray[: bands * 64].reshape(bands, 4, 16, -1)[:, 0]
    return np.ascontiguousarray(sampled.reshape(bands * 16, -1))


def _sharpness_map(radii: npt.NDArray[np.float32]) -> Gray:
    """Convert the blur radii of tiles (nan if unknown) to sharpness from 1 to 255 (0 if unknown).

    If there are more than 24 tiles on a side, each cell shows the sharpest of its tiles.
    """
    step = -(-max(radii.shape) // _MAP_SIDE)
    rows, columns = (-(-side // step) for side in radii.shape)
    padded = np.full((rows * step, columns * step), np.inf, np.float32)
    padded[: radii.shape[0], : radii.shape[1]] = np.where(np.isfinite(radii), radii, np.inf)
    sharpest = padded.reshape(rows, step, columns, step).min(axis=(1, 3))
    known = np.isfinite(sharpest)
    sharpness = 1 + 254 / (1 + (np.where(known, sharpest, 1.0) / _MAP_RADIUS) ** 2)
    return np.where(known, np.clip(sharpness, 1, 255), 0).astype(np.uint8)


def _packed_histogram(counts: npt.NDArray[np.int64]) -> Gray:
    """The histogram in HISTOGRAM_BINS bins, scaled so that the fullest is 255."""
    bins = counts.reshape(HISTOGRAM_BINS, -1).sum(axis=1)
    return np.asarray(np.ceil(bins / max(1, bins.max()) * 255), np.uint8)
