"""Run models with OpenVINO: convert them from torch once, cache them on disk, then use them without
torch.

A converted model is an OpenVINO IR (`.xml` and `.bin`, weights in fp16). Its file name contains the
hash of the weights and the version of the graph, so an outdated file is never used. Only the
conversion imports torch. A process that only encodes does not, which is why a search on the command
line takes about a second.
"""

from __future__ import annotations

import errno
import functools
import os
import shutil
import sys
import tempfile
import threading
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import numpy.typing as npt
from filelock import FileLock

from explorer.config import models_dir
from explorer.encoders.conversion.conversion_process import convert_apart, must_convert_apart
from explorer.errors import EncoderError
from explorer.systems.this_system import this_system

if TYPE_CHECKING:
    import openvino
    import torch

Shape = Sequence[int]
Precision = Literal["fast", "exact"]
# Rows per inference request if a model runs in parallel streams. Each core then works on its own
# rows and never waits for another: EfficientNet-Lite2 takes a fifth less processor time than with
# one batch shared by all cores.
_ROWS_PER_REQUEST = 4


class DamagedConversion(EncoderError):
    """A converted model that cannot be read."""


def import_openvino() -> Any:
    """Import openvino with its telemetry off.

    `import openvino` sends usage statistics to Intel if the package `openvino_telemetry` can be
    imported, and falls back to a stub if it cannot. This makes that import fail.
    """
    if "openvino" not in sys.modules:
        sys.modules.setdefault("openvino_telemetry", None)  # type: ignore[arg-type]
    import openvino

    return openvino


@functools.cache
def cpu_precision() -> Literal["bf16", "fp32"]:
    """What `fast` means on this computer: bf16 if the processor computes in it."""
    capabilities = import_openvino().Core().get_property("CPU", "OPTIMIZATION_CAPABILITIES")
    return "bf16" if "BF16" in capabilities else "fp32"


def inference_platform() -> list[str]:
    """What a model's speed and rounding depend on besides the model: the processor, and the version
    of OpenVINO."""
    ov = import_openvino()
    return [str(ov.Core().get_property("CPU", "FULL_DEVICE_NAME")), str(ov.__version__)]


def conversion_cache_dir() -> Path:
    """The folder of converted models."""
    return models_dir() / "engine"


def ensure_converted(
    key: str,
    build: Callable[[], tuple[torch.nn.Module, tuple[torch.Tensor, ...]]],
    shapes: Sequence[Shape],
    model: str,
) -> Path:
    """The path of the converted model with this key, converted first if it is not in the cache.

    build: called only if needed; returns a torch module in eval mode, whose output is a tensor or a
    tuple of tensors, and example inputs. shapes: one for each input, with -1 for a variable
    dimension. model: what `conversion_process` is to convert if this process must not. Raises
    EncoderError if the result cannot be stored.
    """
    path = conversion_cache_dir() / f"{key}.xml"
    if path.exists():
        return path
    if must_convert_apart():
        convert_apart(model)
        return path
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(path.with_suffix(".lock")):
            if not path.exists():
                with quiet_libraries():
                    module, example = build()
                _convert(path, module, example, shapes)
    except OSError as error:
        raise cannot_store(error) from error
    return path


def cannot_store(error: OSError) -> EncoderError:
    """The error that says why the conversion cache cannot be written."""
    why = "the disk is full" if error.errno == errno.ENOSPC else (error.strerror or str(error))
    return EncoderError(f"The model could not be prepared in {conversion_cache_dir()}: {why}.")


def remove_conversions(keys: Sequence[str]) -> int:
    """Delete the converted models with these keys. Returns the number of bytes freed."""
    freed = 0
    for key in keys:
        # The .xml file first: it marks the pair as complete.
        for ending in (".xml", ".bin", ".lock", ".precision"):
            path = conversion_cache_dir() / f"{key}{ending}"
            with suppress(OSError):
                size = path.stat().st_size
                path.unlink()
                freed += size
    return freed


@contextmanager
def quiet_libraries() -> Iterator[None]:
    """Suppress warnings of torch and the model packages that users can do nothing about."""
    os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")
    os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def _convert(
    path: Path, module: torch.nn.Module, example: tuple[torch.Tensor, ...], shapes: Sequence[Shape]
) -> None:
    ov = import_openvino()
    import torch

    with torch.no_grad(), quiet_libraries():
        # torch checks a trace by comparing two runs bit by bit. On a CPU, attention is not
        # deterministic enough to always pass that.
        traced = torch.jit.trace(module, example, check_trace=False)  # type: ignore[no-untyped-call]
        model = ov.convert_model(traced, example_input=example)
    ports = zip(model.inputs, shapes, strict=True)
    model.reshape({port: ov.PartialShape(list(shape)) for port, shape in ports})
    save_model(model, path)


