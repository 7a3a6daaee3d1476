"""Photos that are known to be two shots are not compared as copies would be."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from explorer.analysis.duplicates import compare_pair
from explorer.analysis.duplicates.candidates import Candidate
from explorer.analysis.duplicates.compare_pair import PairComparison, PairRequest
from explorer.library.library import Library
from tests.analysis.duplicates.pair_photos import PairPhotos
from tests.analysis.duplicates.test_compare_pair import SIZE, Photos, photos, small
from tests.factory import LibraryBuilder
from tests.pictures import draw

__all__ = ["photos"]


@pytest.fixture
def dated(tmp_path: Path) -> Iterator[PairPhotos]:
    (tmp_path / "photos").mkdir()
    builder = LibraryBuilder(Library.open(tmp_path / "library"), str(tmp_path / "photos"))
    yield PairPhotos(builder)
    builder.close()


def compare_shots(photos: Photos, a: int, b: int) -> PairComparison | None:
    return photos.comparer.compare(PairRequest(a, b, are_shots=True), [])


def test_keypoints_are_enough_for_two_shots_of_one_scene(
    photos: Photos, monkeypatch: pytest.MonkeyPatch
) -> None:
    a, b = photos.add(draw(1, SIZE)), photos.add(small())
    monkeypatch.delattr(compare_pair, "align_and_measure")
    compared = compare_shots(photos, a, b)
    assert compared is not None and compared.inliers >= compare_pair.THRESHOLDS.scene_inliers
    assert compared.measurements is None and compared.relation == {}
    assert photos.with_new_keypoints() == {a, b}


def test_shots_with_few_common_keypoints_are_compared_like_others(
    photos: Photos, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        compare_pair, "THRESHOLDS", compare_pair.ComparisonThresholds(scene_inliers=81)
    )
    a, b = photos.add(draw(1, SIZE)), photos.add(small())
    compared = compare_shots(photos, a, b)
    assert compared is not None and compared.measurements is not None


def test_clocks_that_differ_by_a_second_prove_two_shots_of_different_pixels(
    dated: PairPhotos,
) -> None:
    at = {"taken_source": "exif", "camera": "Pixel"}
    a = dated.add("a.jpg", taken_at="2024-05-01T10:00:00", **at)
    b = dated.add("b.jpg", taken_at="2024-05-01T10:00:01", **at)
    same_second = dated.add("c.jpg", taken_at="2024-05-01T10:00:00", **at)
    undated = dated.add("d.jpg")
    lossless = dated.add("e.png", taken_at="2024-05-01T10:00:01", format="PNG", **at)
    surely = dated.classifier.are_surely_shots
    assert surely(Candidate(a, b, 5))
    # Nearly equal hashes, or a lossless copy: somebody may have changed the date in a copy, which
    # has the same pixels.
    assert not surely(Candidate(a, b, 4))
    assert not surely(Candidate(a, lossless, 5))
    assert not surely(Candidate(a, same_second, 5))
    assert not surely(Candidate(a, undated, 5))
    assert dated.files.reads == []


def test_nothing_is_proved_by_a_photo_without_a_file(dated: PairPhotos) -> None:
    a = dated.add("a.jpg", taken_at="2024-05-01T10:00:00", taken_source="exif")
    assert not dated.classifier.are_surely_shots(Candidate(a, a + 1, 5))
