"""Plant the same object in several photos, with different sizes, rotations and brightnesses.

An object is cut out of a photo, or drawn, with a soft edge. Its position in each photo is known, so
that searches by this region can be evaluated.
"""

from __future__ import annotations

import contextlib
import random
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from PIL import Image, ImageDraw, ImageEnhance, ImageFilter, ImageOps

# The longer side of an object, as a fraction of the photo's shorter side.
SIZES = (0.3, 0.65)
# The maximum rotation of an object in degrees, and the range of its brightness.
MAX_ROTATION, BRIGHTNESS = 15.0, (0.75, 1.25)
# The longer side of an object before it is planted, in pixels.
_SIDE = 320

Box = tuple[float, float, float, float]


class PlantedObject(NamedTuple):
    """One photo with a planted object."""

    path: Path
    number: int
    """The number of the object, from 0."""
    box: Box
    """Left, top, width and height as fractions of the photo."""


def plant_objects(
    files: Sequence[Path], folder: Path, objects: int, copies: int, seed: int = 1
) -> tuple[list[PlantedObject], list[Path]]:
    """Plant each object in `copies` photos, written to the folder.

    Half of the objects are cut out of other photos, half are drawn. Returns the photos with planted
    objects, ordered by object, and the unused photos. Raises SystemExit if there are too few.
    """
    chance = random.Random(seed)
    left = list(files)
    chance.shuffle(left)
    planted = list[PlantedObject]()
    if objects * (copies + 1) > len(left):
        raise SystemExit(f"{objects} objects in {copies} photos each need more photos than these.")
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(objects):
        thing = _drawn(chance) if number % 2 else _cut_out(_next(left), chance)
        for copy in range(copies):
            photo = _next(left)
            path = folder / f"object {number:03d} {copy}.jpg"
            box = _plant(thing, photo, chance)
            photo.save(path, "JPEG", quality=90)
            planted.append(PlantedObject(path, number, box))
    return planted, left


def _next(left: list[Path]) -> Image.Image:
    """Take photos off the list until one can be read. Raises SystemExit if none can."""
    while left:
        path = left.pop()
        with contextlib.suppress(OSError, SyntaxError, ValueError), Image.open(path) as opened:
            return ImageOps.exif_transpose(opened).convert("RGB")
    raise SystemExit("Too few of these photos can be read.")


def _cut_out(photo: Image.Image, chance: random.Random) -> Image.Image:
    """The center of a photo, cut out as a rounded rectangle or an ellipse, mode RGBA."""
    width, height = photo.size
    part_width, part_height = width * chance.uniform(0.45, 0.7), height * chance.uniform(0.45, 0.7)
    left, top = (width - part_width) / 2, (height - part_height) / 2
    box = (round(left), round(top), round(left + part_width), round(top + part_height))
    part = ImageOps.contain(photo.crop(box), (_SIDE, _SIDE))
    return _with_soft_edge(part, chance.choice(["ellipse", "rounded"]))


def _drawn(chance: random.Random) -> Image.Image:
    """An object of random colored shapes, mode RGBA."""

    def color() -> tuple[int, int, int]:
        return chance.randrange(20, 236), chance.randrange(20, 236), chance.randrange(20, 236)

    size = chance.choice([(_SIDE, _SIDE), (_SIDE, 220), (220, _SIDE)])
    picture = Image.new("RGB", size, color())
    draw = ImageDraw.Draw(picture)
    for _ in range(chance.randint(6, 14)):
        corners = [
            (chance.uniform(0, size[0]), chance.uniform(0, size[1]))
            for _ in range(chance.choice([2, 3, 4]))
        ]
        if len(corners) == 2:
            x, y, radius = *corners[0], chance.uniform(15, 70)
            draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=color())
        else:
            draw.polygon(corners, fill=color(), outline=color())
    grain = np.random.default_rng(chance.randrange(1 << 30)).normal(0, 6, (size[1], size[0], 1))
    rough = Image.fromarray((np.asarray(picture) + grain).clip(0, 255).astype(np.uint8))
    return _with_soft_edge(rough, chance.choice(["ellipse", "rounded"]))


def _with_soft_edge(picture: Image.Image, shape: str) -> Image.Image:
    mask = Image.new("L", picture.size, 0)
    draw, edge = ImageDraw.Draw(mask), 6
    frame = (edge, edge, picture.width - edge, picture.height - edge)
    if shape == "ellipse":
        draw.ellipse(frame, fill=255)
    else:
        draw.rounded_rectangle(frame, radius=min(picture.size) // 6, fill=255)
    picture = picture.copy()
    picture.putalpha(mask.filter(ImageFilter.GaussianBlur(edge / 2)))
    return picture


def _plant(thing: Image.Image, photo: Image.Image, chance: random.Random) -> Box:
    """Paste an object into a photo; return its box as fractions of the photo."""
    side = chance.uniform(*SIZES) * min(photo.size)
    factor = side / max(thing.size)
    rotated = _rotated(thing, factor, chance)
    lit = ImageEnhance.Brightness(rotated.convert("RGB")).enhance(chance.uniform(*BRIGHTNESS))
    x = chance.randint(0, max(0, photo.width - rotated.width))
    y = chance.randint(0, max(0, photo.height - rotated.height))
    photo.paste(lit, (x, y), rotated.getchannel("A"))
    opaque = rotated.getchannel("A").point(lambda value: 255 * (value > 127)).getbbox()
    assert opaque is not None
    right, bottom = min(photo.width, x + opaque[2]), min(photo.height, y + opaque[3])
    left, top = x + opaque[0], y + opaque[1]
    return (
        left / photo.width,
        top / photo.height,
        (right - left) / photo.width,
        (bottom - top) / photo.height,
    )


def _rotated(thing: Image.Image, factor: float, chance: random.Random) -> Image.Image:
    """The object rotated by a random angle and scaled, on a transparent background."""
    angle = chance.uniform(-MAX_ROTATION, MAX_ROTATION)
    rotated = thing.rotate(angle, Image.Resampling.BICUBIC, expand=True)
    size = (max(8, round(rotated.width * factor)), max(8, round(rotated.height * factor)))
    return rotated.resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0)
