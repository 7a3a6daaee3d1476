from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageOps

from explorer.matching import geometry, phash_index
from explorer.matching.pair_alignment import align_and_measure
from explorer.photos.hashing import perceptual_hash
from tests.pictures import draw
from tests.thoroughness import times


def hash_of(picture: Image.Image) -> np.ndarray:
    return np.frombuffer(perceptual_hash(picture), np.uint8)


def table(hashes: np.ndarray) -> phash_index.PhashIndex:
    made = phash_index.PhashIndex()
    # Not all at once: it has to grow.
    for start in range(0, len(hashes), 5):
        made.add(hashes[start : start + 5])
    return made


def way_of(one: bytes, other: bytes) -> tuple[int, int]:
    distances, ways = phash_index.best_orientations(
        *(np.frombuffer(some, np.uint8)[None] for some in (one, other))
    )
    return int(distances[0]), int(ways[0])


def laid(picture: Image.Image, way: int) -> Image.Image:
    """The picture that gives this one in that orientation."""
    if way & 2:
        picture = ImageOps.flip(picture)
    if way & 1:
        picture = ImageOps.mirror(picture)
    return picture.transpose(Image.Transpose.TRANSPOSE) if way & 4 else picture


@pytest.mark.parametrize("way", range(8))
def test_a_copy_is_recognized_in_each_of_the_eight_orientations(way: int) -> None:
    picture = draw(3)
    distance, found = way_of(perceptual_hash(picture), perceptual_hash(laid(picture, way)))
    assert distance <= 24
    assert found == way


@pytest.mark.parametrize("way", range(8))
def test_the_orientation_gives_the_transform(way: int) -> None:
    picture = draw(5)
    copy = laid(picture, way).resize((150, 200) if way & 4 else (200, 150))
    one, other = (np.asarray(p.convert("L")) for p in (picture, copy))
    measures = align_and_measure(one, other, geometry.image_to_image(way, one.shape, other.shape))
    assert measures is not None
    assert measures.median > 0.9 and measures.far < 0.3


def test_a_search_finds_the_same_as_comparing_one_by_one() -> None:
    pictures = [draw(seed, (160, 120)) for seed in range(12)]
    copies = [laid(picture, number % 8) for number, picture in enumerate(pictures)]
    hashes = np.stack([hash_of(p) for p in [*pictures, *copies]])
    near = table(hashes).search(hashes[:12], 80, 64)
    found = {
        (r, c): d
        for r, c, d in zip(
            near.rows.tolist(), near.columns.tolist(), near.distance.tolist(), strict=True
        )
    }
    for row in range(12):
        for column in range(24):
            distance = way_of(hashes[row].tobytes(), hashes[column].tobytes())[0]
            assert (distance <= 80) == ((row, column) in found)
            if distance <= 80:
                assert found[row, column] == distance
        assert (row, row + 12) in found


def test_an_empty_index_has_no_matches() -> None:
    near = table(np.zeros((0, 32), np.uint8)).search(np.zeros((1, 32), np.uint8), 80, 20)
    assert len(near.rows) == len(near.columns) == len(near.distance) == 0


@settings(max_examples=times(50, 250), deadline=None)
@given(st.binary(min_size=32, max_size=32), st.binary(min_size=32, max_size=32))
def test_the_distance_is_symmetric(one: bytes, other: bytes) -> None:
    assert way_of(one, other)[0] == way_of(other, one)[0]
    assert way_of(one, one)[0] == 0
