"""Quality scores are monotone and in range, and their reasons fit."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.anomalies import quality_scores
from explorer.anomalies.judgement import Judgement
from explorer.anomalies.quality_scores import Column
from explorer.photos.quality.metrics import METRIC_NAMES, QualityMetrics
from tests.thoroughness import times

# An ordinary good photo.
GOOD = QualityMetrics(
    blur_radius=0.25, min_blur_radius=0.2, blur_anisotropy=1.2, edge_share=0.5, noise_sigma=1.5,
    noise_whiteness=0.4, jpeg_quality=90, blockiness=0.1,
    off_grid_step=3, luma_p2=15, luma_p50=115, luma_p99=240,
    luma_mean=118, unclipped_median=112, blown_share=0.01, black_share=0.01, entropy=7.4,
    contrast=45, edge_density=0.5, flat_share=0.08,
    top_colors_share=0.25, hard_edge_share=0.002, colorfulness=45,
)  # fmt: skip
ALL: list[Callable[[Column], Judgement]] = [
    quality_scores.blurred, quality_scores.dark, quality_scores.overexposed, quality_scores.empty,
    quality_scores.noisy, quality_scores.compressed, quality_scores.not_a_photo,
]  # fmt: skip


def column(
    photos: list[QualityMetrics],
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


def but(**figures: Any) -> QualityMetrics:
    return dataclasses.replace(GOOD, **figures)


@pytest.mark.parametrize("judge", ALL)
def test_a_good_photo_has_high_scores(judge: Callable[[Column], Judgement]) -> None:
    assert judge(column([GOOD])).score[0] > 0.8


@pytest.mark.parametrize(
    ("judge", "name", "values", "words"),
    [
        (quality_scores.blurred, "blur_radius", [0.2, 0.5, 1, 2, 5, 30], "Out of focus"),
        (quality_scores.dark, "luma_p99", [240, 180, 120, 80, 40, 5], "Too dark throughout"),
        (quality_scores.noisy, "noise_sigma", [0, 3, 7, 12, 30], "Noisy"),
        (
            quality_scores.compressed,
            "jpeg_quality",
            [95, 75, 50, 30, 10, 2],
            "JPEG quality 2 of 100",
        ),
        (quality_scores.compressed, "blockiness", [0, 1, 2, 6], "blocks"),
    ],
)
def test_scores_fall_as_the_fault_grows(
    judge: Callable[[Column], Judgement], name: str, values: list[float], words: str
) -> None:
    found = judge(column([but(noise_whiteness=0.9, **{name: value}) for value in values]))
    assert (np.diff(found.score) < 0).all()
    assert found.score[0] > 0.8 and found.score[-1] < 0.2
    assert words in found.reason(len(values) - 1)


def test_stars_are_neither_a_lens_cap_nor_too_dark() -> None:
    night = {"luma_p50": 8, "luma_p99": 20, "luma_p2": 4, "contrast": 1.5, "edge_density": 0}
    cap = but(**night, entropy=1.5, hard_edge_share=0, edge_share=0)
    hot_pixels = but(**night, entropy=1.8, hard_edge_share=0.0016, edge_share=0)
    stars = but(**night, entropy=2.8, hard_edge_share=0.0004, edge_share=0.006)
    for judge in (quality_scores.empty, quality_scores.dark):
        black, hot, starry = judge(column([cap, hot_pixels, stars])).score
        assert black < 0.2 and hot < 0.2 and starry > 0.5


def test_overexposed_photos_are_distinguished_from_snow_and_white_backgrounds() -> None:
    over = but(
        blown_share=0.4,
        blown_border_share=0.4,
        luma_p2=60,
        unclipped_median=190,
        luma_p99=255,
        clipped_share=0.5,
        max_channel_p25=180,
        highlight_gradient=60,
    )
    snow = but(
        blown_share=0.02,
        luma_p2=60,
        unclipped_median=215,
        luma_p99=250,
        clipped_share=0.05,
        max_channel_p25=190,
        highlight_gradient=25,
    )
    background = but(
        blown_share=0.6,
        blown_border_share=0.95,
        luma_p2=4,
        unclipped_median=105,
        luma_p99=255,
        clipped_share=0.6,
        max_channel_p25=50,
        highlight_gradient=70,
    )
    sky = but(
        blown_share=0.12,
        luma_p2=10,
        unclipped_median=110,
        luma_p99=255,
        clipped_share=0.15,
        max_channel_p25=80,
        highlight_gradient=30,
    )
    scores = quality_scores.overexposed(column([over, snow, background, sky])).score
    assert scores[0] < 0.3 and (scores[1:] > 0.5).all()


def test_camera_shake_is_named() -> None:
    found = quality_scores.blurred(
        column(
            [
                but(blur_radius=1.2, blur_anisotropy=2.2, blur_direction=30),
                but(blur_radius=1.2, blur_anisotropy=1.1),
            ]
        )
    )
    assert found.reason(0).startswith("Camera shake") and "30°" in found.reason(0)
    assert found.reason(1).startswith("Out of focus")


def test_texture_is_not_called_noise() -> None:
    assert quality_scores.noisy(column([but(noise_sigma=12, noise_whiteness=0.1)])).score[0] > 0.9


def test_fine_texture_in_tiny_photos_is_not_a_fault() -> None:
    grainy = [but(noise_sigma=6.5, noise_whiteness=0.9)]
    assert (
        quality_scores.noisy(column(grainy, longest=4000)).score[0]
        < 0.5
        < quality_scores.noisy(column(grainy, longest=224)).score[0]
    )


def test_drawings_are_not_photos_unless_a_camera_made_them() -> None:
    drawn = [
        but(flat_share=0.9, top_colors_share=0.95, hard_edge_share=0.03, luma_p2=0, luma_p99=255)
    ]
    assert quality_scores.not_a_photo(column(drawn, lossless=1)).score[0] < 0.3
    assert quality_scores.not_a_photo(column(drawn, camera=1)).score[0] > 0.5
    assert (
        quality_scores.not_a_photo(column([but(flat_share=0.7, top_colors_share=0.6)])).score[0]
        > 0.5
    )


def test_a_blank_photo_is_found() -> None:
    assert (
        quality_scores.empty(column([but(contrast=2, edge_density=0, entropy=2.5)])).score[0] < 0.3
    )


def test_only_blurred_photos_of_an_old_camera_are_called_soft() -> None:
    library = [but(blur_radius=0.33)] * 200 + [but(blur_radius=0.65), but(blur_radius=1.4)]
    scores = quality_scores.blurred(column(library)).score
    assert scores[200] > 0.5 > 0.3 > scores[201]
    # However soft most are, what is surely blurred is reported to be.
    assert quality_scores.blurred(column([but(blur_radius=2.0)] * 200)).score.max() < 0.2


def test_a_small_library_does_not_change_what_is_called_soft() -> None:
    """The median of fifty photos says something of the camera."""
    few, enough = (
        quality_scores.blurred(column([but(blur_radius=0.87)] * number)).score[0]
        for number in (49, 50)
    )
    assert few < 0.5 < enough


def test_a_photo_without_any_edge_has_no_edges_to_measure() -> None:
    found = quality_scores.blurred(column([but(blur_radius=20), but(blur_radius=19)]))
    assert found.reason(0) == "Out of focus: there are no edges left in it."
    assert "38 pixels wide" in found.reason(1)


def test_the_more_is_clipped_the_more_is_lost() -> None:
    light = {"blown_share": 0.1, "luma_p2": 60, "luma_p99": 255, "highlight_gradient": 60}
    found = quality_scores.overexposed(
        column([but(clipped_share=share, **light) for share in (0.1, 0.2, 0.3, 0.4)])
    ).score
    assert (np.diff(found) < 0).all()


def test_jpeg_quality_counts_from_about_a_third() -> None:
    scores = quality_scores.compressed(
        column([but(jpeg_quality=quality) for quality in (25, 32.5, 40)])
    ).score
    assert 0.2 < scores[0] < 0.4 and scores[1] == pytest.approx(0.5) and 0.6 < scores[2] < 0.8


figure = st.floats(0, 300, width=32)


@settings(max_examples=times(80, 400), deadline=None)
@given(
    st.lists(
        st.lists(figure, min_size=len(METRIC_NAMES), max_size=len(METRIC_NAMES)),
        min_size=1,
        max_size=4,
    ),
    st.booleans(),
)
def test_any_metrics_give_scores_in_range_and_a_sentence(
    rows: list[list[float]], camera: bool
) -> None:
    photos = [QualityMetrics(*row) for row in rows]
    for judge in ALL:
        found = judge(column(photos, camera=float(camera)))
        assert ((found.score >= 0) & (found.score <= 1)).all()
        assert all(found.reason(row).endswith(".") for row in range(len(photos)))


def test_a_white_page_is_not_overexposed() -> None:
    page = but(
        blown_share=0.8,
        blown_border_share=0.7,
        clipped_share=0.8,
        luma_p2=20,
        unclipped_median=120,
        luma_p99=255,
        max_channel_p25=250,
        highlight_gradient=70,
        flat_share=0.8,
        top_colors_share=0.9,
        hard_edge_share=0.02,
    )
    assert quality_scores.not_a_photo(column([page], lossless=1)).score[0] < 0.3
    assert quality_scores.overexposed(column([page], lossless=1)).score[0] > 0.5


def test_lights_that_end_steeply_are_overexposed_before_those_that_fade() -> None:
    found = quality_scores.overexposed(
        column(
            [
                but(blown_share=0.2, clipped_share=0.25, luma_p99=255, highlight_gradient=relief)
                for relief in (5, 30, 60, 90)
            ]
        )
    ).score
    assert (np.diff(found[:3]) < 0).all() and found[0] > 0.5 > found[2] >= found[3]


def test_perfectly_sharp_stripes_are_not_called_shaken() -> None:
    """Letters and leaves run in one direction; what moved is soft along its streaks as well."""
    letters, moved = quality_scores.blurred(
        column(
            [
                but(blur_radius=0.75, min_blur_radius=0.12, blur_anisotropy=2.0),
                but(blur_radius=0.75, min_blur_radius=0.4, blur_anisotropy=2.0),
            ]
        )
    ).score
    assert letters > 0.5 > moved
