"""Simulate two shots of one scene from one photo: each has independent noise, and the second one
the displacements of an unsteady tripod, a hand, or another camera.

The photo is reduced first, so that its own noise disappears. Things that appear, disappear or move
are cut out of another photo, with soft edges.
"""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any, NamedTuple

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image, ImageOps

Random = np.random.Generator
Floats = npt.NDArray[Any]

KINDS = (
    "nothing moved", "something appeared", "something moved", "something plain appeared",
    "a face moved", "leaves moved", "hand-held",
    "a flat cover by another camera", "a flat cover by a scanner",
)  # fmt: skip
# The longer sides of the shots in pixels, and their JPEG qualities, which are equal for both shots.
_SIDES, _QUALITIES = (224, 320, 512, 800, 1024), (70, 80, 85, 90, 95)


class Shots(NamedTuple):
    """The files of two shots. kind: how they differ, one of `KINDS`."""

    kind: str
    one: Path
    other: Path


def make(source: Path, another: Path, folder: Path, kind: str, random: Random) -> Shots:
    """Write two shots of the scene in `source` into the folder; things that appear are cut out of
    `another`. Raises OSError if Pillow cannot open one of them."""
    side = int(random.choice(_SIDES))
    with Image.open(source) as opened:
        picture = ImageOps.exif_transpose(opened).convert("RGB")
    picture.thumbnail((side, side), Image.Resampling.LANCZOS)
    with Image.open(another) as opened:
        thing = np.asarray(
            ImageOps.fit(ImageOps.exif_transpose(opened).convert("RGB"), picture.size), np.float64
        )
    one, other = _changed(np.asarray(picture, np.float64), thing, kind, random)
    spread, soft = (
        np.exp(random.uniform(np.log(0.4), np.log(3.0))),
        float(random.choice([0, 0.5, 0.8])),
    )
    quality, paths = int(random.choice(_QUALITIES)), []
    for number, shot in enumerate((one, other)):
        packed = io.BytesIO()
        Image.fromarray(_noisy(shot, spread, soft, random)).save(packed, "JPEG", quality=quality)
        paths.append(folder / f"{source.stem}-{KINDS.index(kind)}-{number}.jpg")
        paths[-1].write_bytes(packed.getvalue())
    return Shots(kind, *paths)


def _changed(a: Floats, thing: Floats, kind: str, random: Random) -> tuple[Floats, Floats]:
    """The two shots of a scene, before noise is added."""
    h, w, _ = a.shape
    if kind.startswith("a flat cover"):
        return a, _flat_cover(a, random, scanned="scanner" in kind)
    if kind == "hand-held":
        return a, _from_elsewhere(a, random.uniform(0.001, 0.01), random)
    b = a
    if kind.startswith("something"):
        a, b = _with_something(a, thing, kind, random)
    elif kind == "a face moved":
        b = _displaced(a, *_bumps(h, w, random))
    elif kind == "leaves moved":
        b = _with_moved_leaves(a, random)
    # A tripod gives way by hundredths of a pixel up to half a pixel.
    give = np.exp(random.uniform(np.log(0.02), np.log(0.4)))
    turn = cv2.getRotationMatrix2D((w / 2, h / 2), random.normal(0, 0.003), 1)
    turn[:, 2] = turn[:, 2] + random.normal(0, give, 2)
    moved = cv2.warpAffine(b, turn, (w, h), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT)
    return a, moved * random.uniform(0.98, 1.02)


def _flat_cover(a: Floats, random: Random, *, scanned: bool) -> Floats:
    """A second picture of a flat object, by another camera or by a scanner."""
    h, w, _ = a.shape
    if not scanned:
        return _from_elsewhere(_light(a, random), random.uniform(0.001, 0.01), random)
    # Without perspective, but slightly rotated and scaled.
    turn = cv2.getRotationMatrix2D(
        (w / 2, h / 2), random.uniform(-0.6, 0.6), random.uniform(0.97, 1.03)
    )
    return np.asarray(
        cv2.warpAffine(
            _light(a, random), turn, (w, h), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT
        )
    )


def _with_something(a: Floats, thing: Floats, kind: str, random: Random) -> tuple[Floats, Floats]:
    """Two shots between which something appears in the scene, or moves in it."""
    h, w, _ = a.shape
    side = min(h, w)
    mask = _shape(h, w, random)
    if "plain" in kind:
        y = np.arange(h)[:, None, None] / h
        thing = np.broadcast_to(
            random.uniform(30, 220, 3) * (1 + 0.35 * np.sin(y * random.uniform(4, 12))), a.shape
        ).clip(0, 255)
    if "moved" not in kind:
        return a, a + (thing - a) * mask[..., None]
    right, down = random.uniform(0.02, 0.25) * side, random.uniform(-0.05, 0.05) * side
    shift = np.array([[1, 0, right], [0, 1, down]])
    there, shifted = (cv2.warpAffine(x, shift, (w, h)) for x in (mask, thing))
    return a + (thing - a) * mask[..., None], a + (shifted - a) * there[..., None]


def _with_moved_leaves(a: Floats, random: Random) -> Floats:
    """The scene with small parts displaced a little, each in its own direction."""
    h, w, _ = a.shape
    side = min(h, w)
    fields = [
        cv2.GaussianBlur(random.normal(0, 1, (h, w)), (0, 0), random.uniform(0.008, 0.03) * side)
        for _ in "xy"
    ]
    region = cv2.GaussianBlur(random.normal(0, 1, (h, w)), (0, 0), 0.15 * side)
    region = cv2.GaussianBlur(
        (region > np.quantile(region, random.uniform(0.6, 0.9))).astype(float), (0, 0), 0.02 * side
    )
    reach = random.uniform(0.004, 0.012) * side
    return _displaced(a, *(field / field.std() * reach * region for field in fields))


