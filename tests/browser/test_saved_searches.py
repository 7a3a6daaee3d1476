"""A search is saved, opened by its chip, watched and deleted."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import expect

from tests import pictures
from tests.browser.app_server import Server, until_gone
from tests.browser.test_search_page import expect_asked, find, look
from tests.browser.visitor import Visitor


def test_a_saved_search_counts_new_matches(window: Visitor, server: Server, photos: Path) -> None:
    page = look(window, server, "/?since=2021-02-01&until=2021-12-31")
    find(window, "green")
    page.get_by_role("button", name="Saved").click()
    page.get_by_label("Name").fill("Green things")
    page.get_by_label("Name").press("Tab")
    page.get_by_role("button", name="Save this search").click()
    page.get_by_role("button", name="Watch", exact=False).click()
    expect(page.get_by_role("button", name="Watching")).to_be_visible()
    look(window, server)
    chip = page.locator(".st-key-search-chips").get_by_role("button", name="Green things")
    expect(chip).to_have_count(1)
    stamp = pictures.exif(taken="2021:08:01 12:00:00")
    new = pictures.write(photos / "New" / "leaf.jpg", pictures.plain("#118811"), exif=stamp)
    try:
        expect(page.get_by_text("1 new photo")).to_be_visible()
        page.get_by_role("button", name="Show", exact=False).last.click()
        expect(chip).to_contain_text("1 new")
        chip.click()
        expect(page.get_by_role("button", name="leaf.jpg")).to_be_visible()
        expect_asked(page, {"q": "green", "since": "2021-02-01", "until": "2021-12-31"})
        window.settle()
        look(window, server)
        expect(chip).not_to_contain_text("new")
        page.get_by_role("button", name="Saved").click()
        page.get_by_role("button", name="Edit").click()
        page.get_by_role("button", name="Delete this search").click()
        expect(chip).to_have_count(0)
        window.wait_for_requests()
    finally:
        new.unlink()
        until_gone(server, [new.name])
