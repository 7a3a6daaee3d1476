"""Two shots of one scene are recognized at half the size; copies are compared at full size."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from explorer.matching import pair_alignment
from explorer.matching.changed_blocks import ChangedBlocks
from explorer.matching.geometry import Gray, invert
from explorer.matching.pair_alignment import align_and_measure
from explorer.matching.pair_measurements import PairMeasurements
from explorer.matching.registration import RegistrationLevel
from explorer.matching.same_picture import is_same_picture
from tests.matching.test_same_picture import grey, photo

IDENTITY = np.eye(2, 3)


@pytest.fixture
def sizes(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The width of each base image that is registered."""
    seen = list[int]()

    class Recorded(RegistrationLevel):
        def __init__(self, base: np.ndarray, *given: object) -> None:
            seen.append(base.shape[1])
            super().__init__(base, *given)  # type: ignore[arg-type]

    monkeypatch.setattr(pair_alignment, "RegistrationLevel", Recorded)
    return seen


def picture() -> Gray:
    return np.ascontiguousarray(grey(photo(3)))


def shot(degrees: float, x: float = 6.0) -> Gray:
    """The same scene from a camera that was turned and moved."""
    one = picture()
    height, width = one.shape
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1.0)
    turn[0, 2] += x
    return np.asarray(
        cv2.warpAffine(one, turn, (width, height), borderMode=cv2.BORDER_REFLECT), np.uint8
    )


