"""Encoders for the factory's vectors, and a library full of them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from explorer.encoders import registry
from explorer.encoders.base import Pixels, Vectors
from tests.factory import DIM, ENCODER, VERSION, LibraryBuilder, vector_of
from tests.tiny import Tiny


class FactoryEncoder:
    """An encoder for the factory's vectors: a phrase has the vector of the content of that name."""

    name, version, dim, has_text = ENCODER, VERSION, DIM, True
    spec = Tiny.spec

    def warm_up(self) -> None:
        """There is nothing to load."""

    def encode_texts(self, phrases: Sequence[str]) -> Vectors:
        return np.stack([vector_of(phrase) for phrase in phrases])

    def encode_images(self, pixels: Pixels) -> Vectors:
        return np.stack([vector_of(int(picture.mean())) for picture in pixels])


class ImageOnlyEncoder(FactoryEncoder):
    name, has_text = "mute", False


@pytest.fixture(autouse=True)
def _encoders(monkeypatch: pytest.MonkeyPatch) -> None:
    loaders = registry._loaders | {ENCODER: FactoryEncoder, "mute": ImageOnlyEncoder}
    monkeypatch.setattr(registry, "_loaders", loaders)
    monkeypatch.setattr(registry, "_loaded", {})


@pytest.fixture
def full(builder: LibraryBuilder) -> LibraryBuilder:
    """A library of 200 photos. Photo n was taken on 2001-01-(n % 28 + 1), but every tenth has no
    date; every second one is in a subfolder."""
    with builder.writer.transaction():
        for n in range(200):
            builder.put(
                f"{'sub/' if n % 2 else ''}{n}.jpg",
                n,
                taken_at=None if n % 10 == 0 else f"2001-01-{n % 28 + 1:02d}T12:00:00",
            )
    return builder
