"""The image encoder of an open_clip model, run by the fastest engine on this computer.

- If torch can use a graphics processor, and the weights exist: torch in 16 bits, in a process of
  its own.
- Else OpenVINO on the processor: in INT8 if a self-test has accepted it (`int8_verdict`), else in
  bf16 if the processor supports it and the test has not found fp32 to be faster, else in fp32.

The vectors of all engines are so similar that they are kept in one index: `Encoder.version` does
not depend on the engine.
"""

from __future__ import annotations

import contextlib
import logging
import threading
from pathlib import Path

import numpy as np

from explorer.encoders.base import Pixels, Vectors, encode_in_batches
from explorer.encoders.conversion.open_clip_conversion import Conversion, file_stamp
from explorer.encoders.runtime import int8_verdict, torch_device
from explorer.encoders.runtime.inference_engine import DEVICE_NAMES, InferenceEngine
from explorer.encoders.runtime.int8_verdict import int8_path
from explorer.encoders.runtime.openvino_runtime import (
    CompiledModel,
    DamagedConversion,
    conversion_cache_dir,
    cpu_precision,
)
from explorer.encoders.runtime.torch_engine import TorchFailed, TorchModel

log = logging.getLogger("explorer.models")

_CPU_BATCH, _DEVICE_BATCH = 16, 64
# For fewer images than this, torch is not started, because that takes seconds.
_FEW = 8


class ImageTower:
    """Turns images into unit vectors. Loaded when first needed. Safe to call from several
    threads."""

    def __init__(self, name: str, conversion: Conversion) -> None:
        """name: the encoder's."""
        self._name, self._conversion = name, conversion
        self._lock = threading.Lock()
        self._compiled: CompiledModel | None = None
        self._torch: TorchModel | None = None

    def warm_up(self) -> None:
        """Load what encoding many images needs. Raises EncoderError."""
        model = self._torch_model()
        if model is not None:
            try:
                model.start()
            except TorchFailed as error:
                self._give_up(error)
            else:
                return
        self._openvino_model()

    def __call__(self, pixels: Pixels) -> Vectors:
        """uint8 (n, size, size, 3) → float32 (n, dim), rows of length 1. Raises EncoderError."""
        model = self._torch_model() if len(pixels) >= _FEW else None
        if model is not None:
            try:
                return encode_in_batches(
                    lambda rows: model(pixels[rows]), len(pixels), _DEVICE_BATCH,
                    self._conversion.dim,
                )  # fmt: skip
            except TorchFailed as error:
                self._give_up(error)
        compiled = self._openvino_model()
        return encode_in_batches(
            lambda rows: compiled(np.ascontiguousarray(pixels[rows]))[0],
            len(pixels), _CPU_BATCH, self._conversion.dim,
        )  # fmt: skip

    def reload(self) -> None:
        """Choose the engine again for the next images, for example after a self-test."""
        with self._lock:
            self._compiled = None

    def _torch_model(self) -> TorchModel | None:
        """The model on the graphics processor; None if there is none, or it cannot be used."""
        with self._lock:
            if self._torch is None and _may_use_torch(self._conversion):
                self._torch = TorchModel(
                    torch_device.torch_device(), self._name, Path(self._conversion.weights[0]),
                    self._conversion.dim, self._note_success,
                )  # fmt: skip
            return self._torch

    def _note_success(self) -> None:
        if torch_device.read_trial(self._conversion.key) is None:
            self._note("")

    def _give_up(self, error: TorchFailed) -> None:
        log.warning("“%s” runs on the processor instead: %s", self._name, error)
        self._note(str(error))
        with self._lock:
            self._torch = None

    def _note(self, problem: str) -> None:
        # A folder that cannot be written costs only another trial at the next start.
        with contextlib.suppress(OSError):
            torch_device.write_trial(self._conversion.key, torch_device.torch_device(), problem)

    def _openvino_model(self) -> CompiledModel:
        with self._lock:
            if self._compiled is None:
                self._compiled = _compile(self._conversion.key)
            return self._compiled


def engine_of(conversion: Conversion) -> InferenceEngine:
    """The engine that a model's image encoder runs on, without loading anything."""
    device = torch_device.torch_device()
    trial = torch_device.read_trial(conversion.key) if device else None
    if _may_use_torch(conversion):
        return InferenceEngine("torch", device, "fp16", "" if trial else "not tried yet")
    notes = []
    if trial is not None and trial.problem:
        notes.append(f"not {DEVICE_NAMES[device]}: {trial.problem}")
    verdict = int8_verdict.read_verdict(conversion.key)
    if verdict is not None and verdict.accepted:
        notes.append(
            f"{verdict.gain:.2f} times as fast as without,"
            f" {verdict.overlap:.1%} of the nearest photos are the same as in fp32"
        )
    elif verdict is not None:
        notes.append(f"not INT8: {verdict.reason}")
    accepted = verdict is not None and verdict.accepted
    precision = (verdict.floating if verdict is not None else "") or cpu_precision()
    return InferenceEngine("openvino", "cpu", "int8" if accepted else precision, "; ".join(notes))


def may_try_int8(conversion: Conversion) -> bool:
    """Whether INT8 could be used on this computer and has not been tested yet."""
    return not _may_use_torch(conversion) and int8_verdict.read_verdict(conversion.key) is None


def _may_use_torch(conversion: Conversion) -> bool:
    if not torch_device.torch_device():
        return False
    trial = torch_device.read_trial(conversion.key)
    if trial is not None and trial.problem:
        return False
    file = Path(conversion.weights[0])
    try:
        return file_stamp(file) == conversion.weights
    except OSError:
        # Deleted, as the converted model does not need them.
        return False


def _compile(key: str) -> CompiledModel:
    verdict = int8_verdict.read_verdict(key)
    if verdict is not None and verdict.accepted:
        try:
            return CompiledModel(int8_path(verdict), streams=True)
        except DamagedConversion:
            # It is made again in the background; until then, the other one will do.
            int8_verdict.forget_verdict(key)
    slow = verdict is not None and verdict.floating == "fp32"
    path = conversion_cache_dir() / f"{key}-image.xml"
    return CompiledModel(path, "exact" if slow else "fast", streams=True)
