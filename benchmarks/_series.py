"""Measure at which strength faults in large photos are flagged, in nine steps. Part of
`benchmarks/anomalies.py`."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageOps

from benchmarks import _faults as faults
from benchmarks._faults import Pixels
from explorer.anomalies import quality_scores
from explorer.anomalies.drawing_classifier import NOT_DRAWN
from explorer.photos.decode import decode
from explorer.photos.quality.metrics import METRIC_NAMES

# The minimum longer side of a large photo, in pixels.
_LARGE = 1500
_EV = (0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 3.5, 4.0, 5.0)


def _shoulder(pixels: Pixels, stops: float) -> Pixels:
    """Increase the exposure with a soft roll-off of the highlights, as in cameras: values above
    half of the maximum approach it exponentially."""
    value = np.arange(256) / 255
    linear = (
        np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4) * 2.0**stops
    )
    soft = np.where(linear < 0.5, linear, 1 - 0.5 * np.exp(1 - linear / 0.5))
    table = np.where(soft <= 0.0031308, soft * 12.92, 1.055 * soft ** (1 / 2.4) - 0.055)
    return np.asarray(np.round(np.clip(table, 0, 1) * 255).astype(np.uint8)[pixels])


def _curve(
    change: Callable[[npt.NDArray[np.float64], float], npt.NDArray[np.float64]],
) -> Callable[[Pixels, float], bytes]:
    """A fault that applies a tone curve. change: from levels (0 to 1) and the strength to new
    levels."""
    levels = np.arange(256) / 255
    return lambda pixels, strength: faults.jpeg(
        np.round(np.clip(change(levels, strength), 0, 1) * 255).astype(np.uint8)[pixels]
    )


def _saved(change: Callable[[Pixels, float], Pixels]) -> Callable[[Pixels, float], bytes]:
    return lambda pixels, strength: faults.jpeg(change(pixels, strength))


# Each fault's name, expected kind of finding, nine strengths, and the function that makes the file.
# The strengths of blur and noise are for photos of 1,500 pixels, those of exposure in EV or levels.
SERIES: tuple[tuple[str, str, tuple[float, ...], Callable[[Pixels, float], bytes]], ...] = (
    (
        "Gaussian blur",
        "blurred",
        (0.4, 0.7, 1.0, 1.4, 2.0, 2.8, 4.0, 5.6, 8.0),
        _saved(faults.gauss),
    ),
    ("defocus", "blurred", (0.7, 1.0, 1.5, 2.0, 3.0, 4.0, 6.0, 8.0, 12.0), _saved(faults.defocus)),
    (
        "camera shake",
        "blurred",
        (2.0, 3.0, 4.0, 6.0, 8.0, 12.0, 18.0, 26.0, 36.0),
        _saved(faults.shake),
    ),
    (
        "JPEG",
        "compressed",
        (60, 50, 40, 30, 25, 20, 15, 10, 5),
        lambda pixels, quality: faults.jpeg(pixels, int(quality)),
    ),
    ("overexposed, EV", "overexposed", _EV, _saved(faults.exposure)),
    ("the same, with a shoulder", "overexposed", _EV, _saved(_shoulder)),
    (
        "brighter by gain",
        "overexposed",
        (1.2, 1.4, 1.6, 1.8, 2.0, 2.5, 3.0, 3.5, 4.0),
        _curve(lambda level, by: level * by),
    ),
    (
        "brighter by levels",
        "overexposed",
        (25, 50, 75, 100, 125, 150, 175, 200, 225),
        _curve(lambda level, by: level + by / 255),
    ),
    (
        "underexposed, EV",
        "dark",
        _EV,
        _saved(lambda pixels, stops: faults.exposure(pixels, -stops)),
    ),
    (
        "darker by gain",
        "dark",
        (0.85, 0.7, 0.6, 0.5, 0.4, 0.3, 0.25, 0.2, 0.1),
        _curve(lambda level, by: level * by),
    ),
    ("noise", "noisy", (2, 4, 6, 8, 10, 15, 20, 30, 40), _saved(faults.noise)),
)
_JUDGES = {
    "blurred": quality_scores.blurred, "compressed": quality_scores.compressed,
    "overexposed": quality_scores.overexposed, "dark": quality_scores.dark,
    "noisy": quality_scores.noisy,
}  # fmt: skip


def print_series(
    files: Sequence[Path], most: int, side: int, peer: Callable[[Sequence[Path]], Any] | None
) -> None:
    """Print the share of photos flagged at each step, and how well the scores follow the strength.

    most: the maximum number of photos. side: the pixels to which their longer side is reduced.
    peer: returns cleanvision's findings for files; None: without cleanvision. Raises SystemExit if
    no photo is large."""
    photos = list(_large(files, most, side))
    if not photos:
        raise SystemExit(f"No photo is {_LARGE:,} pixels or more on its longer side.")
    print(f"{len(photos)} large photos; share flagged at steps 1 to 9, in percent\n")
    for name, kind, strengths, change in SERIES:
        ours, theirs, order = np.zeros(9), np.zeros(9), []
        for pixels in photos:
            packed = [change(pixels, strength) for strength in strengths]
            scores = [_score(data, kind) for data in packed]
            ours += [score < 0.5 for score in scores]
            # If all scores are equal, there is no order to be kept.
            order.append(_follows(np.round(scores, 4)) if np.ptp(scores) > 1e-4 else 1.0)
            if peer is not None and kind in ("blurred", "overexposed", "dark"):
                theirs += _flagged(packed, kind, peer)
        line = " ".join(f"{100 * number / len(photos):>4.0f}" for number in ours)
        print(
            f"{name:<26} {' '.join(f'{strength:g}' for strength in strengths)}\n{'ours':>26}"
            f" {line}   order {np.mean(order):.3f}",
            flush=True,
        )
        if peer is not None and kind in ("blurred", "overexposed", "dark"):
            print(
                f"{'cleanvision':>26}"
                f" {' '.join(f'{100 * number / len(photos):>4.0f}' for number in theirs)}"
            )
    print()


def _follows(scores: npt.NDArray[np.float64]) -> float:
    """Spearman's rank correlation of increasing strength and decreasing scores, -1 to 1; equal
    scores share their mean rank."""
    ranks = np.array(
        [(scores < score).sum() + ((scores == score).sum() - 1) / 2 for score in scores]
    )
    return -float(np.corrcoef(np.arange(len(scores)), ranks)[0, 1])


def _large(files: Sequence[Path], most: int, side: int) -> list[Pixels]:
    found = list[Pixels]()
    for path in files:
        with contextlib.suppress(OSError, SyntaxError, ValueError), Image.open(path) as opened:
            if max(opened.size) >= _LARGE and len(found) < most:
                picture = ImageOps.exif_transpose(opened).convert("RGB")
                picture.thumbnail((side, side), Image.Resampling.LANCZOS)
                found.append(np.asarray(picture))
    return found


def _score(data: bytes, kind: str) -> float:
    """The score for a kind of finding, from the photo's metrics alone, as in a small library."""
    photo = decode(data, None)
    figures = dict(zip(METRIC_NAMES, np.frombuffer(photo.quality, "<f4").tolist(), strict=True))
    figures |= {
        "camera": 0.0,
        "lossless": 0.0,
        "longest": float(max(photo.width, photo.height)),
        "drawn": NOT_DRAWN,
    }
    return float(_JUDGES[kind](lambda name: np.array([figures[name]], np.float32)).score[0])


def _flagged(
    packed: Sequence[bytes], kind: str, peer: Callable[[Sequence[Path]], Any]
) -> npt.NDArray[np.float64]:
    name = {"blurred": "blurry", "overexposed": "light", "dark": "dark"}[kind]
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder) / f"{number}.jpg" for number in range(len(packed))]
        for path, data in zip(paths, packed, strict=True):
            path.write_bytes(data)
        found = peer(paths).flagged[name]
    return np.array([float(str(path) in found) for path in paths])
