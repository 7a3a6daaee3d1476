"""Whether INT8 is used: the limits, and what is remembered."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from explorer.encoders.base import Vectors, unit
from explorer.encoders.runtime import int8_verdict
from explorer.encoders.runtime.int8_verdict import (
    Verdict,
    forget_verdict,
    int8_path,
    judge,
    nearest_overlap,
    read_verdict,
    write_verdict,
)
from explorer.encoders.runtime.openvino_runtime import conversion_cache_dir

ACCEPTED = Verdict(accepted=True, reason="", gain=2.0, model="clip-1-int8-a")


@pytest.fixture
def exact() -> Vectors:
    return unit(np.random.default_rng(1).normal(size=(100, 64)))


@pytest.fixture
def cache(models: Path) -> Path:
    conversion_cache_dir().mkdir(parents=True)
    return conversion_cache_dir()


def disturbed(vectors: Vectors, size: float) -> Vectors:
    noise = np.random.default_rng(2).normal(size=vectors.shape)
    return unit(vectors + size * noise / 8)


def test_the_same_vectors_at_twice_the_speed_are_accepted(exact: Vectors) -> None:
    verdict = judge(exact, disturbed(exact, 0.001), 2.0, layers=48)
    assert verdict.accepted and not verdict.reason
    assert (verdict.gain, verdict.layers) == (2.0, 48)
    assert verdict.overlap > 0.99 and verdict.cosine > 0.9999


def test_too_little_speed_is_declined(exact: Vectors) -> None:
    assert judge(exact, exact, 1.3).accepted
    verdict = judge(exact, exact, 1.29)
    assert not verdict.accepted and "1.29 times" in verdict.reason


def test_other_nearest_photos_are_declined(exact: Vectors) -> None:
    verdict = judge(exact, disturbed(exact, 0.2), 2.0)
    assert verdict.overlap < 0.98
    assert not verdict.accepted and "nearest photos" in verdict.reason


def test_one_photo_with_another_vector_is_declined(exact: Vectors) -> None:
    quantized = exact.copy()
    # Towards a vector at right angles to all others: the order of its nearest photos is the same.
    exact = np.pad(exact, ((0, 0), (0, 1)))
    quantized = np.pad(quantized, ((0, 0), (0, 1)))
    quantized[0, -1] = 0.1
    verdict = judge(exact, unit(quantized), 2.0)
    assert verdict.overlap >= 0.98 and verdict.cosine < 0.999
    assert not verdict.accepted and "cosine" in verdict.reason


def test_overlap_is_the_share_of_the_same_nearest_photos() -> None:
    # Photos on a half circle: the nearest of the first are those that follow it.
    angles = np.linspace(0, np.pi, 60)
    line = np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)
    assert nearest_overlap(line, line) == 1
    shuffled = line[np.random.default_rng(3).permutation(60)]
    assert nearest_overlap(line, shuffled) < 0.6


def test_a_decision_is_remembered(cache: Path) -> None:
    assert read_verdict("clip-1") is None
    declined = Verdict(accepted=False, reason="it is only 1.10 times as fast", gain=1.1)
    write_verdict("clip-1", declined)
    assert read_verdict("clip-1") == declined
    assert read_verdict("clip-2") is None


def test_another_processor_or_version_decides_anew(
    cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_verdict("clip-1", Verdict(accepted=False, reason="slow"))
    before = int8_verdict._circumstances()
    for number in range(len(before)):
        changed = [*before[:number], "other", *before[number + 1 :]]
        monkeypatch.setattr(int8_verdict, "_circumstances", lambda changed=changed: changed)
        assert read_verdict("clip-1") is None


def test_a_decision_without_its_model_does_not_count(cache: Path) -> None:
    write_verdict("clip-1", ACCEPTED)
    assert read_verdict("clip-1") is None
    int8_path(ACCEPTED).touch()
    assert read_verdict("clip-1") == ACCEPTED
    assert forget_verdict("clip-1") == 0
    assert read_verdict("clip-1") is None and not int8_path(ACCEPTED).exists()


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"accepted": true}', "\0"])
def test_a_damaged_decision_does_not_count(cache: Path, content: str) -> None:
    (cache / "clip-1-int8.json").write_text(content)
    assert read_verdict("clip-1") is None
