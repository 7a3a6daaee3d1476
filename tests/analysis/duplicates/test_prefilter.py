"""How photos may be aligned, judging by their thumbnails."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageOps

from explorer.analysis.duplicates import prefilter
from explorer.analysis.duplicates.prefilter import PreviewCheck, RoughAlignment
from explorer.matching.geometry import Box, Matrix, box_to_box_edges
from explorer.photos.hashing import perceptual_hash
from tests.matching.test_phash_index import laid
from tests.pictures import draw

WHOLE: Box = (0.0, 0.0, 1.0, 1.0)
SIZE = (240, 180)


class Thumbnails:
    """Previews on disk, and the hashes of what they show."""

    def __init__(self, folder: Path, *pictures: Image.Image) -> None:
        self.folder, self.hashes = folder, list[list[bytes]]()
        library: Any = SimpleNamespace(
            previews=SimpleNamespace(path=lambda digest: folder / f"{digest}.png")
        )
        photos: Any = SimpleNamespace(digest=str, hashes=lambda photo_id: self.hashes[photo_id])
        self.prefilter = prefilter.Prefilter(library, photos)
        for number, picture in enumerate(pictures):
            picture.save(folder / f"{number}.png", compress_level=1)
            inner = self.prefilter.check_preview(number).inner
            self.hashes.append([perceptual_hash(picture), *([] if inner is None else [inner])])

    def align(self, one: int = 0, other: int = 1, *, always: bool = False) -> list[RoughAlignment]:
        (found,) = self.prefilter.align([(one, other, always)])
        return found


def bordered(picture: Image.Image) -> Image.Image:
    return ImageOps.expand(picture, (48, 24, 24, 12), "white")


INNER: Box = (48 / 312, 24 / 216, 288 / 312, 204 / 216)


def is_near(unit: Matrix, orientation: int, target: Box, source: Box) -> bool:
    return bool(np.abs(unit - box_to_box_edges(orientation, target, source)).max() < 0.02)


def flipped(digest: bytes, bits: Iterable[int]) -> bytes:
    """A hash with these bits changed."""
    changed = np.unpackbits(np.frombuffer(digest, np.uint8))
    changed[list(bits)] ^= 1
    return np.packbits(changed).tobytes()


@pytest.mark.parametrize("orientation", range(8))
def test_a_copy_is_aligned_in_each_orientation(tmp_path: Path, orientation: int) -> None:
    picture = draw(5, SIZE)
    found = Thumbnails(tmp_path, picture, laid(picture, orientation)).align()
    assert len(found) == 1 and found[0].correlation > 0.9
    assert is_near(found[0].unit, orientation, WHOLE, WHOLE)


def test_a_picture_is_aligned_with_the_part_inside_a_border(tmp_path: Path) -> None:
    picture = draw(5, SIZE)
    photos = Thumbnails(tmp_path, picture, bordered(picture), bordered(ImageOps.mirror(picture)))
    assert is_near(photos.align(0, 1)[0].unit, 0, WHOLE, INNER)
    assert is_near(photos.align(1, 0)[0].unit, 0, INNER, WHOLE)
    assert is_near(photos.align(2, 0)[0].unit, 1, INNER, WHOLE)
    first, *others = photos.align(1, 2)
    assert is_near(first.unit, 1, INNER, INNER) and len(others) < 2


def test_other_pictures_are_not_aligned(tmp_path: Path) -> None:
    photos = Thumbnails(tmp_path, draw(5, SIZE), draw(6, SIZE))
    assert photos.align(always=True) == []
    (tmp_path / "2.png").write_bytes(b"no picture")
    photos.hashes.append(photos.hashes[0])
    assert photos.align(0, 2) == [] == photos.align(2, 0)
    assert photos.prefilter.align([]) == []
    pairs = [(0, 2, False), (0, 0, False), (0, 1, True)]
    assert [len(found) for found in photos.prefilter.align(pairs)] == [0, 1, 0]


@pytest.mark.parametrize(
    ("bits", "always", "number"), [(60, False, 1), (110, False, 0), (110, True, 1)]
)
def test_pairs_with_different_hashes_are_tried_on_request(
    tmp_path: Path, bits: int, always: bool, number: int
) -> None:
    photos = Thumbnails(tmp_path, draw(5, SIZE), draw(5, SIZE))
    order = np.random.default_rng(1).permutation(256)
    photos.hashes[1] = [flipped(photos.hashes[1][0], order[:bits])]
    assert len(photos.align(always=always)) == number


def test_the_views_with_the_most_similar_hashes_are_registered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two of four. Of these, those that correlate count, the best first."""
    photos = Thumbnails(tmp_path, bordered(draw(5, SIZE)), bordered(draw(5, SIZE)))
    bare = photos.hashes[1][1]
    photos.hashes = [[bare, flipped(bare, range(30))], [bare, flipped(bare, range(10, 30))]]
    registered = list[tuple[Box, Box]]()
    correlations = iter([0.5, 0.7, 0.49, 0.8])

    def register(pairs: list[Any], orientations: list[int]) -> list[RoughAlignment]:
        registered.extend((pair.one.box, pair.other.box) for pair in pairs)
        return [RoughAlignment(next(correlations), np.eye(2, 3)) for _ in pairs]

    monkeypatch.setattr(prefilter, "_register", register)
    assert [each.correlation for each in photos.align()] == [0.7, 0.5]
    assert registered[0] == (WHOLE, WHOLE)
    assert registered[1] == (INNER, INNER)
    assert [each.correlation for each in photos.align()] == [0.8]


def test_what_is_read_of_a_preview(tmp_path: Path) -> None:
    photos = Thumbnails(tmp_path, draw(5, SIZE), bordered(draw(5, SIZE)))
    check = photos.prefilter.check_preview
    assert check(0) == PreviewCheck(True, None) and check(9) == PreviewCheck(False, None)
    seen, inner = check(1)
    assert seen and inner is not None
    distance = np.bitwise_count(
        np.frombuffer(inner, np.uint8) ^ np.frombuffer(photos.hashes[0][0], np.uint8)
    )
    assert distance.sum() < 30
    for number, side in ((3, 128), (4, 120)):
        draw(1, (200, side)).save(tmp_path / f"{number}.png")
    read = [photos.prefilter._read(number) for number in (3, 4)]
    # At a quarter of the size, but with at least 32 pixels.
    assert [each.shape for each in read if each is not None] == [(32, 50), (120, 200)]


def test_the_thumbnails_used_last_are_cached(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    photos = Thumbnails(tmp_path, *[draw(5, SIZE)] * 3)
    monkeypatch.setattr(prefilter, "_CACHED_PHOTOS", 2)
    photos.prefilter.check_preview(2)
    assert list(photos.prefilter._views) == [1, 2]
    for name in ("1", "2"):
        (tmp_path / f"{name}.png").unlink()
    assert len(photos.align(1, 2)) == 1 and len(photos.align(0, 2)) == 1
