"""Photos are marked, edited and put into albums, and all of it is undone."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from tests.browser.app_server import Server
from tests.browser.conftest import GREY
from tests.browser.test_search_page import look, tiles
from tests.browser.test_viewer import viewer_of
from tests.browser.visitor import Visitor


def said(page: Page, text: str) -> Locator:
    """What the page says of the last edit."""
    return page.locator(".st-key-last-edit").get_by_text(re.compile(text))


def select(page: Page, *names: str) -> None:
    for name in names:
        page.get_by_role("button", name=name).first.click(modifiers=["Control"])
    count = page.get_by_test_id("stMarkdown").get_by_text(f"{len(names)} selected")
    expect(count).to_be_visible()


def test_photos_are_marked_edited_and_undone(window: Visitor, server: Server) -> None:
    page = look(window, server, "/?folder=&q=name%3Ared")
    select(page, "red.jpg")
    page.get_by_role("button", name="Favorite", exact=True).click()
    expect(said(page, "Marked as favorite.*1 photo")).to_be_visible()
    page.get_by_role("button", name="Edit", exact=True).click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Add keywords").fill("sunset, hills")
    dialog.get_by_label("Date", exact=True).fill("soon")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog.get_by_text("is not a date")).to_be_visible()
    dialog.get_by_label("Date", exact=True).fill("1985-07")
    dialog.get_by_label("Date", exact=True).press("Enter")
    expect(said(page, "Added keywords “sunset”, “hills”, dated 1985-07")).to_be_visible()
    look(window, server, "/?q=is%3Afavourite%20keyword%3Asunset%20date%3A1985")
    expect(page.get_by_role("button", name="red.jpg", exact=False).first).to_be_visible()
    look(window, server, "/?q=name%3Ared")
    select(page, "red.jpg")
    page.get_by_role("button", name="Favorite", exact=True).click()
    expect(said(page, "No longer a favorite.*1 photo")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(said(page, "Undone for 1 photo")).to_be_visible()


def test_an_album_is_made_opened_emptied_and_deleted(window: Visitor, server: Server) -> None:
    page = look(window, server, "/?q=folder%3AColours")
    select(page, "green.jpg", "blue.jpg")
    page.get_by_role("button", name="Album", exact=True).click()
    box = page.get_by_role("dialog").get_by_role("combobox", name="Album")
    box.fill("Best of all")
    box.press("Enter")
    page.get_by_role("dialog").get_by_role("button", name="Add").click()
    expect(said(page, "Added to “Best of all”.*2 photos")).to_be_visible()
    window.open(server.address + "/albums")
    page.get_by_role("button", name="Best of all").click()
    expect(page.get_by_role("button", name="green.jpg", exact=False).first).to_be_visible()
    select(page, "green.jpg")
    page.get_by_role("button", name="Remove from album").click()
    expect(said(page, "Removed from “Best of all”.*1 photo")).to_be_visible()
    window.open(server.address + "/albums")
    page.get_by_role("button", name="Change").last.click()
    page.get_by_role("button", name="Delete “Best of all”").click()
    expect(page.get_by_role("button", name="Best of all")).to_have_count(0)


def test_sidecars_are_written_after_a_look_and_taken_back(
    window: Visitor, server: Server, photos: Path
) -> None:
    page = look(window, server, "/?folder=&q=name%3Ared")
    select(page, "red.jpg")
    page.get_by_role("button", name="Favorite", exact=True).click()
    expect(said(page, "Marked as favorite")).to_be_visible()
    page.get_by_role("button", name="More", exact=True).click()
    page.get_by_role("button", name="Write sidecars").click()
    dialog = page.get_by_role("dialog")
    write = dialog.get_by_role("button", name=re.compile("Write [1-9] sidecar"))
    expect(write).to_be_visible()
    assert not list(photos.rglob("*.xmp"))
    write.click()
    expect(said(page, "sidecars? written")).to_be_visible()
    assert list(photos.rglob("red.jpg.xmp"))
    page.get_by_role("button", name="Undo").click()
    expect(said(page, "sidecars? as before")).to_be_visible()
    assert not list(photos.rglob("*.xmp"))


def test_a_photo_is_marked_and_rated_in_the_viewer(window: Visitor, server: Server) -> None:
    page = look(window, server, "/?folder=&q=name%3Ared")
    tiles(page).first.press("Enter")
    viewer = viewer_of(page)
    favorite = viewer.get_by_role("button", name="Favorite", exact=True)
    expect(favorite).to_have_attribute("aria-pressed", "false")
    notice = viewer.locator(".edit-notice")
    expect(notice).to_be_hidden()
    page.keyboard.press("l")
    expect(notice).to_contain_text("Marked as favorite: 1 photo.")
    expect(favorite).to_have_attribute("aria-pressed", "true")
    stars = viewer.get_by_role("button", name="3 stars")
    stars.press("Enter")
    expect(notice).to_contain_text("Rated 3 stars: 1 photo.")
    window.settle()
    expect(stars).to_be_focused()
    expect(stars).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("Control+z")
    expect(notice).to_contain_text("Undone for 1 photo.")
    expect(stars).to_have_attribute("aria-pressed", "false")
    page.keyboard.press("Escape")
    expect(tiles(page).first).to_contain_text("♥")
    page.keyboard.press("l")
    expect(said(page, "No longer a favorite.*1 photo")).to_be_visible()
    expect(tiles(page).first).not_to_contain_text("♥")
    expect(tiles(page).first).to_be_focused()


def test_the_focus_stays_near_a_button_that_goes(window: Visitor, server: Server) -> None:
    page = look(window, server, "/?folder=&q=name%3Ared")
    tiles(page).first.press("l")
    page.get_by_role("button", name="Undo").press("Enter")
    expect(said(page, "Undone for 1 photo")).to_be_visible()
    expect(page.get_by_role("button", name="Dismiss")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Dismiss")).to_have_count(0)
    expect(tiles(page).first).to_be_focused()


def test_a_day_is_selected_and_marked_by_keyboard(window: Visitor, server: Server) -> None:
    page = look(window, server, "/?q=folder%3AGrey")
    selected = page.get_by_test_id("stMarkdown").get_by_text(f"{GREY} selected")
    day = page.get_by_role("button", name=re.compile("^Select "))
    tiles(page).first.press("d")
    expect(selected).to_be_visible()
    expect(day).to_have_attribute("aria-pressed", "true")
    day.click()
    expect(selected).to_have_count(0)
    expect(day).to_have_attribute("aria-pressed", "false")
    day.click()
    expect(selected).to_be_visible()
    tiles(page).first.press("l")
    expect(said(page, f"Marked as favorite.*{GREY} photos")).to_be_visible()
