"""The Anomalies page: the map and the findings."""

from __future__ import annotations

import re
import time
from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.app_server import Server
from tests.browser.contexts import WAIT
from tests.browser.test_photo_edits import said
from tests.browser.visitor import Visitor, escape


@pytest.mark.parametrize("window", [(1440, "light"), (360, "dark")], indirect=True)
def test_the_map_is_drawn_and_its_photos_can_be_listed_by_keyboard(
    window: Visitor, server: Server
) -> None:
    page = window.open(server.address + "/anomalies?colour=folder")
    expect(page.get_by_text("100 of 100 photos in view")).to_be_visible()
    expect(page.get_by_role("list", name="Colors").get_by_role("listitem")).to_have_count(3)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    window.settle()
    page.locator("canvas[aria-label='Map of the library']").press("Enter")
    expect(page.get_by_text("100 photos in the marked area")).to_be_visible()
    expect(page).to_have_url(re.compile("area="))
    window.reload()
    expect(page.get_by_text("100 photos in the marked area")).to_be_visible()
    page.get_by_role("button", name="Clear").click()
    expect(page.get_by_text("in the marked area")).to_have_count(0)


def test_the_photos_of_an_area_are_one_list(window: Visitor, server: Server) -> None:
    page = window.open(server.address + "/anomalies?area=0,0,65535,65535")
    expect(page.get_by_text("100 photos in the marked area")).to_be_visible()
    photos = page.get_by_role("group", name="Photos in the marked area of the map")
    tiles = photos.get_by_role("button")
    expect(tiles.first).to_be_visible()
    window.settle()
    tiles.first.press("End")
    # Of the photos in the page, the first is another one now.
    expect(tiles.first).not_to_be_focused()
    expect(tiles.last).to_be_focused()
    assert tiles.last.evaluate("each => each.index") == 99
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    focused = photos.locator(".photo:focus")
    expect(focused).to_be_visible()
    assert focused.evaluate("each => each.index") == 98


def test_a_point_shows_its_photo_and_opens_it(window: Visitor, server: Server) -> None:
    page = window.open(server.address + "/anomalies?colour=folder")
    expect(page.get_by_text("100 of 100 photos in view")).to_be_visible()
    window.settle()
    at = page.evaluate(_A_POINT)
    page.mouse.move(*at)
    preview = page.locator(".preview img")
    expect(preview).to_be_visible()
    shown = (preview.get_attribute("src") or "").split("/")[2]
    page.mouse.click(*at)
    expect(page.get_by_role("dialog")).to_be_visible()
    expect(page).to_have_url(re.compile(rf"photo={shown}\b"))


def test_an_area_is_marked_by_dragging(window: Visitor, server: Server) -> None:
    page = window.open(server.address + "/anomalies")
    expect(page.get_by_text("100 of 100 photos in view")).to_be_visible()
    page.get_by_role("button", name="Mark", exact=True).click()
    window.settle()
    box = page.locator("canvas[aria-label='Map of the library']").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 3, box["y"] + 3)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] - 3, box["y"] + box["height"] - 3, steps=4)
    page.mouse.up()
    expect(page.get_by_text("100 photos in the marked area")).to_be_visible()


def test_findings_can_be_dismissed_restored_and_listed_separately(
    window: Visitor, server: Server
) -> None:
    page = window.open(server.address + "/anomalies?kind=unreadable")
    expect(page.get_by_text("1 finding, worst first")).to_be_visible()
    expect(page.get_by_text("broken.jpg:")).to_be_visible()
    page.get_by_role("button", name="Dismiss", exact=True).click()
    expect(page.get_by_text("There are no findings of this kind.")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("broken.jpg:")).to_be_visible()


def test_selected_photos_are_dismissed_together_and_a_removal_lists_them_first(
    window: Visitor, server: Server
) -> None:
    page = window.open(server.address + "/anomalies?kind=empty")
    photos = page.get_by_role("group", name="Findings, worst first").get_by_role("button")
    photos.first.wait_for()
    number = page.get_by_text("findings, worst first").inner_text().split()[0]
    photos.first.press("x")
    page.get_by_role("button", name="Remove…").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text("1 file")).not_to_have_count(0)
    expect(dialog.get_by_role("button", name="Remove 1 file")).to_be_disabled()
    escape(dialog)
    # Closing the list leaves everything in its place.
    photos.first.press("x")
    page.get_by_role("button", name="Dismiss", exact=True).click()
    expect(page.get_by_text("1 finding dismissed", exact=True).first).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text(f"{number} findings, worst first")).to_be_visible()