def _from_elsewhere(picture: Floats, share: float, random: Random) -> Floats:
    """The picture from a slightly different viewpoint: each corner is displaced by up to a fraction
    of the shorter side."""
    h, w, _ = picture.shape
    corners = np.array([[0, 0], [w, 0], [w, h], [0, h]], np.float32)
    there = corners + random.uniform(-1, 1, (4, 2)).astype(np.float32) * share * min(h, w)
    transform = cv2.getPerspectiveTransform(corners, there.astype(np.float32))
    return np.asarray(
        cv2.warpPerspective(
            picture, transform, (w, h), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT
        )
    )


def _light(picture: Floats, random: Random) -> Floats:
    """The picture under another lamp: with its color, a brightness gradient and a soft
    reflection."""
    h, w, _ = picture.shape
    y, x = np.mgrid[0:h, 0:w] / max(h, w)
    fall = 1 + random.uniform(-0.2, 0.2) * (x - 0.5) + random.uniform(-0.2, 0.2) * (y - 0.5)
    gloss = np.exp(
        -((x - random.random()) ** 2 + (y - random.random()) ** 2) / 0.05
    ) * random.uniform(0, 40)
    return np.asarray(picture * random.uniform(0.85, 1.1, 3) * fall[..., None] + gloss[..., None])


def _shape(h: int, w: int, random: Random) -> Floats:
    """The mask of a random shape, (h, w): a standing person, a blob, or a rotated box; 1 inside, 0
    outside, with a soft edge."""
    mask, area, how = np.zeros((h, w)), random.uniform(0.01, 0.13) * h * w, int(random.integers(3))
    x, y = random.uniform(0.15, 0.85) * w, random.uniform(0.15, 0.85) * h
    if how == 0:
        tall = min(0.9 * h, (4 * area) ** 0.5)
        top, wide = max(0.0, y - tall / 2), tall / 3.2
        cv2.ellipse(
            mask,
            (int(x), int(top + 0.12 * tall)),
            (max(1, int(0.28 * wide)), max(1, int(0.11 * tall))),
            0,
            0,
            360,
            1,
            -1,
        )
        cv2.ellipse(
            mask,
            (int(x), int(top + 0.42 * tall)),
            (max(1, int(0.5 * wide)), max(1, int(0.24 * tall))),
            0,
            0,
            360,
            1,
            -1,
        )
        for leg in (-wide, wide):
            hip, foot = (
                (int(x + 0.15 * leg), int(top + 0.55 * tall)),
                (int(x + 0.3 * leg), int(top + 0.98 * tall)),
            )
            cv2.line(mask, hip, foot, 1, max(1, int(0.24 * wide)))
    elif how == 1:
        rough = cv2.GaussianBlur(random.normal(0, 1, (h, w)), (0, 0), max(1, area**0.5 / 3))
        rows, columns = np.mgrid[0:h, 0:w]
        mask = (
            np.hypot(columns - x, rows - y) / (area / np.pi) ** 0.5 + 0.25 * rough / rough.std() < 1
        ).astype(float)
    else:
        wide = (area * random.uniform(1, 2.5)) ** 0.5
        box = cv2.boxPoints(((x, y), (wide, area / wide), random.uniform(-15, 15)))
        cv2.fillPoly(mask, [box.astype(np.int32)], 1)
    return np.asarray(
        cv2.GaussianBlur(mask, (0, 0), 0.3 + random.uniform(0.5, 1.5) * min(h, w) / 512)
    )


def _bumps(h: int, w: int, random: Random) -> list[Floats]:
    """The displacement of one to three regions, as of mouths and heads: the horizontal and vertical
    fields in pixels, each (h, w)."""
    rows, columns = np.mgrid[0:h, 0:w]
    by = [np.zeros((h, w)), np.zeros((h, w))]
    for _ in range(int(random.integers(1, 4))):
        x, y, radius = (
            random.uniform(0.2, 0.8) * w,
            random.uniform(0.2, 0.8) * h,
            random.uniform(0.06, 0.2) * min(h, w),
        )
        near = np.exp(-((columns - x) ** 2 + (rows - y) ** 2) / (2 * radius**2))
        by = [axis + near * random.uniform(-0.35, 0.35) * radius for axis in by]
    return by


def _displaced(picture: Floats, dx: Floats, dy: Floats) -> Floats:
    h, w, _ = picture.shape
    rows, columns = np.mgrid[0:h, 0:w]
    positions = (columns + dx).astype(np.float32), (rows + dy).astype(np.float32)
    return np.asarray(
        cv2.remap(picture, *positions, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT)
    )


def _noisy(picture: Floats, spread: float, soft: float, random: Random) -> npt.NDArray[np.uint8]:
    """Add noise that grows with brightness, like photon noise, and that is correlated between
    neighboring pixels, like that of demosaicing."""
    noise: Floats = 0.6 * random.normal(0, 1, picture.shape) + 0.8 * random.normal(
        0, 1, (*picture.shape[:2], 1)
    )
    if soft:
        noise = cv2.GaussianBlur(noise, (0, 0), soft)
    light = np.sqrt(0.3 + 0.7 * picture.clip(0, 255) / 128)
    return np.asarray(
        (picture + noise / noise.std() * spread * light).round().clip(0, 255), np.uint8
    )
