"""The measurements by which fine differences are found, on pictures made for them."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from explorer.matching import fine_differences
from explorer.matching.fine_differences import _blurred, _differ, _match_tones, _warp
from explorer.matching.geometry import Gray

IDENTITY = np.array([[1.0, 0, 0], [0, 1, 0]])


@pytest.fixture
def unblurred(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither the blur nor tones change a level."""
    monkeypatch.setattr(fine_differences, "_blurred", lambda gray: gray)
    monkeypatch.setattr(fine_differences, "_match_tones", lambda gray, like, inside: gray)


def flat(level: int = 100, size: int = 60) -> Gray:
    return np.full((size, size), level, np.uint8)


def dotted(*places: tuple[int, int], level: int, base: Gray | None = None) -> Gray:
    picture = flat() if base is None else base.copy()
    for place in places:
        picture[place] = level
    return picture


@pytest.mark.usefixtures("unblurred")
@pytest.mark.parametrize(
    ("places", "level", "differs"),
    [
        (((20, 20), (20, 21)), 155, True),
        (((20, 20), (20, 21)), 154, False),
        (((20, 20), (20, 21)), 45, True),
        (((20, 20), (20, 21)), 46, False),
        # One pixel may be a speck.
        (((20, 20),), 255, False),
        (((20, 20), (50, 50)), 255, False),
        # The edge is not compared.
        (((20, 3), (21, 3)), 255, False),
        (((20, 4), (21, 4)), 255, True),
        (((20, 56), (21, 56)), 255, False),
        (((20, 55), (21, 55)), 255, True),
    ],
)
def test_two_pixels_of_a_block_must_differ_clearly(
    places: tuple[tuple[int, int], ...], level: int, differs: bool
) -> None:
    other = dotted(*places, level=level)
    assert _differ(flat(), other, IDENTITY) is differs
    assert _differ(other, flat(), IDENTITY) is differs


@pytest.mark.usefixtures("unblurred")
def test_a_pixel_may_be_anywhere_around_its_place() -> None:
    """Edges are displaced by a fraction of a pixel."""
    one = dotted((20, 20), (20, 21), level=255)
    assert not _differ(one, dotted((21, 20), (21, 21), level=255), IDENTITY)
    assert not _differ(one, dotted((19, 21), (19, 22), level=255), IDENTITY)
    assert _differ(one, dotted((22, 20), (22, 21), level=255), IDENTITY)


@pytest.mark.usefixtures("unblurred")
@pytest.mark.parametrize(
    ("noise", "difference", "differs"),
    [(0, 55, True), (0, 54, False), (30, 66, True), (30, 65, False), (40, 88, True),
     (40, 87, False), (90, 100, True), (90, 99, False)],
)  # fmt: skip
def test_the_noise_of_a_pair_raises_what_counts(noise: int, difference: int, differs: bool) -> None:
    """But only so far."""
    base = flat(100)
    # Stripes are detail, in which a level is beyond the range by the noise here and there.
    base[:, ::4] = 60
    other = base.copy()
    other[5:55:2, 5] = other[5:55:2, 49] = 100 + noise
    # In a flat place.
    base[24:44, 24:44] = other[24:44, 24:44] = 100
    other[34, 34:36] = 100 + difference
    assert _differ(base, other, IDENTITY) is differs


@pytest.mark.parametrize(("level", "amount"), [(0, 255), (200, 255)])
def test_a_blur_evens_out_single_pixels(level: int, amount: int) -> None:
    spread = _blurred(dotted((30, 30), level=amount, base=flat(level)))
    # The weights of a Gaussian of 0.8 pixels are 1 / (2 π 0.64) in the middle.
    share = (int(spread[30, 30]) - level) / (amount - level)
    assert share == pytest.approx(0.25, abs=0.02) and spread.sum() > 3600 * level


def test_the_coarser_picture_is_covered_but_for_a_margin() -> None:
    moved, inside = _warp(flat(), IDENTITY, (60, 60))
    assert moved.shape == inside.shape == (60, 60) and set(np.unique(moved)) == {100}
    expected = np.zeros((60, 60), bool)
    expected[4:-4, 4:-4] = True
    assert (inside == expected).all()
    shifted = np.array([[1.0, 0, 20], [0, 1, 0]])
    _, inside = _warp(flat(), shifted, (90, 60))
    columns = np.flatnonzero(inside.any(axis=0))
    assert (columns[0], columns[-1]) == (24, 75) and inside[4, 24] and not inside[3, 24]


@pytest.mark.parametrize(("scale", "is_resampled"), [(0.5, True), (0.97, True), (0.985, False)])
def test_a_much_finer_picture_is_resampled_first(
    scale: float, is_resampled: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes, real = list[Any](), cv2.resize

    def resize(picture: Gray, size: tuple[int, int], **options: Any) -> Any:
        sizes.append((size, options["interpolation"]))
        return real(picture, size, **options)

    monkeypatch.setattr(cv2, "resize", resize)
    finer = flat(0, 200)
    finer[100:, :] = 200
    finer[:, 150:] = 100
    matrix = np.array([[scale, 0, 0], [0, scale, 0]])
    side = round(200 * scale)
    moved, _ = _warp(finer, matrix, (side, side))
    assert sizes == ([((side, side), cv2.INTER_AREA)] if is_resampled else [])
    # What it shows is where it was.
    assert abs(int(moved[round(40 * scale), 10])) == 0 and moved[-10, 10] == 200
    assert moved[10, -10] == 100 == moved[-10, -10]


def test_a_picture_with_other_tones_gets_those_of_the_other_one() -> None:
    levels: npt.NDArray[np.uint8] = np.tile(np.arange(0, 240, 4, dtype=np.uint8), (60, 1))
    like = np.asarray(levels // 2 + 50, np.uint8)
    everywhere = np.ones_like(levels, bool)
    assert np.abs(_match_tones(levels, like, everywhere).astype(int) - like).max() <= 1
    # Only what both show tells of the tones.
    half = everywhere.copy()
    half[30:] = False
    broken = like.copy()
    broken[30:] = 0
    found = _match_tones(levels, broken, half)
    assert np.abs(found.astype(int) - like).max() <= 1


@pytest.mark.parametrize(("count", "is_mapped"), [(20, False), (21, True)])
def test_tones_are_measured_where_there_are_enough_pixels(count: int, is_mapped: bool) -> None:
    gray = flat(100)
    gray.ravel()[:count] = 200
    like = np.asarray(gray // 2, np.uint8)
    found = _match_tones(gray, like, np.ones_like(gray, bool))
    assert (found == (like if is_mapped else gray)).all()


@pytest.mark.parametrize("swapped", [False, True])
def test_the_finer_picture_is_moved_onto_the_coarser_one(
    swapped: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the pixels of the coarser one."""
    given = list[Any]()

    def differ(base: Gray, finer: Gray, matrix: npt.NDArray[np.float64]) -> bool:
        given.append((base.shape, finer.shape, matrix))
        return True

    monkeypatch.setattr(fine_differences, "_differ", differ)
    options = list[dict[str, bool]]()
    monkeypatch.setattr(
        fine_differences, "align_and_measure", lambda *_, **given: options.append(given)
    )
    pictures = [flat(size=60), flat(size=120)]
    one, other = reversed(pictures) if swapped else pictures
    assert fine_differences.has_fine_differences(one, other, IDENTITY)
    # They are alike already, and nearly aligned.
    assert options == [{"near": True, "probable": True}]
    ((base, finer, matrix),) = given
    assert (base, finer) == ((60, 60), (120, 120))
    assert abs(np.linalg.det(matrix[:, :2])) == pytest.approx(0.25)
