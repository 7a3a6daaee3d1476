"""A box drawn on a photo, by mouse and by keyboard, is searched for and kept in the address."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, expect

from tests.browser.app_server import Server
from tests.browser.test_search_page import asked, expect_asked_for, expect_names, find, look, tiles
from tests.browser.visitor import Visitor


def open_picker(window: Visitor, page: Page) -> Locator:
    tiles(page).first.click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Search part of this photo").click()
    box = dialog.get_by_role("group", name="Box 1")
    expect(box).to_be_focused()
    return dialog


def region_of(page: Page) -> list[list[float]]:
    return [
        [float(number) for number in part.partition("@")[2].split(",")]
        for part in asked(page)["region"].split(";")
    ]


def drag(dialog: Locator, start: tuple[float, float], end: tuple[float, float]) -> None:
    """From one place of the photo to another, in shares of it, once the dialog stands still."""
    photo = dialog.locator(".photo")
    expect(photo.locator("img")).to_have_js_property("complete", True)
    photo.hover()
    frame = photo.bounding_box()
    assert frame
    photo.drag_to(
        photo,
        source_position={"x": start[0] * frame["width"], "y": start[1] * frame["height"]},
        target_position={"x": end[0] * frame["width"], "y": end[1] * frame["height"]},
    )


def test_a_box_is_dragged_and_searched_for(window: Visitor, server: Server) -> None:
    page = look(window, server)
    find(window, "red")
    expect_names(page, "red.jpg")
    dialog = open_picker(window, page)
    drag(dialog, (0.1, 0.2), (0.6, 0.8))
    dialog.get_by_role("button", name="Search", exact=True).click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_text("Part of red.jpg")).to_be_visible()
    expect(page).not_to_have_url(re.compile(r"[?&]q="))
    expect(page).to_have_url(re.compile(r"[?&]region="))
    expect_asked_for(page, "region")
    (left, top, width, height) = region_of(page)[0]
    for value, wanted in ((left, 0.1), (top, 0.2), (width, 0.5), (height, 0.6)):
        assert abs(value - wanted) < 0.02
    window.reload()
    expect(page.get_by_text("Part of red.jpg")).to_be_visible()
    expect(tiles(page).first).to_have_attribute("aria-label", re.compile(r"red\.jpg"))

    # A second box is added to the first one, and taken off again.
    dialog = open_picker(window, page)
    drag(dialog, (0.5, 0.5), (0.9, 0.9))
    dialog.get_by_role("button", name="Add to this search").click()
    expect(page.get_by_role("button", name="Remove part 2")).to_be_visible()
    assert len(region_of(page)) == 2
    page.get_by_role("button", name="Remove part 1").click()
    expect(page.get_by_role("button", name="Remove part 2")).to_have_count(0)
    window.settle()
    assert len(region_of(page)) == 1
    page.go_back()
    expect(page.get_by_role("button", name="Remove part 2")).to_be_visible()


def test_a_box_is_moved_by_the_keyboard(window: Visitor, server: Server) -> None:
    page = look(window, server)
    dialog = open_picker(window, page)
    opened = asked(page)["photo"]
    for key in ("ArrowRight", "ArrowDown", "Shift+ArrowRight", "Shift+ArrowUp"):
        page.keyboard.press(key)
    expect(dialog.get_by_role("group", name="Box 1: 52 by 48 percent")).to_be_focused()
    assert asked(page)["photo"] == opened
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.locator(".chosen").get_by_text("Part of")).to_be_visible()
    assert region_of(page) == [[0.27, 0.27, 0.52, 0.48]]


def test_escape_leaves_the_photo_open(window: Visitor, server: Server) -> None:
    page = look(window, server)
    dialog = open_picker(window, page)
    page.keyboard.press("Escape")
    expect(dialog.get_by_role("button", name="Search part of this photo")).to_be_visible()
    window.settle()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
