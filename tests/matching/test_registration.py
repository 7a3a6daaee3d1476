from __future__ import annotations

import threading

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import ImageFilter, ImageOps

from explorer.matching.pair_alignment import align_and_measure
from explorer.matching.registration import BLOCK_SIZE, BlockResiduals, RegistrationLevel
from tests.pictures import draw
from tests.thoroughness import times

WHOLE = (0.0, 0.0, 320.0, 240.0)


def grey(seed: int) -> np.ndarray:
    """As smooth as photos are: steps are computed from gradients."""
    picture = ImageOps.autocontrast(
        ImageOps.grayscale(draw(seed, (320, 240))).filter(ImageFilter.GaussianBlur(2))
    )
    return np.asarray(picture, np.float32)


def seen(layer: RegistrationLevel, right: float, down: float) -> BlockResiduals:
    return layer.residuals(np.array([[1.0, 0, right], [0, 1.0, down]]), WHOLE)


@settings(max_examples=times(20, 100), deadline=None)
@given(seed=st.integers(0, 20), right=st.floats(-1.5, 1.5), down=st.floats(-1.5, 1.5))
def test_steps_converge_to_the_true_position(seed: int, right: float, down: float) -> None:
    """To a tenth of a pixel: OpenCV warps in steps of 1/32."""
    layer, at = RegistrationLevel(grey(seed), grey(seed), WHOLE), np.array([right, down])
    for _ in range(5):
        step = layer.step(seen(layer, *at))
        assert step is not None
        at = at - step @ [160, 120, 1]
    assert np.abs(at).max() < 0.1


def test_residuals_after_a_small_step_are_predicted() -> None:
    layer = RegistrationLevel(grey(3), grey(3), WHOLE)
    before = seen(layer, 0.25, -0.125)
    step = layer.step(before)
    assert step is not None
    after = layer.residuals_after(before, step)
    assert (
        np.hypot(after.dx, after.dy)[before.textured].mean()
        < 0.3 * np.hypot(before.dx, before.dy)[before.textured].mean()
    )
    step = layer.step(after)
    assert step is not None and np.abs(step).max() < 0.01
    assert after.ncc is before.ncc


def test_a_transform_that_shrinks_a_picture_to_nothing_is_rejected() -> None:
    """Its low-pass filter would take hours."""
    one, other = (grey(seed).astype(np.uint8) for seed in (1, 2))
    for scale in (1e-6, 1e-3, 1e3, 1e6):
        assert (
            align_and_measure(one, other, np.array([[scale, 0, 0], [0, scale, 0]]), near=True)
            is None
        )


