"""The dialogs that edit photos and put them into albums."""

from __future__ import annotations

from pathlib import Path

from streamlit.testing.v1 import AppTest

from explorer.library.edits.edit_history import past_edits
from explorer.library.edits.edit_operations import change_keywords, set_date, set_place
from explorer.library.rows import PhotoRow
from explorer.library.stores import album_store
from explorer.library.stores.edit_store import edit_photos
from explorer.ui import resources
from tests.ui.conftest import id_of
from tests.ui.search_page.test_search_state import app


def opened(request: str, *names: str) -> AppTest:
    page = app()
    page.session_state[request] = [id_of(name) for name in names]
    page.run()
    assert not page.exception
    return page


def save(page: AppTest, label: str = "Save") -> AppTest:
    next(button for button in page.button if button.label == label).click().run()
    assert not page.exception
    return page


def photo(name: str) -> PhotoRow:
    row = resources.library().catalog.photo(id_of(name))
    assert row is not None
    return row


def summaries() -> list[str]:
    return [edit.summary for edit in past_edits(resources.library().catalog)]


def test_keywords_are_added_and_removed_at_once(photos: Path) -> None:
    catalog = resources.library().catalog
    edit_photos(catalog, [id_of("red.jpg")], *change_keywords(["sea", "hills"]))
    page = opened("_edit-photos", "red.jpg")
    page.text_input(key="edit-add-keywords").set_value("sky\0, caf\x1be")
    page.multiselect(key="edit-remove-keywords").set_value(["sea"])
    save(page)
    assert photo("red.jpg")["keywords"] == ["hills", "sky", "caf e"]


def test_a_date_or_a_shift_is_typed_but_not_both(photos: Path) -> None:
    page = opened("_edit-photos", "red.jpg")
    page.text_input(key="edit-date").set_value("1985")
    page.text_input(key="edit-shift").set_value("+1h")
    assert "not both" in save(page).error[0].value and summaries() == []
    page.text_input(key="edit-shift").set_value("")
    save(page)
    assert photo("red.jpg")["taken_at"] == "1985-01-01T00:00:00"


def test_emptied_fields_have_the_values_of_the_file_again(photos: Path) -> None:
    catalog, before = resources.library().catalog, photo("red.jpg")
    edit_photos(catalog, [id_of("red.jpg")], *set_date("1985"))
    edit_photos(catalog, [id_of("red.jpg")], *set_place(1, 2))
    page = opened("_edit-photos", "red.jpg")
    page.text_input(key="edit-date").set_value("")
    page.text_input(key="edit-place").set_value(" ")
    save(page)
    after = photo("red.jpg")
    assert (after["taken_at"], after["latitude"]) == (before["taken_at"], None)
    assert summaries()[0] == "Date as in the file, place as in the file"


def test_a_wrong_place_is_explained(photos: Path) -> None:
    page = opened("_edit-photos", "red.jpg")
    page.text_input(key="edit-place").set_value("91, 2")
    assert "latitudes range" in save(page).error[0].value.replace("\\", "")


def test_photos_are_added_to_an_album_once(photos: Path) -> None:
    catalog = resources.library().catalog
    album_store.add_to_album(catalog, "Our boat", [id_of("red.jpg")])
    for names in (["red.jpg", "blue.jpg"], ["red.jpg"]):
        page = opened("_add-to-album", *names)
        page.selectbox(key="album-name").set_value("Our boat")
        save(page, "Add")
    (album,) = album_store.albums(catalog)
    assert album.photos == 2 and summaries() == ["Added to the album “Our boat”"] * 2
    assert any("nothing to change" in each.value for each in page.markdown)


def test_one_click_adds_to_an_album_created_lately(photos: Path) -> None:
    catalog = resources.library().catalog
    for name in ("Zoo", "Sea"):
        album_store.add_to_album(catalog, name, [id_of("red.jpg")])
    page = opened("_add-to-album", "green.jpg", "blue.jpg")
    labels = [button.label for button in page.button if str(button.key).startswith("add-to-")]
    assert labels == ["Sea", "Zoo"]
    save(page, "Zoo")
    assert [album.photos for album in album_store.albums(catalog)] == [1, 3]
    assert summaries()[0] == "Added to the album “Zoo”"
    assert not [button for button in page.button if button.label == "Add"]
