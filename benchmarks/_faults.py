"""Faults of known strength, which `benchmarks/anomalies.py` plants in photos."""

from __future__ import annotations

import io
from collections.abc import Callable

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image

Pixels = npt.NDArray[np.uint8]

# The strength of blur and noise is given in pixels of a photo with this longer side, so that it is
# equally visible in photos of any size. Smaller photos are not scaled up.
VIEW = 1500


def view(pixels: Pixels) -> float:
    """The number of pixels of the photo per pixel of the view, at least 1."""
    return max(1.0, float(max(pixels.shape[:2])) / VIEW)


def gauss(pixels: Pixels, radius: float) -> Pixels:
    """Gaussian blur. radius: its standard deviation in pixels of the view."""
    return cv2.GaussianBlur(pixels, (0, 0), radius * view(pixels))  # type: ignore[return-value]


def defocus(pixels: Pixels, radius: float) -> Pixels:
    """Blur by a disc, as from a wide-open aperture. radius: in pixels of the view."""
    size = radius * view(pixels)
    side = int(np.ceil(size)) * 2 + 1
    y, x = np.mgrid[:side, :side] - (side - 1) / 2
    disc = np.clip(size + 0.5 - np.hypot(x, y), 0, 1).astype(np.float32)
    return cv2.filter2D(pixels, -1, disc / disc.sum(), borderType=cv2.BORDER_REFLECT)  # type: ignore[return-value]


def shake(pixels: Pixels, length: float, degrees: float = 30.0) -> Pixels:
    """Blur by a straight movement during the exposure. length: in pixels of the view."""
    size = length * view(pixels)
    side = int(np.ceil(size)) | 1
    middle = (side - 1) / 2
    across, down = (
        np.cos(np.radians(degrees)) * (size - 1) / 2,
        -np.sin(np.radians(degrees)) * (size - 1) / 2,
    )
    line = np.zeros((side, side), np.float32)
    ends = [
        (round((middle + sign * across) * 16), round((middle + sign * down) * 16))
        for sign in (-1, 1)
    ]
    cv2.line(line, ends[0], ends[1], 1.0, 1, cv2.LINE_AA, 4)
    return cv2.filter2D(pixels, -1, line / line.sum(), borderType=cv2.BORDER_REFLECT)  # type: ignore[return-value]


def exposure(pixels: Pixels, stops: float) -> Pixels:
    """Change the exposure by a number of stops, in linear light (sRGB: IEC 61966-2-1)."""
    value = np.arange(256) / 255
    linear = np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)
    bright = np.clip(linear * 2.0**stops, 0, 1)
    table = np.where(bright <= 0.0031308, bright * 12.92, 1.055 * bright ** (1 / 2.4) - 0.055)
    return np.asarray(np.round(table * 255).astype(np.uint8)[pixels])


def noise(pixels: Pixels, levels: float) -> Pixels:
    """Add white noise. levels: its standard deviation at the size of the view."""
    random = np.random.default_rng(int(pixels[0, 0, 0]) + pixels.size)
    grain = random.standard_normal(pixels.shape, np.float32) * (levels * view(pixels))
    return np.clip(pixels + grain, 0, 255).astype(np.uint8)


def jpeg(pixels: Pixels, quality: int = 92) -> bytes:
    packed = io.BytesIO()
    Image.fromarray(pixels).save(packed, "JPEG", quality=quality)
    return packed.getvalue()


def again(pixels: Pixels, quality: int) -> bytes:
    """A JPEG that was compressed at a low quality and saved again at a high one, so that its
    quantization tables do not reveal the compression."""
    return jpeg(np.asarray(Image.open(io.BytesIO(jpeg(pixels, quality)))), 92)


def _saved(change: Callable[[Pixels, float], Pixels]) -> Callable[[Pixels, float], bytes]:
    return lambda pixels, strength: jpeg(change(pixels, strength))


# The planted faults: name, expected kind of finding, strengths from weak to strong, the first
# strength that is clearly visible, and the function that makes the file.
FAULTS: tuple[tuple[str, str, tuple[float, ...], float, Callable[[Pixels, float], bytes]], ...] = (
    ("Gaussian blur", "blurred", (0.7, 1.0, 1.5, 2.0, 3.0, 5.0, 8.0), 1.5, _saved(gauss)),
    ("defocus", "blurred", (1.0, 2.0, 3.0, 4.0, 6.0, 10.0), 3.0, _saved(defocus)),
    ("camera shake", "blurred", (3.0, 5.0, 8.0, 12.0, 18.0, 26.0), 8.0, _saved(shake)),
    ("underexposed", "dark", (-1.0, -1.5, -2.0, -2.5, -3.0, -4.0), -2.0, _saved(exposure)),
    ("overexposed", "overexposed", (1.0, 1.5, 2.0, 2.5, 3.0, 4.0), 2.0, _saved(exposure)),
    ("noise", "noisy", (3.0, 6.0, 10.0, 15.0, 25.0), 10.0, _saved(noise)),
    (
        "JPEG",
        "compressed",
        (50, 40, 30, 20, 15, 10, 5),
        20,
        lambda pixels, quality: jpeg(pixels, int(quality)),
    ),
    (
        "JPEG, saved again",
        "compressed",
        (30, 20, 15, 10, 5),
        10,
        lambda pixels, quality: again(pixels, int(quality)),
    ),
)
