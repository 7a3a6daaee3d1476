"""Judgements of figures: monotone, in their range, and with reasons that fit."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.anomalies import quality_scores
from explorer.anomalies.quality_scores import Column, Judgement
from explorer.photos.quality.figures import FIGURES, Quality

# An ordinary good photo.
GOOD = Quality(
    blur=0.25, along=0.2, shaken=1.2, edges=0.5, noise=1.5, white=0.4, compression=90, blocks=0.1,
    steps=3, low=15, middle=115, high=240,
    mean=118, lit=112, burnt=0.01, black=0.01, entropy=7.4, contrast=45, detail=0.5, flat=0.08,
    colours=0.25, text=0.002, colourful=45,
)  # fmt: skip
ALL: list[Callable[[Column], Judgement]] = [
    quality_scores.blurred, quality_scores.dark, quality_scores.overexposed, quality_scores.empty,
    quality_scores.noisy, quality_scores.compressed, quality_scores.not_a_photo,
]  # fmt: skip


def column(
    photos: list[Quality],
    *,
    camera: float = 0,
    lossless: float = 0,
    longest: float = 4000,
    drawn: float = -99,
) -> Column:
    extra = {"camera": camera, "lossless": lossless, "longest": longest, "drawn": drawn}
    return lambda name: np.array(
        [extra[name] if name in extra else getattr(photo, name) for photo in photos], np.float32
    )


def but(**figures: Any) -> Quality:
    return dataclasses.replace(GOOD, **figures)


@pytest.mark.parametrize("judge", ALL)
def test_a_good_photo_is_fine(judge: Callable[[Column], Judgement]) -> None:
    assert judge(column([GOOD])).score[0] > 0.8


@pytest.mark.parametrize(
    ("judge", "name", "values", "words"),
    [
        (quality_scores.blurred, "blur", [0.2, 0.5, 1, 2, 5, 30], "Out of focus"),
        (quality_scores.dark, "high", [240, 180, 120, 80, 40, 5], "Dark"),
        (quality_scores.noisy, "noise", [0, 3, 7, 12, 30], "Noisy"),
        (
            quality_scores.compressed,
            "compression",
            [95, 75, 50, 30, 10, 2],
            "JPEG quality 2 of 100",
        ),
        (quality_scores.compressed, "blocks", [0, 1, 2, 6], "blocks"),
    ],
)
def test_scores_fall_with_the_fault(
    judge: Callable[[Column], Judgement], name: str, values: list[float], words: str
) -> None:
    found = judge(column([but(white=0.9, **{name: value}) for value in values]))
    assert (np.diff(found.score) < 0).all()
    assert found.score[0] > 0.8 and found.score[-1] < 0.2
    assert words in found.reason(len(values) - 1)


def test_burnt_out_photos_are_told_from_snow_and_white_backgrounds() -> None:
    over = but(
        burnt=0.4,
        burnt_border=0.4,
        low=60,
        lit=190,
        high=255,
        clipped=0.5,
        brightest=180,
        relief=60,
    )
    snow = but(burnt=0.02, low=60, lit=215, high=250, clipped=0.05, brightest=190, relief=25)
    background = but(
        burnt=0.6, burnt_border=0.95, low=4, lit=105, high=255, clipped=0.6, brightest=50, relief=70
    )
    sky = but(burnt=0.12, low=10, lit=110, high=255, clipped=0.15, brightest=80, relief=30)
    scores = quality_scores.overexposed(column([over, snow, background, sky])).score
    assert scores[0] < 0.3 and (scores[1:] > 0.5).all()


def test_shake_is_named() -> None:
    found = quality_scores.blurred(
        column([but(blur=1.2, shaken=2.2, direction=30), but(blur=1.2, shaken=1.1)])
    )
    assert found.reason(0).startswith("Camera shake") and "30°" in found.reason(0)
    assert found.reason(1).startswith("Out of focus")


def test_texture_is_not_called_noise() -> None:
    assert quality_scores.noisy(column([but(noise=12, white=0.1)])).score[0] > 0.9


def test_fine_texture_of_tiny_photos_is_forgiven() -> None:
    grainy = [but(noise=6.5, white=0.9)]
    assert (
        quality_scores.noisy(column(grainy, longest=4000)).score[0]
        < 0.5
        < quality_scores.noisy(column(grainy, longest=224)).score[0]
    )


def test_drawings_are_not_photos_unless_a_camera_made_them() -> None:
    drawn = [but(flat=0.9, colours=0.95, text=0.03, low=0, high=255)]
    assert quality_scores.not_a_photo(column(drawn, lossless=1)).score[0] < 0.3
    assert quality_scores.not_a_photo(column(drawn, camera=1)).score[0] > 0.5
    assert quality_scores.not_a_photo(column([but(flat=0.7, colours=0.6)])).score[0] > 0.5


def test_nothing_to_see() -> None:
    assert quality_scores.empty(column([but(contrast=2, detail=0, entropy=2.5)])).score[0] < 0.3


def test_an_old_cameras_photos_are_not_all_called_soft_but_blurred_ones_are() -> None:
    library = [but(blur=0.33)] * 200 + [but(blur=0.65), but(blur=1.4)]
    scores = quality_scores.blurred(column(library)).score
    assert scores[200] > 0.5 > 0.3 > scores[201]
    # However soft most are, what is surely blurred is said to be.
    assert quality_scores.blurred(column([but(blur=2.0)] * 200)).score.max() < 0.2


figure = st.floats(0, 300, width=32)


@settings(max_examples=80, deadline=None)
@given(
    st.lists(
        st.lists(figure, min_size=len(FIGURES), max_size=len(FIGURES)), min_size=1, max_size=4
    ),
    st.booleans(),
)
def test_any_figures_give_scores_in_range_and_a_sentence(
    rows: list[list[float]], camera: bool
) -> None:
    photos = [Quality(*row) for row in rows]
    for judge in ALL:
        found = judge(column(photos, camera=float(camera)))
        assert ((found.score >= 0) & (found.score <= 1)).all()
        assert all(found.reason(row).endswith(".") for row in range(len(photos)))


def test_a_white_page_is_not_overexposed() -> None:
    page = but(
        burnt=0.8,
        burnt_border=0.7,
        clipped=0.8,
        low=20,
        lit=120,
        high=255,
        brightest=250,
        relief=70,
        flat=0.8,
        colours=0.9,
        text=0.02,
    )
    assert quality_scores.not_a_photo(column([page], lossless=1)).score[0] < 0.3
    assert quality_scores.overexposed(column([page], lossless=1)).score[0] > 0.5


def test_lights_that_end_steeply_are_overexposed_before_those_that_fade() -> None:
    found = quality_scores.overexposed(
        column(
            [but(burnt=0.2, clipped=0.25, high=255, relief=relief) for relief in (5, 30, 60, 90)]
        )
    ).score
    assert (np.diff(found[:3]) < 0).all() and found[0] > 0.5 > found[2] >= found[3]


def test_stripes_as_sharp_as_can_be_are_not_shaken() -> None:
    """Letters and leaves run in one direction; what moved is soft along its streaks as well."""
    letters, moved = quality_scores.blurred(
        column([but(blur=0.75, along=0.12, shaken=2.0), but(blur=0.75, along=0.4, shaken=2.0)])
    ).score
    assert letters > 0.5 > moved
