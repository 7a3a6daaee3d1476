"""The Map page: the map of the library, its regions, and what is selected on it."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.app_server import Server
from tests.browser.visitor import Visitor

ALL = "100 of 100 photos in view"


def the_map(window: Visitor, server: Server, query: str = "") -> tuple[Page, Locator]:
    """The page once all points are drawn, and its canvas."""
    page = window.open(server.address + "/map" + query)
    expect(page.get_by_role("status").filter(has_text="100 of 100 photos")).to_be_visible()
    return page, page.get_by_role("application", name="Map of your photos")


@pytest.mark.parametrize("window", [(1440, "light"), (360, "dark")], indirect=True)
def test_photos_are_selected_with_a_lasso_and_listed(window: Visitor, server: Server) -> None:
    page, canvas = the_map(window, server)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.get_by_role("button", name="Lasso").click()
    window.settle()
    box = canvas.bounding_box()
    assert box is not None and box["height"] > 500
    left, top = box["x"] + 3, box["y"] + 3
    right, bottom = box["x"] + box["width"] - 3, box["y"] + box["height"] - 3
    page.mouse.move(left, top)
    page.mouse.down()
    for x, y in ((right, top), (right, bottom), (left, bottom)):
        page.mouse.move(x, y, steps=3)
    page.mouse.up()
    expect(page.get_by_text("100 photos selected")).to_be_visible()
    expect(page).to_have_url(re.compile("shape="))
    page.get_by_role("button", name="Show only these").click()
    photos = page.get_by_role("group", name="Selected photos").get_by_role("button")
    expect(photos.first).to_be_visible()
    window.reload()
    expect(page.get_by_text("100 photos selected")).to_be_visible()
    page.get_by_role("button", name="Clear").first.click()
    expect(page.get_by_text("photos selected")).to_have_count(0)


def test_the_map_is_used_by_keyboard_alone(window: Visitor, server: Server) -> None:
    page, canvas = the_map(window, server)
    canvas.press("+")
    page.keyboard.press("+")
    expect(page.get_by_role("status").filter(has_text=ALL)).to_have_count(0)
    expect(page).to_have_url(re.compile("view="))
    page.keyboard.press("0")
    expect(page.get_by_role("status").filter(has_text=ALL)).to_be_visible()
    page.keyboard.press("s")
    expect(page.get_by_text("100 photos selected")).to_be_visible()
    canvas.press("Enter")
    expect(page.get_by_role("dialog")).to_be_visible()
    expect(page).to_have_url(re.compile("photo="))
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(canvas).to_be_focused()


def test_regions_are_a_list_of_links(window: Visitor, server: Server) -> None:
    page, _ = the_map(window, server)
    regions = page.get_by_role("list", name="Regions").get_by_role("link")
    expect(regions.first).to_be_visible()
    numbers = [int(re.findall(r"(\d+) photos", text)[0]) for text in regions.all_inner_texts()]
    assert numbers == sorted(numbers, reverse=True) and sum(numbers) <= 100
    regions.first.press("Enter")
    expect(page.get_by_text(f"{numbers[0]} photos selected")).to_be_visible()
    expect(page).to_have_url(re.compile("region="))
    expect(page).to_have_url(re.compile("only=1"))
    expect(page.get_by_role("group", name="Selected photos")).to_be_visible()


def test_the_name_of_a_region_leads_to_it(window: Visitor, server: Server) -> None:
    page, canvas = the_map(window, server)
    # The list of the regions moves the map when it arrives.
    expect(page.get_by_role("list", name="Regions").get_by_role("link").first).to_be_visible()
    window.settle()
    names = page.get_by_role("group", name="Regions of the map").get_by_role("button")
    expect(names.first).to_be_visible()
    names.first.press("Enter")
    expect(page).to_have_url(re.compile("view="))
    page.keyboard.press("Escape")
    expect(canvas).to_be_focused()
