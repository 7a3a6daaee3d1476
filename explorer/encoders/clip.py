"""CLIP and related models from open_clip: photos and phrases in one space (Radford et al. 2021;
Zhai et al. 2023).

`clip` and `siglip2` are short names for two of open_clip's models. `open_clip:MODEL/TAG` is any of
its pretrained models, and `open_clip:MODEL@FILE.safetensors` one of its models with the user's own
weights. A model is converted once, as an image encoder and a text encoder. A record stored beside
them holds everything else that encoding needs, so open_clip and torch are not imported again.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from explorer.config import PROGRAM
from explorer.encoders import open_clip_models
from explorer.encoders.base import Pixels, Progress, Vectors
from explorer.encoders.conversion import open_clip_conversion
from explorer.encoders.conversion.open_clip_conversion import Conversion, file_stamp
from explorer.encoders.downloads import weights
from explorer.encoders.image_tower import ImageTower
from explorer.encoders.open_clip_models import ModelReference, parse_name
from explorer.encoders.runtime import int8_verdict, torch_device
from explorer.encoders.runtime.openvino_runtime import conversion_cache_dir, remove_conversions
from explorer.encoders.text_tower import TextTower, remove_text, text_is_converted
from explorer.errors import WeightsMissing
from explorer.photos.input_spec import InputSpec
from explorer.systems.this_system import this_system


class ClipEncoder:
    """An encoder backed by an open_clip model. Its image and text parts load when first needed."""

    has_text = True

    def __init__(self, name: str, conversion: Conversion) -> None:
        self.name, self.version, self.dim = name, conversion.version, conversion.dim
        self.spec = InputSpec(conversion.size, conversion.fit, conversion.resample)
        self.conversion = conversion
        self._image = ImageTower(name, conversion)
        self._text = TextTower(
            conversion.key, conversion.tokenizer, conversion.clean, conversion.dim
        )

    def warm_up(self) -> None:
        self._image.warm_up()

    def encode_images(self, pixels: Pixels) -> Vectors:
        return self._image(pixels)

    def encode_texts(self, phrases: Sequence[str]) -> Vectors:
        return self._text(phrases)

    def release_text(self, idle_seconds: float = 0.0) -> bool:
        """Free the text part's memory if it has not been used for this many seconds. The next
        phrase loads it again. Returns whether it was freed."""
        return self._text.release(idle_seconds)

    def reload_images(self) -> None:
        """Choose the engine of the image part again, for example after a self-test."""
        self._image.reload()


def load_clip(name: str) -> ClipEncoder:
    """Load the encoder with this name. Weights that are on this computer are converted if needed.

    Raises UnknownEncoder, WeightsMissing if the weights are not on this computer, and EncoderError
    if they do not fit the model.
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
    """Whether the encoder can be used without a download. Raises UnknownEncoder or EncoderError,
    as `parse_name` does."""
    reference = parse_name(name)
    return _read_record(reference) is not None or _weights_file(reference) is not None


def converted(name: str) -> bool:
    """Whether the model has been converted, so that it loads at once. Raises UnknownEncoder or
    EncoderError, as `parse_name` does."""
    return _read_record(parse_name(name)) is not None


def remove(name: str, *, weights_too: bool) -> int:
    """Delete a model's conversion and unfinished downloads, and with `weights_too` its weights,
    unless they are the user's own file. Returns the number of bytes freed."""
    reference, freed = parse_name(name), 0
    conversion = _read_record(reference)
    if conversion is not None:
        freed += remove_conversions([f"{conversion.key}-image"]) + remove_text(conversion.key)
        freed += int8_verdict.forget_verdict(conversion.key)
        torch_device.forget_trial(conversion.key)
        _record_path(reference).unlink(missing_ok=True)
    if reference.file is None:
        sources = open_clip_models.weights_sources(reference)
        sources += open_clip_models.tokenizer_sources(reference)
        freed += sum(weights.remove(source, complete=weights_too) for source in sources)
    return freed


def fetch(name: str, progress: Progress = lambda done, total: None) -> None:
    """Download the missing files of an encoder, and convert it. Raises what `load_clip` raises;
    WeightsMissing if the download fails."""
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
                # A tokenizer's settings file is optional.
                if source.path.name == "tokenizer.json":
                    raise
    load_clip(name)


def _fetch_first(sources: Sequence[weights.WeightsSource], progress: Progress) -> Path:
    """The first of these files that is on this computer; failing that, the first that can be
    downloaded."""
    local = next((source.path for source in sources if source.path.exists()), None)
    if local:
        return local
    for source in sources[:-1]:
        try:
            return weights.fetch(source, progress)
        except weights.NotOnServer:
            continue
    return weights.fetch(sources[-1], progress)


def _record_path(reference: ModelReference) -> Path:
    digest = hashlib.sha256(reference.name.encode()).hexdigest()
    return conversion_cache_dir() / f"clip-{digest[:16]}.json"


def _read_record(reference: ModelReference) -> Conversion | None:
    """The record of a model's conversion; None if there is none, if one of its files is missing, or
    if the weights have changed since.

    Deleted weights do not count as changed: the converted model is all that is needed.
    """
    try:
        stored = json.loads(_record_path(reference).read_text(encoding="utf-8"))
        conversion = Conversion(**stored | {"weights": tuple(stored["weights"])})
        source = Path(conversion.weights[0])
        if source.exists() and file_stamp(source) != conversion.weights:
            return None
    except (OSError, ValueError, TypeError, KeyError):
        return None
    parts = (f"{conversion.key}-image.xml", conversion.tokenizer)
    current = conversion.key.startswith(f"clip-{open_clip_conversion.GRAPH_VERSION}-")
    here = all((conversion_cache_dir() / part).exists() for part in parts)
    return conversion if current and here and text_is_converted(conversion.key) else None


def conversion_of(name: str) -> Conversion | None:
    """The record of a model's conversion; None if it was not converted. Raises UnknownEncoder or
    EncoderError, as `parse_name` does."""
    return _read_record(parse_name(name))


def _write_record(reference: ModelReference, conversion: Conversion) -> None:
    scratch = _record_path(reference).with_suffix(".part")
    scratch.write_text(json.dumps(asdict(conversion)), encoding="utf-8")
    this_system().replace(scratch, _record_path(reference))


def _weights_file(reference: ModelReference) -> Path | None:
    """The file with a model's weights, if both it and the tokenizer are on this computer."""
    if reference.file is not None:
        return reference.file if reference.file.is_file() else None
    tokenizers = open_clip_models.tokenizer_sources(reference)[:1]
    if not all(source.path.exists() for source in tokenizers):
        return None
    paths = (source.path for source in open_clip_models.weights_sources(reference))
    return next((path for path in paths if path.exists()), None)
