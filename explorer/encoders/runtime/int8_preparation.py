"""Make the INT8 version of an image encoder, test it on this computer, and decide whether to use
it."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from explorer.encoders.base import Pixels, Vectors, unit
from explorer.encoders.runtime.fastest_precision import CLEARLY_FASTER, rows_per_second
from explorer.encoders.runtime.int8_graph import InputRange, measure_inputs, quantize
from explorer.encoders.runtime.int8_verdict import (
    MIN_COSINE,
    MIN_OVERLAP,
    Verdict,
    forget_verdict,
    judge,
    write_verdict,
)
from explorer.encoders.runtime.openvino_runtime import (
    CompiledModel,
    conversion_cache_dir,
    cpu_precision,
    import_openvino,
)
from explorer.systems.this_system import this_system

CALIBRATION_PHOTOS = 120
"""The number of photos that set the ranges. The others of `encoder_engines.INT8_PHOTOS` are the
test."""

_BATCH = 8
# The share of the layers that is left in floating point if the first attempt loses too much.
_LEFT_OUT = 0.25
# The number of photos with which speeds are compared.
_ROUND_PHOTOS = 32


def prepare_int8(key: str, pixels: Pixels) -> Verdict:
    """Quantize the image encoder with this key, test it, and store the decision and, if it is
    accepted, the model. An earlier decision and its model are deleted.

    pixels: uint8 of shape (n, size, size, 3), n ≥ 150 photos of the user in random order. The first
    120 set the ranges; the others, which the quantization has not seen, are the test. Takes 95 s of
    processor time and 2 GB of memory for ViT-B/32. Raises OSError if the result cannot be stored.
    """
    source = conversion_cache_dir() / f"{key}-image.xml"
    forget_verdict(key)
    calibration, test = pixels[:CALIBRATION_PHOTOS], pixels[CALIBRATION_PHOTOS:]
    ranges = measure_inputs(import_openvino().Core().read_model(source), _batches(calibration))
    exact = _encode(CompiledModel(source, "exact", streams=True), test)
    # Compilations of candidates are cached in this folder, and deleted with it.
    scratch = Path(tempfile.mkdtemp(dir=source.parent, prefix=f"{key}-int8-"))
    candidate = scratch / f"{scratch.name}.xml"

    def attempt(left_out: list[str]) -> Verdict:
        layers = quantize(source, ranges, left_out, candidate)
        quantized = CompiledModel(candidate, streams=True)
        vectors = _encode(quantized, test)
        # Not every processor with bf16 is faster in it than in fp32.
        others = [
            CompiledModel(source, "exact", streams=True),
            CompiledModel(source, "fast", streams=True),
        ]
        speed = rows_per_second([quantized, *others], test[:_ROUND_PHOTOS])
        verdict = judge(
            exact, vectors, speed[0] / max(speed[1:]), layers=layers, left_out=len(left_out)
        )
        # bf16 takes half the memory, so fp32 has to be clearly faster.
        return verdict._replace(
            floating="fp32" if speed[1] > CLEARLY_FASTER * speed[2] else cpu_precision()
        )

    try:
        verdict = attempt([])
        if verdict.overlap < MIN_OVERLAP or verdict.cosine < MIN_COSINE:
            verdict = attempt(_most_sensitive(ranges))
        if verdict.accepted:
            verdict = verdict._replace(model=candidate.stem)
            for ending in (".bin", ".xml"):
                made = candidate.with_suffix(ending)
                this_system().replace(made, source.parent / made.name)
        write_verdict(key, verdict)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    return verdict


def _most_sensitive(ranges: dict[str, InputRange]) -> list[str]:
    """The names of the layers whose inputs lose most by rounding."""
    ordered = sorted(ranges, key=lambda name: ranges[name].signal_to_noise)
    return ordered[: max(1, round(_LEFT_OUT * len(ordered)))]


def _encode(model: CompiledModel, pixels: Pixels) -> Vectors:
    return unit(np.concatenate([model(batch)[0] for batch in _batches(pixels)]))


def _batches(pixels: Pixels) -> Iterator[Pixels]:
    for start in range(0, len(pixels), _BATCH):
        yield np.ascontiguousarray(pixels[start : start + _BATCH])
