"""Searches that are kept, as the Search page offers them."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from explorer.library.stores import saved_search_store as store
from explorer.ui import resources
from explorer.ui.search_page import example_photos, new_matches, search_state
from explorer.ui.search_page.saved_searches import describe
from tests import pictures
from tests.ui.conftest import id_of
from tests.ui.search_page.test_search_state import address, app


def labels(page: AppTest) -> list[str]:
    return [button.label.replace("\\", "") for button in page.button if "chip" in str(button.key)]


def press(page: AppTest, label: str) -> None:
    next(button for button in page.button if button.label == label).click().run()
    assert not page.exception


def test_a_search_is_saved_and_opened_again(photos: Path) -> None:
    page = app(q="red", since="2021-01-01", page="2", sort="newest")
    box = next(box for box in page.text_input if box.label == "Name")
    assert box.value == "red · taken from January 1, 2021"
    box.set_value("Red things").run()
    press(page, "Save this search")
    assert address(page)["q"] == "red"
    (saved,) = store.saved_searches(resources.library().catalog)
    assert (saved.name, saved.query) == ("Red things", "q=red&since=2021-01-01&sort=newest")
    page = app()
    assert labels(page)[0] == "Red things"
    press(page, "Red things")
    assert address(page) == {"q": "red", "since": "2021-01-01", "sort": "newest"}
    assert labels(page) == []


def test_a_taken_name_is_rejected(photos: Path) -> None:
    catalog = resources.library().catalog
    store.save_search(catalog, "One", "q=one")
    store.save_search(catalog, "Two", "q=two")
    page = app()
    box = next(box for box in page.text_input if box.value == "Two")
    box.set_value("One").run()
    assert "“One” already" in page.error[0].value
    assert [search.name for search in store.saved_searches(catalog)] == ["One", "Two"]


def test_a_search_does_not_replace_another(photos: Path) -> None:
    catalog = resources.library().catalog
    words = "a red boat on a blue lake in the mountains"
    store.save_search(catalog, describe(f"q={words}+one"), f"q={words}+one")
    page = app(q=f"{words} two")
    box = next(box for box in page.text_input if box.label == "Name")
    free, taken = box.value, describe(f"q={words}+two")
    assert free == f"{taken} (2)"
    box.set_value(taken).run()
    press(page, "Save this search")
    assert "already exists" in page.error[0].value
    assert len(store.saved_searches(catalog)) == 1
    next(box for box in page.text_input if box.label == "Name").set_value(free).run()
    press(page, "Save this search")
    assert [search.name for search in store.saved_searches(catalog)] == [taken, free]


def test_photos_indexed_while_a_watched_search_is_drawn_are_new(
    photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    catalog = resources.library().catalog
    number = store.save_search(catalog, "Spring", "since=2021-01-01")
    store.watch_search(catalog, number, watched=True)
    (before,) = store.saved_searches(catalog)
    newest = before.seen_photo
    monkeypatch.setattr(search_state, "newest_photo", lambda _: newest)
    # A photo is added after the search, before the page is drawn.
    monkeypatch.setattr(store, "_newest_photo", lambda _: newest + 1)
    page = app(since="2021-01-01")
    assert store.saved_searches(catalog)[0].seen_photo == newest
    monkeypatch.setattr(search_state, "newest_photo", lambda _: newest + 1)
    app(since="2021-01-01")
    assert not page.exception
    assert store.saved_searches(catalog)[0].seen_photo == newest + 1


def test_recent_searches_are_offered_until_they_are_forgotten(photos: Path) -> None:
    page = app(q="red")
    page.text_input[0].set_value("blue").run()
    catalog = resources.library().catalog
    assert store.recent_searches(catalog) == ["q=blue", "q=red"]
    page = app()
    assert labels(page)[:2] == ["blue", "red"]
    press(page, "Clear recent searches")
    assert "blue" not in labels(page)
    next(toggle for toggle in page.toggle if toggle.label == "Keep recent searches").set_value(
        False
    ).run()
    app(q="green")
    assert store.recent_searches(catalog) == []


def test_photos_and_filters_are_named(photos: Path) -> None:
    app(like=str(id_of("red.jpg")), folder=str(photos / "Sub"))
    assert labels(app())[0] == "like red.jpg · in My photos/Sub"


def test_new_matches_of_a_watched_search_are_counted(photos: Path) -> None:
    catalog = resources.library().catalog
    number = store.save_search(catalog, "Spring", "since=2021-01-01&until=2021-12-31")
    store.watch_search(catalog, number, watched=True)
    (search,) = store.saved_searches(catalog)
    assert new_matches.new_matches(search) == 0
    assert new_matches.new_matches(search._replace(seen_photo=0)) == 3
    broken = search._replace(query="like=x&since=never", seen_photo=0)
    assert new_matches.new_matches(broken) == 4
    with resources.library().catalog.reading() as db:
        seen = db.execute("select max(id) from photo").fetchone()[0]
    assert search.seen_photo == seen


def test_the_chip_of_a_watched_search_shows_what_is_new(
    photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    catalog = resources.library().catalog
    number = store.save_search(catalog, "Spring", "since=2021-01-01")
    store.watch_search(catalog, number, watched=True)
    monkeypatch.setattr(new_matches, "new_matches", lambda search: 2)
    assert labels(app())[0] == "Spring · 2 new"


def test_uploads_of_saved_searches_are_kept(photos: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(example_photos, "MAX_KEPT", 1)
    _, token = example_photos.add(pictures.encoded(pictures.draw(1)), "1.jpg")
    store.save_search(resources.library().catalog, "Mine", f"example={token}")
    for seed in (2, 3):
        example_photos.add(pictures.encoded(pictures.draw(seed)), f"{seed}.jpg")
    assert example_photos.find(token) is not None
    folder = resources.library().dir / "examples"
    assert len(list(folder.glob("*.jpg"))) == 2
