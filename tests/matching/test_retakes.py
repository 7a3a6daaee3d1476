"""Copies of one size, and two shots from a tripod: their offset, their noise, and what moved."""

from __future__ import annotations

import io
from collections.abc import Callable

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageDraw, ImageEnhance, ImageFont

from explorer.matching import retakes, same_picture
from explorer.matching.full_resolution import recompression_residual_or_none
from explorer.matching.local_motion import is_local_motion
from explorer.matching.pair_alignment import align_and_measure
from explorer.matching.recompression import RecompressionResidual, recompression_residual
from explorer.matching.same_picture_thresholds import RETAKE, SAME_PICTURE
from tests.fixtures.scenes import blurred, scene

STRAIGHT = np.eye(2, 3)


def shot(number: int, picture: np.ndarray | None = None, spread: float = 5.0) -> np.ndarray:
    """One shot of a scene, with its own noise."""
    clean = blurred(scene(5, (480, 360)), 3) if picture is None else picture
    return (
        (clean + np.random.default_rng(number).normal(0, spread, clean.shape))
        .round()
        .clip(0, 255)
        .astype(np.uint8)
    )


def jpeg(picture: np.ndarray | Image.Image, quality: int = 90) -> bytes:
    packed = io.BytesIO()
    (picture if isinstance(picture, Image.Image) else Image.fromarray(picture)).save(
        packed, "JPEG", quality=quality
    )
    return packed.getvalue()


def opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data)).convert("RGB")


def is_retake(left: RecompressionResidual | None) -> bool:
    return retakes.is_retake(left, changed=False, moved=False)


@pytest.mark.parametrize("quality", [40, 60, 75, 90, 97])
def test_recompression_explains_a_copy(quality: int) -> None:
    original = jpeg(shot(1))
    left = recompression_residual(original, jpeg(opened(original), quality))
    assert left is not None
    assert left.explained > RETAKE.min_explained
    assert not is_retake(left)


@pytest.mark.parametrize("quality", [50, 80, 95])
def test_recompression_explains_a_brighter_copy(quality: int) -> None:
    original = jpeg(shot(1))
    assert not is_retake(
        recompression_residual(
            jpeg(ImageEnhance.Brightness(opened(original)).enhance(1.2), quality), original
        )
    )


@pytest.mark.parametrize("quality", [85, 92, 97])
def test_two_shots_have_different_noise(quality: int) -> None:
    left = recompression_residual(jpeg(shot(1), quality), jpeg(shot(2), quality))
    assert left is not None
    assert left.explained < RETAKE.min_explained
    assert is_retake(left)


@pytest.mark.parametrize("quality", [75, 85, 92])
def test_another_shot_at_a_lower_quality_is_a_retake(quality: int) -> None:
    left = recompression_residual(jpeg(shot(1), 95), jpeg(shot(2), quality))
    assert left is not None
    assert left.explained < RETAKE.min_explained
    assert is_retake(left)


def test_the_residual_does_not_depend_on_the_order() -> None:
    one, other = jpeg(shot(1)), jpeg(opened(jpeg(shot(1))), 60)
    assert recompression_residual(one, other) == recompression_residual(other, one)


