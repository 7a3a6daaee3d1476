"""The photos of an area."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from explorer.config import PROJECT
from explorer.search.results.photo_list import PhotoList
from explorer.ui import photo_lists, resources
from explorer.ui.components import viewer
from explorer.ui.places_page import places_photos
from tests.factory import LibraryBuilder
from tests.fixtures.places import LISBON, put_place

AREA = "38,-10,39,-9"


@pytest.fixture
def located(photos: Path) -> None:
    """Five photos in Lisbon, the newest last."""
    library = resources.library()
    (root,) = library.catalog.root_paths().values()
    builder = LibraryBuilder(library, root)
    for number in range(5):
        name = f"lisbon {number}.jpg"
        photo = builder.put(
            name, name, latitude=38.7, longitude=-9.1, taken_at=f"2020-07-0{number + 1}T12:00:00"
        )
        put_place(builder, photo, 38.7, -9.1, LISBON)
    builder.writer.close()


@pytest.mark.usefixtures("located")
def test_an_area_is_one_list_by_day_that_the_viewer_steps_through(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shown, stepped = list[PhotoList](), list[int]()

    def gallery(photos: PhotoList, *_: object, **__: object) -> None:
        shown.append(photos)

    def view(ids: Any, *_: object, **__: object) -> None:
        stepped[:] = ids().tolist()

    monkeypatch.setattr(places_photos, "gallery", gallery)
    monkeypatch.setattr(viewer, "viewer", view)
    app = AppTest.from_file(str(PROJECT / "pages" / "places.py"), default_timeout=180)
    app.query_params["area"] = AREA
    app.run()
    assert not app.exception
    (photos,) = shown
    names = [row["name"] for row in resources.library().catalog.photos(stepped).values()]
    assert names == [f"lisbon {number}.jpg" for number in (4, 3, 2, 1, 0)]
    assert photos.ids.tolist() == stepped
    assert photos.heading == "day" and len(photos.layout().sections.days) == 5
    assert photo_lists.find(photos.key) is photos
