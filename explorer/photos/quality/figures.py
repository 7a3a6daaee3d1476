"""What is kept of a photo's quality: the figures, and what explains them to the eye. Measuring them
is `quality.py`'s work."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Grey = npt.NDArray[np.uint8]

# Raised when a figure changes its meaning: photos judged before are then read again in the
# background.
VERSION = 4
# The size at which a photo is looked at: strengths of blur and grain are given as they are seen
# there. Pixels of the longer side.
VIEW = 1500
# Of the histogram.
BINS = 32


@dataclass(frozen=True)
class Quality:
    """The figures of one photo. Shares are 0 to 1, light is 0 to 255.

    blur: radius (standard deviation, in pixels of a photo VIEW wide) by which the sharpest parts
    are blurred in the direction in which they are blurred most. along: the same in the direction in
    which they are blurred least. shaken: how many times more the sharper parts are blurred in one
    direction than across it. direction: of that one, degrees from horizontal, 0 to 180. edges:
    share of tiles with anything to judge sharpness by.
    noise: standard deviation of the grain. white: how uncorrelated from pixel to pixel it is, 0 to
    1.
    compression: JPEG quality by its tables, 1 to 100; 0 for other formats. blocks: height of the
    steps on JPEG's grid beyond those between other pixels, in levels; steps: of those others.
    low, middle, high: luminance below which 2 %, half and 99 % of the pixels are. mean: their
    average. lit: the median of those not burnt out. burnt, black: shares of pixels at the ends.
    burnt_border: burnt share of the picture's margin. clipped: share of pixels with any channel at
    its upper end: colours burn out before white does. brightest: of the brightest channel, what a
    quarter of the pixels are below. relief: how steep the lights are (Sobel, levels, in a picture
    256 pixels wide): where too much light drives tones into white, they end steeply.
    entropy: of the luminance, bits (0 to 8). contrast: standard deviation of a picture 64 pixels
    wide. detail: share of its pixels with an edge.
    flat: share of pixels just like their neighbours. colours: share of the eight commonest of 4,096
    colours. text: share of hard edges in flat surroundings. grey_tail: share of rows at the bottom
    that hold one grey.
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
    clipped: float = 0.0
    brightest: float = 0.0
    relief: float = 0.0

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

    sharpness: blur of each tile as in `Quality.blur`, 255 sharp to 1 soft and 0 where there is
    nothing to judge, as it lies upright. histogram: of the luminance, 32 bins, the fullest 255.
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
        if len(values) < 2 or len(values) != 2 + int(values[0]) * int(values[1]) + BINS:
            raise ValueError("a look of another version")
        return cls(values[2:-BINS].reshape(int(values[0]), int(values[1])), values[-BINS:])
