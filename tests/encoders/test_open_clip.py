"""open_clip's models, with random weights: downloaded, converted, and compared with the
originals."""

from __future__ import annotations

import json
import pickle
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from explorer.encoders import clip, registry
from explorer.encoders.base import Pixels, Vectors
from explorer.encoders.clip import ClipEncoder
from explorer.encoders.conversion import open_clip_conversion
from explorer.encoders.runtime.openvino_runtime import (
    CompiledModel,
    conversion_cache_dir,
    quiet_libraries,
)
from explorer.encoders.tokenizer import PhraseTokenizer
from explorer.errors import EncoderError, WeightsMissing
from explorer.photos.input_spec import InputSpec
from tests import pictures
from tests.encoders.conftest import CLIP_REPOSITORY, SIGLIP_REPOSITORY, TinyModel
from tests.encoders.hub import Hub

PHRASES = ["a photo of a cat", "two dogs in the snow", "Sonnenuntergang über dem Meer", "寿司", ""]


def photos(size: int, count: int = 5) -> Pixels:
    """Drawn pictures as an encoder takes them, uint8 (count, size, size, 3)."""
    drawn = [pictures.draw(seed, (size, size)).convert("RGB") for seed in range(count)]
    return np.stack([np.asarray(picture, np.uint8) for picture in drawn])


def torch_images(open_clip: Any, net: Any, name: str, pixels: Pixels) -> Vectors:
    """The original's vectors of these pixels, with open_clip's own preprocessing."""
    import torch

    config = open_clip.pretrained.get_pretrained_cfg(name, "tag")
    with quiet_libraries(), torch.no_grad():
        transform = open_clip.image_transform(
            net.visual.image_size,
            is_train=False,
            mean=config.get("mean"),
            std=config.get("std"),
            resize_mode=config.get("resize_mode"),
        )
        inputs = torch.stack([transform(Image.fromarray(one)) for one in pixels])
        return np.asarray(net.encode_image(inputs, normalize=True).numpy())


def torch_texts(net: Any, ids: Any) -> Vectors:
    """The original's vectors of these token ids."""
    import torch

    with torch.no_grad():
        return np.asarray(net.encode_text(torch.from_numpy(ids), normalize=True).numpy())


def cosines(ours: Vectors, theirs: Vectors) -> Vectors:
    return np.asarray((ours * theirs).sum(axis=1))


@pytest.fixture
def clip_encoder(served: Hub, reuse_conversions: None) -> ClipEncoder:
    """`clip`, fetched and converted."""
    registry.fetch("clip")
    return clip.load_clip("clip")


def test_the_vectors_of_a_converted_clip_are_those_of_the_original(
    clip_encoder: ClipEncoder, open_clip: Any, tiny_clip: TinyModel
) -> None:
    assert (clip_encoder.name, clip_encoder.has_text, clip_encoder.dim) == ("clip", True, 24)
    assert clip_encoder.spec == InputSpec(32, "crop", "bicubic")
    _assert_like_original(clip_encoder, open_clip, tiny_clip[0], "tiny-clip")
    ids = open_clip.get_tokenizer("ViT-B-32-256")(PHRASES).numpy()
    ours = clip_encoder.encode_texts(PHRASES)
    assert cosines(ours, torch_texts(tiny_clip[0], ids)).min() >= 0.9999


def test_the_vectors_of_a_converted_siglip_are_those_of_the_original(
    served: Hub, reuse_conversions: None, open_clip: Any, tiny_siglip: TinyModel
) -> None:
    registry.fetch("siglip2")
    encoder = clip.load_clip("siglip2")
    assert (encoder.name, encoder.has_text, encoder.dim) == ("siglip2", True, 192)
    # Preprocessing as open_clip's table says.
    assert encoder.spec == InputSpec(224, "squash", "bicubic")
    _assert_like_original(encoder, open_clip, tiny_siglip[0], "tiny-siglip")
    path = conversion_cache_dir() / encoder.conversion.tokenizer
    ids = PhraseTokenizer(path, "canonicalize")(PHRASES)
    ours = encoder.encode_texts(PHRASES)
    assert cosines(ours, torch_texts(tiny_siglip[0], ids)).min() >= 0.9999


def _assert_like_original(encoder: ClipEncoder, open_clip: Any, net: Any, model: str) -> None:
    pixels = photos(encoder.spec.size)
    ours = encoder.encode_images(pixels)
    assert ours.dtype == np.float32 and np.allclose(np.linalg.norm(ours, axis=1), 1, atol=1e-5)
    theirs = torch_images(open_clip, net, model, pixels)
    # If all pictures had nearly the same vector, any vector would do.
    assert (theirs @ theirs.T)[~np.eye(len(theirs), dtype=bool)].min() < 0.99
    assert cosines(ours, theirs).min() >= 0.999


def test_vectors_do_not_depend_on_the_batch(clip_encoder: ClipEncoder) -> None:
    encoder, many = clip_encoder, photos(clip_encoder.spec.size, 37)
    together = encoder.encode_images(many)
    one_by_one = np.concatenate([encoder.encode_images(many[i : i + 1]) for i in range(len(many))])
    assert cosines(together, one_by_one).min() > 0.999
    phrases = [f"photo {number}" for number in range(37)]
    alone = encoder.encode_texts(phrases[20:21])[0]
    assert np.allclose(encoder.encode_texts(phrases)[20], alone, atol=1e-4)
    empty = (0, encoder.dim)
    assert encoder.encode_images(many[:0]).shape == encoder.encode_texts([]).shape == empty


