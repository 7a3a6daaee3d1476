"""ResNet-50 and ViT-B/16 from torchvision without their classifiers: encoders for images only.

ResNet-50 (He et al. 2016): the 2048 features after global average pooling. ViT-B/16 (Dosovitskiy et
al. 2021): the 768 values of the class token after the final layer norm. Both are trained on
ImageNet and take a center crop of 224 × 224 pixels.
"""

from __future__ import annotations

import functools
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from explorer.config import PROGRAM
from explorer.encoders.base import Pixels, Vectors, encode_in_batches
from explorer.encoders.downloads import weights
from explorer.encoders.runtime.fastest_precision import load_fastest, random_images
from explorer.encoders.runtime.openvino_runtime import (
    CompiledModel,
    conversion_cache_dir,
    ensure_converted,
    remove_conversions,
)
from explorer.errors import EncoderError, NoTextEncoder, WeightsMissing
from explorer.photos.input_spec import InputSpec

if TYPE_CHECKING:
    import torch

_SIDE = 224
_BATCH = 16
_MEAN, _STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
# Raise this when the graph below changes, so that old conversions are no longer used.
_GRAPH_VERSION = 1


@dataclass(frozen=True)
class TorchvisionModel:
    """A torchvision model that is used as an encoder."""

    name: str
    builder: str
    """The name of its function in `torchvision.models`."""
    head: str
    """The name of the attribute that holds the classifier."""
    dim: int
    """The number of features."""
    url: str
    download_bytes: int

    @property
    def source(self) -> weights.WeightsSource:
        return weights.torchvision_source(self.url)


TORCHVISION_MODELS = {
    model.name: model
    for model in (
        TorchvisionModel(
            "resnet50",
            "resnet50",
            "fc",
            2048,
            "https://download.pytorch.org/models/resnet50-11ad3fa6.pth",
            102_540_417,
        ),
        TorchvisionModel(
            "vit",
            "vit_b_16",
            "heads",
            768,
            "https://download.pytorch.org/models/vit_b_16-c867db91.pth",
            346_328_529,
        ),
    )
}


class TorchvisionEncoder:
    """An encoder backed by a torchvision model."""

    has_text = False

    def __init__(self, model: TorchvisionModel) -> None:
        """Converts the weights if needed. Raises WeightsMissing if they are not on this computer,
        and EncoderError if the file does not contain them."""
        self._model, self.name, self.dim = model, model.name, model.dim
        self.spec = InputSpec(_SIDE, "crop", "bilinear")
        self._lock = threading.Lock()
        self._loaded: CompiledModel | None = None
        if not available(model):
            raise WeightsMissing(
                f"The weights of “{self.name}” are not on this computer:"
                f" download them with `{PROGRAM} models get {self.name}`."
            )
        convert(model)

    @functools.cached_property
    def version(self) -> str:
        return f"{_GRAPH_VERSION}{self._model.source.digest}"

    def warm_up(self) -> None:
        self._image_model()

    def encode_images(self, pixels: Pixels) -> Vectors:
        model = self._image_model()

        def encode(rows: slice) -> Vectors:
            return model(np.ascontiguousarray(pixels[rows]))[0]

        return encode_in_batches(encode, len(pixels), _BATCH, self.dim)

    def encode_texts(self, phrases: Sequence[str]) -> Vectors:
        raise NoTextEncoder(
            f"“{self.name}” does not understand phrases:"
            " choose a model that does, such as “starter” or “clip”."
        )

    def _image_model(self) -> CompiledModel:
        with self._lock:
            if self._loaded is None:
                self._loaded = load_fastest(lambda: convert(self._model), random_images(_SIDE))
            return self._loaded


def available(model: TorchvisionModel) -> bool:
    """Whether the model's weights, or a conversion of them, are on this computer."""
    return model.source.path.exists() or converted(model)


def converted(model: TorchvisionModel) -> bool:
    """Whether the model has been converted, so that it loads at once."""
    return (conversion_cache_dir() / f"{model_key(model)}.xml").exists()


def remove(model: TorchvisionModel, *, weights_too: bool) -> int:
    """Delete a model's conversion and unfinished downloads, and with `weights_too` its weights.
    Returns the number of bytes freed."""
    freed = remove_conversions([model_key(model)])
    return freed + weights.remove(model.source, complete=weights_too)


def convert(model: TorchvisionModel) -> Path:
    """The path of the converted model, converted first if needed: uint8 (n, 224, 224, 3) → float32
    features (n, dim)."""
    return ensure_converted(
        model_key(model), lambda: _build(model), [(-1, _SIDE, _SIDE, 3)], model.name
    )


def model_key(model: TorchvisionModel) -> str:
    """The name of the converted model's files."""
    # The checksum in the file's name, which was verified after the download.
    return f"{model.builder}-{_GRAPH_VERSION}-{model.source.digest}"


def _build(model: TorchvisionModel) -> tuple[torch.nn.Module, tuple[torch.Tensor, ...]]:
    import torch
    import torchvision

    net = getattr(torchvision.models, model.builder)(weights=None)
    path = model.source.path
    try:
        net.load_state_dict(torch.load(path, map_location="cpu", weights_only=True))
    except OSError:
        raise
    except Exception as error:
        # torch raises many exceptions for files that are truncated or contain something else.
        raise EncoderError(
            f"{path} does not contain the weights of “{model.name}”: delete it, and download it"
            f" again with `{PROGRAM} models get {model.name}`."
        ) from error
    setattr(net, model.head, torch.nn.Identity())

    class Features(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.net = net
            self.register_buffer("mean", torch.tensor(_MEAN).view(1, 3, 1, 1) * 255)
            self.register_buffer("std", torch.tensor(_STD).view(1, 3, 1, 1) * 255)

        def forward(self, pixels: torch.Tensor) -> torch.Tensor:
            scaled = (pixels.permute(0, 3, 1, 2).float() - self.mean) / self.std  # type: ignore[operator]
            features: torch.Tensor = self.net(scaled)
            return features

    return Features().eval(), (torch.zeros(1, _SIDE, _SIDE, 3, dtype=torch.uint8),)
