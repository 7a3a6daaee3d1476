"""Which part of a photo matches a query, as the starter sees it.

The image model ends in the mean of its feature map, so the learned head can be applied to each
location of the map as if it were a photo of its own, as class activation maps do with a classifier
(Zhou et al. 2016, Learning deep features for discriminative localization). The similarity of each
location to the query is the heat map. Neighboring locations are averaged first: one alone is noisy.

The feature map comes from a graph of its own, so the one that makes the stored vectors stays as it
is.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from explorer.encoders.base import Grid, Vectors, scaled_to_range
from explorer.encoders.openvino_runtime import ensure_converted

if TYPE_CHECKING:
    from collections.abc import Callable

    import torch

# To be raised when the graph below changes, so that old conversions are no longer used.
_GRAPH_VERSION = 1

FeatureMap = npt.NDArray[np.float32]


def convert_feature_map_model(
    side: int, build: Callable[[], tuple[Any, tuple[torch.Tensor, ...]]]
) -> Path:
    """The path of the converted model: uint8 (n, side, side, 3) → features (n, h, w, 1280) and
    class probabilities (n, h, w, 1000) of each location. build: gives the image model, whose
    network is `net`."""
    return ensure_converted(
        f"starter-map-{_GRAPH_VERSION}-{side}",
        lambda: _without_pooling(*build()),
        [(-1, side, side, 3)],
    )


def _without_pooling(
    whole: Any, example: tuple[torch.Tensor, ...]
) -> tuple[torch.nn.Module, tuple[torch.Tensor, ...]]:
    import torch

    class FeatureMapModel(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.whole = whole

        def forward(self, pixels: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
            net = self.whole.net
            features = net.extract_features(self.whole.scaled(pixels)).permute(0, 2, 3, 1)
            return features, net._fc(features).softmax(-1)

    return FeatureMapModel().eval(), example


def similarity_map(
    features: FeatureMap,
    probabilities: FeatureMap,
    query: Vectors,
    head: Callable[[Vectors, Vectors], Vectors],
) -> Grid:
    """How similar each location is to a query: float32 (h, w), 0 for the least similar location, 1
    for the most similar one.

    features: (h, w, 1280). probabilities: (h, w, 1000). query: a unit vector (dim,). head: makes
    vectors (n, dim) from features (n, 1280) and probabilities (n, 1000).
    """
    height, width = features.shape[:2]
    vectors = head(
        _smoothed(features).reshape(height * width, -1),
        _smoothed(probabilities).reshape(height * width, -1),
    )
    return scaled_to_range((vectors @ query).reshape(height, width))


def _smoothed(values: FeatureMap) -> FeatureMap:
    """The mean of each location and its neighbors within the map: (h, w, n) → (h, w, n)."""
    height, width = values.shape[:2]
    total, count = np.zeros_like(values), np.zeros((height, width, 1), np.float32)
    for down in (-1, 0, 1):
        for across in (-1, 0, 1):
            to = (_inner(down, height), _inner(across, width))
            source = (_inner(-down, height), _inner(-across, width))
            total[to] += values[source]
            count[to] += 1
    return np.asarray(total / count, np.float32)


def _inner(shift: int, length: int) -> slice:
    """Where a map that is moved by `shift` lies within itself."""
    return slice(max(0, shift), length + min(0, shift))
