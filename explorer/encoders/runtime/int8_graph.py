"""Quantize the linear layers of a converted transformer to INT8: weights and activations.

Weights are rounded to 8 bits with one scale per output channel, activations with one scale per
layer (Jacob et al., “Quantization and Training of Neural Networks for Efficient Integer-Arithmetic-
Only Inference”, 2018). The ranges of the activations are measured on example images. Where a few
input channels of a layer are much larger than the others, a part of their size is moved from the
activations into the weights first (Xiao et al., “SmoothQuant”, 2023, equation 4 with α = 0.5).

OpenVINO computes these layers in integer arithmetic; everything between them stays in floating
point.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from explorer.encoders.runtime.openvino_runtime import import_openvino

if TYPE_CHECKING:
    import openvino

Floats = npt.NDArray[np.float32]

QUANTIZER_VERSION = 1
"""Raise this when the quantized graph changes, so that earlier ones are made again."""

# Layers with fewer weights gain nothing.
_MIN_WEIGHTS = 2**12
# The exponent α of SmoothQuant: 0 leaves all to the activations, 1 to the weights.
_SMOOTHING = 0.5
# The largest integers, symmetric about 0.
_INT8_MAX = 127


@dataclass(frozen=True)
class InputRange:
    """The input of a layer on the example images, per channel: float32 of shape (inputs,)."""

    largest: Floats
    """The largest absolute value."""
    mean_square: Floats

    @property
    def signal_to_noise(self) -> float:
        """The power of the input relative to that of the rounding error with one scale for all
        channels, after smoothing. Small where a few large values make the steps coarse."""
        scale = np.sqrt(np.maximum(self.largest, 1e-6))
        step = float((self.largest / scale).max()) / _INT8_MAX
        return float((self.mean_square / scale**2).mean()) / max(step**2 / 12, 1e-20)


def linear_layers(model: openvino.Model) -> dict[str, Any]:
    """The linear layers that can be quantized, by name: products of an activation and a constant
    matrix. In the order in which they are computed."""
    return {
        node.get_friendly_name(): node
        for node in model.get_ordered_ops()
        if node.get_type_name() == "MatMul"
        and not node.get_attributes().get("transpose_a", False)
        and _weights(node) is not None
    }


def measure_inputs(
    model: openvino.Model, batches: Iterable[npt.NDArray[np.uint8]]
) -> dict[str, InputRange]:
    """The ranges of the inputs of all linear layers, computed in fp32 on these batches of images.

    batches: uint8 arrays of shape (n, size, size, 3), at least one.
    """
    ov = import_openvino()
    from openvino import opset13 as ops

    names, results = list[str](), list[Any]()
    for name, node in linear_layers(model).items():
        source = node.input_value(0)
        axes = ops.constant(np.arange(source.get_partial_shape().rank.get_length() - 1))
        names.append(name)
        results.append(ops.result(ops.reduce_max(ops.abs(source), axes, keep_dims=False)))
        squares = ops.multiply(source, source)
        results.append(ops.result(ops.reduce_mean(squares, axes, keep_dims=False)))
    probe = ov.Model(results, model.get_parameters(), "input ranges")
    compiled = ov.Core().compile_model(probe, "CPU", {"INFERENCE_PRECISION_HINT": "f32"})
    largest, squares_of = dict[str, Floats](), dict[str, list[Floats]]()
    for batch in batches:
        outputs = [np.array(value, np.float32) for value in compiled([batch]).values()]
        for number, name in enumerate(names):
            high, square = outputs[2 * number], outputs[2 * number + 1]
            largest[name] = np.maximum(largest.get(name, high), high)
            squares_of.setdefault(name, []).append(square)
    return {
        name: InputRange(largest[name], np.mean(squares_of[name], axis=0, dtype=np.float32))
        for name in names
    }


def quantize(
    path: Path, ranges: dict[str, InputRange], left_out: Sequence[str], target: Path
) -> int:
    """Write a quantized copy of a model; returns the number of layers in INT8.

    path: the converted model. ranges: from `measure_inputs`. left_out: names of layers that stay in
    floating point. target: the `.xml` file to write, beside which the weights are stored.
    """
    ov = import_openvino()
    model = ov.Core().read_model(path)
    number = 0
    for name, node in linear_layers(model).items():
        if name in ranges and name not in left_out:
            _quantize_layer(node, ranges[name])
            number += 1
    model.validate_nodes_and_infer_types()
    ov.save_model(model, target, compress_to_fp16=True)
    return number


def _quantize_layer(node: Any, inputs: InputRange) -> None:
    from openvino import opset13 as ops

    weights = _weights(node)
    assert weights is not None  # noqa: S101
    # (outputs, inputs)
    matrix = weights if node.get_attributes()["transpose_b"] else weights.T
    factors = _smoothing_factors(inputs.largest, matrix)
    smooth = matrix * factors
    scales = np.maximum(np.abs(smooth).max(axis=1, keepdims=True), 1e-8) / _INT8_MAX
    integers = np.clip(np.rint(smooth / scales), -_INT8_MAX, _INT8_MAX).astype(np.int8)
    restored = ops.multiply(ops.convert(ops.constant(integers), np.float32), ops.constant(scales))
    source = node.input_value(0)
    rank = source.get_partial_shape().rank.get_length()
    shaped = (1 / factors).reshape([1] * (rank - 1) + [-1]).astype(np.float32)
    smoothed = ops.multiply(source, ops.constant(shaped))
    limit = max(float((inputs.largest / factors).max()), 1e-6)
    low, high = np.float32(-limit * (_INT8_MAX + 1) / _INT8_MAX), np.float32(limit)
    rounded = ops.fake_quantize(smoothed, low, high, low, high, 2 * (_INT8_MAX + 1))
    product = ops.matmul(rounded, restored, transpose_a=False, transpose_b=True)
    product.set_friendly_name(node.get_friendly_name())
    for target in node.output(0).get_target_inputs():
        target.replace_source_output(product.output(0))


def _smoothing_factors(largest: Floats, matrix: Floats) -> Floats:
    """The factor of each input channel, (inputs,), by which activations are divided and weights
    multiplied."""
    columns = np.maximum(np.abs(matrix).max(axis=0), 1e-5)
    factors = np.maximum(largest, 1e-5) ** _SMOOTHING / columns ** (1 - _SMOOTHING)
    # Dead channels would be multiplied by huge factors.
    middle = float(np.median(factors))
    return np.asarray(np.clip(factors, middle / 100, middle * 100), np.float32)


def _weights(node: Any) -> Floats | None:
    """The constant matrix of a product as float32; None if it is not a constant, or too small."""
    source = node.input_value(1).get_node()
    if source.get_type_name() == "Convert":
        source = source.input_value(0).get_node()
    if source.get_type_name() != "Constant" or len(source.get_output_shape(0)) != 2:
        return None
    data = source.get_data()
    if data.size < _MIN_WEIGHTS or data.dtype not in (np.float16, np.float32):
        return None
    return np.asarray(data, np.float32)
