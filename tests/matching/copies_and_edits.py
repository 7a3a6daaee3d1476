"""A photo, plain copies of it as programs and messengers make them, and edited copies."""

from __future__ import annotations

import io
from collections.abc import Callable

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageEnhance, ImageFilter, ImageFont

from tests.pictures import draw, encoded

Change = Callable[[Image.Image], Image.Image]
SIZE = (800, 600)
FILTERS = Image.Resampling


def photo(seed: int = 7) -> bytes:
    """A drawn photo with texture, the noise of a camera, and a scoreboard, as a camera saves it."""
    random = np.random.default_rng(seed)
    levels = np.asarray(draw(seed, SIZE)).astype(np.float32)
    for sigma, strength in ((0, 8), (1, 60), (2, 60), (6, 90)):
        noise = random.normal(0, strength, (*SIZE[::-1], 1)).astype(np.float32)
        levels += (cv2.GaussianBlur(noise, (0, 0), sigma) if sigma else noise[..., 0])[..., None]
    picture = _scored(Image.fromarray(levels.clip(0, 255).astype(np.uint8)), "12:48")
    return encoded(picture, "JPEG", quality=93)


def reopened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data)).convert("RGB")


def scaled(
    picture: Image.Image, factor: float, filter: Image.Resampling = FILTERS.LANCZOS
) -> Image.Image:
    return picture.resize((round(picture.width * factor), round(picture.height * factor)), filter)


def _scaled_by_opencv(picture: Image.Image, factor: float, how: int) -> Image.Image:
    size = round(picture.width * factor), round(picture.height * factor)
    return Image.fromarray(cv2.resize(np.asarray(picture), size, interpolation=how))


def _sharpened(picture: Image.Image) -> Image.Image:
    return picture.filter(ImageFilter.UnsharpMask(0.6, 40, 0))


