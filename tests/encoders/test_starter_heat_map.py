"""The starter's heat maps: of the graph that makes its vectors, and hot where a photo matches."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from explorer.demo.photographs import photograph
from explorer.encoders.base import heat_map, scaled_to_range, unit
from explorer.encoders.conversion.starter_image_model import SIDE
from explorer.encoders.runtime.openvino_runtime import load_or_reconvert
from explorer.encoders.starter import StarterEncoder
from explorer.encoders.starter_heat_map import convert_feature_map_model, occlusion_map
from tests import pictures
from tests.tiny import Tiny


def as_input(picture: Image.Image) -> np.ndarray:
    return np.asarray(picture.convert("RGB").resize((SIDE, SIDE), Image.Resampling.BICUBIC))


def test_a_location_is_hot_where_the_rest_of_the_photo_matches_less() -> None:
    random = np.random.default_rng(1)
    features = random.random((5, 7, 6)).astype(np.float32)
    classifier = random.standard_normal((6, 3)).astype(np.float32)

    def classified(some: np.ndarray) -> np.ndarray:
        powers = np.exp(some @ classifier)
        return powers / powers.sum(axis=-1, keepdims=True)

    def head(some: np.ndarray, others: np.ndarray) -> np.ndarray:
        return unit(np.concatenate([some, others], axis=1))

    query = unit(random.standard_normal(9))
    grid = occlusion_map(features, classified(features), query, head)
    assert grid.shape == (5, 7) and grid.dtype == np.float32
    assert grid.min() == 0 and grid.max() == 1
    # By brute force: the mean of all other locations, classified, then the head.
    expected = np.zeros((5, 7))
    for y in range(5):
        for x in range(7):
            left = np.ones((5, 7), bool)
            left[max(0, y - 1) : y + 2, max(0, x - 1) : x + 2] = False
            mean = features[left].mean(axis=0)[None]
            expected[y, x] = -(head(mean, classified(mean)) @ query).item()
    assert np.allclose(grid, scaled_to_range(expected), atol=1e-4)


def test_a_map_without_differences_is_zero() -> None:
    assert not scaled_to_range(np.full((3, 3), 0.7)).any()


def test_an_encoder_without_heat_maps_has_none() -> None:
    assert heat_map(Tiny(), np.zeros((32, 32, 3), np.uint8), np.zeros(32, np.float32)) is None


@pytest.mark.model
def test_the_mean_of_the_feature_map_is_the_photo(encoder: StarterEncoder) -> None:
    pixels = as_input(photograph("cat"))[None]
    features, probabilities, stages = load_or_reconvert(convert_feature_map_model)(pixels)
    assert features.shape[3] == 1280 and probabilities.shape[:3] == features.shape[:3]
    assert np.allclose(probabilities.sum(axis=3), 1, atol=0.02)
    photo = encoder.image_features(pixels)
    assert float(unit(features.mean(axis=(1, 2)))[0] @ unit(photo.features)[0]) > 0.999
    assert float(unit(stages)[0] @ unit(photo.stages)[0]) > 0.999


@pytest.mark.model
@pytest.mark.parametrize("corner", [(0, 0), (1, 0), (0, 1), (1, 1)])
def test_a_photo_is_found_in_its_corner(encoder: StarterEncoder, corner: tuple[int, int]) -> None:
    cat = photograph("cat").convert("RGB")
    vector = encoder.encode_images(as_input(cat)[None])[0]
    phrase = encoder.encode_texts(["a cat"])[0]
    page = pictures.draw(3, (520, 520))
    page.paste(cat.resize((260, 260)), (corner[0] * 260, corner[1] * 260))
    for query in (vector, phrase):
        grid = heat_map(encoder, as_input(page), query)
        assert grid is not None
        y, x = np.unravel_index(grid.argmax(), grid.shape)
        assert (int(x > grid.shape[1] / 2 - 0.5), int(y > grid.shape[0] / 2 - 0.5)) == corner
