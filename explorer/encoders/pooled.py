"""ResNet-50 and ViT-B/16 from torchvision without their classifiers: what a photo looks like, and
no words.

ResNet-50 (He et al. 2016): the 2048 features after global average pooling. ViT-B/16 (Dosovitskiy et
al. 2021): the 768 numbers of the class token after the last layer's normalisation. Both as trained
on ImageNet; input 224×224, the middle of the picture.
"""

from __future__ import annotations

import functools
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from explorer.encoders import weights
from explorer.encoders.base import Pixels, Vectors, unit
from explorer.encoders.openvino_runtime import Model, converted, engine_dir, load
from explorer.errors import EncoderError, NoTextEncoder, WeightsMissing
from explorer.photos.input_spec import InputSpec

if TYPE_CHECKING:
    import torch

_SIDE = 224
_BATCH = 16
_MEAN, _DEVIATION = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
_GRAPH = 1


@dataclass(frozen=True)
class Family:
    """A torchvision model. builder: its function there. head: the attribute that holds the
    classifier."""

    name: str
    builder: str
    head: str
    dim: int
    url: str
    download_bytes: int

    @property
    def source(self) -> weights.Source:
        return weights.torchvision(self.url)


FAMILIES = {
    family.name: family
    for family in (
        Family(
            "resnet50",
            "resnet50",
            "fc",
            2048,
            "https://download.pytorch.org/models/resnet50-11ad3fa6.pth",
            102_540_417,
        ),
        Family(
            "vit",
            "vit_b_16",
            "heads",
            768,
            "https://download.pytorch.org/models/vit_b_16-c867db91.pth",
            346_328_529,
        ),
    )
}


class Pooled:
    """One of these models as an encoder."""

    has_text = False

    def __init__(self, family: Family) -> None:
        """Converts weights that are here and were not converted yet. Raises WeightsMissing, or
        EncoderError for a file that is no such."""
        self._family, self.name, self.dim = family, family.name, family.dim
        self.spec = InputSpec(_SIDE, "crop", "bilinear")
        self._lock = threading.Lock()
        self._loaded: Model | None = None
        if not available(family):
            raise WeightsMissing(
                f"The weights of “{self.name}” are not here: fetch them with `python run.py models get {self.name}`."
            )
        convert(family)

    @functools.cached_property
    def version(self) -> str:
        return f"{_GRAPH}{self._family.source.digest}"

    def warm_up(self) -> None:
        self._eyes()

    def encode_images(self, pixels: Pixels) -> Vectors:
        model = self._eyes()
        rows = [
            model(np.ascontiguousarray(pixels[start : start + _BATCH]))[0]
            for start in range(0, len(pixels), _BATCH)
        ]
        return unit(np.concatenate(rows)) if rows else np.zeros((0, self.dim), np.float32)

    def _eyes(self) -> Model:
        with self._lock:
            if self._loaded is None:
                self._loaded = load(lambda: convert(self._family), streams=True)
            return self._loaded

    def encode_texts(self, phrases: Sequence[str]) -> Vectors:
        raise NoTextEncoder(
            f"“{self.name}” knows pictures, not words: for phrases use an encoder with text, such as “starter” or “clip”."
        )


def available(family: Family) -> bool:
    """Whether its weights are here, or what was made of them."""
    return family.source.path.exists() or (engine_dir() / f"{_key(family)}.xml").exists()


def convert(family: Family) -> Path:
    """The converted model: uint8 (n, 224, 224, 3) → features (n, dim)."""
    return converted(_key(family), lambda: _build(family), [(-1, _SIDE, _SIDE, 3)])


def _key(family: Family) -> str:
    # The file's name ends in the beginning of its checksum, which was held to when it was fetched.
    return f"{family.builder}-{_GRAPH}-{family.source.digest}"


def _build(family: Family) -> tuple[torch.nn.Module, tuple[torch.Tensor, ...]]:
    import torch
    import torchvision

    net = getattr(torchvision.models, family.builder)(weights=None)
    path = family.source.path
    try:
        net.load_state_dict(torch.load(path, map_location="cpu", weights_only=True))
    except OSError:
        raise
    except Exception as error:
        # Whatever torch raises for a file that is torn, or holds something else.
        again = f"delete it, and fetch it again with `python run.py models get {family.name}`"
        raise EncoderError(
            f"{path} does not hold the weights of “{family.name}”: {again}."
        ) from error
    setattr(net, family.head, torch.nn.Identity())

    class Features(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.net = net
            self.register_buffer("mean", torch.tensor(_MEAN).view(1, 3, 1, 1) * 255)
            self.register_buffer("deviation", torch.tensor(_DEVIATION).view(1, 3, 1, 1) * 255)

        def forward(self, pixels: torch.Tensor) -> torch.Tensor:
            features: torch.Tensor = self.net(
                (pixels.permute(0, 3, 1, 2).float() - self.mean) / self.deviation  # type: ignore[operator]
            )
            return features

    return Features().eval(), (torch.zeros(1, _SIDE, _SIDE, 3, dtype=torch.uint8),)
