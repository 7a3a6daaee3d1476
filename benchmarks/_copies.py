"""Synthetic copies of photos, as made by messengers, web sites and editors. The same seed always
makes the same copies."""

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
# The minimum longer side of a copy, in pixels; smaller ones cannot be recognized even by eye.
MIN_SIDE = 96


class Copy(NamedTuple):
    """A file that was made from a photo. kind: how, one of `ALL_KINDS`, with the names of the
    changes in parentheses if there are several."""

    kind: str
    source: Path
    path: Path


def _scale(share: tuple[float, float]) -> Change:
    def change(picture: Image.Image, random: Random) -> Image.Image:
        factor = max(random.uniform(*share), MIN_SIDE / max(picture.size))
        size = (max(1, round(picture.width * factor)), max(1, round(picture.height * factor)))
        return picture.resize(size, Image.Resampling.LANCZOS) if factor < 1 else picture

    return change


def _transpose(method: Image.Transpose) -> Change:
    return lambda picture, random: picture.transpose(method)


def _crop(lost: tuple[float, float]) -> Change:
    """Crops a fraction of the area, drawn from the range `lost`, off any of the four sides."""

    def change(picture: Image.Image, random: Random) -> Image.Image:
        kept = 1 - random.uniform(*lost)
        kept_width = kept ** random.uniform(0.2, 0.8)
        width = round(picture.width * kept_width)
        height = round(picture.height * kept / kept_width)
        left, top = (
            int(random.integers(0, picture.width - width + 1)),
            int(random.integers(0, picture.height - height + 1)),
        )
        return picture.crop((left, top, left + width, top + height))

    return change


def _border(picture: Image.Image, random: Random) -> Image.Image:
    colors: list[tuple[int, ...]] = [
        (255, 255, 255),
        (0, 0, 0),
        (int(random.integers(256)), 40, 90),
    ]
    color = colors[int(random.integers(3))]
    width = round(random.uniform(0.02, 0.09) * min(picture.size))
    if random.random() < 0.3:
        # On two sides only, as on a screen with another aspect ratio.
        return ImageOps.expand(
            picture, (0, 2 * width) if picture.width >= picture.height else (2 * width, 0), color
        )
    return ImageOps.expand(picture, width, color)


def _tone(picture: Image.Image, random: Random) -> Image.Image:
    method = int(random.integers(4))
    up = random.random() < 0.5
    if method == 0:
        return ImageEnhance.Brightness(picture).enhance(
            random.uniform(1.15, 1.4) if up else random.uniform(0.6, 0.85)
        )
    if method == 1:
        return ImageEnhance.Contrast(picture).enhance(
            random.uniform(1.15, 1.5) if up else random.uniform(0.6, 0.85)
        )
    if method == 2:
        gamma = random.uniform(1.2, 1.7) if up else random.uniform(0.6, 0.83)
        return picture.point([round(255 * (v / 255) ** gamma) for v in range(256)] * 3)
    return ImageEnhance.Color(picture).enhance(
        random.uniform(1.3, 2.0) if up else random.uniform(0.2, 0.7)
    )


def _gray(picture: Image.Image, random: Random) -> Image.Image:
    return picture.convert("L").convert("RGB")


def _stamp(picture: Image.Image, random: Random) -> Image.Image:
    """Adds a small mark in a corner: a line of text, half of the time on a filled badge."""
    side = min(picture.size)
    overlay = Image.new("RGBA", picture.size)
    draw = ImageDraw.Draw(overlay)
    width, height = (
        (0.3 * side, 0.08 * side) if random.random() < 0.6 else (0.14 * side, 0.14 * side)
    )
    left = random.choice([0.03 * side, picture.width - width - 0.03 * side])
    top = random.choice([0.03 * side, picture.height - height - 0.03 * side])
    color = tuple(int(v) for v in random.integers(0, 256, 3))
    if random.random() < 0.5:
        draw.rounded_rectangle(
            (left, top, left + width, top + height),
            height / 4,
            fill=(*color, int(random.integers(150, 256))),
        )
    draw.text(
        (left + 0.1 * width, top + 0.1 * height),
        "© Photo",
        fill=(255, 255, 255, 230),
        font=ImageFont.load_default(max(8, 0.6 * height)),
    )
    return Image.alpha_composite(picture.convert("RGBA"), overlay).convert("RGB")


def _text(picture: Image.Image, random: Random) -> Image.Image:
    """Adds text across the picture, as a watermark or a caption."""
    overlay = Image.new("RGBA", picture.size)
    draw = ImageDraw.Draw(overlay)
    opacity = int(random.integers(90, 256))
    size = max(10, random.uniform(0.06, 0.12) * picture.width)
    at = (random.uniform(0.03, 0.3) * picture.width, random.uniform(0.1, 0.8) * picture.height)
    draw.text(
        at,
        "sample text 2024",
        fill=(255, 255, 255, opacity),
        font=ImageFont.load_default(size),
        stroke_width=1,
        stroke_fill=(0, 0, 0, opacity),
    )
    return Image.alpha_composite(picture.convert("RGBA"), overlay).convert("RGB")