def test_files_that_cannot_be_compared_have_no_residual() -> None:
    one = jpeg(shot(1))
    packed = io.BytesIO()
    opened(one).save(packed, "PNG")
    assert recompression_residual(one, packed.getvalue()) is None
    assert recompression_residual(one, jpeg(opened(one).resize((240, 180)))) is None
    assert (
        recompression_residual(one, jpeg(opened(one).transpose(Image.Transpose.ROTATE_90))) is None
    )
    assert recompression_residual(*[jpeg(Image.new("RGB", (400, 300), "grey"))] * 2) is None
    assert recompression_residual_or_none(one, b"no photo at all") is None
    assert recompression_residual_or_none(one, one[: len(one) // 3]) is None


def test_parts_of_a_large_picture_are_enough() -> None:
    clean = cv2.resize(scene(3, (900, 700)), (1800, 1400))
    large = shot(1, clean)
    assert is_retake(recompression_residual(jpeg(large), jpeg(shot(2, clean))))
    assert not is_retake(recompression_residual(jpeg(large), jpeg(opened(jpeg(large)), 70)))


def test_motion_is_a_retake_unless_recompression_explains_it() -> None:
    unknown, made, shared = (
        None,
        RecompressionResidual(-0.5, 1.0, 0.8),
        RecompressionResidual(-0.1, 1.0, 0.0),
    )
    assert retakes.is_retake(unknown, changed=True, moved=True)
    assert retakes.is_retake(shared, changed=True, moved=True)
    assert not retakes.is_retake(made, changed=True, moved=True)
    assert not retakes.is_retake(unknown, changed=True, moved=False)
    assert not retakes.is_retake(shared, changed=True, moved=False)


@given(
    st.floats(-0.9, 0.9),
    st.floats(-0.9, 0.9),
    st.sampled_from([(512, 384), (4000, 3000), (300, 224)]),
)
def test_an_offset_is_in_pixels_of_the_preview(x: float, y: float, size: tuple[int, int]) -> None:
    preview = np.array(size) * min(1, 512 / max(size))
    found = retakes.preview_offset([1, 0, x / preview[0], 0, 1, y / preview[1]], *size)
    assert found == pytest.approx(max(abs(x), abs(y)))


def test_crops_and_turned_copies_have_no_offset() -> None:
    assert retakes.preview_offset([0.9, 0, 0.05, 0, 0.9, 0.05], 400, 300) is None
    assert retakes.preview_offset([-1, 0, 1, 0, -1, 1], 400, 300) is None
    assert retakes.preview_offset([1, 0, 0, 0, 1, 0], 400, 300) == 0


@pytest.mark.parametrize("quality", [30, 60, 90])
@pytest.mark.parametrize(
    "change",
    [
        lambda p: p,
        lambda p: ImageEnhance.Contrast(p).enhance(1.3),
        lambda p: Image.fromarray(with_text(np.asarray(p))),
    ],
    ids=["saved again", "of more contrast", "with words"],
)
def test_copies_of_one_size_have_no_offset(
    quality: int, change: Callable[[Image.Image], Image.Image]
) -> None:
    for seed in range(3):
        picture = Image.fromarray(scene(seed, (400, 300)))
        copy = opened(jpeg(change(picture), quality))
        measures = align_and_measure(
            grey(np.asarray(picture)),
            grey(np.asarray(copy)),
            np.array([[1.0, 0, 1.3], [0, 1.0, -0.9]]),
        )
        assert measures is not None
        matrix = same_picture.relation(measures, (300, 400), (300, 400))["matrix"]
        assert (retakes.preview_offset(matrix, 400, 300) or 0) < RETAKE.max_offset * 0.8


@pytest.mark.parametrize("by", [0.15, 0.4, 0.9])
def test_the_offset_of_a_shifted_shot_is_measured(by: float) -> None:
    picture = Image.fromarray(scene(1, (400, 300)))
    beside = picture.transform(
        (400, 300), Image.Transform.AFFINE, (1, 0, by, 0, 1, 0), Image.Resampling.BICUBIC
    )
    measures = align_and_measure(
        grey(np.asarray(picture)), grey(np.asarray(beside)), STRAIGHT, near=True
    )
    assert measures is not None
    aside = retakes.preview_offset(
        same_picture.relation(measures, (300, 400), (300, 400))["matrix"], 400, 300
    )
    assert aside == pytest.approx(by, abs=0.1)
    assert aside is not None and aside > RETAKE.max_offset


def grey(picture: np.ndarray) -> np.ndarray:
    return cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)


def with_moving_leaves(picture: np.ndarray, by: float = 2.0) -> np.ndarray:
    """A third of the picture moves by a pixel or two, in different directions."""
    random, (h, w, _) = np.random.default_rng(4), picture.shape
    fields = [
        cv2.GaussianBlur(random.normal(0, 1, (h, w)).astype(np.float32), (0, 0), 5) for _ in "xy"
    ]
    where = np.zeros((h, w), np.float32)
    where[: h // 2, : 2 * w // 3] = 1
    y, x = np.mgrid[0:h, 0:w].astype(np.float32)
    across, down = (
        axis + field / field.std() * by * where for axis, field in zip((x, y), fields, strict=True)
    )
    return cv2.remap(picture, across, down, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT)


def with_text(picture: np.ndarray) -> np.ndarray:
    copy = Image.fromarray(picture)
    pen = ImageDraw.Draw(copy)
    pen.text(
        (30, 150),
        "sample text 2024",
        fill="white",
        font=ImageFont.load_default(48),
        stroke_width=2,
        stroke_fill="black",
    )
    return np.asarray(copy)


def test_moving_leaves_are_distinguished_from_text() -> None:
    before = scene(5, (480, 360))
    for change, moved in ((with_moving_leaves, True), (with_text, False)):
        measures = align_and_measure(grey(before), grey(change(before)), STRAIGHT, near=True)
        assert measures is not None
        assert same_picture.has_changed_blocks(measures)
        assert same_picture.looks_like_motion(measures) == moved


def test_a_badge_is_distinguished_from_a_passer_by() -> None:
    before, other = scene(5, (480, 360)), scene(9, (480, 360))
    badge, passing = Image.fromarray(before), Image.new("L", (480, 360))
    ImageDraw.Draw(badge).ellipse((300, 200, 420, 320), fill="gold")
    ImageDraw.Draw(passing).ellipse((120, 60, 260, 330), fill=255)
    passer = np.where(np.asarray(passing)[..., None] > 0, blurred(other, 1), before)
    found = [
        align_and_measure(grey(before), grey(np.asarray(picture)), STRAIGHT, near=True)
        for picture in (badge, passer)
    ]
    assert found[0] is not None
    assert not same_picture.looks_like_motion(found[0])
    assert found[1] is not None
    assert found[1].changed.drawn < SAME_PICTURE.min_drawn < found[0].changed.drawn
    assert same_picture.looks_like_motion(found[1])


def test_without_changes_there_is_no_motion() -> None:
    picture = grey(scene(5, (480, 360))).astype(np.float32)
    assert not is_local_motion(picture, picture, picture, np.zeros(picture.shape, bool))
    assert not is_local_motion(picture, picture, picture, np.ones(picture.shape, bool))


def with_a_watermark(picture: np.ndarray) -> np.ndarray:
    """The picture with repeated, half-transparent text."""
    over = Image.new("RGBA", (480, 360))
    pen = ImageDraw.Draw(over)
    for row in range(9):
        for column in range(4):
            words = "www.example.com"
            pen.text(
                (column * 170 - 60 * (row % 2), row * 40),
                words,
                fill=(255, 255, 255, 120),
                font=ImageFont.load_default(20),
            )
    return np.asarray(
        Image.alpha_composite(Image.fromarray(picture).convert("RGBA"), over).convert("RGB")
    )


def test_a_watermarked_copy_is_the_same_picture() -> None:
    for seed in range(3):
        before = blurred(scene(seed, (480, 360)), 1)
        measures = align_and_measure(
            grey(before), grey(with_a_watermark(before)), STRAIGHT, near=True
        )
        assert measures is not None
        assert measures.changed.one_sidedness > SAME_PICTURE.watermark_min_one_sidedness
        assert same_picture.is_same_picture(measures)
