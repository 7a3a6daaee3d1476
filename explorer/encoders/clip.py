"""CLIP and related models from open_clip: photos and phrases in one space (Radford et al. 2021;
Zhai et al. 2023).

`clip` and `siglip2` are short names of two of open_clip's models. `open_clip:MODEL/TAG` is any of
its pretrained models, and `open_clip:MODEL@FILE.safetensors` one of its models with the user's own
weights. Each is converted once, image and text encoder apart, and a record beside them holds all
that encoding needs, so that open_clip and torch are not imported again.
"""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import numpy as np

from explorer.config import PROGRAM
from explorer.encoders import open_clip_conversion, open_clip_models, weights
from explorer.encoders.base import Pixels, Progress, Vectors, encode_in_batches
from explorer.encoders.open_clip_conversion import Conversion, file_stamp
from explorer.encoders.open_clip_models import ModelReference, parse_name
from explorer.encoders.openvino_runtime import (
    CompiledModel,
    conversion_cache_dir,
    remove_conversions,
)
from explorer.encoders.tokenizer import PhraseTokenizer
from explorer.errors import WeightsMissing
from explorer.photos.input_spec import InputSpec

_BATCH = 16


class ClipEncoder:
    """One of these models as an encoder. Its image and text encoders load when first needed."""

    has_text = True

    def __init__(self, name: str, conversion: Conversion) -> None:
        self.name, self.version, self.dim = name, conversion.version, conversion.dim
        self.spec = InputSpec(conversion.size, conversion.fit, conversion.resample)
        self.conversion = conversion
        self._lock = threading.Lock()
        self._image: CompiledModel | None = None
        self._text: tuple[PhraseTokenizer, CompiledModel] | None = None

    def warm_up(self) -> None:
        self._image_model()

    def encode_images(self, pixels: Pixels) -> Vectors:
        model = self._image_model()

        def encode(rows: slice) -> Vectors:
            return model(np.ascontiguousarray(pixels[rows]))[0]

        return encode_in_batches(encode, len(pixels), _BATCH, self.dim)

    def encode_texts(self, phrases: Sequence[str]) -> Vectors:
        tokenizer, model = self._text_model()
        return encode_in_batches(
            lambda rows: model(tokenizer(phrases[rows]))[0], len(phrases), _BATCH, self.dim
        )

    def _image_model(self) -> CompiledModel:
        with self._lock:
            if self._image is None:
                path = _converted_path(self.conversion.key, "image")
                self._image = CompiledModel(path, streams=True)
            return self._image

    def _text_model(self) -> tuple[PhraseTokenizer, CompiledModel]:
        with self._lock:
            if self._text is None:
                path = conversion_cache_dir() / self.conversion.tokenizer
                tokenizer = PhraseTokenizer(path, self.conversion.clean)
                model = CompiledModel(
                    _converted_path(self.conversion.key, "text"), precision="exact"
                )
                self._text = (tokenizer, model)
            return self._text


def load_clip(name: str) -> ClipEncoder:
    """The encoder with this name. Converts weights that are here but not converted yet.

    Raises UnknownEncoder, WeightsMissing if the weights are not here, and EncoderError if they do
    not fit the model.
    """
    reference = parse_name(name)
    conversion = _read_record(reference)
    if conversion is None:
        file = _weights_file(reference)
        if file is None and reference.file is not None:
            raise WeightsMissing(
                f"The weights {reference.file} do not exist: check the path after the @."
            )
        if file is None:
            raise WeightsMissing(
                f"The weights of “{name}” are not on this computer:"
                f" download them with `{PROGRAM} models get {name}`."
            )
        conversion = open_clip_conversion.convert(reference, file)
        _write_record(reference, conversion)
    return ClipEncoder(reference.name, conversion)


def available(name: str) -> bool:
    """Whether the encoder can be used without downloading anything. Raises as `load_clip` does for
    names."""
    reference = parse_name(name)
    return _read_record(reference) is not None or _weights_file(reference) is not None


