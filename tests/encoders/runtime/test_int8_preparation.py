"""The self-test of INT8: what it decides is what encodes from then on."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from explorer.config import PROJECT
from explorer.encoders import clip
from explorer.encoders.base import Vectors
from explorer.encoders.clip import ClipEncoder
from explorer.encoders.runtime import encoder_engines, int8_preparation
from explorer.encoders.runtime.int8_verdict import Verdict, int8_path, judge, read_verdict
from explorer.encoders.runtime.openvino_runtime import (
    CompiledModel,
    conversion_cache_dir,
    cpu_precision,
)
from explorer.indexing.models import int8_process
from tests.encoders.conftest import TinyModel
from tests.encoders.runtime.test_int8_graph import INT8_COSINE
from tests.encoders.test_open_clip import cosines, photos

PHOTOS = 160


@pytest.fixture
def encoder(reuse_conversions: None, aliases: None, tiny_clip: TinyModel) -> ClipEncoder:
    """The tiny CLIP, converted, with the user's own weights."""
    return clip.load_clip(f"open_clip:tiny-clip@{tiny_clip[1]}")


def _judge_gain(monkeypatch: pytest.MonkeyPatch, gain: float) -> None:
    """The speeds of INT8, fp32 and bf16."""
    monkeypatch.setattr(int8_preparation, "rows_per_second", lambda *_: [gain, 1.0, 0.95])


def _lenient(exact: Vectors, quantized: Vectors, gain: float, **layers: int) -> Verdict:
    """Random weights in few layers lose more than the limits allow."""
    verdict = judge(exact, quantized, gain, **layers)
    return verdict._replace(accepted=verdict.gain >= 1.3, reason="", overlap=1.0, cosine=1.0)