def test_fetching_reports_one_progress_for_all_files(served: Hub, reuse_conversions: None) -> None:
    progress = list[tuple[int, int | None]]()
    registry.fetch("siglip2", lambda done, total: progress.append((done, total)))
    done = [done for done, _ in progress]
    assert done == sorted(done)
    size = sum(len(served.read(path) or b"") for path in served.files if "siglip" in path)
    assert progress[-1] == (size, size)


def test_a_fetched_encoder_is_not_downloaded_again(served: Hub, reuse_conversions: None) -> None:
    assert not registry.available("clip")
    registry.fetch("clip")
    requests = len(served.requests)
    assert registry.available("clip")
    registry.fetch("clip")
    assert len(served.requests) == requests


def test_a_converted_encoder_does_not_need_its_weights(
    clip_encoder: ClipEncoder, models: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = clip_encoder.encode_texts(["a cat"])
    shutil.rmtree(models / "weights")
    monkeypatch.setattr(open_clip_conversion, "convert", _never)
    assert np.array_equal(registry.get_encoder("clip").encode_texts(["a cat"]), expected)


def _never(*_: object) -> None:
    raise AssertionError("converted again")


def test_without_its_weights_it_names_the_command_that_downloads_them(aliases: None) -> None:
    for name in ("clip", "siglip2", "open_clip:tiny-clip/tag"):
        with pytest.raises(WeightsMissing, match=f"models get {name}"):
            registry.get_encoder(name)


def test_an_alias_and_its_model_and_tag_share_weights_and_vectors(
    clip_encoder: ClipEncoder, served: Hub
) -> None:
    name, requests = "open_clip:tiny-clip/tag", len(served.requests)
    registry.fetch(name)
    assert len(served.requests) == requests
    encoder = registry.get_encoder(name)
    assert encoder.name == name and encoder.version == clip_encoder.version


def test_a_repository_without_safetensors_serves_its_other_file(
    hub: Hub, aliases: None, tiny_clip: TinyModel, tmp_path: Path
) -> None:
    import torch

    torch.save(tiny_clip[0].state_dict(), tmp_path / "weights.bin")
    hub.put(CLIP_REPOSITORY, "open_clip_pytorch_model.bin", tmp_path / "weights.bin")
    registry.fetch("clip")
    assert registry.get_encoder("clip").encode_texts(["a cat"]).shape == (1, 24)


def test_code_in_a_weights_file_is_not_executed(hub: Hub, aliases: None, tmp_path: Path) -> None:
    class Touch:
        def __reduce__(self) -> tuple[Any, ...]:
            return Path.touch, (tmp_path / "executed",)

    hub.put(CLIP_REPOSITORY, "open_clip_pytorch_model.bin", pickle.dumps({"weights": Touch()}))
    with pytest.raises(EncoderError, match="does not contain weights"):
        registry.fetch("clip")
    assert not (tmp_path / "executed").exists()


@pytest.mark.parametrize("missing", ["model", "tokenizer.json"])
def test_a_file_that_is_not_on_the_hub_is_reported(missing: str, served: Hub) -> None:
    for path in [path for path in served.files if missing in path]:
        del served.files[path]
        served.stored.discard(path)
    with pytest.raises(WeightsMissing, match="does not exist"):
        registry.fetch("siglip2")
    assert not registry.available("siglip2")


def test_a_tokenizer_on_the_hub_needs_no_settings(served: Hub, reuse_conversions: None) -> None:
    del served.files[f"/{SIGLIP_REPOSITORY}/resolve/main/tokenizer_config.json"]
    registry.fetch("siglip2")
    assert registry.available("siglip2")


def test_a_web_page_in_place_of_a_tokenizer_is_rejected(served: Hub) -> None:
    served.put(SIGLIP_REPOSITORY, "tokenizer.json", b"<html>sign in</html>", stored=False)
    with pytest.raises(EncoderError, match="not a tokenizer"):
        registry.fetch("siglip2")


def test_a_conversion_that_differs_from_the_original_is_deleted(
    served: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Negated(CompiledModel):
        def __call__(self, *inputs: Any) -> list[Any]:
            return [-row for row in super().__call__(*inputs)]

    monkeypatch.setattr(open_clip_conversion, "CompiledModel", Negated)
    with pytest.raises(EncoderError, match="cannot be converted"):
        registry.fetch("clip")
    assert not list(conversion_cache_dir().glob("clip-*-image.xml"))


def test_a_damaged_record_of_a_conversion_is_replaced(clip_encoder: ClipEncoder) -> None:
    expected = clip_encoder.encode_texts(["a cat"])
    records = conversion_cache_dir().glob("clip-*.json")
    (record,) = (path for path in records if "tokenizer" not in path.name)
    for content in ("", "[]", "{}", json.dumps({"key": 1}), record.read_text()[:-9]):
        record.write_text(content)
        assert np.array_equal(clip.load_clip("clip").encode_texts(["a cat"]), expected)
