from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageEnhance, ImageOps

from explorer.matching import geometry, thumbnail_registration
from tests.pictures import draw
from tests.thoroughness import times

SIZE = (400, 300)


def thumbnail(picture: Image.Image) -> thumbnail_registration.NormalizedThumbnail:
    return thumbnail_registration.normalized_thumbnail(np.asarray(ImageOps.grayscale(picture)))


def laid(one: Image.Image, *others: Image.Image) -> thumbnail_registration.ThumbnailAlignments:
    return thumbnail_registration.register_thumbnails(
        np.stack([thumbnail(one)] * len(others)), np.stack([thumbnail(other) for other in others])
    )


@settings(max_examples=times(30, 150), deadline=None)
@given(
    seed=st.integers(0, 40), shares=st.tuples(*[st.floats(0, 0.05)] * 4), light=st.floats(0.6, 1.4)
)
def test_a_crop_is_aligned_with_its_original(
    seed: int, shares: tuple[float, ...], light: float
) -> None:
    """To a pixel of the thumbnail; however bright it is."""
    picture = draw(seed, SIZE)
    left, top, right, bottom = (
        round(share * side) for share, side in zip(shares, SIZE * 2, strict=True)
    )
    part = ImageEnhance.Brightness(
        picture.crop((left, top, SIZE[0] - right, SIZE[1] - bottom))
    ).enhance(light)
    found = laid(picture, part)
    expected = left / SIZE[0], top / SIZE[1], 1 - right / SIZE[0], 1 - bottom / SIZE[1]
    assert found.correlation[0] > 0.6
    assert found.boxes[0] == pytest.approx(expected, abs=1 / 32)


def test_other_pictures_do_not_correlate() -> None:
    pictures = [draw(seed, SIZE) for seed in range(80)]
    found = thumbnail_registration.register_thumbnails(
        np.stack([thumbnail(p) for p in pictures[:-1]]),
        np.stack([thumbnail(p) for p in pictures[1:]]),
    )
    assert (found.correlation < 0.5).mean() > 0.95


def test_a_batch_gives_the_same_as_single_pairs() -> None:
    pictures = [
        draw(seed % 3, SIZE).crop((seed, 0, *SIZE))
        for seed in range(thumbnail_registration.BATCH_SIZE + 5)
    ]
    together = laid(draw(1, SIZE), *pictures)
    for row, picture in enumerate(pictures):
        alone = laid(draw(1, SIZE), picture)
        assert alone.correlation[0] == pytest.approx(together.correlation[row], abs=1e-4)
        assert alone.boxes[0] == pytest.approx(together.boxes[row], abs=1e-3)
    assert thumbnail_registration.register_thumbnails(
        np.zeros((0, 32, 32), np.int8), np.zeros((0, 32, 32), np.int8)
    ).boxes.shape == (0, 4)


@pytest.mark.parametrize("way", range(8))
def test_an_oriented_thumbnail_is_that_of_the_turned_picture(way: int) -> None:
    small = thumbnail(draw(4, SIZE))
    marked = np.zeros((32, 32))
    marked[3, 9] = 1
    row, column = np.argwhere(thumbnail_registration.oriented(marked, way))[0]  # type: ignore[arg-type]
    onto = geometry.image_to_image(way, (32, 32), (32, 32)) @ [9, 3, 1]
    assert (column, row) == pytest.approx(tuple(onto))
    assert thumbnail_registration.oriented(small, way).shape == small.shape


def test_a_plain_picture_matches_nothing() -> None:
    plain = Image.new("RGB", SIZE, "grey")
    found = laid(draw(1, SIZE), plain)
    assert found.correlation[0] < 0.1
    assert np.isfinite(found.boxes).all()
    assert np.isfinite(laid(plain, plain, draw(2, SIZE)).boxes).all()


def test_a_thumbnail_shows_deviations_from_the_local_brightness() -> None:
    """24 steps each, of the part in the box."""
    checks = np.indices((32, 32)).sum(axis=0) % 2 * 100 + 50
    inner = thumbnail_registration.normalized_thumbnail(checks.astype(np.uint8))[4:28, 4:28]
    assert {abs(int(value)) for value in inner.ravel()} == {24}
    # Up to the limits of a byte.
    dot = np.zeros((32, 32), np.uint8)
    dot[16, 16] = 255
    found = thumbnail_registration.normalized_thumbnail(dot)
    assert found.max() == found[16, 16] == 127 and found.min() >= -127
    assert not thumbnail_registration.normalized_thumbnail(np.full((9, 9), 77, np.uint8)).any()
    # Noise of less than the levels of compression is no picture.
    faint = 100 + (checks > 100).astype(np.uint8)
    assert np.abs(thumbnail_registration.normalized_thumbnail(faint)).max() < 6
    gray = np.asarray(ImageOps.grayscale(draw(1, SIZE)))
    boxed = thumbnail_registration.normalized_thumbnail(gray, (10.0, 20.0, 310.0, 220.0))
    alone = thumbnail_registration.normalized_thumbnail(gray[20:220, 10:310])
    assert (boxed == alone).all()


def test_a_picture_matches_itself_in_place() -> None:
    found = laid(draw(1, SIZE), draw(1, SIZE))
    assert found.correlation[0] == pytest.approx(1) and found.boxes[0] == pytest.approx(
        (0, 0, 1, 1), abs=1e-3
    )


@pytest.mark.parametrize("side", range(4))
@pytest.mark.parametrize("seed", range(3))
def test_a_copy_without_a_margin_is_aligned_and_so_is_its_original(seed: int, side: int) -> None:
    picture = draw(seed, SIZE)
    cut = [0.0, 0.0, 1.0, 1.0]
    cut[side] = 0.9 if side > 1 else 0.1
    left, top, right, bottom = cut
    part = picture.crop(tuple(round(x * s) for x, s in zip(cut, SIZE * 2, strict=True)))  # type: ignore[arg-type]
    assert laid(picture, part).boxes[0] == pytest.approx(cut, abs=1 / 64)
    width, height = right - left, bottom - top
    around = -left / width, -top / height, (1 - left) / width, (1 - top) / height
    assert laid(part, picture).boxes[0] == pytest.approx(around, abs=1 / 64)


def test_no_picture_is_scaled_or_moved_far_to_match() -> None:
    pictures = [draw(seed, SIZE) for seed in range(60)]
    found = laid(pictures[0], *pictures[1:], pictures[0].crop((0, 0, 150, 100)))
    sides = found.boxes[:, 2:] - found.boxes[:, :2]
    middle = (found.boxes[:, 2:] + found.boxes[:, :2]) / 2
    assert (sides > 1 / 1.68).all() and (sides < 1.68).all()
    assert (np.abs((middle - 0.5) / sides) < 0.31).all()
