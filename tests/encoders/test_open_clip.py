"""open_clip's models with random weights: fetched, converted, and held against the originals."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from explorer.encoders import clip, open_clip_conversion, open_clip_models, registry
from explorer.encoders.base import Pixels, Vectors
from explorer.encoders.openvino_runtime import CompiledModel, conversion_cache_dir, quiet_libraries
from explorer.encoders.tokenizer import PhraseTokenizer
from explorer.errors import EncoderError, UnknownEncoder, WeightsMissing
from explorer.photos.input_spec import InputSpec
from tests import pictures
from tests.encoders.hub import Hub
from tests.encoders.test_tokenizer import ODD, SIGLIP, make_tokenizer

Made = tuple[Any, Path]
PHRASES = ["a photo of a cat", "two dogs in the snow", "Sonnenuntergang über dem Meer", "寿司", ""]
# What tests serve in the place of the two named models' weights.
CLIP_REPOSITORY, SIGLIP_REPOSITORY = "someone/tiny-clip", "timm/tiny-siglip"


@pytest.fixture
def table(open_clip: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The two tiny models in open_clip's table of weights, and in the place of `clip` and
    `siglip2`."""
    import open_clip.pretrained as known

    for model, repository, make in (
        ("tiny-clip", CLIP_REPOSITORY, known._pcfg),
        ("tiny-siglip", SIGLIP_REPOSITORY, known._slpcfg),
    ):
        monkeypatch.setitem(known._PRETRAINED, model, {"tag": make(hf_hub=f"{repository}/")})
    named = open_clip_models._Alias
    monkeypatch.setitem(
        open_clip_models._ALIASES, "clip", named("tiny-clip", "tag", f"{CLIP_REPOSITORY}/", "")
    )
    monkeypatch.setitem(
        open_clip_models._ALIASES,
        "siglip2",
        named("tiny-siglip", "tag", f"{SIGLIP_REPOSITORY}/", SIGLIP_REPOSITORY),
    )


@pytest.fixture
def served(hub: Hub, table: None, tiny_clip: Made, tiny_siglip: Made, tmp_path: Path) -> Hub:
    """A hub that has both models' weights, and the second one's tokenizer."""
    hub.put(CLIP_REPOSITORY, "open_clip_model.safetensors", tiny_clip[1])
    hub.put(SIGLIP_REPOSITORY, "open_clip_model.safetensors", tiny_siglip[1])
    make_tokenizer(tmp_path / "tokenizer", SIGLIP)
    for name in ("tokenizer.json", "tokenizer_config.json"):
        hub.put(SIGLIP_REPOSITORY, name, tmp_path / "tokenizer" / name, stored=False)
    return hub


def photos(size: int, count: int = 5) -> Pixels:
    """Pictures made by rule, as an encoder takes them."""
    return np.stack(
        [
            np.asarray(pictures.draw(seed, (size, size)).convert("RGB"), np.uint8)
            for seed in range(count)
        ]
    )


def torch_images(open_clip: Any, net: Any, name: str, pixels: Pixels) -> Vectors:
    """What the original makes of these pixels, by open_clip's own preprocessing."""
    import torch

    config = open_clip.pretrained.get_pretrained_cfg(name, "tag")
    size = net.visual.image_size
    with quiet_libraries():
        own = open_clip.image_transform(
            size,
            is_train=False,
            mean=config.get("mean"),
            std=config.get("std"),
            resize_mode=config.get("resize_mode"),
        )
        with torch.no_grad():
            made = net.encode_image(
                torch.stack([own(Image.fromarray(one)) for one in pixels]), normalize=True
            )
    return np.asarray(made.numpy())


def torch_texts(net: Any, ids: Any) -> Vectors:
    import torch

    with torch.no_grad():
        return np.asarray(net.encode_text(torch.from_numpy(ids), normalize=True).numpy())


def cosines(ours: Vectors, theirs: Vectors) -> Vectors:
    return np.asarray((ours * theirs).sum(axis=1))


