"""ResNet-50 and ViT-B/16 with random weights, held against torchvision's own models."""

from __future__ import annotations

import hashlib
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from explorer.encoders import pooled, registry
from explorer.encoders.openvino_runtime import conversion_cache_dir, quiet_libraries
from explorer.errors import EncoderError, NoTextEncoder, WeightsMissing
from tests import pictures
from tests.encoders.hub import Hub

NAMES = ("resnet50", "vit")


@pytest.fixture(scope="module")
def nets(scratch: Path) -> dict[str, tuple[Any, pooled.TorchvisionModel, Path]]:
    """For each name: torchvision's model with random weights, the family whose checksum is that of
    their file, and the file."""
    import torch

    with quiet_libraries():
        import torchvision

    made = {}
    for name in NAMES:
        family = pooled.TORCHVISION_MODELS[name]
        torch.manual_seed(3)
        net = getattr(torchvision.models, family.builder)(weights=None).eval()
        torch.save(net.state_dict(), scratch / "net.pth")
        digest = hashlib.sha256((scratch / "net.pth").read_bytes()).hexdigest()[:8]
        file = scratch / f"{family.builder}-{digest}.pth"
        (scratch / "net.pth").rename(file)
        made[name] = (
            net,
            replace(family, url=f"https://download.example.org/models/{file.name}"),
            file,
        )
    return made


@pytest.fixture(scope="module")
def converted_here(scratch: Path) -> Path:
    """A models folder that outlives one test: these two are converted once for all of them."""
    return scratch / "pooled-models"


@pytest.fixture
def served(
    hub: Hub,
    nets: dict[str, tuple[Any, pooled.TorchvisionModel, Path]],
    converted_here: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> dict[str, Any]:
    """Both families fetched from the stand-in; gives the torch models."""
    monkeypatch.setenv("EXPLORER_MODELS", str(converted_here))
    for name, (_, family, file) in nets.items():
        monkeypatch.setitem(pooled.TORCHVISION_MODELS, name, family)
        hub.files[f"/models/{file.name}"] = file
        registry.fetch(name)
    return {name: net for name, (net, _, _) in nets.items()}


def reference(net: Any, name: str, pictures_: list[Image.Image]) -> np.ndarray:
    """The inputs of torchvision's classifier, for pictures prepared by torchvision."""
    import torch

    with quiet_libraries():
        import torchvision.transforms as transforms

    own = transforms.Compose(
        [
            transforms.ToTensor(),
            transforms.Normalize(mean=[0.485, 0.456, 0.406], std=[0.229, 0.224, 0.225]),
        ]
    )
    caught = list[Any]()
    head = net.fc if name == "resnet50" else net.heads
    hook = head.register_forward_pre_hook(lambda _, inputs: caught.append(inputs[0]))
    try:
        with torch.no_grad(), quiet_libraries():
            net(torch.stack([own(picture) for picture in pictures_]))
    finally:
        hook.remove()
    features = caught[0].numpy()
    return np.asarray(features / np.linalg.norm(features, axis=1, keepdims=True))


@pytest.mark.parametrize(("name", "dim"), [("resnet50", 2048), ("vit", 768)])
def test_features_are_what_torchvision_gives_its_classifier(
    name: str, dim: int, served: dict[str, Any]
) -> None:
    drawn = [pictures.draw(seed, (224, 224)).convert("RGB") for seed in range(4)]
    encoder = registry.get_encoder(name)
    ours = encoder.encode_images(np.stack([np.asarray(picture) for picture in drawn]))
    assert (
        ours.dtype == np.float32
        and ours.shape == (4, dim)
        and encoder.dim == dim
        and not encoder.has_text
    )
    theirs = reference(served[name], name, drawn)
    assert (ours * theirs).sum(axis=1).min() >= 0.999
    # Not merely all alike.
    shown = ours @ theirs.T
    assert np.argmax(shown, axis=1).tolist() == [0, 1, 2, 3]


@pytest.mark.parametrize("name", NAMES)
def test_many_photos_go_in_small_batches(
    name: str, served: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pooled, "_BATCH", 3)
    sizes = list[int]()

    encoder = pooled.PooledEncoder(pooled.TORCHVISION_MODELS[name])
    model = pooled.load_or_reconvert(lambda: pooled.convert(pooled.TORCHVISION_MODELS[name]))

    def counting(*inputs: Any) -> list[Any]:
        sizes.append(len(inputs[0]))
        return model(*inputs)

    encoder._loaded = counting  # type: ignore[assignment]
    pixels = np.stack(
        [np.asarray(pictures.draw(seed, (224, 224)).convert("RGB")) for seed in range(7)]
    )
    together = encoder.encode_images(pixels)
    assert sizes == [3, 3, 1]
    assert (
        together * np.concatenate([encoder.encode_images(pixels[i : i + 1]) for i in range(7)])
    ).sum(axis=1).min() > 0.999
    assert encoder.encode_images(pixels[:0]).shape == (0, encoder.dim)


@pytest.mark.parametrize("name", NAMES)
def test_a_phrase_is_refused_with_a_way_out(name: str, served: dict[str, Any]) -> None:
    with pytest.raises(NoTextEncoder, match=f"“{name}” cannot encode phrases: .*“starter”"):
        registry.get_encoder(name).encode_texts(["a cat"])


def test_without_its_weights_it_says_how_to_get_them() -> None:
    with pytest.raises(WeightsMissing, match="models get resnet50"):
        registry.get_encoder("resnet50")
    assert not registry.available("vit")


def test_once_converted_the_weights_may_go(
    served: dict[str, Any], converted_here: Path, tmp_path: Path, monkeypatch: Any
) -> None:
    shutil.copytree(converted_here / "engine", tmp_path / "elsewhere" / "engine")
    monkeypatch.setenv("EXPLORER_MODELS", str(tmp_path / "elsewhere"))
    assert registry.available("resnet50")
    assert registry.get_encoder("resnet50").encode_images(
        np.zeros((1, 224, 224, 3), np.uint8)
    ).shape == (1, 2048)


def test_weights_of_another_model_are_said(
    hub: Hub,
    nets: dict[str, tuple[Any, pooled.TorchvisionModel, Path]],
    models: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    _, family, file = nets["vit"]
    monkeypatch.setitem(
        pooled.TORCHVISION_MODELS,
        "resnet50",
        replace(pooled.TORCHVISION_MODELS["resnet50"], url=family.url),
    )
    hub.files[f"/models/{file.name}"] = file
    with pytest.raises(EncoderError, match="resnet50"):
        registry.fetch("resnet50")
    assert not list(conversion_cache_dir().glob("*.xml"))


@pytest.mark.parametrize("name", NAMES)
def test_the_addresses_end_in_a_checksum(name: str) -> None:
    assert len(pooled.TORCHVISION_MODELS[name].source.digest) == 8
