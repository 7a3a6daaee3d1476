"""Comparing many pairs."""

from __future__ import annotations

import pytest

from explorer.analysis.duplicates import preview_images
from explorer.analysis.duplicates.compare_pair import PairRequest
from tests.analysis.duplicates.test_compare_pair import SIZE, Photos, is_copy, photos, small
from tests.pictures import draw

__all__ = ["photos"]


def test_many_pairs_are_compared_in_the_order_of_the_requests(
    photos: Photos, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(preview_images, "_CACHED_PHOTOS", 1)
    a, b, c = photos.add(draw(1, SIZE)), photos.add(small()), photos.add(draw(7, SIZE))
    requests = [
        PairRequest(b, c, use_keypoints=False),
        PairRequest(a, b, use_keypoints=False),
        PairRequest(a, c, use_keypoints=False),
        PairRequest(a, b),
    ]
    found = photos.comparer.compare_all(requests)
    assert [is_copy(each) for each in found] == [False, True, False, True]
    assert [each[:2] for each in found if each is not None and is_copy(each)] == [(a, b), (a, b)]
