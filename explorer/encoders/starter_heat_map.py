"""Heat maps for the starter: which part of a photo matches a query.

The image model ends by averaging its feature map, so the vector of a photo with one part occluded
can be computed from the rest of the map, without running the model again. The heat map shows how
much the similarity to the query drops when a location and its neighbors are left out: occlusion, as
in Zeiler & Fergus 2014 (Visualizing and understanding convolutional networks), applied to the
features. It finds objects more often than the similarity of each location alone, which hardly
varies within a photo because the receptive field of each location covers most of it. The features
of earlier layers are kept as they are.

The feature map comes from a separate graph, so the one that makes the stored vectors is unchanged.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from explorer.encoders.base import Grid, Vectors, scaled_to_range
from explorer.encoders.conversion.conversion_process import HEAT_MAP
from explorer.encoders.conversion.starter_image_model import SIDE, build_image_model
from explorer.encoders.runtime.openvino_runtime import ensure_converted

if TYPE_CHECKING:
    from collections.abc import Callable

    import torch

# Raise this when the graph below changes, so that old conversions are no longer used.
_GRAPH_VERSION = 2
# Smaller probabilities carry no information, and 0 has no logarithm.
_MIN_PROBABILITY = 1e-7

FeatureMap = npt.NDArray[np.float32]


def convert_feature_map_model() -> Path:
    """The path of the converted model: uint8 (n, SIDE, SIDE, 3) → features (n, h, w, 1280) and
    class probabilities (n, h, w, 1000) of each location, and the pooled features of earlier layers
    of the whole photo."""
    return ensure_converted(
        f"starter-map-{_GRAPH_VERSION}-{SIDE}",
        lambda: _without_pooling(*build_image_model()),
        [(-1, SIDE, SIDE, 3)],
        HEAT_MAP,
    )


def _without_pooling(
    whole: Any, example: tuple[torch.Tensor, ...]
) -> tuple[torch.nn.Module, tuple[torch.Tensor, ...]]:
    import torch

    class FeatureMapModel(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.whole = whole

        def forward(self, pixels: torch.Tensor) -> tuple[torch.Tensor, ...]:
            last, stages = self.whole.maps(pixels)
            features = last.permute(0, 2, 3, 1)
            return features, self.whole.net._fc(features).softmax(-1), stages

    return FeatureMapModel().eval(), example


def occlusion_map(
    features: FeatureMap,
    probabilities: FeatureMap,
    query: Vectors,
    head: Callable[[Vectors, Vectors], Vectors],
) -> Grid:
    """How much the similarity of a photo to a query drops without each location and its neighbors:
    float32 (h, w), scaled so that the largest drop is 1 and the smallest 0.

    features: (h, w, 1280). probabilities: (h, w, 1000). query: a unit vector (dim,). head: turns
    features (n, 1280) and probabilities (n, 1000) into vectors (n, dim).
    """
    height, width = features.shape[:2]
    # The classifier is linear before its softmax, so the probabilities for a mean of features are
    # the softmax of the mean of the logarithms.
    logs = np.log(np.maximum(probabilities, _MIN_PROBABILITY))
    vectors = head(
        _mean_without(features).reshape(height * width, -1),
        _softmax(_mean_without(logs)).reshape(height * width, -1),
    )
    return scaled_to_range(-(vectors @ query).reshape(height, width))


def _mean_without(values: FeatureMap) -> FeatureMap:
    """The mean over the map without each location and its neighbors: (h, w, n) → (h, w, n)."""
    height, width = values.shape[:2]
    near, count = np.zeros_like(values), np.zeros((height, width, 1), np.float32)
    for down in (-1, 0, 1):
        for across in (-1, 0, 1):
            to = (_inner(down, height), _inner(across, width))
            near[to] += values[_inner(-down, height), _inner(-across, width)]
            count[to] += 1
    rest = values.sum(axis=(0, 1)) - near
    return np.asarray(rest / np.maximum(height * width - count, 1), np.float32)


def _softmax(logs: FeatureMap) -> FeatureMap:
    powers = np.exp(logs - logs.max(axis=-1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=-1, keepdims=True), np.float32)


def _inner(shift: int, length: int) -> slice:
    """The indices that remain within a map of this length when it is moved by `shift`."""
    return slice(max(0, shift), length + min(0, shift))
