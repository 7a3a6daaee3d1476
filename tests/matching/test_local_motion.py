"""What distinguishes content that moved from content that was added, on patterns made for it."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from explorer.matching.local_motion import _local_range, is_local_motion, one_sidedness

Floats = npt.NDArray[np.float32]
Mask = npt.NDArray[np.bool_]
SIDE = 120
down, across = np.mgrid[:SIDE, :SIDE]
CHECKERS, STRIPES = 1 - 2 * ((across + down) % 2), 1 - 2 * (across % 2)


def gray(pattern: npt.NDArray[np.floating] | npt.NDArray[np.integer]) -> Floats:
    return np.asarray(100 + pattern, np.float32)


def part(rows: int, columns: int) -> Mask:
    """A rectangle in the middle."""
    return np.asarray((abs(down - 60) * 2 < rows) & (abs(across - 60) * 2 < columns))


FLAT, EVERYWHERE = gray(0 * across), np.ones((SIDE, SIDE), bool)


@pytest.mark.parametrize(("distance", "expected"), [(16, 0.0), (17, 1.0)])
def test_brighter_and_darker_pixels_cancel_out_within_a_window(
    distance: int, expected: float
) -> None:
    brighter, darker = (
        (across == 40) & (abs(down - 60) < 6),
        (across == 40 + distance) & (abs(down - 60) < 6),
    )
    other = gray(50 * brighter - 50 * darker)
    assert one_sidedness(other, FLAT, brighter | darker) == pytest.approx(expected, abs=1e-5)


@pytest.mark.parametrize("amount", [40, -40])
def test_pixels_that_all_became_brighter_or_darker_are_one_sided(amount: int) -> None:
    changed = part(9, 9)
    # What differs elsewhere does not count.
    other = gray(np.where(changed, amount, -amount * (across % 2)))
    assert one_sidedness(other, FLAT, changed) == pytest.approx(1, abs=1e-5)
    assert one_sidedness(FLAT, FLAT, changed) == 0


@pytest.mark.parametrize(("pixels", "expected"), [(19, 0.0), (20, 1.0)])
def test_a_few_changed_pixels_say_nothing(pixels: int, expected: float) -> None:
    changed = (down == 60) & (across >= 50) & (across < 50 + pixels)
    assert one_sidedness(gray(50 * changed), FLAT, changed) == pytest.approx(expected)
    motion = is_local_motion(gray(CHECKERS), gray(-CHECKERS), gray(CHECKERS), changed)
    assert motion is bool(expected)


@pytest.mark.parametrize(
    ("brighter", "moved"), [(0.0, True), (0.34, True), (0.36, False), (1.0, False)]
)
def test_what_moved_is_not_one_sided(brighter: float, moved: bool) -> None:
    """Every second pixel became darker, the others brighter, and all of them somewhat brighter."""
    one, other = gray(CHECKERS), gray(-CHECKERS + 2 * brighter)
    assert one_sidedness(other, one, EVERYWHERE) == pytest.approx(brighter, abs=0.005)
    assert is_local_motion(one, other, one, EVERYWHERE) is moved


@pytest.mark.parametrize(
    ("one", "other", "moved"),
    [(69.5, 99.5, False), (70.5, 99.5, True), (139.5, 99.5, False), (138.5, 99.5, True)],
)
def test_what_moved_keeps_its_texture(one: float, other: float, moved: bool) -> None:
    """The range of levels around each pixel."""
    before, after = gray(CHECKERS * one / 2), gray(-CHECKERS * other / 2)
    assert is_local_motion(before, after, before, EVERYWHERE) is moved


@pytest.mark.parametrize(("share", "moved"), [(-0.5, True), (0.03, True), (0.07, False)])
def test_the_fine_detail_of_what_moved_does_not_correlate(share: float, moved: bool) -> None:
    """Unlike that of what was saved again; shades of large areas say nothing."""
    rest = (1 - share**2) ** 0.5
    waves = 60 * np.sin(across * 2 * np.pi / 120)
    toned = gray(20 * CHECKERS + waves)
    other = gray(20 * (share * CHECKERS + rest * STRIPES) + waves)
    assert is_local_motion(other, other, toned, part(80, 80)) is moved


def test_only_changed_pixels_are_compared() -> None:
    changed = part(40, 40)
    one, other = (
        gray(np.where(changed, CHECKERS, 90)),
        gray(np.where(changed, -CHECKERS, 90 * across)),
    )
    inside = part(30, 30)
    assert is_local_motion(one, other, one, inside)
    assert not is_local_motion(one, one, one, inside)


def test_texture_is_the_range_of_levels_around_each_pixel() -> None:
    dot = np.zeros((9, 9), np.float32)
    dot[4, 4] = 50
    expected = np.zeros((9, 9), np.float32)
    expected[3:6, 3:6] = 50
    assert (_local_range(dot) == expected).all()
