from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageOps

from explorer.matching import keypoints
from tests.pictures import draw, plain
from tests.thoroughness import times


def grey(picture: Image.Image) -> np.ndarray:
    return np.asarray(picture.convert("L"))


def inliers(one: Image.Image, other: Image.Image) -> int:
    return keypoints.match(keypoints.detect(grey(one)), keypoints.detect(grey(other))).inliers


CHANGES: dict[str, Callable[[Image.Image], Image.Image]] = {
    "half": lambda p: p.resize((p.width // 2, p.height // 2)),
    "turned": lambda p: p.transpose(Image.Transpose.ROTATE_90),
    "cropped": lambda p: p.crop((30, 20, p.width - 20, p.height - 10)),
    "bordered": lambda p: ImageOps.expand(p, 20, "white"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_keypoints_of_a_copy_match(change: str) -> None:
    picture = draw(1, (480, 360))
    assert inliers(picture, CHANGES[change](picture)) >= 10


def test_keypoints_of_other_pictures_do_not_match() -> None:
    assert max(inliers(draw(1, (480, 360)), draw(seed, (480, 360))) for seed in range(2, 8)) < 6


def test_the_transform_maps_a_crop_to_its_original() -> None:
    picture = draw(1, (480, 360))
    copy = picture.crop((40, 20, 440, 340))
    one, other = keypoints.detect(grey(picture)), keypoints.detect(grey(copy))
    found = keypoints.match(one, other)
    assert found.transform is not None
    onto = keypoints.to_image_pixels(
        found.transform, one, other, (360, 480), (320, 400), mirrored=False
    )
    assert np.allclose(onto, [[1, 0, 40], [0, 1, 20]], atol=3)


def test_a_mirrored_copy_matches_by_the_keypoints_of_its_mirror_image() -> None:
    picture = draw(1, (480, 360))
    copy = ImageOps.mirror(picture)
    one, other = keypoints.detect(grey(picture)), keypoints.detect(grey(ImageOps.mirror(copy)))
    found = keypoints.match(one, other)
    assert found.transform is not None
    onto = keypoints.to_image_pixels(
        found.transform, one, other, (360, 480), (360, 480), mirrored=True
    )
    assert np.allclose(onto, [[-1, 0, 479], [0, 1, 0]], atol=3)


@pytest.mark.parametrize("size", [(1, 1), (3, 500), (500, 3), (64, 64)])
def test_a_plain_picture_has_no_keypoints(size: tuple[int, int]) -> None:
    empty = keypoints.detect(grey(plain("gray", size)))
    assert len(empty.points) == 0
    assert keypoints.match(empty, keypoints.detect(grey(draw(1)))) == keypoints.KeypointMatch(
        0, None
    )
    assert (
        len(keypoints.unpack(keypoints.pack(empty)).points)
        == len(keypoints.unpack(b"").points)
        == 0
    )


@settings(max_examples=times(10, 50), deadline=None)
@given(st.integers(0, 50), st.integers(60, 500), st.integers(60, 500))
def test_keypoints_survive_packing(seed: int, width: int, height: int) -> None:
    made = keypoints.detect(grey(draw(seed, (width, height))))
    back = keypoints.unpack(keypoints.pack(made))
    assert back.size == made.size and (back.descriptors == made.descriptors).all()
    assert np.abs(back.points - made.points).max(initial=0) < 0.02
    assert np.abs((back.angles - made.angles + 180) % 360 - 180).max(initial=0) < 1


def made(points: np.ndarray, angles: np.ndarray) -> keypoints.Keypoints:
    """Keypoints with descriptors of their own."""
    bits = np.random.default_rng(7).integers(0, 2**63, (len(points), 4)).astype(np.uint64)
    return keypoints.Keypoints(
        points.astype(np.float32), angles.astype(np.float32), bits, (256, 256)
    )


@pytest.mark.parametrize(("agreeing", "inliers"), [(0, 10), (10, 10), (11, 11), (12, 12)])
def test_the_quarter_turn_that_most_matches_agree_with_is_chosen(
    agreeing: int, inliers: int
) -> None:
    """Ten are in place and not turned. Twelve are turned by a quarter; so many of these agree."""
    random = np.random.default_rng(3)
    one = random.uniform(20, 230, (22, 2))
    other = one.copy()
    other[10:] = np.stack([one[10:, 1], 250 - one[10:, 0]], axis=1)
    other[10 + agreeing :] = random.uniform(0, 4000, (12 - agreeing, 2))
    angles = np.where(np.arange(22) < 10, 0.0, 90.0)
    found = keypoints.match(made(one, angles), made(other, np.zeros(22)))
    assert found.inliers == inliers and found.transform is not None
    is_turned = abs(found.transform[0, 0]) < 0.5
    assert is_turned == (inliers > 10)


def test_no_bytes_are_no_keypoints() -> None:
    nothing = keypoints.unpack(b"")
    assert (
        nothing.size == (1, 1) and len(nothing.points) == 0 and nothing.descriptors.shape == (0, 4)
    )
    assert keypoints.match(nothing, nothing) == (0, None)
    plain = keypoints.detect(np.full((60, 80), 99, np.uint8))
    assert len(plain.points) == 0 and keypoints.unpack(keypoints.pack(plain)).size == plain.size
