"""Pairs that only their files, or what is known of these, tell apart."""

from __future__ import annotations

from typing import Any

import pytest

from explorer.analysis.duplicates.candidates import Candidate
from explorer.analysis.duplicates.classify_pair import FilesUnavailable
from explorer.errors import DecodingFailed
from explorer.library.stores import pair_store as store
from explorer.matching.recompression import RecompressionResidual
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


CAMERA = {"camera": "Acme Z1"}


@pytest.mark.parametrize(
    ("one", "other", "relation", "compared"),
    [
        (CAMERA, {"width": 320, "height": 240}, {}, True),
        ({"width": 320, "height": 240}, CAMERA, {}, True),
        (CAMERA, {"format": "PNG"}, {"changed": 0.015, "detail": 0}, True),
        # The more strongly compressed file may be the copy.
        ({"format": "JPEG"}, {"format": "JPEG"}, {}, True),
        ({"format": "JPEG"}, {"format": "PNG"}, {}, False),
        ({"format": "JPEG"}, {"format": "JPEG", "width": 320, "height": 240}, {}, False),
        # Previews show that it was edited.
        (CAMERA, {}, {"changed": 0.016}, False),
        (CAMERA, {}, {"detail": 1}, False),
    ],
)
def test_pairs_of_which_one_could_be_proven_to_be_the_original_are_compared_at_full_size(
    photos: PairPhotos,
    one: dict[str, Any],
    other: dict[str, Any],
    relation: dict[str, Any],
    compared: bool,
) -> None:
    a, b = photos.add("a.jpg", **one), photos.add("b.jpg", **other)
    photos.files.residual = RecompressionResidual(0.0, 1.0, 1.0)
    relation = IDENTITY | relation
    for plain in (None, 0, 2):
        photos.files.plain = plain
        found = photos.classify(a, b, measurements(share=0.01), relation=relation)
        stored = {"plain": plain} if compared and plain is not None else {}
        assert found == store.Pair(a, b, "picture", 0.9877, relation | stored)
    read = f"copies a.jpg b.jpg {IDENTITY['matrix']}"
    assert (read in photos.files.reads) is compared


def test_a_pair_whose_files_cannot_be_read_now_is_stored_without_what_they_would_tell(
    photos: PairPhotos, monkeypatch: pytest.MonkeyPatch
) -> None:
    a, b = photos.add("a.jpg", **CAMERA), photos.add("b.jpg", width=320, height=240)
    pair = store.Pair(a, b, "picture", 0.9877, IDENTITY)
    contents = photos.files.contents.pop("b.jpg")
    with pytest.raises(FilesUnavailable) as raised:
        photos.classify(a, b, measurements())
    assert (raised.value.photo_ids, raised.value.pair) == ((a, b), pair)
    photos.files.contents["b.jpg"] = contents

    def fails(*_: object) -> None:
        raise DecodingFailed("damaged")

    monkeypatch.setattr(photos.files, "plain_copies", fails)
    assert photos.classify(a, b, measurements()) == pair


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
