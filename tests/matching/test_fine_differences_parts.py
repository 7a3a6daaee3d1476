"""The measurements by which fine differences are found, on pictures made for them."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from explorer.matching import fine_differences, overlap
from explorer.matching.fine_differences import PAGES, PHOTOS, DifferenceThresholds, details_differ
from explorer.matching.geometry import Gray
from explorer.matching.overlap import _blurred, _match_tones, matched_overlap

IDENTITY = np.array([[1.0, 0, 0], [0, 1, 0]])


@pytest.fixture
def unblurred(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither the blur nor tones change a level."""
    monkeypatch.setattr(overlap, "_blurred", lambda gray: gray)
    monkeypatch.setattr(overlap, "_match_tones", lambda gray, *_: gray)


def differ(one: Gray, other: Gray, thresholds: DifferenceThresholds = PAGES) -> bool:
    found = matched_overlap(one, other, IDENTITY, thresholds.min_tone_share)
    return details_differ(found, thresholds)


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
        (((3, 20), (3, 21)), 255, False),
        (((4, 20), (4, 21)), 255, True),
        (((56, 20), (56, 21)), 255, False),
        (((55, 20), (55, 21)), 255, True),
    ],
)
def test_two_pixels_of_a_block_must_differ_clearly(
    places: tuple[tuple[int, int], ...], level: int, differs: bool
) -> None:
    other = dotted(*places, level=level)
    assert differ(flat(), other) is differs
    assert differ(other, flat()) is differs


@pytest.mark.usefixtures("unblurred")
def test_a_pixel_may_be_anywhere_around_its_place() -> None:
    """Edges are displaced by a fraction of a pixel."""
    one = dotted((20, 20), (20, 21), level=255)
    assert not differ(one, dotted((21, 20), (21, 21), level=255))
    assert not differ(one, dotted((19, 21), (19, 22), level=255))
    assert differ(one, dotted((22, 20), (22, 21), level=255))


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
    assert differ(base, other) is differs


@pytest.mark.usefixtures("unblurred")
def test_a_large_plain_difference_is_no_noise() -> None:
    """Noise is measured where the coarser one has detail."""
    other = flat()
    other[20:40, 20:40] = 160
    assert differ(flat(), other)


@pytest.mark.parametrize(("level", "amount"), [(0, 255), (200, 255)])
def test_a_blur_evens_out_single_pixels(level: int, amount: int) -> None:
    spread = _blurred(dotted((30, 30), level=amount, base=flat(level)))
    # The weights of a Gaussian of 0.8 pixels are 1 / (2 π 0.64) in the middle.
    share = (int(spread[30, 30]) - level) / (amount - level)
    assert share == pytest.approx(0.25, abs=0.02) and spread.sum() > 3600 * level


def test_a_picture_with_other_tones_gets_those_of_the_other_one() -> None:
    levels: npt.NDArray[np.uint8] = np.tile(np.arange(0, 240, 4, dtype=np.uint8), (60, 1))
    like = np.asarray(levels // 2 + 50, np.uint8)
    everywhere = np.ones_like(levels, bool)
    assert np.abs(_match_tones(levels, like, everywhere, 0).astype(int) - like).max() <= 2
    # Only what both show tells of the tones.
    half = everywhere.copy()
    half[50:] = False
    broken = like.copy()
    broken[50:] = 0
    found = _match_tones(levels, broken, half, 0)
    assert np.abs(found.astype(int) - like).max() <= 2


@pytest.mark.parametrize(
    ("count", "share", "is_mapped"),
    [(20, 0.0, False), (21, 0.0, True), (45, 0.05, False), (46, 0.05, True)],
)
def test_tones_are_measured_where_there_are_enough_pixels(
    count: int, share: float, is_mapped: bool
) -> None:
    """Of every second pixel in both directions."""
    sample = flat(100, 30)
    sample.ravel()[:count] = 200
    gray = np.repeat(np.repeat(sample, 2, axis=0), 2, axis=1)
    like = np.asarray(gray // 2, np.uint8)
    found = _match_tones(gray, like, np.ones_like(gray, bool), share)
    assert (found == (like if is_mapped else gray)).all()


def test_rare_tones_stay_as_far_beyond_the_others() -> None:
    gray = flat(100)
    gray[:, 30:] = 120
    like = np.asarray(gray + 50, np.uint8)
    gray[0, :4] = 0, 90, 140, 250
    found = _match_tones(gray, like, np.ones_like(gray, bool), 0.01)
    assert found[0, :4].tolist() == [50, 140, 190, 255] and found[-1, 0] == 150
    darker = _match_tones(gray, np.asarray(gray - 90, np.uint8), np.ones_like(gray, bool), 0.01)
    assert darker[0, :4].tolist() == [0, 0, 50, 160] and darker[-1, 0] == 10


@pytest.mark.parametrize("swapped", [False, True])
def test_the_finer_picture_is_moved_onto_the_coarser_one(
    swapped: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the pixels of the coarser one."""
    given, shares = list[Any](), list[float]()

    def resample(
        finer: Gray, matrix: npt.NDArray[np.float64], size: tuple[int, int]
    ) -> tuple[Gray, npt.NDArray[np.bool_]]:
        given.append((finer.shape, size, matrix))
        return flat(255), np.ones((60, 60), bool)

    def matched(*arguments: Any) -> overlap.Overlap:
        shares.append(arguments[-1])
        return matched_overlap(*arguments)

    monkeypatch.setattr(overlap, "resample_to_coarser", resample)
    monkeypatch.setattr(fine_differences, "matched_overlap", matched)
    options = list[dict[str, bool]]()
    monkeypatch.setattr(
        fine_differences, "align_and_measure", lambda *_, **given: options.append(given)
    )
    pictures = [flat(size=60), flat(size=120)]
    one, other = reversed(pictures) if swapped else pictures
    assert fine_differences.has_fine_differences(one, other, IDENTITY)
    # They are alike already, and nearly aligned.
    assert options == [{"near": True, "probable": True}]
    ((finer, size, matrix),) = given
    assert (finer, size, shares) == ((120, 120), (60, 60), [0.0])
    assert abs(np.linalg.det(matrix[:, :2])) == pytest.approx(0.25)


@pytest.mark.usefixtures("unblurred")
@pytest.mark.parametrize(
    ("noise", "difference", "differs"),
    [(0, 25, True), (0, 24, False), (12, 30, True), (12, 29, False), (90, 60, True),
     (90, 59, False)],
)  # fmt: skip
def test_details_of_photos_differ_from_fewer_levels_on(
    noise: float, difference: int, differs: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    levels = dotted((20, 20), (20, 21), level=difference, base=flat(0))
    monkeypatch.setattr(fine_differences, "_difference", lambda *_: (levels, noise))
    assert differ(flat(), flat(), PHOTOS) is differs
