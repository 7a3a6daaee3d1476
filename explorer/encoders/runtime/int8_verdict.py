"""Whether a model's INT8 version is used on this computer, and why: decided once, by a self-test.

The decision is stored beside the converted model. It holds for one model, one version of OpenVINO
and of the quantization, and one processor; with any other, the test is run again.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import NamedTuple

import numpy as np

from explorer.encoders.base import Vectors
from explorer.encoders.runtime.int8_graph import QUANTIZER_VERSION
from explorer.encoders.runtime.openvino_runtime import (
    conversion_cache_dir,
    inference_platform,
    remove_conversions,
)
from explorer.systems.this_system import this_system

MIN_OVERLAP = 0.98
"""The smallest accepted share of the 20 nearest photos that are the same as in fp32."""
MIN_COSINE = 0.999
"""The smallest accepted cosine similarity of a photo's vector to that in fp32. Vectors of both
kinds are kept in one index."""
MIN_GAIN = 1.3
"""The smallest accepted number of images per second, relative to the fastest other precision."""
_NEAREST = 20


class Verdict(NamedTuple):
    """The outcome of a self-test."""

    accepted: bool
    reason: str
    """Why it was declined, in a few words; empty if it was accepted."""
    overlap: float = 0.0
    """The mean share of the 20 nearest photos that are the same as in fp32."""
    cosine: float = 0.0
    """The lowest cosine similarity to the vectors in fp32."""
    gain: float = 0.0
    """Images per second, relative to the fastest other precision."""
    layers: int = 0
    """Layers in INT8."""
    left_out: int = 0
    """Layers left in floating point because they lose too much."""
    floating: str = ""
    """`fp32` or `bf16`: the precision to use where INT8 is not used. Not every processor with bf16
    is faster in it."""
    model: str = ""
    """The name of the accepted model's files, without extension. Each preparation has another one,
    because OpenVINO caches compilations by name."""


def judge(
    exact: Vectors, quantized: Vectors, gain: float, *, layers: int = 0, left_out: int = 0
) -> Verdict:
    """Decide from the vectors of the same photos in fp32 and in INT8, float32 of shape (n, dim)
    with n > 20, and from the gain in speed."""
    overlap, cosine = nearest_overlap(exact, quantized), float((exact * quantized).sum(1).min())
    reason = ""
    if overlap < MIN_OVERLAP:
        reason = f"only {overlap:.1%} of the nearest photos stay the same"
    elif cosine < MIN_COSINE:
        reason = f"the cosine similarity to fp32 falls to {cosine:.4f}"
    elif gain < MIN_GAIN:
        reason = f"it is only {gain:.2f} times as fast"
    figures = (round(overlap, 4), round(cosine, 5), round(gain, 3))
    return Verdict(not reason, reason, *figures, layers, left_out)


def nearest_overlap(exact: Vectors, quantized: Vectors) -> float:
    """The mean share of each photo's 20 nearest others that are the same as in fp32, 0 to 1: the
    lower of two figures, for INT8 queries among INT8 vectors, and among fp32 vectors."""
    expected = _nearest(exact, exact)
    found = (_nearest(quantized, quantized), _nearest(quantized, exact))
    return min(
        float(np.mean([len({*a} & {*b}) / len(a) for a, b in zip(expected, each, strict=True)]))
        for each in found
    )


def _nearest(queries: Vectors, gallery: Vectors) -> list[list[int]]:
    scores = queries @ gallery.T
    np.fill_diagonal(scores, -np.inf)
    rows: list[list[int]] = np.argsort(-scores, axis=1, kind="stable")[:, :_NEAREST].tolist()
    return rows


def int8_path(verdict: Verdict) -> Path:
    """The accepted INT8 version of an image encoder."""
    return conversion_cache_dir() / f"{verdict.model}.xml"


def read_verdict(key: str) -> Verdict | None:
    """The decision about a model; None if there is none for this computer and these versions."""
    try:
        stored = json.loads(_verdict_path(key).read_text(encoding="utf-8"))
        if stored.pop("made_for") != _circumstances():
            return None
        verdict = Verdict(**stored)
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return None
    return verdict if not verdict.accepted or int8_path(verdict).exists() else None


def write_verdict(key: str, verdict: Verdict) -> None:
    """Store a decision. Raises OSError."""
    path = _verdict_path(key)
    scratch = path.with_suffix(".part")
    scratch.write_text(
        json.dumps(verdict._asdict() | {"made_for": _circumstances()}), encoding="utf-8"
    )
    this_system().replace(scratch, path)


def forget_verdict(key: str) -> int:
    """Delete a decision, the INT8 version, and what interrupted tests have left. Returns the number
    of bytes freed by the version."""
    _verdict_path(key).unlink(missing_ok=True)
    found = list(conversion_cache_dir().glob(f"{key}-int8-*"))
    for folder in found:
        if folder.is_dir():
            shutil.rmtree(folder, ignore_errors=True)
    return remove_conversions([path.stem for path in found if path.suffix == ".xml"])


def _verdict_path(key: str) -> Path:
    return conversion_cache_dir() / f"{key}-int8.json"


def _circumstances() -> list[str]:
    """What a decision depends on besides the model."""
    return [*inference_platform(), str(QUANTIZER_VERSION)]
