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


def scattered(number: int) -> np.ndarray:
    return np.random.default_rng(3).uniform(20, 230, (number, 2))


def matched(
    one: np.ndarray, other: np.ndarray, *, turned: float = 0.0, bits: int = 0
) -> keypoints.KeypointMatch:
    """The match of keypoints in these places, of which the first were turned, and differ in so many
    bits."""
    angles = np.full(len(one), turned)
    first, second = made(one, angles), made(other, np.zeros(len(other)))
    for word in range(4):
        first.descriptors[:, word] ^= np.uint64((1 << min(32, max(0, bits - 32 * word))) - 1)
    return keypoints.match(first, second)


@pytest.mark.parametrize(("number", "found"), [(3, 0), (4, 4), (5, 5)])
def test_three_matches_prove_nothing(number: int, found: int) -> None:
    points = scattered(number)
    assert matched(points, points).inliers == found
    assert (matched(points, points).transform is None) == (found == 0)


@pytest.mark.parametrize(("bits", "found"), [(70, 20), (71, 0)])
def test_descriptors_that_differ_in_many_bits_do_not_match(bits: int, found: int) -> None:
    points = scattered(20)
    assert matched(points, points, bits=bits).inliers == found


@pytest.mark.parametrize("quarter", [0.0, 90.0, 180.0, 270.0])
@pytest.mark.parametrize(("off", "found"), [(19.0, 20), (-19.0, 20), (21.0, 0), (-21.0, 0)])
def test_matches_are_turned_by_about_a_quarter(quarter: float, off: float, found: int) -> None:
    points = scattered(20)
    assert matched(points, points, turned=(quarter + off) % 360).inliers == found


@pytest.mark.parametrize(("moved", "found"), [(4.0, 21), (7.0, 20)])
def test_a_match_a_few_pixels_away_agrees(moved: float, found: int) -> None:
    points = scattered(21)
    other = points.copy()
    other[20, 0] += moved
    assert matched(points, other).inliers == found


def test_a_keypoint_matches_only_one_other() -> None:
    points = scattered(10)
    one, other = made(np.concatenate([points, points]), np.zeros(20)), made(points, np.zeros(10))
    one.descriptors[:10] = one.descriptors[10:] = other.descriptors
    one.descriptors[10:] ^= np.uint64(1)
    assert keypoints.match(one, other).inliers == keypoints.match(other, one).inliers == 10


@pytest.mark.parametrize(
    ("size", "scaled"),
    [
        ((512, 512), (256, 256)), ((64, 64), (256, 256)), ((1024, 256), (512, 128)),
        ((100, 10_000), (48, 2560)), ((10_000, 100), (2560, 48)),
        ((10**8, 1), (65535, 48)), ((1, 10**8), (48, 65535)),
    ],
)  # fmt: skip
def test_pictures_are_scaled_to_one_area(size: tuple[int, int], scaled: tuple[int, int]) -> None:
    """Their shape stays, but for very long ones."""
    assert keypoints.scaled_size(*size) == scaled


def test_text_on_a_picture_does_not_attract_all_keypoints() -> None:
    """Every cell of the grid has its share, the strongest first."""
    random = np.random.default_rng(5)
    noise = random.integers(-20, 21, (256, 256))
    noise[80:96, 80:96] *= 6
    found = keypoints.detect((128 + noise).astype(np.uint8))
    cells = (found.points // 64).astype(int)
    numbers = (cells[:, 1] * 4 + cells[:, 0]).tolist()
    assert len(numbers) == 80 and {numbers.count(cell) for cell in range(16)} == {5}
    assert sorted(numbers[:16]) == list(range(16))
    assert np.abs(found.points[np.array(numbers) == 5] - 88).max() < 16


@pytest.mark.parametrize("mirrored", [False, True])
def test_a_transform_is_converted_to_pixels_of_pictures_of_any_size(mirrored: bool) -> None:
    nothing = keypoints.unpack(b"")
    one, other = nothing._replace(size=(256, 128)), nothing._replace(size=(120, 240))
    one_shape, other_shape = (64, 64), (80, 30)
    transform = np.array([[0.5, -1.0, 8.0], [2.0, 0.25, 4.0]])
    onto = keypoints.to_image_pixels(
        transform, one, other, one_shape, other_shape, mirrored=mirrored
    )
    for x, y in ((0.0, 0.0), (29.0, 0.0), (3.0, 70.0)):
        scaled = (29 - x if mirrored else x) * 120 / 30, y * 240 / 80
        expected = transform @ (*scaled, 1.0) / (256 / 64, 128 / 64)
        assert np.allclose(onto @ (x, y, 1.0), expected)


def test_a_small_copy_has_keypoints_at_the_scale_of_its_original() -> None:
    picture = draw(1, (480, 360))
    assert inliers(picture, picture.resize((160, 120))) >= 10


def test_an_angle_of_nearly_a_full_turn_is_packed() -> None:
    found = keypoints.Keypoints(
        np.array([[0.0, 255.999]], np.float32),
        np.array([359.9], np.float32),
        np.zeros((1, 4), np.uint64),
        (256, 256),
    )
    back = keypoints.unpack(keypoints.pack(found))
    assert back.angles.tolist() == [0.0] and np.allclose(back.points, found.points, atol=0.01)
    assert len(keypoints.pack(found)) == 4 + 37
