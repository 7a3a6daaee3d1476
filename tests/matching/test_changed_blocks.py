"""The single measures of what has changed between two aligned images, on patterns made for them."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from explorer.matching import changed_blocks
from explorer.matching.changed_blocks import (
    ChangedBlocks,
    _count_redrawn,
    _displaced_share,
    _is_displaced,
    _max_two_tone_share,
    _tone_curve,
    _two_tone_share,
    _wide_share,
    measure_changed_blocks,
)
from explorer.matching.registration import BLOCK_SIZE

Floats = npt.NDArray[np.float32]
Mask = npt.NDArray[np.bool_]


def tones(**counts: int) -> Floats:
    """Pixels with these levels: `tones(_100=10)` is ten pixels of level 100."""
    return np.asarray(
        [level for name, number in counts.items() for level in [int(name[1:])] * number], np.float32
    )


def noise(height: int, width: int, seed: int = 1) -> Floats:
    random = np.random.default_rng(seed)
    return np.asarray(random.integers(20, 180, (height, width)), np.float32)


def mask(shape: tuple[int, ...], *places: tuple[int, int]) -> Mask:
    found = np.zeros(shape, bool)
    for place in places:
        found[place] = True
    return found


@pytest.mark.parametrize(
    ("pixels", "tolerance", "expected"),
    [
        (tones(_50=10, _200=6, _100=4), 8, 0.8),
        # Within the tolerance of a level between them, two tones are one.
        (tones(_100=10, _116=6, _140=4), 8, 1.0), (tones(_100=10, _117=6, _140=4), 8, 0.8),
        (tones(_100=10, _106=6, _140=4), 3, 1.0), (tones(_100=10, _107=6, _140=4), 3, 0.8),
        # Interpolation goes beyond black and white.
        (np.asarray([-9.0] * 5 + [300.0] * 5, np.float32), 3, 1.0),
        (np.zeros(0, np.float32), 8, 0.0),
    ],
)  # fmt: skip
def test_the_share_of_two_tones(pixels: Floats, tolerance: int, expected: float) -> None:
    assert _two_tone_share(pixels, tolerance) == pytest.approx(expected)


def test_two_tones_of_either_image_count() -> None:
    drawn = np.where(np.arange(64).reshape(8, 8) % 2, 30, 220).astype(np.float32)
    everywhere = np.ones((8, 8), bool)
    assert _max_two_tone_share(noise(8, 8), drawn, everywhere, 3) == 1
    assert _max_two_tone_share(drawn, noise(8, 8), everywhere, 3) == 1
    assert _max_two_tone_share(noise(8, 8), noise(8, 8, 2), everywhere, 3) < 0.5
    assert _max_two_tone_share(noise(8, 8), noise(8, 8), ~everywhere, 3) == 1
    half = everywhere.copy()
    half[4:] = False
    assert _max_two_tone_share(noise(8, 8), np.where(half, drawn, 99), half, 3) == 1


@pytest.mark.parametrize(
    ("shape", "width", "expected"),
    [((200, 300), 7, 1.0), ((200, 300), 6, 0.0), ((300, 200), 7, 1.0), ((40, 60), 3, 1.0),
     ((40, 60), 2, 0.0)],
)  # fmt: skip
def test_changes_are_wide_if_they_are_wider_than_a_stroke(
    shape: tuple[int, int], width: int, expected: float
) -> None:
    changed = np.zeros(shape, bool)
    changed[10 : 10 + width, 10:30] = True
    assert _wide_share(changed) == expected
    assert _wide_share(np.zeros(shape, bool)) == 0
    # As many pixels that are not wide.
    changed[10 + 2 * width, 5 : 5 + 10 * width] = changed[14 + 2 * width, 5 : 5 + 10 * width] = True
    assert _wide_share(changed) == expected / 2


@pytest.mark.parametrize(
    ("right", "down", "displaced"),
    [(0, 0, False), (1, 1, False), (2, 0, True), (0, -2, True), (-14, 14, True)],
)
def test_content_found_nearby_is_displaced(right: int, down: int, displaced: bool) -> None:
    template, area = noise(24, 24), noise(52, 52, 2)
    area[14 + down : 38 + down, 14 + right : 38 + right] = template
    assert _is_displaced(area, template) is displaced


def test_content_that_also_matches_in_place_is_not_displaced() -> None:
    template = noise(24, 24)
    for mixed, displaced in ((0.3, True), (0.9, False)):
        area = noise(52, 52, 2)
        # It would fit in place, too, to some degree.
        area[14:38, 14:38] = mixed * template + (1 - mixed) * area[14:38, 14:38]
        area[0:24, 28:52] = template
        area[14:24, 28:38] = template[14:24, 0:10]
        assert _is_displaced(area, template) is displaced
    assert not _is_displaced(noise(52, 52, 2), template)
    # Somewhat like it, but not the same.
    area = noise(52, 52, 2)
    area[4:28, 4:28] = 0.55 * template + 0.45 * area[4:28, 4:28]
    assert not _is_displaced(area, template)


def shifted(side: int, by: int) -> tuple[Floats, Floats]:
    whole = noise(side + 20, side + 20)
    return whole[:side, :side].copy(), whole[by : side + by, :side].copy()


def test_blocks_are_searched_for_where_the_whole_surroundings_are_visible() -> None:
    toned, other = shifted(128, 3)
    inner = [(row, column) for row in range(2, 6) for column in range(2, 6)]
    assert _displaced_share(other, toned, mask((8, 8), *inner)) == 1
    assert _displaced_share(toned, toned, mask((8, 8), *inner)) == 0
    edge = [(1, 3), (3, 1), (6, 3), (3, 6)]
    assert _displaced_share(other, toned, mask((8, 8), *edge)) == 0
    assert _displaced_share(other, toned, mask((8, 8), (2, 2), *edge)) == 1
    assert _displaced_share(other, toned, mask((8, 8))) == 0
    # What is nearly plain may be anywhere.
    plain = toned.copy()
    plain[28:52, 28:52] = 100
    assert _displaced_share(other, plain, mask((8, 8), (2, 2), (4, 5))) == 1
    moved = other.copy()
    moved[60:128] = toned[60:128]
    assert _displaced_share(moved, toned, mask((8, 8), (2, 2), (5, 5))) == 0.5


def test_of_many_blocks_some_are_searched_for(monkeypatch: pytest.MonkeyPatch) -> None:
    areas = list[tuple[int, ...]]()
    monkeypatch.setattr(
        changed_blocks,
        "_is_displaced",
        lambda area, template: areas.append((*area.shape, *template.shape)) is None,
    )
    picture = noise(256, 256)
    changed = np.zeros((16, 16), bool)
    changed[2:14, 2:14] = True
    assert _displaced_share(picture, picture, changed) == 1
    assert len(areas) == 48 and set(areas) == {(52, 52, 24, 24)}


def test_tones_are_mapped_by_a_curve_with_its_noise() -> None:
    base = np.repeat(np.arange(0, 240, dtype=np.float32), 8)
    spread = np.tile(np.asarray([3, -3], np.float32), len(base) // 2)
    curve = _tone_curve(base, np.asarray(base / 2 + 20 + spread, np.float32))
    assert curve is not None and curve.noise == pytest.approx(3, abs=0.6)
    # Within the steps of four levels in which tones are measured.
    assert curve.apply(base[None])[0] == pytest.approx(base / 2 + 20, abs=1)
    exact = _tone_curve(base, base)
    assert exact is not None and exact.noise <= 1


@pytest.mark.parametrize(("number", "is_known"), [(4, False), (5, True)])
def test_a_curve_needs_two_frequent_tones(number: int, is_known: bool) -> None:
    base = tones(_100=50, **{"_200": number})
    assert (_tone_curve(base, base) is not None) is is_known


def drawn_block() -> Floats:
    block = np.full((BLOCK_SIZE, BLOCK_SIZE), 20, np.float32)
    block[:, ::3] = 230
    return block


@pytest.mark.parametrize(
    ("one", "other", "deviations", "redrawn"),
    [
        (drawn_block(), drawn_block().T, (30, 30), 1),
        (drawn_block(), noise(16, 16), (30, 30), 0),
        (noise(16, 16), drawn_block(), (30, 30), 0),
        (drawn_block(), drawn_block().T, (24, 30), 0),
        (drawn_block(), drawn_block().T, (30, 24), 0),
        (drawn_block(), drawn_block().T, (24.1, 24.1), 1),
    ],
)
def test_blocks_with_a_drawing_in_both_images_are_redrawn(
    one: Floats, other: Floats, deviations: tuple[float, float], redrawn: int
) -> None:
    base, warped = noise(64, 48), noise(64, 48, 2)
    base[32:48, 16:32], warped[32:48, 16:32] = one, other
    level: Any = SimpleNamespace(base=base, deviation=np.full((4, 3), deviations[0]))
    residuals: Any = SimpleNamespace(warped=warped, deviation=np.full((4, 3), deviations[1]))
    assert _count_redrawn(level, residuals, mask((4, 3), (2, 1))) == redrawn
    assert _count_redrawn(level, residuals, mask((4, 3), (2, 1), (0, 0))) == redrawn
    assert _count_redrawn(level, residuals, mask((4, 3), (0, 1))) == 0


def measured(
    base: Floats, other: Floats, ncc: Floats, *, strong: Mask | None = None
) -> ChangedBlocks:
    """All blocks are inside, and strongly textured unless that is given."""
    everywhere = np.ones(ncc.shape, bool)
    rows, columns = ncc.shape
    level: Any = SimpleNamespace(
        base=base, rows=rows, columns=columns, deviation=np.full(ncc.shape, 40.0),
        strongly_textured=lambda _: everywhere if strong is None else strong,
    )  # fmt: skip
    residuals: Any = SimpleNamespace(
        warped=other, inside=everywhere, ncc=ncc, deviation=np.full(ncc.shape, 40.0)
    )
    return measure_changed_blocks(level, residuals)


def test_images_without_texture_or_changes() -> None:
    base, like = noise(130, 140), np.ones((8, 8), np.float32)
    nowhere = np.zeros((8, 8), bool)
    assert measured(base, base, like, strong=nowhere) == ChangedBlocks()
    found = measured(base, base, like)
    assert (found.strong_blocks, found.share, found.unchanged) == (64, 0, 1)
    assert (found.two_tone, found.drawn, found.wide, found.displaced) == (1, 1, 0, 0)
    assert 0 < found.flat < 0.2
    # One tone says nothing of the others.
    plain = np.full((128, 128), 99, np.float32)
    assert measured(plain, plain, like) == ChangedBlocks(64)
    # A correlation of 0.6 is enough.
    assert measured(base, base, np.full((8, 8), 0.6)).share == 0
    assert measured(base, base, np.full((8, 8), 0.59)) == ChangedBlocks(64)


def test_what_was_added_to_one_block() -> None:
    """Half of its pixels have become white."""
    base, ncc = noise(128, 128), np.ones((8, 8), np.float32)
    ncc[3, 4] = 0.1
    other = base + 10
    other[48:56, 64:80] = 255
    found = measured(base, other, ncc)
    assert (found.strong_blocks, found.share, found.unchanged) == (64, 1 / 64, 0.5)
    assert (found.two_tone, found.drawn, found.one_sidedness, found.displaced) == (1, 1, 1, 0)
    assert (found.wide, found.redrawn, found.local_motion) == (1, 0, False)
    # Less than one in 66 blocks, so what the change is like does not matter.
    weak = np.ones((8, 9), bool)
    more = measured(
        np.hstack([base, noise(128, 16, 3)]), np.hstack([other, noise(128, 16, 3) + 10]),
        np.hstack([ncc, np.ones((8, 1), np.float32)]), strong=weak,
    )  # fmt: skip
    assert (more.share, more.one_sidedness, more.redrawn) == (1 / 72, 0, 0)
    # What changed in a block that is not strongly textured does not count.
    weak = np.ones((8, 8), bool)
    weak[3, 4] = False
    assert measured(base, other, ncc, strong=weak).share == 0


def test_pixels_differ_beyond_the_noise() -> None:
    base, ncc = noise(128, 128), np.ones((8, 8), np.float32)
    ncc[3, 4] = 0.1
    random = np.random.default_rng(5)
    for spread, difference, unchanged in ((0, 9, 0), (0, 5, 1), (8, 12, 1), (8, 22, 0)):
        other = base + np.asarray(random.integers(-spread, spread + 1, base.shape), np.float32)
        other[48:64, 64:80] = base[48:64, 64:80] + difference
        assert measured(base, other, ncc).unchanged == pytest.approx(unchanged, abs=0.02)
