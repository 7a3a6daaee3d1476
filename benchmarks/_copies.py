"""Copies of photos such as messengers, web sites and editors make them, by rule: the same seed
always makes the same copies."""

from __future__ import annotations

import io
import zlib
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pillow_heif
from PIL import Image, ImageDraw, ImageEnhance, ImageFont, ImageOps

from benchmarks import _web as web
from explorer.photos.formats import EXTENSIONS

pillow_heif.register_heif_opener(thumbnails=False)

Random = np.random.Generator
Change = Callable[[Image.Image, Random], Image.Image]
# No copy gets smaller than this; nobody could tell by eye what is on it.
MIN_SIDE = 96


class Copy(NamedTuple):
    """A file that was made from a photo. kind: what was done to it, as in `KINDS`."""

    kind: str
    source: Path
    path: Path


def _scale(share: tuple[float, float]) -> Change:
    def change(picture: Image.Image, random: Random) -> Image.Image:
        factor = max(random.uniform(*share), MIN_SIDE / max(picture.size))
        size = (max(1, round(picture.width * factor)), max(1, round(picture.height * factor)))
        return picture.resize(size, Image.Resampling.LANCZOS) if factor < 1 else picture

    return change


def _turn(how: Image.Transpose) -> Change:
    return lambda picture, random: picture.transpose(how)


def _crop(lost: tuple[float, float]) -> Change:
    """Takes away that share of the area, at any of the four sides."""

    def change(picture: Image.Image, random: Random) -> Image.Image:
        kept = 1 - random.uniform(*lost)
        across = kept ** random.uniform(0.2, 0.8)
        width, height = round(picture.width * across), round(picture.height * kept / across)
        left, top = (
            int(random.integers(0, picture.width - width + 1)),
            int(random.integers(0, picture.height - height + 1)),
        )
        return picture.crop((left, top, left + width, top + height))

    return change


def _border(picture: Image.Image, random: Random) -> Image.Image:
    colours: list[tuple[int, ...]] = [
        (255, 255, 255),
        (0, 0, 0),
        (int(random.integers(256)), 40, 90),
    ]
    colour = colours[int(random.integers(3))]
    width = round(random.uniform(0.02, 0.09) * min(picture.size))
    if random.random() < 0.3:
        # As for a screen of another shape: at two sides only.
        return ImageOps.expand(
            picture, (0, 2 * width) if picture.width >= picture.height else (2 * width, 0), colour
        )
    return ImageOps.expand(picture, width, colour)


def _tone(picture: Image.Image, random: Random) -> Image.Image:
    how = int(random.integers(4))
    up = random.random() < 0.5
    if how == 0:
        return ImageEnhance.Brightness(picture).enhance(
            random.uniform(1.15, 1.4) if up else random.uniform(0.6, 0.85)
        )
    if how == 1:
        return ImageEnhance.Contrast(picture).enhance(
            random.uniform(1.15, 1.5) if up else random.uniform(0.6, 0.85)
        )
    if how == 2:
        gamma = random.uniform(1.2, 1.7) if up else random.uniform(0.6, 0.83)
        return picture.point([round(255 * (v / 255) ** gamma) for v in range(256)] * 3)
    return ImageEnhance.Color(picture).enhance(
        random.uniform(1.3, 2.0) if up else random.uniform(0.2, 0.7)
    )


def _grey(picture: Image.Image, random: Random) -> Image.Image:
    return picture.convert("L").convert("RGB")


def _stamp(picture: Image.Image, random: Random) -> Image.Image:
    """A small mark in a corner: a filled badge or a line of words."""
    side = min(picture.size)
    over = Image.new("RGBA", picture.size)
    pen = ImageDraw.Draw(over)
    width, height = (
        (0.3 * side, 0.08 * side) if random.random() < 0.6 else (0.14 * side, 0.14 * side)
    )
    left = random.choice([0.03 * side, picture.width - width - 0.03 * side])
    top = random.choice([0.03 * side, picture.height - height - 0.03 * side])
    colour = tuple(int(v) for v in random.integers(0, 256, 3))
    if random.random() < 0.5:
        pen.rounded_rectangle(
            (left, top, left + width, top + height),
            height / 4,
            fill=(*colour, int(random.integers(150, 256))),
        )
    pen.text(
        (left + 0.1 * width, top + 0.1 * height),
        "© Photo",
        fill=(255, 255, 255, 230),
        font=ImageFont.load_default(max(8, 0.6 * height)),
    )
    return Image.alpha_composite(picture.convert("RGBA"), over).convert("RGB")


def _words(picture: Image.Image, random: Random) -> Image.Image:
    """Words across the picture, as a watermark or a caption."""
    over = Image.new("RGBA", picture.size)
    pen = ImageDraw.Draw(over)
    strength = int(random.integers(90, 256))
    size = max(10, random.uniform(0.06, 0.12) * picture.width)
    at = (random.uniform(0.03, 0.3) * picture.width, random.uniform(0.1, 0.8) * picture.height)
    pen.text(
        at,
        "sample text 2024",
        fill=(255, 255, 255, strength),
        font=ImageFont.load_default(size),
        stroke_width=1,
        stroke_fill=(0, 0, 0, strength),
    )
    return Image.alpha_composite(picture.convert("RGBA"), over).convert("RGB")