@pytest.mark.parametrize("near", [False, True])
def test_a_turned_shot_is_compared_at_half_the_size_only(sizes: list[int], near: bool) -> None:
    one, other = picture(), shot(0.7)
    measured = align_and_measure(one, other, np.array([[1.0, 0, -6], [0, 1, 0]]), near=near)
    assert measured is not None and measured.shows_two_shots and not is_same_picture(measured)
    assert measured.changed == ChangedBlocks()
    assert set(sizes) == {one.shape[1] // 2}
    # In pixels of the full size, from the second image to the first one.
    assert np.abs(measured.matrix[:, 2] - [-6, 0]).max() < 3


@pytest.mark.parametrize("scale", [0.5, 0.8, 1.0])
def test_a_copy_is_measured_at_full_size(sizes: list[int], scale: float) -> None:
    one = picture()
    size = round(one.shape[1] * scale), round(one.shape[0] * scale)
    other = np.asarray(cv2.resize(one, size, interpolation=cv2.INTER_AREA), np.uint8)
    start = np.array([[1 / scale, 0, 2], [0, 1 / scale, 2]])
    measured = align_and_measure(one, other, start)
    assert measured is not None and is_same_picture(measured)
    assert not measured.shows_two_shots and measured.changed.strong_blocks > 0
    assert sizes[-1] == size[0]


def test_probable_copies_are_compared_at_full_size_at_once(sizes: list[int]) -> None:
    one = picture()
    other = np.ascontiguousarray(one[20:, 30:])
    start = np.array([[1.0, 0, 30], [0, 1, 20]])
    measured = align_and_measure(one, other, start, near=True, probable=True)
    assert measured is not None and is_same_picture(measured)
    assert set(sizes) == {other.shape[1]}
    # Only an accurate transform saves the search at half the size.
    align_and_measure(one, other, start, probable=True)
    assert other.shape[1] // 2 in sizes


def test_a_shot_in_the_same_place_is_measured_completely(sizes: list[int]) -> None:
    """Recompression may hide how well such images fit, so the differences are needed."""
    measured = align_and_measure(picture(), shot(0.25, x=0.0), IDENTITY, near=True)
    assert measured is not None and measured.changed != ChangedBlocks()
    assert picture().shape[1] in sizes


@pytest.mark.parametrize(
    ("matrix", "other", "median", "is_measured"),
    [
        ([[1.0, 0, 4], [0, 1, -4]], None, 0.62, True),
        ([[1.0, 0, 4], [0, 1, -4]], None, 0.61, False),
        ([[1.0, 0, 4.1], [0, 1, 0]], None, 0.9, False),
        ([[1.0, 0, 0], [0, 1, -4.1]], None, 0.9, False),
        # At the last corner only.
        ([[1.0, 0.004, 0], [0.004, 1, 0]], None, 0.9, True),
        ([[1.005, 0.006, 0], [0, 1, 0]], None, 0.9, False),
        ([[1.0, 0, 1], [0, 1, 0]], (480, 481), 0.9, False),
        (IDENTITY, None, 0.9, False),
    ],
)
def test_images_that_hardly_moved_are_measured_without_a_transform_first(
    matrix: np.ndarray,
    other: tuple[int, int] | None,
    median: float,
    is_measured: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """If the result looks like a copy, it counts."""
    measured = PairMeasurements(IDENTITY, median, 0, 0, 1, 0, ChangedBlocks())

    def align(one: Gray, other: Gray, given: np.ndarray, *, near: bool) -> PairMeasurements:
        assert near and (given == IDENTITY).all()
        return measured

    monkeypatch.setattr(pair_alignment, "align_and_measure", align)
    images = np.zeros((480, 480), np.uint8), np.zeros(other or (480, 480), np.uint8)
    found = pair_alignment._measure_unmoved(*images, np.asarray(matrix))
    assert found is (measured if is_measured else None)


def test_what_is_measured_at_half_the_size_is_in_pixels_of_the_full_size(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    half = PairMeasurements(np.array([[1.0, 0, 3], [0, 1, -2]]), 0.7, 0.5, 0.4, 1.1, 0.3,
                            ChangedBlocks(9))  # fmt: skip
    monkeypatch.setattr(pair_alignment, "measure_pair", lambda *_: half)
    image = picture().astype(np.float32)
    whole = (0.0, 0.0, float(image.shape[1]), float(image.shape[0]))
    found = pair_alignment._measure_at_half_size((image, image), IDENTITY, (whole, whole))
    assert found is not None and (found.far, found.distortion, found.excess) == (1, 0.8, 0.6)
    assert (found.median, found.stretch, found.changed) == (0.7, 1.1, ChangedBlocks(9))
    assert found.matrix == pytest.approx(np.array([[1.0, 0, 6], [0, 1, -4]]))
    noise = np.random.default_rng(1).uniform(0, 255, (2, *image.shape)).astype(np.float32)
    pair = (noise[0], noise[1])
    assert pair_alignment._measure_at_half_size(pair, IDENTITY, (whole, whole)) is None


def test_a_step_that_shrinks_an_image_to_nothing_ends_the_search(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Shrinking:
        width = height = 64

        def __init__(self, *_: object) -> None: ...

        def residuals(self, *_: object) -> None: ...

        def step(self, _: object) -> np.ndarray:
            return np.array([[0.999, 0, 0], [0, 0.999, 0]])

    monkeypatch.setattr(pair_alignment, "RegistrationLevel", Shrinking)
    image, box = np.zeros((64, 64), np.float32), (0.0, 0.0, 64.0, 64.0)
    assert pair_alignment._register((image, image), IDENTITY, (box, box)) is None


@pytest.mark.parametrize("scale", [0.6, 1.0, 1.6])
def test_the_transform_found_maps_the_second_picture_to_the_first(scale: float) -> None:
    """Whichever of them is larger, and therefore aligned with the other."""
    one = picture()
    size = round((one.shape[1] - 40) * scale), round((one.shape[0] - 20) * scale)
    other = np.asarray(cv2.resize(one[20:, 40:], size, interpolation=cv2.INTER_AREA), np.uint8)
    across, down = (one.shape[1] - 40) / size[0], (one.shape[0] - 20) / size[1]
    exact = np.array([[across, 0, 40 + across / 2 - 0.5], [0, down, 20 + down / 2 - 0.5]])
    start = np.add(exact, [[0.0, 0.0, 2.5], [0.0, 0.0, -2.0]])
    for first, second, given, expected in (
        (one, other, start, exact),
        (other, one, invert(start), invert(exact)),
    ):
        measured = align_and_measure(first, second, given)
        assert measured is not None and is_same_picture(measured)
        corners = np.array([[0, 0, 1], [second.shape[1], second.shape[0], 1]])
        assert np.abs(corners @ (measured.matrix - expected).T).max() < 0.7


@pytest.mark.parametrize(("side", "is_measured"), [(47, False), (48, True)])
def test_pictures_of_less_than_three_blocks_are_not_aligned(side: int, is_measured: bool) -> None:
    small = picture()[:side, :200]
    assert (align_and_measure(small, small, IDENTITY, near=True) is not None) is is_measured


@pytest.mark.parametrize("factor", [16.5, 1 / 16.5])
def test_a_transform_that_no_copy_has_is_not_tried(sizes: list[int], factor: float) -> None:
    start = np.array([[factor, 0, 0], [0, factor, 0]])
    assert align_and_measure(picture(), picture(), start) is None and sizes == []
