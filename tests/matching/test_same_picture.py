from __future__ import annotations

import io
from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageEnhance, ImageFilter, ImageFont, ImageOps

from explorer.matching import borders, geometry, keypoints, same_picture
from explorer.matching.pair_alignment import align_and_measure
from explorer.matching.pair_measurements import PairMeasurements
from explorer.matching.same_picture import is_mostly_flat, is_same_picture
from tests.pictures import draw, screenshot

SIZE = (480, 360)


def photo(seed: int = 1) -> Image.Image:
    """A picture with detail everywhere, as photos have it."""
    random = np.random.default_rng(seed)
    fine = Image.fromarray(random.integers(0, 256, (90, 120), np.uint8).astype(np.uint8)).resize(
        SIZE, Image.Resampling.BICUBIC
    )
    return Image.blend(draw(seed, SIZE), fine.convert("RGB"), 0.35)


def grey(picture: Image.Image) -> np.ndarray:
    return np.asarray(picture.convert("L"))


def compared(one: Image.Image, other: Image.Image) -> PairMeasurements | None:
    a, b = grey(one), grey(other)
    found = keypoints.match(keypoints.detect(a), keypoints.detect(b))
    if found.transform is None:
        return None
    return align_and_measure(
        a,
        b,
        keypoints.to_image_pixels(
            found.transform,
            keypoints.detect(a),
            keypoints.detect(b),
            a.shape,
            b.shape,
            mirrored=False,
        ),
    )


def same(one: Image.Image, other: Image.Image) -> bool:
    measures = compared(one, other)
    return measures is not None and is_same_picture(measures)


def jpeg(quality: int) -> Callable[[Image.Image], Image.Image]:
    def change(picture: Image.Image) -> Image.Image:
        packed = io.BytesIO()
        picture.save(packed, "JPEG", quality=quality)
        return Image.open(packed)

    return change


def stamped(picture: Image.Image) -> Image.Image:
    picture = picture.copy()
    ImageDraw.Draw(picture).rectangle((370, 300, 460, 340), fill="red")
    return picture


def veiled(picture: Image.Image) -> Image.Image:
    """The picture with half-transparent text across it."""
    over = Image.new("RGBA", picture.size)
    pen = ImageDraw.Draw(over)
    pen.text(
        (30, 150),
        "sample text 2024",
        fill=(255, 255, 255, 150),
        font=ImageFont.load_default(48),
        stroke_width=1,
        stroke_fill=(0, 0, 0, 150),
    )
    return Image.alpha_composite(picture.convert("RGBA"), over).convert("RGB")


def curve(picture: Image.Image) -> Image.Image:
    return picture.point([round(255 * (value / 255) ** 1.6) for value in range(256)] * 3)


COPIES: dict[str, Callable[[Image.Image], Image.Image]] = {
    "saved again": jpeg(85), "badly compressed": jpeg(20),
    "small": lambda p: p.resize((120, 90), Image.Resampling.LANCZOS),
    "turned": lambda p: p.transpose(Image.Transpose.ROTATE_90),
    "upside down": lambda p: p.rotate(180),
    "cropped": lambda p: p.crop((40, 10, 460, 350)),
    "bordered": lambda p: ImageOps.expand(p, 20, "white"),
    "grey": ImageOps.grayscale, "brighter": lambda p: ImageEnhance.Brightness(p).enhance(1.3),
    "another curve": curve, "stamped": stamped,
    "words": veiled,
    "cropped, small, compressed": lambda p: jpeg(40)(p.crop((30, 30, 450, 340)).resize((210, 155))),
}  # fmt: skip


@pytest.mark.parametrize("change", COPIES)
def test_a_copy_is_the_same_picture(change: str) -> None:
    assert same(photo(), COPIES[change](photo()))


