"""What is measured of two aligned images, from the residuals of their blocks."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from explorer.matching import pair_measurements
from explorer.matching.changed_blocks import ChangedBlocks
from explorer.matching.geometry import Box, Matrix
from explorer.matching.pair_measurements import PairMeasurements, is_hardly_moved, measure_pair

IDENTITY = np.eye(2, 3)
SHAPE = (96, 128)
WHOLE: Box = (0.0, 0.0, 128.0, 96.0)
CHANGED = ChangedBlocks(99)
PERFECT = PairMeasurements(IDENTITY, 1.0, 0.0, 0.0, 1.0, 0.0, ChangedBlocks())


@pytest.mark.parametrize(
    ("limit", "beyond"),
    [
        ({"median": 0.45}, {"median": 0.449}),
        ({"far": 1.2}, {"far": 1.201}),
        ({"distortion": 0.25}, {"distortion": 0.251}),
        ({"excess": 1.5}, {"excess": 1.501}),
        ({"stretch": 1.6}, {"stretch": 1.601}),
    ],
)
def test_a_copy_is_placed_within_limits(limit: dict[str, float], beyond: dict[str, float]) -> None:
    """Each limit is allowed."""
    assert replace(PERFECT, **limit).is_placed_like_copy  # type: ignore[arg-type]
    assert not replace(PERFECT, **beyond).is_placed_like_copy  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("median", "distortion", "shown"),
    [(0.5, 0.81, True), (0.49, 0.81, False), (0.5, 0.8, False), (1.0, 5.0, True)],
)
def test_two_shots_fit_each_other_but_for_their_distortion(
    median: float, distortion: float, shown: bool
) -> None:
    assert replace(PERFECT, median=median, distortion=distortion).shows_two_shots is shown


@pytest.mark.parametrize(
    ("matrix", "other", "hardly"),
    [
        (IDENTITY, SHAPE, True),
        ([[1.0, 0, 3], [0, 1, -3]], SHAPE, True),
        ([[1.0, 0, 3.1], [0, 1, 0]], SHAPE, False),
        ([[1.0, 0, 0], [0, 1, -3.1]], SHAPE, False),
        # At the far corner: 128 × 0.03 and 96 × 0.03 pixels.
        ([[1.02, 0, 0], [0, 1.03, 0]], SHAPE, True),
        ([[1.03, 0, 0], [0, 1.0, 0]], SHAPE, False),
        ([[1.0, 0.02, 1.5], [0, 1, 0]], SHAPE, False),
        (IDENTITY, (96, 129), False),
    ],
)
def test_images_of_one_shape_may_be_hardly_moved(
    matrix: Matrix, other: tuple[int, int], hardly: bool
) -> None:
    assert is_hardly_moved(np.asarray(matrix), SHAPE, other) is hardly


class Blocks:
    """6 × 8 textured blocks of 16 pixels that correlate and are in place, unless changed."""

    def __init__(self) -> None:
        shape = (6, 8)
        rows, columns = np.mgrid[:6, :8]
        self.strong = np.ones(shape, bool)
        self.level: Any = SimpleNamespace(
            base=np.zeros(SHAPE, np.float32), moved=np.zeros(SHAPE, np.float32),
            height=96, width=128, eigenvalue=np.ones(shape), x=columns * 16.0 + 8,
            y=rows * 16.0 + 8, strongly_textured=lambda _: self.strong,
        )  # fmt: skip
        self.residuals: Any = SimpleNamespace(
            textured=np.ones(shape, bool), ncc=np.full(shape, 0.9), dx=np.zeros(shape),
            dy=np.zeros(shape),
        )  # fmt: skip

    def measured(
        self, transform: Any = IDENTITY, boxes: tuple[Box, Box] = (WHOLE, WHOLE)
    ) -> PairMeasurements:
        found = measure_pair(self.level, self.residuals, np.asarray(transform), boxes)
        assert found is not None
        return found


@pytest.fixture
def blocks(monkeypatch: pytest.MonkeyPatch) -> Blocks:
    monkeypatch.setattr(pair_measurements, "measure_changed_blocks", lambda *_: CHANGED)
    return Blocks()


def first(number: int) -> npt.NDArray[np.bool_]:
    return np.asarray((np.arange(48) < number).reshape(6, 8))


def test_a_few_textured_blocks_say_nothing(blocks: Blocks) -> None:
    blocks.residuals.textured = first(3)
    assert measure_pair(blocks.level, blocks.residuals, IDENTITY, (WHOLE, WHOLE)) is None
    blocks.residuals.textured = first(4)
    assert blocks.measured().median == 0.9


def test_strongly_textured_blocks_decide_if_there_are_enough(blocks: Blocks) -> None:
    blocks.residuals.ncc[~first(24)] = 0.1
    blocks.strong = first(24)
    assert blocks.measured().median == pytest.approx(0.9)
    blocks.strong = first(23)
    assert blocks.measured().median == pytest.approx(0.5)
    # Those that are not textured as far as the other image goes do not count.
    blocks.strong, blocks.residuals.textured = first(48), first(24)
    assert blocks.measured().median == pytest.approx(0.9)


def test_the_misplacement_of_the_blocks_that_correlate(blocks: Blocks) -> None:
    blocks.residuals.dx, blocks.residuals.dy = np.full((6, 8), 0.6), np.full((6, 8), 0.8)
    assert blocks.measured().far == pytest.approx(1)
    # Nine in ten count; those that do not correlate do not.
    blocks.residuals.dx[0, :4] = 9
    assert blocks.measured().far == pytest.approx(1)
    blocks.residuals.dx[0] = 9
    assert blocks.measured().far > 5
    blocks.residuals.ncc[0] = 0.5
    assert blocks.measured().far == pytest.approx(1)
    # Nor do those in which brightness varies in one direction only.
    blocks.residuals.ncc[0], blocks.level.eigenvalue[0] = 0.51, 0.5
    assert blocks.measured().far == pytest.approx(1)
    blocks.residuals.ncc[:] = 0.5
    blocks.residuals.ncc[2, :3] = 0.9
    assert blocks.measured().far == 9
    blocks.residuals.ncc[2, 3] = 0.9
    assert blocks.measured().far == pytest.approx(1)


def test_the_distortion_of_the_blocks_that_correlate(blocks: Blocks) -> None:
    blocks.residuals.dx = (blocks.level.y - 48) / 24
    turned = blocks.measured().distortion
    assert turned > 1
    for wrong in (
        {"ncc": np.full((6, 8), 0.5)}, {"dy": np.full((6, 8), 6.0)}, {"textured": first(23)}
    ):  # fmt: skip
        kept = {name: getattr(blocks.residuals, name) for name in wrong}
        vars(blocks.residuals).update(wrong)
        assert blocks.measured().distortion == 0
        vars(blocks.residuals).update(kept)
    # Blocks with less than half of the median eigenvalue do not count.
    blocks.residuals.dx = np.zeros((6, 8))
    blocks.residuals.dx[0], blocks.level.eigenvalue[0] = 1, 0.49
    assert blocks.measured().distortion < 1e-6
    blocks.level.eigenvalue[0] = 0.5
    assert blocks.measured().distortion > 1e-3


@pytest.mark.parametrize(("x", "y"), [(1.5, 1.0), (1.0, 1.5)])
def test_the_ratio_of_the_scales(blocks: Blocks, x: float, y: float) -> None:
    assert blocks.measured([[x, 0, 0], [0, y, 0]]).stretch == pytest.approx(1.5)
    assert blocks.measured([[0, x, 0], [y, 0, 0]]).stretch == pytest.approx(1.5)


def test_images_extend_beyond_each_other(blocks: Blocks) -> None:
    """A crop lies inside its original; the next frame of a burst does not."""
    assert blocks.measured([[1.0, 0, 5], [0, 1, 0]]).excess == pytest.approx(5)
    assert blocks.measured([[1.0, 0, 0], [0, 1, -7]]).excess == pytest.approx(7)
    blocks.level.moved = np.zeros((116, 140), np.float32)
    boxes = (WHOLE, (0.0, 0.0, 140.0, 116.0))
    assert blocks.measured([[1.0, 0, 5], [0, 1, 6]], boxes).excess == pytest.approx(-5)
    assert blocks.measured([[1.0, 0, 15], [0, 1, 6]], boxes).excess == pytest.approx(3)
    # In pixels of the base image: the other one is twice as large.
    blocks.level.moved = np.zeros((192, 256), np.float32)
    boxes = (WHOLE, (0.0, 0.0, 256.0, 192.0))
    assert blocks.measured([[2.0, 0, 8.5], [0, 2, 0.5]], boxes).excess == pytest.approx(4)


def test_only_what_is_inside_the_borders_counts(blocks: Blocks) -> None:
    larger: Box = (0.0, 0.0, 128.0, 106.0)
    blocks.level.moved = np.zeros((106, 128), np.float32)
    # The border's inner edge is blurred by three pixels.
    boxes = ((20.0, 0.0, 128.0, 96.0), larger)
    assert blocks.measured([[1.0, 0, -19], [0, 1, 5]], boxes).excess == pytest.approx(-4)
    blocks.level.moved = np.zeros((86, 128), np.float32)
    boxes = (WHOLE, (20.0, 0.0, 128.0, 86.0))
    assert blocks.measured([[1.0, 0, 19], [0, 1, -5]], boxes).excess == pytest.approx(-4)


def test_changes_are_measured_where_they_can_decide(blocks: Blocks) -> None:
    assert blocks.measured().changed == CHANGED
    blocks.residuals.ncc[:] = 0.1
    # Recompression may hide how well images in one place fit.
    assert blocks.measured([[1.0, 0, 2], [0, 1, 0]]).changed == CHANGED
    assert blocks.measured([[1.0, 0, 4], [0, 1, 0]]).changed == ChangedBlocks()
    blocks.residuals.ncc[:] = 0.9
    assert blocks.measured([[0.9, 0, 4], [0, 0.9, 4]]).changed == CHANGED
    blocks.level.moved = np.zeros((96, 130), np.float32)
    blocks.residuals.ncc[:] = 0.1
    assert blocks.measured().changed == ChangedBlocks()
