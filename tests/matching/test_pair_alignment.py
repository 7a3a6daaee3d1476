"""Two shots of one scene are recognized at half the size; copies are compared at full size."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from explorer.matching import pair_alignment
from explorer.matching.changed_blocks import ChangedBlocks
from explorer.matching.geometry import Gray
from explorer.matching.pair_alignment import align_and_measure
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
