"""Previews and keypoints that are loaded when they are needed."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from explorer.analysis.duplicates import preview_images
from explorer.analysis.duplicates.preview_images import PreviewCache, PreviewImage
from explorer.library.stores import keypoint_store
from explorer.matching import keypoints
from tests.pictures import draw


@pytest.fixture
def path(tmp_path: Path) -> Path:
    draw(3, (320, 240)).save(tmp_path / "a.png")
    return tmp_path / "a.png"


def test_stored_keypoints_need_no_preview(path: Path) -> None:
    fresh = PreviewImage(path, None)
    assert not fresh.is_loaded and fresh.new_keypoints() is None
    assert fresh.keypoints is not None and fresh.is_loaded and len(fresh.keypoints.points)
    packed = fresh.new_keypoints()
    assert packed == keypoints.pack(fresh.keypoints)
    # They are stored once.
    assert fresh.new_keypoints() is None
    again = PreviewImage(path, packed)
    assert again.keypoints is not None and not again.is_loaded and again.new_keypoints() is None
    assert (again.keypoints.descriptors == fresh.keypoints.descriptors).all()


def test_the_keypoints_of_the_mirror_image_are_detected_in_it(path: Path) -> None:
    image = PreviewImage(path, None)
    assert image.gray is not None and image.mirrored_keypoints is not None
    expected = keypoints.detect(np.ascontiguousarray(np.fliplr(image.gray)))
    assert (image.mirrored_keypoints.points == expected.points).all()


def test_a_missing_preview_has_nothing(tmp_path: Path) -> None:
    gone = PreviewImage(tmp_path / "gone.png", None)
    assert gone.gray is None and gone.color is None
    assert gone.keypoints is None and gone.mirrored_keypoints is None
    assert gone.is_loaded and gone.new_keypoints() is None


def test_the_previews_used_last_are_cached(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    library: Any = SimpleNamespace(catalog=None, previews=SimpleNamespace(path=lambda _: path))
    photos: Any = SimpleNamespace(digest=str)
    asked = list[int]()
    monkeypatch.setattr(
        keypoint_store, "keypoints_of", lambda _, photo_id, __: asked.append(photo_id)
    )
    monkeypatch.setattr(preview_images, "_CACHED_PHOTOS", 2)
    cache = PreviewCache(library, photos)
    first = cache.image(1)
    assert cache.image(1) is first and cache.image(2) is not first
    cache.image(3)
    assert cache.image(1) is not first and asked == [1, 2, 3, 1]
    # Those that were matched are reported, once.
    used, unused = cache.image(1), cache.image(3)
    cache.note_matched(1, used)
    cache.note_matched(3, unused)
    assert used.keypoints is not None
    assert list(cache.new_keypoints()) == [(1, keypoints.pack(used.keypoints))]
    assert list(cache.new_keypoints()) == []
