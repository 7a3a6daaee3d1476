"""The quality metrics of one photo, and their packed form in the catalog.

`measure_quality` computes them; `anomalies/quality_scores.py` turns them into scores.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Gray = npt.NDArray[np.uint8]

METRICS_VERSION = 5
"""Incremented when the meaning of a metric changes. Photos with an older version are measured again
in the background."""
REFERENCE_WIDTH = 1500
"""The longer side, in pixels, of the picture size that blur and noise refer to."""
HISTOGRAM_BINS = 32
_BYTES_PER_METRIC = 4


@dataclass(frozen=True)
class QualityMetrics:
    """The quality metrics of one photo. Luminance ("luma") is Rec. 601, 0 to 255; shares are 0 to
    1.

    The order of the fields is their order in the catalog: append new ones, and increment
    METRICS_VERSION.
    """

    blur_radius: float = 0.0
    """Blur of the sharpest parts in the most blurred direction: standard deviation of the point
    spread function, in pixels of a photo REFERENCE_WIDTH wide."""
    min_blur_radius: float = 0.0
    """The same in the least blurred direction."""
    blur_anisotropy: float = 1.0
    """Blur along the most blurred direction divided by the blur across it, from 1."""
    blur_direction: float = 0.0
    """The most blurred direction: degrees counter-clockwise from horizontal, 0 to 180."""
    edge_share: float = 0.0
    """Share of tiles with enough edges to measure sharpness in."""
    noise_sigma: float = 0.0
    """Standard deviation of the noise, in levels of a photo REFERENCE_WIDTH wide."""
    noise_whiteness: float = 0.0
    """How uncorrelated the noise is from pixel to pixel: 1 for white noise, near 0 for texture."""
    jpeg_quality: float = 0.0
    """The IJG quality that corresponds to the quantization tables, 1 to 100; 0 for other
    formats."""
    blockiness: float = 0.0
    """Mean step at JPEG's block boundaries beyond `off_grid_step`, in levels."""
    off_grid_step: float = 0.0
    """Median step between neighboring pixels away from block boundaries, in levels."""
    luma_p2: float = 0.0
    """2nd percentile of the luminance."""
    luma_p50: float = 0.0
    """Median luminance."""
    luma_p99: float = 0.0
    """99th percentile of the luminance."""
    luma_mean: float = 0.0
    """Mean luminance."""
    unclipped_median: float = 0.0
    """Median luminance of the pixels that are not blown out; 255 if all are."""
    blown_share: float = 0.0
    """Share of pixels with a luminance of at least 250: blown highlights."""
    black_share: float = 0.0
    """Share of pixels with a luminance of at most 5: crushed shadows."""
    blown_border_share: float = 0.0
    """Blown-out share of the outer margin, 1/24 of the shorter side wide."""
    entropy: float = 0.0
    """Shannon entropy of the luminance histogram, in bits, 0 to 8."""
    contrast: float = 0.0
    """Standard deviation of the luminance at 64 pixels on the longer side."""
    edge_density: float = 0.0
    """Share of pixels with an edge at 64 pixels on the longer side."""
    flat_share: float = 0.0
    """Share of pixels that equal their right and lower neighbors, within one level."""
    top_colors_share: float = 0.0
    """Share of pixels in the eight most frequent of 4,096 colors; high for drawings."""
    hard_edge_share: float = 0.0
    """Share of pixels at a step of 60 levels or more with a flat side: text, lines, frames."""
    missing_rows_share: float = 0.0
    """Share of rows at the bottom, or at another border, with only a color that decoders substitute
    for missing data."""
    colorfulness: float = 0.0
    """Metric M of Hasler and Süsstrunk, Measuring colorfulness in natural images, 2003."""
    clipped_share: float = 0.0
    """Share of pixels with any channel at 253 or more. Colors clip before white does."""
    max_channel_p25: float = 0.0
    """25th percentile of the brightest channel of each pixel."""
    highlight_gradient: float = 0.0
    """Mean Sobel gradient in the highlights at 256 pixels on the longer side, in levels. It is high
    in overexposed photos, whose highlights end abruptly."""
    color_break: float = 0.0
    """How surely all colors are shifted from one JPEG block on, as after changed bits, 0 to 1
    (`color_breaks.py`)."""

    def packed(self) -> bytes:
        """The metrics in the order of METRIC_NAMES, as little-endian float32."""
        return np.array([getattr(self, name) for name in METRIC_NAMES], "<f4").tobytes()

    @classmethod
    def unpacked(cls, data: bytes) -> QualityMetrics:
        """The inverse of `packed`. Raises ValueError for anything else."""
        if len(data) != _BYTES_PER_METRIC * len(METRIC_NAMES):
            raise ValueError("quality metrics of another version")
        return cls(*np.frombuffer(data, "<f4").tolist())


METRIC_NAMES = tuple(field.name for field in dataclasses.fields(QualityMetrics))


@dataclass(frozen=True)
class QualityDiagnostics:
    """Diagrams that explain the metrics to the user."""

    sharpness_map: Gray
    """Sharpness of each tile of the upright picture, (rows, columns): from 1 (blurred) to 255
    (sharp), 0 if there are too few edges. At most 24 tiles on a side."""
    histogram: Gray
    """Luminance histogram of HISTOGRAM_BINS bins, scaled so that the fullest is 255."""

    def packed(self) -> bytes:
        """The numbers of rows and columns, the map and the histogram, one byte per value."""
        shape = bytes(self.sharpness_map.shape)
        return shape + self.sharpness_map.tobytes() + self.histogram.tobytes()

    @classmethod
    def unpacked(cls, data: bytes) -> QualityDiagnostics:
        """The inverse of `packed`. Raises ValueError for anything else."""
        values = np.frombuffer(data, np.uint8)
        if len(values) < 2 or len(values) != 2 + int(values[0]) * int(values[1]) + HISTOGRAM_BINS:
            raise ValueError("quality diagnostics of another version")
        rows, columns = int(values[0]), int(values[1])
        return cls(values[2:-HISTOGRAM_BINS].reshape(rows, columns), values[-HISTOGRAM_BINS:])
