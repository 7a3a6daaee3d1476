"""Quantized copies of image encoders."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from explorer.encoders.runtime.int8_graph import InputRange, linear_layers, measure_inputs, quantize
from explorer.encoders.runtime.openvino_runtime import (
    CompiledModel,
    conversion_cache_dir,
    import_openvino,
)
from tests.encoders.test_open_clip import cosines, photos

_PROCESSOR = Path("/proc/cpuinfo")
_EXACT = _PROCESSOR.exists() and re.search("vnni|amx_int8", _PROCESSOR.read_text()) is not None
INT8_COSINE = 0.99 if _EXACT else 0.95
"""What INT8 keeps at least, where weights and ranges are right. With VNNI, the lowest cosine was
0.999. Without it, sums of two products saturate at 16 bits (`vpmaddubsw`): 0.974 on AVX2."""


@pytest.fixture
def image_encoder(reuse_conversions: None) -> Path:
    """The converted image encoder of the tiny CLIP."""
    models = conversion_cache_dir().glob("clip-*-image.xml")
    return next(path for path in models if _side(path) == 32)


def _read(path: Path) -> Any:
    return import_openvino().Core().read_model(path)


def _side(path: Path) -> int:
    return int(_read(path).inputs[0].get_partial_shape()[1].get_length())


def _integer_weights(path: Path) -> int:
    return sum(
        node.get_type_name() == "Constant"
        and node.get_element_type().get_type_name() == "i8"
        and node.get_output_shape(0) != []
        for node in _read(path).get_ops()
    )


def test_the_layers_of_a_transformer_become_integers(image_encoder: Path, tmp_path: Path) -> None:
    pixels = photos(32, 12)
    ranges = measure_inputs(_read(image_encoder), [pixels[:6], pixels[6:]])
    target = tmp_path / "quantized.xml"
    number = quantize(image_encoder, ranges, [], target)
    # Attention's two, and those of the feed-forward block.
    assert number == len(ranges) == _integer_weights(target) >= 4
    exact, quantized = (CompiledModel(path, "exact")(pixels)[0] for path in (image_encoder, target))
    assert INT8_COSINE < cosines(exact, quantized).min() < 1 - 1e-7


def test_layers_can_be_left_out(image_encoder: Path, tmp_path: Path) -> None:
    ranges = measure_inputs(_read(image_encoder), [photos(32, 4)])
    left_out = list(ranges)[1:]
    target = tmp_path / "quantized.xml"
    assert quantize(image_encoder, ranges, left_out, target) == 1
    assert _integer_weights(target) == 1


def test_the_ranges_are_those_of_all_batches(image_encoder: Path) -> None:
    pixels = photos(32, 8)
    whole = measure_inputs(_read(image_encoder), [pixels])
    parts = measure_inputs(_read(image_encoder), [pixels[:4], pixels[4:]])
    for name, found in parts.items():
        assert np.allclose(found.largest, whole[name].largest, rtol=1e-4)
        assert np.allclose(found.mean_square, whole[name].mean_square, rtol=1e-4)
        assert np.all(found.mean_square <= found.largest**2 * 1.001)


def test_only_products_with_constant_matrices_count(image_encoder: Path) -> None:
    model = _read(image_encoder)
    products = [node for node in model.get_ops() if node.get_type_name() == "MatMul"]
    layers = linear_layers(model)
    # The projection is too small, and attention multiplies activations.
    assert 0 < len(layers) < len(products)


def test_large_values_in_few_places_are_noise_for_the_others() -> None:
    even = InputRange(np.full(8, 2.0, np.float32), np.full(8, 1.0, np.float32))
    spiky = InputRange(np.full(8, 200.0, np.float32), np.full(8, 1.0, np.float32))
    assert even.signal_to_noise > 100 * spiky.signal_to_noise
