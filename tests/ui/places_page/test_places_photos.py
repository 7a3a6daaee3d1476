"""The photos of an area, a page at a time."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from explorer.config import PROJECT
from explorer.ui import resources
from explorer.ui.components import viewer
from explorer.ui.places_page import places_photos
from tests.factory import LibraryBuilder
from tests.fixtures.places import LISBON, put_place

AREA = "38,-10,39,-9"


@pytest.fixture
def located(photos: Path) -> None:
    """Five photos in Lisbon."""
    library = resources.library()
    (root,) = library.catalog.root_paths().values()
    builder = LibraryBuilder(library, root)
    for number in range(5):
        name = f"lisbon {number}.jpg"
        put_place(
            builder, builder.put(name, name, latitude=38.7, longitude=-9.1), 38.7, -9.1, LISBON
        )
    builder.writer.close()


@pytest.mark.usefixtures("located")
def test_the_page_with_the_photo_seen_last_is_turned_to(monkeypatch: pytest.MonkeyPatch) -> None:
    ids, seen = list[int](), list[int]()

    def shown(found: Any, *_: object, turn_to: Callable[[int], None]) -> None:
        ids[:] = found.tolist()
        if seen:
            turn_to(seen.pop())

    monkeypatch.setattr(places_photos, "PAGE_SIZE", 2)
    monkeypatch.setattr(viewer, "viewer", shown)
    app = AppTest.from_file(str(PROJECT / "pages" / "places.py"), default_timeout=180)
    app.query_params["area"] = AREA
    app.run()
    assert not app.exception and len(ids) == 5
    for index, number in ((4, "3"), (2, "2")):
        seen.append(ids[index])
        app.run()
        assert app.query_params["page"] == number and app.query_params["area"] == AREA
    # The first page needs no number; of a photo that is not in the area, nothing is known.
    seen.append(999_999)
    app.run()
    assert app.query_params["page"] == "2"
    seen.append(ids[0])
    app.run()
    assert "page" not in app.query_params
