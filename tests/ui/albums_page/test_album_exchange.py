"""Albums exported and imported on their page."""

from __future__ import annotations

import json
from pathlib import Path

from streamlit.testing.v1 import AppTest

from explorer.config import PROJECT
from explorer.library.stores import album_store
from explorer.search.export.album_files import albums_json
from explorer.ui import resources
from tests.ui.conftest import id_of
from tests.ui.search_page.test_search_state import app


def albums_page() -> AppTest:
    page = app()
    page.switch_page(str(PROJECT / "pages" / "albums.py")).run()
    assert not page.exception
    return page


def test_an_album_is_exported_to_a_folder(photos: Path, tmp_path: Path) -> None:
    catalog = resources.library().catalog
    album_store.add_to_album(catalog, "Our boat", [id_of("red.jpg")])
    page = albums_page()
    (album,) = album_store.albums(catalog)
    page.button(key=f"export-album-{album.id}").click().run()
    page.text_input(key="export-folder").set_value(str(photos / "here")).run()
    assert any("which is watched" in each.value for each in page.warning)
    assert page.button(key="export-links").disabled
    page.text_input(key="export-folder").set_value(str(tmp_path / "boat")).run()
    page.button(key="export-links").click().run()
    assert not page.exception and (tmp_path / "boat" / "red.jpg").is_symlink()


def test_albums_are_written_to_a_file_and_read(photos: Path) -> None:
    catalog = resources.library().catalog
    album_store.add_to_album(catalog, "Our boat", [id_of("red.jpg")])
    page = albums_page()
    make = next(each for each in page.button if each.label == "Write albums to a file")
    make.click().run()
    assert not page.exception
    text = albums_json(catalog)
    assert [each["name"] for each in json.loads(text)["albums"]] == ["Our boat"]
    album_store.delete_album(catalog, album_store.albums(catalog)[0])
    page = albums_page()
    page.file_uploader(key="import-albums").set_value(
        ("albums.json", text.encode(), "application/json")
    ).run()
    page.button(key="do-import-albums").click().run()
    assert not page.exception
    assert any("1 photo added" in each.value for each in page.success)
    assert album_store.albums(catalog)[0].photos == 1


def test_albums_are_written_while_photos_are_being_indexed(photos: Path) -> None:
    catalog = resources.library().catalog
    page = albums_page()
    album_store.add_to_album(catalog, "Our boat", [id_of("red.jpg")])
    page.button(key="make-albums").click().run()
    assert not page.exception and len(page.get("download_button")) == 1
    assert any(each.value.startswith("Written ") for each in page.caption)
    # The file stays as it was when it was written.
    album_store.add_to_album(catalog, "Our house", [id_of("red.jpg")])
    page.run()
    assert len(page.get("download_button")) == 1


def test_all_edits_can_be_written_from_here(photos: Path) -> None:
    page = albums_page()
    page.button(key="write-all-sidecars").click().run()
    assert not page.exception
    assert any("None of these photos" in each.value for each in page.info)
