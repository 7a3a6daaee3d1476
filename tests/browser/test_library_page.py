"""The Library page, and the app's life around it."""

from __future__ import annotations

import subprocess
from pathlib import Path

from playwright.sync_api import expect

from explorer.config import PROJECT
from explorer.library.catalog import Catalog
from explorer.library.stores.command_store import send_command
from tests import pictures
from tests.browser.app_server import Server
from tests.browser.contexts import WAIT
from tests.browser.visitor import Visitor


def test_counts_and_unreadable_files_are_shown(
    window: Visitor, server: Server, photos: Path
) -> None:
    page = window.open(server.address + "/library")
    expect(page.get_by_text("Up to date.")).to_be_visible()
    expect(page.get_by_text("Search model: tiny")).to_be_visible()
    expect(page.get_by_role("code").get_by_text(str(photos), exact=True)).to_be_visible()
    expect(page.get_by_text("1 file could not be read")).to_be_visible()
    expect(page.get_by_role("heading", name="Could not be read")).to_be_visible()
    expect(page.get_by_text("1 file: the file is damaged")).to_be_visible()
    expect(page.get_by_text("broken.jpg")).to_be_visible()


def test_the_sign_of_a_running_page_covers_nothing(window: Visitor, server: Server) -> None:
    page = window.open(server.address + "/library")
    expect(page.get_by_role("heading", name="Folders")).to_be_visible()
    window.settle()
    # Streamlit shows its own only after a while, and these pages are fast.
    page.get_by_test_id("stToolbar").evaluate(
        """bar => {
          const sign = document.createElement('div');
          sign.dataset.testid = 'stStatusWidget';
          sign.id = 'sign';
          sign.innerHTML = '<div><button>Stop</button></div>';
          bar.prepend(sign);
        }"""
    )
    # On a busy computer, Streamlit's own may be there, too.
    sign = page.locator("#sign")
    expect(sign).to_have_css("position", "fixed")
    expect(sign).to_have_css("top", "0px")
    expect(sign).to_have_css("height", "3px")
    assert sign.bounding_box() == {
        "x": 0,
        "y": 0,
        "width": page.evaluate("innerWidth"),
        "height": 3,
    }
    # The indexer's; that of the page would leave half of it.
    expect(page.get_by_role("button", name="Stop", exact=True)).to_have_count(1)


def test_indexing_is_paused_and_resumed(window: Visitor, server: Server) -> None:
    page = window.open(server.address + "/library")
    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_text("Indexing is paused.")).to_be_visible()
    page.get_by_role("link", name="Search").click()
    expect(page.get_by_role("searchbox")).to_be_visible()
    expect(page.get_by_text("Indexing is paused.")).to_be_visible()
    page.go_back()
    expect(page.get_by_role("heading", name="Folders")).to_be_visible()
    page.get_by_role("button", name="Resume").click()
    expect(page.get_by_text("Up to date.")).to_be_visible()


def test_folders_are_added_and_removed(
    window: Visitor, server: Server, tmp_path: Path, photos: Path
) -> None:
    pictures.write(tmp_path / "More" / "one.jpg", pictures.draw(501))
    pictures.write(tmp_path / "More" / "two.jpg", pictures.draw(502))
    page = window.open(server.address + "/library")
    box = page.get_by_role("textbox", name="Path")
    box.fill(str(tmp_path / "Nowhere"))
    box.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("does not exist")
    box.fill(str(photos / "Drawn"))
    box.press("Enter")
    expect(page.get_by_text("already watched")).to_be_visible()
    box.fill(f'"{tmp_path / "More"}"')
    box.press("Enter")
    expect(page.get_by_text("2 photo files")).to_be_visible()
    pictures.write(tmp_path / "More" / "three.jpg", pictures.draw(503))
    expect(page.get_by_text("3 photo files")).to_be_visible()
    remove = page.get_by_role("button", name="Stop watching", exact=True)
    expect(remove).to_have_count(2)
    roots = sorted([str(photos), str(tmp_path / "More")])
    remove.nth(roots.index(str(tmp_path / "More"))).click()
    expect(
        page.get_by_text("Stop watching this folder? Its 3 photos will be removed from the library")
    ).to_be_visible()
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_role("button", name="Yes, stop watching")).to_have_count(0)
    remove.nth(roots.index(str(tmp_path / "More"))).click()
    page.get_by_role("button", name="Yes, stop watching").click()
    expect(page.get_by_role("code").get_by_text(str(tmp_path / "More"), exact=True)).to_have_count(
        0
    )
    assert (tmp_path / "More" / "one.jpg").exists()


