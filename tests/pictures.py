"""Pictures made by rule: the same seed always gives the same picture, and different seeds give
pictures that differ for eye and hash."""

from __future__ import annotations

import functools
import io
from pathlib import Path
from typing import Any

import numpy as np
import pillow_heif
from PIL import Image, ImageDraw, ImageFilter, ImageFont

pillow_heif.register_heif_opener(thumbnails=False)

_SIDE = 256
FORMATS = {
    ".jpg": "JPEG",
    ".jpeg": "JPEG",
    ".png": "PNG",
    ".webp": "WEBP",
    ".gif": "GIF",
    ".bmp": "BMP",
    ".tif": "TIFF",
    ".tiff": "TIFF",
    ".heic": "HEIF",
    ".avif": "AVIF",
}
# Parameters of the HEVC encoder. Its usual preset takes five times as long, and threads of its own,
# of which each picture gets new ones, wait for a turn on a busy computer.
FAST_HEVC = {"preset": "ultrafast", "x265:pools": "none"}
# What is not lossy has no quality; and no one waits for small PNGs in tests.
_USUAL: dict[str, dict[str, Any]] = {
    "PNG": {"compress_level": 1},
    "GIF": {},
    "BMP": {},
    "TIFF": {},
    "HEIF": {"quality": 90, "enc_params": FAST_HEVC},
    # The usual speed takes nine times as long.
    "AVIF": {"quality": 90, "speed": 10, "max_threads": 1},
}


def draw(seed: int = 0, size: tuple[int, int] = (320, 240)) -> Image.Image:
    """A picture somewhat like a photo: soft light, a few things of one colour, a little grain."""
    return _drawn(seed, size).copy()


@functools.lru_cache(maxsize=32)
def _drawn(seed: int, size: tuple[int, int]) -> Image.Image:
    random = np.random.default_rng(seed)
    light = np.stack([_waves(random) for _ in range(3)], axis=2)
    picture = Image.fromarray(np.clip(light, 0, 255).astype(np.uint8))
    pen = ImageDraw.Draw(picture)
    for _ in range(8):
        left, top, width, height = (
            random.integers(0, 200),
            random.integers(0, 200),
            random.integers(12, 120),
            random.integers(12, 120),
        )
        shape = (pen.ellipse, pen.rectangle)[int(random.integers(2))]
        shape(
            (int(left), int(top), int(left + width), int(top + height)),
            fill=tuple(int(c) for c in random.integers(0, 256, 3)),
        )
    picture = picture.filter(ImageFilter.GaussianBlur(1)).resize(size, Image.Resampling.BICUBIC)
    grain = random.normal(0, 3, (_SIDE, _SIDE, 1)).astype(np.int16)
    tiled = np.tile(grain, (size[1] // _SIDE + 1, size[0] // _SIDE + 1, 1))[: size[1], : size[0]]
    return Image.fromarray(np.clip(np.asarray(picture) + tiled, 0, 255).astype(np.uint8))


def _waves(random: np.random.Generator) -> np.ndarray:
    line = np.arange(_SIDE) / _SIDE
    field = np.full((_SIDE, _SIDE), random.uniform(70, 190))
    for _ in range(4):
        across, down, phase = random.uniform(-2, 2), random.uniform(-2, 2), random.uniform(0, 6)
        # The cosine of a sum, for which each row and each column is computed once.
        x, y = 2 * np.pi * across * line + phase, (2 * np.pi * down * line)[:, None]
        field += random.uniform(10, 35) * (np.cos(x) * np.cos(y) - np.sin(x) * np.sin(y))
    return field


def plain(colour: str, size: tuple[int, int] = (320, 240)) -> Image.Image:
    """A picture of nothing but one colour."""
    return Image.new("RGB", size, colour)


def screenshot(words: list[str]) -> Image.Image:
    """A page of messages with bars and keys around them, as a phone shows it."""
    page = Image.new("RGB", (270, 480), (236, 229, 221))
    pen, large, small = ImageDraw.Draw(page), ImageFont.load_default(14), ImageFont.load_default(11)
    pen.rectangle((0, 0, 270, 45), fill=(18, 140, 126))
    pen.text((45, 20), "The family", fill="white", font=large)
    for number, text in enumerate(words):
        pen.rounded_rectangle(
            (10, 55 + 30 * number, 20 + 7 * len(text), 77 + 30 * number), 5, fill="white"
        )
        pen.text((16, 60 + 30 * number), text, fill="black", font=small)
    for row, keys in enumerate(["qwertyuiop", "asdfghjkl", "zxcvbnm"]):
        for column, key in enumerate(keys):
            left, top = 5 + 26 * column + 10 * row, 330 + 42 * row
            pen.rounded_rectangle((left, top, left + 22, top + 35), 4, fill="white", outline="grey")
            pen.text((left + 7, top + 9), key, fill="black", font=large)
    return page


def encoded(picture: Image.Image, kind: str = "JPEG", **options: Any) -> bytes:
    """The picture as a file's bytes. kind: Pillow's name of the format."""
    packed = io.BytesIO()
    picture.save(packed, kind, **_USUAL.get(kind, {"quality": 90}) | options)
    return packed.getvalue()


def write(path: Path, picture: Image.Image, **options: Any) -> Path:
    """Write a picture in the format that the file's name says, making folders as needed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(encoded(picture, FORMATS[path.suffix.lower()], **options))
    return path


def exif(
    taken: str | None = None,
    place: tuple[float, float] | None = None,
    camera: tuple[str, str] | None = None,
    orientation: int | None = None,
) -> bytes:
    """An EXIF block.

    taken: `YYYY:MM:DD HH:MM:SS`. place: latitude, longitude. camera: make, model.
    """
    block = Image.Exif()
    if camera:
        block[0x010F], block[0x0110] = camera
    if orientation:
        block[0x0112] = orientation
    if taken:
        block.get_ifd(0x8769)[0x9003] = taken
    if place:
        latitude, longitude = place
        block.get_ifd(0x8825).update(
            {
                1: "N" if latitude >= 0 else "S",
                2: _sixtieths(latitude),
                3: "E" if longitude >= 0 else "W",
                4: _sixtieths(longitude),
            }
        )
    return block.tobytes()


def _sixtieths(degrees: float) -> tuple[float, float, float]:
    whole, rest = divmod(abs(degrees), 1)
    minutes, rest = divmod(rest * 60, 1)
    return whole, minutes, round(rest * 60, 4)
