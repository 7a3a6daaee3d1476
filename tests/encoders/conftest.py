"""Models folders of their own for the tests of encoders, a stand-in for the hub, and small models
with random weights."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from explorer.encoders import open_clip_models, registry
from explorer.encoders.conversion import open_clip_conversion
from explorer.encoders.open_clip_models import ModelReference
from explorer.encoders.runtime.openvino_runtime import conversion_cache_dir, quiet_libraries
from explorer.encoders.starter import StarterEncoder, load_starter
from tests.encoders.hub import Hub, serving
from tests.encoders.tokenizers import SIGLIP_SETTINGS, write_tokenizer

TinyModel = tuple[Any, Path]
"""The torch module, and the file of its weights."""

# Where open_clip's table says that the tiny models' weights are.
CLIP_REPOSITORY, SIGLIP_REPOSITORY = "someone/tiny-clip", "timm/tiny-siglip"
_VISION: dict[str, Any] = {"image_size": 32, "layers": 1, "width": 64, "patch_size": 8}
# Like CLIP with one layer of 32 features, which is quick to build.
TINY_CLIP = {
    "embed_dim": 24,
    "vision_cfg": _VISION,
    "text_cfg": {
        "context_length": 77, "vocab_size": 49408, "width": 32, "heads": 2, "layers": 1,
    },
}  # fmt: skip
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
    """An empty models folder, no encoder loaded, and no proxy before the stand-in."""
    monkeypatch.setenv("EXPLORER_MODELS", str(tmp_path / "models"))
    monkeypatch.setattr(registry, "_loaded", {})
    monkeypatch.setenv("NO_PROXY", "*")
    return tmp_path / "models"


@pytest.fixture(scope="session")
def _starter(_user: Path) -> tuple[str, StarterEncoder]:
    """The models folder of the run, where the starter is converted once, and the starter."""
    return os.environ["EXPLORER_MODELS"], load_starter()


@pytest.fixture
def encoder(
    _starter: tuple[str, StarterEncoder], models: Path, monkeypatch: pytest.MonkeyPatch
) -> StarterEncoder:
    monkeypatch.setenv("EXPLORER_MODELS", _starter[0])
    return _starter[1]


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    """The stand-in for the hub and for torchvision's server."""
    with serving() as served:
        monkeypatch.setenv("HF_ENDPOINT", served.address)
        monkeypatch.setenv("EXPLORER_TORCHVISION", served.address + "/models")
        yield served


@pytest.fixture(scope="session")
def scratch() -> Iterator[Path]:
    """A folder for large files, deleted after the run, unlike pytest's own."""
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder)


@pytest.fixture(scope="session")
def open_clip(scratch: Path) -> Any:
    """open_clip with the models `tiny-clip`, `tiny-clip-64` and `tiny-siglip` in its table."""
    with quiet_libraries():
        import open_clip
        import open_clip.pretrained

    folder = scratch / "configurations"
    folder.mkdir()
    # The same layers as tiny-clip's, for pictures of another size.
    larger = TINY_CLIP | {"vision_cfg": _VISION | {"image_size": 64}}
    for name, config in (
        ("tiny-clip", TINY_CLIP), ("tiny-siglip", TINY_SIGLIP), ("tiny-clip-64", larger),
    ):  # fmt: skip
        (folder / f"{name}.json").write_text(json.dumps(config))
    open_clip.add_model_config(folder)
    table, entries = open_clip.pretrained._PRETRAINED, open_clip.pretrained
    table["tiny-clip"] = {"tag": entries._pcfg(hf_hub=f"{CLIP_REPOSITORY}/")}
    table["tiny-siglip"] = {"tag": entries._slpcfg(hf_hub=f"{SIGLIP_REPOSITORY}/")}
    return open_clip


def _tiny_model(open_clip: Any, name: str, path: Path) -> TinyModel:
    """A model with random weights, which are also written to `path` as safetensors."""
    import torch
    from safetensors.torch import save_file

    torch.manual_seed(1)
    config = open_clip.get_model_config(name)
    custom = config.pop("custom_text", False)
    with quiet_libraries():
        kind = open_clip.model.CustomTextCLIP if custom else open_clip.model.CLIP
        net = kind(**config).eval()
    # With the initial weights, all pictures have nearly the same vector.
    with torch.no_grad():
        for parameter in net.parameters():
            if parameter.ndim > 1:
                parameter.mul_(2)
    save_file({key: value.contiguous() for key, value in net.state_dict().items()}, path)
    os.utime(path, (1_700_000_000, 1_700_000_000))
    return net, path


@pytest.fixture(scope="session")
def tiny_clip(open_clip: Any, scratch: Path) -> TinyModel:
    return _tiny_model(open_clip, "tiny-clip", scratch / "tiny-clip.safetensors")


@pytest.fixture(scope="session")
def tiny_siglip(open_clip: Any, scratch: Path) -> TinyModel:
    return _tiny_model(open_clip, "tiny-siglip", scratch / "tiny-siglip.safetensors")


@pytest.fixture
def aliases(open_clip: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The tiny models in the place of `clip` and `siglip2`."""
    alias = open_clip_models._Alias
    tiny = {
        "clip": alias("tiny-clip", "tag", f"{CLIP_REPOSITORY}/", ""),
        "siglip2": alias("tiny-siglip", "tag", f"{SIGLIP_REPOSITORY}/", SIGLIP_REPOSITORY),
    }
    monkeypatch.setattr(open_clip_models, "_ALIASES", tiny)


@pytest.fixture
def served(
    hub: Hub, aliases: None, tiny_clip: TinyModel, tiny_siglip: TinyModel, tmp_path: Path
) -> Hub:
    """A hub with the weights of both tiny models, and the second one's tokenizer."""
    hub.put(CLIP_REPOSITORY, "open_clip_model.safetensors", tiny_clip[1])
    hub.put(SIGLIP_REPOSITORY, "open_clip_model.safetensors", tiny_siglip[1])
    write_tokenizer(tmp_path / "tokenizer", SIGLIP_SETTINGS)
    for name in ("tokenizer.json", "tokenizer_config.json"):
        hub.put(SIGLIP_REPOSITORY, name, tmp_path / "tokenizer" / name, stored=False)
    return hub


@pytest.fixture(scope="session")
def _converted_once(tiny_clip: TinyModel, tiny_siglip: TinyModel, scratch: Path) -> Path:
    """A conversion cache with both tiny models, converted once for all tests."""
    folder = scratch / "converted-models"
    write_tokenizer(scratch, SIGLIP_SETTINGS)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EXPLORER_MODELS", str(folder))
        for model, (_, file) in (("tiny-clip", tiny_clip), ("tiny-siglip", tiny_siglip)):
            open_clip_conversion.convert(ModelReference(model, model, "", file), file)
        return conversion_cache_dir()


@pytest.fixture
def reuse_conversions(models: Path, _converted_once: Path) -> None:
    """Both tiny models converted already, for tests that are not about the conversion."""
    shutil.copytree(_converted_once, models / "engine")
