"""Models run through OpenVINO: converted from torch once, kept on disk, then used without torch.

A converted model is an OpenVINO IR (`.xml` and `.bin`, weights in fp16) named by a key that holds
the weights' hash and the shape of its graph, so new weights or a new release of a family never meet
an old file. Only the conversion imports torch; a process that merely encodes never does, which is
what lets a command answer in about a second.
"""

from __future__ import annotations

import errno
import os
import shutil
import sys
import tempfile
import threading
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import numpy.typing as npt
from filelock import FileLock

from explorer.config import models_dir
from explorer.errors import EncoderError

if TYPE_CHECKING:
    import openvino
    import torch

Shape = Sequence[int]
# Rows that one stream of a model in `streams` takes at a time. Each core then works on rows of its
# own and never waits for the other: EfficientNet-Lite2 costs a fifth less of the processor's time
# than one batch shared by all cores.
_PIECE = 4
Precision = Literal["fast", "exact"]


def _openvino() -> Any:
    """The openvino module, imported so that it cannot report home.

    `import openvino` starts Intel's usage statistics when the package `openvino_telemetry` can be
    imported, and falls back to a stub that does nothing when it cannot: so it is made impossible to
    import.
    """
    if "openvino" not in sys.modules:
        sys.modules.setdefault("openvino_telemetry", None)  # type: ignore[arg-type]
    import openvino

    return openvino


def engine_dir() -> Path:
    """Where converted models are kept."""
    return models_dir() / "engine"


def converted(
    key: str,
    build: Callable[[], tuple[torch.nn.Module, tuple[torch.Tensor, ...]]],
    shapes: Sequence[Shape],
) -> Path:
    """The path of the converted model of that key, made by `build` where it is not there yet.

    build: called only when needed; returns the torch module (in eval mode, giving one tensor or a
    tuple of them) and example inputs. shapes: one for each input, -1 where a side may vary. Raises
    EncoderError where it cannot be kept.
    """
    path = engine_dir() / f"{key}.xml"
    if path.exists():
        return path
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(path.with_suffix(".lock")):
            if not path.exists():
                with quiet():
                    module, example = build()
                _convert(path, module, example, shapes)
    except OSError as error:
        why = "the disk is full" if error.errno == errno.ENOSPC else (error.strerror or str(error))
        raise EncoderError(f"The model could not be made ready in {path.parent}: {why}.") from error
    return path


@contextmanager
def quiet() -> Iterator[None]:
    """Keeps what torch and the model packages say of their own old ways from the person, who can do
    nothing about it."""
    os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")
    os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def _convert(
    path: Path, module: torch.nn.Module, example: tuple[torch.Tensor, ...], shapes: Sequence[Shape]
) -> None:
    ov = _openvino()
    import torch

    with torch.no_grad(), quiet():
        # The trace check of torch compares runs bit by bit, which attention on a CPU does not
        # always pass.
        traced = torch.jit.trace(module, example, check_trace=False)  # type: ignore[no-untyped-call]
        model = ov.convert_model(traced, example_input=example)
    model.reshape(
        {
            port: ov.PartialShape(list(shape))
            for port, shape in zip(model.inputs, shapes, strict=True)
        }
    )
    scratch = Path(tempfile.mkdtemp(dir=path.parent))
    try:
        ov.save_model(model, scratch / path.name, compress_to_fp16=True)
        # The weights first: the .xml is what says that both are there.
        (scratch / path.with_suffix(".bin").name).replace(path.with_suffix(".bin"))
        (scratch / path.name).replace(path)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


class DamagedModel(EncoderError):
    """A converted model that cannot be read."""


def load(
    make: Callable[[], Path], precision: Precision = "fast", *, streams: bool = False
) -> Model:
    """The model that `make` converts, or has converted; one that was damaged since is converted
    once more."""
    try:
        return Model(make(), precision, streams=streams)
    except DamagedModel:
        return Model(make(), precision, streams=streams)


class Model:
    """One converted model, compiled for this CPU. Safe to call from several threads.

    precision: `fast` uses bf16 where the processor has it (and fp32 elsewhere); `exact` is fp32
    everywhere.
    streams: for batches: each core works on rows of its own, where all inputs have a row for each
    thing that is encoded.
    Raises DamagedModel for a file that cannot be used, which is removed, so that it is converted
    anew when it is next asked for.
    """

    def __init__(self, path: Path, precision: Precision = "fast", *, streams: bool = False) -> None:
        ov = _openvino()
        core = ov.Core()
        has_bf16 = "BF16" in core.get_property("CPU", "OPTIMIZATION_CAPABILITIES")
        options: dict[str, Any] = {
            **(
                {"NUM_STREAMS": _cores(), "INFERENCE_NUM_THREADS": _cores()}
                if streams
                else {"PERFORMANCE_HINT": "LATENCY"}
            ),
            "INFERENCE_PRECISION_HINT": "bf16" if precision == "fast" and has_bf16 else "f32",
            "CACHE_DIR": str(path.parent / "compiled"),
        }
        try:
            # By its path: what was compiled before is then found without reading the model.
            self._compiled: openvino.CompiledModel = core.compile_model(path, "CPU", options)
        except RuntimeError as error:
            if _readable(core, path):
                raise EncoderError(
                    f"The model {path.stem} cannot run on this computer: choose another."
                ) from error
            path.unlink(missing_ok=True)
            raise DamagedModel(
                f"The converted model {path} was damaged, and is removed: try again, and it is made anew."
            ) from error

        self._queue = ov.AsyncInferQueue(self._compiled, _cores()) if streams else None
        self._taken = threading.Lock()

    def __call__(self, *inputs: npt.NDArray[Any]) -> list[npt.NDArray[np.float32]]:
        """One array for each input of the model → one for each output."""
        if self._queue is not None and len(inputs[0]) > 1:
            return self._in_streams(inputs)
        # A request of its own for each call: requests cannot be shared between threads.
        result = self._compiled.create_infer_request().infer(list(inputs), share_inputs=True)
        return [np.array(result[port], dtype=np.float32) for port in self._compiled.outputs]

    def _in_streams(self, inputs: Sequence[npt.NDArray[Any]]) -> list[npt.NDArray[np.float32]]:
        rows = len(inputs[0])
        # A small batch is spread over all cores, too.
        piece = min(_PIECE, -(-rows // _cores()))
        found = dict[int, list[npt.NDArray[np.float32]]]()

        def keep(request: Any, start: int) -> None:
            found[start] = [
                np.array(request.results[port], dtype=np.float32) for port in self._compiled.outputs
            ]

        with self._taken:
            queue = self._queue
            assert queue is not None  # noqa: S101
            queue.set_callback(keep)
            for start in range(0, rows, piece):
                queue.start_async(
                    [np.ascontiguousarray(each[start : start + piece]) for each in inputs],
                    start,
                    share_inputs=True,
                )
            queue.wait_all()
        return [
            np.concatenate(parts)
            for parts in zip(*(found[start] for start in sorted(found)), strict=True)
        ]


def _cores() -> int:
    return max(1, os.cpu_count() or 1)


def _readable(core: openvino.Core, path: Path) -> bool:
    try:
        core.read_model(path)
    except RuntimeError:
        return False
    return True
