"""Imitate what editors, messengers and accidents do to a photo."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageEnhance, ImageFilter, ImageOps

_SEED = 12


def halved(picture: Image.Image) -> Image.Image:
    """Half the width and height."""
    return picture.resize((picture.width // 2, picture.height // 2), Image.Resampling.LANCZOS)


def cropped(picture: Image.Image) -> Image.Image:
    """A few percent cut off on each side."""
    width, height = picture.size
    return picture.crop(
        (round(width * 0.02), round(height * 0.03), round(width * 0.97), round(height * 0.98))
    )


def brighter(picture: Image.Image) -> Image.Image:
    """A quarter brighter, with a little more contrast."""
    return ImageEnhance.Contrast(ImageEnhance.Brightness(picture).enhance(1.25)).enhance(1.08)


def bordered(picture: Image.Image) -> Image.Image:
    """In a white frame, as some apps add."""
    return ImageOps.expand(picture, round(max(picture.size) * 0.03), "white")


def out_of_focus(picture: Image.Image) -> Image.Image:
    """Not sharp anywhere."""
    return picture.filter(ImageFilter.GaussianBlur(max(picture.size) / 150))


def shaken(picture: Image.Image) -> Image.Image:
    """Blurred by a hand that moved sideways and slightly down."""
    pixels = np.asarray(picture, np.float32)
    steps = max(picture.size) // 40
    moved = np.zeros_like(pixels)
    for step in range(steps):
        moved += np.roll(pixels, (step // 4, step), (0, 1))
    whole = Image.fromarray(to_bytes(moved / np.float32(steps)))
    return whole.crop((steps, steps // 4, picture.width, picture.height))


def dark(picture: Image.Image) -> Image.Image:
    """Taken with far too little light, and therefore noisy."""
    pixels = np.asarray(picture, np.float32) * 0.09
    return Image.fromarray(to_bytes(pixels + noise(2.5, pixels.shape)))


def overexposed(picture: Image.Image) -> Image.Image:
    """Taken with far too much light."""
    pixels = np.asarray(picture, np.float32) * 2.4 + 70
    return Image.fromarray(to_bytes(pixels))


def grainy(picture: Image.Image) -> Image.Image:
    """Taken at a high ISO."""
    pixels = np.asarray(picture, np.float32)
    return Image.fromarray(to_bytes(pixels + noise(28, pixels.shape)))


def moment(picture: Image.Image, random: np.random.Generator) -> Image.Image:
    """The scene as the next photo of a burst shows it: framing, zoom and focus have changed
    slightly."""
    width, height = picture.size
    share = random.uniform(0.955, 0.985)
    left, top = random.uniform(0, (1 - share) * width), random.uniform(0, (1 - share) * height)
    box = (left, top, left + share * width, top + share * height)
    return picture.resize(picture.size, Image.Resampling.BICUBIC, box).filter(
        ImageFilter.GaussianBlur(random.uniform(0, 1.2))
    )


def noise(strength: float, shape: tuple[int, ...]) -> npt.NDArray[np.float32]:
    """Gaussian noise with this standard deviation, the same in every call."""
    return np.random.default_rng(_SEED).standard_normal(shape, np.float32) * np.float32(strength)


def to_bytes(pixels: npt.NDArray[np.float32]) -> npt.NDArray[np.uint8]:
    return np.clip(pixels, 0, 255).astype(np.uint8)
