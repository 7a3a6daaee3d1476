"""The relevance model of each encoder in a library, cached on disk and fitted again when the
library has changed much.

Encoding the background phrases takes seconds, and they are the same for every library. So their
vectors are cached beside the converted models.
"""

from __future__ import annotations

import contextlib
import os
import threading
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple
from zipfile import BadZipFile

import numpy as np
import numpy.typing as npt

from explorer.config import models_dir
from explorer.encoders.base import Encoder, Vectors
from explorer.encoders.prompt_ensemble import paraphrases, prompts
from explorer.library.durable_io import replace_durably
from explorer.library.vectors import VectorIndex
from explorer.search.relevance.background_phrases import BACKGROUND_PHRASES
from explorer.search.relevance.relevance import SAMPLE, RelevanceModel, encode_background
from explorer.search.relevance.relevance_signals import SETTINGS, together

# A model is valid until the library has grown or shrunk by this share.
_DRIFT = 0.2
# Of all prompts of the phrases, because either may change from version to version.
_PHRASES_CHECKSUM = zlib.crc32(
    "\n".join(each for name in BACKGROUND_PHRASES for each in prompts(name)).encode()
)
_UNREADABLE = (OSError, EOFError, KeyError, ValueError, IndexError, TypeError, BadZipFile)


class _Fitted(NamedTuple):
    key: tuple[str, str]
    """Name and version of the encoder."""
    photos: int
    """Number of photos in the library when the model was fitted."""
    model: RelevanceModel


class RelevanceCache:
    """The models of one library. Safe to use from several threads."""

    def __init__(self, folder: Path) -> None:
        """folder: where the models are stored; created with the first one."""
        self._folder = folder
        self._lock = threading.Lock()
        self._fitted: _Fitted | None = None

    def model(self, encoder: Encoder, index: VectorIndex) -> RelevanceModel:
        """The model of the index's library. Fitting one encodes some hundred phrases; for a library
        whose folder cannot be written, it is fitted again in each process."""
        key = encoder.name, encoder.version
        with self._lock:
            found = self._fitted
            if found is None or found.key != key or not _serves(found.photos, len(index)):
                found = self._load(encoder, index) or self._fit(encoder, index)
                self._fitted = found
            return found.model

    def _load(self, encoder: Encoder, index: VectorIndex) -> _Fitted | None:
        try:
            stored = _read(self._folder / _file_name(encoder))
            photos = int(stored["photos"][0])
            of_other_phrases = int(stored["checksum"][0]) != _PHRASES_CHECKSUM
            if of_other_phrases or not _serves(photos, len(index)):
                return None
            model = RelevanceModel.restored(encoder, index.sample(SAMPLE), stored)
        except _UNREADABLE:
            # Absent, damaged, or of another version: it is fitted again.
            return None
        return _Fitted((encoder.name, encoder.version), photos, model)

    def _fit(self, encoder: Encoder, index: VectorIndex) -> _Fitted:
        def best(query: Vectors) -> Vectors:
            return index.rows(index.search(query, SETTINGS.pool)[1])

        photos = len(index)
        background = _background(encoder) if encoder.has_text and photos else None
        model = RelevanceModel.fit(encoder, index.sample(SAMPLE), best, background)
        arrays = model.arrays() | {
            "photos": np.array([photos]),
            "checksum": np.array([_PHRASES_CHECKSUM]),
        }
        _save(self._folder / _file_name(encoder), arrays)
        return _Fitted((encoder.name, encoder.version), photos, model)


def is_prepared(encoder: Encoder) -> bool:
    """Whether `prepare` has nothing left to do. Encoding takes seconds otherwise."""
    return not encoder.has_text or _stored_background(encoder) is not None


def _serves(photos: int, now: int) -> bool:
    """Whether a model fitted for this many photos is valid for the current number."""
    return abs(now - photos) <= _DRIFT * photos


def prepare(encoder: Encoder) -> None:
    """Encode the background phrases now, so that the first search need not. Does nothing if they
    are cached, and for encoders without text. Raises EncoderError."""
    if encoder.has_text:
        _background(encoder)


def phrase_vectors(encoder: Encoder) -> Vectors:
    """One unit vector for each of BACKGROUND_PHRASES, of shape (p, dim). Takes seconds unless they
    are cached. Raises EncoderError, and NoTextEncoder for an encoder without text."""
    vectors = _background(encoder)
    phrases = np.split(vectors, len(BACKGROUND_PHRASES))
    return np.stack([together(phrase) for phrase in phrases])


def _file_name(encoder: Encoder) -> str:
    safe = "".join(c if c.isalnum() or c in "._" else "_" for c in encoder.name)[-60:]
    return f"{safe}-{encoder.version}.npz"


def _background(encoder: Encoder) -> Vectors:
    """The vectors of the background phrases, from disk if they are cached."""
    vectors = _stored_background(encoder)
    if vectors is None:
        vectors = encode_background(encoder)
        arrays = {"phrases": np.array([_PHRASES_CHECKSUM]), "vectors": vectors}
        _save(_background_file(encoder), arrays)
    return vectors


def _background_file(encoder: Encoder) -> Path:
    return models_dir() / "background" / _file_name(encoder)


def _stored_background(encoder: Encoder) -> Vectors | None:
    """The vectors from disk; None where they are absent, damaged, or of other phrases."""
    try:
        stored = _read(_background_file(encoder))
        vectors = np.asarray(stored["vectors"], np.float32)
        same = int(stored["phrases"][0]) == _PHRASES_CHECKSUM
    except _UNREADABLE:
        return None
    return vectors if same and vectors.shape == _background_shape(encoder) else None


def _background_shape(encoder: Encoder) -> tuple[int, int]:
    number = 1 + len(paraphrases(encoder, BACKGROUND_PHRASES[0]))
    return len(BACKGROUND_PHRASES) * number, encoder.dim


def _read(file: Path) -> dict[str, npt.NDArray[Any]]:
    """The arrays in a file. Raises one of _UNREADABLE."""
    # NumPy leaves a file open that it opened itself and cannot read.
    with file.open("rb") as opened, np.load(opened, allow_pickle=False) as stored:
        return dict(stored)


def _save(file: Path, arrays: Mapping[str, npt.NDArray[Any]]) -> None:
    """Cache arrays on disk. If they cannot be written, they are computed again next time."""
    scratch = file.with_name(f"{file.name}.{os.getpid()}.part")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with scratch.open("wb") as out:
            np.savez(out, allow_pickle=False, **arrays)
        replace_durably(scratch, file)
    except OSError:
        with contextlib.suppress(OSError):
            scratch.unlink(missing_ok=True)
