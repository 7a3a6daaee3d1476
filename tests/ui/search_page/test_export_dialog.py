"""Exports of results from the Search page."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from tests.ui.search_page.test_search_state import app


def opened(choice: str, **address: str) -> AppTest:
    """The page with the dialog open at that choice."""
    page = app(**address)
    next(button for button in page.button if button.key == "export-results").click().run()
    box = next(box for box in page.selectbox if box.label == "Export as")
    box.set_value(choice).run()
    assert not page.exception
    return page


def write(page: AppTest, folder: Path) -> AppTest:
    next(box for box in page.text_input if box.label == "Folder").set_value(str(folder)).run()
    for button in page.button:
        if button.label.startswith("Write ") and not button.disabled:
            return button.click().run()
    return page


def test_paths_can_be_copied(photos: Path) -> None:
    page = opened("Paths", until="2021-12-31")
    expected = [str(photos / f"{name}.jpg") for name in ("blue", "green", "red")]
    assert page.code[0].value.splitlines() == expected


def test_copies_in_a_folder(photos: Path, tmp_path: Path) -> None:
    page = write(opened("Copies in a folder", until="2021-12-31"), tmp_path / "album")
    assert "3 copies written to" in page.success[0].value
    names = {path.name for path in (tmp_path / "album").iterdir()}
    assert names == {"red.jpg", "green.jpg", "blue.jpg"}


def test_an_unusable_folder_is_reported(photos: Path, tmp_path: Path) -> None:
    page = write(opened("Copies in a folder"), tmp_path / "no" / "such")
    assert "does not exist" in page.error[0].value.replace("\\", "")


def test_a_watched_folder_must_be_confirmed(photos: Path) -> None:
    page = write(opened("Links in a folder"), photos / "new")
    assert "is watched" in page.warning[0].value
    assert next(box for box in page.checkbox if box.label == "Write there anyway")
    assert next(button for button in page.button if button.label.startswith("Write ")).disabled
    assert not (photos / "new").exists()


@pytest.mark.parametrize(
    "choice", ["Table (CSV)", "JSON", "Contact sheet (HTML)", "Contact sheet (PDF)"]
)
def test_each_choice_is_made_and_can_be_downloaded(photos: Path, choice: str) -> None:
    page = opened(choice)
    assert not page.get("download_button")
    next(button for button in page.button if str(button.key).startswith("make-")).click().run()
    assert not page.exception
    buttons: Any = page.get("download_button")
    assert [button.label.startswith("Download ") for button in buttons] == [True]


def test_a_zip_file_is_downloaded_by_the_page_and_not_by_the_dialog(photos: Path) -> None:
    page = opened("ZIP file", until="2021-12-31")
    next(button for button in page.button if button.key == "export-zip").click().run()
    assert not page.exception
    assert page.session_state["_download"]["url"].startswith("/photo/zip/")
    assert not [box for box in page.selectbox if box.label == "Export as"]
