"""What the user does in the viewer, without a browser."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from explorer.config import PROJECT
from explorer.ui import resources
from tests.ui.component_events import data_of, send
from tests.ui.conftest import id_of
from tests.ui.search_page.test_search_state import address, app


def _page() -> None:
    import streamlit as st

    from explorer.ui.actions import PhotoAction
    from explorer.ui.components import viewer

    # The next click comes before the viewer is drawn.
    if st.session_state.get("interrupted"):
        st.stop()
    done = st.session_state.setdefault("done", [])
    actions = [
        PhotoAction("Favorite", ":material/star:", lambda ids: done.append(("Favorite", *ids))),
        PhotoAction("Dismiss", ":material/close:", lambda ids: done.append(("Dismiss", *ids))),
    ]
    viewer.viewer(
        [1, 2],
        actions=actions,
        more_like=lambda photo: done.append(("similar", photo)),
        turn_to=lambda photo: done.append(("seen", photo)),
    )


@pytest.fixture
def page(photos: Path) -> AppTest:
    shown = AppTest.from_function(_page, default_timeout=60).run()
    assert not shown.exception
    return shown


def test_actions_count_even_if_the_next_click_comes_at_once(page: AppTest) -> None:
    page.session_state["interrupted"] = True
    actions = [
        {"label": label, "photo": photo, "number": number}
        for number, (label, photo) in enumerate(
            [("Favorite", 1), ("Dismiss", 1), ("Elsewhere", 1), ("Favorite", 2)], 1
        )
    ]
    send(page, "viewer", actions=actions)
    page.session_state["interrupted"] = False
    page.run()
    assert not page.exception
    assert page.session_state["done"] == [("Favorite", 1), ("Dismiss", 1), ("Favorite", 2)]
    assert data_of(page, "viewer")["handled"] == 4


def test_searches_and_turned_pages_count_as_well(page: AppTest) -> None:
    page.session_state["interrupted"] = True
    send(page, "viewer", similar=2, seen=1)
    assert page.session_state["done"] == [("similar", 2), ("seen", 1)]


def test_similar_photos_are_searched_for_from_any_page(photos: Path) -> None:
    page = app(by="folder")
    page.switch_page(str(PROJECT / "pages" / "browse.py")).run()
    send(page, "photo_gallery", similar=id_of("red.jpg"))
    assert not page.exception
    assert address(page) == {"like": str(id_of("red.jpg"))}
    assert data_of(page, "photo_gallery")["label"] == "Search results"


def test_boxes_drawn_on_a_photo_are_searched_for(photos: Path) -> None:
    page = app()
    photo = id_of("red.jpg")
    boxes = [[0.1, 0.1, 0.5, 0.5], [0.9, 0.9, 0.5, 0.5], ["x"]]
    send(page, "viewer", regions={"source": photo, "boxes": boxes, "add": False})
    assert not page.exception
    assert address(page) == {"region": f"{photo}@0.1,0.1,0.5,0.5"}


def test_the_open_photo_is_rated_and_that_is_undone(page: AppTest) -> None:
    catalog, photo = resources.library().catalog, id_of("red.jpg")

    def rating() -> float | None:
        return catalog.photos([photo])[photo]["rating"]

    send(page, "viewer", actions=[{"rating": 4, "photo": photo, "number": 1}])
    assert rating() == 4
    notice = data_of(page, "viewer")["notice"]
    assert notice["text"] == "Rated 4 stars: 1 photo." and notice["undo"]
    undone = {"undo": True, "number": 2}
    send(page, "viewer", actions=[undone])
    assert rating() is None
    later = data_of(page, "viewer")["notice"]
    assert later["text"] == "Undone for 1 photo." and not later["undo"]
    assert later["turn"] > notice["turn"]
    # A rating that there is not is refused, with a notification.
    send(page, "viewer", actions=[{"rating": 9, "photo": photo, "number": 3}])
    assert rating() is None and "0 to 5 stars" in page.toast[0].value


def test_photos_are_marked_by_a_key_in_the_grid(photos: Path) -> None:
    page, catalog = app(), resources.library().catalog
    ids = [id_of(name) for name in ("red.jpg", "green.jpg", "blue.jpg")]

    def marked() -> list[bool]:
        return [bool(catalog.photos([each])[each]["favourite"]) for each in ids]

    nothing = {"ids": [], "all": False}
    sent = {"photo": ids[0], "selection": nothing}
    send(page, "photo_gallery", actions=[sent | {"number": 1}])
    assert not page.exception
    assert marked() == [True, False, False]
    assert data_of(page, "photo_gallery")["handled"] == 1
    send(page, "photo_gallery", actions=[sent | {"number": 2}])
    assert marked() == [False, False, False]
