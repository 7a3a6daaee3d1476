"""How good a picture is, in figures: sharpness, light, grain, compression, and how much it looks
like a photo at all.

Everything is measured on the luminance that decoding has at hand, at 1,400 to 2,800 pixels on the
longer side for large photos: there camera shake shows and grain is not averaged away. Only
measuring happens here; `anomalies/quality_scores.py` says what is too little or too much, so that a
change of mind there costs no decoding.
"""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from explorer.photos.quality import noise, sharpness
from explorer.photos.quality.figures import BINS, VIEW, Grey, Look, Quality

_OPPONENT = np.array([[1.0, -1.0, 0.0], [0.5, 0.5, -1.0]], np.float32)
# Luminance from which a pixel counts as burnt out, and up to which as lost in black.
_BURNT, _BLACK = 250, 5
# A channel from which it counts as clipped.
_CLIPPED = 253
# What decoders put where data are missing: no signal, and nothing but zeros (ITU-T T.871, in RGB).
_MISSING = np.array([[128, 128, 128], [0, 135, 0]], np.float32)
# The lights: luminance from which, the share of the picture they must have to be judged, and the
# side at which their slopes are taken.
_LIGHTS, _ENOUGH_LIGHT, _RELIEF_SIDE = 200, 0.01, 256


def measure(
    grey: Grey, small: npt.NDArray[np.uint8], *, period: int = 0, compression: int = 0
) -> tuple[Quality, Look]:
    """The figures of a picture.

    grey: luminance at the size at hand, (height, width). small: RGB of the same picture with some
    512 pixels, (height, width, 3). period: pixels between lines of JPEG's grid, 0 for what never
    had one. compression: JPEG quality, or 0.
    """
    # One thread in each of the decode processes.
    cv2.setNumThreads(1)
    grey, small = _not_a_line(np.ascontiguousarray(grey)), _not_a_line(small)
    level, white = noise.noise(grey)
    sharp = sharpness.measure(grey, level if white > 0.3 else 0.0)
    scale = min(1.0, VIEW / max(grey.shape))
    blocks, steps = noise.blocks(grey, period)
    # Of the picture some 512 pixels wide.
    light = luminance(small)
    counts = _counts(light)
    values = dict[str, float](
        blur=sharp.most * scale, along=sharp.least * scale, direction=sharp.direction,
        edges=sharp.edges,
        shaken=sharp.shaken, noise=level * scale, white=white, compression=float(compression),
        blocks=blocks, steps=steps,
        flat=_flat(grey), grey_tail=_grey_tail(small), **_light(light, counts), **_colours(small),
        **_content(grey, small, light),
        relief=_relief(light),
    )  # fmt: skip
    finite = np.nan_to_num(np.array(list(values.values())), nan=0.0, posinf=99.0)
    return Quality(**dict(zip(values, finite.tolist(), strict=True))), Look(
        _map(sharp.tiles * scale), _histogram(counts)
    )


