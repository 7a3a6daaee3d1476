"""MiniLM, a small BERT, in torch. It is needed only once, to convert the model.

The encoder of Devlin et al., “BERT: Pre-training of Deep Bidirectional Transformers” (2019), with
the sizes of Wang et al., “MiniLM” (2020), and mean pooling as in Reimers & Gurevych,
“Sentence-BERT” (2019, section 3). It has only what inference needs: no dropout, one segment, no
pooler. Attributes are named after the tensors in the weights file, which therefore loads unchanged.
"""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any, cast

import torch
from torch import Tensor, nn


class SentenceModel(nn.Module):
    """Turns token ids and an attention mask, both int64 (n, length), into sentence vectors, float32
    (n, 384), rows of length 1."""

    def __init__(self, config: dict[str, Any]) -> None:
        """config: the content of the `config.json` beside the weights."""
        super().__init__()
        self.embeddings = _Embeddings(config)
        layers = nn.ModuleList(_Layer(config) for _ in range(config["num_hidden_layers"]))
        self.encoder = nn.ModuleDict({"layer": layers})

    def forward(self, ids: Tensor, mask: Tensor) -> Tensor:
        states = self.embeddings(ids)
        # Added to the scores before the softmax, so that nothing attends to padding.
        bias = (1.0 - mask[:, None, None, :].to(states.dtype)) * torch.finfo(states.dtype).min
        for layer in cast(nn.ModuleList, self.encoder["layer"]):
            states = layer(states, bias)
        weights = mask.unsqueeze(-1).to(states.dtype)
        mean = (states * weights).sum(1) / weights.sum(1).clamp(min=1e-9)
        return nn.functional.normalize(mean, dim=1)


def load_sentence_model(folder: Path) -> SentenceModel:
    """Load the model, in eval mode, from a folder with `config.json` and `model.safetensors`.

    Raises OSError if they cannot be read, and ValueError or RuntimeError if they describe a model
    that this class does not implement.
    """
    from safetensors.torch import load_file

    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    if config["hidden_act"] != "gelu" or config["position_embedding_type"] != "absolute":
        raise ValueError(f"{folder} holds a kind of BERT that is not supported")
    stored = load_file(folder / "model.safetensors")
    # Sentence vectors do not use the pooler, and the position ids are constants.
    unused = ("pooler.", "embeddings.position_ids")
    weights = {name: value for name, value in stored.items() if not name.startswith(unused)}
    model = SentenceModel(config)
    model.load_state_dict(weights)
    return model.eval()


class _Embeddings(nn.Module):
    """The sum of word, position and segment embeddings, normalized."""

    def __init__(self, config: dict[str, Any]) -> None:
        super().__init__()
        width = config["hidden_size"]
        self.word_embeddings = nn.Embedding(config["vocab_size"], width)
        self.position_embeddings = nn.Embedding(config["max_position_embeddings"], width)
        self.token_type_embeddings = nn.Embedding(config["type_vocab_size"], width)
        self.LayerNorm = nn.LayerNorm(width, eps=config["layer_norm_eps"])

    def forward(self, ids: Tensor) -> Tensor:
        positions = torch.arange(ids.shape[1], device=ids.device)
        words = self.word_embeddings(ids) + self.token_type_embeddings(torch.zeros_like(ids))
        normalized: Tensor = self.LayerNorm(words + self.position_embeddings(positions))
        return normalized


class _Layer(nn.Module):
    """One transformer layer: self-attention, then a feed-forward block, each with a residual
    connection and normalization."""

    def __init__(self, config: dict[str, Any]) -> None:
        super().__init__()
        width, wide = config["hidden_size"], config["intermediate_size"]
        self.heads = config["num_attention_heads"]
        inner = {name: nn.Linear(width, width) for name in ("query", "key", "value")}
        self.attention = nn.ModuleDict(
            {"self": nn.ModuleDict(inner), "output": _AddAndNormalize(width, config)}
        )
        self.intermediate = nn.ModuleDict({"dense": nn.Linear(width, wide)})
        self.output = _AddAndNormalize(wide, config)

    def forward(self, states: Tensor, bias: Tensor) -> Tensor:
        attended = self.attention["output"](self._attend(states, bias), states)
        hidden = nn.functional.gelu(self.intermediate["dense"](attended))
        result: Tensor = self.output(hidden, attended)
        return result

    def _attend(self, states: Tensor, bias: Tensor) -> Tensor:
        """Scaled dot-product attention: (n, length, width). Written out because torch's fused
        kernels branch on their inputs, which tracing cannot record."""
        rows, length, width = states.shape

        def split(name: str) -> Tensor:
            one: Tensor = self.attention["self"][name](states)  # type: ignore[index]
            return one.view(rows, length, self.heads, width // self.heads).transpose(1, 2)

        scores = split("query") @ split("key").transpose(2, 3) / math.sqrt(width // self.heads)
        mixed = (scores + bias).softmax(-1) @ split("value")
        return mixed.transpose(1, 2).reshape(rows, length, width)


class _AddAndNormalize(nn.Module):
    """A linear layer, the residual connection of its block, and layer normalization."""

    def __init__(self, size: int, config: dict[str, Any]) -> None:
        super().__init__()
        self.dense = nn.Linear(size, config["hidden_size"])
        self.LayerNorm = nn.LayerNorm(config["hidden_size"], eps=config["layer_norm_eps"])

    def forward(self, states: Tensor, before: Tensor) -> Tensor:
        normalized: Tensor = self.LayerNorm(self.dense(states) + before)
        return normalized