def test_an_empty_library_until_it_is_filled_and_the_program_ends(
    window: Visitor, tmp_path: Path
) -> None:
    server = Server(tmp_path)
    try:
        _empty_pages_say_how_to_begin(window, server)
        _an_open_page_shows_a_folder_without_photos(window, server)
        _a_folder_is_added(window, server)
    finally:
        server.stop()
    _the_end_is_told_in_plain_words(window)
    assert "Traceback" not in server.log
    assert "warning" not in server.log.lower()


def _empty_pages_say_how_to_begin(window: Visitor, server: Server) -> None:
    for path in ("/duplicates", "/compare", "/"):
        page = window.open(server.address + path)
        expect(page.get_by_role("heading", name="Welcome")).to_be_visible()
    page.get_by_role("link", name="Library").click()
    expect(page.get_by_text("No folder is watched yet")).to_be_visible()


def _an_open_page_shows_a_folder_without_photos(window: Visitor, server: Server) -> None:
    page = window.open(server.address + "/anomalies")
    expect(page.get_by_role("heading", name="Welcome")).to_be_visible()
    empty = server.folder / "Empty"
    empty.mkdir()
    catalog = Catalog(server.library / "catalog.db")
    send_command(catalog, "add", str(empty))
    catalog.close()
    # Without anything being pressed, and before there is any photo.
    expect(page.get_by_text("No photos were found in your folders.")).to_be_visible()
    expect(page.get_by_role("heading", name="Welcome")).to_have_count(0)


def _a_folder_is_added(window: Visitor, server: Server) -> None:
    page = window.open(server.address + "/library")
    pictures.write(server.folder / "First" / "one.jpg", pictures.draw(1))
    page.get_by_role("textbox", name="Path").fill(str(server.folder / "First"))
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_text("1 photo file")).to_be_visible()
    page.get_by_role("link", name="Search").click()
    expect(page.get_by_role("button", name="one.jpg")).to_be_visible()


def _the_end_is_told_in_plain_words(window: Visitor) -> None:
    page = window.page
    dialog = page.get_by_role("dialog", name="Photo Explorer is not running")
    expect(dialog).to_contain_text("python run.py")
    for word in ("Streamlit", "internet", "Connection error"):
        assert word not in dialog.inner_text()
    assert (
        dialog.get_by_text("streamlit").count() == 0
        or not dialog.get_by_text("streamlit").first.is_visible()
    )
    page.goto("about:blank")
    # That it cannot be reached is what the test is about.
    window.complaints.clear()


def test_one_model_alone_cannot_be_compared(window: Visitor, server: Server) -> None:
    page = window.open(server.address + "/compare")
    expect(page.get_by_text("Only tiny has encoded your photos so far")).to_be_visible()
    page.get_by_role("link", name="Models on the Library page").click()
    expect(page.get_by_text("Search models")).to_be_visible()


def test_a_library_is_opened_by_one_app_at_a_time(server: Server) -> None:
    second = subprocess.run(
        [*server.command, "--port", "1"],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        timeout=WAIT,
        check=False,
    )
    assert second.returncode == 1
    assert "Port 1 is in use" in second.stderr or "already open at" in second.stderr
    without_port = [word for word in server.command if word not in ("--port", str(server.port))]
    third = subprocess.run(
        without_port, cwd=PROJECT, capture_output=True, text=True, timeout=WAIT, check=False
    )
    assert third.returncode == 1
    assert f"already open at {server.address}" in third.stderr
