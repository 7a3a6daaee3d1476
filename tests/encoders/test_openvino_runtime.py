"""Converted models: made once, whole or not at all, and mended when they were damaged."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from explorer.encoders import openvino_runtime
from explorer.encoders.openvino_runtime import (
    CompiledModel,
    DamagedConversion,
    ensure_converted,
    load_or_reconvert,
)
from explorer.errors import EncoderError

SHAPE = [(-1, 3)]


class Maker:
    """Builds a model that doubles numbers, and counts how often it was asked to."""

    def __init__(self) -> None:
        self.built = 0

    def __call__(self) -> tuple[Any, tuple[Any, ...]]:
        import torch

        class Double(torch.nn.Module):
            def forward(self, numbers: torch.Tensor) -> torch.Tensor:
                return numbers * 2

        self.built += 1
        return Double().eval(), (torch.zeros(1, 3),)

    def make(self) -> Path:
        return ensure_converted("double-1", self, SHAPE)


def doubled(model: CompiledModel) -> list[list[float]]:
    rows: list[list[float]] = model(np.array([[1, 2, 3], [4, 5, 6]], np.float32))[0].tolist()
    return rows


def test_a_model_is_converted_once() -> None:
    maker = Maker()
    assert doubled(CompiledModel(maker.make())) == [[2, 4, 6], [8, 10, 12]]
    maker.make()
    assert maker.built == 1


def test_two_that_want_it_at_once_convert_it_once() -> None:
    maker = Maker()
    threads = [threading.Thread(target=maker.make) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert maker.built == 1


@pytest.mark.parametrize(
    ("suffix", "content"),
    [(".xml", None), (".xml", b""), (".xml", b"nonsense"), (".bin", None), (".bin", b"")],
)
def test_what_was_damaged_is_made_anew(suffix: str, content: bytes | None) -> None:
    maker = Maker()
    part = maker.make().with_suffix(suffix)
    if content is None:
        part.unlink()
    else:
        part.write_bytes(content)
    assert doubled(load_or_reconvert(maker.make, "exact")) == [[2, 4, 6], [8, 10, 12]]
    assert maker.built == 2


def test_a_damaged_model_by_itself_is_one_clear_line() -> None:
    path = Maker().make()
    path.with_suffix(".bin").unlink()
    with pytest.raises(DamagedConversion, match="convert it anew") as caught:
        CompiledModel(path)
    assert str(path) in str(caught.value) and "\n" not in str(caught.value)
    assert not path.exists()


def test_a_conversion_that_breaks_off_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(openvino_runtime._openvino(), "save_model", full)
    maker = Maker()
    with pytest.raises(EncoderError, match="the disk is full"):
        maker.make()
    assert [path.name for path in openvino_runtime.conversion_cache_dir().iterdir()] == [
        "double-1.lock"
    ]
    monkeypatch.undo()


def test_a_folder_that_cannot_be_made_is_said(models: Path) -> None:
    models.write_text("in the way")
    with pytest.raises(EncoderError, match="could not be prepared"):
        Maker().make()


def test_nothing_can_be_reported_home() -> None:
    import sys

    openvino_runtime._openvino()
    assert sys.modules["openvino_telemetry"] is None
