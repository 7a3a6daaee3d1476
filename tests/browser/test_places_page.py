"""The Places page: the map, the photos of an area, and the list."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.app_server import Server
from tests.browser.test_photo_edits import said
from tests.browser.visitor import Visitor

CLUSTER = re.compile("^5 photos, .*Munich.*Germany$")


@pytest.mark.parametrize("window", [(1440, "light"), (360, "dark")], indirect=True)
def test_a_cluster_leads_to_its_photos_and_to_a_search(window: Visitor, server: Server) -> None:
    page = window.open(server.address + "/places")
    cluster = page.get_by_role("button", name=CLUSTER)
    expect(cluster).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    cluster.hover()
    expect(page.locator(".preview")).to_contain_text("Munich")
    cluster.click()
    expect(page.get_by_text("5 photos in this area")).to_be_visible()
    expect(page).to_have_url(re.compile("area="))
    window.reload()
    expect(page.get_by_text("5 photos in this area")).to_be_visible()
    page.get_by_label("Go to date").scroll_into_view_if_needed()
    photos = page.get_by_role("group", name="Photos in this area")
    expect(photos.get_by_role("heading", level=2).first).to_be_visible()
    expect(photos.get_by_role("button").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.get_by_test_id("stMain").get_by_role("button", name="Search in this area").last.click()
    expect(page.get_by_text("5 photos, newest first")).to_be_visible()
    expect(page).to_have_url(re.compile("q=area"))


def test_the_map_is_used_by_keyboard_alone(window: Visitor, server: Server) -> None:
    page = window.open(server.address + "/places")
    expect(page.get_by_role("button", name=CLUSTER)).to_be_visible()
    page.get_by_role("application", name="World map of the photos").press("+")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("0")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name=CLUSTER)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_text("5 photos in this area")).to_be_visible()
    page.get_by_role("button", name="Clear").click()
    expect(page.get_by_text("photos in this area")).to_have_count(0)
    page.get_by_role("application", name="World map of the photos").press("Enter")
    expect(page.get_by_text("5 photos in this area")).to_be_visible()


def test_the_list_is_filtered_and_its_entries_are_searches(window: Visitor, server: Server) -> None:
    page = window.open(server.address + "/places")
    places = page.get_by_role("list", name="Places")
    expect(places.get_by_role("link", name="Germany 5")).to_have_attribute(
        "href", "/?q=place%3AGermany"
    )
    page.get_by_role("searchbox", name="Filter places").fill("munich")
    munich = places.get_by_role("link", name="Munich 5")
    expect(munich).to_be_visible()
    page.get_by_role("searchbox", name="Filter places").fill("atlantis")
    expect(page.get_by_text("No place of that name has photos.")).to_be_visible()
    page.get_by_role("searchbox", name="Filter places").fill("munich")
    munich.click()
    expect(page.get_by_text("5 photos, newest first")).to_be_visible()
    expect(page.get_by_role("button", name="in Munich, Germany")).to_be_visible()


def test_photos_of_an_area_are_edited_in_place(window: Visitor, server: Server) -> None:
    page = window.open(server.address + "/places")
    page.get_by_role("button", name=CLUSTER).click()
    photos = page.get_by_role("group", name="Photos in this area")
    photos.get_by_role("button", name="red.jpg").press("x")
    page.get_by_role("button", name="Favorite", exact=True).click()
    expect(said(page, "Marked as favorite.*1 photo")).to_be_visible()
    expect(photos.get_by_role("button", name="red.jpg")).to_contain_text("♥")
    page.get_by_role("button", name="Export", exact=True).click()
    expect(page.get_by_role("dialog", name="Export")).to_contain_text("1 photo selected")
