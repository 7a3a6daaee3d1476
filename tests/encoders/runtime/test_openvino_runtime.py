"""Converted models: converted once, completely or not at all, and again if they are damaged."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from explorer.encoders.runtime import openvino_runtime
from explorer.encoders.runtime.openvino_runtime import (
    CompiledModel,
    DamagedConversion,
    ensure_converted,
    load_or_reconvert,
)
from explorer.errors import EncoderError

SHAPE = [(-1, 3)]


class DoublingModel:
    """Builds a model that doubles numbers, and counts how often it is built."""

    def __init__(self) -> None:
        self.built = 0

    def __call__(self) -> tuple[Any, tuple[Any, ...]]:
        import torch

        class Double(torch.nn.Module):
            def forward(self, numbers: torch.Tensor) -> torch.Tensor:
                return numbers * 2

        self.built += 1
        return Double().eval(), (torch.zeros(1, 3),)

    def convert(self) -> Path:
        return ensure_converted("double-1", self, SHAPE, "double")


def outputs(model: CompiledModel) -> list[list[float]]:
    rows: list[list[float]] = model(np.array([[1, 2, 3], [4, 5, 6]], np.float32))[0].tolist()
    return rows


def test_a_model_is_converted_once() -> None:
    source = DoublingModel()
    assert outputs(CompiledModel(source.convert())) == [[2, 4, 6], [8, 10, 12]]
    source.convert()
    assert source.built == 1


def test_a_folder_may_have_any_name(models: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On Windows, OpenVINO understands paths in every language, and text only in one."""
    folder = models / "Zoë 漢字"
    monkeypatch.setenv("EXPLORER_MODELS", str(folder))
    given, core = list[Any](), openvino_runtime.import_openvino().Core
    compile_model = core.compile_model

    def spy(self: Any, model: Any, device: str, options: dict[str, Any]) -> Any:
        given.extend((model, options["CACHE_DIR"]))
        return compile_model(self, model, device, options)

    monkeypatch.setattr(core, "compile_model", spy)
    assert outputs(CompiledModel(DoublingModel().convert())) == [[2, 4, 6], [8, 10, 12]]
    assert list((folder / "engine" / "compiled").glob("*.blob"))
    assert all(isinstance(each, Path) for each in given)


def test_several_threads_convert_a_model_once() -> None:
    source = DoublingModel()
    threads = [threading.Thread(target=source.convert) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert source.built == 1


@pytest.mark.parametrize(
    ("suffix", "content"),
    [(".xml", None), (".xml", b""), (".xml", b"nonsense"), (".bin", None), (".bin", b"")],
)
def test_a_damaged_model_is_converted_again(suffix: str, content: bytes | None) -> None:
    source = DoublingModel()
    part = source.convert().with_suffix(suffix)
    if content is None:
        part.unlink()
    else:
        part.write_bytes(content)
    assert outputs(load_or_reconvert(source.convert, "exact")) == [[2, 4, 6], [8, 10, 12]]
    assert source.built == 2


def test_a_damaged_model_is_deleted_and_reported_in_one_line() -> None:
    path = DoublingModel().convert()
    path.with_suffix(".bin").unlink()
    with pytest.raises(DamagedConversion, match="it will be converted again") as caught:
        CompiledModel(path)
    assert str(path) in str(caught.value) and "\n" not in str(caught.value)
    assert not path.exists()


def test_a_failed_conversion_leaves_no_files(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(openvino_runtime.import_openvino(), "save_model", full)
    source = DoublingModel()
    with pytest.raises(EncoderError, match="the disk is full"):
        source.convert()
    assert [path.name for path in openvino_runtime.conversion_cache_dir().iterdir()] == [
        "double-1.lock"
    ]
    monkeypatch.undo()


def test_a_cache_folder_that_cannot_be_created_is_reported(models: Path) -> None:
    models.write_text("in the way")
    with pytest.raises(EncoderError, match="could not be prepared"):
        DoublingModel().convert()


def test_openvinos_telemetry_cannot_be_imported() -> None:
    import sys

    openvino_runtime.import_openvino()
    assert sys.modules["openvino_telemetry"] is None
