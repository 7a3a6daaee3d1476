"""The text encoder of an open_clip model, without its vocabulary in memory.

The first step of a text encoder looks up the row of each token in a table. SigLIP 2's has 256,000
rows of 768 numbers, which is most of the model, and a phrase needs a few of them. So the table is
taken out of the converted model and kept as a file in 16 bits, of which only the rows in use are
read. The rest of the model computes in 16 bits if the processor supports that.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
from filelock import FileLock

from explorer.encoders.base import Vectors, encode_in_batches
from explorer.encoders.runtime.openvino_runtime import (
    CompiledModel,
    DamagedConversion,
    cannot_store,
    conversion_cache_dir,
    import_openvino,
    remove_conversions,
    save_model,
)
from explorer.encoders.tokenizer import PhraseTokenizer
from explorer.errors import EncoderError
from explorer.systems.this_system import this_system

if TYPE_CHECKING:
    import openvino

_BATCH = 16
# Smaller tables, such as that of positions, stay in the model.
_MIN_ROWS = 256
_IDS, _ROWS = "ids", "rows"


class TextTower:
    """Turns phrases into unit vectors. Loaded when first needed. Safe to call from several
    threads."""

    def __init__(self, key: str, tokenizer: str, clean: str, dim: int) -> None:
        """key: of the conversion. tokenizer: its file name in the conversion cache. clean: see
        `tokenizer.PhraseTokenizer`. dim: of the vectors."""
        self._key, self._tokenizer, self._clean, self._dim = key, tokenizer, clean, dim
        self._lock = threading.Lock()
        self._loaded: tuple[PhraseTokenizer, SplitTextModel] | None = None
        self._last_used = 0.0

    def __call__(self, phrases: Sequence[str]) -> Vectors:
        """n phrases → float32 (n, dim), rows of length 1. Raises EncoderError."""
        tokenizer, model = self._load()
        vectors = encode_in_batches(
            lambda rows: model(tokenizer(phrases[rows])), len(phrases), _BATCH, self._dim
        )
        self._last_used = time.monotonic()
        return vectors

    def release(self, idle_seconds: float = 0.0) -> bool:
        """Free the memory if no phrase has been encoded for this many seconds. Returns whether it
        was freed."""
        with self._lock:
            idle = time.monotonic() - self._last_used >= idle_seconds
            freed = self._loaded is not None and idle
            if freed:
                self._loaded = None
        return freed

    def _load(self) -> tuple[PhraseTokenizer, SplitTextModel]:
        with self._lock:
            if self._loaded is None:
                tokenizer = PhraseTokenizer(conversion_cache_dir() / self._tokenizer, self._clean)
                self._loaded = tokenizer, SplitTextModel(self._key)
                self._last_used = time.monotonic()
            return self._loaded


class SplitTextModel:
    """A text encoder whose vocabulary is looked up in a file. Safe to call from several threads."""

    def __init__(self, key: str) -> None:
        """Takes the vocabulary out of the model if an earlier version left it in. Raises
        DamagedConversion if the files cannot be read, and EncoderError."""
        split_vocabulary(key)
        path, table = _split_path(key), _vocabulary_path(key)
        self._model = CompiledModel(path)
        try:
            self._table = np.load(table, mmap_mode="r", allow_pickle=False)
        except (OSError, ValueError, EOFError) as error:
            path.unlink(missing_ok=True)
            raise DamagedConversion(
                f"The converted model {table} was damaged and has been deleted:"
                " try again, and it will be converted again."
            ) from error

    def __call__(self, ids: npt.NDArray[np.int64]) -> Vectors:
        """Token ids, int64 (n, length) → unit vectors, float32 (n, dim)."""
        given: dict[str, npt.NDArray[Any]] = {
            _IDS: ids,
            _ROWS: np.asarray(self._table[ids], np.float32),
        }
        return self._model(*(given[name] for name in self._model.input_names))[0]


def text_is_converted(key: str) -> bool:
    """Whether a text encoder with this key is in the conversion cache, split or in one piece."""
    return text_is_split(key) or _whole_path(key).exists()


def text_is_split(key: str) -> bool:
    """Whether a text encoder with this key is in the conversion cache, without its vocabulary."""
    return _split_path(key).exists() and _vocabulary_path(key).exists()


def remove_text(key: str) -> int:
    """Delete a text encoder. Returns the number of bytes freed."""
    freed = remove_conversions([_whole_path(key).stem, _split_path(key).stem])
    with contextlib.suppress(OSError):
        size = _vocabulary_path(key).stat().st_size
        _vocabulary_path(key).unlink()
        freed += size
    return freed


def split_vocabulary(key: str) -> None:
    """Take the vocabulary out of a converted text encoder, unless that has been done. Raises
    DamagedConversion, and EncoderError if the result cannot be stored."""
    path, whole = _split_path(key), _whole_path(key)
    if text_is_split(key):
        return
    with FileLock(path.with_suffix(".lock")):
        if text_is_split(key):
            return
        try:
            model = import_openvino().Core().read_model(whole)
        except RuntimeError as error:
            whole.unlink(missing_ok=True)
            raise DamagedConversion(
                f"The converted model {whole} was damaged and has been deleted:"
                " try again, and it will be converted again."
            ) from error
        table = _take_out_vocabulary(model)
        scratch = _vocabulary_path(key).with_suffix(".part")
        try:
            with scratch.open("wb") as file:
                np.save(file, table)
            this_system().replace(scratch, _vocabulary_path(key))
            # Its .xml file, written last, marks all of them as complete.
            save_model(model, path)
        except OSError as error:
            scratch.unlink(missing_ok=True)
            raise cannot_store(error) from error
    del model, table
    remove_conversions([whole.stem])


def _take_out_vocabulary(model: openvino.Model) -> npt.NDArray[np.float16]:
    """Make the rows of the vocabulary an input of the model, beside the ids where these are still
    used. Returns the vocabulary, float16 (tokens, width)."""
    from openvino import opset13 as ops

    (ids,) = model.get_parameters()
    ids.output(0).set_names({_IDS})
    lookup, table = _vocabulary_lookup(model)
    length = ids.get_partial_shape()[1].get_length()
    rows = ops.parameter([-1, length, table.shape[1]], np.float32, name=_ROWS)
    rows.output(0).set_names({_ROWS})
    for target in lookup.output(0).get_target_inputs():
        target.replace_source_output(rows.output(0))
    model.add_parameters([rows])
    # What still contributes to the result: pooling at the last token, for example, needs the ids.
    used = {node.get_friendly_name() for node in model.get_ordered_ops()}
    users = [target.get_node() for target in ids.output(0).get_target_inputs()]
    if not any(node.get_friendly_name() in used for node in users):
        model.remove_parameter(ids)
    model.validate_nodes_and_infer_types()
    return np.asarray(table, np.float16)


def _vocabulary_lookup(model: openvino.Model) -> tuple[Any, npt.NDArray[Any]]:
    """The operation that looks tokens up, and its table. Raises EncoderError."""
    for node in model.get_ordered_ops():
        if node.get_type_name() == "Gather":
            source = node.input_value(0).get_node()
            if source.get_type_name() == "Convert":
                source = source.input_value(0).get_node()
            if source.get_type_name() != "Constant":
                continue
            shape = source.get_output_shape(0)
            if len(shape) == 2 and shape[0] >= _MIN_ROWS and shape[1] > 1:
                return node, source.get_data()
    raise EncoderError("The model’s text encoder is not supported here: choose another model.")


def _whole_path(key: str) -> Path:
    return conversion_cache_dir() / f"{key}-text.xml"


def _split_path(key: str) -> Path:
    return conversion_cache_dir() / f"{key}-phrase.xml"


def _vocabulary_path(key: str) -> Path:
    return conversion_cache_dir() / f"{key}-vocabulary.npy"
