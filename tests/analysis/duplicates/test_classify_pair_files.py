"""Pairs that only their files, or what is known of these, tell apart."""

from __future__ import annotations

from typing import Any

import pytest

from explorer.analysis.duplicates.candidates import Candidate
from explorer.errors import DecodingFailed
from explorer.library.stores import pair_store as store
from tests.analysis.duplicates.pair_photos import IDENTITY, PairPhotos, measurements
from tests.analysis.duplicates.test_classify_pair import photos

__all__ = ["photos"]


@pytest.mark.parametrize(
    ("differ", "kind"), [(False, "picture"), (True, "scene"), (None, "scene"), ("fails", "scene")]
)
def test_pages_are_one_picture_only_if_their_details_are_compared(
    photos: PairPhotos, differ: Any, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    a, b = photos.add("a.jpg"), photos.add("b.png", format="PNG", width=320, height=240)
    pages = measurements(flat=0.7)
    photos.files.differ = differ
    if differ == "fails":

        def fails(*_: object) -> None:
            raise DecodingFailed("damaged")

        monkeypatch.setattr(photos.files, "fine_differences", fails)
    expected = store.Pair(a, b, "picture", 0.9877, IDENTITY)
    if kind == "scene":
        expected = store.Pair(a, b, "scene", 0.9877, {})
    assert photos.classify(a, b, pages) == expected
    if differ != "fails":
        assert photos.files.reads == [f"differences a.jpg b.png {IDENTITY['matrix']}"]


@pytest.mark.parametrize(
    ("bits", "other", "are_shots"),
    [
        (60, {}, True),
        (0, {}, False),
        (60, {"taken_at": "2020-01-01T10:00:00"}, False),
        # A copy without loss in another format is decoded by other steps.
        (60, {"format": "PNG"}, False),
        (60, {"format": "PNG", "width": 320}, True),
        (60, {"width": 320}, True),
    ],
)
def test_shots_at_different_times_are_known_before_they_are_compared(
    photos: PairPhotos, bits: int, other: dict[str, Any], are_shots: bool
) -> None:
    taken = {"taken_source": "exif", "camera": "Acme Z1", "width": 640, "height": 480}
    a = photos.add("a.jpg", **taken, taken_at="2020-01-01T10:00:00")
    b = photos.add("b.jpg", **(taken | {"taken_at": "2020-01-01T10:00:05"} | other))
    assert photos.classifier.are_surely_shots(Candidate(a, b, bits)) is are_shots


def test_photos_without_files_are_not_known_to_be_shots(photos: PairPhotos) -> None:
    a, b = photos.add("a.jpg"), photos.add("b.jpg")
    photos.builder.lose("b.jpg")
    assert photos.classifier.are_surely_shots(Candidate(a, b, 60)) is False
