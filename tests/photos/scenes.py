"""Pictures for judging quality: sharp ones, made by rule, and faults of known strength to put into them."""

from __future__ import annotations

import io

import cv2
import numpy as np
from PIL import Image

from explorer.photos.decode import decode
from explorer.photos.figures import Quality


def scene(seed: int = 0, size: tuple[int, int] = (900, 700)) -> np.ndarray:
    """A sharp RGB picture with edges in all directions, soft light, darks and lights, and some quiet areas."""
    random = np.random.default_rng(seed)
    width, height = size
    y, x = np.mgrid[0:height, 0:width]
    light = 110 + 50 * np.sin(x / width * 3 + random.uniform(0, 6)) + 30 * np.cos(y / height * 4 + random.uniform(0, 6))
    picture = np.repeat(light[..., None], 3, axis=2).clip(0, 255).astype(np.uint8)
    for number in range(400):
        spread = 90 if number < 60 else 25
        points = random.integers(0, [width, height], (1, 2)) + random.integers(-spread, spread, (random.integers(3, 7), 2))
        cv2.fillPoly(picture, [points.astype(np.int32)], [int(c) for c in random.integers(10, 235, 3)], cv2.LINE_AA)
    return picture


def blurred(picture: np.ndarray, radius: float) -> np.ndarray:
    return cv2.GaussianBlur(picture, (0, 0), radius) if radius else picture


def shaken(picture: np.ndarray, length: int, degrees: float) -> np.ndarray:
    side = length | 1
    line = np.zeros((side, side), np.float32)
    middle, across, down = side // 2, np.cos(np.radians(degrees)) * side / 2, -np.sin(np.radians(degrees)) * side / 2
    ends = [(round((middle + sign * across) * 16), round((middle + sign * down) * 16)) for sign in (-1, 1)]
    cv2.line(line, ends[0], ends[1], 1.0, 1, cv2.LINE_AA, 4)
    return cv2.filter2D(picture, -1, line / line.sum(), borderType=cv2.BORDER_REFLECT)


def grainy(picture: np.ndarray, levels: float) -> np.ndarray:
    return (picture + np.random.default_rng(1).normal(0, levels, picture.shape)).clip(0, 255).astype(np.uint8)


def lit(picture: np.ndarray, stops: float) -> np.ndarray:
    """More or less light, by so many EV in linear light (gamma 2.2)."""
    return (((picture / 255.0) ** 2.2 * 2.0**stops).clip(0, 1) ** (1 / 2.2) * 255).round().astype(np.uint8)


def jpeg(picture: np.ndarray, quality: int = 92) -> bytes:
    packed = io.BytesIO()
    Image.fromarray(picture).save(packed, "JPEG", quality=quality)
    return packed.getvalue()


def judged(data: bytes | np.ndarray) -> Quality:
    """The figures of a file's bytes, or of a picture saved as a good JPEG."""
    return Quality.unpacked(decode(data if isinstance(data, bytes) else jpeg(data), None).quality)
