from __future__ import annotations

from typing import Any

import cv2
import numpy as np
import pytest
from PIL import Image

from explorer.matching import geometry
from explorer.matching.resampling import resample_to_coarser
from tests.pictures import draw


@pytest.mark.parametrize("orientation", [0, 1, 4, 6])
def test_an_image_in_the_pixels_of_its_small_copy_equals_it(orientation: int) -> None:
    finer = np.asarray(draw(1, (320, 240)))
    size = (60, 80) if orientation & 4 else (80, 60)
    small = np.asarray(draw(1, (320, 240)).resize((80, 60), Image.Resampling.BOX))
    if orientation & 4:
        small = small.transpose(1, 0, 2)
    small = small[:: -1 if orientation & 2 else 1, :: -1 if orientation & 1 else 1]
    matrix = geometry.image_to_image(orientation, small.shape, finer.shape)
    moved, covered = resample_to_coarser(finer, matrix, size)
    assert covered.all() and moved.shape == small.shape
    assert np.abs(moved.astype(int) - small).max() <= 1


def test_only_the_part_that_it_shows_is_covered() -> None:
    crop = np.asarray(draw(2, (100, 80)).convert("L"))
    moved, covered = resample_to_coarser(crop, np.array([[1.0, 0, 30], [0, 1.0, 10]]), (200, 150))
    expected = np.zeros((150, 200), bool)
    expected[10:90, 30:130] = True
    assert (covered == expected).all() and (moved[10:90, 30:130] == crop).all()


@pytest.mark.parametrize(("scale", "is_reduced"), [(0.97, True), (0.985, False), (1.2, False)])
def test_an_image_that_is_finer_is_reduced_first(
    scale: float, is_reduced: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes, real = list[tuple[int, int]](), cv2.resize

    def resize(picture: np.ndarray, size: tuple[int, int], **how: Any) -> np.ndarray:
        sizes.append(size)
        return np.asarray(real(picture, size, **how))

    monkeypatch.setattr(cv2, "resize", resize)
    picture = np.asarray(draw(2, (200, 100)).convert("L"))
    resample_to_coarser(picture, np.array([[scale, 0, 0], [0, scale, 0]]), (50, 50))
    assert sizes == ([(194, 97)] if is_reduced else [])


def test_edges_stay_sharp_between_pixels() -> None:
    step = np.full((20, 20), 50, np.uint8)
    step[:, 10:] = 150
    moved, _ = resample_to_coarser(step, np.array([[1.0, 0, 0.5], [0, 1, 0]]), (20, 20))
    # Cubic interpolation goes beyond both levels.
    assert moved.min() < 50 and moved.max() > 150 and moved[0, 10] == 100
