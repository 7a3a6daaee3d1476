"""Heat maps over the open photo: only where the encoder has them, and only when asked for."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from explorer.encoders import registry
from explorer.encoders.base import Grid, Pixels, Vectors
from explorer.search.query import Query
from explorer.ui import resources
from explorer.ui.search_page import heat_maps
from explorer.ui.viewer import photo_sequences
from tests.tiny import Tiny
from tests.ui.conftest import id_of
from tests.ui.search_page.test_search_state import app

_asked = list[tuple[int, ...]]()


class Locating(Tiny):
    """Finds everything in the upper left."""

    def heat_map(self, pixels: Pixels, query: Vectors) -> Grid:
        _asked.append((*pixels.shape, *query.shape))
        grid = np.zeros((4, 4), np.float32)
        grid[0, 0] = 1
        return grid


@pytest.fixture
def locating(photos: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    _asked.clear()
    heat_maps._latest.clear()
    monkeypatch.setitem(registry._loaders, "tiny", Locating)
    return photos


def viewer_data(page: AppTest) -> dict[str, Any]:
    """What the page gives the viewer."""
    (data,) = (
        json.loads(each.proto.json)
        for each in page.get("bidi_component")
        if each.proto.component_name == "viewer"
    )
    return dict(data)


def test_a_heat_map_is_computed_on_request(locating: Path) -> None:
    data = viewer_data(app(q="red"))
    assert data["heat"] and not _asked
    sequence = photo_sequences.find(data["sequence"])
    photo = resources.library().catalog.photo(id_of("red.jpg"))
    assert sequence is not None and sequence.heat_map is not None and photo is not None
    found = sequence.heat_map(photo)
    assert found is not None
    assert found.words == "This photo matches best in the upper left."
    assert found.url.startswith("data:image/png;base64,")
    assert _asked == [(32, 32, 3, 32)]
    assert sequence.heat_map(photo) == found
    assert len(_asked) == 1


def test_there_is_no_heat_map_without_a_search(locating: Path) -> None:
    assert not viewer_data(app())["heat"]


def test_there_is_no_heat_map_for_an_encoder_without_them(photos: Path) -> None:
    assert not viewer_data(app(q="red"))["heat"]


def test_a_photo_without_a_preview_has_no_heat_map(locating: Path) -> None:
    photo = resources.library().catalog.photo(id_of("red.jpg"))
    assert photo is not None
    resources.library().previews.remove(photo["hash"])
    assert heat_maps.overlay(photo, Query.of_phrase("red")) is None
