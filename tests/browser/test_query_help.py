"""The search box suggests what can be typed, and the help has examples from the library."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.app_server import Server
from tests.browser.test_search_page import expect_asked, look
from tests.browser.visitor import Visitor


def test_fields_and_values_are_suggested_while_typing(window: Visitor, server: Server) -> None:
    page = look(window, server)
    page.get_by_role("searchbox").press_sequentially("red cam")
    options = page.locator("#photo-explorer-completions option")
    expect(options).to_have_count(1)
    expect(options.first).to_have_attribute("value", "red camera:")
    page.get_by_role("searchbox").press_sequentially("era:can")
    expect(options.first).to_have_attribute("value", 'red camera:"Canon EOS 80D"')
    expect(page.get_by_role("searchbox")).to_have_attribute("list", "photo-explorer-completions")
    page.get_by_role("searchbox").press_sequentially(" zzz")
    expect(options).to_have_count(0)


def test_help_has_examples_from_this_library(window: Visitor, server: Server) -> None:
    page = look(window, server)
    page.get_by_role("button", name="Help").click()
    expect(page.get_by_role("cell", name="iso:>800")).to_be_visible()
    page.locator(".st-key-help-example-0").get_by_role("button").click()
    expect(page.get_by_role("searchbox")).to_have_value("date:2021")
    expect_asked(page, {"q": "date:2021"})