def test_block_means_are_means_of_blocks() -> None:
    picture = grey(5)[:230, :310]
    layer = RegistrationLevel(picture, picture, (0.0, 0.0, 310.0, 230.0))
    part = picture[BLOCK_SIZE : 2 * BLOCK_SIZE, 3 * BLOCK_SIZE : 4 * BLOCK_SIZE]
    assert np.isclose(layer.block_means(picture)[1, 3], part.mean(), rtol=1e-5)
    assert layer.block_means(picture).shape == (230 // BLOCK_SIZE, 310 // BLOCK_SIZE)


def test_threads_have_scratch_buffers_of_their_own() -> None:
    """In one thread, the next level reuses the memory of the one before."""
    expected = [
        seen(RegistrationLevel(grey(seed), grey(seed), WHOLE), 0.7, 0.4).dx for seed in range(4)
    ]
    found = dict[int, np.ndarray]()

    def work(seed: int) -> None:
        for _ in range(10):
            found[seed] = seen(RegistrationLevel(grey(seed), grey(seed), WHOLE), 0.7, 0.4).dx

    threads = [threading.Thread(target=work, args=(seed,)) for seed in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(np.allclose(found[seed], expected[seed], atol=1e-5) for seed in range(4))


def test_an_image_that_shrinks_is_blurred_first() -> None:
    """Otherwise its fine detail would become noise."""
    fine = np.random.default_rng(2).normal(128, 20, (480, 640)).astype(np.float32)
    base = np.zeros((240, 320), np.float32)
    level = RegistrationLevel(base, fine, WHOLE)
    # The standard deviation of noise after a Gaussian blur is 1 / (2 √π sigma) of that before.
    sigma = 0.45 * 3**0.5
    blurred = float(level._warp(np.array([[2.0, 0, 0], [0, 2, 0]])).std())
    assert blurred == pytest.approx(20 / (2 * np.pi**0.5 * sigma), rel=0.05)
    same = RegistrationLevel(base, fine[:240, :320], WHOLE)
    assert float(same._warp(np.eye(2, 3)).std()) == pytest.approx(20, rel=0.02)
    # Hardly smaller, it is not blurred.
    hardly = float(level._warp(np.array([[1.0, 0, 0], [0, 1.4, 0]])).std())
    assert hardly > 15


def test_blocks_outside_either_image_are_not_textured() -> None:
    layer = RegistrationLevel(grey(3), grey(3), WHOLE)
    found = seen(layer, 40, -40)
    assert found.textured.any() and not (found.textured & ~found.inside).any()
    # Blocks of which the other image shows at least 15.4 pixels are inside.
    assert found.inside[3:, :17].any() and not found.inside[:2].any()
    assert not found.inside[:, 18:].any()
    plain = RegistrationLevel(np.full((240, 320), 9, np.float32), grey(3), WHOLE)
    assert not seen(plain, 0, 0).textured.any()
    assert plain.step(seen(plain, 0, 0)) is None


@pytest.mark.parametrize("side", ["left", "top", "right", "bottom"])
def test_blocks_near_the_border_of_both_images_do_not_count(side: str) -> None:
    """Near that of one of them they do, but not on it. A border has an effect 13 pixels away."""
    left, top, right, bottom = 40.0 * (side == "left"), 40.0 * (side == "top"), 320.0, 240.0
    right, bottom = right - 40.0 * (side == "right"), bottom - 40.0 * (side == "bottom")
    box = (left, top, right, bottom)
    rows, columns = np.mgrid[:15, :20]
    place = {"left": columns, "top": rows, "right": 19 - columns, "bottom": 14 - rows}[side]
    one = RegistrationLevel(grey(3), grey(3), box)
    found = one.residuals(np.eye(2, 3), WHOLE).inside
    assert (found == (place >= 3))[1:, 1:].all()
    assert (one.residuals(np.eye(2, 3), box).inside == (place >= 4)).all()
    other = RegistrationLevel(grey(3), grey(3), WHOLE)
    assert (other.residuals(np.eye(2, 3), box).inside == (place >= 3)).all()


def test_blocks_may_extend_a_little_beyond_an_image() -> None:
    x, y, half = np.array([8.0]), np.array([8.0]), np.array([8.0, 8.0])

    def within(left: float, top: float, right: float, bottom: float) -> bool:
        box = (left, top, right, bottom)
        return bool(RegistrationLevel._are_within(box, x, y, half, (0.6, -0.4))[0])

    assert within(0.59, 0.59, 16.41, 16.41)
    assert not within(0.7, 0, 20, 20) and not within(0, 0.7, 20, 20)
    assert not within(0, 0, 16.3, 20) and not within(0, 0, 20, 16.3)
    plain = RegistrationLevel._are_within((0, 0, 16, 16), x, y, half)
    assert plain.all() and not RegistrationLevel._are_within((0.1, 0, 16, 16), x, y, half).any()


def test_an_image_is_warped_only_if_it_has_to_be() -> None:
    picture = grey(4)
    level = RegistrationLevel(picture, picture, WHOLE)
    assert level._warp(np.array([[1.0, 0, 0.015], [0, 1, 0]])) is picture
    assert level._warp(np.array([[1.0, 0, 0.016], [0, 1, 0]])) is not picture
    larger = RegistrationLevel(picture[:200], picture, WHOLE)
    assert larger._warp(np.eye(2, 3)) is not picture


def test_blocks_are_correlated_after_normalizing_their_brightness() -> None:
    one = grey(5)
    other = np.asarray(0.4 * grey(5) + 0.6 * grey(6), np.float32)

    def normalized(gray: np.ndarray) -> np.ndarray:
        mean, square = (cv2.blur(each, (21, 21)) for each in (gray, gray * gray))
        return np.asarray((gray - mean) / np.sqrt(np.maximum(square - mean**2, 0) + 9))

    found = RegistrationLevel(one, other, WHOLE).residuals(np.eye(2, 3), WHOLE).ncc
    a, b = normalized(one), normalized(other)
    for row, column in ((0, 0), (3, 4), (7, 11), (14, 19)):
        block = np.s_[16 * row : 16 * row + 16, 16 * column : 16 * column + 16]
        expected = np.corrcoef(a[block].ravel(), b[block].ravel())[0, 1]
        assert found[row, column] == pytest.approx(expected, abs=0.02)
