"""The Browse page: folders, dates and cameras, by mouse and by keyboard."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.app_server import Server
from tests.browser.conftest import GREY
from tests.browser.visitor import Visitor


@pytest.mark.parametrize("window", [(1440, "light"), (360, "dark")], indirect=True)
def test_a_folder_shows_its_photos_and_leads_to_a_search(window: Visitor, server: Server) -> None:
    page = window.open(server.address + "/browse")
    tree = page.get_by_role("tree", name="Folders")
    expect(tree.get_by_role("treeitem", name="My photos")).to_have_attribute(
        "aria-expanded", "true"
    )
    tree.get_by_role("treeitem", name="Colours, 5 photos").click()
    expect(page.get_by_text("5 photos, newest first")).to_be_visible()
    path = page.get_by_role("navigation", name="Path")
    expect(path.get_by_role("link", name="Colours")).to_have_attribute("aria-current", "page")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    window.reload()
    expect(page.get_by_text("5 photos, newest first")).to_be_visible()
    expect(tree.get_by_role("treeitem", selected=True)).to_have_text(re.compile("Colours"))
    path.get_by_role("link", name="My photos").click()
    expect(page.get_by_text(f"{8 + GREY} photos, newest first")).to_be_visible()
    page.get_by_text("Subfolders", exact=True).click()
    expect(page.get_by_text("None of the photos here can be found now.")).to_be_visible()
    page.go_back()
    expect(page.get_by_text(f"{8 + GREY} photos, newest first")).to_be_visible()
    page.go_back()
    expect(page.get_by_text("5 photos, newest first")).to_be_visible()
    page.get_by_role("button", name="Search here").click()
    expect(page.get_by_role("button", name=re.compile("in folder .*Colours"))).to_be_visible()


def test_the_tree_is_used_by_keyboard_alone(window: Visitor, server: Server) -> None:
    page = window.open(server.address + "/browse")
    expect(page.get_by_role("treeitem", name="Grey")).to_be_visible()
    page.get_by_role("searchbox", name="Filter folders").press("ArrowDown")
    expect(page.get_by_role("treeitem", name="My photos")).to_be_focused()
    page.keyboard.press("ArrowLeft")
    expect(page.get_by_role("treeitem", name="Grey")).to_have_count(0)
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("treeitem", name="Colours")).to_be_focused()
    page.keyboard.press("End")
    expect(page.get_by_role("treeitem", name="Grey")).to_be_focused()
    page.keyboard.press("d")
    expect(page.get_by_role("treeitem", name="Drawn")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_text("3 photos, newest first")).to_be_visible()
    page.keyboard.press("ArrowUp")
    expect(page.get_by_role("treeitem", name="Colours")).to_be_focused()
    page.get_by_role("searchbox", name="Filter folders").fill("GRE")
    expect(page.get_by_role("treeitem", name="Colours")).to_have_count(0)
    expect(page.get_by_role("treeitem", name=f"Grey, {GREY} photos")).to_be_visible()
    page.get_by_role("searchbox", name="Filter folders").fill("nothing")
    expect(page.get_by_text("No folder of that name has photos.")).to_be_visible()


def test_dates_and_cameras_are_browsed_the_same_way(window: Visitor, server: Server) -> None:
    page = window.open(server.address + "/browse?by=dates")
    dates = page.get_by_role("tree", name="Dates")
    year = dates.get_by_role("treeitem", name="2021, 5 photos")
    expect(year).to_have_attribute("href", "?q=date%3A2021")
    year.click()
    expect(page.get_by_text("5 photos, newest first")).to_be_visible()
    everything = page.get_by_role("link", name="All dates")
    expect(everything).to_have_attribute("href", "?by=dates")
    page.keyboard.press("ArrowRight")
    dates.get_by_role("treeitem", name="March, 1 photo").click()
    expect(page.get_by_text("1 photo, newest first")).to_be_visible()
    page.get_by_role("radio", name="Cameras").click()
    cameras = page.get_by_role("tree", name="Cameras")
    cameras.get_by_role("treeitem", name="Canon, 5 photos").click()
    expect(page.get_by_text("5 photos, newest first")).to_be_visible()
    expect(page).to_have_url(re.compile("q=camera%3ACanon$"))
    cameras.get_by_role("treeitem", name="Camera not known").click()
    expect(page.get_by_text(f"{3 + GREY} photos, newest first")).to_be_visible()


def test_sorting_and_grouping_are_kept(window: Visitor, server: Server) -> None:
    page = window.open(server.address + "/browse?by=dates&sort=name&group=month&stack=no")
    year = page.get_by_role("treeitem", name="2021, 5 photos")
    expect(year).to_have_attribute("href", "?q=date%3A2021&sort=name&group=month&stack=no")
    year.click()
    expect(page).to_have_url(re.compile(r"\?q=date%3A2021&sort=name&group=month&stack=no$"))
    everything = page.get_by_role("link", name="All dates")
    expect(everything).to_have_attribute("href", "?by=dates&sort=name&group=month&stack=no")
    page.get_by_role("radio", name="Cameras").click()
    expect(page).to_have_url(re.compile(r"\?by=cameras&sort=name&group=month&stack=no$"))


def test_a_search_is_narrowed_down_and_widened_again(window: Visitor, server: Server) -> None:
    page = window.open(server.address + "/?since=2021-01-01")
    page.get_by_role("button", name="Narrow down").click()
    panel = page.get_by_role("region", name="Narrow down")
    year = panel.get_by_role("link", name="2021, 5 photos")
    expect(year).to_have_attribute("href", "?since=2021-01-01&q=date%3A2021")
    year.click()
    expect(page.get_by_text("5 photos, newest first")).to_be_visible()
    panel.get_by_role("link", name="May, 1 photo").click()
    expect(page.get_by_text("1 photo, newest first")).to_be_visible()
    expect(page.get_by_role("button", name="taken in May 2021")).to_be_visible()
    panel.get_by_role("link", name="Search without May").press("Enter")
    expect(panel.get_by_role("link", name="Search without May")).to_have_count(0)
    expect(page).to_have_url(re.compile(r"\?since=2021-01-01$"))
    page.get_by_role("button", name="From January 1, 2021").click()
    expect(page.get_by_text(f"{8 + GREY} photos, newest first")).to_be_visible()
    expect(panel.get_by_role("link", name=f"JPEG files, {5 + GREY} photos")).to_be_visible()
    # Text that has not been searched for yet stays, and so does the first of two quick clicks.
    page.get_by_role("searchbox", name="Search", exact=True).fill("-is:favourite")
    panel.get_by_role("link", name="2021, 5 photos").evaluate(
        """(year, format) => {
            year.focus();
            year.click();
            format.click();
        }""",
        panel.get_by_role("link", name=f"JPEG files, {5 + GREY} photos").element_handle(),
    )
    expect(page).to_have_url(re.compile(r"\?q=-is%3Afavourite\+date%3A2021\+format%3Ajpeg$"))
    page.get_by_role("button", name="Narrow down").press("Enter")
    expect(panel).to_have_count(0)


@pytest.mark.parametrize("window", [(720, "light"), (1024, "dark")], indirect=True)
def test_in_half_a_window_nothing_is_cut_off(window: Visitor, server: Server) -> None:
    page = window.open(server.address + "/browse")
    expect(page.get_by_role("treeitem", name=f"Grey, {GREY} photos")).to_be_visible()
    for name in ("Folders", "Dates", "Cameras"):
        tab = page.get_by_role("radio", name=name).locator("p")
        assert tab.evaluate("shown => shown.scrollWidth <= shown.clientWidth"), name
    scrubber = page.get_by_role("slider", name="Date", exact=True).bounding_box()
    width = page.evaluate("document.documentElement.clientWidth")
    assert scrubber is not None and scrubber["x"] + scrubber["width"] <= width
