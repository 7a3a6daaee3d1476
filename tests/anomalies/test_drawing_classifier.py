from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from explorer.anomalies import drawing_classifier as module
from explorer.anomalies.drawing_classifier import NOT_DRAWN, drawing_log_odds
from explorer.encoders import starter


@pytest.fixture(autouse=True)
def _fresh() -> None:
    module._learned.cache_clear()


def write(folder: Path, **changed: object) -> None:
    arrays = {
        "weights": np.array([2, 0, -2], np.float32),
        "bias": np.float32(-1),
        "version": np.array("one"),
    } | changed
    np.savez(folder / "drawn-eyes.npz", **arrays)  # type: ignore[arg-type]


def test_the_log_odds_are_a_weighted_sum(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_FOLDER", tmp_path)
    write(tmp_path)
    assert drawing_log_odds("eyes", "one", np.eye(3, dtype=np.float32)).tolist() == [1, -1, -3]


@pytest.mark.parametrize(
    ("name", "version"),
    [("eyes", "two"), ("other", "one"), ("../eyes", "one"), ("open_clip:A/b", "one")],
)
def test_vectors_of_another_encoder_have_no_score(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, version: str
) -> None:
    monkeypatch.setattr(module, "_FOLDER", tmp_path)
    write(tmp_path)
    assert (drawing_log_odds(name, version, np.eye(3, dtype=np.float32)) == NOT_DRAWN).all()


def test_the_shipped_data_fits_the_starter_encoder() -> None:
    learned = module._learned(starter.NAME, starter.StarterEncoder().version)
    assert learned is not None
    assert learned[0].shape == (starter.StarterHead.load().dim,) and np.isfinite(learned[0]).all()
