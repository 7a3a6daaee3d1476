"""The measurements at which two images stop being the same picture."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from explorer.matching import same_picture
from explorer.matching.changed_blocks import ChangedBlocks
from explorer.matching.pair_measurements import PairMeasurements

Limits = dict[str, float]
# A photo with something added: a fifth of the blocks changed, half of their pixels, two tones.
ADDED = ChangedBlocks(
    20, share=0.2, unchanged=0.5, two_tone=0.2, drawn=0.2, displaced=0.0, wide=0.5
)  # fmt: skip


def pair(changed: ChangedBlocks, median: float = 0.7, **more: Any) -> PairMeasurements:
    return PairMeasurements(
        matrix=more.get("matrix", np.eye(2, 3)), median=median, far=0, distortion=0, stretch=1,
        excess=0, changed=changed,
    )  # fmt: skip


def decide(changed: ChangedBlocks, limits: Limits) -> bool:
    """Whether it is the same picture, with these measurements."""
    median = limits.get("median", 0.7)
    rest = {name: value for name, value in limits.items() if name != "median"}
    return same_picture.is_same_picture(pair(replace(changed, **rest), median))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("met", "missed"),
    [
        ({"median": 0.62}, {"median": 0.619}),
        ({"strong_blocks": 6}, {"strong_blocks": 5}),
        ({"share": 0.4}, {"share": 0.401}),
        ({"displaced": 0.4}, {"displaced": 0.401}),
        ({"displaced": 0.9, "two_tone": 0.85}, {"displaced": 0.9, "two_tone": 0.849}),
        ({"unchanged": 0.5}, {"unchanged": 0.499}),
        ({"unchanged": 0.0, "two_tone": 0.6}, {"unchanged": 0.0, "two_tone": 0.599}),
        ({"unchanged": 0.3, "two_tone": 0.45}, {"unchanged": 0.299, "two_tone": 0.45}),
        ({"unchanged": 0.3, "two_tone": 0.45}, {"unchanged": 0.3, "two_tone": 0.449}),
        # Unchanged as far as can be seen.
        ({"share": 0.015, "unchanged": 0.0}, {"share": 0.0151, "unchanged": 0.0}),
        # A screenshot or a page.
        ({"flat": 0.59}, {"flat": 0.6}),
        ({"flat": 0.6, "unchanged": 0.9}, {"flat": 0.6, "unchanged": 0.89}),
        ({"flat": 0.6, "share": 0.0}, {"flat": 0.6, "share": 0.001}),
        # Other text on the same background.
        ({"flat": 0.3, "redrawn": 0.044}, {"flat": 0.3, "redrawn": 0.045}),
        ({"flat": 0.29, "redrawn": 0.045}, {"flat": 0.3, "redrawn": 0.045}),
        ({"flat": 0.3, "redrawn": 0.1, "unchanged": 0.9},
         {"flat": 0.3, "redrawn": 0.1, "unchanged": 0.89}),
        ({"flat": 0.3, "share": 0.08, "redrawn": 0.039, "wide": 0.1},
         {"flat": 0.3, "share": 0.08, "redrawn": 0.04, "wide": 0.1}),
        ({"flat": 0.3, "share": 0.08, "redrawn": 0.04, "wide": 0.11},
         {"flat": 0.3, "share": 0.08, "redrawn": 0.04, "wide": 0.1}),
    ],
)  # fmt: skip
def test_the_limits_of_an_addition(met: Limits, missed: Limits) -> None:
    assert decide(ADDED, met) and not decide(ADDED, missed)


TEXT = {"unchanged": 0.0, "two_tone": 0.0, "median": 0.8, "wide": 0.1, "displaced": 0.2}


@pytest.mark.parametrize(
    "missed", [{"median": 0.79}, {"wide": 0.11}, {"displaced": 0.21}, {"share": 0.21}]
)
def test_the_limits_of_text(missed: Limits) -> None:
    assert decide(ADDED, TEXT) and not decide(ADDED, TEXT | missed)


MARK = {
    "median": 0.45, "share": 0.6, "unchanged": 0.62, "wide": 0.05, "one_sidedness": 0.85,
    "displaced": 0.9,
}  # fmt: skip


@pytest.mark.parametrize(
    "missed",
    [{"median": 0.44}, {"share": 0.61}, {"unchanged": 0.61}, {"wide": 0.06},
     {"one_sidedness": 0.84}],
)  # fmt: skip
def test_the_limits_of_a_watermark(missed: Limits) -> None:
    assert decide(ADDED, MARK) and not decide(ADDED, MARK | missed)


@pytest.mark.parametrize(
    ("change", "moved"),
    [
        ({}, True), ({"drawn": 0.5}, False), ({"drawn": 0.49}, True), ({"wide": 0.1}, False),
        ({"wide": 0.11}, True), ({"wide": 0.0, "local_motion": True}, True),
        ({"share": 0.015}, False), ({"share": 0.015, "local_motion": True}, False),
    ],
)  # fmt: skip
def test_what_looks_like_motion(change: dict[str, Any], moved: bool) -> None:
    assert same_picture.looks_like_motion(pair(replace(ADDED, **change))) is moved


@pytest.mark.parametrize(
    ("flat", "share", "hidden"),
    [(0.4, 0.015, True), (0.39, 0.015, False), (0.4, 0.016, False), (0.6, 0.016, True)],
)
def test_what_may_hide_differences(flat: float, share: float, hidden: bool) -> None:
    measured = pair(replace(ADDED, flat=flat, share=share))
    assert same_picture.may_hide_differences(measured) is hidden


@pytest.mark.parametrize(
    ("median", "share", "scale", "other", "worth"),
    [
        (0.99, 0.0, 1.009, (40, 30), True), (0.98, 0.0, 1.009, (40, 30), False),
        (0.99, 0.01, 1.009, (40, 30), False), (0.99, 0.0, 1.011, (40, 30), False),
        (0.99, 0.0, 0.989, (40, 30), False), (0.99, 0.0, 1.009, (30, 40), False),
    ],
)  # fmt: skip
def test_when_pixels_are_compared(
    median: float, share: float, scale: float, other: tuple[int, int], worth: bool
) -> None:
    matrix = np.array([[scale, 0, 5.0], [0, 1, 0]])
    measured = pair(replace(ADDED, share=share), median, matrix=matrix)
    assert same_picture.may_have_equal_pixels(measured, (40, 30), other) is worth


def test_a_relation_is_rounded() -> None:
    matrix = np.array([[2.0, 0, 0.5], [0, 1, 0.123456789]])
    found = same_picture.relation(
        pair(replace(ADDED, share=0.123456), matrix=matrix), (30, 80), (30, 40)
    )
    assert found["changed"] == 0.1235
    assert found["matrix"] == [1.0, 0.0, 0.0, 0.0, 1.0, round(0.123456789 / 30, 5)]