@pytest.mark.parametrize("name", ["clip", "siglip2"])
def test_vectors_are_those_of_the_original(
    name: str, served: Hub, open_clip: Any, tiny_clip: Made, tiny_siglip: Made, tmp_path: Path
) -> None:
    net, model = (tiny_clip[0], "tiny-clip") if name == "clip" else (tiny_siglip[0], "tiny-siglip")
    registry.fetch(name)
    encoder = registry.get_encoder(name)
    assert (
        encoder.name == name and encoder.has_text and encoder.dim == (24 if name == "clip" else 192)
    )
    # Pictures are prepared as the table says.
    assert encoder.spec == (
        InputSpec(32, "crop", "bicubic") if name == "clip" else InputSpec(224, "squash", "bicubic")
    )
    pixels = photos(encoder.spec.size)
    ours = encoder.encode_images(pixels)
    assert ours.dtype == np.float32 and np.allclose(np.linalg.norm(ours, axis=1), 1, atol=1e-5)
    theirs = torch_images(open_clip, net, model, pixels)
    # Pictures must tell themselves apart, or any vector would do.
    assert (theirs @ theirs.T)[~np.eye(len(theirs), dtype=bool)].min() < 0.99
    assert cosines(ours, theirs).min() >= 0.999
    if name == "clip":
        ids = open_clip.get_tokenizer("ViT-B-32-256")(PHRASES).numpy()
    else:
        ids = PhraseTokenizer(
            conversion_cache_dir() / encoder.conversion.tokenizer, "canonicalize"
        )(PHRASES)  # type: ignore[attr-defined]
    assert cosines(encoder.encode_texts(PHRASES), torch_texts(net, ids)).min() >= 0.9999


def test_batches_and_nothing_at_all(served: Hub) -> None:
    registry.fetch("clip")
    encoder = registry.get_encoder("clip")
    many = photos(encoder.spec.size, 37)
    together = encoder.encode_images(many)
    one_by_one = np.concatenate([encoder.encode_images(many[i : i + 1]) for i in range(len(many))])
    assert cosines(together, one_by_one).min() > 0.999
    phrases = [f"photo {number}" for number in range(37)]
    assert np.allclose(
        encoder.encode_texts(phrases)[20], encoder.encode_texts(phrases[20:21])[0], atol=1e-4
    )
    assert (
        encoder.encode_images(many[:0]).shape == encoder.encode_texts([]).shape == (0, encoder.dim)
    )


def test_fetching_shows_one_progress_over_all_files(served: Hub) -> None:
    seen = list[tuple[int, int | None]]()
    registry.fetch("siglip2", lambda done, total: seen.append((done, total)))
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)
    assert (
        seen[-1][0]
        == seen[-1][1]
        == sum(len(served.read(path) or b"") for path in served.files if "siglip" in path)
    )


def test_what_was_fetched_and_converted_is_kept(served: Hub) -> None:
    assert not registry.available("clip")
    registry.fetch("clip")
    asked = len(served.asked)
    assert registry.available("clip")
    registry.fetch("clip")
    assert len(served.asked) == asked