def save_model(model: openvino.Model, path: Path) -> None:
    """Write a model, completely or not at all, with weights in 16 bits. Raises OSError."""
    ov = import_openvino()
    scratch = Path(tempfile.mkdtemp(dir=path.parent))
    try:
        ov.save_model(model, scratch / path.name, compress_to_fp16=True)
        # The weights first: the .xml file marks the pair as complete.
        weights = path.with_suffix(".bin")
        this_system().replace(scratch / weights.name, weights)
        this_system().replace(scratch / path.name, path)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def load_or_reconvert(
    convert: Callable[[], Path], precision: Precision = "fast", *, streams: bool = False
) -> CompiledModel:
    """Compile a converted model. If its files are damaged, convert it again.

    convert: returns the path of the converted model, converting it first if it is missing.
    """
    try:
        return CompiledModel(convert(), precision, streams=streams)
    except DamagedConversion:
        return CompiledModel(convert(), precision, streams=streams)


class CompiledModel:
    """A converted model, compiled for this CPU. Safe to call from several threads."""

    def __init__(self, path: Path, precision: Precision = "fast", *, streams: bool = False) -> None:
        """precision: `fast` computes in bf16 if the processor supports it, else in fp32; `exact`
        always in fp32. streams: distribute the rows of a batch over one stream per core.

        Raises DamagedConversion if the files cannot be read, and deletes them, so that the next
        attempt converts the model again. Raises EncoderError if the model cannot run on this
        computer.
        """
        ov = import_openvino()
        core = ov.Core()
        hint = "bf16" if precision == "fast" and cpu_precision() == "bf16" else "f32"
        parallel = {"NUM_STREAMS": _cores(), "INFERENCE_NUM_THREADS": _cores()}
        options: dict[str, Any] = {
            **(parallel if streams else {"PERFORMANCE_HINT": "LATENCY"}),
            "INFERENCE_PRECISION_HINT": hint,
            # As a path: on Windows, text would have to fit the system's code page.
            "CACHE_DIR": path.parent / "compiled",
        }
        try:
            # Given a path, OpenVINO can use a cached compilation without reading the model.
            self._compiled: openvino.CompiledModel = core.compile_model(path, "CPU", options)
        except RuntimeError as error:
            if _is_readable(core, path):
                raise EncoderError(
                    f"The model {path.stem} cannot run on this computer: choose another one."
                ) from error
            path.unlink(missing_ok=True)
            raise DamagedConversion(
                f"The converted model {path} was damaged and has been deleted:"
                " try again, and it will be converted again."
            ) from error

        self.input_names = [str(port.get_any_name()) for port in self._compiled.inputs]
        self._requests = ov.AsyncInferQueue(self._compiled, _cores()) if streams else None
        self._requests_lock = threading.Lock()

    def __call__(self, *inputs: npt.NDArray[Any]) -> list[npt.NDArray[np.float32]]:
        """Run the model: one array for each input → one float32 array for each output."""
        if self._requests is not None and len(inputs[0]) > 1:
            return self._infer_in_streams(inputs)
        # One inference request per call, because threads cannot share one.
        result = self._compiled.create_infer_request().infer(list(inputs), share_inputs=True)
        return [np.array(result[port], dtype=np.float32) for port in self._compiled.outputs]

    def _infer_in_streams(
        self, inputs: Sequence[npt.NDArray[Any]]
    ) -> list[npt.NDArray[np.float32]]:
        rows = len(inputs[0])
        # Small batches are distributed over all cores, too.
        step = min(_ROWS_PER_REQUEST, -(-rows // _cores()))
        outputs = dict[int, list[npt.NDArray[np.float32]]]()

        def store(request: Any, start: int) -> None:
            outputs[start] = [
                np.array(request.results[port], dtype=np.float32) for port in self._compiled.outputs
            ]

        with self._requests_lock:
            requests = self._requests
            assert requests is not None  # noqa: S101
            requests.set_callback(store)
            for start in range(0, rows, step):
                batch = [np.ascontiguousarray(each[start : start + step]) for each in inputs]
                requests.start_async(batch, start, share_inputs=True)
            requests.wait_all()
        in_order = (outputs[start] for start in sorted(outputs))
        return [np.concatenate(parts) for parts in zip(*in_order, strict=True)]


def _cores() -> int:
    return max(1, os.cpu_count() or 1)


def _is_readable(core: openvino.Core, path: Path) -> bool:
    try:
        core.read_model(path)
    except RuntimeError:
        return False
    return True
