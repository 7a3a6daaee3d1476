"""How good a picture is, in figures: sharpness, light, grain, compression, and how much it looks like a photo at all.

Everything is measured on the luminance that decoding has at hand, at 1,400 to 2,800 pixels on the longer side for large photos: there
camera shake shows and grain is not averaged away. Only measuring happens here; `review/anomalies.py` says what is too little or too much,
so that a change of mind there costs no decoding.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from explorer.photos import blur, grain

# Raised when a figure changes its meaning: photos judged before are then read again in the background.
VERSION = 1

Grey = npt.NDArray[np.uint8]

# The size at which a photo is looked at: strengths of blur and grain are given as they are seen there. Pixels of the longer side.
VIEW = 1500
# Luminance from which a pixel counts as burnt out, and up to which as lost in black.
_BURNT, _BLACK = 250, 5
_BINS = 32


@dataclass(frozen=True)
class Quality:
    """The figures of one photo. Shares are 0 to 1, light is 0 to 255.

    blur: radius (standard deviation, in pixels of a photo VIEW wide) by which the sharpest parts are blurred in the direction in which
    they are blurred most. along: the same in the direction in which they are blurred least. shaken: how many times more the sharper
    parts are blurred in one direction than across it. direction: of that one, degrees from
    horizontal, 0 to 180. edges: share of tiles with anything to judge sharpness by.
    noise: standard deviation of the grain. white: how uncorrelated from pixel to pixel it is, 0 to 1.
    compression: JPEG quality by its tables, 1 to 100; 0 for other formats. blocks: height of the steps on JPEG's grid
    beyond those between other pixels, in levels; steps: of those others.
    low, middle, high: luminance below which 2 %, half and 99 % of the pixels are. mean: their average. lit: the median of those not
    burnt out. burnt, black: shares of pixels at the ends. burnt_border: burnt share of the picture's margin.
    entropy: of the luminance, bits (0 to 8). contrast: standard deviation of a picture 64 pixels wide. detail: share of its pixels
    with an edge.
    flat: share of pixels just like their neighbours. colours: share of the eight commonest of 4,096 colours. text: share of
    hard edges in flat surroundings. grey_tail: share of rows at the bottom that hold one grey.
    colourful: Hasler and Süsstrunk's M (Measuring colourfulness in natural images, 2003).
    """

    blur: float = 0.0
    along: float = 0.0
    shaken: float = 1.0
    direction: float = 0.0
    edges: float = 0.0
    noise: float = 0.0
    white: float = 0.0
    compression: float = 0.0
    blocks: float = 0.0
    steps: float = 0.0
    low: float = 0.0
    middle: float = 0.0
    high: float = 0.0
    mean: float = 0.0
    lit: float = 0.0
    burnt: float = 0.0
    black: float = 0.0
    burnt_border: float = 0.0
    entropy: float = 0.0
    contrast: float = 0.0
    detail: float = 0.0
    flat: float = 0.0
    colours: float = 0.0
    text: float = 0.0
    grey_tail: float = 0.0
    colourful: float = 0.0

    def packed(self) -> bytes:
        """The figures in the order of FIGURES, float32, little-endian."""
        return np.array([getattr(self, name) for name in FIGURES], "<f4").tobytes()

    @classmethod
    def unpacked(cls, data: bytes) -> Quality:
        """What `packed` made. Raises ValueError for anything else."""
        values = np.frombuffer(data, "<f4")
        if len(values) != len(FIGURES):
            raise ValueError("figures of another version")
        return cls(*values.tolist())


FIGURES = tuple(field.name for field in dataclasses.fields(Quality))


@dataclass(frozen=True)
class Look:
    """What explains the figures to the eye.

    sharpness: blur of each tile as in `Quality.blur`, 255 sharp to 1 soft and 0 where there is nothing to judge, as it lies upright.
    histogram: of the luminance, 32 bins, the fullest 255.
    """

    sharpness: Grey
    histogram: Grey

    def packed(self) -> bytes:
        """Rows and columns of the map, its tiles, and the histogram: a byte each."""
        return bytes(self.sharpness.shape) + self.sharpness.tobytes() + self.histogram.tobytes()

    @classmethod
    def unpacked(cls, data: bytes) -> Look:
        """What `packed` made. Raises ValueError for anything else."""
        values = np.frombuffer(data, np.uint8)
        if len(values) < 2 or len(values) != 2 + int(values[0]) * int(values[1]) + _BINS:
            raise ValueError("a look of another version")
        return cls(values[2:-_BINS].reshape(int(values[0]), int(values[1])), values[-_BINS:])


def measure(grey: Grey, small: npt.NDArray[np.uint8], *, period: int = 0, compression: int = 0) -> tuple[Quality, Look]:
    """The figures of a picture.

    grey: luminance at the size at hand, (height, width). small: RGB of the same picture with some 512 pixels, (height, width, 3).
    period: pixels between lines of JPEG's grid, 0 for what never had one. compression: JPEG quality, or 0.
    """
    # One thread in each of the decode processes.
    cv2.setNumThreads(1)
    grey, small = _not_a_line(np.ascontiguousarray(grey)), _not_a_line(small)
    noise, white = grain.noise(grey)
    sharp = blur.measure(grey, noise if white > 0.3 else 0.0)
    scale = min(1.0, VIEW / max(grey.shape))
    blocks, steps = grain.blocks(grey, period)
    seen = _light(small)
    values = dict[str, float](
        blur=sharp.most * scale, along=sharp.least * scale, direction=sharp.direction, edges=sharp.edges,
        shaken=sharp.shaken, noise=noise * scale, white=white, compression=float(compression), blocks=blocks, steps=steps,
        flat=_flat(grey), grey_tail=_grey_tail(small), **seen, **_content(grey, small),
    )  # fmt: skip
    finite = {name: float(np.nan_to_num(value, nan=0.0, posinf=99.0)) for name, value in values.items()}
    return Quality(**finite), Look(_map(sharp.tiles * scale), _histogram(small))


def _not_a_line(pixels: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """At least four pixels each way, the last ones repeated."""
    missing = [(0, max(0, 4 - length)) for length in pixels.shape[:2]] + [(0, 0)] * (pixels.ndim - 2)
    return np.pad(pixels, missing, mode="edge") if min(pixels.shape[:2]) < 4 else pixels


def luminance(rgb: npt.NDArray[np.uint8]) -> Grey:
    """Rec. 601 luma of an RGB picture."""
    return cv2.cvtColor(np.ascontiguousarray(rgb), cv2.COLOR_RGB2GRAY)  # type: ignore[return-value]


def _light(small: npt.NDArray[np.uint8]) -> dict[str, float]:
    grey = luminance(small)
    counts = np.bincount(grey.ravel(), minlength=256)
    total = counts.sum()
    low, middle, high = (float(np.searchsorted(np.cumsum(counts), share * total)) for share in (0.02, 0.5, 0.99))
    lit = counts[:_BURNT]
    margin = max(1, min(grey.shape) // 24)
    inner = grey[margin:-margin, margin:-margin]
    border = (int(counts[_BURNT:].sum()) - int((inner >= _BURNT).sum())) / max(1, grey.size - inner.size)
    shares = counts[counts > 0] / total
    return {
        "low": low, "middle": middle, "high": high, "mean": float(grey.mean()),
        "lit": float(np.searchsorted(np.cumsum(lit), lit.sum() / 2)) if lit.sum() else 255.0,
        "burnt": float(counts[_BURNT:].sum() / total), "black": float(counts[: _BLACK + 1].sum() / total),
        "burnt_border": border, "entropy": float(-(shares * np.log2(shares)).sum()),
    }  # fmt: skip


def _content(grey: Grey, small: npt.NDArray[np.uint8]) -> dict[str, float]:
    height, width = small.shape[:2]
    scale = 64 / max(height, width)
    tiny = cv2.resize(luminance(small), (max(2, round(width * scale)), max(2, round(height * scale))), interpolation=cv2.INTER_AREA).astype(
        np.float32
    )
    slope = np.hypot(*(np.abs(part) for part in np.gradient(tiny)))
    # The 4 highest bits of each channel; a photo has many, a drawing few.
    small = np.ascontiguousarray(small[::2, ::2])
    high = (small >> 4).astype(np.int32)
    codes = np.bincount((high[..., 0] << 8 | high[..., 1] << 4 | high[..., 2]).ravel(), minlength=4096)
    red, green, blue = (small[..., channel].astype(np.float32) for channel in range(3))
    one, two = red - green, (red + green) / 2 - blue
    spread, centre = np.hypot(one.std(), two.std()), np.hypot(one.mean(), two.mean())
    return {
        "contrast": float(tiny.std()), "detail": float((slope > 8).mean()), "colours": float(np.sort(codes)[-8:].sum() / codes.sum()),
        "colourful": float(spread + 0.3 * centre), "text": _text(grey),
    }  # fmt: skip


def _flat(grey: Grey) -> float:
    """Share of pixels that are as their neighbours to the right and below."""
    part = _middle_band(grey)
    here = part[:-1, :-1]
    same = (cv2.absdiff(here, part[:-1, 1:]) <= 1) & (cv2.absdiff(here, part[1:, :-1]) <= 1)
    return float(same.mean())


def _text(grey: Grey) -> float:
    """Share of pixels beside a step of at least 60 levels whose other side is flat: letters, lines and frames have such, lenses do not."""
    part = _middle_band(grey)
    step = cv2.absdiff(part[:, 1:], part[:, :-1])
    hard = (step[:, 1:-1] >= 60) & ((step[:, :-2] <= 2) | (step[:, 2:] <= 2))
    return float(hard.mean())


def _middle_band(grey: Grey) -> Grey:
    """Every fourth stripe of 16 rows: enough to count in."""
    if grey.shape[0] < 256:
        return grey
    rows = grey.shape[0] // 64
    return np.ascontiguousarray(grey[: rows * 64].reshape(rows, 4, 16, -1)[:, 0].reshape(rows * 16, -1))


def _grey_tail(small: npt.NDArray[np.uint8]) -> float:
    """Share of rows, counted from the bottom, that hold the one grey that decoders put where data are missing."""
    rows = small[::-1].astype(np.int16)
    spread = (rows.max(axis=(1, 2)) - rows.min(axis=(1, 2))) <= 6
    grey = np.abs(rows.mean(axis=(1, 2)) - 128) <= 4
    bad = np.flatnonzero(~(spread & grey))
    return float((bad[0] if len(bad) else len(rows)) / len(rows))


def _map(tiles: npt.NDArray[np.float32]) -> Grey:
    """Radii → 1 to 255, at most 24 tiles on a side."""
    step = -(-max(tiles.shape) // 24)
    rows, columns = (-(-side // step) for side in tiles.shape)
    padded = np.full((rows * step, columns * step), np.nan, np.float32)
    padded[: tiles.shape[0], : tiles.shape[1]] = tiles
    cells = padded.reshape(rows, step, columns, step).transpose(0, 2, 1, 3).reshape(rows, columns, -1)
    known = np.isfinite(cells).any(axis=2)
    sharpest = np.where(np.isfinite(cells), cells, np.inf).min(axis=2)
    return np.where(known, np.clip(1 + 254 / (1 + (np.where(known, sharpest, 1.0) / 1.5) ** 2), 1, 255), 0).astype(np.uint8)


def _histogram(small: npt.NDArray[np.uint8]) -> Grey:
    counts = np.bincount(luminance(small).ravel() // (256 // _BINS), minlength=_BINS).astype(np.float64)
    return np.asarray(np.ceil(counts / max(1.0, counts.max()) * 255), np.uint8)
