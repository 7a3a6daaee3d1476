"""Convert an open_clip model: its image encoder, text encoder and tokenizer each become a file in
the conversion cache. Imports open_clip and torch."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from explorer.config import PROGRAM
from explorer.encoders import tokenizer
from explorer.encoders.downloads import weights
from explorer.encoders.open_clip_models import (
    ModelReference,
    import_open_clip,
    model_config,
    pretrained_entry,
    tokenizer_sources,
)
from explorer.encoders.runtime.openvino_runtime import (
    CompiledModel,
    Precision,
    conversion_cache_dir,
    ensure_converted,
    quiet_libraries,
)
from explorer.encoders.text_tower import split_vocabulary, text_is_split
from explorer.errors import EncoderError, WeightsMissing
from explorer.photos.input_spec import Fit, Resample

if TYPE_CHECKING:
    import torch

# Raise this when a graph below changes, so that old conversions are no longer used.
GRAPH_VERSION = 1
# The lowest cosine similarity allowed between vectors of the converted and the original model.
# Computing in bf16 alone can cost 0.01.
_MIN_COSINE = 0.95


@dataclass(frozen=True)
class Conversion:
    """The record of a converted model, stored beside it: all settings that encoding needs."""

    key: str
    """The prefix of its file names."""
    version: str
    """`Encoder.version`."""
    dim: int
    size: int
    """The side of the input in pixels. This and the next two are as in `InputSpec`."""
    fit: Fit
    resample: Resample
    tokenizer: str
    """The file name of the tokenizer in the conversion cache."""
    clean: str
    """How phrases are cleaned: see `tokenizer.PhraseTokenizer`."""
    weights: tuple[str, int, int]
    """The path, size and modification time (ns) of the file it was converted from."""


def convert(reference: ModelReference, file: Path) -> Conversion:
    """Convert a model with the weights in this file. Parts already in the cache are reused.

    Raises EncoderError if the weights do not fit the model or it cannot be converted, and
    WeightsMissing if its tokenizer is not on this computer.
    """
    config, entry = model_config(reference), pretrained_entry(reference)
    size, mean, std = _image_input(config, entry)
    length = int(config["text_cfg"].get("context_length", 77))
    fit: Fit = "squash" if entry.get("resize_mode") == "squash" else "crop"
    resample: Resample = "bilinear" if entry.get("interpolation") == "bilinear" else "bicubic"
    quick_gelu = bool(entry.get("quick_gelu"))
    # Everything that affects the vectors: two models can differ in a setting and share weights.
    inputs = [reference.model, weights.sha256(file), mean, std, fit, resample, quick_gelu]
    fingerprint = hashlib.sha256(json.dumps(inputs).encode()).hexdigest()
    key = f"clip-{GRAPH_VERSION}-{fingerprint[:16]}"
    tokenizer_file, clean = _ensure_tokenizer(reference, file, config, length)
    built = list[Any]()

    def net() -> Any:
        # Built once for both encoders, and not at all if both are in the cache.
        if not built:
            built.append(_build(reference, file, quick_gelu))
        return built[0]

    try:
        image = ensure_converted(
            f"{key}-image",
            lambda: _image_module(net(), size, mean, std),
            [(-1, size, size, 3)],
            reference.name,
        )
        text = None
        if not text_is_split(key):
            text = ensure_converted(
                f"{key}-text", lambda: _text_module(net(), length), [(-1, length)], reference.name
            )
    except (EncoderError, OSError):
        raise
    except Exception as error:
        # Some graphs cannot be traced; each library raises its own exceptions for that.
        raise _cannot_convert(reference) from error
    if built:
        ids = tokenizer.PhraseTokenizer(conversion_cache_dir() / tokenizer_file, clean)(
            ["a photo", "two dogs in the snow by a lake"]
        )
        pixels = np.random.default_rng(0).integers(0, 256, (2, size, size, 3), np.uint8)
        _verify(reference, _image_module(net(), size, mean, std)[0], pixels, image, "fast")
        if text is not None:
            _verify(reference, _text_module(net(), length)[0], ids, text, "exact")
    split_vocabulary(key)
    version, dim = f"{GRAPH_VERSION}{fingerprint[:10]}", int(config["embed_dim"])
    stamp = file_stamp(file)
    return Conversion(key, version, dim, size, fit, resample, tokenizer_file, clean, stamp)


def image_module(reference: ModelReference, file: Path) -> tuple[torch.nn.Module, int]:
    """A model's image encoder with the weights in this file, uint8 (n, size, size, 3) → unit
    vectors (n, dim); and `size`, the side of its input in pixels. Raises EncoderError."""
    config, entry = model_config(reference), pretrained_entry(reference)
    size, mean, std = _image_input(config, entry)
    net = _build(reference, file, bool(entry.get("quick_gelu")))
    return _image_module(net, size, mean, std)[0], size


def _image_input(
    config: dict[str, Any], entry: dict[str, Any]
) -> tuple[int, tuple[float, ...], tuple[float, ...]]:
    """The side of a model's input, and the mean and standard deviation of its colors."""
    mean = tuple(entry.get("mean", import_open_clip().OPENAI_DATASET_MEAN))
    std = tuple(entry.get("std", import_open_clip().OPENAI_DATASET_STD))
    return int(config["vision_cfg"].get("image_size", 224)), mean, std


def file_stamp(path: Path) -> tuple[str, int, int]:
    """A file's path, size in bytes and modification time in nanoseconds."""
    stat = path.stat()
    return str(path), stat.st_size, stat.st_mtime_ns


