"""Encoders by name, and the fallback to the starter when weights cannot be downloaded."""

from __future__ import annotations

from pathlib import Path

import pytest

from explorer.encoders import registry
from explorer.encoders.starter import StarterEncoder
from explorer.errors import EncoderError, UnknownEncoder, WeightsMissing
from explorer.indexing.models.encoder_fallback import load_encoder
from tests.encoders.hub import Hub
from tests.tiny import Tiny


@pytest.fixture
def with_tiny(monkeypatch: pytest.MonkeyPatch) -> None:
    """The tiny encoder in place of the starter, so that nothing large is loaded."""
    monkeypatch.setattr(registry, "_loaders", registry._loaders | {"starter": Tiny})


def test_every_named_encoder_is_described() -> None:
    infos = registry.describe()
    assert (
        [info.name for info in infos]
        == registry.names()
        == ["starter", "clip", "siglip2", "resnet50", "vit"]
    )
    assert [info.name for info in infos if info.has_text] == ["starter", "clip", "siglip2"]
    assert [info.name for info in infos if info.available] == ["starter"]
    assert all(info.download_bytes > 0 for info in infos if not info.available)


@pytest.mark.parametrize("name", ["", "clpi", "CLIP", "openclip:a/b"])
def test_an_unknown_name_is_rejected_with_a_list_of_names(name: str) -> None:
    for function in (registry.get_encoder, registry.available, registry.fetch):
        with pytest.raises(
            UnknownEncoder, match=r"starter, clip, siglip2, resnet50, vit, or open_clip:MODEL/TAG"
        ):
            function(name)


def test_an_encoder_is_loaded_once(with_tiny: None) -> None:
    assert registry.get_encoder("starter") is registry.get_encoder("starter")


def test_an_encoder_can_be_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "_loaders", dict(registry._loaders))
    registry.register("tiny", Tiny)
    first = registry.get_encoder("tiny")
    assert "tiny" in registry.names() and registry.available("tiny")
    registry.register("tiny", Tiny)
    assert registry.get_encoder("tiny") is not first


@pytest.mark.parametrize("name", ["clip", "siglip2", "resnet50", "vit"])
def test_indexing_continues_with_the_starter_if_the_hub_lacks_the_weights(
    name: str, hub: Hub, with_tiny: None
) -> None:
    # The hub has nothing.
    encoder, note = load_encoder(name, offline=False)
    assert isinstance(encoder, Tiny)
    assert "does not exist" in note and "\n" not in note
    assert note.endswith("“starter” is used instead.")


@pytest.mark.parametrize("name", ["clip", "vit", "open_clip:ViT-B-32/openai"])
def test_indexing_continues_with_the_starter_without_a_network(
    name: str, with_tiny: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:1")
    monkeypatch.setenv("EXPLORER_TORCHVISION", "http://127.0.0.1:1")
    encoder, note = load_encoder(name, offline=False)
    assert isinstance(encoder, Tiny) and "cannot be reached" in note and "\n" not in note


@pytest.mark.parametrize("name", ["clip", "vit"])
def test_nothing_is_requested_when_offline(name: str, hub: Hub, with_tiny: None) -> None:
    encoder, note = load_encoder(name, offline=True)
    assert isinstance(encoder, Tiny) and f"models get {name}" in note
    assert not hub.requests


def test_an_unknown_name_is_not_replaced_by_the_starter(with_tiny: None) -> None:
    with pytest.raises(UnknownEncoder):
        load_encoder("clpi", offline=False)


def test_a_starter_that_cannot_be_loaded_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> Tiny:
        raise EncoderError("no memory")

    monkeypatch.setattr(registry, "_loaders", registry._loaders | {"starter": broken})
    with pytest.raises(EncoderError, match="no memory"):
        load_encoder("starter", offline=False)


def test_an_encoder_that_failed_to_load_can_load_later(monkeypatch: pytest.MonkeyPatch) -> None:
    answers: list[Tiny | WeightsMissing] = [WeightsMissing("not here"), Tiny()]

    def load() -> Tiny:
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    monkeypatch.setattr(registry, "_loaders", registry._loaders | {"late": load})
    with pytest.raises(WeightsMissing):
        registry.get_encoder("late")
    assert isinstance(registry.get_encoder("late"), Tiny)


def test_a_model_is_ready_once_it_is_converted_and_can_be_deleted(
    served: Hub, reuse_conversions: None, models: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_HUB_CACHE", str(models.with_name("cache")))
    served.commit = "0123456789abcdef" * 2
    assert not registry.ready("clip") and not registry.available("clip")
    registry.fetch("clip")
    assert registry.ready("clip") and registry.available("clip")
    assert registry.get_encoder("clip").name == "clip"
    # The weights may be another program's.
    assert registry.remove("clip", weights=False) > 0
    assert not registry.ready("clip") and registry.available("clip")
    assert registry.remove("clip", weights=True) > 0
    assert not registry.available("clip")
    assert registry.remove("clip", weights=True) == 0
    with pytest.raises(WeightsMissing):
        registry.get_encoder("clip")


def test_what_needs_no_download_is_always_ready() -> None:
    assert registry.ready("starter") and registry.remove("starter", weights=True) == 0
    assert not registry.ready("resnet50") and registry.remove("resnet50", weights=True) == 0
    for function in (registry.ready, lambda name: registry.remove(name, weights=True)):
        with pytest.raises(UnknownEncoder):
            function("clpi")
    assert registry.download_bytes("clip") == 605_219_284
    assert registry.download_bytes("starter") == registry.download_bytes("open_clip:a/b") == 0


def test_the_version_of_an_encoder_is_known_without_loading_it(
    encoder: StarterEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    version = encoder.version
    monkeypatch.setattr(registry, "_loaded", {})
    assert registry.ready_version("starter") == version
    assert not registry._loaded
    assert registry.ready_version("clip") is None and registry.ready_version("vit") is None
    with pytest.raises(UnknownEncoder):
        registry.ready_version("clpi")
    monkeypatch.setattr(registry, "_loaders", registry._loaders | {"starter": Tiny})
    assert registry.ready_version("starter") == Tiny.version
