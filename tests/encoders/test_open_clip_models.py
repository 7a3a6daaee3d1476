"""Names of open_clip's models, and where their weights come from."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from explorer.encoders import open_clip_models
from explorer.errors import UnknownEncoder
from tests.encoders.conversion.test_open_clip_files import error_of


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
def test_half_of_a_name_is_unknown(name: str) -> None:
    assert "MODEL/TAG" in error_of(name, UnknownEncoder)


def test_unknown_models_and_tags_are_reported(open_clip: Any, tmp_path: Path) -> None:
    assert "has no model “ViT-Z”" in error_of("open_clip:ViT-Z/openai", UnknownEncoder)
    file = tmp_path / "a.safetensors"
    file.touch()
    assert "has no model “ViT-Z”" in error_of(f"open_clip:ViT-Z@{file}", UnknownEncoder)
    # The tags that exist are listed.
    assert "openai" in error_of("open_clip:ViT-B-32/none-such", UnknownEncoder)


def test_models_with_other_text_encoders_are_rejected(open_clip: Any) -> None:
    assert "not supported here" in error_of("open_clip:roberta-ViT-B-32/laion2b_s12b_b32k")


@pytest.mark.parametrize("name", ["clip", "siglip2"])
def test_the_aliases_agree_with_open_clips_table(name: str, open_clip: Any) -> None:
    alias = open_clip_models._ALIASES[name]
    entry = open_clip.pretrained.get_pretrained_cfg(alias.model, alias.tag)
    assert entry["hf_hub"].rstrip("/") == alias.weights.rstrip("/")
    text = open_clip.get_model_config(alias.model)["text_cfg"]
    assert (text.get("hf_tokenizer_name") or "") == alias.tokenizer


@pytest.mark.parametrize(
    ("url", "digest"),
    [
        (f"https://example.org/clip/{'a1' * 32}/weights.pt", "a1" * 32),
        ("https://example.org/weights-455df137.pt", "455df137"),
        ("https://example.org/weights.pt", ""),
    ],
)
def test_the_checksum_in_a_url_of_the_table_is_used(
    url: str, digest: str, open_clip: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = open_clip.pretrained._pcfg(url=url)
    monkeypatch.setitem(open_clip.pretrained._PRETRAINED, "tiny-clip", {"tag": entry})
    reference = open_clip_models.parse_name("open_clip:tiny-clip/tag")
    (source,) = open_clip_models.weights_sources(reference)
    assert (source.url, source.digest) == (url, digest)


def test_a_table_entry_without_a_source_is_reported(
    open_clip: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = open_clip.pretrained._pcfg()
    monkeypatch.setitem(open_clip.pretrained._PRETRAINED, "tiny-clip", {"tag": entry})
    assert "MODEL@FILE.safetensors" in error_of("open_clip:tiny-clip/tag")
