"""Plants the same object in several photos, at other sizes, turned and lit otherwise.

An object is cut out of a photo, or drawn, with a soft edge. Where it is in each photo is known, so
that a search by that part can be judged.
"""

from __future__ import annotations

import contextlib
import random
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from PIL import Image, ImageDraw, ImageEnhance, ImageFilter, ImageOps

# Of the photo's shorter side: the longer side of an object.
SIZES = (0.3, 0.65)
# Degrees by which an object is turned at most, and the range of its brightness.
TURN, BRIGHTNESS = 15.0, (0.75, 1.25)
# Pixels of the longer side of an object before it is planted.
_SIDE = 320

Box = tuple[float, float, float, float]


class PlantedObject(NamedTuple):
    """One photo with a planted object."""

    path: Path
    number: int
    """Which object."""
    box: Box
    """Left, top, width and height as shares of the photo."""


def plant_objects(
    files: Sequence[Path], folder: Path, objects: int, copies: int, seed: int = 1
) -> tuple[list[PlantedObject], list[Path]]:
    """Plant each object in `copies` photos, written to the folder.

    Half of the objects are cut out of further photos, half are drawn. Returns the planted photos,
    those of one object side by side, and the photos that were not used.
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
    """The next photo that can be read."""
    while left:
        path = left.pop()
        with contextlib.suppress(OSError, SyntaxError, ValueError), Image.open(path) as opened:
            return ImageOps.exif_transpose(opened).convert("RGB")
    raise SystemExit("Too few of these photos can be read.")


def _cut_out(photo: Image.Image, chance: random.Random) -> Image.Image:
    """The middle of a photo in the shape of a rounded rectangle or an ellipse, mode RGBA."""
    width, height = photo.size
    across, down = width * chance.uniform(0.45, 0.7), height * chance.uniform(0.45, 0.7)
    left, top = (width - across) / 2, (height - down) / 2
    part = ImageOps.contain(
        photo.crop((round(left), round(top), round(left + across), round(top + down))),
        (_SIDE, _SIDE),
    )
    return _with_soft_edge(part, chance.choice(["ellipse", "rounded"]))


def _drawn(chance: random.Random) -> Image.Image:
    """A label or toy of coloured shapes, mode RGBA."""

    def color() -> tuple[int, int, int]:
        return chance.randrange(20, 236), chance.randrange(20, 236), chance.randrange(20, 236)

    size = chance.choice([(_SIDE, _SIDE), (_SIDE, 220), (220, _SIDE)])
    picture = Image.new("RGB", size, color())
    pen = ImageDraw.Draw(picture)
    for _ in range(chance.randint(6, 14)):
        corners = [
            (chance.uniform(0, size[0]), chance.uniform(0, size[1]))
            for _ in range(chance.choice([2, 3, 4]))
        ]
        if len(corners) == 2:
            x, y, radius = *corners[0], chance.uniform(15, 70)
            pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill=color())
        else:
            pen.polygon(corners, fill=color(), outline=color())
    grain = np.random.default_rng(chance.randrange(1 << 30)).normal(0, 6, (size[1], size[0], 1))
    rough = Image.fromarray((np.asarray(picture) + grain).clip(0, 255).astype(np.uint8))
    return _with_soft_edge(rough, chance.choice(["ellipse", "rounded"]))


def _with_soft_edge(picture: Image.Image, shape: str) -> Image.Image:
    mask = Image.new("L", picture.size, 0)
    pen, edge = ImageDraw.Draw(mask), 6
    frame = (edge, edge, picture.width - edge, picture.height - edge)
    if shape == "ellipse":
        pen.ellipse(frame, fill=255)
    else:
        pen.rounded_rectangle(frame, radius=min(picture.size) // 6, fill=255)
    picture = picture.copy()
    picture.putalpha(mask.filter(ImageFilter.GaussianBlur(edge / 2)))
    return picture


def _plant(thing: Image.Image, photo: Image.Image, chance: random.Random) -> Box:
    """Paste an object into a photo; returns its box as shares of the photo."""
    side = chance.uniform(*SIZES) * min(photo.size)
    factor = side / max(thing.size)
    turned = _turned(thing, factor, chance)
    lit = ImageEnhance.Brightness(turned.convert("RGB")).enhance(chance.uniform(*BRIGHTNESS))
    x = chance.randint(0, max(0, photo.width - turned.width))
    y = chance.randint(0, max(0, photo.height - turned.height))
    photo.paste(lit, (x, y), turned.getchannel("A"))
    seen = turned.getchannel("A").point(lambda value: 255 * (value > 127)).getbbox()
    assert seen is not None
    right, bottom = min(photo.width, x + seen[2]), min(photo.height, y + seen[3])
    left, top = x + seen[0], y + seen[1]
    return (
        left / photo.width,
        top / photo.height,
        (right - left) / photo.width,
        (bottom - top) / photo.height,
    )


def _turned(thing: Image.Image, factor: float, chance: random.Random) -> Image.Image:
    """The object turned and scaled, on a transparent ground."""
    turned = thing.rotate(chance.uniform(-TURN, TURN), Image.Resampling.BICUBIC, expand=True)
    size = (max(8, round(turned.width * factor)), max(8, round(turned.height * factor)))
    return turned.resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0)
