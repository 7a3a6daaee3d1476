from __future__ import annotations

import threading

import numpy as np
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
