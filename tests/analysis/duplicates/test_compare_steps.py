"""The single steps of comparing two previews."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from explorer.analysis.duplicates import compare_pair
from explorer.analysis.duplicates.compare_pair import THRESHOLDS, _better, _ends_there
from explorer.analysis.duplicates.preview_images import PreviewImage
from explorer.matching.changed_blocks import ChangedBlocks
from explorer.matching.geometry import Gray, Matrix
from explorer.matching.keypoints import KeypointMatch
from explorer.matching.pair_measurements import PairMeasurements
from tests.analysis.duplicates.test_compare_pair import Photos, photos
from tests.pictures import draw

__all__ = ["photos"]

IDENTITY = np.eye(2, 3)
COPY = PairMeasurements(
    IDENTITY, 0.7, 0.0, 0.0, 1.0, 0.0, ChangedBlocks(20, share=0.0, unchanged=1.0)
)
OTHER = replace(COPY, median=0.4)


def preview(folder: Path, name: str, size: tuple[int, int] = (320, 240)) -> PreviewImage:
    draw(1, size).save(folder / name)
    return PreviewImage(folder / name, None)


def test_one_picture_is_better_than_a_higher_correlation() -> None:
    shot = replace(COPY, median=0.9, distortion=5.0)
    assert _better(COPY, shot) is COPY and _better(shot, COPY) is shot
    assert _better(OTHER, replace(OTHER, median=0.3)) is OTHER
    assert _better(replace(OTHER, median=0.3), OTHER) is OTHER
    assert _better(None, OTHER) is OTHER is _better(OTHER, None) and _better(None, None) is None


@pytest.mark.parametrize(("corner", "distortion"), [(0, 0.0), (0, 5.0), (1, 0.0), (1, 5.0)])
def test_an_alignment_near_one_that_was_measured_ends_there(
    tmp_path: Path, corner: int, distortion: float
) -> None:
    """Two shots are told apart from farther away."""
    image = preview(tmp_path, "a.png")
    done = replace(COPY, distortion=distortion)
    limit = THRESHOLDS.max_shot_offset if distortion else THRESHOLDS.max_offset
    for offset, ends in ((limit - 0.1, True), (limit + 0.1, False)):
        matrix = np.eye(2, 3)
        if corner:
            # At the far corner only.
            matrix[0, 0] += offset / 320
        else:
            matrix[1, 2] += offset
        assert _ends_there(done, matrix, image) is ends
    assert not _ends_there(done, IDENTITY, PreviewImage(tmp_path / "gone.png", None))


@pytest.mark.parametrize(
    ("correlation", "size", "near", "probable"),
    [
        (THRESHOLDS.accurate_correlation, (320, 240), True, False),
        (THRESHOLDS.accurate_correlation - 0.01, (320, 240), False, False),
        (0.5, (320, THRESHOLDS.small_side - 1), True, False),
        (0.5, (320, THRESHOLDS.small_side), False, False),
        (THRESHOLDS.probable_correlation, (320, 240), True, True),
    ],
)
def test_an_accurate_alignment_is_measured_from_nearby_first(
    tmp_path: Path,
    correlation: float,
    size: tuple[int, int],
    near: bool,
    probable: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked = list[dict[str, bool]]()
    answers: list[PairMeasurements | None] = []

    def measure(one: Gray, other: Gray, matrix: Matrix, **how: bool) -> PairMeasurements | None:
        asked.append(how)
        return answers[len(asked) - 1]

    monkeypatch.setattr(compare_pair, "align_and_measure", measure)
    one, other = preview(tmp_path, "a.png"), preview(tmp_path, "b.png", size)
    first: list[dict[str, bool]] = [{"near": True, "probable": probable}] if near else []
    both = [*first, {}]
    shots = replace(COPY, median=0.55, distortion=5.0)
    cases: list[tuple[PairMeasurements | None, Any, list[dict[str, bool]]]] = [
        (replace(COPY, median=0.62), None, first or [{}]),
        (shots, None, first or [{}]),
        # From nearby, it failed: the full search follows.
        (replace(COPY, median=0.61), None, both),
        (None, COPY, both),
    ]
    for nearby, full, expected in cases:
        answers[:] = [nearby, full] if near else [nearby]
        asked.clear()
        found = compare_pair._measure_unit(one, other, IDENTITY, correlation)
        assert asked == expected
        assert found is (nearby if not near or full is None else full)
    gone = PreviewImage(tmp_path / "gone.png", None)
    assert compare_pair._measure_unit(one, gone, IDENTITY, correlation) is None


def test_keypoints_stored_for_a_preview_that_is_gone_give_no_transform(tmp_path: Path) -> None:
    there = preview(tmp_path, "a.png")
    stored = preview(tmp_path, "b.png")
    assert stored.keypoints is not None
    packed = stored.new_keypoints()
    gone = PreviewImage(tmp_path / "gone.png", packed)
    found = compare_pair._match_keypoints(there, gone)
    assert found[0].inliers >= THRESHOLDS.min_inliers and found[1] is None
    assert there.gray is not None
    assert compare_pair._match_keypoints(there, gone)[1] is None
    assert compare_pair._match_keypoints(gone, there)[1] is None
    nothing = PreviewImage(tmp_path / "gone.png", None)
    assert compare_pair._match_keypoints(nothing, there) == (KeypointMatch(0, None), None)


def test_keypoints_that_show_one_picture_replace_a_better_correlated_alignment(
    photos: Photos, monkeypatch: pytest.MonkeyPatch
) -> None:
    near = list[bool]()
    shot = replace(COPY, median=0.9, distortion=5.0, matrix=np.array([[0.5, 0, 9], [0, 0.5, 9]]))
    monkeypatch.setattr(compare_pair, "_measure_rough_alignments", lambda *_: shot)
    monkeypatch.setattr(
        compare_pair, "_measure", lambda *_, **how: near.append(how["near"]) or COPY
    )
    a, b = photos.add(draw(1, (400, 300))), photos.add(draw(2, (400, 300)))
    for inliers in (24, 25):
        monkeypatch.setattr(
            compare_pair,
            "_match_keypoints",
            lambda *_, inliers=inliers: (KeypointMatch(inliers, IDENTITY), IDENTITY),
        )
        compared = photos.compare(a, b)
        assert compared is not None and compared.measurements is COPY
        assert compared.inliers == inliers
    # With 25 of them, the transform is accurate.
    assert near == [False, True]
