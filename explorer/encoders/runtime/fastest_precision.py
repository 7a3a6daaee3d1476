"""Whether a model runs faster in bf16 or in fp32 on this computer, measured once.

Not every processor with bf16 is faster in it: in convolutions, AVX512-BF16 without AMX can be a
third slower than fp32. The decision is stored beside the converted model, and holds for one
processor and one version of OpenVINO.
"""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Literal, cast

import numpy as np
import numpy.typing as npt

from explorer.encoders.runtime.openvino_runtime import (
    CompiledModel,
    conversion_cache_dir,
    cpu_precision,
    inference_platform,
    load_or_reconvert,
)
from explorer.systems.this_system import this_system

FloatPrecision = Literal["bf16", "fp32"]
CLEARLY_FASTER = 1.1
"""fp32 is chosen only if it is more than this many times as fast, because bf16 takes less
memory."""
_ROUNDS, _ROWS = 4, 16


def load_fastest(
    convert: Callable[[], Path], example: Callable[[int], npt.NDArray[Any]]
) -> CompiledModel:
    """Load a converted model as `load_or_reconvert` does, with its rows distributed over all cores,
    in the faster precision. The first time, finding out which is faster takes about a second.

    example: returns an input with that number of rows.
    """
    path = convert()
    decided = known_precision(path.stem)
    if decided is not None:
        return load_or_reconvert(convert, _hint(decided), streams=True)
    models = [load_or_reconvert(convert, _hint(each), streams=True) for each in ("bf16", "fp32")]
    bf16, fp32 = rows_per_second(models, example(_ROWS))
    chosen: FloatPrecision = "fp32" if fp32 > CLEARLY_FASTER * bf16 else "bf16"
    _store(path.stem, chosen)
    return models[chosen == "fp32"]


def known_precision(key: str) -> FloatPrecision | None:
    """The faster precision of the converted model with this key; None if that has not been measured
    on this computer with this version of OpenVINO. On a processor without bf16, it is fp32."""
    if cpu_precision() == "fp32":
        return "fp32"
    try:
        stored = json.loads(_path(key).read_text(encoding="utf-8"))
        precision, made_for = stored["precision"], stored["made_for"]
    except (OSError, ValueError, TypeError, KeyError):
        return None
    holds = made_for == inference_platform() and precision in ("bf16", "fp32")
    return cast(FloatPrecision, precision) if holds else None


def rows_per_second(models: Sequence[CompiledModel], rows: npt.NDArray[Any]) -> list[float]:
    """The speed of each model, in the best of several rounds. rows: the input.

    The models take turns, because the computer may be busy with other things for a while.
    """
    best = [float("inf")] * len(models)
    for _ in range(_ROUNDS):
        for number, model in enumerate(models):
            began = time.perf_counter()
            model(rows)
            best[number] = min(best[number], time.perf_counter() - began)
    return [len(rows) / seconds for seconds in best]


def random_images(side: int) -> Callable[[int], npt.NDArray[np.uint8]]:
    """A function that draws random pictures: their number → uint8 (number, side, side, 3)."""

    def draw(number: int) -> npt.NDArray[np.uint8]:
        shape = (number, side, side, 3)
        return np.random.default_rng(0).integers(0, 256, shape, dtype=np.uint8)

    return draw


def _hint(precision: str) -> Literal["fast", "exact"]:
    return "exact" if precision == "fp32" else "fast"


def _store(key: str, precision: FloatPrecision) -> None:
    scratch = _path(key).with_suffix(".part")
    text = json.dumps({"precision": precision, "made_for": inference_platform()})
    # Without it, the next start measures again.
    with contextlib.suppress(OSError):
        scratch.write_text(text, encoding="utf-8")
        this_system().replace(scratch, _path(key))


def _path(key: str) -> Path:
    return conversion_cache_dir() / f"{key}.precision"
