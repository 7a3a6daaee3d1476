"""The choice of the engine. The processor stands in for a graphics processor: torch computes in 16
bits on it, too."""

from __future__ import annotations

import importlib.metadata
import json
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from explorer.encoders import clip, image_tower
from explorer.encoders.clip import ClipEncoder
from explorer.encoders.conversion.open_clip_conversion import Conversion
from explorer.encoders.runtime import encoder_engines, inference_engine, torch_device, torch_engine
from explorer.encoders.runtime.inference_engine import InferenceEngine
from explorer.encoders.runtime.openvino_runtime import cpu_precision
from explorer.encoders.runtime.torch_engine import TorchFailed, TorchModel
from tests.encoders.conftest import TINY_CLIP, TinyModel
from tests.encoders.test_open_clip import cosines, photos
from tests.systems.simulated import run_on


@pytest.fixture
def encoder(reuse_conversions: None, aliases: None, tiny_clip: TinyModel) -> ClipEncoder:
    """The tiny CLIP, converted, with the user's own weights."""
    return clip.load_clip(f"open_clip:tiny-clip@{tiny_clip[1]}")


@pytest.fixture
def tiny_table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The process knows the tiny model, too."""
    (tmp_path / "tiny-clip.json").write_text(json.dumps(TINY_CLIP))
    code = (
        # open_clip imports transformers if it is there, as it is for tests only.
        "import sys; sys.modules['transformers'] = None;"
        "import open_clip; open_clip.add_model_config(sys.argv[1]);"
        "from explorer.encoders.runtime.torch_process import main; sys.exit(main(*sys.argv[2:]))"
    )
    monkeypatch.setattr(
        torch_engine,
        "torch_command",
        lambda *arguments: [sys.executable, "-c", code, str(tmp_path), *arguments],
    )


def _device(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setattr(torch_device, "torch_device", lambda: name)
    monkeypatch.setitem(inference_engine.DEVICE_NAMES, name, name)


def _engine(encoder: ClipEncoder) -> InferenceEngine:
    found = encoder_engines.engine_of(encoder.name)
    assert found is not None
    return found


def test_without_a_graphics_processor_openvino_is_used(encoder: ClipEncoder) -> None:
    assert torch_device.torch_device() == ""
    assert _engine(encoder) == InferenceEngine("openvino", "cpu", cpu_precision())
    assert str(_engine(encoder)) == f"OpenVINO on the processor in {cpu_precision()}"


def test_torch_encodes_in_a_process_of_its_own(
    encoder: ClipEncoder, tiny_table: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    pixels = photos(32, 70)
    expected = encoder.encode_images(pixels)
    _device(monkeypatch, "cpu")
    assert _engine(encoder) == InferenceEngine("torch", "cpu", "fp16", "not tried yet")
    tower = image_tower.ImageTower(encoder.name, encoder.conversion)
    try:
        tower.warm_up()
        vectors = tower(pixels)
        process = tower._torch._process if tower._torch else None
        assert process is not None and process.poll() is None
        # Both in 16 bits, but not the same.
        assert cosines(vectors, expected).min() > 0.999 and not np.array_equal(vectors, expected)
        assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
        # Not worth a process, even if there is one.
        assert np.array_equal(tower(pixels[:3]), encoder.encode_images(pixels[:3]))
        assert _engine(encoder) == InferenceEngine("torch", "cpu", "fp16")
    finally:
        if tower._torch:
            tower._torch.close()


def test_a_device_that_torch_does_not_report_is_not_used(
    encoder: ClipEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    pixels = photos(32, 9)
    expected = encoder.encode_images(pixels)
    _device(monkeypatch, "mps")
    assert np.array_equal(encoder.encode_images(pixels), expected)
    engine = _engine(encoder)
    assert (engine.name, engine.precision) == ("openvino", cpu_precision())
    assert "reports no device “mps”" in engine.note
    # Remembered: no process is started any more.
    monkeypatch.setattr(torch_engine, "torch_command", _never)
    assert np.array_equal(clip.load_clip(encoder.name).encode_images(pixels), expected)
    # But not for ever, nor for another device.
    monkeypatch.setattr(time, "time", lambda: 4e9)
    assert _engine(encoder).name == "torch"


def _never(*_: object) -> list[str]:
    raise AssertionError("started again")


def test_a_process_that_ends_is_reported(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    commands = {"before it was ready": "pass", "while it encoded photos": "print(flush=True)"}
    for reason, code in commands.items():
        command = [sys.executable, "-c", code]
        monkeypatch.setattr(torch_engine, "torch_command", lambda *_, command=command: command)
        model = TorchModel("cpu", "some", tmp_path, 8, lambda: None)
        with pytest.raises(TorchFailed, match=reason):
            model(photos(32, 2))
        model.close()


def test_a_process_that_was_ended_is_started_again(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    code = (
        "import sys; print(flush=True); sys.stdin.buffer.read(8 + 2 * 32 * 32 * 3);"
        "sys.stdout.buffer.write(bytes(2 * 8 * 4)); sys.stdout.flush(); sys.stdin.read()"
    )
    monkeypatch.setattr(torch_engine, "torch_command", lambda *_: [sys.executable, "-c", code])
    started: list[None] = []
    model = TorchModel("cpu", "some", tmp_path, 8, lambda: started.append(None))
    try:
        for _ in range(2):
            assert model(photos(32, 2)).shape == (2, 8)
            process = model._process
            assert process is not None and process.poll() is None
            process.kill()
            process.wait()
    finally:
        model.close()
    assert len(started) == 2


def test_an_idle_process_ends(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    code = "import sys; print(flush=True); sys.stdin.read()"
    monkeypatch.setattr(torch_engine, "torch_command", lambda *_: [sys.executable, "-c", code])
    monkeypatch.setattr(torch_engine, "IDLE_SECONDS", 0.01)
    model = TorchModel("cpu", "some", tmp_path, 8, lambda: None)
    model.start()
    process = model._process
    assert process is None or process.wait(30) == 0
    model.close()


def test_without_its_weights_torch_cannot_be_used(
    encoder: ClipEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    _device(monkeypatch, "cpu")
    assert image_tower._may_use_torch(encoder.conversion)
    missing = (str(Path("nowhere", "weights.safetensors")), 1, 1)
    other = Conversion(**encoder.conversion.__dict__ | {"weights": missing})
    assert not image_tower._may_use_torch(other)


@pytest.mark.parametrize(
    ("system", "nvidia", "torch", "device"),
    [
        ("linux", False, "2.14.1", ""),
        ("linux", True, "2.14.1", "cuda"),
        ("linux", True, "2.14.1+cpu", ""),
        ("windows", True, "2.14.1+cu130", "cuda"),
        ("macos", False, "2.14.1", "mps"),
    ],
)
def test_the_device_depends_on_the_machine_and_on_torch(
    system: str, nvidia: bool, torch: str, device: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_on(monkeypatch, system)
    monkeypatch.setattr(torch_device, "has_nvidia_gpu", lambda: nvidia)
    monkeypatch.setattr(importlib.metadata, "version", lambda _: torch)
    torch_device._graphics_processor.cache_clear()
    torch_device._torch_version.cache_clear()
    try:
        assert torch_device.torch_device() == device
    finally:
        torch_device._graphics_processor.cache_clear()
        torch_device._torch_version.cache_clear()