def test_photos_are_removed_into_a_folder_and_restored(
    window: Visitor, server: Server, photos: Path, tmp_path: Path
) -> None:
    """The whole way: select, look at the list, remove, see it gone here and on disk, undo, see it
    back."""
    page = window.open(
        server.address + "/anomalies?kind=empty&folder=" + quote(str(photos / "Grey"))
    )
    shown = page.get_by_role("group", name="Findings, worst first").get_by_role("button")
    shown.first.wait_for()
    number = int(page.get_by_text("findings, worst first").inner_text().split()[0])
    before = _files(photos)
    shown.nth(0).press("x")
    shown.nth(1).press("x")
    page.get_by_role("button", name="Remove…").click()
    remove_files(page, 2, tmp_path / "kept")
    expect(page.get_by_text(f"{number - 2} findings, worst first")).to_be_visible()
    gone = set(before) - set(_files(photos))
    assert len(gone) == 2 and sorted(
        path.name for path in (tmp_path / "kept").rglob("*.jpg")
    ) == sorted(path.name for path in gone)
    page.get_by_role("button", name="Removed photos").click()
    page.get_by_role("dialog").get_by_role("button", name="Undo").first.click()
    expect(said(page, "2 files restored")).to_be_visible()
    assert _files(photos) == before
    _once_more(window, page.get_by_text(f"{number} findings, worst first"))


@pytest.mark.parametrize("window", [(360, "dark")], indirect=True)
def test_an_unreadable_file_is_selected_removed_and_restored(
    window: Visitor, server: Server, photos: Path, tmp_path: Path
) -> None:
    page = window.open(server.address + "/anomalies?kind=unreadable")
    expect(page.get_by_text("broken.jpg:")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    expect(page.get_by_role("button", name="Remove…").first).to_be_disabled()
    # A click while the page is still being drawn may be lost.
    window.settle()
    page.get_by_text("Select all on this page").click()
    before = _files(photos)
    page.get_by_role("button", name="Remove 1 file…").click()
    expect(page.get_by_role("dialog").get_by_text("may be the only one")).to_be_visible()
    remove_files(page, 1, tmp_path / "kept")
    expect(page.get_by_text("There are no findings of this kind.")).to_be_visible()
    assert [path.name for path in set(before) - set(_files(photos))] == ["broken.jpg"]
    page.get_by_role("button", name="Removed photos").click()
    page.get_by_role("dialog").get_by_role("button", name="Undo").first.click()
    expect(said(page, "1 file restored")).to_be_visible()
    assert _files(photos) == before
    _once_more(window, page.get_by_text("broken.jpg:"))


def _once_more(window: Visitor, wanted: Locator) -> None:
    """The indexer meets again what came back, and the page, asked again, shows it."""
    end = time.monotonic() + WAIT
    while not wanted.count():
        assert time.monotonic() < end, window.page.locator("main").inner_text()
        window.reload()
        window.page.get_by_role("button", name="Removed photos").wait_for()
    expect(wanted).to_be_visible()


def remove_files(page: Page, files: int, to: Path, last: str = "Done") -> None:
    """In the dialog: into that folder, confirmed, and done, or undone."""
    dialog = page.get_by_role("dialog", name="Remove photos")
    dialog.get_by_text("A folder", exact=True).click()
    dialog.get_by_role("textbox", name="Folder").fill(str(to))
    dialog.get_by_role("textbox", name="Folder").press("Enter")
    dialog.get_by_text("Yes, remove").click()
    remove = dialog.get_by_role("button", name=re.compile(f"^.*Remove {files} files?$"))
    # While the dialog is drawn again, its old button is there beside the new one.
    expect(remove).to_have_count(1)
    expect(remove).to_be_enabled()
    remove.click()
    expect(dialog.get_by_text(re.compile(f"{files} files? removed"))).to_be_visible()
    dialog.get_by_role("button", name=last).click()
    expect(dialog).to_have_count(0)


def _files(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


# Where on the screen the first coloured spot of the map is.
_A_POINT = """() => {
  const find = (root) => {
    for (const element of root.querySelectorAll("*")) {
      if (element.matches("canvas[aria-label='Map of the library']")) return element;
      const inner = element.shadowRoot && find(element.shadowRoot);
      if (inner) return inner;
    }
    return null;
  };
  const canvas = find(document), box = canvas.getBoundingClientRect();
  const data = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
  for (let at = 3; at < data.length; at += 4) {
    if (data[at] > 200) {
      const pixel = (at - 3) / 4;
      const left = (pixel % canvas.width) / canvas.width;
    const top = Math.floor(pixel / canvas.width) / canvas.height;
      return [box.left + left * box.width, box.top + top * box.height + 2];
    }
  }
  return null;
}"""