def _not_a_line(pixels: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """At least four pixels each way, the last ones repeated."""
    missing = [(0, max(0, 4 - length)) for length in pixels.shape[:2]] + [(0, 0)] * (
        pixels.ndim - 2
    )
    return np.pad(pixels, missing, mode="edge") if min(pixels.shape[:2]) < 4 else pixels


def luminance(rgb: npt.NDArray[np.uint8]) -> Grey:
    """Rec. 601 luma of an RGB picture."""
    return cv2.cvtColor(np.ascontiguousarray(rgb), cv2.COLOR_RGB2GRAY)  # type: ignore[return-value]


def _counts(grey: Grey) -> npt.NDArray[np.int64]:
    """How many pixels have each of the 256 levels."""
    return np.asarray(cv2.calcHist([grey], [0], None, [256], [0, 256])).ravel().astype(np.int64)


def _light(grey: Grey, counts: npt.NDArray[np.int64]) -> dict[str, float]:
    total = counts.sum()
    low, middle, high = (
        float(np.searchsorted(np.cumsum(counts), share * total)) for share in (0.02, 0.5, 0.99)
    )
    lit = counts[:_BURNT]
    margin = max(1, min(grey.shape) // 24)
    inner = grey[margin:-margin, margin:-margin]
    burnt = int(counts[_BURNT:].sum())
    border = (burnt - int(np.count_nonzero(inner >= _BURNT)) if burnt else 0) / max(
        1, grey.size - inner.size
    )
    shares = counts[counts > 0] / total
    return {
        "low": low, "middle": middle, "high": high, "mean": float(counts @ np.arange(256) / total),
        "lit": float(np.searchsorted(np.cumsum(lit), lit.sum() / 2)) if lit.sum() else 255.0,
        "burnt": float(burnt / total), "black": float(counts[: _BLACK + 1].sum() / total),
        "burnt_border": border, "entropy": float(-(shares * np.log2(shares)).sum()),
    }  # fmt: skip


def _colours(small: npt.NDArray[np.uint8]) -> dict[str, float]:
    """Of the brightest channel of each pixel."""
    red, green, blue = cv2.split(small)
    counts = _counts(cv2.max(cv2.max(red, green), blue))  # type: ignore[arg-type]
    total = counts.sum()
    return {
        "clipped": float(counts[_CLIPPED:].sum() / total),
        "brightest": float(np.searchsorted(np.cumsum(counts), 0.25 * total)),
    }


def _relief(light: Grey) -> float:
    """Mean slope of what is light, in a picture at most 256 pixels wide: the same for small photos
    and large ones."""
    scale = min(1.0, _RELIEF_SIDE / max(light.shape))
    size = max(1, round(light.shape[1] * scale)), max(1, round(light.shape[0] * scale))
    soft = cv2.GaussianBlur(
        cv2.resize(light, size, interpolation=cv2.INTER_AREA).astype(np.float32), (0, 0), 1
    )
    lights = soft >= _LIGHTS
    if lights.mean() < _ENOUGH_LIGHT:
        return 0.0
    return float(
        cv2.magnitude(cv2.Sobel(soft, cv2.CV_32F, 1, 0), cv2.Sobel(soft, cv2.CV_32F, 0, 1))[
            lights
        ].mean()
    )


def _content(grey: Grey, small: npt.NDArray[np.uint8], light: Grey) -> dict[str, float]:
    height, width = light.shape
    scale = 64 / max(height, width)
    size = max(2, round(width * scale)), max(2, round(height * scale))
    tiny = cv2.resize(light, size, interpolation=cv2.INTER_AREA).astype(np.float32)
    slope = np.hypot(*(np.abs(part) for part in np.gradient(tiny)))
    # The 4 highest bits of each channel; a photo has many, a drawing few.
    small = np.ascontiguousarray(small[::2, ::2])
    codes = np.asarray(cv2.calcHist([small], [0, 1, 2], None, [16] * 3, [0, 256] * 3)).ravel()
    # Red against green and yellow against blue, in one product.
    means, deviations = cv2.meanStdDev(cv2.transform(small.astype(np.float32), _OPPONENT))
    centre, spread = np.hypot(*means.ravel()), np.hypot(*deviations.ravel())
    return {
        "contrast": float(tiny.std()), "detail": float((slope > 8).mean()),
        "colours": float(np.sort(codes)[-8:].sum() / codes.sum()),
        "colourful": float(spread + 0.3 * centre), "text": _text(grey),
    }  # fmt: skip


def _flat(grey: Grey) -> float:
    """Share of pixels that are as their neighbours to the right and below."""
    part = _middle_band(grey)
    here = part[:-1, :-1]
    same = (cv2.absdiff(here, part[:-1, 1:]) <= 1) & (cv2.absdiff(here, part[1:, :-1]) <= 1)
    return float(same.mean())


def _text(grey: Grey) -> float:
    """Share of pixels beside a step of at least 60 levels whose other side is flat: letters, lines
    and frames have such, lenses do not."""
    part = _middle_band(grey)
    step = cv2.absdiff(part[:, 1:], part[:, :-1])
    hard = (step[:, 1:-1] >= 60) & ((step[:, :-2] <= 2) | (step[:, 2:] <= 2))
    return float(hard.mean())


def _middle_band(grey: Grey) -> Grey:
    """Every fourth stripe of 16 rows: enough to count in."""
    if grey.shape[0] < 256:
        return grey
    rows = grey.shape[0] // 64
    return np.ascontiguousarray(
        grey[: rows * 64].reshape(rows, 4, 16, -1)[:, 0].reshape(rows * 16, -1)
    )


def _grey_tail(small: npt.NDArray[np.uint8]) -> float:
    """Share of rows, counted from the bottom, that hold the one colour that decoders put where data
    are missing: grey, or the green that zeros become in luma and chroma."""
    if np.ptp(small[-1], axis=0).max() > 6:
        return 0.0
    rows = small[::-1].astype(np.int16)
    even = np.ptp(rows, axis=1).max(axis=1) <= 6
    missing = (np.abs(rows.mean(axis=1)[:, None] - _MISSING).max(axis=2) <= 4).any(axis=1)
    bad = np.flatnonzero(~(even & missing))
    return float((bad[0] if len(bad) else len(rows)) / len(rows))


def _map(tiles: npt.NDArray[np.float32]) -> Grey:
    """Radii → 1 to 255, at most 24 tiles on a side."""
    step = -(-max(tiles.shape) // 24)
    rows, columns = (-(-side // step) for side in tiles.shape)
    padded = np.full((rows * step, columns * step), np.nan, np.float32)
    padded[: tiles.shape[0], : tiles.shape[1]] = tiles
    cells = (
        padded.reshape(rows, step, columns, step).transpose(0, 2, 1, 3).reshape(rows, columns, -1)
    )
    known = np.isfinite(cells).any(axis=2)
    sharpest = np.where(np.isfinite(cells), cells, np.inf).min(axis=2)
    return np.where(
        known, np.clip(1 + 254 / (1 + (np.where(known, sharpest, 1.0) / 1.5) ** 2), 1, 255), 0
    ).astype(np.uint8)


def _histogram(counts: npt.NDArray[np.int64]) -> Grey:
    bins = counts.reshape(BINS, -1).sum(axis=1)
    return np.asarray(np.ceil(bins / max(1, bins.max()) * 255), np.uint8)
