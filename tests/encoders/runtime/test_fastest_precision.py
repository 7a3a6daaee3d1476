"""The faster of bf16 and fp32, measured once for a model and a computer."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from explorer.encoders.runtime import encoder_engines, fastest_precision
from explorer.encoders.runtime.fastest_precision import (
    CLEARLY_FASTER,
    known_precision,
    load_fastest,
    random_images,
    rows_per_second,
)
from explorer.encoders.runtime.inference_engine import InferenceEngine
from explorer.encoders.runtime.openvino_runtime import conversion_cache_dir, remove_conversions
from explorer.encoders.starter import IMAGE_MODEL

KEY = "model"


class Model:
    """A stand-in for a compiled model."""

    def __init__(self, hint: str) -> None:
        self.hint = hint

    def __call__(self, rows: npt.NDArray[Any]) -> list[npt.NDArray[Any]]:
        return [rows]


@pytest.fixture(autouse=True)
def _bf16(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A processor with bf16, and no earlier decision."""
    monkeypatch.setattr(fastest_precision, "cpu_precision", lambda: "bf16")
    monkeypatch.setattr(fastest_precision, "conversion_cache_dir", lambda: tmp_path)
    monkeypatch.setattr(
        fastest_precision, "load_or_reconvert", lambda convert, hint, *, streams: Model(hint)
    )


def load(monkeypatch: pytest.MonkeyPatch, bf16: float, fp32: float) -> str:
    """The hint of the model that is loaded if those are the speeds."""
    monkeypatch.setattr(fastest_precision, "rows_per_second", lambda models, rows: [bf16, fp32])
    model = load_fastest(lambda: Path(f"{KEY}.xml"), random_images(4))
    assert isinstance(model, Model)
    return model.hint


@pytest.mark.parametrize(
    ("bf16", "fp32", "hint", "precision"),
    [
        (70.0, 115.0, "exact", "fp32"),
        (100.0, 100.0 * CLEARLY_FASTER, "fast", "bf16"),
        (115.0, 70.0, "fast", "bf16"),
    ],
)
def test_the_faster_precision_is_used_and_remembered(
    monkeypatch: pytest.MonkeyPatch, bf16: float, fp32: float, hint: str, precision: str
) -> None:
    assert known_precision(KEY) is None
    assert load(monkeypatch, bf16, fp32) == hint
    assert known_precision(KEY) == precision
    # The second time, nothing is measured.
    assert load(monkeypatch, fp32, bf16) == hint


@pytest.mark.parametrize(
    "stored", ["", "{}", "[1]", '{"precision": "fp8", "made_for": []}', '{"precision": "fp32"}']
)
def test_a_decision_that_cannot_be_read_is_made_again(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, stored: str
) -> None:
    (tmp_path / f"{KEY}.precision").write_text(stored)
    assert known_precision(KEY) is None
    assert load(monkeypatch, 1.0, 2.0) == "exact"
    assert known_precision(KEY) == "fp32"


def test_a_decision_holds_for_one_processor(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    load(monkeypatch, 1.0, 2.0)
    stored = json.loads((tmp_path / f"{KEY}.precision").read_text())
    stored["made_for"][0] += " II"
    (tmp_path / f"{KEY}.precision").write_text(json.dumps(stored))
    assert known_precision(KEY) is None


def test_without_bf16_nothing_is_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fastest_precision, "cpu_precision", lambda: "fp32")
    assert known_precision(KEY) == "fp32"
    assert load(monkeypatch, 2.0, 1.0) == "exact"


def test_models_take_turns_and_the_best_round_of_each_counts(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seconds, called = {"bf16": iter([4.0, 2.0, 8.0, 8.0]), "fp32": iter([9.0, 9.0, 9.0, 1.0])}, []
    now = 0.0

    def timed(name: str) -> Any:
        def run(_: npt.NDArray[Any]) -> None:
            nonlocal now
            called.append(name)
            now += next(seconds[name])

        return run

    monkeypatch.setattr(time, "perf_counter", lambda: now)
    speeds = rows_per_second([timed("bf16"), timed("fp32")], np.zeros((8, 2)))
    assert speeds == [4.0, 8.0]
    assert called == ["bf16", "fp32"] * 4


def test_status_tells_the_decision() -> None:
    fastest_precision._store(IMAGE_MODEL, "fp32")
    assert encoder_engines.engine_of("starter") == InferenceEngine("openvino", "cpu", "fp32")
    fastest_precision._store(IMAGE_MODEL, "bf16")
    assert encoder_engines.engine_of("starter") == InferenceEngine("openvino", "cpu", "bf16")


def test_a_decision_goes_with_its_model(monkeypatch: pytest.MonkeyPatch) -> None:
    folder = conversion_cache_dir()
    folder.mkdir(parents=True, exist_ok=True)
    monkeypatch.setattr(fastest_precision, "conversion_cache_dir", lambda: folder)
    load(monkeypatch, 1.0, 2.0)
    assert known_precision(KEY) == "fp32"
    remove_conversions([KEY])
    assert known_precision(KEY) is None