def _reduced_while_decoded(picture: Image.Image) -> Image.Image:
    opened = Image.open(io.BytesIO(encoded(picture, "JPEG", quality=93)))
    opened.draft("RGB", (picture.width // 2, picture.height // 2))
    return opened.convert("RGB").resize((320, 240), FILTERS.BILINEAR)


PLAIN: dict[str, Callable[[Image.Image], bytes]] = {
    "half": lambda p: encoded(scaled(p, 0.5), "JPEG", quality=75),
    "half, better": lambda p: encoded(scaled(p, 0.5), "JPEG", quality=85),
    "bicubic, full chroma": lambda p: encoded(
        scaled(p, 0.5, FILTERS.BICUBIC), "JPEG", quality=80, subsampling=0
    ),
    "box": lambda p: encoded(scaled(p, 0.5, FILTERS.BOX), "JPEG", quality=60),
    "bilinear": lambda p: encoded(scaled(p, 0.33, FILTERS.BILINEAR), "JPEG", quality=85),
    "hamming, progressive": lambda p: encoded(
        scaled(p, 0.45, FILTERS.HAMMING), "JPEG", quality=78, progressive=True
    ),
    "a little smaller": lambda p: encoded(scaled(p, 0.9), "JPEG", quality=90),
    "a quarter": lambda p: encoded(scaled(p, 0.25), "JPEG", quality=80),
    "nearest four pixels": lambda p: encoded(
        _scaled_by_opencv(p, 0.4, cv2.INTER_LINEAR), "JPEG", quality=85
    ),
    "pixel areas": lambda p: encoded(_scaled_by_opencv(p, 0.6, cv2.INTER_AREA), "JPEG", quality=90),
    "messenger": lambda p: encoded(
        _sharpened(scaled(p, 0.7, FILTERS.BILINEAR)), "JPEG", quality=70
    ),
    "site": lambda p: encoded(_sharpened(scaled(p, 0.6)), "JPEG", quality=71),
    "reduced while decoded": lambda p: encoded(_reduced_while_decoded(p), "JPEG", quality=82),
    "saved again": lambda p: encoded(p, "JPEG", quality=85),
    "saved again, strongly compressed": lambda p: encoded(p, "JPEG", quality=40),
    "lossless": lambda p: encoded(scaled(p, 0.5), "PNG"),
    "WebP": lambda p: encoded(scaled(p, 0.5), "WEBP", quality=80),
}


def _scored(picture: Image.Image, score: str) -> Image.Image:
    changed = picture.copy()
    pen = ImageDraw.Draw(changed)
    pen.rectangle((500, 180, 548, 200), fill=(35, 35, 40))
    pen.text((503, 181), score, fill=(230, 200, 60), font=ImageFont.load_default(16))
    return changed


def _in_ellipse(
    picture: Image.Image, box: tuple[int, int, int, int], change: Change
) -> Image.Image:
    part = picture.crop(box)
    mask = Image.new("L", part.size, 0)
    ImageDraw.Draw(mask).ellipse((0, 0, part.width - 1, part.height - 1), fill=255)
    changed = picture.copy()
    changed.paste(change(part), box[:2], mask.filter(ImageFilter.GaussianBlur(1)))
    return changed


def _blinking(picture: Image.Image) -> Image.Image:
    closed: Change = lambda part: part.filter(ImageFilter.GaussianBlur(6))  # noqa: E731
    for left in (300, 330):
        picture = _in_ellipse(picture, (left, 240, left + 18, 252), closed)
    return picture


def _half_blurred(picture: Image.Image) -> Image.Image:
    changed = picture.copy()
    left = picture.crop((0, 0, picture.width // 2, picture.height))
    changed.paste(left.filter(ImageFilter.GaussianBlur(2)), (0, 0))
    return changed


def _bird(picture: Image.Image) -> Image.Image:
    changed = picture.copy()
    ImageDraw.Draw(changed).polygon(
        [(600, 96), (606, 100), (608, 104), (610, 100), (616, 96), (609, 108)], fill=(40, 38, 36)
    )
    return changed


def _smoothed(picture: Image.Image) -> Image.Image:
    return Image.fromarray(cv2.bilateralFilter(np.asarray(picture), 7, 30, 2))


def _lit(picture: Image.Image) -> Image.Image:
    light = Image.linear_gradient("L").resize(picture.size).point([i // 36 for i in range(256)])
    return Image.fromarray(cv2.add(np.asarray(picture), np.asarray(light.convert("RGB"))))


def _shifted(red: int, blue: int) -> Change:
    def change(picture: Image.Image) -> Image.Image:
        levels = np.asarray(picture).astype(int) + np.array([red, 0, blue])
        return Image.fromarray(levels.clip(0, 255).astype(np.uint8))

    return change


EDITS: dict[str, Change] = {
    "closed eyes": _blinking,
    "half of it blurred": _half_blurred,
    "other digits": lambda p: _scored(p, "13:45"),
    "a bird": _bird,
    "noise removed": _smoothed,
    "a smooth face": lambda p: _in_ellipse(p, (200, 200, 420, 450), _smoothed),
    "2% brighter": lambda p: ImageEnhance.Brightness(p).enhance(1.02),
    "more contrast": lambda p: ImageEnhance.Contrast(p).enhance(1.03),
    "more colorful": lambda p: ImageEnhance.Color(p).enhance(1.12),
    "warmer": _shifted(4, -4),
    "lit from below": _lit,
    "whiter teeth": lambda p: _in_ellipse(
        p, (400, 300, 424, 312), lambda part: ImageEnhance.Brightness(part).enhance(1.15)
    ),
    "red eye": lambda p: _in_ellipse(p, (400, 300, 418, 318), _shifted(80, -20)),
    "blurred": lambda p: p.filter(ImageFilter.GaussianBlur(1.5)),
    "strongly sharpened": lambda p: p.filter(ImageFilter.UnsharpMask(1.5, 150, 0)),
}
NOISE = ("noise removed", "a smooth face")
"""The edits that remove nothing but noise."""