_T = Image.Transpose
_CHANGES: dict[str, Change] = {
    "scale 50–95 %": _scale((0.5, 0.95)), "scale 15–50 %": _scale((0.15, 0.5)),
    "turned 90°": _turn(_T.ROTATE_90), "turned 180°": _turn(_T.ROTATE_180),
    "turned 270°": _turn(_T.ROTATE_270),
    "mirrored": _turn(_T.FLIP_LEFT_RIGHT), "upside down": _turn(_T.FLIP_TOP_BOTTOM),
    "crop 2–10 %": _crop((0.02, 0.1)), "crop 10–25 %": _crop((0.1, 0.25)),
    "border": _border, "tone": _tone, "grey": _grey, "stamp": _stamp, "words": _words,
}  # fmt: skip
# What else sites, phones and editors make of a picture; not among those that are combined.
_WEB: dict[str, Change] = {
    "sticker": web.sticker, "tiled mark": web.tiled, "meme": web.meme, "caption bar": web.caption,
    "code": web.code,
    "pixelated place": web.pixelated, "filter": web.filtered, "vignette": web.vignette,
    "sharpened": web.sharpened,
    "softened": web.softened, "upscaled": web.upscaled, "squeezed 5–15 %": web.squeezed,
    "rounded corners": web.rounded,
    "blurred sides": web.blurred_sides, "screenshot": web.screenshot,
}  # fmt: skip
_SAVED: dict[str, tuple[str, dict[str, int]]] = {
    "JPEG q 95": ("JPEG", {"quality": 95}), "JPEG q 50–90": ("JPEG", {"quality": -1}),
    "JPEG q 20": ("JPEG", {"quality": 20}),
    "WebP": ("WEBP", {"quality": 70}), "HEIC": ("HEIF", {"quality": 55}), "PNG": ("PNG", {}),
}  # fmt: skip
_ENDING = {"JPEG": ".jpg", "WEBP": ".webp", "HEIF": ".heic", "PNG": ".png"}
# Of these no two make sense at once.
_ALIKE = (
    {"scale 50–95 %", "scale 15–50 %"},
    {"crop 2–10 %", "crop 10–25 %"},
    {"turned 90°", "turned 180°", "turned 270°", "mirrored", "upside down"},
)
# “two at once”, “three at once”: any of the changes together, and saved in any way.
KINDS = (*_SAVED, *_CHANGES, "two at once", "three at once")
# In two runs: a photo with more copies than neighbours are examined would be found through its
# hash alone.
WEB_KINDS = tuple(_WEB)
ALL_KINDS = (*KINDS, *WEB_KINDS)


def make(source: Path, folder: Path, kind: str, random: Random) -> Copy:
    """Write one copy of that kind into the folder. Raises OSError for what Pillow cannot open."""
    with Image.open(source) as opened:
        picture = ImageOps.exif_transpose(opened).convert("RGB")
    if kind in _WEB:
        picture = _WEB[kind](picture, random)
    names = (
        [kind]
        if kind in _CHANGES
        else _drawn(2 if kind == "two at once" else 3, random)
        if kind.endswith("at once")
        else []
    )
    # In the order in which people do it: the picture is cut and turned before anything is put on
    # it.
    for name in sorted(names, key=list(_CHANGES).index):
        picture = _CHANGES[name](picture, random)
    saved = (
        kind
        if kind in _SAVED
        else list(_SAVED)[int(random.integers(5))]
        if kind.endswith("at once")
        else "JPEG q 95"
    )
    saved = "JPEG q 50–90" if kind in _WEB else saved
    form, options = _SAVED[saved]
    options = {k: int(random.integers(50, 91)) if v < 0 else v for k, v in options.items()}
    packed = io.BytesIO()
    picture.save(packed, form, **options)
    path = folder / f"{source.stem}-{ALL_KINDS.index(kind):02}{_ENDING[form]}"
    path.write_bytes(packed.getvalue())
    return Copy(kind + (f" ({', '.join(names)})" if len(names) > 1 else ""), source, path)


def _drawn(number: int, random: Random) -> list[str]:
    names = list[str]()
    while len(names) < number:
        name = str(random.choice(list(_CHANGES)))
        if name not in names and not any(name in some and some & set(names) for some in _ALIKE):
            names.append(name)
    return names


def photos_below(folder: Path, most: int) -> list[Path]:
    """The photo files below a folder; every n-th if there are more than wanted."""
    found = sorted(
        path for path in folder.rglob("*") if path.suffix.lower() in EXTENSIONS and path.is_file()
    )
    return found[:: max(1, len(found) // most)][:most]


def make_copies(
    sources: Sequence[Path], folder: Path, seed: int, kinds: Sequence[str] = KINDS
) -> tuple[dict[Path, Path], list[Copy]]:
    """Write the originals under unique names, and a copy of each kind of each.

    Returns the originals in the folder by their sources, and the copies.
    """
    originals = dict[Path, Path]()
    for number, source in enumerate(sources):
        place = folder / "originals" / f"{number:05}{source.suffix.lower()}"
        place.parent.mkdir(exist_ok=True)
        place.write_bytes(source.read_bytes())
        originals[source] = place
    (folder / "copies").mkdir(exist_ok=True)
    jobs = [
        (place, folder / "copies", kind, seed) for place in originals.values() for kind in kinds
    ]
    with ProcessPoolExecutor() as pool:
        copies = [copy for copy in pool.map(_make_copy, jobs, chunksize=16) if copy]
    return originals, copies


def _make_copy(job: tuple[Path, Path, str, int]) -> Copy | None:
    source, folder, kind, seed = job
    random = np.random.default_rng([seed, zlib.crc32(source.name.encode()), ALL_KINDS.index(kind)])
    try:
        return make(source, folder, kind, random)
    except (OSError, ValueError, SyntaxError):
        # Pillow cannot open it.
        return None
