"""Dates and numbers in the locale of the browser, drawn by Python and by the browser alike."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.app_server import Server
from tests.browser.contexts import new_context
from tests.browser.visitor import Visitor


@pytest.fixture
def german(_browser: Browser) -> Iterator[Visitor]:
    """A window of a German browser."""
    context = new_context(_browser, locale="de-DE")
    visitor = Visitor(context.new_page())
    yield visitor
    visitor.close()
    visitor.check()
    context.close()


def test_a_german_browser_gets_german_dates_and_numbers(server: Server, german: Visitor) -> None:
    page = german.open(server.address + "/?since=2021-02-01&until=2021-03-31")
    # By Python while it draws the page, by the browser, and by Python in a route.
    expect(page.get_by_text("taken from 1. Februar 2021 to 31. März 2021")).to_be_visible()
    expect(page.get_by_role("heading", name="März 2021")).to_be_visible()
    page.locator("button.photo").first.click()
    panel = page.get_by_role("complementary", name="Information")
    expect(panel).to_contain_text("15. März 2021, 12:00")
    expect(panel.get_by_text(" kB")).to_contain_text(",")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.goto("about:blank")