def test_an_accepted_model_encodes_the_next_images(
    encoder: ClipEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    _judge_gain(monkeypatch, 2.0)
    monkeypatch.setattr(int8_preparation, "judge", _lenient)
    pixels = photos(32, PHOTOS)
    before = encoder.encode_images(pixels)
    assert encoder_engines.wants_int8_test(encoder.name)
    encoder_engines.assess_int8(encoder.name, pixels)
    assert not encoder_engines.wants_int8_test(encoder.name)
    # Until it is told, it goes on with what is loaded.
    assert np.array_equal(encoder.encode_images(pixels), before)
    encoder.reload_images()
    after = encoder.encode_images(pixels)
    assert not np.array_equal(after, before) and cosines(after, before).min() > INT8_COSINE
    assert clip.load_clip(encoder.name).version == encoder.version
    engine = encoder_engines.engine_of(encoder.name)
    assert engine is not None and engine.precision == "int8" and "2.00 times" in engine.note


def test_a_declined_model_is_not_kept(
    encoder: ClipEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    _judge_gain(monkeypatch, 1.0)
    monkeypatch.setattr(int8_preparation, "judge", _lenient)
    # Left by a test that was interrupted.
    interrupted = conversion_cache_dir() / f"{encoder.conversion.key}-int8-old"
    interrupted.mkdir()
    files = sorted(path.name for path in conversion_cache_dir().iterdir() if path.is_file())
    encoder_engines.assess_int8(encoder.name, photos(32, PHOTOS))
    assert not interrupted.exists()
    verdict = read_verdict(encoder.conversion.key)
    assert verdict is not None and not verdict.accepted
    kept = sorted(path.name for path in conversion_cache_dir().iterdir() if path.is_file())
    assert kept == sorted([*files, f"{encoder.conversion.key}-int8.json", "int8-test.lock"])
    engine = encoder_engines.engine_of(encoder.name)
    assert engine is not None and engine.precision == cpu_precision()


def test_where_bf16_is_slow_fp32_is_used(
    encoder: ClipEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(int8_preparation, "rows_per_second", lambda *_: [1.0, 1.2, 1.0])
    pixels = photos(32, PHOTOS)
    encoder_engines.assess_int8(encoder.name, pixels)
    encoder.reload_images()
    engine = encoder_engines.engine_of(encoder.name)
    assert engine is not None and engine.precision == "fp32" and "not INT8" in engine.note
    path = conversion_cache_dir() / f"{encoder.conversion.key}-image.xml"
    expected = CompiledModel(path, "exact", streams=True)(pixels[:16])[0]
    assert np.allclose(encoder.encode_images(pixels[:16]), expected, atol=1e-6)


def test_layers_are_left_out_once(encoder: ClipEncoder, monkeypatch: pytest.MonkeyPatch) -> None:
    attempts = list[int]()

    def poor(exact: Vectors, quantized: Vectors, gain: float, **layers: int) -> Verdict:
        attempts.append(layers["left_out"])
        poorly = Verdict(accepted=False, reason="poor", overlap=0.5)
        return poorly._replace(layers=layers["layers"], left_out=layers["left_out"])

    _judge_gain(monkeypatch, 2.0)
    monkeypatch.setattr(int8_preparation, "judge", poor)
    encoder_engines.assess_int8(encoder.name, photos(32, PHOTOS))
    assert attempts == [0, 1]
    verdict = read_verdict(encoder.conversion.key)
    assert verdict is not None and verdict.left_out == 1 and verdict.layers > 0


def test_a_damaged_int8_model_is_replaced_by_the_other_one(
    encoder: ClipEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    _judge_gain(monkeypatch, 2.0)
    monkeypatch.setattr(int8_preparation, "judge", _lenient)
    pixels = photos(32, PHOTOS)
    before = encoder.encode_images(pixels)
    encoder_engines.assess_int8(encoder.name, pixels)
    verdict = read_verdict(encoder.conversion.key)
    assert verdict is not None
    int8_path(verdict).with_suffix(".bin").write_bytes(b"")
    encoder.reload_images()
    assert np.array_equal(encoder.encode_images(pixels), before)
    assert encoder_engines.wants_int8_test(encoder.name)


def test_a_removed_model_takes_its_int8_version_along(
    encoder: ClipEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    _judge_gain(monkeypatch, 2.0)
    monkeypatch.setattr(int8_preparation, "judge", _lenient)
    encoder_engines.assess_int8(encoder.name, photos(32, PHOTOS))
    clip.remove(encoder.name, weights_too=False)
    key = encoder.conversion.key
    assert not [path for path in conversion_cache_dir().glob(f"{key}*") if path.is_file()]


def test_a_test_that_failed_is_remembered(encoder: ClipEncoder) -> None:
    encoder_engines.decline_int8(encoder.name, "its test could not be completed")
    assert not encoder_engines.wants_int8_test(encoder.name)
    engine = encoder_engines.engine_of(encoder.name)
    assert engine is not None and engine.note == "not INT8: its test could not be completed"


def _run_process(name: str, paths: list[Path]) -> int:
    """Run the worker's process on these previews; its input stays open until it ends."""
    with subprocess.Popen(
        [sys.executable, "-m", "explorer.indexing.models.int8_process", name],
        cwd=PROJECT,
        stdin=subprocess.PIPE,
    ) as process:
        assert process.stdin
        process.stdin.write(json.dumps([str(path) for path in paths]).encode() + b"\n")
        process.stdin.flush()
        return process.wait()


def test_the_process_decides_from_previews(encoder: ClipEncoder, tmp_path: Path) -> None:
    paths = [tmp_path / f"{seed}.jpg" for seed in range(encoder_engines.INT8_PHOTOS)]
    for path, pixels in zip(paths, photos(32, len(paths)), strict=True):
        Image.fromarray(pixels).save(path)
    # One of them cannot be read.
    paths[7].write_bytes(b"torn")
    assert _run_process(encoder.name, paths) == int8_process.UNDECIDED
    assert encoder_engines.wants_int8_test(encoder.name)
    assert _run_process(encoder.name, [*paths, paths[0]]) == 0
    assert not encoder_engines.wants_int8_test(encoder.name)
