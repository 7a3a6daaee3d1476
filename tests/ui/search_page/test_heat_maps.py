"""Heat maps over the open photo: only where the encoder has them, and only when asked for."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from explorer.encoders import registry
from explorer.encoders.base import Grid, Pixels, Vectors
from explorer.search.query import Query
from explorer.ui import resources
from explorer.ui.search_page import heat_maps
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
    monkeypatch.setitem(registry._loaders, "tiny", Locating)
    return photos


def button(page: AppTest, label: str) -> bool:
    return any(each.label == label for each in page.button)


def overlays(page: AppTest) -> list[str]:
    return [each.proto.body for each in page.get("html") if 'class="heat"' in each.proto.body]


def test_a_heat_map_is_computed_on_request(locating: Path) -> None:
    page = app(q="red", photo=str(id_of("red.jpg")))
    assert not overlays(page) and not _asked
    next(each for each in page.button if each.label == "Show what matched").click().run()
    assert not page.exception
    (body,) = overlays(page)
    assert "This photo matches best in the upper left." in body
    assert "data:image/png;base64," in body
    assert _asked == [(32, 32, 3, 32)]
    page.run()
    assert len(_asked) == 1
    next(each for each in page.button if each.label == "Hide what matched").click().run()
    assert not overlays(page)


def test_there_is_no_heat_map_without_a_search(locating: Path) -> None:
    page = app(photo=str(id_of("red.jpg")))
    assert button(page, "Full size") or button(page, "More like this")
    assert not button(page, "Show what matched")


def test_there_is_no_heat_map_for_an_encoder_without_them(photos: Path) -> None:
    page = app(q="red", photo=str(id_of("red.jpg")))
    assert button(page, "More like this") and not button(page, "Show what matched")


def test_a_photo_without_a_preview_has_no_heat_map(locating: Path) -> None:
    photo = resources.library().catalog.photo(id_of("red.jpg"))
    assert photo is not None
    resources.library().previews.remove(photo["hash"])
    assert heat_maps.overlay(photo, Query.of_phrase("red")) is None