def test_once_converted_the_weights_may_go(
    served: Hub, models: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    registry.fetch("clip")
    expected = registry.get_encoder("clip").encode_texts(["a cat"])
    shutil.rmtree(models / "weights")
    monkeypatch.setattr(registry, "_loaded", {})
    monkeypatch.setattr(open_clip_conversion, "convert", _never)
    assert np.array_equal(registry.get_encoder("clip").encode_texts(["a cat"]), expected)


def _never(*_: object) -> None:
    raise AssertionError("converted once more")


def test_weights_that_changed_are_converted_anew(
    open_clip: Any, table: None, tiny_clip: Made, tmp_path: Path
) -> None:
    file = tmp_path / "mine.safetensors"
    shutil.copy2(tiny_clip[1], file)
    name = f"open_clip:tiny-clip@{file}"
    before = clip.load_clip(name)
    _rewrite(file, lambda arrays: arrays | {"visual.proj": -arrays["visual.proj"]})
    after = clip.load_clip(name)
    assert after.version != before.version
    pixels = photos(32, 1)
    assert not np.allclose(before.encode_images(pixels), after.encode_images(pixels), atol=1e-3)


def _rewrite(file: Path, change: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    from safetensors.numpy import load_file, save_file

    save_file(change(load_file(file)), file)


def test_without_its_weights_it_says_how_to_get_them(table: None) -> None:
    for name in ("clip", "siglip2", "open_clip:tiny-clip/tag"):
        with pytest.raises(WeightsMissing, match=f"models get {name}"):
            registry.get_encoder(name)


def test_weights_can_be_named_by_model_and_tag(served: Hub) -> None:
    name = "open_clip:tiny-clip/tag"
    registry.fetch(name)
    assert registry.get_encoder(name).name == name
    registry.fetch("clip")
    # Same weights, same vectors: what one name made is the other's too.
    assert registry.get_encoder("clip").version == registry.get_encoder(name).version


def test_a_repository_without_safetensors_gives_its_other_file(
    hub: Hub, table: None, tiny_clip: Made, tmp_path: Path
) -> None:
    import torch

    torch.save(tiny_clip[0].state_dict(), tmp_path / "weights.bin")
    hub.put(CLIP_REPOSITORY, "open_clip_pytorch_model.bin", tmp_path / "weights.bin")
    registry.fetch("clip")
    assert registry.get_encoder("clip").encode_texts(["a cat"]).shape == (1, 24)


def test_a_file_that_carries_code_is_not_run(hub: Hub, table: None, tmp_path: Path) -> None:
    import pickle

    class Bomb:
        def __reduce__(self) -> tuple[Any, tuple[str]]:
            return Path.touch, (tmp_path / "ran",)  # type: ignore[return-value]

    hub.put(CLIP_REPOSITORY, "open_clip_pytorch_model.bin", pickle.dumps({"weights": Bomb()}))
    with pytest.raises(EncoderError, match="does not hold weights"):
        registry.fetch("clip")
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize("missing", ["model", "tokenizer.json"])
def test_what_the_hub_does_not_have_is_said(missing: str, served: Hub) -> None:
    for path in [path for path in served.files if missing in path]:
        del served.files[path]
        served.stored.discard(path)
    with pytest.raises(WeightsMissing, match="does not exist there"):
        registry.fetch("siglip2")
    assert not registry.available("siglip2")


def test_settings_beside_a_tokenizer_may_be_absent_on_the_hub(served: Hub) -> None:
    del served.files[f"/{SIGLIP_REPOSITORY}/resolve/main/tokenizer_config.json"]
    registry.fetch("siglip2")
    assert registry.available("siglip2")


def test_a_page_in_the_place_of_a_tokenizer_is_refused(served: Hub) -> None:
    served.put(SIGLIP_REPOSITORY, "tokenizer.json", b"<html>sign in</html>", stored=False)
    with pytest.raises(EncoderError, match="not a tokenizer"):
        registry.fetch("siglip2")


# --- weights that the person brought


def test_a_file_of_ones_own_needs_no_network(
    open_clip: Any, tiny_clip: Made, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copy(tiny_clip[1], tmp_path / "mine.safetensors")
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:1")
    name = f"open_clip:tiny-clip@{tmp_path / 'mine.safetensors'}"
    assert registry.available(name)
    registry.fetch(name)
    encoder = registry.get_encoder(name)
    ids = open_clip.get_tokenizer("ViT-B-32-256")(PHRASES).numpy()
    assert cosines(encoder.encode_texts(PHRASES), torch_texts(tiny_clip[0], ids)).min() >= 0.9999


def test_a_file_means_the_same_from_every_folder(
    open_clip: Any, tiny_clip: Made, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copy(tiny_clip[1], tmp_path / "mine.safetensors")
    monkeypatch.chdir(tmp_path)
    encoder = registry.get_encoder("open_clip:tiny-clip@mine.safetensors")
    assert encoder.name == f"open_clip:tiny-clip@{tmp_path / 'mine.safetensors'}"
    monkeypatch.chdir("/")
    assert registry.get_encoder(encoder.name) is encoder


def refused(name: str, kind: type[EncoderError] = EncoderError) -> str:
    """The one line that says why."""
    with pytest.raises(kind) as caught:
        registry.get_encoder(name)
    message = str(caught.value)
    assert "\n" not in message
    return message


def test_a_file_that_is_not_there(open_clip: Any, tmp_path: Path) -> None:
    message = refused(f"open_clip:tiny-clip@{tmp_path / 'none.safetensors'}", WeightsMissing)
    assert str(tmp_path / "none.safetensors") in message and "do not exist" in message
    assert not registry.available(f"open_clip:tiny-clip@{tmp_path / 'none.safetensors'}")
    with pytest.raises(WeightsMissing, match="do not exist"):
        registry.fetch(f"open_clip:tiny-clip@{tmp_path / 'none.safetensors'}")


def test_a_file_of_another_kind(tmp_path: Path) -> None:
    (tmp_path / "weights.pt").write_bytes(b"PK")
    assert "not a .safetensors file" in refused(f"open_clip:tiny-clip@{tmp_path / 'weights.pt'}")


@pytest.mark.parametrize(
    "content",
    [b"", b"nonsense" * 99, b"\x08\0\0\0\0\0\0\0{}      "],
    ids=["empty", "nonsense", "no weights"],
)
def test_a_file_that_only_has_the_ending(content: bytes, open_clip: Any, tmp_path: Path) -> None:
    file = tmp_path / "weights.safetensors"
    file.write_bytes(content)
    assert "does not hold weights of tiny-clip" in refused(f"open_clip:tiny-clip@{file}")


def test_a_file_that_was_cut_off(open_clip: Any, tiny_clip: Made, tmp_path: Path) -> None:
    file = tmp_path / "weights.safetensors"
    file.write_bytes(tiny_clip[1].read_bytes()[:-1000])
    assert "download the file again" in refused(f"open_clip:tiny-clip@{file}")


def test_weights_of_another_model(open_clip: Any, tiny_clip: Made, tiny_siglip: Made) -> None:
    assert "does not hold weights of tiny-clip" in refused(f"open_clip:tiny-clip@{tiny_siglip[1]}")
    # The same layers, for pictures of another size: open_clip would stretch the positions.
    assert "another size than tiny-clip-64" in refused(f"open_clip:tiny-clip-64@{tiny_clip[1]}")
    assert not list(conversion_cache_dir().glob("*.xml"))


def test_a_tokenizer_is_taken_from_beside_the_file(
    open_clip: Any, tiny_siglip: Made, tmp_path: Path
) -> None:
    file = tmp_path / "mine.safetensors"
    shutil.copy(tiny_siglip[1], file)
    message = refused(f"open_clip:tiny-siglip@{file}", WeightsMissing)
    assert "tokenizer.json" in message and str(tmp_path) in message
    make_tokenizer(tmp_path, SIGLIP)
    assert registry.get_encoder(f"open_clip:tiny-siglip@{file}").encode_texts(ODD).shape == (
        len(ODD),
        192,
    )


# --- names


@pytest.mark.parametrize(
    "name",
    [
        "open_clip:",
        "open_clip:ViT-B-32",
        "open_clip:/tag",
        "open_clip:ViT-B-32/",
        "open_clip:@x.safetensors",
    ],
)
def test_half_a_name_is_none(name: str) -> None:
    assert "MODEL/TAG" in refused(name, UnknownEncoder)


def test_unknown_models_and_tags_are_said(open_clip: Any, tmp_path: Path) -> None:
    assert "has no model “ViT-Z”" in refused("open_clip:ViT-Z/openai", UnknownEncoder)
    (tmp_path / "a.safetensors").touch()
    assert "has no model “ViT-Z”" in refused(
        f"open_clip:ViT-Z@{tmp_path / 'a.safetensors'}", UnknownEncoder
    )
    assert "openai" in refused("open_clip:ViT-B-32/none-such", UnknownEncoder)


def test_models_that_read_phrases_in_ways_of_their_own_are_refused(open_clip: Any) -> None:
    assert "not supported here" in refused("open_clip:roberta-ViT-B-32/laion2b_s12b_b32k")


@pytest.mark.parametrize("name", ["clip", "siglip2"])
def test_the_short_names_say_what_the_table_of_open_clip_says(name: str, open_clip: Any) -> None:
    known = open_clip_models._ALIASES[name]
    listed = open_clip.pretrained.get_pretrained_cfg(known.model, known.tag)
    assert listed["hf_hub"].rstrip("/") == known.weights.rstrip("/")
    assert (
        open_clip.get_model_config(known.model)["text_cfg"].get("hf_tokenizer_name") or ""
    ) == known.tokenizer


@pytest.mark.parametrize(
    ("address", "digest"),
    [
        (f"https://example.org/clip/{'a1' * 32}/weights.pt", "a1" * 32),
        ("https://example.org/weights-455df137.pt", "455df137"),
        ("https://example.org/weights.pt", ""),
    ],
)
def test_a_table_entry_with_an_address_gives_the_checksum_in_it(
    address: str, digest: str, open_clip: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(
        open_clip.pretrained._PRETRAINED,
        "tiny-clip",
        {"tag": open_clip.pretrained._pcfg(url=address)},
    )
    (source,) = open_clip_models.weights_sources(
        open_clip_models.parse_name("open_clip:tiny-clip/tag")
    )
    assert (source.url, source.digest) == (address, digest)


def test_a_table_entry_without_any_address_is_said(
    open_clip: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(
        open_clip.pretrained._PRETRAINED, "tiny-clip", {"tag": open_clip.pretrained._pcfg()}
    )
    assert "MODEL@FILE.safetensors" in refused("open_clip:tiny-clip/tag")


# --- a conversion that went wrong


def test_a_conversion_unlike_the_original_is_not_kept(
    served: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Upset(CompiledModel):
        def __call__(self, *inputs: Any) -> list[Any]:
            return [-row for row in super().__call__(*inputs)]

    monkeypatch.setattr(open_clip_conversion, "CompiledModel", Upset)
    with pytest.raises(EncoderError, match="cannot be converted"):
        registry.fetch("clip")
    monkeypatch.undo()
    assert not list((conversion_cache_dir()).glob("clip-*-image.xml"))


def test_a_note_that_is_damaged_counts_for_nothing(served: Hub) -> None:
    registry.fetch("clip")
    (note,) = (
        path for path in conversion_cache_dir().glob("clip-*.json") if "tokenizer" not in path.name
    )
    for content in ("", "[]", "{}", json.dumps({"key": 1}), note.read_text()[:-9]):
        note.write_text(content)
        assert clip.load_clip("clip").encode_texts(["a cat"]).shape == (1, 24)