def _build(reference: ModelReference, file: Path, quick_gelu: bool) -> Any:
    """Build open_clip's model with the weights in this file. Raises EncoderError if they do not
    fit."""
    open_clip = import_open_clip()
    try:
        with quiet_libraries():
            net = open_clip.create_model(
                reference.model, pretrained=str(file), force_quick_gelu=quick_gelu
            ).eval()
        # open_clip resizes positional embeddings that do not fit, so the weights of another model
        # might load and give meaningless vectors.
        fits = reference.file is None or _shapes_match(file, net)
    except Exception as error:
        # The libraries raise many exceptions: the file may be truncated, in another format, or for
        # another model.
        raise EncoderError(
            f"{file} does not contain weights for {reference.model}:"
            " download the file again, or name the model that it belongs to."
        ) from error
    if not fits:
        raise EncoderError(
            f"The weights in {file} differ in shape from those of {reference.model}:"
            " name the model that they belong to."
        )
    return net


def _shapes_match(file: Path, net: torch.nn.Module) -> bool:
    """Whether the weights in a safetensors file have the same shapes as the model's."""
    from safetensors import safe_open

    shapes = {
        name: tuple(value.shape) for name, value in net.state_dict().items() if value.ndim > 1
    }
    with safe_open(file, framework="numpy") as stored:
        return all(
            tuple(stored.get_slice(name).get_shape()) == shapes[name]
            for name in stored.keys()  # noqa: SIM118
            if name in shapes
        )


def _image_module(
    net: Any, size: int, mean: Sequence[float], std: Sequence[float]
) -> tuple[torch.nn.Module, tuple[torch.Tensor, ...]]:
    """The image encoder and an example input. uint8 (n, size, size, 3) → unit vectors (n, dim)."""
    import torch

    class ImageEncoder(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.net = net
            self.register_buffer("mean", torch.tensor(mean).view(1, 3, 1, 1) * 255)
            self.register_buffer("std", torch.tensor(std).view(1, 3, 1, 1) * 255)

        def forward(self, pixels: torch.Tensor) -> torch.Tensor:
            scaled = (pixels.permute(0, 3, 1, 2).float() - self.mean) / self.std  # type: ignore[operator]
            vectors: torch.Tensor = self.net.encode_image(scaled, normalize=True)
            return vectors

    return ImageEncoder().eval(), (torch.zeros(2, size, size, 3, dtype=torch.uint8),)


def _text_module(net: Any, length: int) -> tuple[torch.nn.Module, tuple[torch.Tensor, ...]]:
    """The text encoder and an example input. Token ids, int64 (n, length) → unit vectors
    (n, dim)."""
    import torch

    class TextEncoder(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.net = net

        def forward(self, ids: torch.Tensor) -> torch.Tensor:
            vectors: torch.Tensor = self.net.encode_text(ids, normalize=True)
            return vectors

    return TextEncoder().eval(), (torch.ones(2, length, dtype=torch.int64),)


def _verify(
    reference: ModelReference,
    module: torch.nn.Module,
    inputs: Any,
    path: Path,
    precision: Precision,
) -> None:
    """Compare a converted model with the original, on a batch and on a single row. If they differ,
    delete the conversion and raise EncoderError."""
    import torch

    with torch.no_grad(), quiet_libraries():
        expected = module(torch.from_numpy(inputs)).numpy()
    model = CompiledModel(path, precision)
    rows = [*model(inputs)[0], *model(inputs[:1])[0]]
    pairs = zip(rows, [*expected, expected[0]], strict=True)
    if not all(float(row @ other) > _MIN_COSINE for row, other in pairs):
        path.unlink()
        raise _cannot_convert(reference)


def _cannot_convert(reference: ModelReference) -> EncoderError:
    return EncoderError(
        f"“{reference.name}” cannot be converted for this computer: choose another model."
    )


def _ensure_tokenizer(
    reference: ModelReference, file: Path, config: dict[str, Any], length: int
) -> tuple[str, str]:
    """Build a model's tokenizer in the conversion cache. Returns its file name and how its phrases
    are cleaned. length: token ids per phrase."""
    conversion_cache_dir().mkdir(parents=True, exist_ok=True)
    sources = tokenizer_sources(reference)
    if not sources:
        name = f"clip-tokenizer-{GRAPH_VERSION}-{length}.json"
        if not (conversion_cache_dir() / name).exists():
            vocabulary = Path(import_open_clip().__file__).parent / "bpe_simple_vocab_16e6.txt.gz"
            tokenizer.build_clip_tokenizer(vocabulary, length, conversion_cache_dir() / name)
        return name, "lower"
    # Downloaded with the weights, or in the folder of the user's own weights.
    given, settings = sources[0].path, sources[1].path
    if reference.file is not None and (file.parent / given.name).exists():
        given, settings = file.parent / given.name, file.parent / settings.name
    if not given.exists() and reference.file is None:
        raise WeightsMissing(
            f"The tokenizer of “{reference.name}” is not on this computer:"
            f" download it with `{PROGRAM} models get {reference.name}`."
        )
    if not given.exists():
        raise WeightsMissing(
            f"“{reference.name}” also needs the file {given.name}:"
            f" download {sources[0].url} to {file.parent}."
        )
    name = f"tokenizer-{GRAPH_VERSION}-{length}-{weights.sha256(given)[:16]}.json"
    try:
        tokenizer.adapt_hub_tokenizer(given, settings, length, conversion_cache_dir() / name)
    except ValueError as error:
        raise EncoderError(f"{given} is not a tokenizer file: download it again.") from error
    clean = config["text_cfg"].get("tokenizer_kwargs", {}).get("clean", "whitespace")
    return name, str(clean)