def moved(picture: Image.Image, by: int = 7) -> Image.Image:
    """The picture after something in it has moved, as between two shots from a tripod."""
    other = picture.copy()
    other.paste(picture.crop((150, 100, 330, 280)), (150 + by, 100 + by // 2))
    return other


def from_the_side(picture: Image.Image) -> Image.Image:
    w, h = picture.size
    return picture.transform(
        (w, h), Image.Transform.QUAD, (0, 0, 12, h, w - 14, h - 20, w, 6), Image.Resampling.BICUBIC
    )


def something_came(picture: Image.Image) -> Image.Image:
    """The picture with a new object that has a texture of its own."""
    shape = Image.new("L", picture.size)
    ImageDraw.Draw(shape).ellipse((180, 90, 350, 260), fill=255)
    return Image.composite(photo(9), picture, shape)


def another_camera(picture: Image.Image) -> Image.Image:
    """The same flat thing, from nearly the same place, in another light, and with noise."""
    w, h = picture.size
    seen = picture.transform(
        (w, h), Image.Transform.QUAD, (0, 0, 1, h - 2, w - 2, h, w, 2), Image.Resampling.BICUBIC
    )
    levels = (
        np.asarray(seen, np.float32) * np.linspace(0.8, 1.1, w, dtype=np.float32)[None, :, None]
    )
    return Image.fromarray(
        (levels + np.random.default_rng(1).normal(0, 2, levels.shape)).clip(0, 255).astype(np.uint8)
    )


SHOTS: dict[str, Callable[[Image.Image], Image.Image]] = {
    "something has moved": moved, "something came": something_came, "from the side": from_the_side,
    "another camera": another_camera,
    "the camera has turned": lambda p: p.rotate(1.5, Image.Resampling.BICUBIC),
}  # fmt: skip


@pytest.mark.parametrize("change", SHOTS)
def test_another_shot_of_the_same_scene_is_another_picture(change: str) -> None:
    assert not same(photo(), SHOTS[change](photo()))


@pytest.mark.parametrize("border", [12, 16, 30])
def test_plain_pictures_in_equal_frames_are_different_pictures(border: int) -> None:
    """Only the edges of their frames are visible."""

    def framed(seed: int) -> np.ndarray:
        random = np.random.default_rng(seed)
        slope = np.linspace(0, 30, 400)[:, None] * random.uniform(-1, 1)
        plain = (
            random.integers(40, 90, 3)
            + slope
            + np.linspace(0, 40, 300)[:, None, None]
            + random.normal(0, 2, (300, 400, 1))
        )
        return grey(
            jpeg(85)(
                ImageOps.expand(
                    Image.fromarray(plain.clip(0, 255).astype(np.uint8)), border, "white"
                )
            )
        )

    measures = align_and_measure(framed(3), framed(4), np.eye(2, 3), near=True)
    assert measures is None or not is_same_picture(measures)


def shown(words: list[str], size: float = 1.0, quality: int = 85) -> np.ndarray:
    picture = screenshot(words)
    return grey(
        jpeg(quality)(
            picture.resize(
                (round(picture.width * size), round(picture.height * size)),
                Image.Resampling.LANCZOS,
            )
        )
    )


def test_screenshots_with_other_text_are_different_pictures_and_copies_are_not() -> None:
    one = shown(["hello, see you at seven", "bring the cake"])
    for other in (
        ["no, the train is late", "where are you"],
        ["hello, see you at eight", "bring the cake"],
    ):
        measures = align_and_measure(one, shown(other), np.eye(2, 3), near=True)
        assert measures is not None and is_mostly_flat(measures) and not is_same_picture(measures)
    for size, quality in ((1.0, 30), (0.5, 60)):
        copy = shown(["hello, see you at seven", "bring the cake"], size, quality)
        measures = align_and_measure(one, copy, geometry.image_to_image(0, one.shape, copy.shape))
        assert measures is not None and is_same_picture(measures)


def conversation(first: int) -> Image.Image:
    """A screenshot of messages on a photo, beginning with that message."""
    screen = draw(5, (400, 640)).filter(ImageFilter.GaussianBlur(8))
    screen.paste(photo(2).resize((400, 90)), (0, 0))
    pen, face = ImageDraw.Draw(screen), ImageFont.load_default(24)
    for row in range(8):
        number = first + row
        left, top = 20 + 140 * (number % 2), 110 + 64 * row
        pen.rounded_rectangle((left, top, left + 230, top + 50), 10, fill="white")
        pen.text(
            (left + 10, top + 10), f"{number * 7919 % 10007} at {number}:0{row}", "black", face
        )
    return screen


def test_a_conversation_that_was_scrolled_is_another_picture_and_a_copy_is_not() -> None:
    one = conversation(1)
    for first in (3, 5):
        measures = align_and_measure(grey(one), grey(conversation(first)), np.eye(2, 3), near=True)
        assert measures is not None and not is_mostly_flat(measures)
        assert measures.is_placed_like_copy and not is_same_picture(measures)
    copy = align_and_measure(grey(one), grey(jpeg(40)(one)), np.eye(2, 3), near=True)
    assert copy is not None and is_same_picture(copy)


def test_two_crops_that_each_show_more_than_the_other_are_different_pictures() -> None:
    whole = photo()
    assert not same(whole.crop((0, 0, 460, 345)), whole.crop((20, 15, 480, 360)))


def test_the_relation_of_a_crop_gives_its_place_in_the_original() -> None:
    measures = compared(photo(), photo().crop((48, 36, 432, 324)))
    assert measures is not None
    kept = same_picture.relation(measures, (360, 480), (288, 384))
    assert np.allclose(
        np.reshape(kept["matrix"], (2, 3)), [[0.8, 0, 0.1], [0, 0.8, 0.1]], atol=0.003
    )


def test_a_border_is_distinguished_from_a_plain_edge() -> None:
    assert borders.content_box(grey(ImageOps.expand(photo(), (10, 20, 30, 40), "black"))) == (
        10,
        20,
        490,
        380,
    )
    assert borders.content_box(grey(photo())) == (0, 0, 480, 360)


def test_pictures_too_small_to_compare_are_not_compared() -> None:
    tiny = grey(photo().resize((40, 30)))
    assert align_and_measure(tiny, tiny, np.array([[1.0, 0, 0], [0, 1.0, 0]])) is None


def test_a_plain_picture_matches_nothing() -> None:
    plain = np.full((300, 400), 128, np.uint8)
    assert align_and_measure(plain, plain, np.array([[1.0, 0, 0], [0, 1.0, 0]])) is None


def test_bars_with_text_are_excluded_from_the_guessed_content_alone() -> None:
    screen = ImageOps.expand(photo(), (0, 200, 0, 150), "black")
    pen = ImageDraw.Draw(screen)
    pen.text((20, 5), "12:34", fill="white", font=ImageFont.load_default(24))
    pen.ellipse((220, 650, 260, 690), outline="white", width=3)
    assert borders.content_box_without_bars(grey(screen)) == (0, 200, 480, 560)
    assert (
        borders.content_box_without_bars(grey(photo()))
        == borders.content_box(grey(photo()))
        == (0, 0, 480, 360)
    )


def test_a_border_blurred_by_compression_hides_no_crop() -> None:
    """A crop with a border is within its original, though some rows of the border are taken to be
    part of the picture."""
    whole = photo()
    crop = ImageOps.expand(whole.crop((0, 0, 450, 330)), 12, (10, 40, 90))
    for quality in (30, 60, 90):
        assert same(whole, jpeg(quality)(crop))


def test_text_on_a_heavily_compressed_copy_is_recognized() -> None:
    assert all(same(photo(seed), jpeg(50)(veiled(photo(seed)))) for seed in (1, 2, 3))
