"""open_clip's models with the user's own weights: `open_clip:MODEL@FILE.safetensors`."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from explorer.encoders import clip, registry
from explorer.encoders.runtime.openvino_runtime import conversion_cache_dir
from explorer.errors import EncoderError, WeightsMissing
from tests.encoders.conftest import TinyModel
from tests.encoders.test_open_clip import PHRASES, cosines, photos, torch_texts
from tests.encoders.tokenizers import HARD_PHRASES, SIGLIP_SETTINGS, write_tokenizer


def error_of(name: str, kind: type[EncoderError] = EncoderError) -> str:
    """The message for an encoder that cannot be loaded, which is one line."""
    with pytest.raises(kind) as caught:
        registry.get_encoder(name)
    message = str(caught.value)
    assert "\n" not in message
    return message


def test_a_file_needs_no_network(
    open_clip: Any, tiny_clip: TinyModel, reuse_conversions: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    net, file = tiny_clip
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:1")
    name = f"open_clip:tiny-clip@{file}"
    assert registry.available(name)
    registry.fetch(name)
    encoder = registry.get_encoder(name)
    ids = open_clip.get_tokenizer("ViT-B-32-256")(PHRASES).numpy()
    assert cosines(encoder.encode_texts(PHRASES), torch_texts(net, ids)).min() >= 0.9999


def test_a_name_means_the_same_in_every_working_directory(
    tiny_clip: TinyModel, reuse_conversions: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tiny_clip[1]
    monkeypatch.chdir(file.parent)
    encoder = registry.get_encoder(f"open_clip:tiny-clip@{file.name}")
    assert encoder.name == f"open_clip:tiny-clip@{file}"
    monkeypatch.chdir("/")
    assert registry.get_encoder(encoder.name) is encoder


def test_changed_weights_are_converted_again(
    tiny_clip: TinyModel, reuse_conversions: None, tmp_path: Path
) -> None:
    from safetensors.numpy import load_file, save_file

    file = tmp_path / "mine.safetensors"
    shutil.copy2(tiny_clip[1], file)
    name = f"open_clip:tiny-clip@{file}"
    before = clip.load_clip(name)
    arrays = load_file(file)
    save_file(arrays | {"visual.proj": -arrays["visual.proj"]}, file)
    after = clip.load_clip(name)
    assert after.version != before.version
    pixels = photos(32, 1)
    assert not np.allclose(before.encode_images(pixels), after.encode_images(pixels), atol=1e-3)


def test_a_file_that_does_not_exist(open_clip: Any, tmp_path: Path) -> None:
    name = f"open_clip:tiny-clip@{tmp_path / 'none.safetensors'}"
    message = error_of(name, WeightsMissing)
    assert str(tmp_path / "none.safetensors") in message and "do not exist" in message
    assert not registry.available(name)
    with pytest.raises(WeightsMissing, match="do not exist"):
        registry.fetch(name)


def test_a_file_in_another_format(tmp_path: Path) -> None:
    (tmp_path / "weights.pt").write_bytes(b"PK")
    message = error_of(f"open_clip:tiny-clip@{tmp_path / 'weights.pt'}")
    assert "not a .safetensors file" in message


@pytest.mark.parametrize(
    "content",
    [b"", b"nonsense" * 99, b"\x08\0\0\0\0\0\0\0{}      "],
    ids=["empty", "nonsense", "no weights"],
)
def test_a_file_that_only_has_the_extension(content: bytes, open_clip: Any, tmp_path: Path) -> None:
    file = tmp_path / "weights.safetensors"
    file.write_bytes(content)
    assert "does not contain weights for tiny-clip" in error_of(f"open_clip:tiny-clip@{file}")


def test_a_truncated_file(open_clip: Any, tiny_clip: TinyModel, tmp_path: Path) -> None:
    file = tmp_path / "weights.safetensors"
    file.write_bytes(tiny_clip[1].read_bytes()[:-1000])
    assert "download the file again" in error_of(f"open_clip:tiny-clip@{file}")


def test_weights_of_another_model(tiny_clip: TinyModel, tiny_siglip: TinyModel) -> None:
    message = error_of(f"open_clip:tiny-clip@{tiny_siglip[1]}")
    assert "does not contain weights for tiny-clip" in message
    # The same layers for pictures of another size: open_clip would resize the positional
    # embeddings.
    message = error_of(f"open_clip:tiny-clip-64@{tiny_clip[1]}")
    assert "differ in shape from those of tiny-clip-64" in message
    assert not list(conversion_cache_dir().glob("*.xml"))


def test_the_tokenizer_is_read_from_the_folder_of_the_weights(
    tiny_siglip: TinyModel, reuse_conversions: None, tmp_path: Path
) -> None:
    file = tmp_path / "mine.safetensors"
    shutil.copy(tiny_siglip[1], file)
    message = error_of(f"open_clip:tiny-siglip@{file}", WeightsMissing)
    assert "tokenizer.json" in message and str(tmp_path) in message
    write_tokenizer(tmp_path, SIGLIP_SETTINGS)
    encoder = registry.get_encoder(f"open_clip:tiny-siglip@{file}")
    assert encoder.encode_texts(HARD_PHRASES).shape == (len(HARD_PHRASES), 192)