_T = Image.Transpose
_CHANGES: dict[str, Change] = {
    "scale 50–95%": _scale((0.5, 0.95)), "scale 15–50%": _scale((0.15, 0.5)),
    "rotated 90°": _transpose(_T.ROTATE_90), "rotated 180°": _transpose(_T.ROTATE_180),
    "rotated 270°": _transpose(_T.ROTATE_270),
    "mirrored": _transpose(_T.FLIP_LEFT_RIGHT), "upside down": _transpose(_T.FLIP_TOP_BOTTOM),
    "crop 2–10%": _crop((0.02, 0.1)), "crop 10–25%": _crop((0.1, 0.25)),
    "border": _border, "tone": _tone, "gray": _gray, "stamp": _stamp, "text": _text,
}  # fmt: skip
# Further changes by sites, phones and editors, which are not combined with others.
_WEB: dict[str, Change] = {
    "sticker": web.sticker, "tiled watermark": web.tiled, "meme": web.meme,
    "caption bar": web.caption, "code": web.code,
    "pixelated region": web.pixelated, "filter": web.filtered, "vignette": web.vignette,
    "sharpened": web.sharpened,
    "blurred": web.blurred, "upscaled": web.upscaled, "squeezed 5–15%": web.squeezed,
    "rounded corners": web.rounded,
    "blurred sides": web.blurred_sides, "screenshot": web.screenshot,
}  # fmt: skip
_SAVED: dict[str, tuple[str, dict[str, int]]] = {
    "JPEG q 95": ("JPEG", {"quality": 95}), "JPEG q 50–90": ("JPEG", {"quality": -1}),
    "JPEG q 20": ("JPEG", {"quality": 20}),
    "WebP": ("WEBP", {"quality": 70}), "HEIC": ("HEIF", {"quality": 55}), "PNG": ("PNG", {}),
}  # fmt: skip
_SUFFIX = {"JPEG": ".jpg", "WEBP": ".webp", "HEIF": ".heic", "PNG": ".png"}
# Groups of changes of which at most one is applied.
_EXCLUSIVE = (
    {"scale 50–95%", "scale 15–50%"},
    {"crop 2–10%", "crop 10–25%"},
    {"rotated 90°", "rotated 180°", "rotated 270°", "mirrored", "upside down"},
)
# “two at once”, “three at once”: random changes combined, and saved in a random format.
KINDS = (*_SAVED, *_CHANGES, "two at once", "three at once")
# These are measured in a separate run: if a photo has more copies than neighbors are examined,
# some can be found only by their hashes.
WEB_KINDS = tuple(_WEB)
ALL_KINDS = (*KINDS, *WEB_KINDS)


def make(source: Path, folder: Path, kind: str, random: Random) -> Copy:
    """Write one copy of the given kind into the folder. Raises OSError if Pillow cannot open the
    source."""
    with Image.open(source) as opened:
        picture = ImageOps.exif_transpose(opened).convert("RGB")
    if kind in _WEB:
        picture = _WEB[kind](picture, random)
    names = (
        [kind]
        if kind in _CHANGES
        else _random_changes(2 if kind == "two at once" else 3, random)
        if kind.endswith("at once")
        else []
    )
    # In the usual order: a picture is cropped and rotated before anything is added to it.
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
    format_name, options = _SAVED[saved]
    options = {k: int(random.integers(50, 91)) if v < 0 else v for k, v in options.items()}
    packed = io.BytesIO()
    picture.save(packed, format_name, **options)
    path = folder / f"{source.stem}-{ALL_KINDS.index(kind):02}{_SUFFIX[format_name]}"
    path.write_bytes(packed.getvalue())
    return Copy(kind + (f" ({', '.join(names)})" if len(names) > 1 else ""), source, path)


def _random_changes(number: int, random: Random) -> list[str]:
    names = list[str]()
    while len(names) < number:
        name = str(random.choice(list(_CHANGES)))
        excluded = any(name in group and group & set(names) for group in _EXCLUSIVE)
        if name not in names and not excluded:
            names.append(name)
    return names


def photos_below(folder: Path, most: int) -> list[Path]:
    """At most `most` photo files in a folder and its subfolders, spread evenly over them."""
    found = sorted(
        path for path in folder.rglob("*") if path.suffix.lower() in EXTENSIONS and path.is_file()
    )
    return found[:: max(1, len(found) // most)][:most]


def make_copies(
    sources: Sequence[Path], folder: Path, seed: int, kinds: Sequence[str] = KINDS
) -> tuple[dict[Path, Path], list[Copy]]:
    """Write the originals under unique names, and one copy of each kind for every original.

    Returns the paths of the originals by their sources, and the copies.
    """
    originals = dict[Path, Path]()
    for number, source in enumerate(sources):
        path = folder / "originals" / f"{number:05}{source.suffix.lower()}"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(source.read_bytes())
        originals[source] = path
    (folder / "copies").mkdir(exist_ok=True)
    jobs = [(path, folder / "copies", kind, seed) for path in originals.values() for kind in kinds]
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
