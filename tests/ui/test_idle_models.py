"""Models that were loaded to be compared are freed when they have been idle."""

from __future__ import annotations

import time
import weakref
from collections.abc import Iterator
from pathlib import Path

import pytest

from explorer.encoders import registry
from explorer.indexing.foreground import index_folders
from explorer.library import model_settings
from explorer.library.library import Library
from explorer.ui import idle_models, resources
from tests.fixtures.three_models import MODELS, LightModel


@pytest.fixture
def two(photos: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Library]:
    """The library, in which “light” has encoded the photos as well; “tiny” is in use."""
    monkeypatch.setattr(registry, "_loaders", registry._loaders | MODELS)
    monkeypatch.setattr(idle_models, "_last_used", {})
    library = resources.library()
    index_folders(library, [str(photos)], LightModel(), lambda _: None)
    model_settings.set_encoder(library.catalog, "tiny")
    yield library
    registry.release("light")


def used(*names: str) -> float:
    """Load and use these models; the time at which they are idle."""
    for name in names:
        encoder = registry.get_encoder(name)
        resources.library().vectors(encoder.name, encoder.version, encoder.dim)
    idle_models.note_use(names)
    return time.monotonic() + idle_models.IDLE_SECONDS + 1


def test_only_idle_models_that_are_not_in_use_are_freed(two: Library) -> None:
    later = used("tiny", "light")
    encoder = registry.get_encoder("light")
    index = weakref.ref(two.vectors("light", encoder.version, encoder.dim))
    known = weakref.ref(encoder)
    del encoder
    assert idle_models.release_idle(time.monotonic()) == []
    assert known() is registry.get_encoder("light")
    assert idle_models.release_idle(later) == ["light"]
    assert known() is None and index() is None
    assert registry.get_encoder("tiny") is registry.get_encoder("tiny")
    assert "tiny" in registry._loaded and "light" not in registry._loaded
    # Freed once, and loaded again when it is asked for.
    assert idle_models.release_idle(later) == []
    assert registry.get_encoder("light").name == "light"


def test_a_model_that_is_about_to_take_over_stays(two: Library) -> None:
    later = used("light")
    model_settings.begin_switch(two.catalog, "light")
    assert idle_models.release_idle(later) == []
    assert "light" in registry._loaded