def converted(name: str) -> bool:
    """Whether its conversion is here, so that it loads at once. Raises as `load_clip` does for
    names."""
    return _read_record(parse_name(name)) is not None


def remove(name: str, *, weights_too: bool) -> int:
    """Delete a model's conversion and unfinished downloads, and with `weights_too` its weights,
    unless they are the user's own file; the bytes that this frees."""
    reference, freed = parse_name(name), 0
    conversion = _read_record(reference)
    if conversion is not None:
        freed += remove_conversions([f"{conversion.key}-image", f"{conversion.key}-text"])
        _record_path(reference).unlink(missing_ok=True)
    if reference.file is None:
        sources = open_clip_models.weights_sources(reference)
        sources += open_clip_models.tokenizer_sources(reference)
        freed += sum(weights.remove(source, complete=weights_too) for source in sources)
    return freed


def fetch(name: str, progress: Progress = lambda done, total: None) -> None:
    """Download and convert what the encoder needs and is not here. Raises WeightsMissing."""
    reference = parse_name(name)
    if _read_record(reference) is None and reference.file is None:
        before = 0

        def show(done: int, total: int | None) -> None:
            progress(before + done, total and before + total)

        sources = open_clip_models.weights_sources(reference)
        before += _fetch_first(sources, show).stat().st_size
        for source in open_clip_models.tokenizer_sources(reference):
            try:
                before += weights.fetch(source, show).stat().st_size
            except weights.NotOnServer:
                # A tokenizer need not have settings.
                if source.path.name == "tokenizer.json":
                    raise
    load_clip(name)


def _fetch_first(sources: Sequence[weights.WeightsSource], progress: Progress) -> Path:
    """The first of these files that is here, or else the first that its server has."""
    here = next((source.path for source in sources if source.path.exists()), None)
    if here:
        return here
    for source in sources[:-1]:
        try:
            return weights.fetch(source, progress)
        except weights.NotOnServer:
            continue
    return weights.fetch(sources[-1], progress)


def _converted_path(key: str, part: str) -> Path:
    return conversion_cache_dir() / f"{key}-{part}.xml"


def _record_path(reference: ModelReference) -> Path:
    digest = hashlib.sha256(reference.name.encode()).hexdigest()
    return conversion_cache_dir() / f"clip-{digest[:16]}.json"


def _read_record(reference: ModelReference) -> Conversion | None:
    """The record of a model's conversion; None if there is none, some of its files are gone, or the
    weights have changed since.

    Weights that were deleted have not changed: the converted model is all that is needed.
    """
    try:
        stored = json.loads(_record_path(reference).read_text(encoding="utf-8"))
        conversion = Conversion(**stored | {"weights": tuple(stored["weights"])})
        source = Path(conversion.weights[0])
        if source.exists() and file_stamp(source) != conversion.weights:
            return None
    except (OSError, ValueError, TypeError, KeyError):
        return None
    parts = [
        _converted_path(conversion.key, "image"),
        _converted_path(conversion.key, "text"),
        conversion_cache_dir() / conversion.tokenizer,
    ]
    current = conversion.key.startswith(f"clip-{open_clip_conversion.GRAPH_VERSION}-")
    return conversion if current and all(part.exists() for part in parts) else None


def _write_record(reference: ModelReference, conversion: Conversion) -> None:
    scratch = _record_path(reference).with_suffix(".part")
    scratch.write_text(json.dumps(asdict(conversion)), encoding="utf-8")
    scratch.replace(_record_path(reference))


def _weights_file(reference: ModelReference) -> Path | None:
    """The file with a model's weights, if it is here, and so is the tokenizer."""
    if reference.file is not None:
        return reference.file if reference.file.is_file() else None
    tokenizers = open_clip_models.tokenizer_sources(reference)[:1]
    if not all(source.path.exists() for source in tokenizers):
        return None
    paths = (source.path for source in open_clip_models.weights_sources(reference))
    return next((path for path in paths if path.exists()), None)
