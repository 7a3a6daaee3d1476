"""Encoders get models folders of their own, a stand-in for the hub, and small models with random
weights."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from explorer.encoders import registry
from explorer.encoders.openvino_runtime import quiet_libraries
from tests.encoders.hub import Hub, serving

# One layer, 32 numbers wide: like CLIP, but quick to make.
_TEXT = {"context_length": 77, "vocab_size": 49408, "width": 32, "heads": 2, "layers": 1}
TINY_CLIP = {
    "embed_dim": 24,
    "vision_cfg": {"image_size": 32, "layers": 1, "width": 64, "patch_size": 8},
    "text_cfg": _TEXT,
}
TINY_SIGLIP = {
    "embed_dim": 192,
    "init_logit_bias": -10,
    "custom_text": True,
    "vision_cfg": {
        "image_size": 224,
        "timm_model_name": "vit_tiny_patch16_224",
        "timm_model_pretrained": False,
        "timm_pool": "map",
        "timm_proj": "none",
    },
    "text_cfg": {
        "context_length": 16,
        "vocab_size": 300,
        "hf_tokenizer_name": "timm/tiny-siglip",
        "tokenizer_kwargs": {"clean": "canonicalize"},
        "width": 192,
        "heads": 3,
        "layers": 1,
        "no_causal_mask": True,
        "proj_bias": True,
        "pool_type": "last",
        "norm_kwargs": {"eps": 1e-6},
        "act_kwargs": {"approximate": "tanh"},
    },
}


@pytest.fixture(autouse=True)
def models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty models folder, no encoder loaded, and no proxy between us and the stand-in."""
    monkeypatch.setenv("EXPLORER_MODELS", str(tmp_path / "models"))
    monkeypatch.setattr(registry, "_loaded", {})
    monkeypatch.setenv("NO_PROXY", "*")
    return tmp_path / "models"


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    """The stand-in, asked in place of the real hub and of torchvision's server."""
    with serving() as served:
        monkeypatch.setenv("HF_ENDPOINT", served.address)
        monkeypatch.setenv("EXPLORER_TORCHVISION", served.address + "/models")
        yield served


@pytest.fixture(scope="session")
def scratch() -> Iterator[Path]:
    """A folder for what is large: gone after the run, where pytest's own are kept for a while."""
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder)


@pytest.fixture(scope="session")
def open_clip(scratch: Path) -> Any:
    """open_clip, with the models `tiny-clip` and `tiny-siglip` beside its own."""
    with quiet_libraries():
        import open_clip
        import open_clip.pretrained

    configurations = scratch / "configurations"
    configurations.mkdir()
    (configurations / "tiny-clip.json").write_text(json.dumps(TINY_CLIP))
    (configurations / "tiny-siglip.json").write_text(json.dumps(TINY_SIGLIP))
    # Of another size, but with layers of the same names.
    (configurations / "tiny-clip-64.json").write_text(
        json.dumps(TINY_CLIP | {"vision_cfg": {**TINY_CLIP["vision_cfg"], "image_size": 64}})
    )
    open_clip.add_model_config(configurations)
    return open_clip


def make_net(open_clip: Any, name: str, path: Path) -> Any:
    """A model with random weights, written as safetensors to that path too."""
    import torch
    from safetensors.torch import save_file

    torch.manual_seed(1)
    with quiet_libraries():
        net = (
            open_clip.model.CLIP
            if not open_clip.get_model_config(name).pop("custom_text", False)
            else open_clip.model.CustomTextCLIP
        )
        net = net(
            **{
                key: value
                for key, value in open_clip.get_model_config(name).items()
                if key != "custom_text"
            }
        ).eval()
    # Random weights as they are made let pictures hardly count: with larger ones vectors differ.
    with torch.no_grad():
        for parameter in net.parameters():
            if parameter.ndim > 1:
                parameter.mul_(2)
    save_file({key: value.contiguous() for key, value in net.state_dict().items()}, path)
    os.utime(path, (1_700_000_000, 1_700_000_000))
    return net


@pytest.fixture(scope="session")
def tiny_clip(open_clip: Any, scratch: Path) -> tuple[Any, Path]:
    """The torch model `tiny-clip`, and the file of its weights."""
    path = scratch / "tiny-clip.safetensors"
    return make_net(open_clip, "tiny-clip", path), path


@pytest.fixture(scope="session")
def tiny_siglip(open_clip: Any, scratch: Path) -> tuple[Any, Path]:
    """The torch model `tiny-siglip`, and the file of its weights."""
    path = scratch / "tiny-siglip.safetensors"
    return make_net(open_clip, "tiny-siglip", path), path
