"""Encoders for the factory's vectors, and a library of them."""

from __future__ import annotations

import numpy as np
import pytest

from explorer.encoders import registry
from tests.factory import DIM, ENCODER, VERSION, Shelf, vector_of
from tests.tiny import Tiny


class Said:
    """An encoder for the factory's vectors: a phrase has the vector of that content."""

    name, version, dim, has_text = ENCODER, VERSION, DIM, True
    spec = Tiny.spec

    def encode_texts(self, phrases: list[str]) -> np.ndarray:
        return np.stack([vector_of(phrase) for phrase in phrases])

    def encode_images(self, pixels: np.ndarray) -> np.ndarray:
        return np.stack([vector_of(int(picture.mean())) for picture in pixels])


class Mute(Said):
    name, has_text = "mute", False


@pytest.fixture(autouse=True)
def _encoders(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "_loaders", {**registry._loaders, ENCODER: Said, "mute": Mute})
    monkeypatch.setattr(registry, "_loaded", {})


@pytest.fixture
def full(shelf: Shelf) -> Shelf:
    """200 photos: number n of 2001-01-(n % 28 + 1), every second one in a folder; every tenth
    without a date."""
    with shelf.writer.transaction():
        for n in range(200):
            shelf.put(
                f"{'sub/' if n % 2 else ''}{n}.jpg",
                n,
                taken_at=None if n % 10 == 0 else f"2001-01-{n % 28 + 1:02d}T12:00:00",
            )
    return shelf
