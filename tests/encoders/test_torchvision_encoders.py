"""Encoders from torchvision's models, compared with the originals: small ones with random weights
in place of ResNet-50 and ViT-B/16, which take long to convert."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from explorer.encoders import registry, torchvision_encoders
from explorer.encoders.base import Vectors
from explorer.encoders.runtime.openvino_runtime import (
    CompiledModel,
    conversion_cache_dir,
    load_or_reconvert,
    quiet_libraries,
)
from explorer.encoders.torchvision_encoders import TorchvisionModel
from explorer.errors import EncoderError, NoTextEncoder, WeightsMissing
from tests import pictures
from tests.encoders.hub import Hub

NAMES = ("resnet50", "vit")
DIMS = {"resnet50": 512, "vit": 64}


@pytest.fixture(scope="module")
def _small_builders() -> Any:
    """`torchvision.models` with a small ResNet and a small vision transformer."""
    with quiet_libraries():
        from torchvision import models

    def small_resnet(weights: None) -> Any:
        return models.ResNet(models.resnet.BasicBlock, [1, 1, 1, 1])

    def small_vit(weights: None) -> Any:
        return models.VisionTransformer(
            image_size=224, patch_size=32, num_layers=2, num_heads=2, hidden_dim=64, mlp_dim=96
        )

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(models, "small_resnet", small_resnet, raising=False)
        patch.setattr(models, "small_vit", small_vit, raising=False)
        yield models


@pytest.fixture(scope="module")
def small_models(
    _small_builders: Any, scratch: Path
) -> dict[str, tuple[Any, TorchvisionModel, Path]]:
    """For each name, a torch module with random weights, the encoder's entry for it, and the file
    with the weights."""
    import torch

    made = {}
    for name, builder, head in (
        ("resnet50", "small_resnet", "fc"), ("vit", "small_vit", "heads"),
    ):  # fmt: skip
        torch.manual_seed(3)
        net = getattr(_small_builders, builder)(weights=None).eval()
        torch.save(net.state_dict(), scratch / "net.pth")
        digest = hashlib.sha256((scratch / "net.pth").read_bytes()).hexdigest()[:8]
        file = (scratch / "net.pth").rename(scratch / f"{builder}-{digest}.pth")
        url = f"https://download.example.org/models/{file.name}"
        entry = TorchvisionModel(name, builder, head, DIMS[name], url, file.stat().st_size)
        made[name] = (net, entry, file)
    return made


@pytest.fixture(scope="module")
def shared_models(scratch: Path) -> Path:
    """A models folder in which both are converted once for this module."""
    return scratch / "pooled-models"


@pytest.fixture
def fetched(
    hub: Hub,
    small_models: dict[str, tuple[Any, TorchvisionModel, Path]],
    shared_models: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> dict[str, Any]:
    """Both models downloaded from the stand-in and converted; gives the torch modules."""
    monkeypatch.setenv("EXPLORER_MODELS", str(shared_models))
    for name, (_, entry, file) in small_models.items():
        monkeypatch.setitem(torchvision_encoders.TORCHVISION_MODELS, name, entry)
        hub.files[f"/models/{file.name}"] = file
        registry.fetch(name)
    return {name: net for name, (net, _, _) in small_models.items()}


def classifier_inputs(net: Any, name: str, drawn: list[Image.Image]) -> Vectors:
    """The inputs of the original's classifier, for pictures with torchvision's preprocessing."""
    import torch

    with quiet_libraries():
        from torchvision import transforms

    transform = transforms.Compose(
        [
            transforms.ToTensor(),
            transforms.Normalize(mean=[0.485, 0.456, 0.406], std=[0.229, 0.224, 0.225]),
        ]
    )
    inputs = list[Any]()
    head = net.fc if name == "resnet50" else net.heads
    hook = head.register_forward_pre_hook(lambda _, given: inputs.append(given[0]))
    try:
        with torch.no_grad(), quiet_libraries():
            net(torch.stack([transform(picture) for picture in drawn]))
    finally:
        hook.remove()
    features = inputs[0].numpy()
    return np.asarray(features / np.linalg.norm(features, axis=1, keepdims=True))


@pytest.mark.parametrize("name", NAMES)
def test_features_are_the_inputs_of_the_originals_classifier(
    name: str, fetched: dict[str, Any]
) -> None:
    drawn = [pictures.draw(seed, (224, 224)).convert("RGB") for seed in range(4)]
    encoder = registry.get_encoder(name)
    ours = encoder.encode_images(np.stack([np.asarray(picture) for picture in drawn]))
    assert ours.dtype == np.float32 and ours.shape == (4, DIMS[name])
    assert encoder.dim == DIMS[name] and not encoder.has_text
    theirs = classifier_inputs(fetched[name], name, drawn)
    assert (ours * theirs).sum(axis=1).min() >= 0.999
    # Each is most like its own: they are not all alike.
    assert np.argmax(ours @ theirs.T, axis=1).tolist() == [0, 1, 2, 3]


@pytest.mark.parametrize("name", NAMES)
def test_photos_are_encoded_in_batches(
    name: str, fetched: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(torchvision_encoders, "_BATCH", 3)
    sizes = list[int]()

    class Counting(CompiledModel):
        def __call__(self, *inputs: Any) -> list[Any]:
            sizes.append(len(inputs[0]))
            return super().__call__(*inputs)

    entry = torchvision_encoders.TORCHVISION_MODELS[name]
    encoder = torchvision_encoders.TorchvisionEncoder(entry)
    encoder._loaded = Counting(torchvision_encoders.convert(entry))
    drawn = [pictures.draw(seed, (224, 224)).convert("RGB") for seed in range(7)]
    pixels = np.stack([np.asarray(picture) for picture in drawn])
    together = encoder.encode_images(pixels)
    assert sizes == [3, 3, 1]
    one_by_one = np.concatenate([encoder.encode_images(pixels[i : i + 1]) for i in range(7)])
    assert (together * one_by_one).sum(axis=1).min() > 0.999
    assert encoder.encode_images(pixels[:0]).shape == (0, encoder.dim)


@pytest.mark.parametrize("name", NAMES)
def test_a_phrase_is_rejected_with_an_alternative(name: str, fetched: dict[str, Any]) -> None:
    with pytest.raises(NoTextEncoder, match=f"“{name}” does not understand phrases: .*“starter”"):
        registry.get_encoder(name).encode_texts(["a cat"])


def test_without_its_weights_it_names_the_command_that_downloads_them() -> None:
    with pytest.raises(WeightsMissing, match="models get resnet50"):
        registry.get_encoder("resnet50")
    assert not registry.available("vit")


def test_a_converted_encoder_does_not_need_its_weights(
    fetched: dict[str, Any], shared_models: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(shared_models / "engine", tmp_path / "elsewhere" / "engine")
    monkeypatch.setenv("EXPLORER_MODELS", str(tmp_path / "elsewhere"))
    assert registry.available("resnet50")
    black = np.zeros((1, 224, 224, 3), np.uint8)
    assert registry.get_encoder("resnet50").encode_images(black).shape == (1, DIMS["resnet50"])


def test_a_damaged_conversion_is_converted_again(
    fetched: dict[str, Any], shared_models: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(shared_models, tmp_path / "elsewhere")
    monkeypatch.setenv("EXPLORER_MODELS", str(tmp_path / "elsewhere"))
    entry = torchvision_encoders.TORCHVISION_MODELS["resnet50"]
    torchvision_encoders.convert(entry).write_text("damaged")
    model = load_or_reconvert(lambda: torchvision_encoders.convert(entry))
    assert model(np.zeros((1, 224, 224, 3), np.uint8))[0].shape == (1, DIMS["resnet50"])


def test_weights_of_another_model_are_reported(
    hub: Hub,
    small_models: dict[str, tuple[Any, TorchvisionModel, Path]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    file = small_models["vit"][2]
    url = small_models["vit"][1].url
    wrong = TorchvisionModel("resnet50", "small_resnet", "fc", DIMS["resnet50"], url, 1)
    monkeypatch.setitem(torchvision_encoders.TORCHVISION_MODELS, "resnet50", wrong)
    hub.files[f"/models/{file.name}"] = file
    with pytest.raises(EncoderError, match="does not contain the weights of “resnet50”"):
        registry.fetch("resnet50")
    assert not list(conversion_cache_dir().glob("*.xml"))


@pytest.mark.parametrize(("name", "dim"), [("resnet50", 2048), ("vit", 768)])
def test_the_table_describes_torchvisions_models(name: str, dim: int) -> None:
    import torch

    with quiet_libraries():
        from torchvision import models

    entry = torchvision_encoders.TORCHVISION_MODELS[name]
    # Without memory for the weights.
    with torch.device("meta"):
        net = getattr(models, entry.builder)(weights=None)
    head = getattr(net, entry.head)
    assert (head if name == "resnet50" else head.head).in_features == entry.dim == dim
    assert len(entry.source.digest) == 8
