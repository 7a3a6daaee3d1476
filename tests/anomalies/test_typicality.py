"""What is known of everyday photos' vectors, and that it helps small libraries and those of one
subject."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from explorer.anomalies import typicality as module
from explorer.anomalies.outlier_scores import outliers, outliers_by_facts
from explorer.anomalies.typicality import NEAREST, TypicalPhotos, distance, typical_photos
from explorer.encoders import starter
from tests.anomalies.test_outlier_scores import kept, unit


@pytest.fixture(autouse=True)
def _fresh() -> None:
    module.typical_photos.cache_clear()


def write(folder: Path) -> None:
    arrays = {
        "middle": np.zeros(8),
        "centres": np.eye(8, dtype=np.int8),
        "usual": 0.5,
        "spread": 0.25,
        "version": np.array("one"),
    }
    stored: dict[str, Any] = {name: np.asarray(value) for name, value in arrays.items()}
    np.savez(folder / "typical-eyes.npz", **stored)


def test_distance_is_measured_to_the_nearest_centers_in_units_of_their_spread(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_FOLDER", tmp_path)
    write(tmp_path)
    found = typical_photos("eyes", "one")
    assert found is not None
    # A centre itself is like one of the nearest four, and unlike the other three.
    assert found.unlikeness(np.eye(8, dtype=np.float32)) == pytest.approx(
        np.full(8, (1 - 1 / NEAREST - 0.5) / 0.25)
    )


@pytest.mark.parametrize(
    ("name", "version"),
    [("eyes", "two"), ("other", "one"), ("../eyes", "one"), ("open_clip:A/b", "one")],
)
def test_vectors_of_another_encoder_have_no_score(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, version: str
) -> None:
    monkeypatch.setattr(module, "_FOLDER", tmp_path)
    write(tmp_path)
    assert typical_photos(name, version) is None


def test_the_shipped_data_fits_the_starter_encoder() -> None:
    learned = typical_photos(starter.NAME, starter.StarterEncoder().version)
    assert learned is not None
    assert learned.centers.shape == (256, starter.StarterHead.load().dim) and learned.spread > 0
    assert np.linalg.norm(learned.centers, axis=1) == pytest.approx(np.ones(256), abs=1e-5)
    # Its own centers are where everyday photos are.
    assert np.median(learned.unlikeness(learned.centers)) < 1


def test_distance_does_not_depend_on_the_batch_size(monkeypatch: pytest.MonkeyPatch) -> None:
    random = np.random.default_rng(1)
    vectors, centers = unit(random.standard_normal((50, 16))), unit(random.standard_normal((9, 16)))
    whole = distance(vectors, centers)
    monkeypatch.setattr(module, "_BATCH", 7)
    assert distance(vectors, centers) == pytest.approx(whole, abs=1e-6)


def everyday(random: np.random.Generator) -> tuple[TypicalPhotos, np.ndarray]:
    """Twelve subjects on one side of a sphere, as an encoder places everyday photos, and their
    centers."""
    shared = unit(random.standard_normal((1, 48)))
    centers = unit(shared + unit(random.standard_normal((12, 48))))
    photos = around(random, np.repeat(centers, 40, axis=0))
    far = distance(photos, centers)
    return TypicalPhotos(
        photos.mean(axis=0),
        centers,
        float(np.median(far)),
        float(np.percentile(far, 84.13) - np.median(far)),
    ), centers


def around(random: np.random.Generator, centers: np.ndarray) -> np.ndarray:
    return unit(centers + random.standard_normal(centers.shape) * 0.8 / np.sqrt(centers.shape[1]))


def distances_of(vectors: np.ndarray, known: TypicalPhotos) -> np.ndarray:
    shared, unlikeness = vectors @ known.middle, known.unlikeness(vectors)
    return outliers_by_facts(shared, unlikeness, *kept(vectors), known)


def test_a_small_library_finds_outliers_by_comparison_with_everyday_photos() -> None:
    random = np.random.default_rng(4)
    known, centers = everyday(random)
    photos = around(random, centers[random.integers(0, 12, 60)])
    strangers = unit(random.standard_normal((3, 48)))
    vectors = np.concatenate([photos, strangers])
    odd = distances_of(vectors, known)
    assert set(np.argsort(-odd)[:3].tolist()) == {60, 61, 62}


def test_another_subject_is_an_outlier_in_a_library_of_one_subject() -> None:
    random = np.random.default_rng(5)
    known, centers = everyday(random)
    photos = around(random, np.repeat(centers[:1], 100, axis=0))
    other = around(random, centers[1:3])
    vectors = np.concatenate([photos, other])
    for odd in (distances_of(vectors, known), outliers(vectors, *kept(vectors))):
        assert set(np.argsort(-odd)[:2].tolist()) == {100, 101}
