"""Documents, forms and screenshots that differ in what their previews are too small to show."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageEnhance, ImageFont

from explorer.matching import geometry
from explorer.matching.fine_differences import PHOTOS, details_differ
from explorer.matching.full_resolution import fine_differences_or_none
from explorer.matching.overlap import matched_overlap
from tests.pictures import draw, encoded

IDENTITY = [1.0, 0.0, 0.0, 0.0, 1.0, 0.0]
WORDS = ["invoice", "service", "hours", "total", "amount", "payment", "customer", "city"]
SAVED: list[tuple[str, float, dict[str, Any]]] = [
    ("PNG", 1, {}),
    ("JPEG", 1, {"quality": 95}),
    ("JPEG", 1, {"quality": 50}),
    ("JPEG", 1, {"quality": 20}),
    ("JPEG", 0.8, {"quality": 85}),
    ("JPEG", 0.75, {"quality": 75}),
    ("PNG", 1.5, {}),
]


def lines(*changing: str, dark: bool = False, font: int = 22) -> Image.Image:
    """A page of text that ends with these lines."""
    random = np.random.default_rng(4)
    ink, paper = ("white", "black") if dark else ("black", "white")
    page = Image.new("RGB", (900, 1200), paper)
    pen, face = ImageDraw.Draw(page), ImageFont.load_default(font)
    texts = [" ".join(random.choice(WORDS, 7)) for _ in range(26 - len(changing))]
    for number, text in enumerate([*texts, *changing]):
        pen.text((60, 60 + 41 * number), text, fill=ink, font=face)
    return page


def saved(picture: Image.Image, form: str, scale: float, options: dict[str, Any]) -> bytes:
    size = round(picture.width * scale), round(picture.height * scale)
    return encoded(picture.resize(size, Image.Resampling.LANCZOS), form, **options)


@pytest.mark.parametrize(("form", "scale", "options"), SAVED)
@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("Invoice 2021-1041", "Total 1,240.00"), ("Invoice 2021-1049", "Total 7,310.00")),
        (("[x] I agree", "[  ] I do not agree"), ("[  ] I agree", "[x] I do not agree")),
        (("14:02", "see you at 5"), ("14:07", "see you at 8")),
    ],
)
def test_other_words_differ_and_the_same_saved_again_do_not(
    one: tuple[str, str],
    other: tuple[str, str],
    dark: bool,
    form: str,
    scale: float,
    options: dict[str, Any],
) -> None:
    original = encoded(lines(*one, dark=dark), "JPEG", quality=92)
    again, different = (
        saved(lines(*each, dark=dark), form, scale, options) for each in (one, other)
    )
    for pair in ((original, again), (again, original)):
        assert fine_differences_or_none(*pair, IDENTITY) is False
    for pair in ((original, different), (different, original)):
        assert fine_differences_or_none(*pair, IDENTITY) is True


def test_files_that_cannot_be_decoded_are_not_compared() -> None:
    page = encoded(lines(), "JPEG")
    assert fine_differences_or_none(page, b"no photo", IDENTITY) is None
    assert fine_differences_or_none(page[: len(page) // 2], page, IDENTITY) is None


PREVIEW = (512, 384)
"""The size of the previews of photos."""


def gray(picture: Image.Image, quality: int, size: tuple[int, int] = PREVIEW) -> np.ndarray:
    packed = encoded(picture.resize(size, Image.Resampling.LANCZOS), "JPEG", quality=quality)
    return np.asarray(Image.open(io.BytesIO(packed)).convert("L"))


def photo_differs(one: np.ndarray, other: np.ndarray) -> bool:
    matrix = geometry.image_to_image(0, one.shape, other.shape)
    return details_differ(matched_overlap(one, other, matrix, PHOTOS.min_tone_share), PHOTOS)


@pytest.mark.parametrize(("quality", "size"), [(90, PREVIEW), (30, PREVIEW), (75, (200, 150))])
def test_previews_of_copies_show_the_same_details(quality: int, size: tuple[int, int]) -> None:
    photo = draw(7, PREVIEW)
    one, other = gray(photo, 90), gray(photo, quality, size)
    assert not photo_differs(one, other) and not photo_differs(other, one)
    brighter = ImageEnhance.Brightness(photo).enhance(1.1)
    assert not photo_differs(one, gray(brighter, quality, size))


@pytest.mark.parametrize("size", [PREVIEW, (300, 225)])
def test_a_bird_that_came_differs_in_previews(size: tuple[int, int]) -> None:
    photo = draw(7, PREVIEW)
    bird = photo.copy()
    dark = np.asarray(photo.convert("L"))[150, 200] > 110
    ImageDraw.Draw(bird).ellipse((195, 146, 205, 154), fill="black" if dark else "white")
    one, other = gray(photo, 90), gray(bird, 80, size)
    assert photo_differs(one, other) and photo_differs(other, one)
