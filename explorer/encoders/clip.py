"""CLIP and its relatives, as open_clip builds them: photos and phrases in one space (Radford et al.
2021; Zhai et al. 2023).

`clip` and `siglip2` are two of open_clip's models under names of our own; `open_clip:MODEL/TAG` is
any of its table, and `open_clip:MODEL@FILE.safetensors` one of its models with weights that the
person brought. Each is converted once, image and text side apart, and a note beside them says all
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

from explorer.encoders import open_clip_models, tokens, weights
from explorer.encoders.base import Pixels, Vectors, unit
from explorer.encoders.open_clip_models import Choice, Note, choice, facts
from explorer.encoders.openvino_runtime import Model, engine_dir
from explorer.errors import WeightsMissing
from explorer.photos.input_spec import InputSpec

_BATCH = 16


class Clip:
    """One of these models. Image and text side load when each is first needed."""

    has_text = True

    def __init__(self, name: str, note: Note) -> None:
        self.name, self.version, self.dim = name, note.version, note.dim
        self.spec = InputSpec(note.size, note.fit, note.resample)
        self._note = note
        self._lock = threading.Lock()
        self._image: Model | None = None
        self._text: tuple[tokens.Tokens, Model] | None = None

    def warm_up(self) -> None:
        self._eyes()

    def encode_images(self, pixels: Pixels) -> Vectors:
        model = self._eyes()
        rows = [
            model(np.ascontiguousarray(pixels[start : start + _BATCH]))[0]
            for start in range(0, len(pixels), _BATCH)
        ]
        return unit(np.concatenate(rows)) if rows else np.zeros((0, self.dim), np.float32)

    def _eyes(self) -> Model:
        with self._lock:
            self._image = self._image or Model(_path(self._note.key, "image"), streams=True)
            return self._image

    def encode_texts(self, phrases: Sequence[str]) -> Vectors:
        with self._lock:
            if self._text is None:
                tokenizer = tokens.Tokens(engine_dir() / self._note.tokenizer, self._note.clean)
                self._text = (tokenizer, Model(_path(self._note.key, "text"), precision="exact"))
            tokenizer, model = self._text
        rows = [
            model(tokenizer(phrases[start : start + _BATCH]))[0]
            for start in range(0, len(phrases), _BATCH)
        ]
        return unit(np.concatenate(rows)) if rows else np.zeros((0, self.dim), np.float32)


def load_clip(name: str) -> Clip:
    """The encoder of that name. Converts weights that are here and were not converted yet.

    Raises UnknownEncoder, WeightsMissing where the weights are not here, and EncoderError where
    they do not fit the model.
    """
    wanted = choice(name)
    note = _read_note(wanted)
    if note is None:
        found = _weights(wanted)
        if found is None and wanted.file is not None:
            raise WeightsMissing(
                f"The weights {wanted.file} do not exist: check the path after the @."
            )
        if found is None:
            raise WeightsMissing(
                f"The weights of “{name}” are not here: fetch them with `python run.py models get {name}`."
            )
        note = open_clip_models.convert(wanted, found)
        _write_note(wanted, note)
    return Clip(wanted.name, note)


def available(name: str) -> bool:
    """Whether it can be used without fetching anything. Raises as `load_clip` does for names."""
    wanted = choice(name)
    return _read_note(wanted) is not None or _weights(wanted) is not None


def fetch(name: str, progress: weights.Progress = lambda done, total: None) -> None:
    """Have weights and tokenizer here, and converted. Raises WeightsMissing with what is in the
    way."""
    wanted = choice(name)
    if _read_note(wanted) is None and wanted.file is None:
        before = 0

        def show(done: int, total: int | None) -> None:
            progress(before + done, total and before + total)

        before += _fetch_any(open_clip_models.sources(wanted), show).stat().st_size
        for source in open_clip_models.tokenizer_sources(wanted):
            try:
                before += weights.fetch(source, show).stat().st_size
            except weights.NotServed:
                # The settings beside a tokenizer may be absent.
                if source.path.name == "tokenizer.json":
                    raise
    load_clip(name)


def _fetch_any(sources: Sequence[weights.Source], progress: weights.Progress) -> Path:
    """The first of these that is here, or else that its server has."""
    here = next((source.path for source in sources if source.path.exists()), None)
    if here:
        return here
    for source in sources[:-1]:
        try:
            return weights.fetch(source, progress)
        except weights.NotServed:
            continue
    return weights.fetch(sources[-1], progress)


def _path(key: str, side: str) -> Path:
    return engine_dir() / f"{key}-{side}.xml"


def _note_path(wanted: Choice) -> Path:
    return engine_dir() / f"clip-{hashlib.sha256(wanted.name.encode()).hexdigest()[:16]}.json"


def _read_note(wanted: Choice) -> Note | None:
    """What was noted when it was converted; None where it never was, parts are gone, or its weights
    have changed since.

    Weights that are gone have not changed: what was made of them is all that is needed.
    """
    try:
        stored = json.loads(_note_path(wanted).read_text(encoding="utf-8"))
        note = Note(**stored | {"weights": tuple(stored["weights"])})
        source = Path(note.weights[0])
        if source.exists() and facts(source) != note.weights:
            return None
    except (OSError, ValueError, TypeError, KeyError):
        return None
    parts = [_path(note.key, "image"), _path(note.key, "text"), engine_dir() / note.tokenizer]
    return (
        note
        if note.key.startswith(f"clip-{open_clip_models.GRAPH}-")
        and all(part.exists() for part in parts)
        else None
    )


def _write_note(wanted: Choice, note: Note) -> None:
    scratch = _note_path(wanted).with_suffix(".part")
    scratch.write_text(json.dumps(asdict(note)), encoding="utf-8")
    scratch.replace(_note_path(wanted))


def _weights(wanted: Choice) -> Path | None:
    """The file of weights that a choice uses, if it is here, and so is its tokenizer."""
    if wanted.file is not None:
        return wanted.file if wanted.file.is_file() else None
    if not all(source.path.exists() for source in open_clip_models.tokenizer_sources(wanted)[:1]):
        return None
    return next(
        (source.path for source in open_clip_models.sources(wanted) if source.path.exists()), None
    )
