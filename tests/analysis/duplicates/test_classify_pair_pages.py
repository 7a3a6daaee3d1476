"""Pages and screenshots, whose previews are too small to show all that they say."""

from __future__ import annotations

from typing import Any

import pytest

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
