"""What is read and compared as the library changes, and what is not."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image

from explorer.analysis.duplicates import compare_pair, find_pairs
from explorer.library.stores import keypoint_store
from tests.analysis.duplicates.pair_library import PICTURES, PairLibrary, quiet
from tests.pictures import draw, encoded


def test_files_that_cannot_be_read_are_not_opened_again_at_every_change(
    library: PairLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = library.stages()
    photos = Path(library.catalog.roots()[0]["path"])
    shot = encoded(draw(1, (400, 300)), "JPEG")
    library.add("a.jpg", shot)
    library.add("a-again.jpg", encoded(Image.open(io.BytesIO(shot)), "JPEG", quality=80))
    (photos / "a-again.jpg").unlink()
    kept.run(quiet)
    monkeypatch.setattr(
        compare_pair.PairComparer, "compare", lambda *_, **__: pytest.fail("compared again")
    )
    library.add_picture("d.jpg")
    kept.run(quiet)
    assert library.pairs("pixels", "picture", "scene", "different") == {}


def test_a_library_that_did_not_change_is_not_read(
    library: PairLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in PICTURES:
        library.add_picture(name)
    library.stages().run(quiet)
    change = library.catalog.change()
    monkeypatch.setattr(keypoint_store, "photo_fingerprints", lambda *_, **__: pytest.fail("read"))
    library.stages().run(quiet)
    assert library.catalog.change() == change


def test_progress_counts_the_photos_that_are_new(
    library: PairLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(find_pairs, "BATCH_SIZE", 2)
    kept, ticks = library.stages(), list[tuple[int, int]]()
    library.add_picture("a.jpg")
    kept.run(quiet)
    for name in ("a-small.jpg", "c.jpg", "d.jpg"):
        library.add_picture(name)
    kept.run(lambda done, total: ticks.append((done, total)))
    assert ticks == [(0, 3), (2, 3)]
